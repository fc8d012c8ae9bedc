"""Calls that schemathesis generates from the API's own description, made to the deployed stack. The same calls each
time: nothing in them is random."""

from collections import Counter
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import app
from functions.http import ROUTES, Route
from functions.openapi.rules import rules
from tests.generated.world import World

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Of a hundred calls of an operation.
POSITIVE, NEGATIVE = 65, 35
# Calls of each operation where there shall be thousands of all.
MANY = 60
# What generated calls cannot do: they know no code that was mailed, no refresh token, no second factor; the person
# whose request is made here sent no document, asked for no erasure, and had nothing restricted; of two addresses that
# exclude one another they give both or none. Of the proof, only the desk of another website is answered.
NEVER_DONE = {
    "prove", "fetch_copy", "refresh", "answer_challenge", "begin_totp", "verify_totp", "link_to_document", "get_file",
    "make_link", "confirm_request", "drop_request", "take_approval_back", "retry_request", "judge_candidate",
    "lift_suppression", "describe_chat", "choose_owner", "propose_log_removal", "get_unlocked", "propose_unlock",
    "approve_unlock", "end_unlock", "enter_answer_address", "approve_answer_address", "remove_answer_address",
    "record_letter_sent", "get_proof", "say_of_failure",
}  # fmt: skip
_SESSION = requests.Session()


def routes(*rooms: str) -> list[Route]:
    """The routes of some of functions/'s modules; all where none is named."""
    assert app.app.routes
    return [route for route in ROUTES if not rooms or route.view.__module__.rpartition(".")[2] in rooms]


def label(route: Route) -> str:
    """A route's name for a test."""
    return f"{route.method} {route.path}"


def described(stack: dict[str, Any]) -> Any:
    """The description, as the stack itself serves it."""
    answer = requests.get(stack["api_url"] + "/v1/openapi.json", timeout=60)
    assert answer.status_code == 200
    return schemathesis.openapi.from_dict(answer.json())


def run(schema: Any, route: Route, world: World, many: int) -> Counter[int]:
    """``many`` calls of one operation, a third of them meant to be refused; how many answers of which status.
    Fails with all that was found, each with its curl command."""
    operation = schema[route.path][route.method]
    statuses: Counter[int] = Counter()
    found: dict[str, str] = {}

    def ask(case: Any) -> None:
        _make_real(case, route, world, sum(statuses.values()))
        answer = case.call(
            base_url=world.stack["api_url"],
            session=_SESSION,
            headers=world.headers(route.by.scheme, route.by.group),
            allow_redirects=False,
        )
        statuses[answer.status_code] += 1
        world.after(route.method, route.path, answer.status_code)
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:  # gathered: the rest is still to be asked
            for failure in group.exceptions:
                found.setdefault(failure.title, f"{failure}\n{case.as_curl_command()}")

    for mode, share in ((GenerationMode.POSITIVE, POSITIVE), (GenerationMode.NEGATIVE, NEGATIVE)):
        try:
            _each(operation.as_strategy(generation_mode=mode), max(1, many * share // 100), ask)
        except Unsatisfiable:  # any call of this operation has the form that it should have
            assert mode is GenerationMode.NEGATIVE
    # Few different calls there are of some operations; the count is of calls.
    while sum(statuses.values()) < many:
        _each(operation.as_strategy(), many - sum(statuses.values()), ask)
    assert not found, "\n\n".join(found.values())
    return statuses


def answered_as_described(schema: Any, route: Route, world: World, many: int) -> None:
    """``many`` calls of one operation, of which some were done and hardly any were told to wait."""
    statuses = run(schema, route, world, many)
    assert sum(statuses.values()) >= many
    assert statuses[429] <= many // 10, statuses
    if route.view.__name__ not in NEVER_DONE:
        assert any(status < 300 for status in statuses), statuses


def _each(strategy: Any, many: int, ask: Any) -> None:
    @settings(
        max_examples=many,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def every(case: Any) -> None:
        ask(case)

    every()


def _make_real(case: Any, route: Route, world: World, number: int) -> None:
    """Most calls name what there is: made-up references would all be answered alike."""
    if number % 4 == 3:
        return
    for name in case.path_parameters or {}:
        case.path_parameters[name] = world.argument(route.path, name)
    if "text/csv" in route.content_types:
        case.body = rules()["purchases_file"]["examples"][0]
    if isinstance(case.body, dict):
        for name in case.body:
            if isinstance(case.body[name], str) and (real := world.member(name)) is not None:
                case.body[name] = real

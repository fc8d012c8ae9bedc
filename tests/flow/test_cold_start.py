"""Each function as AWS starts it, from the zips alone in a fresh process, with the first events that the bench gives."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench import cold_start
from bench.first_events import VISITORS
from bench.runtime import invoke, runtime_client

pytestmark = pytest.mark.usefixtures("tables")
# Not needed by what visitors ask first; each would cost every cold start.
HEAVY = (
    "boto3", "jinja2", "email_validator", "phonenumbers", "asyncio", "jwt", "zoneinfo", "idna", "pydantic",
    "holidays", "tomllib", "imchat.mail", "imchat.bundle", "imchat.desk", "imchat.rights", "imchat.staff",
)  # fmt: skip
# But a chat has a token, which is signed or looked at.
SIGNED, SIGNING = ("POST a chat", "POST a message", "GET messages"), {"jwt"}


@pytest.fixture(scope="module")
def unpacked(stack: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lambda")
    cold_start.unpack(folder)
    runtime_client(folder)
    return folder


@pytest.fixture(scope="module")
def starts(unpacked: Path) -> Any:
    return cold_start.starts()


def test_each_function_has_first_events_and_answers_them(starts: Any, unpacked: Path) -> None:
    every, events = starts
    paths = [str(unpacked / place) for place in ("task", "opt/python", "runtime")]
    for name, function in every.items():
        for what, event in events[name].items():
            answer = invoke(function.handler, event(), paths=paths, environment=function.environment).payload
            status = answer.get("statusCode", 200) if isinstance(answer, dict) else 200
            # Nobody signs in with a wrong password.
            assert status < 300 or (name, status) == ("SignInHandler", 401), f"{name}, {what}: {json.dumps(answer)}"
            assert not (isinstance(answer, dict) and answer.get("batchItemFailures")), name


def test_what_visitors_ask_first_loads_nothing_heavy_and_few_modules(starts: Any, unpacked: Path) -> None:
    every, events = starts
    for what, event in events[VISITORS].items():
        loaded = set(cold_start.modules(every[VISITORS], event(), unpacked))
        # The first request has most often a trace that is kept; so what writes it is part of the start.
        assert {"app", "aws_xray_sdk"} <= loaded, what
        assert not loaded.intersection(HEAVY) - (SIGNING if what in SIGNED else set()), what
        assert len(loaded) <= cold_start.MODULES_BUDGET, what

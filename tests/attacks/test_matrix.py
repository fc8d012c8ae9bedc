"""Every route as every kind of caller. Who may not is told why in one way, learns nothing and changes nothing."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from app import app
from imchat.rights.deadlines import london
from imchat.stores.accounts import Site, partition
from imchat.stores.base import Item
from imchat.stores.chats import Chat
from imchat.stores.correspondence import Correspondence
from imchat.stores.disclosures import Disclosure
from imchat.stores.purchases import Purchase
from imchat.stores.requests import Request
from tests.adapters.worlds import items_of
from tests.attacks.callers import GROUPS, Callers, placed
from tests.attacks.matrix import ANSWERS, NOWHERE, ROWS, Row
from tests.flow.client import Answer, Api, until

pytestmark = pytest.mark.usefixtures("tables")


def test_every_route_has_its_line_and_every_line_its_route() -> None:
    there = sorted(f"{method} {path}" for path, methods in app.routes.items() for method in methods)
    assert sorted(map(str, ROWS)) == there


def test_only_routes_for_a_group_ask_cognito_and_all_of_them_do() -> None:
    """A route that is said to be staff's and has no authoriser would believe anybody."""
    for row in ROWS:
        assert bool(app.routes[row.path][row.method].authorizer) == (row.group in GROUPS), str(row)


@pytest.fixture(scope="module")
def callers(stack: dict[str, Any]) -> Callers:
    return Callers.of(stack)


@dataclass(frozen=True)
class Scene:
    """What one route's calls are about: by the names of its path, and where it lies."""

    places: dict[str, str]
    items: list[tuple[type[Item], str]]
    canary: str

    def held(self) -> list[Any]:
        """All that could have changed."""
        return [items_of(model, pk) for model, pk in self.items]


def scene(callers: Callers, row: Row, chat_id: str, canary: str) -> Scene:
    """One of each thing that the route's path names, of the first site."""
    site = callers.site
    site_id, other_id = site.site.site_id, callers.other.site.site_id
    places = {
        "chat_id": chat_id, "site_id": site_id, "operator_id": site.colleague_id, "number": "1",
        "email": f"{canary}@example.org", "now": datetime.now(UTC).isoformat(),
        "today": london(datetime.now(UTC)).isoformat(), "nobody": f"nobody-{canary}", "store": "correspondence",
    }  # fmt: skip
    items: list[tuple[type[Item], str]] = [
        (Chat, chat_id), (Site, partition(site_id)), (Site, partition(other_id)),
    ]  # fmt: skip
    if "{canned_id}" in row.path:
        made = site.operator("POST", "/v1/operator/canned", {"shortcut": canary, "text": "Hello"})
        places["canned_id"] = made.json["id"]
    if "{reference}" in row.path:
        model, made = _recorded(callers, row.path, canary)
        places["reference"] = made
        items.append((model, made))
    return Scene(places, items, canary)


def _recorded(callers: Callers, path: str, canary: str) -> tuple[type[Item], str]:
    privacy, email = callers.site.privacy2, f"{canary}@example.org"
    kind = path.split("/")[3] if "/desk/" in path else "requests"
    if kind == "restricted":
        return Correspondence, _restricted(callers, canary)
    model, what, body = {
        "correspondence": (Correspondence, "id", {"about": "The kettle leaks.", "name": canary, "email": email}),
        "purchases": (Purchase, "id", {
            "name": canary, "email": email, "what": "Gold", "amount": "49.00", "currency": "GBP",
            "bought_on": "2026-05-03", "processor": "paypal", "processor_reference": canary,
        }),
        "disclosures": (Disclosure, "id", {
            "authority": "Police", "legal_basis": "Order", "reference": "17", "data_given": "A chat", "email": email,
        }),
        "requests": (Request, "reference", {
            "type": "access", "channel": "letter", "received_at": datetime.now(UTC).isoformat(), "name": canary,
        }),
    }[kind]  # fmt: skip
    made = privacy("POST", f"/v1/desk/{kind}", body)
    assert made.status == 201, made.body
    if model is Request:  # its flow writes once more, and then waits
        until(lambda: privacy("GET", f"/v1/desk/requests/{made.json[what]}").json["progress"]["step"] == "identity")
    return model, made.json[what]


def _restricted(callers: Callers, canary: str) -> str:
    """A call that nobody may use, and that somebody has proposed to unlock."""
    _, made = _recorded(callers, "/v1/desk/correspondence", canary)
    Correspondence(made).change([Correspondence.restricted.set(True)])
    proposal = {"ground": "consent", "because": "They asked us to."}
    proposed = callers.site.privacy2("POST", f"/v1/desk/restricted/correspondence/{made}/unlock", proposal)
    assert proposed.status == 201, proposed.body
    return made


def call(api: Api, row: Row, places: dict[str, str]) -> Answer:
    places = places | {"nobody": f"nobody-{secrets.token_hex(6)}"}
    path, body = placed(row.path, places), placed(row.body, places)
    if isinstance(body, str):
        return api(row.method, path, raw=body.encode(), Content_Type="text/csv")
    return api(row.method, path, body)


def status_of(kind: str) -> int:
    """The status that goes with a refusal's type."""
    if kind.endswith("_not_found"):
        return 404
    return 403 if kind in ("wrong_group", "account_disabled", "not_our_desk") else 401


def is_allowed(answer: Answer, row: Row) -> None:
    status, _, kind = row.allowed.partition(":")
    assert answer.status == int(status), (str(row), answer.body)
    assert not kind or answer.json["type"] == f"/problems/{kind}"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_every_caller_is_answered_as_the_table_says_and_nothing_changes_for_who_may_not(
    callers: Callers, row: Row
) -> None:
    canary = f"canary{secrets.token_hex(6)}"
    visitor, foreign = callers.site.visitor(), callers.site.visitor()
    visitor.open(name=canary, text=canary, client_id="first")
    foreign.open()
    about = scene(callers, row, visitor.chat_id, canary)
    nowhere = about.places | NOWHERE | {"reference": _unknown(about.places.get("reference", ""))}
    before = about.held()
    for kind, cell in ANSWERS[row.group].items():
        api = Api(callers.stack, callers.token(kind, row.group, visitor, foreign))
        refusal = row.foreign if cell == "foreign" else cell
        if refusal in ("allowed", "own", "-"):
            continue
        answer = call(api, row, about.places)
        assert (answer.status, answer.json["type"]) == (status_of(refusal), f"/problems/{refusal}"), (kind, str(row))
        assert canary.encode() not in answer.body
        if refusal.endswith("_not_found"):
            assert call(api, row, nowhere).body == answer.body, (kind, str(row))
    assert about.held() == before, str(row)
    for kind, cell in ANSWERS[row.group].items():
        if cell == "allowed":
            is_allowed(
                call(Api(callers.stack, callers.token(kind, row.group, visitor, foreign)), row, about.places), row
            )
        elif cell == "foreign" and row.foreign == "own":
            own = call(Api(callers.stack, callers.token(kind, row.group, visitor, foreign)), row, about.places)
            is_allowed(own, row)
            assert canary.encode() not in own.body.replace(f"{canary}@example.org".encode(), b"")


def _unknown(reference: str) -> str:
    """One of the same form that there is not."""
    return "-".join("a" * len(part) for part in reference.split("-"))


@pytest.fixture(scope="module", autouse=True)
def requests_end(callers: Callers) -> Iterator[None]:
    """Nothing waits on the desk or in the state machine afterwards."""
    yield
    for site in (callers.site, callers.other):
        for one in site.privacy("GET", "/v1/desk/requests").json["requests"]:
            site.privacy("POST", f"/v1/desk/requests/{one['reference']}/withdraw", {"because": "the test is over"})

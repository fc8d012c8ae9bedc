"""Every route and frame by which staff see something: whether it leaves a trace that leads to the person (N19), or why
it needs none."""

import secrets
from typing import Any, get_args

import jwt
import pytest

from functions import frames
from imchat.stores.evidence import Entry
from tests.adapters.worlds import items_of
from tests.attacks.callers import Callers
from tests.attacks.matrix import ROWS, Row
from tests.attacks.test_matrix import call, scene
from tests.flow.client import Api

pytestmark = pytest.mark.usefixtures("tables")

# What a route leaves in the log: a view, an act by that staff member, or nothing, since it shows nothing personal.
VIEW, ACT = "view", "act"
_CHAT, _DESK = "/v1/operator/chats/{chat_id}", "/v1/desk"
_REQUEST = _DESK + "/requests/{reference}"
TRACES: dict[str, str] = {
    "GET /v1/operator/chats": VIEW,
    f"GET {_CHAT}": VIEW,
    f"DELETE {_CHAT}": "the receipt: counts only",
    f"POST {_CHAT}/messages": "one's own words",
    f"POST {_CHAT}/notes": "one's own words",
    f"POST {_CHAT}/assign": VIEW,
    f"POST {_CHAT}/transfer": VIEW,
    f"POST {_CHAT}/request": "a reference",
    f"POST {_CHAT}/close": "where the copy is",
    "GET /v1/operator/canned": "the site's own texts",
    "POST /v1/operator/canned": "the site's own texts",
    "PUT /v1/operator/canned/{canned_id}": "the site's own texts",
    "DELETE /v1/operator/canned/{canned_id}": "nothing is answered",
    "GET /v1/operator/presence": "names of colleagues",
    "PUT /v1/operator/presence": "names of colleagues",
    "POST /v1/operator/socket": "a ticket",
    "GET /v1/account/sites": "settings",
    "PATCH /v1/account/sites/{site_id}": "settings",
    "GET /v1/account/operators": "names of colleagues",
    "POST /v1/account/operators": "names of colleagues",
    "PATCH /v1/account/operators/{operator_id}": "names of colleagues",
    "GET /v1/account/statistics": "counts only",
    "GET /v1/account/visits": "counts only",
    **{
        f"{method} {_DESK}/{kind}{rest}": VIEW
        for kind in ("correspondence", "purchases", "disclosures")
        for method, rest in (("GET", ""), ("POST", ""), ("POST", "/search"), ("GET", "/{reference}"))
    },
    f"PATCH {_DESK}/correspondence/{{reference}}": VIEW,
    f"POST {_DESK}/correspondence/{{reference}}/owner": VIEW,
    f"GET {_DESK}/correspondence/{{reference}}/files/{{number}}": ACT,
    f"POST {_DESK}/purchases/import": "counts, and the numbers of lines",
    f"POST {_DESK}/purchases/{{reference}}/hold": VIEW,
    f"POST {_DESK}/disclosures/{{reference}}/approve": VIEW,
    f"POST {_DESK}/restricted/search": "references of items and their unlocks",
    f"GET {_DESK}/restricted/{{store}}/{{reference}}": VIEW,
    f"POST {_DESK}/restricted/{{store}}/{{reference}}/unlock": "the reference and its unlock",
    f"POST {_DESK}/restricted/{{store}}/{{reference}}/unlock/approve": "the reference and its unlock",
    f"DELETE {_DESK}/restricted/{{store}}/{{reference}}/unlock": "the reference and its unlock",
    f"POST {_DESK}/evidence/views": "references of items and of staff",
    f"GET {_DESK}/staff": "names of colleagues",
    f"GET {_DESK}/register": "the register",
    f"GET {_DESK}/proof": "what the prover found, which is about nobody",
    f"PUT {_DESK}/proof/{{number}}": "nothing is answered",
    f"GET {_DESK}/numbers": "counts only",
    f"GET {_DESK}/requests": VIEW,
    f"POST {_DESK}/requests": VIEW,
    f"GET {_REQUEST}": VIEW,
    **{
        f"POST {_REQUEST}/{act}": VIEW
        for act in (
            "confirm", "drop", "identity", "pause", "resume", "extend", "progress", "refuse", "withdraw", "close",
            "candidates", "descriptions", "question", "redactions", "corrections", "approve", "retry", "log-removal",
        )
    },
    f"DELETE {_REQUEST}/redactions/{{number}}": VIEW,
    f"DELETE {_REQUEST}/approve": VIEW,
    f"DELETE {_REQUEST}/log-removal": VIEW,
    f"PUT {_REQUEST}/answer-address": VIEW,
    f"DELETE {_REQUEST}/answer-address": VIEW,
    f"POST {_REQUEST}/answer-address/approve": VIEW,
    f"POST {_REQUEST}/letters/{{number}}/sent": VIEW,
    f"DELETE {_REQUEST}/suppression": VIEW,
    f"POST {_DESK}/requests/drop": "references of requests",
    f"POST {_REQUEST}/documents/{{number}}/links": ACT,
    f"GET {_REQUEST}/findings": VIEW,
    f"GET {_REQUEST}/letters/{{number}}": VIEW,
    f"POST {_REQUEST}/links": ACT,
}  # fmt: skip
STAFF = [row for row in ROWS if row.group in ("operator", "owner", "privacy")]
# tests/adapters/test_traces.py has what Watch leaves.
FRAMES = {
    frames.Hello: "nothing of a chat, for staff",
    frames.Post: "one's own words",
    frames.Typing: "nothing is answered",
    frames.Read: "nothing is answered",
    frames.Watch: VIEW,
    frames.Ping: "nothing of a chat, for staff",
}


def test_every_route_and_frame_of_staff_says_what_trace_it_leaves() -> None:
    assert set(TRACES) == {str(row) for row in STAFF}
    assert set(FRAMES) == set(get_args(frames.Frame))


@pytest.fixture(scope="module")
def callers(stack: dict[str, Any]) -> Callers:
    return Callers.of(stack)


@pytest.mark.parametrize(
    "row", [row for row in STAFF if TRACES[str(row)] == VIEW and row.allowed.startswith("2")], ids=str
)
def test_N19_who_sees_something_of_a_person_leaves_an_entry_without_name_or_address(callers: Callers, row: Row) -> None:
    """Of what the calls before recorded, only what this one adds counts: another member made the scene."""
    canary = f"canary{secrets.token_hex(6)}"
    site, visitor = callers.site, callers.site.visitor()
    visitor.open(name=canary, text=canary, email=f"{canary}@example.org", client_id="first")
    there = scene(callers, row, visitor.chat_id, canary)
    store, reference = row.path.split("/")[3], there.places.get("reference")
    if store != "chats" and not reference and (row.method == "GET" or row.path.endswith("/search")):
        made = Row("GET", f"/v1/desk/{store}/{{reference}}", row.group, row.allowed, row.foreign, None)
        reference = scene(callers, made, visitor.chat_id, canary).places["reference"]
    who = site.operator if row.group == "operator" else site.privacy
    answer = call(Api(callers.stack, who.api.token), row, there.places)
    assert str(answer.status).startswith("2"), answer.body
    if not reference and store != "chats":
        reference = answer.json.get("id") or answer.json["reference"]
    entries = items_of(Entry, visitor.chat_id if store == "chats" else f"{store}#{reference}")
    me = jwt.decode(str(who.api.token), options={"verify_signature": False})["sub"]
    mine = [one for one in entries if one["action"]["S"] == "view" and one["actor"]["S"] == me]
    assert mine, entries
    for entry in mine:
        assert canary not in str(entry)
        assert not {"name", "email", "phone"} & set(entry)

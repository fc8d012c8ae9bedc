"""A request by the notice's form searches all websites; the staff of each see nothing more than before."""

import secrets
from typing import Any

import pytest

from imchat import clock
from imchat.chat.opening import Opening, open_chat
from imchat.rights.deadlines import london
from imchat.stores.chats import Chat
from tests.attacks.callers import GROUPS, member, placed
from tests.attacks.matrix import ROWS, Row
from tests.flow.client import Api, Member
from tests.flow.rights import at_step, code_to, person
from tests.flow.sites import ORIGIN, TestSite, make_site

pytestmark = pytest.mark.usefixtures("tables")
STAFF = [row for row in ROWS if row.group in GROUPS]


def chat(site: TestSite, email: str, canary: str) -> Chat:
    return open_chat(Opening(site.site.site_id, email=email, text=canary, origin=ORIGIN), clock.now())


def asked_by_form(stack: dict[str, Any], desk: Member, email: str) -> str:
    """The reference of a request by the form, under review."""
    made = Api(stack)("POST", "/v1/rights-requests", {"type": "access", "email": email})
    reference = str(made.json["reference"])
    proven = Api(stack)("POST", f"/v1/rights-requests/{reference}/code", {"code": code_to(stack, email)})
    assert proven.status == 200, proven.body
    at_step(desk, f"/v1/desk/requests/{reference}", "review")
    return reference


def asks(row: Row) -> bool:
    """Whether the route names nothing and changes nothing: lists, searches, settings, counts."""
    return "{" not in row.path and (row.method == "GET" or row.path.endswith(("/search", "/views")))


def test_a_request_for_all_websites_shows_the_staff_of_each_nothing_more_than_before(stack: dict[str, Any]) -> None:
    one, two, email = make_site(stack), make_site(stack), person()
    canaries = {one.site.site_id: secrets.token_hex(12), two.site.site_id: secrets.token_hex(12)}
    chats = {site.site.site_id: chat(site, email, canaries[site.site.site_id]) for site in (one, two)}
    desk = Member(stack, **stack["staff"]["privacy"])
    reference = asked_by_form(stack, desk, email)

    found = desk("GET", f"/v1/desk/requests/{reference}/findings?store=chats").json["items"]
    assert {item["website"]["site_id"] for item in found} == set(canaries)
    for site, other in ((one, two), (two, one)):
        other_id = other.site.site_id
        places = {"reference": reference, "chat_id": chats[other_id].pk, "number": "1", "nobody": "nobody"} | {
            "site_id": site.site.site_id, "email": email, "now": clock.now().isoformat(), "operator_id": "nobody", "store": "correspondence",
            "today": london(clock.now()).isoformat(),
        }  # fmt: skip
        for row in STAFF:
            who = member(site, row.group)
            if row.path.startswith("/v1/desk/requests/{reference}") or "{chat_id}" in row.path:
                answer = who(row.method, placed(row.path, places), placed(row.body, places))
                assert answer.status == 404, (str(row), answer.body)
            elif asks(row):
                answer = who(row.method, row.path, placed(row.body, places))
            else:
                continue
            for secret in (canaries[other_id], other_id, chats[other_id].pk):
                assert secret not in answer.body.decode(), str(row)
            if asks(row):
                assert reference not in answer.body.decode(), str(row)
    # Its own site sees its own chat as before, and the desk of the notice reads no chat as an operator does.
    own = one.operator("GET", f"/v1/operator/chats/{chats[one.site.site_id].pk}")
    assert own.status == 200
    assert reference not in own.body.decode()
    assert desk("GET", f"/v1/operator/chats/{chats[one.site.site_id].pk}").status == 403
    assert desk("POST", "/v1/desk/correspondence/search", {"email": email}).json.get("chats", []) == []


def test_every_staff_route_is_tried_or_names_something_of_the_site_itself() -> None:
    """What is left names things that only staff of a site make; tests/attacks/test_matrix.py tries them by those of
    another site."""
    left = [
        row for row in STAFF
        if not asks(row) and not row.path.startswith("/v1/desk/requests/{reference}") and "{chat_id}" not in row.path
    ]  # fmt: skip
    assert all(row.foreign != "-" for row in left)

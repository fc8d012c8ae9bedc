"""The public form on the deployed stack, under its own role: asked, mailed, proven."""

import re
import secrets
from typing import Any

import pytest

from tests.flow.client import Api, mail_to, staff, until

pytestmark = pytest.mark.usefixtures("tables")


def test_N13_asked_by_the_form_proven_by_the_code_and_at_the_desk_with_its_clock(stack: dict[str, Any]) -> None:
    api, email = Api(stack, origin=stack["web_url"]), f"ada.{secrets.token_hex(5)}@example.org"
    asked = api("POST", "/v1/rights-requests", {"type": "access", "name": "Ada Lovelace", "email": email})
    assert asked.status == 202
    reference = asked.json["reference"]
    (mail,) = until(lambda: mail_to(stack, email))
    assert reference in mail["Subject"]
    (code,) = set(re.findall(r"\b\d{6}\b", mail["BodyText"]))
    path = f"/v1/rights-requests/{reference}"
    wrong = f"{(int(code) + 1) % 10**6:06}"
    refused = api("POST", f"{path}/code", {"code": wrong})
    unknown = api("POST", "/v1/rights-requests/aaaa-bbbb-cccc/code", {"code": wrong})
    malformed = api("POST", f"{path}/code", {"code": "x"})
    assert refused.status == unknown.status == malformed.status == 400
    assert refused.json == unknown.json == malformed.json
    assert api("POST", f"{path}/code", {"code": code}).json == {"reference": reference, "identity": "proven"}
    desk = staff(stack, "privacy")
    shown = desk("GET", f"/v1/desk/requests/{reference}").json
    assert (shown["state"], shown["channel"], shown["identity"]["method"]) == ("in_progress", "form", "code")
    assert shown["clock"]["days_left"] >= 28


def test_a_new_code_comes_by_mail_and_the_answer_is_the_same_for_an_unknown_reference(stack: dict[str, Any]) -> None:
    api, email = Api(stack), f"ada.{secrets.token_hex(5)}@example.org"
    reference = api("POST", "/v1/rights-requests", {"type": "erasure", "email": email}).json["reference"]
    until(lambda: mail_to(stack, email))
    known = api("POST", f"/v1/rights-requests/{reference}/codes")
    unknown = api("POST", "/v1/rights-requests/aaaa-bbbb-cccc/codes")
    assert known.status == unknown.status == 202
    assert len(until(lambda: mail_to(stack, email)[1:])) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"type": "access"}, "email"),
        ({"type": "curiosity", "email": "ada@example.org"}, "type"),
        ({"email": "ada@example.org"}, "type"),
        ({"type": "access", "email": "nothing"}, "email"),
        ({"type": "access", "email": "ada@example.org", "admin": True}, "admin"),
    ],
)
def test_what_is_wrong_is_named(stack: dict[str, Any], body: dict[str, Any], field: str) -> None:
    answer = Api(stack)("POST", "/v1/rights-requests", body)
    assert (answer.status, answer.json["field"]) == (400, field)

"""Answer addresses, complaints, requests from chats and of staff, through the deployed API, under IAM."""

import json
import secrets
from datetime import UTC, datetime
from typing import Any

import pytest

from imchat.rights.deadlines import london
from imchat.stores import accounts
from imchat.stores.limits import Limit
from tests.flow.client import mail_to, until
from tests.flow.rights import NAME, at_step, code_to, person, take_in
from tests.flow.sites import TestSite, make_site

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def site(stack: dict[str, Any]) -> TestSite:
    return make_site(stack)


def test_N13_a_copy_goes_to_an_answer_address_by_the_desk_and_codes_do_not(
    stack: dict[str, Any], site: TestSite
) -> None:
    email, counsel = person(), person()
    assert site.visitor().open(email=email, name=NAME, text="hello").status == 201
    path = take_in(site, "access", email)
    at_step(site.privacy, path, "review")
    sent = {"email": counsel, "authority": "Signed authority.", "name": "Counsel"}
    assert site.privacy2("PUT", f"{path}/answer-address", sent).status == 200
    assert site.privacy2("POST", f"{path}/answer-address/approve").json["type"] == "/problems/second_person_needed"
    assert site.privacy2("POST", f"{path}/approve").status == 403
    assert site.privacy("POST", f"{path}/answer-address/approve").json["answer_to"]["approved_by"]
    until(lambda: [mail for mail in mail_to(stack, email) if "another address" in mail["Subject"]])
    assert site.privacy("POST", f"{path}/approve").status == 200
    ready = until(lambda: [one for one in at_step(site.privacy, path, "delivery")["letters"] if one["what"] == "ready"])
    assert (ready[0]["outcome"], ready[0]["elsewhere"]) == ("to_post", True)
    public = path.replace("/v1/desk/requests", "/v1/rights-requests")
    assert site.visitor().api("POST", f"{public}/codes").status == 202
    assert site.privacy("POST", f"{path}/links").status == 201
    letters = site.privacy("GET", path).json["letters"]
    number = 1 + [one["what"] for one in letters].index("ready")
    on = {"on": london(datetime.now(UTC)).isoformat(), "how": "by secure mail"}
    posted = site.privacy("POST", f"{path}/letters/{number}/sent", on).json["letters"][number - 1]
    assert (posted["outcome"], posted["sent_how"]) == ("posted", "by secure mail")
    assert site.privacy("POST", f"{path}/close", {"because": "sent"}).json["state"] == "closed"
    assert not mail_to(stack, counsel)
    assert not [one for one in letters if one["what"] == "code"]


def test_a_request_in_a_chat_is_passed_on_proven_by_code_and_answered(stack: dict[str, Any], site: TestSite) -> None:
    email = person()
    visitor = site.visitor()
    assert visitor.open(email=email, text="Send me my data, please.").status == 201
    path = f"/v1/operator/chats/{visitor.chat_id}/request"
    passed = [site.operator("POST", path, {"type": "access"}) for _ in range(2)]
    assert [one.status for one in passed] == [201, 200]
    assert passed[0].json == passed[1].json
    assert set(passed[0].json) == {"reference"}
    reference = passed[0].json["reference"]
    path = f"/v1/desk/requests/{reference}"
    assert site.privacy("POST", f"{path}/confirm", {"type": "access"}).json["state"] == "awaiting_identity"
    code = code_to(stack, email)
    assert visitor.api("POST", f"/v1/rights-requests/{reference}/code", {"code": code}).status == 200
    found = {one["store"]: one for one in at_step(site.privacy, path, "review")["progress"]["stores"]}
    assert (found["chats"]["found"], found["chats"]["candidates"]) == (1, 0)
    assert site.operator("DELETE", f"/v1/operator/chats/{visitor.chat_id}").status == 409


def test_N12_a_member_of_staff_is_found_in_what_they_did_and_told_nothing_of_the_others(site: TestSite) -> None:
    name, email = f"Olga {secrets.token_hex(4)} Operator", person()
    operator = site.operator_id
    accounts.add_operator(site.site.site_id, operator, name, email)
    visitor = site.visitor()
    assert visitor.open(email=person(), name="A Customer", text="the customer's words").status == 201
    assert site.operator.say(visitor.chat_id, "an answer").status == 201
    assert site.operator.read(visitor.chat_id).status == 200
    path = take_in(site, "access", email, name=name)
    stores = {one["store"]: one for one in at_step(site.privacy, path, "review")["progress"]["stores"]}
    assert stores["chats"]["found"] == 1
    assert stores["evidence"]["found"] >= 1
    shown = site.privacy("GET", f"{path}/findings?store=chats").json["items"]
    assert [fact["value"] for fact in shown[0]["facts"]] == ["wrote in it"]
    assert "customer" not in json.dumps(shown)
    assert site.operator("DELETE", f"/v1/operator/chats/{visitor.chat_id}").status == 200  # nothing holds it


def test_a_complaint_by_the_form_needs_a_way_to_answer_and_no_search(stack: dict[str, Any], site: TestSite) -> None:
    for asked in Limit.scan(Limit.pk.startswith("request#")):  # the tests all ask from one address
        asked.delete()
    api = site.visitor().api
    email = person()
    bare = api("POST", "/v1/rights-requests", {"type": "complaint", "details": "Nobody answers."})
    assert bare.json["type"] == "/problems/no_identifier"
    silent = api("POST", "/v1/rights-requests", {"type": "complaint", "email": email})
    assert (silent.status, silent.json["field"]) == (400, "details")
    by_post = {"type": "complaint", "details": "Nobody answers.", "post": "1 High Street\nLondon"}
    assert api("POST", "/v1/rights-requests", by_post).status == 202
    made = api("POST", "/v1/rights-requests", by_post | {"email": email})
    assert made.status == 202
    (mail,) = until(lambda: mail_to(stack, email))
    assert "Your complaint is here" in mail["BodyText"]
    assert "You have the right to complain to us" in mail["BodyText"]

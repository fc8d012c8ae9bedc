"""Mail put into the inbound bucket of the deployed stack reaches the desk by itself: S3, EventBridge, Lambda, under IAM."""

import secrets
from email.message import EmailMessage
from typing import Any

import pytest

from imchat import clock
from imchat.clock import milliseconds, rfc3339
from tests.flow.client import POOL, Api, Member, mail_to, staff, until

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture(scope="module")
def desk(stack: dict[str, Any]) -> Member:
    return staff(stack, "privacy")


def arrive(stack: dict[str, Any], raw: bytes, prefix: str = "support/") -> None:
    key = f"{prefix}{secrets.token_hex(12)}"
    Api(stack).client("s3").put_object(Bucket=stack["buckets"]["inbound"], Key=key, Body=raw)


def from_(email: str, to: str = "support@imsupporting.com") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Ada Lovelace <{email}>", to, "Käse für Ada 🧀"
    mail.set_content("Is it in stock?")
    return mail


def found(desk: Member, email: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = desk("POST", "/v1/desk/correspondence/search", {"emails": [email]}).json["items"]
    return items


def test_N10_a_mail_arrives_at_the_desk_with_its_file(stack: dict[str, Any], desk: Member) -> None:
    email = f"ada.{secrets.token_hex(4)}@example.org"
    mail = from_(email)
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="order.pdf")
    arrive(stack, bytes(mail))
    (item,) = until(lambda: found(desk, email.upper()))
    assert (item["channel"], item["name"], item["subject"]) == ("email", "Ada Lovelace", "Käse für Ada 🧀")
    assert item["attachments"] == [{"filename": "order.pdf", "content_type": "application/pdf", "size": 8}]
    path = f"/v1/desk/correspondence/{item['id']}/files"
    link = desk("GET", f"{path}/1").json
    answer = POOL.request("GET", link["url"])
    assert answer.data == b"%PDF-1.7"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert link["valid_seconds"] == 300
    assert "order" not in link["url"]
    for number in ("2", "0", "x", "999"):
        assert desk("GET", f"{path}/{number}").status == 404
    s3 = Api(stack).client("s3")
    until(lambda: s3.list_objects_v2(Bucket=stack["buckets"]["inbound"])["KeyCount"] == 0)


def test_mail_to_the_data_protection_address_becomes_a_candidate_request(stack: dict[str, Any], desk: Member) -> None:
    email = f"ada.{secrets.token_hex(4)}@example.org"
    arrive(stack, bytes(from_(email, "dataprotection@imsupporting.com")), "")

    def candidates() -> list[dict[str, Any]]:
        return [one for one in desk("GET", "/v1/desk/requests").json["requests"] if one["email"] == email]

    (request,) = until(candidates)
    assert (request["state"], request["channel"]) == ("candidate", "mail")
    assert request["clock"], "it runs from receipt until somebody asks for proof"
    assert [item["id"] for item in found(desk, email)] == [request["correspondence_id"]]
    path = f"/v1/desk/requests/{request['reference']}"
    assert desk("POST", f"{path}/confirm", {"type": "access"}).json["state"] == "awaiting_identity"
    assert desk("POST", f"{path}/drop", {"because": "too late"}).status == 409
    assert request["reference"] in until(lambda: mail_to(stack, email))[0]["Subject"]


def test_what_is_no_mail_is_there_for_staff_and_stops_nothing(stack: dict[str, Any], desk: Member) -> None:
    arrive(stack, b"\x00\xff not a mail")
    email = f"ada.{secrets.token_hex(4)}@example.org"
    arrive(stack, bytes(from_(email)))
    until(lambda: found(desk, email))

    def unreadable() -> list[dict[str, Any]]:
        items = desk("GET", "/v1/desk/correspondence?limit=100").json["items"]
        return [item for item in items if item["problem"]]

    assert until(unreadable)


def test_mail_taken_for_spam_is_listed_apart_and_put_aside_together(stack: dict[str, Any], desk: Member) -> None:
    emails = [f"ada.{secrets.token_hex(4)}@example.org" for _ in range(2)]
    for email in emails:
        raw = bytes(from_(email, "dataprotection@imsupporting.com"))
        arrive(stack, b"X-SES-Spam-Verdict: FAIL\r\n" + raw, "privacy/")

    def listed(state: str) -> list[str]:
        requests = desk("GET", f"/v1/desk/requests?state={state}").json["requests"]
        return [one["reference"] for one in requests if one["email"] in emails]

    references = until(lambda: seen if len(seen := listed("spam")) == len(emails) else [])
    assert listed("open") == []
    sent = {"references": [*references, "aaaa-bbbb-cccc"], "because": "Spam."}
    answer = desk("POST", "/v1/desk/requests/drop", sent)
    assert answer.status == 200
    assert sorted(answer.json["dropped"]) == sorted(references)
    assert [(one["reference"], one["kind"]) for one in answer.json["refused"]] == [
        ("aaaa-bbbb-cccc", "request_not_found")
    ]
    assert listed("spam") == []
    assert all(found(desk, email) for email in emails)
    assert desk("POST", "/v1/desk/requests/drop", {"references": [], "because": "x"}).status == 400


def test_an_answer_to_a_letter_is_shown_on_its_request(stack: dict[str, Any], desk: Member) -> None:
    email = f"ada.{secrets.token_hex(4)}@example.org"
    asked = {"type": "access", "channel": "phone", "received_at": rfc3339(milliseconds(clock.now())), "email": email}
    reference = desk("POST", "/v1/desk/requests", asked).json["reference"]
    mail = from_(email, "dataprotection@imsupporting.com")
    mail.replace_header("Subject", f"Re: your request {reference}")
    arrive(stack, bytes(mail), "privacy/")
    path = f"/v1/desk/requests/{reference}"
    (answer,) = until(lambda: desk("GET", path).json["answers"])
    assert (answer["another"], answer["automatic"]) == (False, False)
    (item,) = found(desk, email)
    assert (item["id"], item["request_id"]) == (answer["correspondence_id"], reference)

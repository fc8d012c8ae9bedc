"""A person asks by the form, and proves their address by a code (N13)."""

import json
import re
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from imchat import aws
from imchat.errors import InvalidInput, TooMany
from imchat.mail.errors import PermanentMailError, TemporaryMailError
from imchat.rights import asking, telling
from imchat.rights.clocks import clock_of
from imchat.rights.requests import open_requests
from imchat.settings import settings
from imchat.stores import limits
from imchat.stores.evidence import Entry
from imchat.stores.requests import Request
from tests.adapters.people import somebody
from tests.adapters.worlds import NOON, items_of

pytestmark = pytest.mark.usefixtures("tables", "sent")


def asked(now: datetime = NOON, **fields: Any) -> Request:
    given = {"kind": "access", "name": None, "email": somebody().email, "phone": None, "details": None}
    return asking.ask(**(given | {"ip": somebody().email} | fields), now=now)  # type: ignore[arg-type]


def code_in(mail: dict[str, Any]) -> str:
    message = message_from_bytes(mail["raw"], policy=policy.default)
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    (code,) = re.findall(r"^\s{4}(\d{6})\s*$", text, re.MULTILINE)
    html = message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert code in html
    return str(code)


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def jobs() -> list[dict[str, Any]]:
    found = []
    queue = settings().transcript_queue_url
    while messages := aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append(json.loads(message["Body"]))
            aws.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return found


def test_N13_the_code_that_was_mailed_proves_the_address_and_starts_the_clock(sent: list[dict[str, Any]]) -> None:
    request = asked()
    assert request.pk in [one.pk for one in open_requests(settings().mail_site_id, NOON)]
    assert {"request": request.pk, "mail": 1} in jobs()
    assert telling.send(request.pk, 1, NOON) == "sent"
    (mail,) = sent
    assert mail["recipient"] == request.email
    assert request.pk.encode() in mail["raw"]
    code = code_in(mail)
    assert code not in str(items_of(Request, request.pk))
    proven = asking.prove(request.pk, code, NOON + timedelta(minutes=9))
    assert (proven.status, proven.identity_method) == ("in_progress", "code")
    assert clock_of(proven, NOON)
    with pytest.raises(InvalidInput):
        asking.prove(request.pk, code, NOON)  # used
    actions = {one["action"]["S"] for one in items_of(Entry, f"requests#{request.pk}")}
    assert actions == {"request_received", "request_mailed", "request_identity_proven"}


@pytest.mark.parametrize("late", [timedelta(minutes=10), timedelta(days=1)])
def test_N13_a_code_holds_for_ten_minutes(sent: list[dict[str, Any]], late: timedelta) -> None:
    request = asked()
    telling.send(request.pk, 1, NOON)
    with pytest.raises(InvalidInput):
        asking.prove(request.pk, code_in(sent[0]), NOON + late)


def test_N13_after_three_wrong_tries_the_right_code_is_wrong_too(sent: list[dict[str, Any]]) -> None:
    request = asked()
    telling.send(request.pk, 1, NOON)
    code = code_in(sent[0])
    for _ in range(3):
        with pytest.raises(InvalidInput):
            asking.prove(request.pk, another(code), NOON)
    with pytest.raises(InvalidInput):
        asking.prove(request.pk, code, NOON)
    asking.ask_for_code(request.pk, NOON)
    telling.send(request.pk, 2, NOON)
    assert asking.prove(request.pk, code_in(sent[1]), NOON).identity


def test_N13_three_codes_a_day_and_nobody_is_told_whether_there_is_such_a_request(sent: list[dict[str, Any]]) -> None:
    request = asked()
    for _ in range(5):
        for _ in range(2):  # one is on its way already
            asking.ask_for_code(request.pk, NOON)
        telling.send(request.pk, len(Request.get(request.pk).letters), NOON)
    assert len(Request.get(request.pk).letters) == 3
    asking.ask_for_code(request.pk, NOON + timedelta(days=1))
    assert len(Request.get(request.pk).letters) == 4
    jobs()
    asking.ask_for_code("aaaa-bbbb-cccc", NOON)
    nameless = asked(email=None, name="Ada")
    asking.ask_for_code(nameless.pk, NOON)
    assert jobs() == []
    errors = []
    for reference in ("aaaa-bbbb-cccc", nameless.pk, request.pk):
        with pytest.raises(InvalidInput) as refused:
            asking.prove(reference, "123456", NOON)
        errors.append((refused.value.kind, refused.value.detail, refused.value.field))
    assert len(set(errors)) == 1


def test_a_mail_goes_once_however_often_its_job_comes(sent: list[dict[str, Any]]) -> None:
    request = asked()
    assert [telling.send(request.pk, 1, NOON) for _ in range(3)] == ["sent", "done", "done"]
    assert len(sent) == 1
    assert telling.send("aaaa-bbbb-cccc", 1, NOON) == "gone"
    asking.ask_for_code(request.pk, NOON)
    assert telling.send(request.pk, 1, NOON) == "done"  # a later one was asked for


def test_what_ses_cannot_do_now_comes_again_and_what_it_never_will_does_not(
    sent: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asked()

    def fails(error: Exception) -> Any:
        def send(*_: Any, **__: Any) -> str:
            raise error

        return send

    with monkeypatch.context() as patched:
        patched.setattr("imchat.mail.ses.send", fails(TemporaryMailError("Throttling")))
        with pytest.raises(telling.NotNow):
            telling.send(request.pk, 1, NOON)
    assert telling.send(request.pk, 1, NOON) == "sent"
    never = asked()
    with monkeypatch.context() as patched:
        patched.setattr("imchat.mail.ses.send", fails(PermanentMailError("MessageRejected")))
        assert telling.send(never.pk, 1, NOON) == "failed"
    refused = asked()
    limits.suppress(limits.address_hash(str(refused.email)), "bounce", NOON)
    assert telling.send(refused.pk, 1, NOON) == "bounced"
    assert len(sent) == 1


def test_a_complaint_is_acknowledged_without_a_code(sent: list[dict[str, Any]]) -> None:
    request = asked(kind="complaint", details="Nobody answers.")
    assert request.status == "in_progress"
    telling.send(request.pk, 1, NOON)
    said = sent[0]["raw"]
    assert b"prove that this address" not in said
    assert b"answer to your complaint" in said.replace(b"=\r\n", b"")


def test_five_requests_an_hour_from_one_address() -> None:
    for _ in range(5):
        asked(ip="192.0.2.44")
    with pytest.raises(TooMany) as many:
        asked(ip="192.0.2.44")
    assert 0 < many.value.retry_after <= 3600
    asked(ip="192.0.2.45")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "curiosity"}, "type"), ({"email": None}, "email"), ({"email": " ", "name": "  "}, "email"),
        ({"email": "nothing"}, "email"), ({"phone": "12"}, "phone"), ({"details": "x" * 4001}, "details"),
        ({"name": "a\r\nBcc: x@example.org"}, "name"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_names_the_field(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        asked(**fields)
    assert refused.value.field == field


def test_N22_a_card_number_in_a_request_is_masked() -> None:
    request = asked(details="My card 4111 1111 1111 1111 was charged")
    assert "4111" not in str(items_of(Request, request.pk))

"""The mailer as Lambda calls it: which records come again, and what the chat shows."""

import json
import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.feedback import mail_feedback
from functions.housekeeping import nudge, sweep
from functions.mailer import MOST_RECEIVES, send_transcripts
from functions.observe import logger
from imchat import aws, clock
from imchat.chat.closing import close
from imchat.mail import ses
from imchat.mail.errors import PermanentMailError, TemporaryMailError
from imchat.settings import settings
from imchat.stores import limits
from imchat.stores.chats import Chat
from imchat.stores.evidence import Entry
from infra.local.feedback import published
from tests.adapters.worlds import NOON, answer, items_of, world

pytestmark = pytest.mark.usefixtures("tables")


class Context:
    """What Lambda hands over."""

    aws_request_id = "r-1"

    def __init__(self, milliseconds: int = 60_000) -> None:
        self.milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def record(body: str, receives: int = 1) -> dict[str, Any]:
    return {"messageId": f"m-{body[:40]}", "body": body, "attributes": {"ApproximateReceiveCount": str(receives)}}


def closed_chat(email: str = "ada@example.org") -> tuple[Chat, str]:
    site = world()
    chat = site.open(email=email, text="Hello")
    answer(chat)
    close(chat.pk, site.site_id, "visitor", NOON)
    return chat, json.dumps({"chat_id": chat.pk, "job": 1})


def state(chat: Chat) -> str:
    return str(Chat.get(chat.pk, "META").transcript)


def failing(error: Exception) -> Any:
    def send(*_: Any, **__: Any) -> str:
        raise error

    return send


def test_bad_jobs_come_again_and_hold_up_nobody() -> None:
    chat, job = closed_chat()
    bad = ["", "no JSON", "[]", "{}", '{"chat_id": 7}', '{"chat_id": "x", "job": "first"}']
    answer = send_transcripts({"Records": [record(body) for body in bad] + [record(job)]}, Context())
    assert [one["itemIdentifier"] for one in answer["batchItemFailures"]] == [f"m-{body}" for body in bad]
    assert state(chat) == "sent"


def test_a_job_for_nothing_is_done() -> None:
    gone = json.dumps({"chat_id": "a" * 26, "job": 1})
    assert send_transcripts({"Records": [record(gone)]}, Context()) == {"batchItemFailures": []}


def test_what_may_work_later_comes_again_and_shows_as_failed_after_the_last_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chat, job = closed_chat()
    really_send = ses.send
    monkeypatch.setattr(ses, "send", failing(TemporaryMailError("TooManyRequestsException")))
    for receives in range(1, MOST_RECEIVES):
        assert send_transcripts({"Records": [record(job, receives)]}, Context())["batchItemFailures"]
        assert state(chat) == "queued"
    assert send_transcripts({"Records": [record(job, MOST_RECEIVES)]}, Context())["batchItemFailures"]
    assert state(chat) == "failed"
    # From the dead-letter queue it can be queued again as it is.
    monkeypatch.setattr(ses, "send", really_send)
    assert send_transcripts({"Records": [record(job)]}, Context()) == {"batchItemFailures": []}
    assert state(chat) == "sent"


def test_a_fault_of_ours_shows_too_and_is_not_swept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    chat, job = closed_chat()
    monkeypatch.setattr(ses, "send", failing(ZeroDivisionError()))
    assert send_transcripts({"Records": [record(job)]}, Context())["batchItemFailures"]
    assert state(chat) == "queued"
    assert Chat.get(chat.pk, "META").transcript_lease is None
    assert send_transcripts({"Records": [record(job, MOST_RECEIVES)]}, Context())["batchItemFailures"]
    stands = Chat.get(chat.pk, "META")
    assert stands.transcript == "failed"
    assert stands.due_at == int(stands.ip_ends.timestamp()) < stands.expires_at  # then its IP address goes


def test_what_never_works_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    chat, job = closed_chat()
    monkeypatch.setattr(ses, "send", failing(PermanentMailError("MessageRejected")))
    assert send_transcripts({"Records": [record(job)]}, Context()) == {"batchItemFailures": []}
    assert state(chat) == "failed"


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    logger().addHandler(caplog.handler)
    yield caplog
    logger().removeHandler(caplog.handler)


def all_of(log: pytest.LogCaptureFixture) -> str:
    """Whatever the lines hold, not their words alone."""
    return str([vars(line) for line in log.records]).lower()


def queued_by_feedback(*told: str) -> list[str]:
    """The jobs that are queued for what SES said; nothing else is on the queue then."""
    queued()
    mail_feedback(
        {"Records": [{"Sns": {"MessageId": f"sns-{one}", "Message": said}} for one, said in enumerate(told)]}, Context()
    )
    return queued()


def queued() -> list[str]:
    """The bodies of the queue, which is emptied."""
    sqs, queue = aws.client("sqs"), settings().transcript_queue_url
    found = []
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append(message["Body"])
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return found


@pytest.mark.parametrize(("kind", "told"), [("bounce", "bounced"), ("complaint", "complained")])
def test_what_ses_says_of_a_mail_is_queued_without_the_address_and_taken_in_once(
    kind: str, told: str, log: pytest.LogCaptureFixture
) -> None:
    local = f"ada.{secrets.token_hex(6)}"
    chat, job = closed_chat(f"{local}@example.org")
    send_transcripts({"Records": [record(job)]}, Context())
    (body,) = queued_by_feedback(published(kind, f"{local.upper()}@Example.org", chat.pk))
    hashed = limits.address_hash(f"{local}@example.org")
    assert json.loads(body) == {"feedback": told, "chat_id": chat.pk, "job": 1, "addresses": [hashed]}
    for _ in range(2):
        assert send_transcripts({"Records": [record(body)]}, Context()) == {"batchItemFailures": []}
    assert limits.suppressed("transcript", hashed, NOON) == told
    assert limits.suppressed("letter", hashed, NOON) == (told if kind == "bounce" else None)
    assert state(chat) == "bounced"
    actions = sorted(entry["action"]["S"] for entry in items_of(Entry, chat.pk))
    assert actions == sorted(["open", "close", "transcript_sent", f"transcript_{told}"])
    assert local not in body.lower() + all_of(log)


def test_a_bounce_of_no_copy_marks_the_address_alone() -> None:
    email = f"ada.{secrets.token_hex(6)}@example.org"
    (body,) = queued_by_feedback(published("bounce", email))
    assert send_transcripts({"Records": [record(body)]}, Context()) == {"batchItemFailures": []}
    assert limits.suppressed("letter", limits.address_hash(email), NOON) == "bounced"


def test_mail_that_somebody_took_out_of_the_junk_folder_is_no_complaint() -> None:
    praise = json.loads(published("complaint", "ada@example.org"))
    praise["complaint"]["complaintFeedbackType"] = "not-spam"
    assert queued_by_feedback(json.dumps(praise)) == []


def test_what_did_not_arrive_this_time_and_other_events_queue_nothing() -> None:
    transient = json.loads(published("bounce", "ada@example.org"))
    transient["bounce"]["bounceType"] = "Transient"
    assert queued_by_feedback(json.dumps(transient), json.dumps({"eventType": "Delivery"})) == []


def test_feedback_that_is_none_is_set_aside_by_its_id_and_holds_up_nobody(log: pytest.LogCaptureFixture) -> None:
    email = f"ada.{secrets.token_hex(6)}@example.org"
    unreadable, bounce = queued_by_feedback("a secret canary", published("bounce", email))
    assert json.loads(unreadable) == {"unreadable_feedback": "sns-0"}
    answer = send_transcripts({"Records": [record(unreadable), record(bounce)]}, Context())
    assert [one["itemIdentifier"] for one in answer["batchItemFailures"]] == [record(unreadable)["messageId"]]
    assert limits.suppressed("letter", limits.address_hash(email), NOON) == "bounced"
    lines = [vars(one) for one in log.records if one.message == "feedback that is none"]
    assert {line["sns_message_id"] for line in lines} == {"sns-0"}
    assert "canary" not in all_of(log)


def test_feedback_that_could_not_be_taken_in_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    (body,) = queued_by_feedback(published("bounce", f"ada.{secrets.token_hex(6)}@example.org"))
    monkeypatch.setattr(limits, "suppress", failing(ZeroDivisionError()))
    assert send_transcripts({"Records": [record(body)]}, Context())["batchItemFailures"]


def test_the_sweeper_tells_what_it_did_and_stops_in_time() -> None:
    chat, _ = closed_chat()
    Chat(chat.pk).change([Chat.due_at.set(1)])
    hurried = sweep({}, Context(5_000))
    assert hurried["unfinished"] >= 1  # whatever else is due
    assert nudge({}, Context(5_000))["requests_nudged"] == 0
    done = sweep({}, Context())
    assert "unfinished" not in done
    assert sum(done.values()) >= 1
    assert items_of(Chat, chat.pk)


def test_a_transcript_in_flight_is_not_swept_away() -> None:
    chat, job = closed_chat()
    assert Chat.get(chat.pk, "META").due_at == NOON.timestamp() + timedelta(minutes=15).total_seconds()
    send_transcripts({"Records": [record(job)]}, Context())
    stands = Chat.get(chat.pk, "META")
    assert stands.due_at == int(stands.ip_ends.timestamp()) < stands.expires_at  # then its IP address goes

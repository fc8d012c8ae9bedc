"""The mailer as Lambda calls it: which records come again, and what the chat shows."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.feedback import mail_feedback
from functions.housekeeping import sweep
from functions.mailer import MOST_RECEIVES, send_transcripts
from functions.observe import logger
from imchat import clock
from imchat.chat.closing import close
from imchat.mail import ses
from imchat.mail.errors import PermanentMailError, TemporaryMailError
from imchat.stores.chats import Chat
from tests.adapters.worlds import NOON, items_of, world

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
    assert stands.due_at == stands.expires_at


def test_what_never_works_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    chat, job = closed_chat()
    monkeypatch.setattr(ses, "send", failing(PermanentMailError("MessageRejected")))
    assert send_transcripts({"Records": [record(job)]}, Context()) == {"batchItemFailures": []}
    assert state(chat) == "failed"


def test_feedback_that_is_none_is_logged_and_left(caplog: pytest.LogCaptureFixture) -> None:
    logger().addHandler(caplog.handler)
    try:
        mail_feedback({"Records": [{"Sns": {"Message": "a secret canary"}}]}, Context())
    finally:
        logger().removeHandler(caplog.handler)
    assert "feedback that is none" in caplog.text
    assert "canary" not in caplog.text


def test_the_sweeper_tells_what_it_did_and_stops_in_time() -> None:
    chat, _ = closed_chat()
    Chat(chat.pk).change([Chat.due_at.set(1)])
    hurried = sweep({}, Context(5_000))
    assert (hurried["unfinished"], hurried["requests_nudged"]) == (1, 0)
    done = sweep({}, Context())
    assert "unfinished" not in done
    assert sum(done.values()) >= 1
    assert items_of(Chat, chat.pk)


def test_a_transcript_in_flight_is_not_swept_away() -> None:
    chat, job = closed_chat()
    assert Chat.get(chat.pk, "META").due_at == NOON.timestamp() + timedelta(minutes=15).total_seconds()
    send_transcripts({"Records": [record(job)]}, Context())
    stands = Chat.get(chat.pk, "META")
    assert stands.due_at == stands.expires_at

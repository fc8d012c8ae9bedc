"""From closing to the mailbox, on the deployed stack: the queue, the mailer, and what SES says afterwards."""

import json
import secrets
from typing import Any

import pytest

from functions.mailer import MOST_RECEIVES
from imchat.stores.chats import Chat
from imchat.stores.evidence import Entry
from infra.local.feedback import published
from tests.adapters.worlds import items_of
from tests.flow.client import Api, Visitor, mail_to, tell_ses, until
from tests.flow.sites import TestSite
from tests.flow.sockets import visiting

pytestmark = pytest.mark.usefixtures("tables")


def address() -> str:
    return f"ada.{secrets.token_hex(6)}@example.org"


def state(visitor: Visitor) -> str:
    return str(visitor.poll().json["transcript"]["state"])


def test_N6_a_copy_goes_once_to_the_address_given(site: TestSite, stack: dict[str, Any]) -> None:
    to, visitor = address(), site.visitor()
    visitor.open(name="Ada Lovelace", email=to, text="Is it in stock?", timezone="Asia/Tokyo", locale="en-GB")
    site.operator.say(visitor.chat_id, "It is. <b>Two left</b> & more on Monday.")
    site.operator.say(visitor.chat_id, "Reseller, do not discount.", kind="notes")
    assert visitor.close().json == {"status": "closed", "transcript": "queued"}
    until(lambda: state(visitor) == "sent")
    [mail] = mail_to(stack, to)
    assert "Is it in stock?" in mail["BodyText"]
    assert "It is. <b>Two left</b> & more on Monday." in mail["BodyText"]
    assert "It is. &lt;b&gt;Two left&lt;/b&gt; &amp; more on Monday." in mail["BodyHtml"]
    assert "Olga" in mail["BodyText"]
    assert "Asia/Tokyo" in mail["BodyText"]
    assert "Reseller" not in mail["BodyText"] + mail["BodyHtml"]
    assert site.operator.username not in mail["BodyText"]
    for _ in range(2):  # the queue brings the same job again
        Api(stack).client("sqs").send_message(
            QueueUrl=stack["queues"]["transcripts"], MessageBody=json.dumps({"chat_id": visitor.chat_id, "job": 1})
        )
    marker = site.visitor()
    marker_to = address()
    marker.open(email=marker_to, text="after")
    site.operator.say(marker.chat_id, "Yes?")
    marker.close()
    until(lambda: mail_to(stack, marker_to))
    assert len(mail_to(stack, to)) == 1
    actions = [entry["action"]["S"] for entry in items_of(Entry, visitor.chat_id)]
    assert actions == ["open", "close", "transcript_sent"]
    assert site.operator.read(visitor.chat_id).json["chat"]["transcript"]["state"] == "sent"


@pytest.mark.parametrize(("locale", "marks"), [("fr-CA", "fr"), ("ar", "ar"), ("xx", "en")])
def test_the_copy_is_in_the_language_of_the_chat(
    site: TestSite, stack: dict[str, Any], locale: str, marks: str
) -> None:
    to, visitor = address(), site.visitor()
    visitor.open(email=to, text="12345", locale=locale)
    site.operator.say(visitor.chat_id, "Yes?")
    visitor.close()
    [mail] = until(lambda: mail_to(stack, to))
    assert f'lang="{marks}"' in mail["BodyHtml"]
    assert ('dir="rtl"' in mail["BodyHtml"]) == (marks == "ar")


def test_N6_at_most_three_more_copies_a_day_and_only_to_the_own_address(site: TestSite, stack: dict[str, Any]) -> None:
    to, visitor = address(), site.visitor()
    visitor.open(email=to, text="Hello")
    refused = visitor.copy()
    assert (refused.status, refused.json["type"]) == (409, "/problems/no_operator_yet")
    site.operator.say(visitor.chat_id, "Yes?")
    for number in range(1, 4):
        answer = visitor.copy()
        assert (answer.status, answer.json) == (202, {"transcript": "queued"})
        until(lambda number=number: len(mail_to(stack, to)) == number)
        until(lambda: state(visitor) == "sent")
    refused = visitor.copy()
    assert (refused.status, refused.json["type"]) == (429, "/problems/too_many_copies")
    assert 0 < int(refused.headers["Retry-After"]) <= 86400
    assert visitor.close().json["transcript"] == "queued"
    until(lambda: len(mail_to(stack, to)) == 4)


@pytest.mark.parametrize("kind", ["bounce", "complaint"])
def test_a_bounce_or_complaint_shows_and_stops_further_mail(site: TestSite, stack: dict[str, Any], kind: str) -> None:
    to, visitor = address(), site.visitor()
    visitor.open(email=to, text="Hello")
    site.operator.say(visitor.chat_id, "Yes?")
    visitor.close()
    until(lambda: state(visitor) == "sent")
    with visiting(visitor) as page:
        tell_ses(stack, published(kind, to, visitor.chat_id))
        assert page.hear("transcript")["transcript"]["state"] == "bounced"
    assert state(visitor) == "bounced"
    again = site.visitor()
    again.open(email=to.upper(), text="Hello again")
    site.operator.say(again.chat_id, "Yes?")
    again.close()
    until(lambda: state(again) == "bounced")
    assert len(mail_to(stack, to)) == 1
    assert mail_to(stack, to.upper()) == []
    limits = Api(stack).client("dynamodb").scan(TableName=stack["tables"]["limits"])["Items"]
    assert to not in str(limits).lower()


def test_a_transcript_too_long_for_a_mail_is_attached_whole(site: TestSite, stack: dict[str, Any]) -> None:
    to, visitor = address(), site.visitor()
    visitor.open(email=to)
    site.operator.say(visitor.chat_id, "Yes?")
    for number in range(60):
        assert visitor.say(f"{number} " + "long " * 700).status == 201
    visitor.close()
    until(lambda: state(visitor) == "sent")
    [mail] = mail_to(stack, to)
    # Of several parts of a kind the emulator keeps the last: the attached files.
    for number in range(60):
        for body in (mail["BodyText"], mail["BodyHtml"]):
            assert f"{number} " + "long " * 699 + "long" in body


def test_N18_a_deleted_chat_is_not_sent(site: TestSite, stack: dict[str, Any]) -> None:
    """The job may still be on the queue; there is nothing left that it could send."""
    to, visitor = address(), site.visitor()
    visitor.open(email=to, text="Hello")
    visitor.delete()
    Api(stack).client("sqs").send_message(
        QueueUrl=stack["queues"]["transcripts"], MessageBody=json.dumps({"chat_id": visitor.chat_id, "job": 1})
    )
    other_to, other = address(), site.visitor()
    other.open(email=other_to, text="after")
    site.operator.say(other.chat_id, "Yes?")
    other.close()
    until(lambda: mail_to(stack, other_to))
    assert mail_to(stack, to) == []
    assert items_of(Chat, visitor.chat_id) == []


def test_a_job_is_tried_five_times_and_then_set_aside(stack: dict[str, Any]) -> None:
    """What the mailer does with jobs that fail is in tests/adapters/test_mailer.py."""
    sqs = Api(stack).client("sqs")
    queue = sqs.get_queue_attributes(QueueUrl=stack["queues"]["transcripts"], AttributeNames=["All"])["Attributes"]
    dead = sqs.get_queue_attributes(QueueUrl=stack["queues"]["transcripts_dead"], AttributeNames=["QueueArn"])[
        "Attributes"
    ]
    redrive = json.loads(queue["RedrivePolicy"])
    assert redrive["deadLetterTargetArn"] == dead["QueueArn"]
    assert int(redrive["maxReceiveCount"]) == MOST_RECEIVES
    # Six times as long as the mailer may run.
    assert int(queue["VisibilityTimeout"]) == 180

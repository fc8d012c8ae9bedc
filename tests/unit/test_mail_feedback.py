"""What SES tells about a mail, in the forms it has for it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imchat.mail.errors import MalformedFeedback
from imchat.mail.feedback import Feedback, parse

AT = datetime(2026, 11, 23, 14, 30, 2, 12000, tzinfo=UTC)
TAGS = {"ses:configuration-set": ["imchat-prod"], "chat_id": ["mfrggzdf"], "job": ["2"]}


def event(name: str, *, key: str = "eventType", tags: Any = TAGS, **facts: Any) -> dict[str, Any]:
    mail = {"timestamp": "2026-11-23T14:30:00.000Z", "messageId": "0102", "destination": ["ada@example.com"]}
    if tags is not None:
        mail["tags"] = tags
    return {key: name, "mail": mail} | facts


def bounce(kind: str = "Permanent", **changes: Any) -> dict[str, Any]:
    return {
        "bounceType": kind,
        "bounceSubType": "General",
        "bouncedRecipients": [{"emailAddress": "ada@example.com", "action": "failed", "status": "5.1.1"}],
        "timestamp": "2026-11-23T14:30:02.012Z",
    } | changes


COMPLAINT = {
    "complainedRecipients": [{"emailAddress": "Ada <ada@example.com>"}, {"emailAddress": "b@example.com"}],
    "timestamp": "2026-11-23T15:30:02.012+01:00",
    "complaintFeedbackType": "abuse",
}


@pytest.mark.parametrize(
    ("kind", "meant"), [("Permanent", "bounced"), ("Transient", "transient"), ("Undetermined", "transient")]
)
def test_a_bounce(kind: str, meant: Any) -> None:
    said = json.dumps(event("Bounce", bounce=bounce(kind)))
    assert parse(said) == Feedback(meant, "mfrggzdf", 2, ("ada@example.com",), AT)


def test_a_complaint() -> None:
    said = json.dumps(event("Complaint", complaint=COMPLAINT))
    assert parse(said) == Feedback("complained", "mfrggzdf", 2, ("ada@example.com", "b@example.com"), AT)


def test_the_older_form_bears_no_tags() -> None:
    said = json.dumps(event("Bounce", key="notificationType", tags=None, bounce=bounce()))
    assert parse(said) == Feedback("bounced", None, None, ("ada@example.com",), AT)


@pytest.mark.parametrize(
    "tags", [{}, {"chat_id": [], "job": []}, {"chat_id": ["ada@example.com"], "job": ["x"]}, {"job": ["9" * 99]}]
)
def test_tags_that_are_not_ours_are_none(tags: Any) -> None:
    found = parse(json.dumps(event("Bounce", tags=tags, bounce=bounce())))
    assert found is not None
    assert (found.chat_id, found.job) == (None, None)


@pytest.mark.parametrize("name", ["Send", "Delivery", "Open", "Click", "Reject", "DeliveryDelay", "New"])
def test_other_events_follow_nothing(name: str) -> None:
    assert parse(json.dumps(event(name))) is None


def test_the_greeting_of_a_new_topic_follows_nothing() -> None:
    assert parse("Successfully validated SNS topic for Amazon SES event publishing.") is None
    assert parse(json.dumps({"notificationType": "AmazonSnsSubscriptionSucceeded", "message": "..."})) is None


def test_recipients_that_are_none_are_left_out() -> None:
    recipients = [{"emailAddress": "ada@example.com"}, {"emailAddress": "nobody"}, {"emailAddress": "@"}]
    found = parse(json.dumps(event("Bounce", bounce=bounce(bouncedRecipients=recipients))))
    assert found is not None
    assert found.recipients == ("ada@example.com",)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "canary",
        "[]",
        "null",
        "7",
        '"Bounce"',
        "{}",
        "[" * 100_000,
        "\ud800",
        json.dumps({"eventType": 1}),
        json.dumps({"eventType": None}),
        json.dumps({"eventType": "Bounce"}),
        json.dumps(event("Bounce", bounce=[])),
        json.dumps(event("Bounce", bounce=bounce(1))),  # type: ignore[arg-type]
        json.dumps(event("Bounce", bounce=bounce(bouncedRecipients=None))),
        json.dumps(event("Bounce", bounce=bounce(bouncedRecipients=[]))),
        json.dumps(event("Bounce", bounce=bounce(bouncedRecipients=["canary"]))),
        json.dumps(event("Bounce", bounce=bounce(bouncedRecipients=[{"emailAddress": ["canary"]}]))),
        json.dumps(event("Bounce", bounce=bounce(timestamp="canary"))),
        json.dumps(event("Bounce", bounce=bounce(timestamp=0))),
        json.dumps(event("Bounce", tags=["canary"], bounce=bounce())),
        json.dumps(event("Bounce", tags={"job": 7}, bounce=bounce())),
        json.dumps(event("Complaint", bounce=bounce())),
        json.dumps({"eventType": "Bounce", "bounce": bounce()}),
        json.dumps({"eventType": "Bounce", "bounce": bounce(), "mail": None}),
    ],
)
def test_what_is_no_event_is_refused_without_being_repeated(said: str) -> None:
    with pytest.raises(MalformedFeedback) as refusal:
        parse(said)
    assert str(refusal.value) == "malformed"
    assert refusal.value.__suppress_context__


KEYS = st.sampled_from(["tags", "emailAddress", "timestamp", "bouncedRecipients"]) | st.text()
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
)


@given(JSON, JSON, JSON)
def test_anything_at_all_is_feedback_or_malformed(mail: Any, facts: Any, tags: Any) -> None:
    tagged = event("Bounce", tags=tags, bounce=bounce())
    for said in (facts, {"eventType": "Bounce", "mail": mail, "bounce": facts}, tagged):
        try:
            found = parse(json.dumps(said))
        except MalformedFeedback:
            continue
        assert found is None or found.recipients

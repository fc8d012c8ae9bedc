"""Rights requests at the desk, on the deployed stack."""

import json
import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bench.first_events import not_reminded_today
from tests.flow.client import mail_to, run, until
from tests.flow.sites import TestSite, make_site

pytestmark = pytest.mark.usefixtures("tables")
ACTS = ("confirm", "drop", "identity", "pause", "resume", "extend", "refuse", "close")
NOW = datetime.now(UTC)
LETTER = {
    "type": "access", "channel": "letter", "received_at": (NOW - timedelta(days=5)).isoformat(),
    "name": "Ada Lovelace", "email": "ada@example.org", "details": "What do you hold about me?",
}  # fmt: skip
PROOF = {"decision": "proven", "method": "document", "at": (NOW - timedelta(days=2)).isoformat()}


def test_a_letter_is_taken_in_decided_on_paused_extended_and_closed(stack: dict[str, Any]) -> None:
    site = make_site(stack)  # nobody has asked there yet
    email = f"ada.{secrets.token_hex(5)}@example.org"
    made = site.privacy("POST", "/v1/desk/requests", LETTER | {"email": email})
    assert (made.status, made.json["state"], made.json["clock"]) == (201, "awaiting_identity", None)
    assert made.json["identity_due"] > NOW.date().isoformat()
    (mail,) = until(lambda: [one for one in mail_to(stack, email) if made.json["reference"] in one["Subject"]])
    assert re.search(r"\b\d{6}\b", mail["BodyText"])
    path = f"/v1/desk/requests/{made.json['reference']}"
    running = site.privacy("POST", f"{path}/identity", PROOF).json
    assert (running["state"], running["clock"]["paused_days"]) == ("in_progress", 0)
    assert 25 <= running["clock"]["days_left"] <= 35
    assert set(running["clock"]) == {
        "start", "due", "extended_due", "target", "tell_by", "paused_days", "paused", "extended", "days_left",
    }  # fmt: skip
    paused = site.privacy("POST", f"{path}/pause", {"why": "which site was it?"}).json
    assert paused["clock"]["paused"]
    # On the day that it was asked, whatever day it is by now.
    going_on = site.privacy("POST", f"{path}/resume", {"answered_on": paused["pauses"][-1]["asked"]}).json
    assert (going_on["clock"]["paused"], going_on["clock"]["paused_days"]) == (False, 1)
    extended = site.privacy("POST", f"{path}/extend", {"because": "very much data"}).json
    assert extended["clock"]["extended"]
    assert extended["clock"]["due"] == going_on["clock"]["extended_due"]
    assert [one["reference"] for one in site.privacy("GET", "/v1/desk/requests").json["requests"]] == [
        made.json["reference"]
    ]
    closed = site.privacy("POST", f"{path}/close", {"because": "a copy was sent"}).json
    assert closed["state"] == "closed"
    assert site.privacy("GET", "/v1/desk/requests").json["requests"] == []
    (known,) = site.privacy("GET", "/v1/desk/requests?state=all").json["requests"]
    assert [one["what"] for one in known["events"]] == [
        "received", "identity proven", "paused", "resumed", "extended", "closed",
    ]  # fmt: skip
    assert site.privacy("GET", path).json["ended_because"] == "a copy was sent"
    told = site.privacy("GET", "/v1/desk/numbers").json
    assert (told["ended"], told["by_type"], told["on_time_percent"]) == ({"closed": 1}, {"access": 1}, 100.0)
    assert site.privacy("GET", "/v1/desk/numbers?from=x").status == 400
    assert site.owner("GET", "/v1/desk/numbers").status == 403


def test_somebody_elses_authority_starts_the_clock_when_it_is_shown(site: TestSite) -> None:
    shown = NOW - timedelta(days=1)
    authority = {"what": "Letter of authority to Byron & Co, solicitors", "at": shown.isoformat()}
    asked = LETTER | {"identity": PROOF, "email": None, "name": "Ada of the Solicitors"}
    made = site.privacy("POST", "/v1/desk/requests", asked | {"authority": authority})
    assert (made.status, made.json["state"]) == (201, "in_progress")
    assert made.json["authority"]["what"] == authority["what"]
    assert made.json["clock"]["start"] == shown.astimezone(ZoneInfo("Europe/London")).date().isoformat()
    tomorrow = (NOW + timedelta(days=1)).isoformat()
    for wrong, field in (({"at": tomorrow}, "authority"), ({"what": " "}, "authority"), ({"at": "x"}, "authority.at")):
        refused = site.privacy("POST", "/v1/desk/requests", asked | {"authority": authority | wrong})
        assert (refused.status, refused.json["field"]) == (400, field)


def test_each_morning_the_desk_is_told_what_is_due_and_who_asked_is_not_said(
    site: TestSite, stack: dict[str, Any]
) -> None:
    """On the deployed function, under its own role."""
    long_ago = (NOW - timedelta(days=60)).isoformat()
    late = LETTER | {"received_at": long_ago, "identity": PROOF | {"at": long_ago}, "name": "Overdue Olivia"}
    reference = site.privacy("POST", "/v1/desk/requests", late).json["reference"]
    client = site.privacy.api.client
    sqs, sns = client("sqs"), client("sns")
    queue = sqs.create_queue(QueueName=f"told-{reference}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allowed = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    subscribed = sns.subscribe(TopicArn=stack["topics"]["alarms"], Protocol="sqs", Endpoint=arn)["SubscriptionArn"]
    try:
        run(stack, "Reminders", not_reminded_today())
        (told,) = until(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"))
        message = json.loads(told["Body"])["Message"]
        (line,) = [line for line in message.splitlines() if line.startswith(reference)]
        assert "the answer is overdue by" in line
        assert "Olivia" not in message
        assert "example.org" not in message
    finally:
        sns.unsubscribe(SubscriptionArn=subscribed)
        sqs.delete_queue(QueueUrl=queue)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"type": "curiosity"}, "type"),
        ({"channel": "pigeon"}, "channel"),
        ({"received_at": "2026-01-01T10:00:00"}, "received_at"),
        ({"received_at": "yesterday"}, "received_at"),
        ({"received_at": "2199-01-01T10:00:00Z"}, "received_at"),
        ({"name": None, "email": " "}, "name"),
        ({"identity": PROOF | {"decision": "maybe"}}, "identity.decision"),
        ({"identity": PROOF | {"method": "a hunch"}}, "identity"),
        ({"card": "x"}, "card"),
    ],
)
def test_what_is_wrong_is_named(site: TestSite, changes: dict[str, Any], field: str) -> None:
    answer = site.privacy("POST", "/v1/desk/requests", LETTER | changes)
    assert (answer.status, answer.json.get("field")) == (400, field)


@pytest.mark.parametrize("act", ACTS)
def test_only_the_desk_of_the_same_site_may_act(site: TestSite, stack: dict[str, Any], act: str) -> None:
    made = site.privacy("POST", "/v1/desk/requests", LETTER | {"identity": PROOF}).json["reference"]
    bodies = {"confirm": {"type": "access"}, "identity": PROOF, "pause": {"why": "x"}, "resume": {}}
    body, path = bodies.get(act, {"because": "x"}), f"/v1/desk/requests/{made}/{act}"
    assert site.operator("POST", path, body).status == 403
    assert site.owner("POST", path, body).status == 403
    assert site.visitor().api("POST", path, body).status == 401
    for reference in ("aaaa-aaaa-aaaa", "nonsense"):
        assert site.privacy("POST", f"/v1/desk/requests/{reference}/{act}", body).status == 404
    expected = 409 if act in ("confirm", "drop", "identity", "resume") else 200
    assert site.privacy2("POST", path, body).status == expected

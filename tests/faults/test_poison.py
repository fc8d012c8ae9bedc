"""What cannot be worked on, on the deployed stack: it holds up nobody, lies in the dead letters in the end, and stands in
no log. Alarms watch the dead letters; the command line brings them back."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from infra.traces import traces
from tests.flow.client import Api, deployed, mail_to, run, tell_ses, until
from tests.flow.sites import TestSite, make_site

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture(scope="module")
def site(stack: dict[str, Any]) -> TestSite:
    return make_site(stack)


@contextmanager
def hasty(sqs: Any, queue: str) -> Iterator[None]:
    """What was not done comes again after a second."""
    before = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes=before)


def set_aside(stack: dict[str, Any], name: str, canary: str) -> Any:
    """A message with the canary that lies in the dead letters of this name, once it does. It is taken away."""
    sqs = Api(stack).client("sqs")
    (queue,) = (url for url in sqs.list_queues()["QueueUrls"] if name in url)

    def look() -> Any:
        for one in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0).get("Messages", ()):
            if canary in one["Body"]:
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])
                return one["Body"]
        return None

    return until(look)


def logged(stack: dict[str, Any], words: str) -> list[str]:
    """Lines of all functions' logs with these words."""
    logs = Api(stack).client("logs")
    groups = [
        group["logGroupName"]
        for page in logs.get_paginator("describe_log_groups").paginate()
        for group in page["logGroups"]
    ]
    return [
        event["message"]
        for group in groups
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        for event in page["events"]
        if words in event["message"]
    ]


def canary() -> str:
    return f"canary-{secrets.token_hex(8)}"


def test_jobs_that_are_none_are_set_aside_and_hold_up_nobody(site: TestSite, stack: dict[str, Any]) -> None:
    sqs, queue, said = Api(stack).client("sqs"), stack["queues"]["transcripts"], canary()
    bad = [f"{said}1", f'["{said}2"]', f'{{"chat_id": 7, "job": "{said}3"}}', f'{{"request": "{said}4"}}']
    to, visitor = f"ada.{secrets.token_hex(6)}@example.org", site.visitor()
    visitor.open(email=to, text="Hello")
    site.operator.say(visitor.chat_id, "Yes?")
    with hasty(sqs, queue):
        for one in bad:
            sqs.send_message(QueueUrl=queue, MessageBody=one)
        visitor.close()
        until(lambda: mail_to(stack, to))
        for number, one in enumerate(bad, start=1):
            assert set_aside(stack, "TranscriptDeadLetters", f"{said}{number}") == one
    assert logged(stack, "a job that is none")
    assert logged(stack, said) == []


def test_a_job_whose_chat_is_gone_is_done(site: TestSite, stack: dict[str, Any]) -> None:
    sqs, queue = Api(stack).client("sqs"), stack["queues"]["transcripts"]
    gone = secrets.token_hex(13)
    sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({"chat_id": gone, "job": 1}))
    until(lambda: any('"gone"' in line for line in logged(stack, gone)))


def test_feedback_that_is_none_is_set_aside_by_its_id_and_none_of_it_is_kept(stack: dict[str, Any]) -> None:
    sqs, said = Api(stack).client("sqs"), canary()
    with hasty(sqs, stack["queues"]["transcripts"]):
        sent = tell_ses(stack, f"no JSON: {said}@example.org")
        assert json.loads(set_aside(stack, "TranscriptDeadLetters", sent)) == {"unreadable_feedback": sent}
    assert any("feedback that is none" in line for line in logged(stack, sent))
    assert traces(stack, [said]) == {said: set()}


def test_an_event_of_no_mail_is_set_aside_and_one_of_a_mail_that_is_gone_is_done(stack: dict[str, Any]) -> None:
    said, functions = canary(), Api(stack).client("lambda")
    run(stack, "Inbound", {"detail": {"object": {"key": f"support/{said}"}}})
    no_mail = {"detail": {"said": said}}
    functions.invoke(FunctionName=deployed(stack, "Inbound"), InvocationType="Event", Payload=json.dumps(no_mail))
    assert "KeyError" in set_aside(stack, "InboundDeadLetters", said)
    assert logged(stack, said) == []

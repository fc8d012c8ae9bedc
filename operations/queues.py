"""The stack's queues, and what could not be done: where it waits, and how it is tried again."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3

from imchat.errors import NotFound
from infra.stacks import resources

_AT_ONCE = 10
# Nobody else may take a message while it is being moved.
_MOVING_SECONDS = 60
# SQS asks but some of its servers where it is not told to wait, and now and then says that nothing is there.
_WAIT_SECONDS, _MOST_EMPTY = 2, 3
# What EventBridge notes on an event that it could not deliver.
_TARGET = "TARGET_ARN"


@dataclass(frozen=True)
class Queue:
    """A queue by its name in the template. ``waiting`` messages, ``taken`` ones that somebody is at work on. What
    fails in its ``sources`` (queues) comes here; ``dead`` where what comes here is nobody's to do."""

    name: str
    url: str
    arn: str
    waiting: int
    taken: int
    dead: bool
    sources: tuple[str, ...]


def queues(stack: str) -> list[Queue]:
    """Every queue of the stack of this name: those at work first, then the dead letters."""
    sqs = boto3.client("sqs")
    known = {}
    for name, url in resources(stack, "AWS::SQS::Queue"):
        known[name] = url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    sources: dict[str, list[str]] = {}
    for url, told in known.values():
        if "RedrivePolicy" in told:
            sources.setdefault(json.loads(told["RedrivePolicy"])["deadLetterTargetArn"], []).append(url)
    working = {told["QueueArn"] for _, told in known.values() if "RedrivePolicy" in told} | _consumed(stack)
    found = [
        Queue(
            name,
            url,
            told["QueueArn"],
            int(told["ApproximateNumberOfMessages"]),
            int(told["ApproximateNumberOfMessagesNotVisible"]),
            told["QueueArn"] not in working,
            tuple(sources.get(told["QueueArn"], ())),
        )
        for name, (url, told) in known.items()
    ]
    return sorted(found, key=lambda one: (one.dead, one.name))


def dead_letters(stack: str, name: str | None = None) -> list[Queue]:
    """The queues of what could not be done, or the one of this name. Raises NotFound."""
    found = [one for one in queues(stack) if one.dead and name in (None, one.name)]
    if not found:
        raise NotFound("queue_of_dead_letters")
    return found


def redrive(queue: Queue) -> Counter[str]:
    """Have what lies in ``queue`` tried again: "moved" back to the queue that it came from, or "invoked", for what a
    function was to do; "left" where nobody can tell from whence it came; "not_reached" what SQS has and did not give.
    As many as there were: what fails again comes back, and is not tried for ever. Each is tried before it is taken out:
    cut anywhere, nothing is lost, and all that we do can be done twice."""
    sqs = boto3.client("sqs")
    done: Counter[str] = Counter()
    left, empty = queue.waiting, 0
    while left > 0 and empty < _MOST_EMPTY:
        messages = sqs.receive_message(
            QueueUrl=queue.url,
            MaxNumberOfMessages=min(left, _AT_ONCE),
            VisibilityTimeout=_MOVING_SECONDS,
            WaitTimeSeconds=_WAIT_SECONDS,
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        empty = 0 if messages else empty + 1
        for message in messages:
            what = _try_again(sqs, queue, message)
            done[what] += 1
            if what != "left":
                sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"])
        left -= len(messages)
    if left > 0 and (waiting := _waiting(sqs, queue)):
        done["not_reached"] = min(left, waiting)
    return done


def _waiting(sqs: Any, queue: Queue) -> int:
    name = "ApproximateNumberOfMessages"
    return int(sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=[name])["Attributes"][name])


def _try_again(sqs: Any, queue: Queue, message: Mapping[str, Any]) -> str:
    if len(queue.sources) == 1:
        sqs.send_message(QueueUrl=queue.sources[0], MessageBody=message["Body"])
        return "moved"
    call = _call(message)
    if call is None:
        return "left"
    function, payload = call
    boto3.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=payload)
    return "invoked"


def _call(message: Mapping[str, Any]) -> tuple[str, bytes] | None:
    """The function and its event that a message is about: Lambda's own record of a failed call, or an event that
    EventBridge could not deliver."""
    target = message.get("MessageAttributes", {}).get(_TARGET, {}).get("StringValue")
    if target:
        return target, message["Body"].encode()
    try:
        record = json.loads(message["Body"])
        return record["requestContext"]["functionArn"], json.dumps(record["requestPayload"]).encode()
    except (ValueError, LookupError, TypeError):
        return None


def _consumed(stack: str) -> set[str]:
    """The queues from which functions take their work."""
    client = boto3.client("lambda")
    sources = set()
    for _, mapping in resources(stack, "AWS::Lambda::EventSourceMapping"):
        sources.add(client.get_event_source_mapping(UUID=mapping)["EventSourceArn"])
    return sources

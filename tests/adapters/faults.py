"""AWS calls that fail on purpose: before they are made, or after they were done, so that the answer is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from botocore.exceptions import ConnectionClosedError, EndpointConnectionError

from imchat import aws

When = Literal["before", "after"]
_SERVICES = ("sqs", "sesv2", "s3", "kms", "stepfunctions")


class Cut:
    """Counts calls; the ``at``-th (from 1) fails. ``calls`` are those that were begun."""

    def __init__(self, at: int, when: When) -> None:
        self.at, self.when, self.calls = at, when, 0

    def before(self, **_: Any) -> None:
        self.calls += 1
        if self.when == "before" and self.calls == self.at:
            raise EndpointConnectionError(endpoint_url="https://nowhere.example")

    def after(self, **_: Any) -> None:
        if self.when == "after" and self.calls == self.at:
            raise ConnectionClosedError(endpoint_url="https://nowhere.example")


@contextmanager
def cut(at: int, when: When) -> Iterator[Cut]:
    """Cut the ``at``-th call to DynamoDB or one of _SERVICES meanwhile."""
    fault = Cut(at, when)
    events = [aws.dynamodb().client.meta.events, *(aws.client(one).meta.events for one in _SERVICES)]
    for one in events:
        one.register("before-call", fault.before)
        one.register("after-call", fault.after)
    try:
        yield fault
    finally:
        for one in events:
            one.unregister("before-call", fault.before)
            one.unregister("after-call", fault.after)

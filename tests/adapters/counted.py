"""Counts what AWS is asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from imchat import aws


@contextmanager
def counted(*services: str) -> Iterator[list[str]]:
    """The operations that DynamoDB, or the ``services`` named instead, are asked for meanwhile, in their order."""
    calls: list[str] = []

    def note(model: Any, **_: Any) -> None:
        calls.append(model.name)

    events = [
        (aws.dynamodb().client if service == "dynamodb" else aws.client(service)).meta.events
        for service in services or ("dynamodb",)
    ]
    for one in events:
        one.register("before-call", note)
    try:
        yield calls
    finally:
        for one in events:
            one.unregister("before-call", note)

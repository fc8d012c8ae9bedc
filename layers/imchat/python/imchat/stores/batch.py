"""Batches: many items in one call. A busy table does part of a batch and hands back the rest, which is asked for again
a little later. PynamoDB asks at once, and gives up a write after three times."""

import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pynamodb.constants import PUT
from pynamodb.models import BatchWrite

from imchat import aws

_KEYS = ("pk", "sk")
# Of the waits for a busy table: a third of a second at most.
_LONGEST_WAIT = 4


def wanted(
    keys: Iterable[Sequence[str]], attributes: Sequence[str] | None, *, consistent: bool = False
) -> dict[str, Any]:
    """What a batch asks of one table: the items under ``keys`` (pk, or pk and sk), and which of their attributes (None:
    all)."""
    asked: dict[str, Any] = {
        "Keys": [{name: {"S": one} for name, one in zip(_KEYS, key, strict=False)} for key in keys],
        "ConsistentRead": consistent,
    }
    if attributes:
        names = {f"#{number}": name for number, name in enumerate(attributes)}
        asked |= {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
    return asked


def read(asked: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The raw items that are there, each with its table, in no order. ``asked`` is by table; a hundred keys at most."""
    for answer in _until_all_is_done("BatchGetItem", asked, "UnprocessedKeys"):
        for table, items in answer["Responses"].items():
            for raw in items:
                yield table, raw


def write(table: str, requests: Sequence[dict[str, Any]]) -> None:
    """Do at most 25 requests, in DynamoDB's form."""
    for _ in _until_all_is_done("BatchWriteItem", {table: list(requests)}, "UnprocessedItems"):
        pass


class Writer(BatchWrite[Any]):
    """As PynamoDB's, for a model's ``batch_write``."""

    def commit(self) -> None:
        """Do what was asked for until now."""
        requests = [_request(one["action"], one["item"]) for one in self.pending_operations]
        self.pending_operations = []
        if requests:
            write(self.model._get_connection().table_name, requests)


def _request(action: str, item: Any) -> dict[str, Any]:
    if action == PUT:
        return {"PutRequest": {"Item": item.serialize()}}
    return {"DeleteRequest": {"Key": {name: {"S": key} for name, key in item._get_keys().items()}}}


def wait_a_little(attempt: int) -> None:
    """Wait before the next attempt, twice as long each time."""
    # Not Python's own chance: all processes restored from one snapshot would wait equally long.
    time.sleep(secrets.SystemRandom().uniform(0, 0.02 * 2**attempt))


def _until_all_is_done(operation: str, asked: dict[str, Any], left: str) -> Iterator[dict[str, Any]]:
    """The answers to a batch and to what each left of it. Where DynamoDB can do nothing of a batch it refuses the call,
    which is raised after botocore's retries: so this ends."""
    rounds = 0
    while asked:
        answer = aws.dynamodb().dispatch(operation, {"RequestItems": asked, "ReturnConsumedCapacity": "TOTAL"})
        yield answer
        asked = answer.get(left) or {}
        if asked:
            wait_a_little(min(rounds, _LONGEST_WAIT))
            rounds += 1

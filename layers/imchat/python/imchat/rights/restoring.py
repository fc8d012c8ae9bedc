"""After a restore: what was erased since the backup, or before it and still in it, is erased again (N18)."""

from collections.abc import Iterable, Iterator
from typing import Any

from imchat import aws
from imchat.stores.ledger import erased
from imchat.stores.verbs import READ_AT_ONCE, batches

_WRITE_AT_ONCE = 25


def forget_again(store: str, table: str) -> int:
    """Delete from ``table``, a restored copy of the store's (or its own), every item that the ledger of deletions
    knows. Answers how many; again finds none."""
    client = aws.dynamodb().client
    gone = 0
    for keys in batches(_keys(client, table), READ_AT_ONCE):
        known = set(erased(store, {key["pk"]["S"] for key in keys}))
        for batch in batches((key for key in keys if key["pk"]["S"] in known), _WRITE_AT_ONCE):
            _delete(client, table, batch)
            gone += len(batch)
    return gone


def _keys(client: Any, table: str) -> Iterator[dict[str, Any]]:
    schema = client.describe_table(TableName=table)["Table"]["KeySchema"]
    names = [one["AttributeName"] for one in schema]
    for page in client.get_paginator("scan").paginate(
        TableName=table, ConsistentRead=True, ProjectionExpression=", ".join(names)
    ):
        yield from page["Items"]


def _delete(client: Any, table: str, keys: Iterable[dict[str, Any]]) -> None:
    asked = {table: [{"DeleteRequest": {"Key": key}} for key in keys]}
    while asked:
        asked = client.batch_write_item(RequestItems=asked).get("UnprocessedItems") or {}

"""What DynamoDB does when it is busy, and the emulator never: batches that are done in part, pages that end early,
indexes that are behind. docs.aws.amazon.com/amazondynamodb: API_BatchGetItem (UnprocessedKeys), API_BatchWriteItem
(UnprocessedItems), "Query.Pagination" (a page may end anywhere), "GSI" (indexes are eventually consistent)."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3

from imchat import aws
from imchat.settings import table_name

_LEFT = {"BatchGetItem": "UnprocessedKeys", "BatchWriteItem": "UnprocessedItems"}
_COPIED = ("AttributeDefinitions", "KeySchema")


@contextmanager
def throttled(at_once: int = 1) -> Iterator[list[str]]:
    """Of each batch only the first ``at_once`` items are done meanwhile; the rest comes back. Answers the batches'
    operations, as they are called."""
    calls: list[str] = []

    def ask(params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        if model.name in _LEFT:
            calls.append(model.name)
            params["RequestItems"], context["left"] = _parted(params["RequestItems"], at_once)

    def answer(parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        if model.name in _LEFT:
            parsed[_LEFT[model.name]] = context["left"]

    with _registered(("before-parameter-build.dynamodb", ask), ("after-call.dynamodb", answer)):
        yield calls


def _parted(asked: dict[str, Any], at_once: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a batch asks for, as what is done and what is left."""
    done: dict[str, Any] = {}
    left: dict[str, Any] = {}
    for table, wanted in asked.items():
        things = wanted["Keys"] if isinstance(wanted, dict) else wanted
        now, later = things[:at_once], things[at_once:]
        at_once -= len(now)
        for part, some in ((done, now), (left, later)):
            if some:
                part[table] = wanted | {"Keys": some} if isinstance(wanted, dict) else some
    return done, left


@contextmanager
def short_pages(items: int = 1) -> Iterator[None]:
    """A page of a query or scan ends after ``items`` that were read, as it does on AWS after 1 MB."""

    def ask(params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name in ("Query", "Scan"):
            params["Limit"] = min(items, params.get("Limit", items))

    with _registered(("before-parameter-build.dynamodb", ask)):
        yield


@contextmanager
def lagging(*stores: str) -> Iterator[None]:
    """The indexes of these stores' tables are as they were when it began: their queries go to a copy."""
    client = boto3.client("dynamodb")
    copies = {table: _copy(client, table) for table in map(table_name, stores)}

    def ask(params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name == "Query" and "IndexName" in params:
            params["TableName"] = copies.get(params["TableName"], params["TableName"])

    try:
        with _registered(("before-parameter-build.dynamodb", ask)):
            yield
    finally:
        for copy in copies.values():
            client.delete_table(TableName=copy)


def _copy(client: Any, table: str) -> str:
    name = f"copy-{secrets.token_hex(6)}"
    described = client.describe_table(TableName=table)["Table"]
    indexes = [
        {part: index[part] for part in ("IndexName", "KeySchema", "Projection")}
        for index in described["GlobalSecondaryIndexes"]
    ]
    client.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", GlobalSecondaryIndexes=indexes,
        **{part: described[part] for part in _COPIED},
    )  # fmt: skip
    with boto3.resource("dynamodb").Table(name).batch_writer() as batch:
        for page in boto3.resource("dynamodb").meta.client.get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                batch.put_item(Item=item)
    return name


@contextmanager
def _registered(*handlers: tuple[str, Callable[..., None]]) -> Iterator[None]:
    events = aws.dynamodb().client.meta.events
    for event, handler in handlers:
        events.register(event, handler)
    try:
        yield
    finally:
        for event, handler in handlers:
            events.unregister(event, handler)

"""Tables and buckets of a run's own, from the same definitions as the template's."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from imchat import aws, clock
from imchat.register.stores import stores
from imchat.settings import settings, table_name
from imchat.stores import base
from imchat.visits import salt
from infra.tables import definition


@contextmanager
def own_tables(run: str) -> Iterator[pytest.MonkeyPatch]:
    """The library of this process works on tables and buckets named for ``run``, which go afterwards; what is patched
    with the yielded object is put back."""
    client, s3 = aws.dynamodb().client, aws.client("s3")
    patch = pytest.MonkeyPatch()
    # One partition of what is due suffices for one small site.
    patch.setattr(base, "DUE_SHARDS", 1)
    patch.setattr(clock, "now", clock.now)
    for store in stores():
        patch.setenv(f"{store.name.upper()}_TABLE", f"{run}-{store.name}")
        client.create_table(TableName=f"{run}-{store.name}", **definition(store))
    buckets = {}
    for bucket in ("inbound", "correspondence"):
        buckets[bucket] = f"{run}-{bucket}"
        patch.setenv(f"{bucket.upper()}_BUCKET", buckets[bucket])
        s3.create_bucket(Bucket=buckets[bucket], CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    _forget_connections()
    try:
        yield patch
    finally:
        for store in stores():
            client.delete_table(TableName=table_name(store.name))
        for bucket in buckets.values():
            for key in objects(bucket):
                s3.delete_object(Bucket=bucket, Key=key)
            s3.delete_bucket(Bucket=bucket)
        patch.undo()
        _forget_connections()


def _forget_connections() -> None:
    settings.cache_clear()
    salt._known.clear()
    for store in stores():
        for model in store.models:
            model._connection = None
            for index in model._indexes.values():
                index._model._connection = None


def items(store: str, *fields: str) -> list[dict[str, Any]]:
    """Every item of a store's table, with plain values: what is really there. All ``fields`` where none is named."""
    found = []
    asked: dict[str, Any] = {"TableName": table_name(store), "ConsistentRead": True}
    if fields:
        names = {f"#f{number}": name for number, name in enumerate(fields)}
        asked |= {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
    while True:
        page = aws.dynamodb().client.scan(**asked)
        found += [{name: _plain(value) for name, value in item.items()} for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            return found
        asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def objects(bucket: str) -> list[str]:
    """The keys of all objects of a bucket."""
    pages = aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [one["Key"] for page in pages for one in page.get("Contents", ())]


def bucket(which: str) -> str:
    """The name of the run's inbound or correspondence bucket."""
    return os.environ[f"{which.upper()}_BUCKET"]


def _plain(value: dict[str, Any]) -> Any:
    ((kind, inner),) = value.items()
    if kind == "N":
        return int(inner)
    if kind == "L":
        return [_plain(one) for one in inner]
    if kind == "M":
        return {name: _plain(one) for name, one in inner.items()}
    return inner

"""Reading whole tables, as only an engineer does: item by item, as they are stored, without what has ended (N17)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import boto3
from boto3.dynamodb.types import Binary, TypeDeserializer

from imchat.settings import table_name
from imchat.stores.accounts import ACTIVITY as ACCOUNTS
from imchat.stores.accounts import partition
from imchat.stores.chats import ACTIVITY as CHATS
from imchat.stores.chats import DELETING, META
from imchat.stores.statistics import ACTIVITY as STATISTICS
from imchat.stores.visits import ACTIVITY as VISITS

_read = TypeDeserializer().deserialize


def raw_items(store: str, now: datetime, site_id: str | None = None) -> Iterator[dict[str, Any]]:
    """The items of a store's table in DynamoDB's own form, those of one website where ``site_id`` names it; nothing
    that has ended or is just being deleted."""
    chats: dict[str, str] = {}
    pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName=table_name(store), ConsistentRead=True)
    for item in (item for page in pages for item in page["Items"]):
        if "expires_at" in item and float(item["expires_at"]["N"]) <= now.timestamp():
            continue
        if store == CHATS.name:
            pk = item["pk"]["S"]
            # A scan meets META before the pages of its chat: it reads a partition in the order of the sort key.
            if item["sk"]["S"] == META and item["status"]["S"] != DELETING:
                chats[pk] = item["site_id"]["S"]
            if pk not in chats:
                continue
        if site_id in (None, site_of(store, item) or chats.get(item["pk"]["S"])):
            yield item


def site_of(store: str, item: Mapping[str, Any]) -> str | None:
    """The website that an item says it belongs to, in its own field or in its key; None where it says none."""
    if "site_id" in item:
        return str(item["site_id"]["S"])
    pk = str(item["pk"]["S"])
    if store == ACCOUNTS.name:
        return pk.removeprefix(partition(""))
    return pk.partition("#")[0] if store in (STATISTICS.name, VISITS.name) else None


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item of DynamoDB's form as JSON has it."""
    return {name: _plain(_read(value)) for name, value in sorted(item.items())}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Binary):
        return bytes(value).hex()
    if isinstance(value, set):
        return sorted(_plain(one) for one in value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value

"""What lies in the emulator's tables."""

import json
from typing import Any

from imchat import aws
from imchat.settings import table_name


def items(table: str) -> dict[tuple[str, ...], str]:
    """Everything in a store's table, by key, byte for byte."""
    found: dict[tuple[str, ...], str] = {}
    client = aws.dynamodb().client
    start: dict[str, Any] = {}
    while True:
        page = client.scan(TableName=table_name(table), ConsistentRead=True, **start)
        for item in page["Items"]:
            found[(item["pk"]["S"], item.get("sk", {}).get("S", ""))] = json.dumps(item, sort_keys=True, default=sorted)
        if "LastEvaluatedKey" not in page:
            return found
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

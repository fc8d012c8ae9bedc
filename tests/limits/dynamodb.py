"""DynamoDB's limits, by docs.aws.amazon.com/amazondynamodb/latest/developerguide: "Constraints" (items, keys,
expressions, transactions) and "ServiceQuotas"; of batches, the API's reference of BatchGetItem and BatchWriteItem."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from bench.cost.capacity import size
from tests.limits.refusals import KB, MB, refusal

ITEM = 400 * KB
PARTITION_KEY, SORT_KEY = 2048, 1024
# "Expression parameters".
EXPRESSION, OPERATORS, OPERANDS_OF_IN, PLACEHOLDER = 4 * KB, 300, 100, 255
VALUES_OF_AN_EXPRESSION = 2 * MB
# "DynamoDB transactions".
IN_A_TRANSACTION, TRANSACTION = 100, 4 * MB
# API_BatchWriteItem, API_BatchGetItem.
WRITES_IN_A_BATCH, READS_IN_A_BATCH, BATCH = 25, 100, 16 * MB
# "Query" and "Scan": what is read before a filter is at work.
PAGE = MB

Params = Mapping[str, Any]
_KEYS = ("pk", "sk")
_TOKEN = re.compile(
    r"<>|<=|>=|[<>=+-]|(?<![#:\w])(?:AND|OR|NOT|BETWEEN|IN)\b"
    r"|(?<![#:\w])(?:attribute_(?:not_)?exists|attribute_type|begins_with|contains|size|if_not_exists|list_append)\s*\(",
    re.IGNORECASE,
)
_IN = re.compile(r"\bIN\s*\(([^)]*)\)", re.IGNORECASE)


def refused(operation: str, params: Params) -> ClientError | None:
    """What DynamoDB says of a call of ours that is beyond a limit; None of any other."""
    for problem in _problems(operation, params):
        return refusal(operation, "ValidationException", problem)
    return None


def answered(operation: str, answer: Params) -> ClientError | None:
    """What DynamoDB would have said of a write that left the items of ``answer``, or could never have answered."""
    items = list(_answered_items(answer))
    if any(size(item) > ITEM for item in items):
        return refusal(operation, "ValidationException", "Item size to update has exceeded the maximum allowed size")
    most = {"Query": PAGE + ITEM, "Scan": PAGE + ITEM, "BatchGetItem": BATCH}.get(operation)
    if most and sum(map(size, items)) > most:
        return refusal(operation, "InternalServerError", "The answer is larger than DynamoDB's are", 500)
    return None


def operators(expression: str) -> int:
    """How many operators and functions an expression has. The "=" of SET is none, nor is the "AND" of BETWEEN."""
    found = [token.upper() for token in _TOKEN.findall(expression)]
    count = len(found) - found.count("BETWEEN")
    is_update = re.match(r"\s*(SET|REMOVE|ADD|DELETE)\b", expression, re.IGNORECASE)
    return count - found.count("=") if is_update else count


def _problems(operation: str, params: Params) -> Iterator[str]:
    parts = list(_parts(operation, params))
    for part in parts:
        yield from _of_part(part)
    if operation == "BatchWriteItem":
        yield from _of_batch(params, parts, WRITES_IN_A_BATCH, "Too many items requested for the BatchWriteItem call")
        if len(json.dumps(params, default=str, ensure_ascii=False).encode()) > BATCH:
            yield "The batch is larger than 16 MB"
    elif operation == "BatchGetItem":
        yield from _of_batch(params, parts, READS_IN_A_BATCH, "Too many items requested for the BatchGetItem call")
    elif operation.startswith("Transact"):
        if len(parts) > IN_A_TRANSACTION:
            yield "Member must have length less than or equal to 100"
        if _twice([(part["TableName"], _key(part)) for part in parts]):
            yield "Transaction request cannot include multiple operations on one item"
        if sum(_weight(part) for part in parts) > TRANSACTION:
            yield "Transaction payload size exceeds the limit of 4 MB"


def _parts(operation: str, params: Params) -> Iterator[dict[str, Any]]:
    """What a call does to single items, each in the form of a call of its own."""
    if operation.startswith("Transact"):
        for item in params["TransactItems"]:
            yield from item.values()
    elif operation == "BatchWriteItem":
        for table, writes in params["RequestItems"].items():
            for write in writes:
                yield {"TableName": table} | next(iter(write.values()))
    elif operation == "BatchGetItem":
        for table, wanted in params["RequestItems"].items():
            rest = {name: value for name, value in wanted.items() if name != "Keys"}
            for key in wanted["Keys"]:
                yield {"TableName": table, "Key": key} | rest
    else:
        yield dict(params)


def _of_part(part: Params) -> Iterator[str]:
    key = _key(part)
    for name, most, called in (("pk", PARTITION_KEY, "hashkey"), ("sk", SORT_KEY, "rangekey")):
        if name in key and len(str(key[name].get("S", "")).encode()) > most:
            yield f"Size of {called} has exceeded the maximum size limit of {most} bytes"
    if size(part.get("Item")) > ITEM:
        yield "Item size has exceeded the maximum allowed size"
    for name, text in part.items():
        if name.endswith("Expression"):
            yield from _of_expression(name, text)
    used = [*part.get("ExpressionAttributeNames", {}), *part.get("ExpressionAttributeValues", {})]
    if any(len(name) > PLACEHOLDER for name in used):
        yield "A placeholder of an expression is longer than 255 characters"
    if size(part.get("ExpressionAttributeValues")) > VALUES_OF_AN_EXPRESSION:
        yield "The values of an expression are larger than 2 MB"


def _of_expression(name: str, text: str) -> Iterator[str]:
    if len(text.encode()) > EXPRESSION:
        yield f"Invalid {name}: Expression size has exceeded the maximum allowed size"
    if operators(text) > OPERATORS:
        yield f"Invalid {name}: The expression contains too many operators"
    if any(listed.count(",") + 1 > OPERANDS_OF_IN for listed in _IN.findall(text)):
        yield f"Invalid {name}: The IN operator is provided with too many operands"


def _of_batch(params: Params, parts: Sequence[Params], most: int, too_many: str) -> Iterator[str]:
    if len(parts) > most:
        yield too_many
    if _twice([(part["TableName"], _key(part)) for part in parts]):
        yield "Provided list of item keys contains duplicates"


def _key(part: Params) -> dict[str, Any]:
    return part.get("Key") or {name: part["Item"][name] for name in _KEYS if name in part.get("Item", {})}


def _weight(part: Params) -> int:
    """Of an update only what it says is known, not what it finds."""
    return size(part.get("Item")) + size(part.get("Key")) + size(part.get("ExpressionAttributeValues"))


def _twice(places: Sequence[tuple[str, Params]]) -> bool:
    spelled = [(table, json.dumps(key, sort_keys=True, default=str)) for table, key in places]
    return len(set(spelled)) < len(spelled)


def _answered_items(answer: Params) -> Iterator[Any]:
    yield from (answer[name] for name in ("Item", "Attributes") if name in answer)
    yield from answer.get("Items", ())
    for items in answer.get("Responses") or {}:
        yield from answer["Responses"][items] if isinstance(items, str) else filter(None, [items.get("Item")])

"""Counts what one entry of a function uses: where botocore sends calls, and what is written to the log."""

import io
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3

from bench.cost import capacity
from imchat import aws

_OTHERS = {
    "sqs": "sqs_requests",
    "sesv2": "ses_mails",
    "kms": "kms_requests",
    "secretsmanager": "secrets_requests",
    "sns": "sns_requests",
}
# SES charges for mails, not for looking at its list of suppressed addresses.
_FREE = {"ListSuppressedDestinations", "DeleteSuppressedDestination"}
# DynamoDB's, of what an entry used.
UNITS = ("dynamodb_writes", "dynamodb_reads")
# A table, and the key of an item in it.
Place = tuple[str, dict[str, Any]]
Items = list[dict[str, Any] | None]
_S3_DEARER = {"PutObject", "ListObjectsV2", "CopyObject", "CreateMultipartUpload", "UploadPart"}
# What would set somebody else in motion, or has nobody at its other end: answered here, and counted all the same.
_ANSWERED: dict[str, dict[str, Any]] = {
    "sqs": {"MessageId": "counted"},
    "sesv2": {"MessageId": "counted"},
    "stepfunctions": {"executionArn": "counted", "startDate": 0, "status": "RUNNING"},
    aws.SOCKETS: {},
}
# Lambda's own lines of each invocation (START, END, REPORT), and what CloudWatch Logs adds to each line that is kept.
LAMBDA_LINES_BYTES, LINES, LINE_BYTES = 300, 3, 26

# What storage is charged for each item and each entry of an index, besides its own bytes.
_STORED_BYTES = 100


@dataclass(frozen=True)
class Standing:
    """Bytes of items with their entries in the indexes, as storage is charged; write units of deleting them."""

    bytes: int
    end: int


class Meter:
    """Units by name, added up while an entry runs."""

    def __init__(self) -> None:
        self.used: defaultdict[str, float] = defaultdict(int)
        self.metrics: set[str] = set()
        self.cpu_ms, self.invocations = 0.0, 0
        # Processor seconds that counting itself took; and whether it rests.
        self.own_seconds, self.rests = 0.0, False
        self._plain = boto3.client("dynamodb")
        self._tables: dict[str, capacity.Table] = {}
        # One for all entries: the logger keeps the stream that it found when it was made.
        self._log = io.StringIO()
        dynamodb = aws.dynamodb()
        # Its client is there already; those of other services come, and take after the session.
        for events in (dynamodb.client.meta.events, dynamodb.session):
            events.register("before-parameter-build", self._apart(self._asked))
            events.register("before-call", self._answer)
            events.register("after-call", self._apart(self._note))

    @contextmanager
    def entry(self) -> Iterator[None]:
        """One invocation of a function."""
        pushed = self.used["pushes"]
        before, sys.stdout = sys.stdout, self._log
        begun = time.process_time()
        try:
            yield
        finally:
            self.used["cpu_ms"] += round(1000 * (time.process_time() - begun), 3)
            sys.stdout = before
        self.used["invocations"] += 1
        self.used["rounds_of_pushes"] += self.used["pushes"] > pushed
        lines = self._log.getvalue().splitlines()
        self._log.seek(0)
        self._log.truncate()
        written = sum(len(line.encode()) for line in lines)
        self.used["log_bytes"] += written + LAMBDA_LINES_BYTES + (len(lines) + LINES) * LINE_BYTES
        for line in lines:
            emf = json.loads(line).get("_aws", {}) if line.startswith("{") else {}
            for one in emf.get("CloudWatchMetrics", []):
                self.metrics |= {metric["Name"] for metric in one["Metrics"]}

    def of(self, act: Callable[[], Any]) -> dict[str, float]:
        """What ``act`` used."""
        self.used.clear()
        act()
        self.used["log_bytes"] = rounded(self.used["log_bytes"])
        self.cpu_ms += self.used.pop("cpu_ms", 0)
        self.invocations += self.used["invocations"]
        return {name: number for name, number in sorted(self.used.items()) if number}

    def standing(self, table: str, pk: str) -> Standing:
        """What the items of ``pk`` take."""
        known = self._table(table)
        found = self._plain.query(
            TableName=table, KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": {"S": pk}}
        )["Items"]
        held = [held for one in found for held in (one, *(known.entry(index, one) for index in known.indexes)) if held]
        return Standing(
            sum(_STORED_BYTES + capacity.size(one) for one in held), sum(known.write_units(one, None) for one in found)
        )

    def _table(self, name: str) -> capacity.Table:
        if name not in self._tables:
            found = self._plain.describe_table(TableName=name)["Table"]
            indexes = found.get("GlobalSecondaryIndexes", [])
            self._tables[name] = capacity.Table(_names(found), tuple(_names(one) for one in indexes))
        return self._tables[name]

    def _apart(self, count: Callable[..., None]) -> Callable[..., None]:
        def counted(**event: Any) -> None:
            if self.rests:
                return
            begun = time.process_time()
            count(**event)
            self.own_seconds += time.process_time() - begun

        return counted

    def _items(self, places: Sequence[Place]) -> Items:
        """What stands at each of the places, at most a hundred."""
        wanted: dict[str, Any] = {}
        for table, key in places:
            wanted.setdefault(table, {"Keys": [], "ConsistentRead": True})["Keys"].append(key)
        answer = self._plain.batch_get_item(RequestItems=wanted) if wanted else {"Responses": {}}
        if answer.get("UnprocessedKeys"):
            raise RuntimeError("not all items could be read at once")
        found = {
            (table, _spelled(self._table(table).key(item))): item
            for table, items in answer["Responses"].items()
            for item in items
        }
        return [found.get((table, _spelled(key))) for table, key in places]

    def _asked(self, params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        context["asked"] = params
        if model.service_model.service_name == "dynamodb":
            places = list(self._written(model.name, params))
            context["before"] = places, self._items(places)

    def _answer(self, model: Any, **_: Any) -> Any:
        answer = _ANSWERED.get(model.service_model.service_name)
        return None if answer is None else (_Http(), answer | {"ResponseMetadata": {"HTTPStatusCode": 200}})

    def _note(self, model: Any, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        service, operation, asked = model.service_model.service_name, model.name, context["asked"]
        if service == "dynamodb":
            self.used["dynamodb_calls"] += 1
            places, before = context["before"]
            self._writes(operation, places, before, self._after(operation, asked, places))
            self.used["dynamodb_reads"] += self._read(operation, asked, parsed)
        elif service == aws.SOCKETS:
            if operation == "PostToConnection":
                self.used["pushes"] += 1
                self.used["socket_messages"] += 1
                self.used["edge_bytes"] += len(asked["Data"])
        else:
            self.used["other_calls"] += 1
            if service == "s3":
                self.used["s3_puts" if operation in _S3_DEARER else "s3_gets"] += 1
            elif service in _OTHERS and operation not in _FREE:
                self.used[_OTHERS[service]] += 1

    def _after(self, operation: str, asked: dict[str, Any], places: list[Place]) -> Items:
        if operation != "BatchWriteItem":
            return self._items(places)
        # Has no conditions: it leaves what it says.
        parts = [part for some in asked["RequestItems"].values() for part in some]
        return [part["PutRequest"]["Item"] if "PutRequest" in part else None for part in parts]

    def _writes(self, operation: str, places: list[Place], before: Items, after: Items) -> None:
        for (table, _), old, new in zip(places, before, after, strict=True):
            units = self._table(table).write_units(old, new, transaction=operation == "TransactWriteItems")
            self.used["dynamodb_writes"] += units

    def _written(self, operation: str, params: dict[str, Any]) -> Iterator[Place]:
        if operation in ("UpdateItem", "DeleteItem"):
            yield params["TableName"], params["Key"]
        elif operation == "PutItem":
            yield params["TableName"], self._table(params["TableName"]).key(params["Item"])
        elif operation == "TransactWriteItems":
            for part in params["TransactItems"]:
                for one in part.values():
                    yield one["TableName"], one.get("Key") or self._table(one["TableName"]).key(one["Item"])
        elif operation == "BatchWriteItem":
            for table, parts in params["RequestItems"].items():
                for part in parts:
                    put = part.get("PutRequest")
                    yield table, self._table(table).key(put["Item"]) if put else part["DeleteRequest"]["Key"]

    def _read(self, operation: str, asked: dict[str, Any], parsed: dict[str, Any]) -> float:
        consistent = bool(asked.get("ConsistentRead"))
        if operation == "GetItem":
            return capacity.read_units([capacity.size(parsed.get("Item"))], consistent=consistent)
        if operation == "BatchGetItem":
            return sum(
                capacity.read_units(
                    map(capacity.size, items), consistent=bool(asked["RequestItems"][table].get("ConsistentRead"))
                )
                for table, items in parsed["Responses"].items()
            )
        if operation in ("Query", "Scan"):
            return capacity.read_units(map(capacity.size, parsed["Items"]), consistent=consistent, together=True)
        return 0


class _Http:
    """An answer that never came over a network."""

    status_code = 200


def rounded(bytes_: int) -> int:
    """Up to the next 50: lines and items hold times, which are a digit longer or shorter."""
    return -(-bytes_ // 50) * 50


def _spelled(key: dict[str, Any]) -> str:
    return json.dumps(key, sort_keys=True)


def _names(described: dict[str, Any]) -> tuple[str, ...]:
    return tuple(part["AttributeName"] for part in described["KeySchema"])

"""The plant-and-search proof: where values that were planted can be found, in everything that a running stack keeps.

A value counts as found in any of the spellings in which a system may have passed it on: other case, without spaces,
percent-encoded, escaped for HTML or JSON (once or within one another), in base64, or within gzip, deflate or ZIP.
"""

import base64
import html
import io
import json
import re
import urllib.parse
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from infra.local.deploy import clients
from infra.local.mailbox import sent_mail

SHORTEST = 8
_DEEPEST = 3
# Names, types and most values come over and over: in each item, in each index.
_REMEMBERED = 50_000
_ESCAPE = re.compile(r"""\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))""")
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, order=True)
class Place:
    """Where something was found: ``kind`` (table, index, bucket, object name, queue, log, metric, execution, mail,
    function, rule), its ``name``, and ``where`` in it."""

    kind: str
    name: str
    where: str


def traces(stack: dict[str, Any], canaries: Iterable[str]) -> dict[str, set[Place]]:
    """Where each of ``canaries`` stands in the stack that ``stack`` (stack.json) describes. Raises ValueError for one
    so short that it might be found by chance, and whatever a service raises that cannot be searched: a place that was
    not looked into is not clean."""
    return found_in(_everything(stack), canaries)


def found_in(places: Iterable[tuple[Place, Any]], canaries: Iterable[str]) -> dict[str, set[Place]]:
    """Which of ``places``, each with what it holds, hold each of ``canaries``. Raises ValueError as ``traces``."""
    spellings = {canary: _spellings(canary) for canary in canaries}
    found: dict[str, set[Place]] = {canary: set() for canary in spellings}

    @lru_cache(_REMEMBERED)
    def held(leaf: bytes) -> list[str]:
        texts = list(_readings(leaf))
        return [canary for canary, ways in spellings.items() if any(way in text for text in texts for way in ways)]

    for place, value in places:
        for leaf in _leaves(value):
            for canary in held(leaf):
                found[canary].add(place)
    return found


def _spellings(canary: str) -> set[str]:
    if len(canary) < SHORTEST:
        raise ValueError(f"a canary has at least {SHORTEST} characters")
    plain = {canary, canary.replace(" ", "")}
    folded = {one.lower() for one in plain}
    for one in plain | folded | {one.upper() for one in plain}:
        folded.update(_in_base64(one.encode()))
    return folded


def _in_base64(value: bytes) -> Iterator[str]:
    """Of the three alignments what does not depend on the neighbours, in both alphabets and in lower case."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + value).decode().lower()
        certain = encoded[-(-8 * shift // 6) : 8 * (shift + len(value)) // 6]
        yield from (certain, certain.translate(str.maketrans("+/", "-_")))


def _readings(content: bytes, depth: int = 0) -> Iterator[str]:
    """``content`` as text in lower case, escaped and not; and what it holds, if it is packed."""
    yield from _unescaped(content.decode("utf-8", "replace"))
    if depth < _DEEPEST:
        for inner in _unpacked(content):
            yield from _readings(inner, depth + 1)


def _unescaped(text: str) -> Iterator[str]:
    """``text``, and all that it is without one, two or three layers of whatever escapes it has."""
    seen = layer = {text}
    for _ in range(_DEEPEST):
        layer = {undo(one) for one in layer for undo in _UNDO} - seen
        seen = seen | layer
    return (one.lower() for one in seen)


def _without_json(text: str) -> str:
    if "\\" not in text:
        return text
    read = _ESCAPE.sub(lambda at: chr(int(at[1], 16)) if at[1] else _ESCAPED.get(at[2], at[2]), text)
    # What is beyond 16 bits is escaped as two halves.
    return read.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


_UNDO: tuple[Callable[[str], str], ...] = (
    urllib.parse.unquote,
    urllib.parse.unquote_plus,
    html.unescape,
    _without_json,
    lambda text: text.replace("\r", "").replace("\n", ""),  # base64 in mail breaks wherever a line is full
)


def _unpacked(content: bytes) -> Iterator[bytes]:
    """What is packed in ``content``: ZIP members with their names, gzip, deflate with or without its header."""
    if b"PK\5\6" in content and zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                yield member.filename.encode()
                yield archive.read(member)
        return
    for form in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        rest, unpacked = content, b""
        try:
            while rest:  # gzip may have several members
                unpacking = zlib.decompressobj(form)
                unpacked += unpacking.decompress(rest)
                rest = unpacking.unused_data
        except zlib.error:
            pass  # It only began like something packed, or other bytes follow.
        if unpacked:
            yield unpacked


def _everything(stack: dict[str, Any]) -> Iterator[tuple[Place, Any]]:
    client = clients(stack["endpoint_url"])
    yield from stored(client, stack["tables"], stack["buckets"])
    yield from _queues(stack["endpoint_url"])
    for look in (_logs, _metrics, _executions, _functions, _rules):
        yield from look(client)
    for mail in sent_mail(stack["endpoint_url"]):
        yield Place("mail", ", ".join(mail["To"]), mail["MessageId"]), mail


def stored(client: Any, tables: Mapping[str, str], buckets: Mapping[str, str]) -> Iterator[tuple[Place, Any]]:
    """All that these tables and buckets hold, each by the name that it has among ours; ``client`` makes clients of
    AWS."""
    yield from _tables(client("dynamodb"), tables)
    yield from _buckets(client("s3"), buckets)


def _tables(dynamodb: Any, tables: Mapping[str, str]) -> Iterator[tuple[Place, Any]]:
    for name, table in tables.items():
        described = dynamodb.describe_table(TableName=table)["Table"]
        keys = [part["AttributeName"] for part in described["KeySchema"]]
        indexes = [*described.get("GlobalSecondaryIndexes", ()), *described.get("LocalSecondaryIndexes", ())]
        for index in (None, *(one["IndexName"] for one in indexes)):
            kind, called = ("index", f"{name}.{index}") if index else ("table", name)
            asked = {"TableName": table} | ({"IndexName": index} if index else {})
            for page in dynamodb.get_paginator("scan").paginate(**asked):
                for item in page["Items"]:
                    key = "/".join(str(value) for part in keys for value in item[part].values())
                    yield Place(kind, called, key), item


def _buckets(s3: Any, buckets: Mapping[str, str]) -> Iterator[tuple[Place, Any]]:
    for name, bucket in buckets.items():
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                yield Place("object name", name, one["Key"]), one["Key"]
            for version in page.get("Versions", ()):
                which = {"Bucket": bucket, "Key": version["Key"], "VersionId": version["VersionId"]}
                held = s3.get_object(**which)
                # The emulator does not tell tags of what has been deleted since: only asked where there are some.
                tags = s3.get_object_tagging(**which)["TagSet"] if held.get("TagCount") else []
                yield Place("bucket", name, version["Key"]), [held["Metadata"], tags, held["Body"].read()]


def _queues(url: str) -> Iterator[tuple[Place, Any]]:
    """Looked at from outside, so that no message is taken from whom it is for."""
    with urllib.request.urlopen(f"{url}/_ministack/sqs/messages", timeout=30) as answer:  # noqa: S310 - the emulator
        accounts = json.load(answer)["messages"].values()
    for queue, messages in (held for regions in accounts for queues in regions.values() for held in queues.items()):
        for message in messages:
            yield Place("queue", queue.rpartition("/")[2], message["MessageId"]), message


def _logs(client: Any) -> Iterator[tuple[Place, Any]]:
    logs = client("logs")
    for groups in logs.get_paginator("describe_log_groups").paginate():
        for group in groups["logGroups"]:
            name = group["logGroupName"]
            yield Place("log", name, "name"), name
            for page in logs.get_paginator("describe_log_streams").paginate(logGroupName=name):
                for stream in page["logStreams"]:
                    yield Place("log", name, stream["logStreamName"]), stream["logStreamName"]
                    yield from _lines(logs, name, stream["logStreamName"])


def _lines(logs: Any, group: str, stream: str) -> Iterator[tuple[Place, Any]]:
    """Read stream by stream: the emulator's FilterLogEvents ends after 10,000 events and does not say so."""
    asked = {"logGroupName": group, "logStreamName": stream, "startFromHead": True}
    while True:
        page = logs.get_log_events(**asked)
        yield from ((Place("log", group, stream), event["message"]) for event in page["events"])
        if page["nextForwardToken"] == asked.get("nextToken"):
            return
        asked["nextToken"] = page["nextForwardToken"]


def _metrics(client: Any) -> Iterator[tuple[Place, Any]]:
    for page in client("cloudwatch").get_paginator("list_metrics").paginate():
        for metric in page["Metrics"]:
            yield Place("metric", metric["MetricName"], metric["Namespace"]), metric


def _executions(client: Any) -> Iterator[tuple[Place, Any]]:
    machines = client("stepfunctions")
    for page in machines.get_paginator("list_state_machines").paginate():
        for machine in page["stateMachines"]:
            arn = machine["stateMachineArn"]
            for runs in machines.get_paginator("list_executions").paginate(stateMachineArn=arn):
                for run in runs["executions"]:
                    place = Place("execution", machine["name"], run["name"])
                    yield place, machines.describe_execution(executionArn=run["executionArn"])
                    history = machines.get_paginator("get_execution_history")
                    for events in history.paginate(executionArn=run["executionArn"]):
                        yield place, events["events"]


def _functions(client: Any) -> Iterator[tuple[Place, Any]]:
    for page in client("lambda").get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            yield Place("function", function["FunctionName"], "environment"), function.get("Environment")


def _rules(client: Any) -> Iterator[tuple[Place, Any]]:
    events = client("events")
    for bus in events.list_event_buses()["EventBuses"]:
        for page in events.get_paginator("list_rules").paginate(EventBusName=bus["Name"]):
            for rule in page["Rules"]:
                which = {"Rule": rule["Name"], "EventBusName": bus["Name"]}
                for targets in events.get_paginator("list_targets_by_rule").paginate(**which):
                    yield Place("rule", rule["Name"], "targets"), targets["Targets"]


def _leaves(value: Any) -> Iterator[bytes]:
    """Every name and value that an API answered: as they are, not escaped once more."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield str(name).encode()
            yield from _leaves(inner)
    elif isinstance(value, list | tuple | set):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value if isinstance(value, bytes) else str(value).encode()

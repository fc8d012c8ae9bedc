"""The plant-and-search proof: where values that were planted can be found, in everything that a running stack keeps.

A value counts as found in any of the spellings in which a system may have passed it on: other case, without spaces,
percent-encoded, escaped for HTML or JSON, in base64, or within gzip or ZIP.
"""

import base64
import gzip
import html
import io
import json
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from infra.local.deploy import clients
from infra.local.web import sent_mail

SHORTEST = 8
_DEEPEST = 3


@dataclass(frozen=True, order=True)
class Place:
    """Where something was found: ``kind`` (table, index, bucket, queue, log, metric, execution, mail, function, rule),
    its ``name``, and ``where`` in it."""

    kind: str
    name: str
    where: str


def traces(stack: dict[str, Any], canaries: Iterable[str]) -> dict[str, set[Place]]:
    """Where each of ``canaries`` stands in the stack that ``stack`` (stack.json) describes. Raises ValueError for one
    so short that it might be found by chance, and whatever a service raises that cannot be searched: a place that was
    not looked into is not clean."""
    spellings = {canary: _spellings(canary) for canary in canaries}
    found: dict[str, set[Place]] = {canary: set() for canary in spellings}
    for place, content in _everything(stack):
        for text in _readings(content):
            for canary, ways in spellings.items():
                if any(way in text for way in ways):
                    found[canary].add(place)
    return found


def _spellings(canary: str) -> set[str]:
    if len(canary) < SHORTEST:
        raise ValueError(f"a canary has at least {SHORTEST} characters")
    plain = {canary, canary.replace(" ", "")}
    ways = {way for one in plain for way in (one, html.escape(one), json.dumps(one)[1:-1], urllib.parse.quote(one))}
    ways |= {urllib.parse.quote_plus(one) for one in plain}
    folded = {way.lower() for way in ways}
    # Of base64, what does not depend on the neighbours: three alignments, without their first and last characters.
    for one in plain:
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + one.encode()).decode().rstrip("=")
            folded.add(encoded[4 if shift else 0 : -2].lower())
    return folded


def _readings(content: bytes, depth: int = 0) -> Iterator[str]:
    """``content`` as text in lower case; and what it holds, if it is packed."""
    yield content.decode("utf-8", "replace").lower()
    if depth == _DEEPEST:
        return
    if content[:2] == b"\x1f\x8b":
        yield from _readings(gzip.decompress(content), depth + 1)
    elif content[:2] == b"PK" and zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name.lower()
                yield from _readings(archive.read(name), depth + 1)


def _everything(stack: dict[str, Any]) -> Iterator[tuple[Place, bytes]]:
    client = clients(stack["endpoint_url"])
    for search in (_tables, _buckets):
        yield from search(client, stack)
    yield from _queues(stack["endpoint_url"])
    for look in (_logs, _metrics, _executions, _functions, _rules):
        yield from look(client)
    for number, mail in enumerate(sent_mail(stack["endpoint_url"])):
        yield Place("mail", ", ".join(mail["To"]), str(number)), _bytes(mail)


def _tables(client: Any, stack: dict[str, Any]) -> Iterator[tuple[Place, bytes]]:
    dynamodb = client("dynamodb")
    for name, table in stack["tables"].items():
        described = dynamodb.describe_table(TableName=table)["Table"]
        for index in (None, *(one["IndexName"] for one in described.get("GlobalSecondaryIndexes", ()))):
            asked = {"TableName": table} | ({"IndexName": index} if index else {})
            for page in dynamodb.get_paginator("scan").paginate(**asked):
                for item in page["Items"]:
                    key = "/".join(item[part]["S"] for part in ("pk", "sk") if part in item)
                    yield Place("index" if index else "table", f"{name}.{index}" if index else name, key), _bytes(item)


def _buckets(client: Any, stack: dict[str, Any]) -> Iterator[tuple[Place, bytes]]:
    s3 = client("s3")
    for name, bucket in stack["buckets"].items():
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for version in page.get("Versions", ()):
                which = {"Bucket": bucket, "Key": version["Key"], "VersionId": version["VersionId"]}
                held = s3.get_object(**which)
                tags = s3.get_object_tagging(**which)["TagSet"]
                place = Place("bucket", name, version["Key"])
                yield place, version["Key"].encode() + _bytes([held["Metadata"], tags])
                yield place, held["Body"].read()


def _queues(url: str) -> Iterator[tuple[Place, bytes]]:
    """Looked at from outside, so that no message is taken from whom it is for."""
    with urllib.request.urlopen(f"{url}/_ministack/sqs/messages", timeout=30) as answer:
        yield Place("queue", "all", ""), answer.read()


def _logs(client: Any) -> Iterator[tuple[Place, bytes]]:
    logs = client("logs")
    for groups in logs.get_paginator("describe_log_groups").paginate():
        for group in groups["logGroups"]:
            name = group["logGroupName"]
            yield Place("log", name, "name"), name.encode()
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=name):
                for event in page["events"]:
                    yield Place("log", name, event["logStreamName"]), event["message"].encode()


def _metrics(client: Any) -> Iterator[tuple[Place, bytes]]:
    for page in client("cloudwatch").get_paginator("list_metrics").paginate():
        for metric in page["Metrics"]:
            yield Place("metric", metric["MetricName"], metric["Namespace"]), _bytes(metric)


def _executions(client: Any) -> Iterator[tuple[Place, bytes]]:
    machines = client("stepfunctions")
    for page in machines.get_paginator("list_state_machines").paginate():
        for machine in page["stateMachines"]:
            arn = machine["stateMachineArn"]
            for runs in machines.get_paginator("list_executions").paginate(stateMachineArn=arn):
                for run in runs["executions"]:
                    place = Place("execution", machine["name"], run["name"])
                    yield place, _bytes(machines.describe_execution(executionArn=run["executionArn"]))
                    history = machines.get_paginator("get_execution_history")
                    for events in history.paginate(executionArn=run["executionArn"]):
                        yield place, _bytes(events["events"])


def _functions(client: Any) -> Iterator[tuple[Place, bytes]]:
    for page in client("lambda").get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            yield Place("function", function["FunctionName"], "environment"), _bytes(function.get("Environment"))


def _rules(client: Any) -> Iterator[tuple[Place, bytes]]:
    events = client("events")
    for rule in events.list_rules()["Rules"]:
        yield Place("rule", rule["Name"], "targets"), _bytes(events.list_targets_by_rule(Rule=rule["Name"])["Targets"])


def _bytes(value: Any) -> bytes:
    """Every name and value that an API answered, a line each: as they are, not escaped once more."""
    return b"\n".join(_leaves(value))


def _leaves(value: Any) -> Iterator[bytes]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield str(name).encode()
            yield from _leaves(inner)
    elif isinstance(value, list | tuple | set):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value if isinstance(value, bytes) else str(value).encode()

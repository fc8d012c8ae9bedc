"""What the functions' logs say that is wrong. Lines hold references, counts and frames, and no word of a person
(functions/observe.py)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3

from imchat.errors import NotFound
from infra.stacks import resources

# Ours, and what Lambda itself writes of a function that it ended.
_WRONG = ("ERROR", '"Task timed out"', '"Runtime exited"')
# What our lines say beside what went wrong.
_ASIDE = {"level", "location", "message", "timestamp", "service", "correlation_id", "xray_trace_id", "exception",
          "exception_name", "entry", "request_id"}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """What went wrong, when, in which function (as the template calls it); ``about`` are the references on the line,
    ``frames`` where it happened."""

    at: datetime
    function: str
    said: str
    about: dict[str, Any]
    frames: tuple[str, ...]


def errors(stack: str, since: datetime, function: str | None = None) -> list[Entry]:
    """What went wrong since then, in one function or in all, the oldest first. Raises NotFound."""
    functions = {name: id_ for name, id_ in resources(stack, "AWS::Lambda::Function") if function in (None, name)}
    if not functions:
        raise NotFound("function")
    return sorted((one for name, id_ in functions.items() for one in _of(name, id_, since)), key=lambda one: one.at)


def _of(name: str, function: str, since: datetime) -> Iterator[Entry]:
    logs = boto3.client("logs")
    place = {"logGroupName": f"/aws/lambda/{function}", "startTime": round(since.timestamp() * 1000)}
    try:
        for pattern in _WRONG:
            for page in logs.get_paginator("filter_log_events").paginate(**place, filterPattern=pattern):
                yield from filter(None, (_entry(name, event) for event in page["events"]))
    except logs.exceptions.ResourceNotFoundException:  # it has not run yet
        return


def _entry(function: str, event: dict[str, Any]) -> Entry | None:
    """A line of a log; None where it is one of ours and says that all is well."""
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    try:
        line = json.loads(event["message"])
        if line["level"] not in ("ERROR", "CRITICAL"):
            return None
        about = {key: value for key, value in line.items() if key not in _ASIDE}
        said = f"{line['message']} ({line.get('entry') or line['location']})"
        return Entry(at, function, said, about, tuple(str(line.get("exception", "")).splitlines()))
    except (ValueError, TypeError, KeyError):
        return Entry(at, function, event["message"].strip(), {}, ())

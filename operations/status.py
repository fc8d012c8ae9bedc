"""Whether everything is alive: what an engineer wants to see first when an alarm has woken them."""

import os
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.desk import unread
from infra.stacks import parameters_of, resources
from infra.todo import todo
from operations import requests
from operations.queues import queues

# What runs each hour, and the word under which it logs that it ended well.
HOURLY = {"Sweeper": "swept", "Nudger": "nudged"}
LATE = timedelta(hours=2)
_SECONDS = 10


@dataclass(frozen=True)
class Line:
    """One thing: whether it is ``fine``, and what is to be said of it; ``situation`` is where docs/operations.md says
    what to do."""

    what: str
    fine: bool
    said: str
    situation: str = ""


def status(outputs: Mapping[str, str], now: datetime) -> Iterator[Line]:
    """Everything, in the order in which to look."""
    stack = boto3.client("cloudformation").describe_stacks(StackName=outputs["StackName"])["Stacks"][0]
    changed: datetime = stack.get("LastUpdatedTime") or stack["CreationTime"]
    said = f"{stack['StackStatus']}, {changed.astimezone():%d %B %Y %H:%M %Z}"
    fine = stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
    yield Line("stack", fine, said, "Upgrade, and roll back")
    yield _version(outputs)
    yield from _left_to_do(outputs, stack)
    yield _answers(f"{outputs['WebUrl']}/v1/notice")
    functions = dict(resources(outputs["StackName"], "AWS::Lambda::Function"))
    for function, word in HOURLY.items():
        yield _hourly(function, functions[function], word, changed, now)
    for queue in queues(outputs["StackName"]):
        # Of one at work, how long the oldest has waited counts, not how many wait: its alarm knows, and stands below.
        yield Line(f"queue {queue.name}", not (queue.dead and queue.waiting),
                   f"{queue.waiting} waiting, {queue.taken} in work", "Dead letters" if queue.dead else "")  # fmt: skip
    desk = unread(outputs)
    yield Line("desk", not desk, desk or f"the staff of {outputs['MailSite']} read mail and requests", "The first time")
    overdue, stuck = requests.overdue(now), requests.stuck(now)
    yield Line("requests overdue", not overdue, _some(overdue), "An overdue request")
    yield Line("requests stuck", not stuck, _some(stuck), "State machine failed")
    yield from _alarms(outputs["StackName"])


def _left_to_do(outputs: Mapping[str, str], stack: dict[str, Any]) -> Iterator[Line]:
    """What only people can do after a deployment, until it is done; of a stage on AWS: no emulator has a DNS."""
    if os.environ.get("AWS_ENDPOINT_URL"):
        return
    try:
        left = todo(outputs["StackName"].removeprefix("imchat-"), dict(outputs), parameters_of(stack))
    except ClientError as error:
        left = [f"what is left to do could not be looked up: {error.response['Error']['Code']}"]
    yield from (Line("left to do", False, one, "The first time") for one in left)


def _some(rows: list[requests.Row]) -> str:
    return ", ".join(row.reference for row in rows) or "none"


def _version(outputs: Mapping[str, str]) -> Line:
    function = boto3.client("lambda").get_function_configuration(FunctionName=outputs["APIHandlerName"])
    return Line("version", True, f"{function['CodeSha256'][:12]} of {function['LastModified'][:16]}")


def _answers(url: str) -> Line:
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310 - the stage's own
            return Line("API", True, f"{url} answers {answer.status}")
    except urllib.error.HTTPError as error:
        error.close()
        said = str(error.code)
    except (urllib.error.URLError, OSError):
        said = "nothing"
    return Line("API", False, f"{url} answers {said}", "When a function fails")


def _hourly(what: str, function: str, word: str, changed: datetime, now: datetime) -> Line:
    """When a function that runs each hour last ended well, by its log."""
    pages = (
        boto3.client("logs")
        .get_paginator("filter_log_events")
        .paginate(
            logGroupName=f"/aws/lambda/{function}",
            filterPattern=f'"{word}"',
            startTime=round((now - LATE).timestamp() * 1000),
        )
    )
    ends = [event["timestamp"] for page in pages for event in page["events"]]
    if ends:
        last = datetime.fromtimestamp(max(ends) / 1000).astimezone()
        return Line(what.lower(), True, f"last at {last:%H:%M %Z}")
    if now - changed < LATE:
        return Line(what.lower(), True, "not due yet since the stack was changed")
    return Line(what.lower(), False, "not for two hours", "What runs by the clock")


def _alarms(stack: str) -> Iterator[Line]:
    names = {physical: name for name, physical in resources(stack, "AWS::CloudWatch::Alarm")}
    told: list[dict[str, Any]] = []
    for page in boto3.client("cloudwatch").get_paginator("describe_alarms").paginate(StateValue="ALARM"):
        told += [one for one in page.get("MetricAlarms", ()) if one["AlarmName"] in names]
    for one in told:
        yield Line(f"alarm {names[one['AlarmName']]}", False, one.get("AlarmDescription", ""))
    if not told:
        yield Line("alarms", True, f"none of {len(names)}")

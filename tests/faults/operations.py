"""Public operations and background tasks, run as in production but in this process, with a fault at any of their calls;
then repeated as their callers do; then looked at."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from app import app
from functions.mailer import send_transcripts
from functions.observe import EntryFailed
from imchat import aws, clock
from imchat.settings import settings
from tests.adapters.worlds import NOON
from tests.faults.faults import NOT_DONE, Faults, Kind, Level, failing
from tests.faults.worlds import State, Touched

# People repeat within seconds; the queue brings a job again after three minutes, when its lease is over.
SOON, LATER = NOON + timedelta(seconds=2), NOON + timedelta(minutes=3)
FAILED, TOO_MANY = 503, 429


class Context:
    """What Lambda hands over."""

    aws_request_id = "r-1"
    function_name = "in-process"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One way in. ``world`` makes what is there before; ``run`` does it once and answers a status, FAILED where it
    shall be done again."""

    name: str
    world: Callable[[], Any]
    run: Callable[[Any], int]
    # How a repeat may be answered, beside how the first is: what was done, and whose answer was lost, cannot always be
    # done again; then the refusal says so, and nothing has changed.
    again: tuple[int, ...] = ()
    # What comes by itself afterwards.
    settle: Callable[[Any], object] | None = None
    # What is not compared (a pattern), for the reason that stands beside the row.
    leave_out: str | None = None
    # Puts back what is not ours to look at.
    restore: Callable[[Any], object] | None = None
    # When it is repeated.
    repeat_at: datetime = SOON
    # Whether the same may come twice.
    twice: bool = True
    # Whoever calls does it again; where nobody does, all of it is done or nothing.
    repeated: bool = True

    def __str__(self) -> str:
        return self.name


@contextmanager
def at(now: datetime) -> Iterator[None]:
    """The library's clock stands still at ``now``."""
    with patch.object(clock, "now", lambda: now):
        yield


class Case:
    """An operation with its world, to be tried with many faults."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self._before = Touched()
        with at(NOON), failing(0, "lost", passed=self._before.passed):
            self.there = operation.world()
            while _jobs():  # what the world itself had mailed is no part of it
                pass
        self._state = State(self._before)
        self.calls, self.status, self.end = self._tried()
        assert self.status != FAILED, "it must work without a fault"

    def _tried(self, fault: int = 0, kind: Kind = "lost", level: Level = "above", times: int = 1) -> Any:
        """(the calls that were made, how it was answered at last, how everything is then)."""
        operation, touched = self.operation, Touched()
        try:
            with at(NOON), failing(fault, kind, level, touched.passed) as faults:
                statuses = [operation.run(self.there) for _ in range(times)]
            with at(operation.repeat_at), failing(0, kind, passed=touched.passed):
                if statuses[0] in (FAILED, TOO_MANY) and operation.repeated:
                    statuses.append(operation.run(self.there))
            with at(max(LATER, operation.repeat_at)), failing(0, kind, passed=touched.passed):
                if operation.settle:
                    operation.settle(self.there)
                if touched.queued:
                    _mail()
            end = State(touched, self._state).told(touched, self._state, operation.leave_out)
        finally:
            self._state.put_back(touched)
            if operation.restore:
                operation.restore(self.there)
        return (faults if fault else faults.calls), statuses[-1], end

    def survives(self, fault: int, kind: Kind, level: Level) -> None:
        """Fail unless a fault at this call leaves no trace, once the operation was repeated."""
        faults, status, end = self._tried(fault, kind, level)
        assert isinstance(faults, Faults)
        where = f"{self.operation}: {kind} {level} botocore's retries at call {fault} of {self.calls}"
        assert faults.struck, where
        if not self.operation.repeated and status == FAILED:
            assert end in (self.end, self.untouched()), where
            return
        assert status == self.status or status in self.operation.again, f"{where}: {status}"
        wanted = self.end
        if faults.kind == "lost" and faults.service in ("sesv2", "sns"):  # the one that may be there twice
            wanted, end = (re.sub("(?m)^(mail|note) (.*) x[12]$", r"\1 \2", one) for one in (wanted, end))
        assert end == wanted, f"{where}:\n{difference(wanted, end)}"

    def untouched(self) -> str:
        """How everything is where nothing was done."""
        return self._state.told(Touched(), self._state, self.operation.leave_out)

    def survives_twice(self) -> None:
        """Fail unless doing it twice is as doing it once."""
        if not self.operation.twice:
            return
        _, status, end = self._tried(times=2)
        assert status == self.status or status in self.operation.again, f"{self.operation}, twice: {status}"
        assert end == self.end, f"{self.operation}, twice:\n{difference(self.end, end)}"

    def close(self) -> None:
        """Take its world away."""
        with at(NOON):
            nothing = State(Touched())
            nothing.put_back(self._before)


def difference(wanted: str, found: str) -> str:
    """The lines that only one of two ends has."""
    old, new = wanted.splitlines(), found.splitlines()
    return "\n".join([f"- {one}" for one in old if one not in new] + [f"+ {one}" for one in new if one not in old])


def _jobs() -> list[dict[str, Any]]:
    """Messages of the queue, taken off it."""
    sqs, queue = aws.client("sqs"), settings().transcript_queue_url
    found: list[dict[str, Any]] = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    for one in found:
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])
    return found


def _mail() -> None:
    """The mailer takes all jobs, each of them twice."""
    while jobs := _jobs():
        for _ in range(2):
            send_transcripts({"Records": [sqs_record(one["Body"]) for one in jobs]}, Context())


def sqs_record(body: str, receives: int = 1) -> dict[str, Any]:
    """A job as Lambda gets it."""
    return {"messageId": body, "body": body, "attributes": {"ApproximateReceiveCount": str(receives)}}


def task(handler: Callable[[Any, Any], Any], event: Callable[[Any], Any]) -> Callable[[Any], int]:
    """An entry point that is not HTTP: it fails where it raises, or hands records back."""

    def run(there: Any) -> int:
        try:
            answer = handler(event(there), Context())
        except EntryFailed:
            return FAILED
        return FAILED if isinstance(answer, dict) and answer.get("batchItemFailures") else 200

    return run


def http(
    method: str,
    route: str,
    *,
    who: str = "anybody",
    as_: str | None = None,
    body: Any = None,
    query: dict[str, str] | None = None,
    headers: Callable[[Any], dict[str, str]] = lambda _: {},
    raw: str | None = None,
    **params: Callable[[Any], str],
) -> Callable[[Any], int]:
    """A call of a route as API Gateway makes it. ``body`` may ask for what is ``there``; ``who`` is a group of staff
    (the one of it who is ``there`` by this name, or ``as_`` another), "visitor" with the chat's token, or anybody."""

    def run(there: Any) -> int:
        answer = answer_of(
            there, method, route, who=who, as_=as_, body=body, query=query, headers=headers(there), raw=raw, **params
        )
        return int(answer["statusCode"])

    return run


def answer_of(
    there: Any,
    method: str,
    route: str,
    *,
    who: str = "anybody",
    as_: str | None = None,
    body: Any = None,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    raw: str | None = None,
    **params: Callable[[Any], str],
) -> dict[str, Any]:
    """What one such call is answered: no fault is answered but as a problem that says to try again."""
    given = body(there) if callable(body) else body
    sent = {"content-type": "application/json", "user-agent": "Mozilla/5.0 Firefox/130.0"} | (headers or {})
    claims = {}
    if who == "visitor":
        sent["authorization"] = f"Bearer {there.token}"
    elif who != "anybody":
        claims = {"sub": getattr(there, as_ or who), "cognito:groups": who, "custom:site_id": there.site.site_id}
    event = {
        "httpMethod": method,
        "path": route,
        "resource": route,
        "pathParameters": {name: value(there) for name, value in params.items()} or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in (query or {}).items()} or None,
        "headers": sent,
        "stageVariables": None,
        "isBase64Encoded": False,
        "body": raw if raw is not None else json.dumps(given) if given is not None else None,
        "requestContext": {
            "resourcePath": route,
            "httpMethod": method,
            "requestId": "r-1",
            "identity": {"sourceIp": "192.0.2.7"},
            "authorizer": {"claims": claims},
        },
    }
    answer: dict[str, Any] = app(event, Context())
    status = int(answer["statusCode"])
    assert status < 500 or status == FAILED, f"{method} {route}: {answer['body']}"
    if status == FAILED:
        assert answer["headers"]["Content-Type"] == "application/problem+json"
        problem = json.loads(answer["body"])
        assert problem["type"] == "/problems/unavailable"
        assert "canary" not in answer["body"]
    return answer


@contextmanager
def tried(operation: Operation) -> Iterator[Case]:
    """The operation in its world, which goes afterwards."""
    case = Case(operation)
    try:
        yield case
    finally:
        case.close()


def quickly(operation: Operation) -> None:
    """At each call, its answer is lost."""
    with tried(operation) as case:
        for number in range(1, case.calls + 1):
            case.survives(number, "lost", "above")


def thoroughly(operation: Operation) -> None:
    """What ``quickly`` leaves out: the same comes twice; and each call is not done, in each of the ways, or fails once
    alone, by its answer being lost and in one of the ways: then botocore asks again."""
    with tried(operation) as case:
        case.survives_twice()
        for number in range(1, case.calls + 1):
            for kind in NOT_DONE:
                case.survives(number, kind, "above")
            for kind in ("lost", NOT_DONE[number % len(NOT_DONE)]):
                case.survives(number, kind, "below")

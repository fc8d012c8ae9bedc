"""AWS calls that fail on purpose, where botocore sends them: below its own retries, so that both can be tried - one
attempt fails and botocore asks again, or all fail and the library sees it."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Literal
from unittest.mock import patch

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError
from botocore.httpsession import URLLib3Session
from botocore.retries.standard import ExponentialBackoff, RetryQuotaChecker

from imchat import aws

When = Literal["before", "after"]
Kind = Literal["throttle", "timeout", "500", "reset", "lost"]
# "below" botocore's retries: one attempt fails. "above": the whole call.
Level = Literal["below", "above"]
NOT_DONE: tuple[Kind, ...] = ("throttle", "timeout", "500", "reset")
SERVICES = ("sqs", "sesv2", "s3", "kms", "stepfunctions", "secretsmanager", "cognito-idp", "sns")
# How each service says that there is too much of it, where it is not by ThrottlingException.
_THROTTLED = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "sesv2": "TooManyRequestsException",
    "s3": "SlowDown",
    "sns": "Throttled",
    "cognito-identity-provider": "TooManyRequestsException",
}
_XML = ("s3", "sns")
Passed = Callable[[str, str, Any], None]


class Faults:
    """Counts calls, whatever their attempts; the ``at``-th (from 1) fails, of ``service``. ``calls`` are those begun.
    ``passed`` hears (service, operation, request) of each attempt that reaches AWS; pushes to connections reach none."""

    def __init__(self, at: int, kind: Kind, level: Level, passed: Passed | None = None) -> None:
        self.at, self.kind, self.level, self.passed = at, kind, level, passed
        self._attempts: dict[object, int] = {}
        self._struck: object = None
        self.service = ""
        self._lock = Lock()

    @property
    def calls(self) -> int:
        return len(self._attempts)

    @property
    def struck(self) -> bool:
        """Whether there was an ``at``-th call."""
        return self._struck is not None

    def __call__(self, request: Any, event_name: str, **_: Any) -> AWSResponse | None:
        _, service, operation = event_name.split(".")
        attempt, fails = self._attempted(request.headers["amz-sdk-invocation-id"], service)
        lost = fails and self.kind == "lost" and attempt == 1
        if self.passed and (lost or not fails):
            self.passed(service, operation, request)
        if lost:
            # Once is enough: an attempt after it that is done too is what "below" tries.
            URLLib3Session().send(request)
            raise ReadTimeoutError(endpoint_url=request.url)
        return self._failed(service, request) if fails else None

    def _attempted(self, call: object, service: str) -> tuple[int, bool]:
        """Which attempt at ``call`` this is, and whether it fails."""
        with self._lock:
            attempt = self._attempts[call] = self._attempts.get(call, 0) + 1
            if attempt == 1 and self.calls == self.at:
                self._struck, self.service = call, service
            return attempt, call == self._struck and (attempt == 1 or self.level == "above")

    def pushing(self, push: Callable[..., None]) -> Callable[..., None]:
        """``push``, a call of API Gateway's management of connections, which botocore tries once."""

        def tried(**arguments: Any) -> None:
            _, fails = self._attempted(object(), aws.SOCKETS)
            if not fails or self.kind == "lost":
                push(**arguments)
            if not fails:
                return
            if self.kind in ("timeout", "lost"):
                raise ReadTimeoutError(endpoint_url="https://connections.invalid")
            if self.kind == "reset":
                raise EndpointConnectionError(endpoint_url="https://connections.invalid")
            status = 500 if self.kind == "500" else 429
            raise ClientError({"ResponseMetadata": {"HTTPStatusCode": status}}, push.__name__)

        return tried

    def _failed(self, service: str, request: Any) -> AWSResponse:
        if self.kind == "timeout":
            raise ReadTimeoutError(endpoint_url=request.url)
        if self.kind == "reset":
            raise EndpointConnectionError(endpoint_url=request.url)
        if self.kind == "lost":
            raise ConnectionClosedError(endpoint_url=request.url)
        if self.kind == "500":
            return _said(request, service, 500, "InternalServerError")
        status = 503 if service == "s3" else 400
        return _said(request, service, status, _THROTTLED.get(service, "ThrottlingException"))


class Raw(io.BytesIO):
    """The body of an answer as botocore reads it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _said(request: Any, service: str, status: int, code: str) -> AWSResponse:
    """The refusal in the service's own form. Its words are a canary: they may reach nobody."""
    words = "canary of an exception"
    if service in _XML:
        error = f"<Error><Code>{code}</Code><Message>{words}</Message></Error>"
        body = error if service == "s3" else f"<ErrorResponse>{error}</ErrorResponse>"
        headers = {"Content-Type": "application/xml"}
    else:
        body = json.dumps({"__type": code, "message": words})
        headers = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-ErrorType": code}
    return AWSResponse(request.url, status, headers, Raw(body.encode()))


def _at_once(*_: Any) -> int:
    return 0


def _granted(*_: Any) -> bool:
    return True


@contextmanager
def failing(at: int, kind: Kind, level: Level = "above", passed: Passed | None = None) -> Iterator[Faults]:
    """The ``at``-th call fails meanwhile; none where ``at`` is 0. botocore's retries follow at once, and never run out."""
    wires = aws.client(aws.SOCKETS)
    faults = Faults(at, kind, level, passed)
    events = [aws.dynamodb().client.meta.events, *(aws.client(one).meta.events for one in SERVICES)]
    for one in events:
        one.register("before-send", faults)
    try:
        with (
            patch.object(ExponentialBackoff, "delay_amount", _at_once),
            patch.object(RetryQuotaChecker, "acquire_retry_quota", _granted),
            patch.object(wires, "post_to_connection", faults.pushing(wires.post_to_connection)),
            patch.object(wires, "delete_connection", faults.pushing(wires.delete_connection)),
        ):
            yield faults
    finally:
        for one in events:
            one.unregister("before-send", faults)


def cut(at: int, when: When) -> Any:
    """The ``at``-th call fails before it is done, or after it."""
    return failing(at, "reset" if when == "before" else "lost")

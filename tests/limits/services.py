"""The limits of the other services; each names the page of docs.aws.amazon.com that gives it."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from tests.limits.refusals import KB, MB, refusal

Params = Mapping[str, Any]
# AWSSimpleQueueService, "quotas-messages": a message with its attributes, and a batch of at most ten together.
MESSAGE, MESSAGES = MB, 10
# step-functions, "service-quotas": input and output of a task, a state or an execution; events of an execution.
STATE, EVENTS = 262_144, 25_000
# apigateway, "apigateway-execution-service-websocket-limits-table": a message of 128 KB goes in frames of 32 KB, and
# who is pushed to gets one frame a call.
SOCKET_MESSAGE, SOCKET_FRAME = 128 * KB, 32 * KB
# sns, API_Publish.
NOTICE = 256 * KB
# lambda, "gettingstarted-limits": what a function is asked and answers, synchronously.
INVOCATION = 6 * MB
# apigateway, "limits": a request or answer, and the seconds that an integration has.
GATEWAY, GATEWAY_SECONDS = 10 * MB, 29
# ses, "quotas": a message of SES's API v2, attachments in base64 included; and its recipients.
MAIL, RECIPIENTS = 40 * MB, 50


def refused(service: str, operation: str, params: Params) -> ClientError | None:
    """What ``service`` (its botocore name) says of a call of ours that is beyond a limit; None of any other."""
    judge = _JUDGES.get((service, operation))
    said = judge(params) if judge else None
    return refusal(operation, *said) if said else None


def answer_refused(status: int, headers: Mapping[str, str], body: bytes) -> str | None:
    """Why Lambda would not hand this answer to the gateway; None where it does. What is no text goes in base64."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = base64.b64encode(body).decode()
    whole = {"statusCode": status, "headers": dict(headers), "body": text}
    size = len(json.dumps(whole, ensure_ascii=False).encode())
    return "Response payload size exceeded maximum allowed payload size" if size > INVOCATION else None


def request_refused(body: bytes | None) -> str | None:
    """Why the gateway, or Lambda behind it, would not take a request of this body."""
    if len(body or b"") > GATEWAY:
        return "Request Too Large"
    in_the_event = len(json.dumps((body or b"").decode(errors="replace"), ensure_ascii=False).encode())
    return "Request must be smaller than 6291456 bytes" if in_the_event > INVOCATION else None


_Said = tuple[str, str] | tuple[str, str, int] | None


def _message(params: Params) -> _Said:
    if _weight(params) > MESSAGE:
        return "InvalidParameterValue", f"One or more parameters are invalid. Reason: longer than {MESSAGE} bytes"
    return None


def _messages(params: Params) -> _Said:
    entries = params["Entries"]
    if len(entries) > MESSAGES:
        return "AWS.SimpleQueueService.TooManyEntriesInBatchRequest", "More than 10 entries"
    if sum(map(_weight, entries)) > MESSAGE:
        return "AWS.SimpleQueueService.BatchRequestTooLong", f"Batch requests cannot be longer than {MESSAGE} bytes"
    return None


def _weight(message: Params) -> int:
    weight = len(message["MessageBody"].encode())
    for name, attribute in message.get("MessageAttributes", {}).items():
        value = attribute.get("StringValue", "").encode() + attribute.get("BinaryValue", b"")
        weight += len(name.encode()) + len(attribute["DataType"].encode()) + len(value)
    return weight


def _state(field: str) -> Callable[[Params], _Said]:
    def judge(params: Params) -> _Said:
        if len(params.get(field, "").encode()) > STATE:
            return "ValidationException", f"'{field}' must have length less than or equal to {STATE}"
        return None

    return judge


def _frame(params: Params) -> _Said:
    data = params["Data"]
    if len(data.encode() if isinstance(data, str) else data) > SOCKET_FRAME:
        return "PayloadTooLargeException", "The frame is larger than 32 KB", 413
    return None


def _notice(params: Params) -> _Said:
    if len(params["Message"].encode()) > NOTICE:
        return "InvalidParameter", "Invalid parameter: Message too long"
    return None


def _invoked(params: Params) -> _Said:
    payload = params.get("Payload", b"")
    if len(payload.encode() if isinstance(payload, str) else payload) > INVOCATION:
        return "RequestTooLargeException", f"Request must be smaller than {INVOCATION} bytes", 413
    return None


def _mail(params: Params) -> _Said:
    if len(params["Content"].get("Raw", {}).get("Data", b"")) > MAIL:
        return "MessageRejected", "Message length is more than 41943040 bytes long"
    if sum(map(len, params.get("Destination", {}).values())) > RECIPIENTS:
        return "MessageRejected", "Recipient count exceeds 50"
    return None


_JUDGES: dict[tuple[str, str], Callable[[Params], _Said]] = {
    ("sqs", "SendMessage"): _message,
    ("sqs", "SendMessageBatch"): _messages,
    ("stepfunctions", "StartExecution"): _state("input"),
    ("stepfunctions", "SendTaskSuccess"): _state("output"),
    ("apigatewaymanagementapi", "PostToConnection"): _frame,
    ("sns", "Publish"): _notice,
    ("lambda", "Invoke"): _invoked,
    ("sesv2", "SendEmail"): _mail,
}

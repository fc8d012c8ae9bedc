"""The hook of limits: botocore asks it of each call, before the call is sent."""

from typing import Any

from botocore.exceptions import ClientError

from imchat import aws
from tests.judges.recorder import Recorder
from tests.limits import dynamodb, services

# What was refused since somebody last looked. The library may swallow a refusal (who cannot be told is not told): the
# test fails all the same.
REFUSED: list[ClientError] = []
# What DynamoDB took.
RECORDER = Recorder()


def enforce() -> None:
    """Hold every call that the library makes in this process against AWS's limits, from now on. Twice is once."""
    shared = aws.dynamodb()
    # Clients that come later have what their session has.
    sources = [shared.session, shared.client.meta.events]
    sources += [client.meta.events for client in aws._clients.values() if hasattr(client, "meta")]
    for events in sources:
        events.register("before-parameter-build", _ask, unique_id="limits")
        events.register("after-call.dynamodb", _hear, unique_id="limits-answers")


def keep(error: ClientError | None) -> None:
    """Remember and raise a refusal, if it is one."""
    if error:
        REFUSED.append(error)
        raise error


def _ask(params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
    service = model.service_model.service_name
    if service == "dynamodb":
        keep(dynamodb.refused(model.name, params))
        context["asked"] = params
    else:
        keep(services.refused(service, model.name, params))


def _hear(
    http_response: Any, parsed: dict[str, Any], model: Any, context: dict[str, Any] | None = None, **_: Any
) -> None:
    if context and parsed.get("Error", {}).get("Code") != "ValidationException":
        RECORDER.note(model.name, context["asked"])
    if http_response.status_code < 300:
        keep(dynamodb.answered(model.name, parsed))

"""The flow of a request: a state machine that carries its reference, and nothing else, through search, review and
answer. What has been decided stands in the request; the machine is only told to look again."""

import json
from typing import Any

from imchat import aws
from imchat.settings import settings
from imchat.stores.base import Stale
from imchat.stores.requests import (
    ATTENTION,
    AWAITING_IDENTITY,
    COMPLAINT,
    COPIED,
    DELIVERY,
    DONE,
    IDENTITY,
    IN_PROGRESS,
    REVIEW,
    Request,
)


def start(reference: str, run: int = 1) -> None:
    """Begin the flow of a request; of a flow that has begun already, nothing. ``run`` is more than 1 where an execution
    ended in failure and another takes over."""
    client = aws.client("stepfunctions")
    try:
        client.start_execution(
            stateMachineArn=settings().requests_machine,
            name=f"{reference}-{run}",
            input=json.dumps({"request": reference}),
        )
    except client.exceptions.ExecutionAlreadyExists:
        pass


def wake(reference: str) -> None:
    """Have the flow look again, if it waits. Waking it for nothing does no harm."""
    request = Request.get(reference, consistent_read=True)
    if not request.token:
        return
    client = aws.client("stepfunctions")
    try:
        client.send_task_success(taskToken=request.token, output="{}")
    except (client.exceptions.TaskDoesNotExist, client.exceptions.TaskTimedOut):  # it has gone on
        pass


def waits(request: Request) -> bool:
    """Whether what the flow waits for has not happened yet."""
    return {
        IDENTITY: request.status == AWAITING_IDENTITY,
        REVIEW: request.status == IN_PROGRESS and not request.approved_at,
        DELIVERY: request.status == IN_PROGRESS
        and bool(request.approved_at or request.type == COMPLAINT)
        and not lacks_copy(request),
        ATTENTION: request.status == IN_PROGRESS and bool(request.failed),
    }.get(str(request.step), request.step != DONE)


def lacks_copy(request: Request) -> bool:
    """Whether the person was told that a copy is ready, and it is to be made anew."""
    told = [one.what for one in request.letters if one.what in ("ready", "nothing_held")]
    return bool(request.type in COPIED and request.answered_at and not request.copy and told[-1:] == ["ready"])


def again(request: Request) -> None:
    """Go on where the flow failed: wake it, or where its execution has ended, start another. What was done is not done
    again."""
    run = int(request.run or 1)
    client = aws.client("stepfunctions")
    if _runs(client, request.pk, run):
        wake(request.pk)
        return
    try:
        Request(request.pk).change(
            [Request.run.set(run + 1)], (Request.run == run) if request.run else Request.run.does_not_exist()
        )
    except Stale:  # somebody else is just doing it, or this very write was done and its answer lost
        pass
    start(request.pk, run + 1)


def _runs(client: Any, reference: str, run: int) -> bool:
    execution = f"{settings().requests_machine.replace(':stateMachine:', ':execution:')}:{reference}-{run}"
    try:
        return bool(client.describe_execution(executionArn=execution)["status"] == "RUNNING")
    except client.exceptions.ExecutionDoesNotExist:
        return False

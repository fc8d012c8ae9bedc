"""The system that is measured: built, deployed and running on this machine, with nothing else on it."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from bench.ports import free_port
from imchat.settings import settings
from infra.local.run import running


@contextmanager
def local_stack() -> Iterator[dict[str, Any]]:
    """A stack on free ports, while the context lasts; what stack.json says of it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(free_port(), free_port(), Path(folder), log=lambda *_: None) as stack,
    ):
        yield stack


def quiet(name: str) -> dict[str, str]:
    """A queue that no mailer empties and a state machine that does nothing, both called ``name``, on the running stack:
    the environment of whoever uses them in place of its own."""
    queue = boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    machines = boto3.client("stepfunctions")
    ours = machines.describe_state_machine(stateMachineArn=settings().requests_machine)
    nothing = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    machine = machines.create_state_machine(name=name, roleArn=ours["roleArn"], definition=json.dumps(nothing))
    return {"TRANSCRIPT_QUEUE_URL": queue, "REQUESTS_MACHINE": machine["stateMachineArn"]}

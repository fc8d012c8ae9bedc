"""Nobody waits and nobody else is at work: what these tests queue, receive and start is theirs alone."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest

from imchat import aws
from imchat.desk import mails
from imchat.rights import asking, intake, requests, tending
from imchat.settings import settings
from imchat.stores import base, batch
from imchat.visits import salt
from tests.adapters.wires import Wires


@pytest.fixture(scope="module")
def alone(tables: dict[str, Any]) -> Iterator[None]:
    """A queue, buckets for mail and for proofs of identity, and a state machine that does nothing, which go afterwards. What is due lies in one
    partition, and the day's key of the sketch is no chance."""
    sqs = aws.client("sqs")
    queue = sqs.create_queue(QueueName="faults")["QueueUrl"]
    s3 = aws.client("s3")
    for bucket in ("faults-inbound", "faults-identity"):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    machines = aws.client("stepfunctions")
    quiet = machines.describe_state_machine(stateMachineArn=settings().requests_machine)
    machine = machines.create_state_machine(name="faults", roleArn=quiet["roleArn"], definition=quiet["definition"])
    ours = {
        "TRANSCRIPT_QUEUE_URL": queue,
        "INBOUND_BUCKET": "faults-inbound",
        "IDENTITY_BUCKET": "faults-identity",
        "REQUESTS_MACHINE": machine["stateMachineArn"],
    }
    patches = (
        patch.dict(os.environ, ours),
        patch.object(base, "DUE_SHARDS", 1),
        *(patch.object(one, "time", SimpleNamespace(sleep=lambda _: None)) for one in (base, batch)),
        *(patch.object(one, "EVERYBODY", "faults") for one in (requests, intake, asking, tending, mails)),
        patch.object(salt, "secrets", SimpleNamespace(token_hex=lambda size: "5a" * size)),
        patch.dict(aws._clients, {aws.SOCKETS: Wires()}),
    )
    with ExitStack() as stack:
        for one in patches:
            stack.enter_context(one)
        settings.cache_clear()
        yield
    settings.cache_clear()
    sqs.delete_queue(QueueUrl=queue)
    for bucket in ("faults-inbound", "faults-identity"):
        s3.delete_bucket(Bucket=bucket)
    machines.delete_state_machine(stateMachineArn=machine["stateMachineArn"])

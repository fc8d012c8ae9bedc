"""What adapter tests leave behind is not searched by those that search everything, nor taken up by the deployed sweep."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from imchat import aws
from imchat.settings import settings
from imchat.stores.requests import Request


@pytest.fixture(scope="package", autouse=True)
def executions_go_afterwards() -> Iterator[None]:
    """Each request that these tests take in starts an execution of the state machine that does nothing."""
    yield
    if machine := os.environ.get("REQUESTS_MACHINE"):
        machines = aws.client("stepfunctions")
        role = machines.describe_state_machine(stateMachineArn=machine)
        again = machines.create_state_machine(name="quiet", roleArn=role["roleArn"], definition=role["definition"])
        machines.delete_state_machine(stateMachineArn=machine)
        os.environ["REQUESTS_MACHINE"] = again["stateMachineArn"]
        settings.cache_clear()


@pytest.fixture(scope="package", autouse=True)
def requests_go_afterwards(tables: dict[str, Any]) -> Iterator[None]:
    """The deployed sweep would start the real state machine for each of hundreds at once, while others are at work."""
    before = {request.pk for request in Request.scan()}
    yield
    for request in Request.scan():
        if request.pk not in before:
            request.delete()

"""What adapter tests leave behind is not searched by those that search everything."""

import os
from collections.abc import Iterator

import pytest

from imchat import aws
from imchat.settings import settings


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

"""What adapter tests leave behind is not searched by those that search everything, nor taken up by the deployed sweep."""

import os
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from imchat import aws, clock
from imchat.settings import settings
from tests.adapters.wires import Wires
from tests.adapters.worlds import NOON


@pytest.fixture
def wires(monkeypatch: pytest.MonkeyPatch) -> Wires:
    """Connections without a network, for what the library pushes."""
    made = Wires()
    monkeypatch.setitem(aws._clients, aws.SOCKETS, made)
    return made


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The library's clock stands at NOON; what would go to SES is kept here."""
    monkeypatch.setattr(clock, "now", lambda: NOON)
    mails: list[dict[str, Any]] = []

    def keep(raw: bytes, **to: Any) -> str:
        mails.append({"raw": raw, **to})
        return "id"

    monkeypatch.setattr("imchat.mail.ses.send", keep)
    return mails


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
def chats_and_requests_go_afterwards(tables: dict[str, Any]) -> Iterator[None]:
    """The deployed sweep would take up hundreds at once, with mails and executions, while other tests are at work."""
    before = {name: _keys(tables["tables"][name]) for name in ("chats", "requests")}
    yield
    for name, known in before.items():
        table = boto3.resource("dynamodb").Table(tables["tables"][name])
        with table.batch_writer() as batch:
            for key in _keys(table.name) - known:
                batch.delete_item(Key=dict(key))


def _keys(table: str) -> set[frozenset[tuple[str, Any]]]:
    names = [
        one["AttributeName"] for one in boto3.client("dynamodb").describe_table(TableName=table)["Table"]["KeySchema"]
    ]
    pages = (
        boto3.client("dynamodb").get_paginator("scan").paginate(TableName=table, ProjectionExpression=", ".join(names))
    )
    return {frozenset((name, item[name]["S"]) for name in names) for page in pages for item in page["Items"]}

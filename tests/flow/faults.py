"""Tasks of the deployed state machine that fail on purpose: between it and each of its functions stands one that fails
as often as it is told, and else hands on. The functions themselves stay as they are deployed."""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.flow.client import Api

_CODE = """
import json, os
import boto3

def handler(event, context):
    key = " ".join(filter(None, (event["task"], event.get("store"))))
    table = boto3.client("dynamodb")
    name = {"TableName": os.environ["PLAN"], "Key": {"pk": {"S": key}}}
    table.update_item(**name, UpdateExpression="ADD calls :one", ExpressionAttributeValues={":one": {"N": "1"}})
    try:
        table.update_item(
            **name,
            UpdateExpression="ADD failures :less",
            ConditionExpression="failures > :none",
            ExpressionAttributeValues={":less": {"N": "-1"}, ":none": {"N": "0"}},
        )
    except table.exceptions.ConditionalCheckFailedException:
        answer = boto3.client("lambda").invoke(FunctionName=os.environ["TARGET"], Payload=json.dumps(event))
        payload = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise RuntimeError("failed by itself") from None
        return payload
    raise RuntimeError("failed on purpose")
"""
FOR_EVER = 10**6


class Plan:
    """Which task fails how often; how often each was called. Tasks are named as in the machine: "search chats"."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def fails(self, task: str, times: int) -> None:
        self._dynamodb.update_item(
            TableName=self._table, Key={"pk": {"S": task}}, UpdateExpression="SET failures = :times",
            ExpressionAttributeValues={":times": {"N": str(times)}},
        )  # fmt: skip

    def calls(self, task: str) -> int:
        found = self._dynamodb.get_item(TableName=self._table, Key={"pk": {"S": task}}).get("Item", {})
        return int(found.get("calls", {"N": "0"})["N"])

    def forget(self) -> None:
        for one in self._dynamodb.scan(TableName=self._table)["Items"]:
            self._dynamodb.delete_item(TableName=self._table, Key={"pk": one["pk"]})


@contextmanager
def failing(stack: dict[str, Any]) -> Iterator[Plan]:
    """The machine with failing tasks in between, while the context lasts."""
    client = Api(stack).client
    machines, functions, dynamodb = client("stepfunctions"), client("lambda"), client("dynamodb")
    machine = stack["machines"]["requests"]
    described = machines.describe_state_machine(stateMachineArn=machine)
    definition = described["definition"]
    dynamodb.create_table(
        TableName="faults",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    role = _role(client("iam"))
    made = []
    changed = definition
    for function in functions.get_paginator("list_functions").paginate().build_full_result()["Functions"]:
        if function["FunctionArn"] in definition:
            between = functions.create_function(
                FunctionName=f"failing-{len(made)}", Runtime=function["Runtime"], Role=role, Handler="between.handler",
                Timeout=120, Code={"ZipFile": _zip()},
                Environment={"Variables": {"PLAN": "faults", "TARGET": function["FunctionName"]}},
            )  # fmt: skip
            made.append(between["FunctionName"])
            changed = changed.replace(function["FunctionArn"], between["FunctionArn"])
    assert len(made) == 3
    machines.update_state_machine(stateMachineArn=machine, definition=changed)
    try:
        yield Plan(dynamodb, "faults")
    finally:
        machines.update_state_machine(stateMachineArn=machine, definition=definition)
        for name in made:
            functions.delete_function(FunctionName=name)
        dynamodb.delete_table(TableName="faults")
        client("iam").delete_role_policy(RoleName="failing", PolicyName="all")
        client("iam").delete_role(RoleName="failing")


def _role(iam: Any) -> str:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    everything = {"Effect": "Allow", "Action": ["dynamodb:*", "lambda:*", "logs:*"], "Resource": "*"}
    made = iam.create_role(RoleName="failing", AssumeRolePolicyDocument=_policy(trust))
    iam.put_role_policy(RoleName="failing", PolicyName="all", PolicyDocument=_policy(everything))
    return str(made["Role"]["Arn"])


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("between.py", _CODE)
    return packed.getvalue()

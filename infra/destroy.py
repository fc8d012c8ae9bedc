"""``make destroy``: take a stage down. What people's data lies in outlives the stack, and is named."""

import os
from typing import Any

import boto3

from infra import buckets, publish, stacks, tables
from infra.stacks import Refused

_POLL = {"Delay": 2, "MaxAttempts": 900}


def destroy(stage: str) -> None:
    """Take the stack down; one that holds data only with FORCE=yes. Raises Refused."""
    cloudformation, name = boto3.client("cloudformation"), stacks.name_of(stage)
    stack = stacks.find(cloudformation, name)
    if stack is None:
        print("there is no such stack.")
        return
    made = stacks.outputs(stack)
    held = held_by(made)
    if held and os.environ.get("FORCE") != "yes":
        raise Refused(f"The stage {stage} holds data ({'; '.join(held)}). FORCE=yes takes the stack down all the same.")
    kept = _kept(cloudformation, name)
    cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=False)
    if "WebBucket" in made:
        publish.empty(boto3.client("s3"), made["WebBucket"])
    cloudformation.delete_stack(StackName=stack["StackId"])
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack["StackId"], WaiterConfig=_POLL)
    print("the stack is down. What its data lies in, and the keys to it, are kept (docs/operations.md, “Leaving”):")
    for kind, one in kept:
        print(f"  {kind:<28}{one}")


def held_by(made: dict[str, str]) -> list[str]:
    """What of a stack's data there is, in words, from the stack's outputs."""
    dynamodb, s3, cognito = boto3.client("dynamodb"), boto3.client("s3"), boto3.client("cognito-idp")
    known = {name: made.get(tables.logical_id(name)) for name in tables.names()}
    full = [
        name
        for name, table in known.items()
        if table and dynamodb.scan(TableName=table, Limit=1, Select="COUNT")["Count"]
    ]
    placed = {name.lower(): made.get(f"{name}Bucket") for name in buckets.DAYS}
    stored = [
        name for name, bucket in placed.items() if bucket and s3.list_objects_v2(Bucket=bucket, MaxKeys=1)["KeyCount"]
    ]
    pool = made.get("UserPool")
    said = [f"tables: {', '.join(full)}"] if full else []
    said += [f"files: {', '.join(stored)}"] if stored else []
    return said + (["staff"] if pool and cognito.list_users(UserPoolId=pool, Limit=1)["Users"] else [])


def _kept(cloudformation: Any, name: str) -> list[tuple[str, str]]:
    """What outlives the stack: type and name of each."""
    declared = stacks.template_of(cloudformation, name)["Resources"]
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    there = [one for page in pages for one in page["StackResourceSummaries"]]
    return sorted(
        (one["ResourceType"].removeprefix("AWS::"), one["PhysicalResourceId"])
        for one in there
        if declared.get(one["LogicalResourceId"], {}).get("DeletionPolicy") == "Retain"
    )

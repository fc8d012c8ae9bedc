"""``make destroy``: take a stage down. What people's data lies in outlives the stack, and is named."""

import os

import boto3
from botocore.exceptions import WaiterError

from infra import buckets, publish, stacks, tables
from infra.stacks import Refused

_POLL = {"Delay": 2, "MaxAttempts": 900}


def destroy(stage: str) -> None:
    """Take the stack down; one that holds data only with FORCE=yes. Raises Refused, and DeployFailed where it does not
    go."""
    cloudformation, name = boto3.client("cloudformation"), stacks.name_of(stage)
    stack = stacks.find(cloudformation, name)
    if stack is None:
        print("there is no such stack.")
        return
    made = stacks.outputs(stack)
    held = held_by(made)
    if held and os.environ.get("FORCE") != "yes":
        raise Refused(f"The stage {stage} holds data ({'; '.join(held)}). FORCE=yes takes the stack down all the same.")
    kept = stacks.kept(cloudformation, name)
    cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=False)
    _let_go_of_mail(name)
    if "RequestsMachine" in made:
        _stop(made["RequestsMachine"])
    if "WebBucket" in made:
        publish.empty(boto3.client("s3"), made["WebBucket"])
    cloudformation.delete_stack(StackName=stack["StackId"])
    try:
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack["StackId"], WaiterConfig=_POLL)
    except WaiterError:
        why = stacks.failures(cloudformation, stack["StackId"])
        raise stacks.DeployFailed(
            f"The stack {name} could not be taken down whole; say it again once this is mended:\n{why}"
        ) from None
    print("the stack is down. What its data lies in, and the keys to it, are kept (docs/operations.md, “Leaving”):")
    for kind, one in kept:
        print(f"  {kind:<28}{one}")


def _let_go_of_mail(rules: str) -> None:
    """Take the stage's receipt rules out of use, if they are the region's active ones: SES keeps those."""
    ses = boto3.client("ses")
    active = ses.describe_active_receipt_rule_set().get("Metadata", {}).get("Name")
    if active == rules:
        print("mail is not taken in any more ...")
        ses.set_active_receipt_rule_set()


def _stop(machine: str) -> None:
    """Stop the flows of requests: AWS deletes a state machine when the last one has ended, and they wait for weeks."""
    states = boto3.client("stepfunctions")
    pages = states.get_paginator("list_executions").paginate(stateMachineArn=machine, statusFilter="RUNNING")
    for one in [one for page in pages for one in page["executions"]]:
        print(f"stopping the flow {one['name']} ...")
        states.stop_execution(executionArn=one["executionArn"], cause="The stage is taken down.")


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

"""CloudFormation: put a packaged template onto AWS, or onto the emulator; the same steps for both."""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra import tables

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
POLL_SECONDS = 0.5
# Environment variable of the functions: output of the stack.
_ENVIRONMENT = {
    "TRANSCRIPT_QUEUE_URL": "TranscriptQueue",
    "TOKEN_SECRET_ID": "TokenSecret",
    "ADDRESS_SECRET_ID": "AddressSecret",
    "IDENTITY_SECRET_ID": "IdentitySecret",
    "LEDGER_SECRET_ID": "LedgerSecret",
    "EDGE_SECRET_ID": "EdgeSecret",
    "INBOUND_BUCKET": "InboundBucket",
    "CORRESPONDENCE_BUCKET": "CorrespondenceBucket",
    "EXPORTS_BUCKET": "ExportsBucket",
    "PARTS_BUCKET": "PartsBucket",
    "IDENTITY_BUCKET": "IdentityBucket",
    "SIGNING_KEY": "SigningKey",
    "PROOF_BUCKET": "ProofBucket",
    "PROOF_KEY": "ProofKey",
    "REQUESTS_MACHINE": "RequestsMachine",
    "MAIL_SITE_ID": "MailSite",
    "MAIL_FROM": "MailFrom",
    "MAIL_CONFIGURATION_SET": "MailConfigurationSet",
    "WEB_URL": "WebUrl",
    "SOCKET_ENDPOINT": "SocketEndpoint",
    "ACCOUNTING_YEAR_END": "AccountingYearEnd",
    "ALARMS_TOPIC": "Alarms",
    "USER_POOL": "UserPool",
    "USER_POOL_CLIENT": "UserPoolClient",
}
_DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")


class Refused(Exception):
    """What was asked for is not done; the message says why."""


class DeployFailed(Exception):
    """The stack did not come up; the message says which resources failed, and why."""


def name_of(stage: str) -> str:
    """The name of a stage's stack."""
    return f"imchat-{stage}"


def guarded(stage: str) -> bool:
    """Whether people use a stage: the template's condition Guarded."""
    return stage != "dev"


def find(cloudformation: Any, name: str) -> dict[str, Any] | None:
    """A stack as CloudFormation describes it; None where there is none, or none yet."""
    try:
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return None if stack["StackStatus"] == "REVIEW_IN_PROGRESS" else stack


def parameters_of(stack: dict[str, Any]) -> dict[str, str]:
    """A described stack's parameters by name."""
    return {one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters", [])}


def template_of(cloudformation: Any, name: str) -> dict[str, Any]:
    """The template that a stack was last made or changed by."""
    body = cloudformation.get_template(StackName=name, TemplateStage="Original")["TemplateBody"]
    whole: dict[str, Any] = json.loads(body) if isinstance(body, str) else body
    return whole


def upload(s3: Any, template: Path, bucket: str) -> dict[str, Any]:
    """Put the zips beside ``template`` into ``bucket``, named by their content; the template that refers to them."""
    placed: dict[str, str] = {}

    def place(name: str) -> dict[str, str]:
        if name not in placed:
            content = (template.parent / name).read_bytes()
            placed[name] = f"{Path(name).stem}-{hashlib.sha256(content).hexdigest()[:20]}.zip"
            s3.put_object(Bucket=bucket, Key=placed[name], Body=content)
        return {"Bucket": bucket, "Key": placed[name]}

    whole: dict[str, Any] = json.loads(template.read_text())
    for resource in whole["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function":
            properties["CodeUri"] = place(properties["CodeUri"])
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            properties["ContentUri"] = place(properties["ContentUri"])
    return whole


def create(cloudformation: Any, name: str, template_url: str, parameters: dict[str, str]) -> dict[str, str]:
    """Create a stack and wait for it; its outputs. Raises DeployFailed."""
    cloudformation.create_stack(
        StackName=name, TemplateURL=template_url, Parameters=as_list(parameters), Capabilities=CAPABILITIES
    )
    return wait(cloudformation, name)


def as_list(parameters: dict[str, str]) -> list[dict[str, str]]:
    """Parameters as CloudFormation takes them."""
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]


def wait(cloudformation: Any, name: str) -> dict[str, str]:
    """Wait until the stack rests; its outputs. Raises DeployFailed."""
    while True:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            break
        time.sleep(POLL_SECONDS)
    if stack["StackStatus"] not in _DONE:
        raise DeployFailed(f"The stack is {stack['StackStatus']}.\n{failures(cloudformation, name)}")
    return outputs(stack)


def failures(cloudformation: Any, name: str) -> str:
    """Which resources of a stack failed, and why, a line for each; the last first."""
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    failed = [
        f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
        for event in events
        if event["ResourceStatus"].endswith("FAILED")
    ]
    return "\n".join(failed[:10])


def kept(cloudformation: Any, name: str) -> list[tuple[str, str]]:
    """What outlives a stack: type and name of each resource."""
    declared = template_of(cloudformation, name)["Resources"]
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    there = [one for page in pages for one in page["StackResourceSummaries"]]
    return sorted(
        (one["ResourceType"].removeprefix("AWS::"), one["PhysicalResourceId"])
        for one in there
        if declared.get(one["LogicalResourceId"], {}).get("DeletionPolicy") == "Retain"
        and one.get("PhysicalResourceId")
    )


def outputs(stack: dict[str, Any]) -> dict[str, str]:
    """A described stack's outputs by name."""
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def use_stack(outputs: dict[str, str], stage: str) -> None:
    """Make the library in this process speak to a deployed stack."""
    os.environ.update({f"{name.upper()}_TABLE": outputs[tables.logical_id(name)] for name in tables.names()})
    os.environ.update({variable: outputs[output] for variable, output in _ENVIRONMENT.items()}, STAGE=stage)


def use_stage(stage: str) -> dict[str, str]:
    """As ``use_stack``, by the stage's name; the stack's outputs."""
    found = outputs(boto3.client("cloudformation").describe_stacks(StackName=name_of(stage))["Stacks"][0])
    use_stack(found, stage)
    return found


def resources(stack: str, kind: str) -> Iterator[tuple[str, str]]:
    """(name in the template, AWS's id) of the stack's resources of a kind."""
    for page in boto3.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack):
        for one in page["StackResourceSummaries"]:
            if one["ResourceType"] == kind:
                yield one["LogicalResourceId"], one["PhysicalResourceId"]


def engineer() -> str:
    """Who works on the stack, as the system log names them: by AWS's own id."""
    return f"engineer:{boto3.client('sts').get_caller_identity()['UserId']}"

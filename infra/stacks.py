"""CloudFormation: put a packaged template onto AWS, or onto the emulator; the same steps for both."""

import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

import boto3

from infra import tables

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
_POLL_SECONDS = 0.5
# Environment variable of the functions: output of the stack.
_ENVIRONMENT = {
    "TRANSCRIPT_QUEUE_URL": "TranscriptQueue",
    "TOKEN_SECRET_ID": "TokenSecret",
    "ADDRESS_SECRET_ID": "AddressSecret",
    "LEDGER_SECRET_ID": "LedgerSecret",
    "EDGE_SECRET_ID": "EdgeSecret",
    "INBOUND_BUCKET": "InboundBucket",
    "CORRESPONDENCE_BUCKET": "CorrespondenceBucket",
    "EXPORTS_BUCKET": "ExportsBucket",
    "PARTS_BUCKET": "PartsBucket",
    "IDENTITY_BUCKET": "IdentityBucket",
    "SIGNING_KEY": "SigningKey",
    "REQUESTS_MACHINE": "RequestsMachine",
    "MAIL_SITE_ID": "MailSite",
    "MAIL_FROM": "MailFrom",
    "MAIL_CONFIGURATION_SET": "MailConfigurationSet",
    "WEB_URL": "WebUrl",
    "SOCKET_ENDPOINT": "SocketEndpoint",
    "ACCOUNTING_YEAR_END": "AccountingYearEnd",
    "ALARMS_TOPIC": "Alarms",
}
_DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")


class DeployFailed(Exception):
    """The stack did not come up; the message says which resources failed, and why."""


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
        time.sleep(_POLL_SECONDS)
    if stack["StackStatus"] not in _DONE:
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        failed = [
            f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
            for event in events
            if event["ResourceStatus"].endswith("FAILED")
        ]
        raise DeployFailed(f"The stack is {stack['StackStatus']}.\n" + "\n".join(failed[:10]))
    return outputs(stack)


def outputs(stack: dict[str, Any]) -> dict[str, str]:
    """A described stack's outputs by name."""
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def use_stack(outputs: dict[str, str], stage: str) -> None:
    """Make the library in this process speak to a deployed stack."""
    os.environ.update({f"{name.upper()}_TABLE": outputs[tables.logical_id(name)] for name in tables.names()})
    os.environ.update({variable: outputs[output] for variable, output in _ENVIRONMENT.items()}, STAGE=stage)


def use_stage(stage: str) -> dict[str, str]:
    """As ``use_stack``, by the stage's name; the stack's outputs."""
    found = outputs(boto3.client("cloudformation").describe_stacks(StackName=f"imchat-{stage}")["Stacks"][0])
    use_stack(found, stage)
    return found

"""``make deploy`` and ``make destroy``: a stage on AWS."""

import json
import os
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra import publish, stacks, tables
from infra.build import BuildFailed, build
from infra.web import build_web

STAGES = ("dev", "staging", "prod")
# Parameter: the environment variable that gives it. Those with True must be given the first time.
PARAMETERS = {
    "WebUrl": ("WEB_URL", True),
    "MailFrom": ("MAIL_FROM", True),
    "AlarmEmail": ("ALARM_EMAIL", False),
    "MailSite": ("MAIL_SITE", False),
    "SupportAddress": ("SUPPORT_ADDRESS", False),
    "AccountingYearEnd": ("YEAR_END", False),
    "Certificate": ("CERTIFICATE", False),
}
_POLL = {"Delay": 2, "MaxAttempts": 900}


class Refused(Exception):
    """What was asked for is not done; the message says why."""


def deploy(stage: str) -> None:
    """Package, upload, bring the stack to what the template says, and publish the pages; nothing to change is
    success."""
    bucket = os.environ.get("BUCKET")
    if not bucket:
        raise Refused("BUCKET=... names the S3 bucket that packages are uploaded to.")
    pages = build_web()
    template = build(stage)
    cloudformation = boto3.client("cloudformation")
    made = _bring_about(cloudformation, stage, template, bucket)
    print("publishing the pages ...")
    changed = publish.publish(boto3.client("s3"), made["WebBucket"], pages, datetime.now(UTC).date())
    publish.forget_copies(boto3.client("cloudfront"), made["Distribution"], changed)
    for key, value in sorted(made.items()):
        print(f"  {key:<24}{value}")


def _bring_about(cloudformation: Any, stage: str, template: Path, bucket: str) -> dict[str, str]:
    """Bring the stack to what ``template`` says; its outputs."""
    name = f"imchat-{stage}"
    exists = _exists(cloudformation, name)
    parameters = _parameters(stage, exists=exists)
    print("uploading ...")
    s3 = boto3.client("s3")
    whole = json.dumps(stacks.upload(s3, template, bucket)).encode()
    s3.put_object(Bucket=bucket, Key=f"{name}.json", Body=whole)
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": f"{name}.json"}).partition("?")[0]
    change = cloudformation.create_change_set(
        StackName=name,
        ChangeSetName=f"deploy-{uuid.uuid4()}",
        ChangeSetType="UPDATE" if exists else "CREATE",
        TemplateURL=url,
        Parameters=parameters,
        Capabilities=stacks.CAPABILITIES,
    )
    try:
        cloudformation.get_waiter("change_set_create_complete").wait(ChangeSetName=change["Id"], WaiterConfig=_POLL)
    except BotoCoreError:
        found = cloudformation.describe_change_set(ChangeSetName=change["Id"])
        cloudformation.delete_change_set(ChangeSetName=change["Id"])
        reason = found.get("StatusReason", "")
        if "didn't contain changes" in reason or "No updates" in reason:
            print("nothing to change in the stack.")
            return stacks.outputs(cloudformation.describe_stacks(StackName=name)["Stacks"][0])
        raise Refused(f"The change was not accepted: {reason}") from None
    print("changing the stack ...")
    cloudformation.execute_change_set(ChangeSetName=change["Id"])
    return stacks.wait(cloudformation, name)


def destroy(stage: str) -> None:
    """Take the stack down; one whose tables hold anything only with FORCE=yes."""
    cloudformation, dynamodb = boto3.client("cloudformation"), boto3.client("dynamodb")
    name = f"imchat-{stage}"
    if not _exists(cloudformation, name):
        print("there is no such stack.")
        return
    made = stacks.outputs(cloudformation.describe_stacks(StackName=name)["Stacks"][0])
    full = [
        name
        for name in tables.names()
        if dynamodb.scan(TableName=made[tables.logical_id(name)], Limit=1, Select="COUNT")["Count"]
    ]
    if full and os.environ.get("FORCE") != "yes":
        raise Refused(f"The stage {stage} holds data ({', '.join(full)}). FORCE=yes takes the stack down all the same.")
    publish.empty(boto3.client("s3"), made["WebBucket"])
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig=_POLL)
    print("the stack is down. Its tables and user pool are kept (DeletionPolicy: Retain); delete them by hand.")


def _exists(cloudformation: Any, name: str) -> bool:
    try:
        status = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    except ClientError as error:
        if "does not exist" in str(error):
            return False
        raise
    return bool(status != "REVIEW_IN_PROGRESS")


def _parameters(stage: str, *, exists: bool) -> list[dict[str, Any]]:
    given: list[dict[str, Any]] = [{"ParameterKey": "Stage", "ParameterValue": stage}]
    for parameter, (variable, needed) in PARAMETERS.items():
        value = os.environ.get(variable)
        if value is not None:
            given.append({"ParameterKey": parameter, "ParameterValue": value})
        elif exists:
            given.append({"ParameterKey": parameter, "UsePreviousValue": True})
        elif needed:
            raise Refused(f"{variable}=... is needed the first time ({parameter}).")
    return given


def main() -> None:
    """``python -m infra.deploy deploy|destroy STAGE``"""
    steps = {"deploy": deploy, "destroy": destroy}
    step, stage = (*sys.argv[1:], "", "")[:2]
    if step not in steps or stage not in STAGES:
        sys.exit(f"usage: make deploy|destroy STAGE={'|'.join(STAGES)}")
    try:
        steps[step](stage)
    except (Refused, BuildFailed, stacks.DeployFailed) as failed:
        sys.exit(str(failed))
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"AWS said: {error}")


if __name__ == "__main__":
    main()

"""``make deploy``: a stage on AWS, as the sources say; the second time changes nothing."""

import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra import STAGES, alarms, publish, release, stacks
from infra.build import BuildFailed, build
from infra.destroy import destroy
from infra.parameters import parameters
from infra.stacks import Refused
from infra.todo import todo
from infra.web import build_web

_POLL = {"Delay": 2, "MaxAttempts": 900}
# What people's data lies in, or what opens it: no change of the stack may make it anew or let go of it.
_LASTING = ("AWS::Cognito::UserPool", "AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::S3::Bucket")
_POLICY = {
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"},
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["Update:Replace", "Update:Delete"],
            "Resource": "*",
            "Condition": {"StringEquals": {"ResourceType": list(_LASTING)}},
        },
    ]
}


def deploy(stage: str) -> None:
    """Package, upload, bring the stack to what the template says, publish the pages, and say what is left to do;
    nothing to change is success. Raises Refused, BuildFailed, DeployFailed."""
    cloudformation, name = boto3.client("cloudformation"), stacks.name_of(stage)
    stack = _ready(cloudformation, name)
    _takes_in_mail(boto3.client("ses"))
    chosen = parameters(stage, stacks.parameters_of(stack) if stack else None)
    pages = build_web()
    template = build(stage)
    url, whole = _upload(name, template)
    if stack:
        _one_index_each(stacks.template_of(cloudformation, name), whole)
    if stack is None and stacks.guarded(stage):
        boto3.client("cloudwatch").put_metric_data(Namespace=name, MetricData=alarms.first_points())
    made = _bring_about(cloudformation, name, url, chosen, new=stack is None)
    protect(cloudformation, name)
    if stacks.guarded(stage):  # "make destroy" alone may delete it
        cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=True)
    print("publishing the pages ...")
    s3, now = boto3.client("s3"), datetime.now(UTC)
    changed = publish.publish(s3, made["WebBucket"], pages, now.date())
    publish.forget_copies(boto3.client("cloudfront"), made["Distribution"], changed)
    release.record(s3, made, whole, template=template, pages=pages, now=now)
    # As long as a sweep may take; and once.
    patient = boto3.client("lambda", config=Config(read_timeout=330, retries={"total_max_attempts": 1}))
    release.first_run(patient, dict(stacks.resources(name, "AWS::Lambda::Function")))
    for key, value in sorted(made.items()):
        print(f"  {key:<24}{value}")
    rested = stacks.find(cloudformation, name)
    if rested and (left := todo(stage, made, stacks.parameters_of(rested))):
        print("\nLeft to do:")
        for one in left:
            print(f"  - {one}")


def _takes_in_mail(ses: Any) -> None:
    """Raises Refused in a region in which SES takes in no mail: requests that people mail would reach nobody."""
    try:
        ses.describe_active_receipt_rule_set()
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidAction":
            raise
        raise Refused(
            f"SES takes in no mail in {ses.meta.region_name}: choose a region that does "
            "(docs.aws.amazon.com/ses, “Email receiving endpoints”)."
        ) from None


def _one_index_each(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Raises Refused where a table's indexes differ by more than one: DynamoDB makes or removes one in a change."""
    for name, table in after["Resources"].items():
        if table["Type"] == "AWS::DynamoDB::Table" and name in before["Resources"]:
            changed = sorted(_indexes(before["Resources"][name]) ^ _indexes(table))
            if len(changed) > 1:
                raise Refused(
                    f"{name} would change {len(changed)} indexes ({', '.join(changed)}), and DynamoDB changes one at a "
                    "time: deploy them one after the other."
                )


def _indexes(table: dict[str, Any]) -> set[str]:
    return {index["IndexName"] for index in table["Properties"].get("GlobalSecondaryIndexes", ())}


def protect(cloudformation: Any, name: str) -> None:
    """Have CloudFormation refuse, whoever asks, to make anew or to let go of what people's data lies in."""
    cloudformation.set_stack_policy(StackName=name, StackPolicyBody=json.dumps(_POLICY))


def _ready(cloudformation: Any, name: str) -> dict[str, Any] | None:
    """The stack, or None where it is to be made; what a first deployment that failed left is removed. Raises
    Refused."""
    stack = stacks.find(cloudformation, name)
    if stack is None:
        return None
    status = stack["StackStatus"]
    if status == "ROLLBACK_COMPLETE":
        print("removing what a first deployment that failed has left ...")
        kept = [f"  {kind:<28}{one}" for kind, one in stacks.kept(cloudformation, name)]
        cloudformation.delete_stack(StackName=name)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack["StackId"], WaiterConfig=_POLL)
        if kept:
            print(
                "What holds data is never deleted by a stack; these are left, empty, to be deleted by hand:",
                *kept,
                sep="\n",
            )
        return None
    if status.endswith(("_IN_PROGRESS", "_FAILED")):
        raise Refused(f"The stack {name} cannot be changed now: it is {status} (CloudFormation, “Events”, says why).")
    return stack


def _upload(name: str, template: Path) -> tuple[str, dict[str, Any]]:
    """Put the packages and the template into the bucket for them; the template's address, and the template. Raises
    Refused."""
    s3, region = boto3.client("s3"), boto3.session.Session().region_name
    account = boto3.client("sts").get_caller_identity()["Account"]
    bucket = os.environ.get("BUCKET") or f"imchat-packages-{account}-{region}"
    _have(s3, bucket, account, region)
    print(f"uploading to {bucket} ...")
    whole = stacks.upload(s3, template, bucket)
    s3.put_object(Bucket=bucket, Key=f"{name}.json", Body=json.dumps(whole).encode())
    # The region's own address: a bucket that is new is not known elsewhere for hours.
    endpoint = s3.meta.endpoint_url if os.environ.get("AWS_ENDPOINT_URL") else f"https://s3.{region}.amazonaws.com"
    return f"{endpoint}/{bucket}/{name}.json", whole


def _have(s3: Any, bucket: str, account: str, region: str) -> None:
    """Make the bucket for packages if there is none. Raises Refused where it is somebody else's."""
    try:
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
        return
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise Refused(f"The bucket {bucket} is not this account's: choose another name with BUCKET=...") from None
    print(f"making the bucket {bucket} for packages ...")
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=bucket, **place)
    closed = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(closed, True))


def _bring_about(
    cloudformation: Any, name: str, url: str, chosen: list[dict[str, Any]], *, new: bool
) -> dict[str, str]:
    """Bring the stack to what the template at ``url`` says; its outputs. Raises Refused, DeployFailed."""
    change = cloudformation.create_change_set(
        StackName=name,
        ChangeSetName=f"deploy-{uuid.uuid4()}",
        ChangeSetType="CREATE" if new else "UPDATE",
        TemplateURL=url,
        Parameters=chosen,
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
    if refused := list(_losses(cloudformation, change["Id"])):
        cloudformation.delete_change_set(ChangeSetName=change["Id"])
        raise Refused("This change would lose what holds data: " + "; ".join(refused) + ".")
    print("changing the stack ...")
    cloudformation.execute_change_set(ChangeSetName=change["Id"])
    # The stack itself may still say how it rested before.
    while _is_going_on(cloudformation, change["Id"]):
        time.sleep(stacks.POLL_SECONDS)
    return stacks.wait(cloudformation, name)


def _losses(cloudformation: Any, change: str) -> Iterator[str]:
    """What lasting resources a change would make anew or let go of, in words."""
    for page in cloudformation.get_paginator("describe_change_set").paginate(ChangeSetName=change):
        for one in (change["ResourceChange"] for change in page["Changes"] if "ResourceChange" in change):
            if one["ResourceType"] not in _LASTING:
                continue
            if one["Action"] == "Remove":
                yield f"{one['LogicalResourceId']} would be let go of"
            elif one["Action"] == "Modify" and one.get("Replacement") in ("True", "Conditional"):
                yield f"{one['LogicalResourceId']} would be made anew, empty"


def _is_going_on(cloudformation: Any, change: str) -> bool:
    try:
        status = cloudformation.describe_change_set(ChangeSetName=change)["ExecutionStatus"]
    except cloudformation.exceptions.ChangeSetNotFoundException:  # done, and forgotten
        return False
    return status in ("AVAILABLE", "EXECUTE_IN_PROGRESS")


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

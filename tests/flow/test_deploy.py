"""Deploying with CloudFormation change sets, as to AWS, but to the emulator."""

import json
import secrets
import shutil
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra import deploy, parameters, tables
from infra.build import build
from infra.destroy import destroy
from infra.local.deploy import adapt
from infra.stacks import DeployFailed, Refused, outputs, resources, wait
from tests.flow.client import Api


@pytest.fixture
def without_what_the_emulator_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The template as for local use: change sets refuse resource types that the emulator does not know."""

    def built(stage: str) -> Path:
        template = build(stage, log=lambda *_: None)
        for file in template.parent.glob("*.zip"):
            shutil.copy(file, tmp_path)
        whole = json.loads(template.read_text())
        adapt(whole)
        (tmp_path / template.name).write_text(json.dumps(whole))
        return tmp_path / template.name

    monkeypatch.setattr(deploy, "build", built)
    monkeypatch.setattr(deploy, "protect", lambda cloudformation, name: None)  # the emulator knows no stack policy


@pytest.fixture
def bucket(stack: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_ENDPOINT_URL", stack["endpoint_url"])
    name = f"packages-{secrets.token_hex(4)}"
    monkeypatch.setenv("BUCKET", name)
    monkeypatch.setenv("WEB_URL", "https://chat.example.com")
    monkeypatch.setenv("MAIL_FROM", "staging@imchat.example")
    monkeypatch.setenv("MAIL_SITE", "shop")
    # The emulator runs as many functions at once as this machine can.
    monkeypatch.setattr(parameters, "LEFT_TO_OTHERS", 0)
    return name


@pytest.mark.usefixtures("without_what_the_emulator_lacks")
def test_a_stage_is_made_once_kept_as_it_is_and_taken_down_only_when_empty_or_told(
    stack: dict[str, Any], bucket: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deploy.deploy("staging")
    client = Api(stack).client
    cloudformation, s3, cognito = client("cloudformation"), client("s3"), client("cognito-idp")
    made = outputs(cloudformation.describe_stacks(StackName="imchat-staging")["Stacks"][0])
    said = capsys.readouterr().out
    assert f"making the bucket {bucket} for packages" in said
    assert made["ChatsTable"] in said
    closed = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(closed.values()) == {True}
    _it_is_guarded(client, made)
    # What only people can do is named: a certificate or CloudFront's name, mail, alarms.
    assert f"WEB_URL=https://{made['DistributionDomain']}" in said
    assert "aws ses set-active-receipt-rule-set --rule-set-name imchat-staging" in said
    assert "nobody hears of alarms: deploy with ALARM_EMAIL=..." in said
    assert "there is no website shop, and mail and rights requests go to its desk" in said
    assert s3.head_object(Bucket=made["WebBucket"], Key="widget.js")["CacheControl"].startswith("public, max-age=300,")
    s3.put_object(Bucket=made["WebBucket"], Key="old.html", Body=b"of an earlier build")

    monkeypatch.delenv("WEB_URL")
    monkeypatch.delenv("MAIL_FROM")
    monkeypatch.delenv("MAIL_SITE")
    before = cloudformation.describe_stack_events(StackName="imchat-staging")["StackEvents"]
    deploy.deploy("staging")
    said = capsys.readouterr().out
    assert "nothing to change in the stack." in said
    assert "making the bucket" not in said
    assert cloudformation.describe_stack_events(StackName="imchat-staging")["StackEvents"] == before
    assert "old.html" not in [one["Key"] for one in s3.list_objects_v2(Bucket=made["WebBucket"])["Contents"]]

    _another_key_signs(client, made, monkeypatch)
    with pytest.raises(ClientError, match="TerminationProtection"):
        cloudformation.delete_stack(StackName="imchat-staging")
    client("dynamodb").put_item(TableName=made["AccountsTable"], Item={"pk": {"S": "SITE#a"}, "sk": {"S": "SITE"}})
    s3.put_object(Bucket=made["CorrespondenceBucket"], Key="support/1", Body=b"a mail")
    cognito.admin_create_user(UserPoolId=made["UserPool"], Username="olga")
    with pytest.raises(Refused, match=r"holds data \(tables: accounts; files: correspondence; staff\)\. FORCE=yes"):
        destroy("staging")
    monkeypatch.setenv("FORCE", "yes")
    destroy("staging")
    said = capsys.readouterr().out
    assert made["WebBucket"] not in [one["Name"] for one in s3.list_buckets()["Buckets"]]
    # What people's data lies in is still there, and named.
    for name in ("ChatsTable", "AccountsTable", "CorrespondenceBucket", "UserPool"):
        assert made[name] in said, name
    assert "imchat-staging-LedgerSecret" in said
    assert made["DataKey"].rpartition("/")[2] in said
    assert s3.head_object(Bucket=made["CorrespondenceBucket"], Key="support/1")["ContentLength"] == 6
    assert client("dynamodb").scan(TableName=made["AccountsTable"], Select="COUNT")["Count"] == 1
    destroy("staging")
    assert "there is no such stack." in capsys.readouterr().out


def _another_key_signs(client: Any, made: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """As docs/operations.md changes it: what signs knows the new one alone, and the old one stays."""
    kms, functions = client("kms"), client("lambda")
    key = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    with monkeypatch.context() as given:
        given.setenv("SIGN_WITH", key)
        deploy.deploy("staging")
    stack = client("cloudformation").describe_stacks(StackName="imchat-staging")["Stacks"][0]
    assert (made["SigningKey"] != key, outputs(stack)["SigningKey"]) == (True, key)
    copier = dict(resources("imchat-staging", "AWS::Lambda::Function"))["Copier"]
    assert functions.get_function_configuration(FunctionName=copier)["Environment"]["Variables"]["SIGNING_KEY"] == key
    role = dict(resources("imchat-staging", "AWS::IAM::Role"))["CopierRole"]
    rights = client("iam").get_role_policy(RoleName=role, PolicyName="rights")["PolicyDocument"]["Statement"]
    assert [one["Resource"] for one in rights if "kms:Sign" in one["Action"]] == [[key]]
    assert kms.describe_key(KeyId=made["SigningKey"])["KeyMetadata"]["KeyState"] == "Enabled"


def _it_is_guarded(client: Any, made: dict[str, str]) -> None:
    """What a stage that people use has, and the local one has not."""
    table = client("dynamodb").describe_table(TableName=made["ChatsTable"])["Table"]
    assert table["DeletionProtectionEnabled"] is True
    pool = client("cognito-idp").describe_user_pool(UserPoolId=made["UserPool"])["UserPool"]
    assert (pool["DeletionProtection"], pool["MfaConfiguration"]) == ("ACTIVE", "ON")
    assert "imchat-staging" in [one["Name"] for one in client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"]]
    pages = client("cloudwatch").get_paginator("describe_alarms").paginate()
    alarms = [one for page in pages for one in page["MetricAlarms"] if made["Alarms"] in one["AlarmActions"]]
    assert len(alarms) > 60
    assert {one["StateValue"] for one in alarms} <= {"OK", "ALARM", "INSUFFICIENT_DATA"}


@pytest.mark.usefixtures("without_what_the_emulator_lacks")
def test_what_a_first_deployment_that_failed_left_is_removed_by_the_next(
    stack: dict[str, Any], bucket: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cloudformation = Api(stack).client("cloudformation")
    broken = {
        "Resources": {
            "Rule": {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": {"FunctionName": "no", "Qualifier": "no"}}
        }
    }
    cloudformation.create_stack(StackName="imchat-prod", TemplateBody=json.dumps(broken))
    with pytest.raises(DeployFailed):
        wait(cloudformation, "imchat-prod")
    assert deploy._ready(cloudformation, "imchat-prod") is None
    assert "removing what a first deployment that failed has left" in capsys.readouterr().out
    destroy("prod")
    assert "there is no such stack." in capsys.readouterr().out


def test_what_is_missing_or_wrong_is_named_before_anything_is_done(
    bucket: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("WEB_URL")
    with pytest.raises(Refused, match=r"WEB_URL=\.\.\. is needed the first time: an address like"):
        deploy.deploy("prod")
    monkeypatch.setenv("WEB_URL", "http://chat.example.com/")
    with pytest.raises(Refused, match=r"WEB_URL must be an address like https://chat\.example\.com; it is “http:"):
        deploy.deploy("prod")
    assert capsys.readouterr().out == ""


def test_N17_native_ttl_is_on_in_the_emulator_too(stack: dict[str, Any]) -> None:
    dynamodb = Api(stack).client("dynamodb")
    for table in tables.expiring():
        found = dynamodb.describe_time_to_live(TableName=stack["tables"][table])["TimeToLiveDescription"]
        assert found == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}

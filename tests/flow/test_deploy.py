"""Deploying with CloudFormation change sets, as to AWS, but to the emulator."""

import json
import secrets
import shutil
from pathlib import Path
from typing import Any

import pytest

from infra import deploy, tables
from infra.build import build
from infra.local.deploy import adapt
from infra.stacks import outputs
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


@pytest.fixture
def bucket(stack: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_ENDPOINT_URL", stack["endpoint_url"])
    name = f"packages-{secrets.token_hex(4)}"
    monkeypatch.setenv("BUCKET", name)
    monkeypatch.setenv("WEB_URL", "https://chat.example.com")
    monkeypatch.setenv("MAIL_FROM", "staging@imchat.example")
    Api(stack).client("s3").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": stack["region"]}
    )
    return name


@pytest.mark.usefixtures("without_what_the_emulator_lacks")
def test_a_stage_is_made_once_kept_as_it_is_and_taken_down_only_when_empty_or_told(
    stack: dict[str, Any], bucket: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deploy.deploy("staging")
    cloudformation = Api(stack).client("cloudformation")
    made = outputs(cloudformation.describe_stacks(StackName="imchat-staging")["Stacks"][0])
    assert made["ChatsTable"] in capsys.readouterr().out
    s3 = Api(stack).client("s3")
    assert s3.head_object(Bucket=made["WebBucket"], Key="widget.js")["CacheControl"] == "public, max-age=300"
    s3.put_object(Bucket=made["WebBucket"], Key="old.html", Body=b"of an earlier build")
    monkeypatch.delenv("WEB_URL")
    monkeypatch.delenv("MAIL_FROM")
    deploy.deploy("staging")
    assert "nothing to change in the stack." in capsys.readouterr().out
    assert "old.html" not in [one["Key"] for one in s3.list_objects_v2(Bucket=made["WebBucket"])["Contents"]]
    Api(stack).client("dynamodb").put_item(
        TableName=made["AccountsTable"], Item={"pk": {"S": "SITE#a"}, "sk": {"S": "SITE"}}
    )
    with pytest.raises(deploy.Refused, match="holds data"):
        deploy.destroy("staging")
    monkeypatch.setenv("FORCE", "yes")
    deploy.destroy("staging")
    assert made["WebBucket"] not in [one["Name"] for one in s3.list_buckets()["Buckets"]]
    deploy.destroy("staging")
    assert "there is no such stack." in capsys.readouterr().out


def test_what_is_missing_is_named(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WEB_URL")
    with pytest.raises(deploy.Refused, match="WEB_URL"):
        deploy.deploy("prod")
    monkeypatch.delenv("BUCKET")
    with pytest.raises(deploy.Refused, match="BUCKET"):
        deploy.deploy("prod")


def test_N17_native_ttl_is_on_in_the_emulator_too(stack: dict[str, Any]) -> None:
    dynamodb = Api(stack).client("dynamodb")
    for table in tables.expiring():
        found = dynamodb.describe_time_to_live(TableName=stack["tables"][table])["TimeToLiveDescription"]
        assert found == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}

"""What searches for planted values finds them wherever they are planted."""

import base64
import gzip
import html
import io
import json
import secrets
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from infra.traces import Place, traces
from tests.flow.client import Api, until

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def canary() -> str:
    return f"Ada <{secrets.token_hex(6)}> Löve lace"


@pytest.fixture
def client(stack: dict[str, Any]) -> Any:
    return Api(stack).client


def kinds(stack: dict[str, Any], canary: str) -> set[tuple[str, str]]:
    return {(place.kind, place.name) for place in traces(stack, [canary])[canary]}


@pytest.fixture
def bucket(client: Any) -> Iterator[str]:
    s3, name = client("s3"), f"traces-{secrets.token_hex(4)}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    yield name
    for one in s3.list_objects_v2(Bucket=name).get("Contents", []):
        s3.delete_object(Bucket=name, Key=one["Key"])
    s3.delete_bucket(Bucket=name)


def test_what_was_never_planted_is_nowhere(stack: dict[str, Any], canary: str) -> None:
    assert traces(stack, [canary]) == {canary: set()}


def test_a_short_canary_is_refused(stack: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="8 characters"):
        traces(stack, ["Ada"])


def test_in_a_table_and_in_its_index(stack: dict[str, Any], client: Any, canary: str) -> None:
    dynamodb, table = client("dynamodb"), stack["tables"]["chats"]
    key = {"pk": {"S": "traces"}, "sk": {"S": "META"}}
    item = {**key, "email_key": {"S": canary.upper()}, "opened_at": {"N": "1"}, "name": {"S": "x"}}
    dynamodb.put_item(TableName=table, Item=item)
    try:
        assert traces(stack, [canary])[canary] == {
            Place("table", "chats", "traces/META"),
            Place("index", "chats.email", "traces/META"),
        }
    finally:
        dynamodb.delete_item(TableName=table, Key=key)


def packed(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", gzip.compress(text.encode()))
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        lambda canary: canary.encode(),
        lambda canary: canary.replace(" ", "").lower().encode(),
        lambda canary: html.escape(canary).encode(),
        lambda canary: json.dumps({"name": canary}).encode(),
        lambda canary: gzip.compress(canary.encode()),
        packed,
        lambda canary: base64.b64encode(b"" + canary.encode() + b"after"),
        lambda canary: base64.b64encode(b"a" + canary.encode() + b"after"),
        lambda canary: base64.b64encode(b"ab" + canary.encode() + b"after"),
    ],
)
def test_in_an_object_however_it_is_spelled(
    stack: dict[str, Any], client: Any, bucket: str, canary: str, content: Any
) -> None:
    client("s3").put_object(Bucket=bucket, Key="plain", Body=content(canary))
    assert kinds({**stack, "buckets": {"mine": bucket}}, canary) == {("bucket", "mine")}


def test_in_an_objects_name_and_metadata(stack: dict[str, Any], client: Any, bucket: str) -> None:
    name, meta = f"n-{secrets.token_hex(8)}", f"m-{secrets.token_hex(8)}"
    client("s3").put_object(Bucket=bucket, Key=f"x/{name}.txt", Body=b"", Metadata={"who": meta})
    found = traces({**stack, "buckets": {"mine": bucket}}, [name, meta])
    assert found == {one: {Place("bucket", "mine", f"x/{name}.txt")} for one in (name, meta)}


def test_on_a_queue(stack: dict[str, Any], client: Any, canary: str) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=f"traces-{secrets.token_hex(4)}")["QueueUrl"]
    try:
        sqs.send_message(QueueUrl=url, MessageBody=canary)
        assert kinds(stack, canary) == {("queue", "all")}
        assert sqs.receive_message(QueueUrl=url)["Messages"]  # it is still there for whom it is for
    finally:
        sqs.delete_queue(QueueUrl=url)


def test_in_a_log(stack: dict[str, Any], client: Any, canary: str) -> None:
    logs, group = client("logs"), f"/traces/{secrets.token_hex(4)}"
    logs.create_log_group(logGroupName=group)
    try:
        logs.create_log_stream(logGroupName=group, logStreamName="one")
        event = {"timestamp": 1_795_000_000_000, "message": json.dumps({"who": canary})}
        logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=[event])
        assert kinds(stack, canary) == {("log", group)}
    finally:
        logs.delete_log_group(logGroupName=group)


def test_in_a_metrics_dimension(stack: dict[str, Any], client: Any) -> None:
    canary = f"canary-{secrets.token_hex(8)}"
    datum = {"MetricName": "Traces", "Dimensions": [{"Name": "who", "Value": canary}], "Value": 1}
    client("cloudwatch").put_metric_data(Namespace="traces", MetricData=[datum])
    assert kinds(stack, canary) == {("metric", "Traces")}


def test_in_a_mail(stack: dict[str, Any], client: Any) -> None:
    canary = f"canary-{secrets.token_hex(8)}"
    to = f"traces-{secrets.token_hex(4)}@example.org"
    client("sesv2").send_email(
        FromEmailAddress=stack["mail"]["from"],
        Destination={"ToAddresses": [to]},
        Content={"Simple": {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": canary}}}},
    )
    assert kinds(stack, canary) == {("mail", to)}


def test_in_the_history_of_an_execution(stack: dict[str, Any], client: Any, canary: str) -> None:
    machines = client("stepfunctions")
    definition = {"StartAt": "one", "States": {"one": {"Type": "Pass", "End": True}}}
    arn = machines.create_state_machine(
        name=f"traces-{secrets.token_hex(4)}",
        definition=json.dumps(definition),
        roleArn=client("iam").list_roles()["Roles"][0]["Arn"],
    )["stateMachineArn"]
    try:
        run = machines.start_execution(stateMachineArn=arn, input=json.dumps({"who": canary}))["executionArn"]
        until(lambda: machines.describe_execution(executionArn=run)["status"] != "RUNNING")
        assert {kind for kind, _ in kinds(stack, canary)} == {"execution"}
    finally:
        machines.delete_state_machine(stateMachineArn=arn)

"""What searches for planted values finds them wherever they are planted. Each test searches everything, so they stand
before those that write very much (pytest goes by name)."""

import base64
import gzip
import html
import io
import json
import secrets
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.traces import Place, traces
from tests.flow.client import Api, until

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def canary() -> str:
    return f"Ada \"<{secrets.token_hex(6)}> Löve O'lace/😀"


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
    held = s3.list_object_versions(Bucket=name)
    for one in (*held.get("Versions", ()), *held.get("DeleteMarkers", ())):
        s3.delete_object(Bucket=name, Key=one["Key"], VersionId=one["VersionId"])
    s3.delete_bucket(Bucket=name)


def test_what_was_never_planted_is_nowhere(stack: dict[str, Any], canary: str) -> None:
    assert traces(stack, [canary]) == {canary: set()}


def test_a_short_canary_is_refused(stack: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="8 characters"):
        traces(stack, ["Ada"])


def test_what_cannot_be_searched_is_not_clean(stack: dict[str, Any], canary: str) -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        traces({**stack, "buckets": {"mine": "traces-that-never-was"}}, [canary])


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


def test_packed_in_a_table(stack: dict[str, Any], client: Any, canary: str) -> None:
    dynamodb, table = client("dynamodb"), stack["tables"]["chats"]
    key = {"pk": {"S": "traces"}, "sk": {"S": "PACKED"}}
    dynamodb.put_item(TableName=table, Item={**key, "text": {"B": gzip.compress(canary.encode())}})
    try:
        assert traces(stack, [canary])[canary] == {Place("table", "chats", "traces/PACKED")}
    finally:
        dynamodb.delete_item(TableName=table, Key=key)


def packed(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", gzip.compress(text.encode()))
    return out.getvalue()


def deflated(text: str) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(text.encode()) + packer.flush()


@pytest.mark.parametrize(
    "content",
    [
        lambda canary: canary.encode(),
        lambda canary: canary.replace(" ", "").lower().encode(),
        lambda canary: html.escape(canary).encode(),
        lambda canary: html.escape(canary).replace("&#x27;", "&#39;").encode(),
        lambda canary: json.dumps({"name": canary}).encode(),
        lambda canary: json.dumps({"name": canary}, ensure_ascii=False).encode(),
        lambda canary: json.dumps(json.dumps({"name": canary})).encode(),
        lambda canary: urllib.parse.quote(canary, safe="").encode(),
        lambda canary: urllib.parse.quote_plus(canary).encode(),
        lambda canary: gzip.compress(b"before") + gzip.compress(canary.encode()),
        lambda canary: zlib.compress(canary.encode()),
        deflated,
        packed,
        lambda canary: base64.b64encode(b"" + canary.encode() + b"after"),
        lambda canary: base64.b64encode(b"a" + canary.encode() + b"after"),
        lambda canary: base64.b64encode(b"ab" + canary.encode() + b"after"),
        lambda canary: base64.b64encode(canary.lower().encode()),
        lambda canary: base64.urlsafe_b64encode(canary.encode()),
        lambda canary: base64.encodebytes(b"a" * 50 + canary.encode()),
    ],
)
def test_in_an_object_however_it_is_spelled(
    stack: dict[str, Any], client: Any, bucket: str, canary: str, content: Any
) -> None:
    client("s3").put_object(Bucket=bucket, Key="plain", Body=content(canary))
    assert kinds({**stack, "buckets": {"mine": bucket}}, canary) == {("bucket", "mine")}


def test_in_the_name_of_a_packed_member(stack: dict[str, Any], client: Any, bucket: str) -> None:
    canary, out = f"canary-{secrets.token_hex(8)}", io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(f"{canary}.txt", "")
    client("s3").put_object(Bucket=bucket, Key="plain", Body=out.getvalue())
    assert kinds({**stack, "buckets": {"mine": bucket}}, canary) == {("bucket", "mine")}


def test_what_only_begins_like_something_packed_is_read_as_it_is(
    stack: dict[str, Any], client: Any, bucket: str, canary: str
) -> None:
    client("s3").put_object(Bucket=bucket, Key="plain", Body=b"\x1f\x8b" + canary.encode())
    assert kinds({**stack, "buckets": {"mine": bucket}}, canary) == {("bucket", "mine")}


def test_in_an_objects_name_metadata_and_tags(stack: dict[str, Any], client: Any, bucket: str) -> None:
    name, meta, tag = (f"{what}-{secrets.token_hex(8)}" for what in ("name", "meta", "tag"))
    key = f"x/{name}.txt"
    client("s3").put_object(Bucket=bucket, Key=key, Body=b"", Metadata={"who": meta}, Tagging=f"who={tag}")
    assert traces({**stack, "buckets": {"mine": bucket}}, [name, meta, tag]) == {
        name: {Place("object name", "mine", key)},
        meta: {Place("bucket", "mine", key)},
        tag: {Place("bucket", "mine", key)},
    }


def test_in_an_object_that_was_deleted_but_has_versions(
    stack: dict[str, Any], client: Any, bucket: str, canary: str
) -> None:
    s3, name = client("s3"), f"name-{secrets.token_hex(8)}"
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=bucket, Key=name, Body=canary.encode())["VersionId"]
    s3.delete_object(Bucket=bucket, Key=name)
    mine = {**stack, "buckets": {"mine": bucket}}
    marked = {Place("object name", "mine", name)}
    assert traces(mine, [canary, name]) == {canary: {Place("bucket", "mine", name)}, name: marked}
    s3.delete_object(Bucket=bucket, Key=name, VersionId=version)
    assert traces(mine, [canary, name]) == {canary: set(), name: marked}


def test_on_a_queue(stack: dict[str, Any], client: Any, canary: str) -> None:
    sqs = client("sqs")
    name = f"traces-{secrets.token_hex(4)}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    try:
        sent = sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"who": canary}))["MessageId"]
        assert traces(stack, [canary])[canary] == {Place("queue", name, sent)}
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
        assert traces(stack, [canary])[canary] == {Place("log", group, "one")}
    finally:
        logs.delete_log_group(logGroupName=group)


def test_in_the_names_of_logs(stack: dict[str, Any], client: Any) -> None:
    logs, group, stream = client("logs"), f"/traces/{secrets.token_hex(8)}", f"stream-{secrets.token_hex(8)}"
    logs.create_log_group(logGroupName=group)
    try:
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        found = traces(stack, [group, stream])
        assert found == {group: {Place("log", group, "name")}, stream: {Place("log", group, stream)}}
    finally:
        logs.delete_log_group(logGroupName=group)


def test_at_the_end_of_a_long_log(stack: dict[str, Any], client: Any, canary: str) -> None:
    logs, group = client("logs"), f"/traces/{secrets.token_hex(4)}"
    logs.create_log_group(logGroupName=group)
    try:
        logs.create_log_stream(logGroupName=group, logStreamName="one")
        for _ in range(10):  # FilterLogEvents here ends after 10,000
            events = [{"timestamp": 1_795_000_000_000, "message": "x"}] * 1000
            logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=events)
        event = {"timestamp": 1_795_000_000_001, "message": canary}
        logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=[event])
        assert kinds(stack, canary) == {("log", group)}
    finally:
        logs.delete_log_group(logGroupName=group)


@pytest.mark.parametrize("bus", ["default", "traces"])
def test_in_the_input_of_a_rules_target(stack: dict[str, Any], client: Any, canary: str, bus: str) -> None:
    events, rule = client("events"), f"traces-{secrets.token_hex(4)}"
    if bus != "default":
        events.create_event_bus(Name=bus)
    try:
        events.put_rule(Name=rule, EventBusName=bus, EventPattern=json.dumps({"source": ["traces"]}))
        target = {"Id": "1", "Arn": "arn:aws:sqs:eu-west-2:000000000000:x", "Input": json.dumps({"who": canary})}
        events.put_targets(Rule=rule, EventBusName=bus, Targets=[target])
        assert kinds(stack, canary) == {("rule", rule)}
    finally:
        events.remove_targets(Rule=rule, EventBusName=bus, Ids=["1"])
        events.delete_rule(Name=rule, EventBusName=bus)
        if bus != "default":
            events.delete_event_bus(Name=bus)


def test_in_the_environment_of_functions(stack: dict[str, Any]) -> None:
    """What the template has put there is as good as a canary."""
    assert "function" in {kind for kind, _ in kinds(stack, stack["tables"]["chats"])}


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
    name = f"traces-{secrets.token_hex(4)}"
    arn = machines.create_state_machine(
        name=name,
        definition=json.dumps(definition),
        roleArn=client("iam").list_roles()["Roles"][0]["Arn"],
    )["stateMachineArn"]
    try:
        run = machines.start_execution(stateMachineArn=arn, input=json.dumps({"who": canary}))["executionArn"]
        until(lambda: machines.describe_execution(executionArn=run)["status"] != "RUNNING")
        assert traces(stack, [canary])[canary] == {Place("execution", name, run.rpartition(":")[2])}
    finally:
        machines.delete_state_machine(stateMachineArn=arn)

"""What an engineer does to queues, requests, secrets and staff, on the emulator."""

import json
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from imchat import aws, clock, tokens
from imchat.errors import Conflict, NotFound, Unauthorised
from imchat.rights import intake
from imchat.settings import settings
from imchat.stores.requests import Request
from imchat.tokens import LIFETIME
from infra.stacks import outputs
from operations import accounts
from operations import queues as module
from operations import requests as seen
from operations.edge_secret import Edge
from operations.queues import dead_letters, queues, redrive
from operations.rotation import ALIVE, SEEN, replace_address, rotate_edge, rotate_token
from tests.adapters.worlds import NOON, world

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def stack_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A stack of three queues: one at work, what fails there, and what fails in functions; their addresses."""
    sqs, tag = boto3.client("sqs"), secrets.token_hex(4)
    urls = {name: sqs.create_queue(QueueName=f"{name}-{tag}")["QueueUrl"] for name in ("Jobs", "Dead", "Failed")}
    dead = sqs.get_queue_attributes(QueueUrl=urls["Dead"], AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": 5})
    sqs.set_queue_attributes(QueueUrl=urls["Jobs"], Attributes={"RedrivePolicy": policy})
    listed = {"AWS::SQS::Queue": list(urls.items())}
    monkeypatch.setattr(module, "resources", lambda stack, kind: listed.get(kind, []))
    yield urls
    for url in urls.values():
        sqs.delete_queue(QueueUrl=url)


def bodies(url: str) -> list[str]:
    found = boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    return sorted(message["Body"] for message in found.get("Messages", []))


def put(url: str, *messages: str, **attributes: str) -> None:
    for body in messages:
        boto3.client("sqs").send_message(
            QueueUrl=url,
            MessageBody=body,
            MessageAttributes={key: {"DataType": "String", "StringValue": value} for key, value in attributes.items()},
        )


def test_queues_tell_work_from_dead_letters(stack_of: dict[str, str]) -> None:
    put(stack_of["Dead"], "a")
    found = queues("x")
    assert [(one.name, one.dead, one.waiting) for one in found] == [
        ("Jobs", False, 0), ("Dead", True, 1), ("Failed", True, 0),
    ]  # fmt: skip
    assert dead_letters("x", "Dead") == [found[1]]
    for none in ("Jobs", "Nothing"):
        with pytest.raises(NotFound):
            dead_letters("x", none)


def test_a_failed_job_goes_back_to_its_queue_and_only_those_that_were_there(stack_of: dict[str, str]) -> None:
    put(stack_of["Dead"], *(f"job {number}" for number in range(12)))
    (queue,) = dead_letters("x", "Dead")
    put(stack_of["Dead"], "later")
    assert redrive(queue) == {"moved": 12}
    assert len(bodies(stack_of["Dead"])) == 1
    (again,) = dead_letters("x", "Dead")
    assert redrive(again) == {"moved": 1}
    assert redrive(dead_letters("x", "Dead")[0]) == {}
    assert next(one for one in queues("x") if one.name == "Jobs").waiting == 13


def test_a_failed_call_is_given_to_its_function_again_and_what_nobody_knows_is_left(
    stack_of: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, Any]] = []
    real = boto3.client

    def invoke(FunctionName: str, InvocationType: str, Payload: bytes) -> None:
        assert InvocationType == "Event"
        calls.append((FunctionName, json.loads(Payload)))

    fake = SimpleNamespace(invoke=invoke)
    monkeypatch.setattr(module.boto3, "client", lambda service: fake if service == "lambda" else real(service))
    record = {"requestContext": {"functionArn": "arn:sweeper"}, "requestPayload": {"a": 1}, "responsePayload": None}
    put(stack_of["Failed"], json.dumps(record))
    put(stack_of["Failed"], '{"detail": 2}', TARGET_ARN="arn:inbound", RULE_ARN="arn:rule")
    put(stack_of["Failed"], "what is this?")
    put(stack_of["Failed"], '{"requestContext": []}')
    assert redrive(dead_letters("x", "Failed")[0]) == {"invoked": 2, "left": 2}
    assert sorted(calls) == [("arn:inbound", {"detail": 2}), ("arn:sweeper", {"a": 1})]


def test_a_letter_is_not_lost_when_trying_it_again_fails(
    stack_of: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(stack_of["Dead"], "job")
    (queue,) = dead_letters("x", "Dead")
    monkeypatch.setattr(module, "_try_again", lambda *_: (_ for _ in ()).throw(ConnectionError))
    monkeypatch.setattr(module, "_MOVING_SECONDS", 0)
    with pytest.raises(ConnectionError):
        redrive(queue)
    assert bodies(stack_of["Dead"]) == ["job"]


def asked(at: datetime, **more: Any) -> Request:
    site = world()
    return intake.take_in(
        site.site_id, site.operator, kind="access", channel="letter", received_at=at, name="Ada", email=None,
        phone=None, details="What do you hold?", identity=intake.Identity(True, "document", at), authority=None,
        now=at, **more,
    )  # fmt: skip


def test_overdue_and_stuck_requests_are_known_by_reference_and_go_on_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    late, fine = asked(NOON - timedelta(days=60)), asked(NOON)
    rows = {row.reference: row for row in seen.overdue(NOON)}
    assert late.pk in rows
    assert fine.pk not in rows
    assert rows[late.pk].days_left < -20
    assert "Ada" not in str(rows)
    assert fine.pk not in {row.reference for row in seen.stuck(NOON)}
    Request(fine.pk).change([Request.failed.set("search"), Request.step.set("attention")])
    assert next(row for row in seen.stuck(NOON) if row.reference == fine.pk).state == "failed at search"
    seen.retry(fine.pk, "engineer:AIDA")
    assert fine.pk not in {row.reference for row in seen.stuck(NOON)}
    with pytest.raises(Conflict):
        seen.retry(fine.pk, "engineer:AIDA")
    with pytest.raises(NotFound):
        seen.retry("aaaa-bbbb-cccc", "engineer:AIDA")


@pytest.fixture
def secret() -> Iterator[Any]:
    """A maker of secrets that go afterwards."""
    client, made = aws.client("secretsmanager"), []

    def make(value: Any) -> str:
        made.append(client.create_secret(Name=f"test-{secrets.token_hex(4)}", SecretString=json.dumps(value))["ARN"])
        return str(made[-1])

    yield make
    for one in made:
        client.delete_secret(SecretId=one, ForceDeleteWithoutRecovery=True)


def known(secret_id: str) -> dict[str, str]:
    value: dict[str, str] = json.loads(
        aws.client("secretsmanager").get_secret_value(SecretId=secret_id)["SecretString"]
    )
    return value


def test_tokens_hold_through_every_step_of_a_rotation(secret: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    key = secret({"current": "1", "1": secrets.token_hex(32)})
    monkeypatch.setattr(tokens, "settings", lambda: SimpleNamespace(token_secret_id=key))
    real, at = clock.now(), [0.0]
    monkeypatch.setattr(aws, "time", SimpleNamespace(monotonic=lambda: at[0]))

    def token() -> str:
        return tokens.issue("a" * 26, "site", None, now=real, expires_at=int((real + LIFETIME).timestamp()))

    held = [token()]
    for step in range(3):
        # As late as each step may come.
        rotate_token(key, real + step * ALIVE)
        for elapsed in (0.0, aws.SECRET_SECONDS):  # a function that has just asked, and one that asks again
            at[0] += elapsed
            held.append(token())
            alive = held if step < 2 else held[-1:]
            assert all(tokens.verify(one, real).chat_id == "a" * 26 for one in alive)
    assert set(known(key)) == {"current", "2"}
    with pytest.raises(Unauthorised):
        tokens.verify(held[0], real)


def test_a_warm_function_knows_a_changed_secret_after_five_minutes_at_the_latest(
    secret: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, at = secret("old"), [1000.0]
    monkeypatch.setattr(aws, "time", SimpleNamespace(monotonic=lambda: at[0]))
    before = aws.secret(key)
    replace_address(key)
    at[0] += aws.SECRET_SECONDS - 1
    assert aws.secret(key) == before
    at[0] += 1
    assert aws.secret(key) not in (before, "old")


def test_the_edge_is_known_through_every_step_of_a_rotation(secret: Any) -> None:
    stack = boto3.client("cloudformation").describe_stacks(StackName="imchat-dev")["Stacks"][0]
    cloudfront, edge = boto3.client("cloudfront"), Edge(outputs(stack)["Distribution"])

    def shown() -> str:
        origins = cloudfront.get_distribution_config(Id=edge.distribution)["DistributionConfig"]["Origins"]["Items"]
        (header,) = [one for origin in origins for one in origin.get("CustomHeaders", {}).get("Items", ())]
        return str(header["HeaderValue"])

    first = shown()
    key = secret({"shown": first})
    try:
        assert rotate_edge(key, edge, clock.now()).at
        assert (len(known(key)), shown()) == (2, first)
        rotate_edge(key, edge, clock.now())  # too early
        assert (known(key)["shown"], shown()) == (first, first)
        rotate_edge(key, edge, clock.now() + SEEN)
        assert known(key)["shown"] == shown() != first
        rotate_edge(key, edge, clock.now())  # too early
        assert first in known(key).values()
        assert rotate_edge(key, edge, clock.now() + SEEN).at is None
        assert known(key) == {"shown": shown()}
    finally:
        edge.show(first)


def test_the_firewall_is_told_of_both_secrets_and_then_of_one() -> None:
    waf, name = boto3.client("wafv2"), f"test-{secrets.token_hex(4)}"
    watched = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": name}
    match = {"ByteMatchStatement": {
        "FieldToMatch": {"SingleHeader": {"Name": "x-imchat-edge"}}, "PositionalConstraint": "EXACTLY",
        "SearchString": b"first", "TextTransformations": [{"Priority": 0, "Type": "NONE"}]}}  # fmt: skip
    rate = {"RateBasedStatement": {"AggregateKeyType": "IP", "Limit": 3000, "ScopeDownStatement": match}}
    rule = {"Name": "edge", "Priority": 1, "Action": {"Block": {}}, "VisibilityConfig": watched, "Statement": rate}
    made = waf.create_web_acl(
        Name=name, Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=watched, Rules=[rule]
    )["Summary"]
    place = {"Name": name, "Scope": "REGIONAL", "Id": made["Id"]}
    edge = Edge("none", (f"{name}|{made['Id']}|REGIONAL",))

    def sought() -> dict[str, Any]:
        statement: dict[str, Any] = waf.get_web_acl(**place)["WebACL"]["Rules"][0]["Statement"]
        return dict(statement["RateBasedStatement"]["ScopeDownStatement"])

    edge.take(["first", "second"])
    assert len(sought()["OrStatement"]["Statements"]) == 2
    edge.take(["second"])
    assert set(sought()) == {"ByteMatchStatement"}
    waf.delete_web_acl(**place, LockToken=waf.get_web_acl(**place)["LockToken"])


def test_somebody_leaves_comes_back_and_starts_anew(tables: dict[str, Any]) -> None:
    site_id, username = world().site_id, f"olga-{secrets.token_hex(4)}"
    cognito, pool = aws.client("cognito-idp"), {"UserPool": tables["user_pool_id"]}
    add: dict[str, Any] = {"username": username, "password": None, "site_id": site_id, "name": "Olga"}
    first = accounts.add_staff(cognito, pool, **add, groups=["operator"])
    # What was cut is done again; what is somebody else's is not touched.
    assert accounts.add_staff(cognito, pool, **add, groups=["operator", "owner"]) == first
    with pytest.raises(Conflict, match="username_taken"):
        accounts.add_staff(cognito, pool, **{**add, "site_id": world().site_id}, groups=["owner"])
    with pytest.raises(NotFound):
        accounts.add_staff(cognito, pool, **{**add, "site_id": "nowhere"}, groups=["owner"])
    (who,) = accounts.staff(site_id)
    assert (who, who.groups) == (accounts.member(username), ("operator", "owner"))
    accounts.disable(who, disabled=True)
    assert accounts.member(username).state == "DISABLED"
    assert accounts.accounts.operator(site_id, who.staff_id) is None
    accounts.disable(who, disabled=False)
    assert accounts.accounts.operator(site_id, who.staff_id)
    cognito.admin_set_user_password(
        UserPoolId=settings().user_pool, Username=username, Password="Password1234", Permanent=True
    )
    assert accounts.member(username).state == "CONFIRMED"
    assert accounts.reset(who)
    assert accounts.member(username).state == "FORCE_CHANGE_PASSWORD"
    accounts.remove(who)
    with pytest.raises(NotFound, match="member_of_staff"):
        accounts.member(username)

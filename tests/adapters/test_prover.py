"""The nightly proof on a running stack: each thing that is sabotaged turns its check red, and is put right again. What
the emulator cannot show is shown by recorded answers of AWS; those tests say so by their names."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import msgspec
import pytest
from botocore.exceptions import ClientError

from imchat import aws
from imchat.clock import rfc3339
from imchat.errors import Conflict, Forbidden, Refused
from imchat.prover import looking, publishing
from imchat.prover import sentences as sentence_module
from imchat.prover.checks import CHECKS, pages, running, secrecy, tables
from imchat.prover.finding import Finding, Outcome
from imchat.prover.history import Span
from imchat.prover.night import Night, keep, last_night
from imchat.prover.release import KEY, Release, release, template_hash
from imchat.prover.sentences import LONGEST, admit, say, sentences
from imchat.prover.stack import Stack, stack
from imchat.register.notice import notice
from imchat.register.promises import PROMISES
from imchat.register.stores import store
from imchat.settings import settings
from imchat.stores.evidence import Entry
from infra.build import ROOT
from infra.tables import definition
from tests.unit.built import built

BY_NAME = {check.name: check for check in CHECKS}
KEPT, NOT_KEPT, UNKNOWN = Outcome.KEPT, Outcome.NOT_KEPT, Outcome.UNKNOWN
pytestmark = pytest.mark.usefixtures("tables")


def now() -> datetime:
    return datetime.now(UTC)


def look(name: str) -> Finding:
    """One check, asked anew."""
    stack.cache_clear()
    release.cache_clear()
    finding = BY_NAME[name].look(now())
    assert finding is not None
    return finding


def physical(name: str) -> str:
    return stack().physical_ids[name]


@contextmanager
def changed(set_it: Callable[[], Any], put_right: Callable[[], Any]) -> Iterator[None]:
    set_it()
    try:
        yield
    finally:
        put_right()


def expiry_off() -> Any:
    def switch(*, on: bool) -> None:
        expiry = {"AttributeName": "expires_at", "Enabled": on}
        aws.client("dynamodb").update_time_to_live(TableName=physical("ChatsTable"), TimeToLiveSpecification=expiry)

    return changed(lambda: switch(on=False), lambda: switch(on=True))


def backups_off() -> Any:
    def switch(*, on: bool) -> None:
        aws.client("dynamodb").update_continuous_backups(
            TableName=physical("ChatsTable"), PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": on}
        )

    return changed(lambda: switch(on=False), lambda: switch(on=True))


def files_without_end() -> Any:
    s3, bucket = aws.client("s3"), settings().exports_bucket
    rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    return changed(
        lambda: s3.delete_bucket_lifecycle(Bucket=bucket),
        lambda: s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules}),
    )


def some_files_without_end() -> Any:
    s3, bucket = aws.client("s3"), settings().exports_bucket
    rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    limited = [one | {"Filter": {"Prefix": "some/"}} for one in rules]
    return changed(
        lambda: s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": limited}),
        lambda: s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules}),
    )


def a_bucket_that_may_be_public() -> Any:
    s3, bucket = aws.client("s3"), settings().exports_bucket
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    return changed(
        lambda: s3.delete_public_access_block(Bucket=bucket),
        lambda: s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block),
    )


def a_bucket_for_everybody() -> Any:
    s3, bucket = aws.client("s3"), settings().parts_bucket
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everybody]})
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]

    def let_in() -> None:
        s3.delete_public_access_block(Bucket=bucket)
        s3.put_bucket_policy(Bucket=bucket, Policy=policy)
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)

    return changed(let_in, lambda: s3.delete_bucket_policy(Bucket=bucket))


def a_wider_policy() -> Any:
    iam, name = aws.client("iam"), physical("MailerRole")
    policy = iam.get_role_policy(RoleName=name, PolicyName="rights")["PolicyDocument"]
    wider = json.loads(json.dumps(policy))
    wider["Statement"][0]["Resource"] = "*"
    return changed(
        lambda: iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=json.dumps(wider)),
        lambda: iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=json.dumps(policy)),
    )


def a_policy_too_many() -> Any:
    iam, name = aws.client("iam"), physical("MailerRole")
    all_of_it = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    return changed(
        lambda: iam.put_role_policy(RoleName=name, PolicyName="more", PolicyDocument=json.dumps(all_of_it)),
        lambda: iam.delete_role_policy(RoleName=name, PolicyName="more"),
    )


def a_managed_policy() -> Any:
    iam, name, arn = aws.client("iam"), physical("MailerRole"), "arn:aws:iam::aws:policy/ReadOnlyAccess"
    return changed(
        lambda: iam.attach_role_policy(RoleName=name, PolicyArn=arn),
        lambda: iam.detach_role_policy(RoleName=name, PolicyArn=arn),
    )


def a_role_for_others() -> Any:
    iam, name = aws.client("iam"), physical("MailerRole")
    trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    others = json.loads(json.dumps(trust))
    others["Statement"][0]["Principal"] = {"AWS": "arn:aws:iam::123456789012:root"}
    return changed(
        lambda: iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(others)),
        lambda: iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust)),
    )


def another_release(**differs: Any) -> Callable[[], Any]:
    """As if something else were said to run than does: the same difference as another code, template or page."""

    def sabotage() -> Any:
        s3, place = aws.client("s3"), {"Bucket": settings().proof_bucket, "Key": KEY}
        body = s3.get_object(**place)["Body"].read()
        known = msgspec.json.decode(body, type=Release)
        other = msgspec.structs.replace(known, **{name: change(known) for name, change in differs.items()})
        return changed(
            lambda: s3.put_object(**place, Body=msgspec.json.encode(other)), lambda: s3.put_object(**place, Body=body)
        )

    return sabotage


def another_key() -> Any:
    s3, bucket = aws.client("s3"), settings().exports_bucket
    rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    plain = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    return changed(
        lambda: s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=plain),
        lambda: s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=rules),
    )


def logs_without_end() -> Any:
    logs, group = aws.client("logs"), physical("MailerLogs")
    return changed(
        lambda: logs.delete_retention_policy(logGroupName=group),
        lambda: logs.put_retention_policy(logGroupName=group, retentionInDays=30),
    )


def no_second_factor() -> Any:
    cognito, pool = aws.client("cognito-idp"), settings().user_pool
    before = cognito.get_user_pool_mfa_config(UserPoolId=pool)
    return changed(
        lambda: cognito.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OFF"),
        lambda: cognito.set_user_pool_mfa_config(
            UserPoolId=pool,
            MfaConfiguration=before["MfaConfiguration"],
            SoftwareTokenMfaConfiguration=before["SoftwareTokenMfaConfiguration"],
        ),
    )


def a_rule_off(rule: str) -> Callable[[], Any]:
    def sabotage() -> Any:
        events, name = aws.client("events"), physical(rule)
        return changed(lambda: events.disable_rule(Name=name), lambda: events.enable_rule(Name=name))

    return sabotage


def a_rule_for_nothing() -> Any:
    events, name = aws.client("events"), physical("SweepSchedule")
    targets = events.list_targets_by_rule(Rule=name)["Targets"]
    return changed(
        lambda: events.remove_targets(Rule=name, Ids=[one["Id"] for one in targets]),
        lambda: events.put_targets(Rule=name, Targets=targets),
    )


def a_dead_letter() -> Any:
    sqs, queue = aws.client("sqs"), physical("InboundDeadLetters")
    return changed(lambda: sqs.send_message(QueueUrl=queue, MessageBody="-"), lambda: sqs.purge_queue(QueueUrl=queue))


def a_second_stage() -> Any:
    gateway, api = aws.client("apigateway"), physical("RestAPI")
    deployment = gateway.get_stages(restApiId=api)["item"][0]["deploymentId"]
    return changed(
        lambda: gateway.create_stage(restApiId=api, stageName="Stage", deploymentId=deployment),
        lambda: gateway.delete_stage(restApiId=api, stageName="Stage"),
    )


# Check: what is done to the stage. docs/proof.md tells of each.
SABOTAGES: list[tuple[str, Callable[[], Any]]] = [
    ("expiry", expiry_off),
    ("backups", backups_off),
    ("files-end", files_without_end),
    ("files-end", some_files_without_end),
    ("files-closed", a_bucket_that_may_be_public),
    ("files-closed", a_bucket_for_everybody),
    ("permissions", a_wider_policy),
    ("permissions", a_policy_too_many),
    ("permissions", a_managed_policy),
    ("permissions", a_role_for_others),
    ("release", another_release(functions=lambda known: known.layer)),
    ("release", another_release(layer=lambda known: known.functions)),
    ("release", another_release(template=lambda _: template_hash({}))),
    ("encrypted", another_key),
    ("logs-end", logs_without_end),
    ("sign-in", no_second_factor),
    ("sweeper", a_rule_off("SweepSchedule")),
    ("sweeper", a_rule_for_nothing),
    ("nudger", a_rule_off("NudgeSchedule")),
    ("reminders", a_rule_off("RemindersSchedule")),
    ("dead-letters", a_dead_letter),
    ("one-door", a_second_stage),
    ("headers", another_release(headers=lambda _: {"/console/index.html": {"Content-Security-Policy": "none"}})),
    ("pages", another_release(pages=lambda known: known.pages | {"/widget.js": "0" * 64})),
]


@pytest.mark.parametrize(
    ("name", "sabotage"), SABOTAGES, ids=[f"{name}-{place}" for place, (name, _) in enumerate(SABOTAGES)]
)
def test_a_check_is_red_while_what_it_looks_at_is_sabotaged_and_not_before_or_after(
    name: str, sabotage: Callable[[], Any]
) -> None:
    assert look(name).outcome != NOT_KEPT
    with sabotage():
        assert look(name).outcome == NOT_KEPT
    assert look(name).outcome != NOT_KEPT


@pytest.mark.parametrize(("hours", "outcome"), [(1, KEPT), (3, NOT_KEPT)])
def test_what_was_not_swept_for_two_hours_turns_its_check_red(
    monkeypatch: pytest.MonkeyPatch, hours: int, outcome: Outcome
) -> None:
    chats = store("chats")
    name = f"swept-{uuid.uuid4().hex}"
    table = boto3.resource("dynamodb").create_table(TableName=name, **definition(chats))
    monkeypatch.setattr(tables, "stores", lambda: [chats])
    monkeypatch.setattr(tables, "table_name", lambda _: name)
    assert look("swept").outcome == KEPT
    due = int((now() - timedelta(hours=hours)).timestamp())
    table.put_item(Item={"pk": "left-behind", "sk": "META", "due_shard": "due#3", "due_at": due})
    assert look("swept").outcome == outcome
    table.delete()


def test_dead_letters_that_an_engineer_knows_are_no_failure() -> None:
    sqs, queue = aws.client("sqs"), physical("InboundDeadLetters")
    with a_dead_letter():
        sqs.tag_queue(QueueUrl=queue, Tags={running.KNOWN_TAG: "1"})
        assert look("dead-letters").outcome == KEPT
        sqs.untag_queue(QueueUrl=queue, TagKeys=[running.KNOWN_TAG])


def test_an_old_notice_turns_its_check_red(monkeypatch: pytest.MonkeyPatch) -> None:
    assert look("notice").outcome == KEPT
    monkeypatch.setattr(pages, "notice", lambda at: notice(at) | {"version": "1000"})
    assert look("notice").outcome == NOT_KEPT


def test_what_works_by_the_clock_has_run_where_its_log_says_so() -> None:
    logs, group, stream = aws.client("logs"), physical("SweeperLogs"), "proof"
    assert look("sweeper").outcome in (UNKNOWN, KEPT)
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    entry = {"timestamp": round(now().timestamp() * 1000), "message": '{"message": "swept"}'}
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[entry])
    assert look("sweeper").outcome == KEPT
    late = now() + timedelta(hours=3)
    assert BY_NAME["sweeper"].look(late) == Finding(NOT_KEPT, "Sweeper has not ended well for 2 hours")
    logs.delete_log_stream(logGroupName=group, logStreamName=stream)


def test_the_whole_night_is_published_signed_and_told_of() -> None:
    assert set(looking.look(now())) <= set(BY_NAME)
    # Of all else as if it were kept: other tests leave things behind.
    kept = dict.fromkeys(BY_NAME, Finding(KEPT))
    with expiry_off():
        broken = publishing.publish(kept | {"expiry": look("expiry")}, now())
    assert 17 in broken
    s3, bucket = aws.client("s3"), settings().proof_bucket
    say(17, "We <i>mend</i> it.", instead_of="", by="priya", now=now())
    publishing.again()
    page = s3.get_object(Bucket=bucket, Key=f"public/{publishing.PAGE}")
    shown = page["Body"].read().decode()
    assert "We &lt;i&gt;mend&lt;/i&gt; it." in shown
    assert "TTL is" not in shown
    assert page["ContentType"].startswith("text/html")
    assert "max-age=300" in page["CacheControl"]
    publishing.publish(kept, now())
    proof = json.loads(s3.get_object(Bucket=bucket, Key=f"public/{publishing.JSON}")["Body"].read())
    (promise,) = [one for one in proof["promises"] if one["number"] == 17]
    assert promise["before"][-1]["state"] == NOT_KEPT
    assert promise["before"][-1]["sentence"] == "We <i>mend</i> it."
    assert promise["sentence"] is None


def failing(*numbers: int) -> None:
    """Keep a night in which these promises are not kept, since now, and the others are."""
    at = rfc3339(now())
    keep(Night(at, "r", {}, {number: [Span(NOT_KEPT if number in numbers else KEPT, at, at)] for number in PROMISES}))


def since(number: int) -> str:
    night = last_night()
    assert night
    return night.history[number][-1].since


def test_what_the_desk_says_is_changed_taken_back_and_recorded_as_who_wrote_it() -> None:
    failing(17)
    by = f"priya-{uuid.uuid4()}"
    say(17, "We look into it.", instead_of="", by=by, now=now())
    say(17, "A rule was off.", instead_of="We look into it.", by=by, now=now())
    assert sentences()[17, since(17)] == "A rule was off."
    say(17, " ", instead_of="A rule was off.", by=by, now=now())
    assert (17, since(17)) not in sentences()
    mine = sorted((one for one in Entry.query("proof#17") if one.actor == by), key=lambda one: one.sk)
    assert [one.action for one in mine] == ["say_of_failure", "say_of_failure", "take_sentence_back"]
    assert {value for one in mine for value in (one.name, one.email, one.name_key, one.email_key)} == {None}


def test_of_two_who_write_at_once_the_second_is_told() -> None:
    failing(17)
    say(17, "One.", instead_of="", by="priya", now=now())
    with pytest.raises(Conflict, match="changed_meanwhile"):
        say(17, "Two.", instead_of="", by="paul", now=now())
    say(17, "One.", instead_of="", by="priya", now=now())  # an answer that was lost
    assert sentences()[17, since(17)] == "One."


def test_who_writes_between_reading_and_writing_of_another_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(17)
    read = sentence_module._read

    def reads_and_then_another_writes(number: int, since: str) -> Any:
        before = read(number, since)
        monkeypatch.undo()
        say(17, "First.", instead_of="", by="paul", now=now())
        return before

    monkeypatch.setattr(sentence_module, "_read", reads_and_then_another_writes)
    with pytest.raises(Conflict, match="changed_meanwhile"):
        say(17, "Second.", instead_of="", by="priya", now=now())
    assert sentences()[17, since(17)] == "First."


@pytest.mark.parametrize(
    ("number", "sentence", "refusal"),
    [
        (16, "It is kept.", "promise_not_failing"),
        (25, "There is none.", "promise_not_found"),
        (17, "x" * (LONGEST + 1), "invalid_value"),
    ],
)
def test_nothing_is_said_of_what_is_kept_and_nothing_too_long(number: int, sentence: str, refusal: str) -> None:
    failing(17)
    with pytest.raises(Refused, match=refusal):
        say(number, sentence, instead_of="", by="priya", now=now())


def test_only_the_desk_of_the_company_that_runs_the_system_sees_what_engineers_are_told() -> None:
    admit(settings().mail_site_id)
    with pytest.raises(Forbidden, match="not_our_desk"):
        admit("another-site")


# What the emulator cannot show, by answers as AWS gives them.


class Recorded:
    """A client whose calls are answered from a table; a call that is not in it fails the test."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(**_: Any) -> Any:
            answer = self._answers[method]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call

    def get_paginator(self, method: str) -> "Recorded":
        return Recorded(paginate=[self._answers[method]])


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Answers of AWS on a stage that people use."""
    template = built()
    ids = {name: f"imchat-prod-{name}" for name in template["Resources"]}
    parameters = {"Stage": "prod", "MailFrom": "chat@example.com", "AlarmEmail": "ops@example.com"}
    prod = Stack("imchat-prod", template, ids, parameters, now())
    for module in (tables, running, secrecy):
        monkeypatch.setattr(module, "stack", lambda: prod)

    def answer(**answers: Any) -> None:
        made = Recorded(**answers)
        monkeypatch.setattr(aws, "client", lambda _: made)

    return answer


def finding(name: str) -> Outcome:
    made = BY_NAME[name].look(now())
    assert made is not None
    return made.outcome


def test_recorded_answers_the_window_of_backups(recorded: Callable[..., None]) -> None:
    def told(days: int) -> dict[str, Any]:
        recovery = {"PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": days}
        return {"ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": recovery}}

    # Of the tables without backups it is told that they have some: so the days of the others are not all that is wrong.
    recorded(describe_continuous_backups=told(7), list_backups={"BackupSummaries": []})
    by_days = BY_NAME["backups"].look(now())
    assert by_days is not None
    assert "reach back" not in by_days.technical
    recorded(describe_continuous_backups=told(35), list_backups={"BackupSummaries": [{}]})
    longer = BY_NAME["backups"].look(now())
    assert longer is not None
    assert "chats: backups reach back 35 days" in longer.technical
    assert "chats: somebody made a backup by hand" in longer.technical


@pytest.mark.parametrize(("protected", "outcome"), [(True, KEPT), (False, NOT_KEPT)])
def test_recorded_answers_what_cannot_be_deleted_by_mistake(
    recorded: Callable[..., None], protected: bool, outcome: Outcome
) -> None:
    recorded(describe_table={"Table": {"DeletionProtectionEnabled": protected}})
    assert finding("protected") == outcome


@pytest.mark.parametrize(("status", "outcome"), [(None, KEPT), ("Enabled", NOT_KEPT), ("Suspended", NOT_KEPT)])
def test_recorded_answers_versions_of_files(
    monkeypatch: pytest.MonkeyPatch, status: str | None, outcome: Outcome
) -> None:
    made = Recorded(get_bucket_versioning={"Status": status} if status else {})
    stack()  # as it is, before nothing but this is answered
    monkeypatch.setattr(aws, "client", lambda _: made)
    assert finding("files-final") == outcome


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"VerifiedForSendingStatus": True}, KEPT),
        ({"VerifiedForSendingStatus": False}, NOT_KEPT),
        (ClientError({"Error": {"Code": "NotFoundException"}}, "GetEmailIdentity"), NOT_KEPT),
    ],
)
def test_recorded_answers_the_identity_of_mail(recorded: Callable[..., None], answer: Any, outcome: Outcome) -> None:
    recorded(get_email_identity=answer)
    assert finding("mail-out") == outcome


@pytest.mark.parametrize(
    ("active", "enabled", "outcome"),
    [("imchat-prod-MailRules", 2, KEPT), ("imchat-prod-MailRules", 1, NOT_KEPT), ("another", 2, NOT_KEPT), (None, 0, NOT_KEPT)],
)  # fmt: skip
def test_recorded_answers_the_rules_that_take_in_mail(
    recorded: Callable[..., None], active: str | None, enabled: int, outcome: Outcome
) -> None:
    resources = built()["Resources"]
    (rule_set,) = [name for name, one in resources.items() if one["Type"] == "AWS::SES::ReceiptRuleSet"]
    rules = [name for name, one in resources.items() if one["Type"] == "AWS::SES::ReceiptRule"]
    active = active and active.replace("MailRules", rule_set)
    told = [{"Enabled": True} for _ in rules][: enabled if enabled < 2 else None]
    if enabled == 1:
        told = told[:-1]
    recorded(describe_active_receipt_rule_set={"Metadata": {"Name": active} if active else {}, "Rules": told})
    assert finding("mail-in") == outcome


@pytest.mark.parametrize(
    ("armed", "subscribed", "outcome"), [(True, True, KEPT), (False, True, NOT_KEPT), (True, False, NOT_KEPT)]
)
def test_recorded_answers_alarms_that_ring(
    recorded: Callable[..., None], armed: bool, subscribed: bool, outcome: Outcome
) -> None:
    names = [name for name, one in built()["Resources"].items() if one["Type"] == "AWS::CloudWatch::Alarm"]
    alarms = [
        {"AlarmName": f"imchat-prod-{name}", "ActionsEnabled": armed, "AlarmActions": ["imchat-prod-Alarms"]}
        for name in names
    ]
    arn = "arn:aws:sns:eu-west-2:1:a:1" if subscribed else "PendingConfirmation"
    recorded(
        describe_alarms={"MetricAlarms": alarms},
        list_subscriptions_by_topic={"Subscriptions": [{"SubscriptionArn": arn}]},
    )
    assert finding("alarms") == outcome


def test_the_table_names_every_check_its_calls_and_how_it_is_sabotaged() -> None:
    rows = [line for line in (ROOT / "docs" / "proof.md").read_text().splitlines() if line.startswith("| `")]
    named = {line.split("`")[1] for line in rows}
    assert named == set(BY_NAME)

"""Steps of ``make deploy`` that the emulator does not act out: whose a bucket is, and what is left to people."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from infra import alarms, deploy, destroy, stacks, todo
from infra.stacks import Refused
from tests.unit.built import built

ACCOUNT = "123456789012"
MADE = {"WebUrl": "https://chat.example.com", "DistributionDomain": "d1.cloudfront.net", "Alarms": "arn:aws:sns:t"}
GIVEN = {
    "MailFrom": "chat@example.com",
    "SupportAddress": "help@example.com",
    "AlarmEmail": "ops@example.com",
    "Certificate": "arn:aws:acm:us-east-1:c",
}


def client(service: str) -> Any:
    return boto3.client(service, region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")


@pytest.fixture
def s3() -> Any:
    return client("s3")


def test_packages_go_into_no_bucket_of_somebody_else(s3: Any) -> None:
    with Stubber(s3) as answers:
        answers.add_client_error("head_bucket", http_status_code=403)
        with pytest.raises(Refused, match=r"^The bucket packages is not this account's: .+ BUCKET=\.\.\.$"):
            deploy._have(s3, "packages", ACCOUNT, "eu-west-1")


@pytest.mark.parametrize(
    ("region", "place"),
    [
        ("us-east-1", {}),  # S3 takes no constraint for the place where it began
        ("eu-west-1", {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}),
    ],
)
def test_a_bucket_for_packages_is_made_where_there_is_none_and_closed(
    s3: Any, region: str, place: dict[str, Any]
) -> None:
    closed = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    with Stubber(s3) as answers:
        answers.add_client_error("head_bucket", http_status_code=404)
        answers.add_response("create_bucket", {}, {"Bucket": "packages", **place})
        answers.add_response(
            "put_public_access_block",
            {},
            {"Bucket": "packages", "PublicAccessBlockConfiguration": dict.fromkeys(closed, True)},
        )
        deploy._have(s3, "packages", ACCOUNT, region)
        answers.assert_no_pending_responses()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What AWS answers to ``todo``, by operation, to be changed by a test."""
    answers: dict[str, Any] = {
        "get_email_identity": {
            "DkimAttributes": {"Status": "PENDING", "Tokens": ["t1", "t2", "t3"]},
            "MailFromAttributes": {"MailFromDomain": "mail.example.com", "MailFromDomainStatus": "PENDING"},
        },
        "imsupporting.com": {"DkimAttributes": {"Status": "SUCCESS"}},
        "get_account": {"ProductionAccessEnabled": False},
        "describe_active_receipt_rule_set": {"Metadata": {"Name": "imchat-staging"}},
        "list_subscriptions_by_topic": {
            "Subscriptions": [{"Endpoint": "ops@example.com", "SubscriptionArn": "PendingConfirmation"}]
        },
    }

    class Client:
        def __getattr__(self, operation: str) -> Any:
            def answer(**asked: str) -> Any:
                found = answers.get(asked.get("EmailIdentity"), answers[operation])
                if isinstance(found, str):
                    raise ClientError({"Error": {"Code": found}}, operation)
                return found

            return answer

    monkeypatch.setattr(todo.boto3, "client", lambda service: Client())
    answers["unread"] = None
    monkeypatch.setattr(todo, "unread", lambda made: answers["unread"])
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    return answers


def test_what_only_people_can_do_is_named_record_by_record(aws: dict[str, Any]) -> None:
    assert todo.todo("prod", MADE, GIVEN) == [
        "DNS, if it is not there yet: chat.example.com CNAME d1.cloudfront.net",
        "DNS: t1._domainkey.example.com CNAME t1.dkim.amazonses.com",
        "DNS: t2._domainkey.example.com CNAME t2.dkim.amazonses.com",
        "DNS: t3._domainkey.example.com CNAME t3.dkim.amazonses.com",
        'DNS: mail.example.com MX "10 feedback-smtp.eu-west-1.amazonses.com"',
        'DNS: mail.example.com TXT "v=spf1 include:amazonses.com -all"',
        'DNS, unless there is one: _dmarc.example.com TXT "v=DMARC1; p=quarantine"',
        "SES sends to verified addresses only: ask for production access (SES, “Account dashboard”)",
        'DNS, to take in mail: example.com MX "10 inbound-smtp.eu-west-1.amazonaws.com"',
        'DNS, to take in mail: imsupporting.com MX "10 inbound-smtp.eu-west-1.amazonaws.com"',
        "SES has one active set of rules in a region; to make it this stage's: "
        "aws ses set-active-receipt-rule-set --rule-set-name imchat-prod",
        "ops@example.com has a mail with a link that confirms that alarms may go there",
    ]


def test_what_is_done_is_not_named_again(aws: dict[str, Any]) -> None:
    aws["get_email_identity"]["DkimAttributes"]["Status"] = "SUCCESS"
    aws["get_email_identity"]["MailFromAttributes"]["MailFromDomainStatus"] = "SUCCESS"
    aws["get_account"]["ProductionAccessEnabled"] = True
    aws["describe_active_receipt_rule_set"]["Metadata"]["Name"] = "imchat-prod"
    aws["list_subscriptions_by_topic"]["Subscriptions"][0]["SubscriptionArn"] = "arn:aws:sns:t:1"
    domain = MADE | {"WebUrl": "https://d1.cloudfront.net"}
    assert todo.todo("prod", domain, GIVEN) == []


def test_every_domain_that_takes_in_mail_must_be_known_to_ses(aws: dict[str, Any]) -> None:
    """That of the notice's address, which letters are answered to, and that of support; MailFrom's is the stack's."""
    aws["imsupporting.com"] = "NotFoundException"
    aws["shop.example"] = {"DkimAttributes": {"Status": "PENDING", "Tokens": ["t9"]}}
    left = todo.todo("staging", MADE, GIVEN | {"SupportAddress": "help@shop.example"})
    assert (
        "SES takes in no mail for imsupporting.com before it knows it: aws sesv2 create-email-identity "
        "--email-identity imsupporting.com; its DNS records are named here then"
    ) in left
    assert "DNS: t9._domainkey.shop.example CNAME t9.dkim.amazonses.com" in left
    aws["imsupporting.com"] = "AccessDeniedException"
    with pytest.raises(ClientError):
        todo.todo("staging", MADE, GIVEN)


def test_that_nobody_would_see_a_rights_request_is_named(aws: dict[str, Any]) -> None:
    aws["unread"] = "there is no website shop"
    assert todo.todo("prod", MADE, GIVEN)[-1] == "there is no website shop (docs/operations.md, “The first time”)"


def test_what_the_notice_cannot_say_of_us_is_named(aws: dict[str, Any]) -> None:
    told = {"PostalAddress": "", "CompanyNumber": "01234567", "DataProtectionOfficer": ""}
    assert todo.todo("prod", MADE, GIVEN | told)[-1] == (
        "the notice does not say all of who we are: deploy with POSTAL_ADDRESS=..."
    )
    both = todo.todo("prod", MADE, GIVEN | told | {"CompanyNumber": ""})[-1]
    assert both.endswith("POSTAL_ADDRESS=... COMPANY_NUMBER=...")
    whole = todo.todo("prod", MADE, GIVEN | told | {"PostalAddress": "1 High Street"})
    assert not [line for line in whole if "notice" in line]


def test_without_a_certificate_the_way_on_is_named(aws: dict[str, Any]) -> None:
    first, *_ = todo.todo("prod", MADE, GIVEN | {"Certificate": ""})
    assert first.endswith("deploy again with one, or with WEB_URL=https://d1.cloudfront.net")


def test_a_region_that_takes_in_no_mail_is_refused_and_other_failures_are_said() -> None:
    ses = client("ses")
    with Stubber(ses) as answers:
        answers.add_client_error("describe_active_receipt_rule_set", "InvalidAction", "Unavailable Operation")
        with pytest.raises(Refused, match=r"^SES takes in no mail in eu-west-1: choose a region that does"):
            deploy._takes_in_mail(ses)
        answers.add_client_error("describe_active_receipt_rule_set", "AccessDenied")
        with pytest.raises(ClientError):
            deploy._takes_in_mail(ses)
        answers.add_response("describe_active_receipt_rule_set", {})
        deploy._takes_in_mail(ses)


def test_one_index_of_a_table_changes_at_a_time() -> None:
    def table(*indexes: str) -> dict[str, Any]:
        named = [{"IndexName": index} for index in indexes]
        more = {"GlobalSecondaryIndexes": named} if named else {}
        return {"Resources": {"T": {"Type": "AWS::DynamoDB::Table", "Properties": more}}}

    for fine in (table("a", "b"), table("a"), table("a", "b", "c"), {"Resources": {}}):
        deploy._one_index_each(table("a", "b"), fine)
    deploy._one_index_each({"Resources": {}}, table("a", "b", "c"))
    for before, after in ((table("a"), table("b")), (table(), table("a", "b")), (table("a", "b"), table())):
        with pytest.raises(Refused, match=r"^T would change 2 indexes \(a, b\), and DynamoDB changes one at a time"):
            deploy._one_index_each(before, after)


def changes(*resources: tuple[str, str, str, str]) -> dict[str, Any]:
    return {
        "Changes": [
            {
                "Type": "Resource",
                "ResourceChange": {"LogicalResourceId": name, "ResourceType": kind, "Action": action}
                | ({"Replacement": replacement} if replacement else {}),
            }
            for name, kind, action, replacement in resources
        ]
    }


def test_a_change_that_would_lose_what_holds_data_is_refused_before_it_begins() -> None:
    cloudformation, arn = client("cloudformation"), "arn:aws:cloudformation:eu-west-1:123456789012:changeSet/c/1"
    table, key = "AWS::DynamoDB::Table", "AWS::KMS::Key"
    losing = changes(
        ("A", table, "Modify", "True"), ("B", "AWS::S3::Bucket", "Modify", "Conditional"), ("C", key, "Remove", ""),
        ("D", table, "Modify", "False"), ("E", table, "Add", ""), ("F", "AWS::Lambda::Function", "Modify", "True"),
        ("G", "AWS::Cognito::UserPool", "Modify", "True"),
    )  # fmt: skip
    with Stubber(cloudformation) as answers:
        answers.add_response("create_change_set", {"Id": arn})
        answers.add_response("describe_change_set", {"Status": "CREATE_COMPLETE"})
        answers.add_response("describe_change_set", losing)
        answers.add_response("delete_change_set", {}, {"ChangeSetName": arn})
        with pytest.raises(Refused) as refused:
            deploy._bring_about(cloudformation, "imchat-prod", "https://u", [], new=False)
        answers.assert_no_pending_responses()
    assert str(refused.value) == (
        "This change would lose what holds data: A would be made anew, empty; B would be made anew, empty; "
        "C would be let go of; G would be made anew, empty."
    )


def test_the_stack_is_looked_at_only_when_its_change_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Right after it was begun, the stack may still say how it rested before."""
    monkeypatch.setattr(stacks, "POLL_SECONDS", 0)
    cloudformation, arn = client("cloudformation"), "arn:aws:cloudformation:eu-west-1:123456789012:changeSet/c/1"
    now = datetime(2026, 12, 1, tzinfo=UTC)
    rested = {"Stacks": [{"StackName": "imchat-prod", "StackStatus": "UPDATE_COMPLETE", "CreationTime": now}]}
    for last in ({"ExecutionStatus": "EXECUTE_COMPLETE"}, None):
        with Stubber(cloudformation) as answers:
            answers.add_response("create_change_set", {"Id": arn})
            answers.add_response("describe_change_set", {"Status": "CREATE_COMPLETE"})
            answers.add_response("describe_change_set", changes())
            answers.add_response("execute_change_set", {})
            answers.add_response("describe_change_set", {"ExecutionStatus": "EXECUTE_IN_PROGRESS"})
            if last:
                answers.add_response("describe_change_set", last)
            else:
                answers.add_client_error("describe_change_set", "ChangeSetNotFound")
            answers.add_response("describe_stacks", rested)
            assert deploy._bring_about(cloudformation, "imchat-prod", "https://u", [], new=False) == {}
            answers.assert_no_pending_responses()


def test_the_stack_policy_protects_every_kind_of_resource_that_outlives_the_stack() -> None:
    lasting = {
        one["Type"]
        for one in built()["Resources"].values()
        if one.get("DeletionPolicy") == "Retain" and one["Type"].startswith(("AWS::DynamoDB", "AWS::S3", "AWS::Cognito", "AWS::KMS"))
    }  # fmt: skip
    assert lasting == set(deploy._LASTING)
    allowed, denied = deploy._POLICY["Statement"]
    assert (allowed["Effect"], allowed["Action"], allowed["Resource"]) == ("Allow", "Update:*", "*")
    assert denied["Action"] == ["Update:Replace", "Update:Delete"]
    assert denied["Condition"] == {"StringEquals": {"ResourceType": list(deploy._LASTING)}}


@pytest.mark.parametrize("active", ["imchat-prod", "somebody-elses", None])
def test_our_receipt_rules_are_taken_out_of_use_before_they_go_and_nobody_elses(
    monkeypatch: pytest.MonkeyPatch, active: str | None
) -> None:
    ses = client("ses")
    monkeypatch.setattr(destroy.boto3, "client", lambda service: ses)
    with Stubber(ses) as answers:
        answers.add_response(
            "describe_active_receipt_rule_set", {"Metadata": {"Name": active}} if active else {}
        )  # fmt: skip
        if active == "imchat-prod":
            answers.add_response("set_active_receipt_rule_set", {}, {})
        destroy._let_go_of_mail("imchat-prod")
        answers.assert_no_pending_responses()


def test_flows_that_wait_for_weeks_are_stopped_before_their_machine_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    states, machine = client("stepfunctions"), "arn:aws:states:eu-west-1:123456789012:stateMachine:imchat-prod-requests"
    monkeypatch.setattr(destroy.boto3, "client", lambda service: states)
    now = datetime(2026, 12, 1, tzinfo=UTC)
    running = [
        {"executionArn": f"{machine}:{name}", "stateMachineArn": machine, "name": name, "status": "RUNNING", "startDate": now}
        for name in ("a", "b")
    ]  # fmt: skip
    with Stubber(states) as answers:
        answers.add_response("list_executions", {"executions": running[:1], "nextToken": "t"})
        answers.add_response("list_executions", {"executions": running[1:]})
        for one in running:
            answers.add_response(
                "stop_execution", {"stopDate": now},
                {"executionArn": one["executionArn"], "cause": "The stage is taken down."},
            )  # fmt: skip
        destroy._stop(machine)
        answers.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("stage", "there", "put"), [("prod", False, True), ("prod", True, False), ("dev", False, False)]
)
def test_a_new_stage_with_alarms_has_something_measured_before_they_are_made(
    monkeypatch: pytest.MonkeyPatch, stage: str, there: bool, put: bool
) -> None:
    done: list[str] = []

    class Client:
        def put_metric_data(self, **given: Any) -> None:
            assert given == {"Namespace": "imchat-prod", "MetricData": alarms.first_points()}
            done.append("measured")

    def bring_about(*_: Any, **named: Any) -> None:
        done.append("made" if named["new"] else "changed")
        raise stacks.DeployFailed

    for name, value in {
        "_ready": lambda *_: {"Parameters": []} if there else None, "_takes_in_mail": lambda *_: None,
        "parameters": lambda *_: [], "build_web": lambda: None, "build": lambda _: None,
        "_upload": lambda *_: ("url", {"Resources": {}}), "_one_index_each": lambda *_: None,
        "_bring_about": bring_about,
    }.items():  # fmt: skip
        monkeypatch.setattr(deploy, name, value)
    monkeypatch.setattr(deploy.boto3, "client", lambda _: Client())
    monkeypatch.setattr(stacks, "template_of", lambda *_: {})
    with pytest.raises(stacks.DeployFailed):
        deploy.deploy(stage)
    assert done == (["measured"] if put else []) + ["changed" if there else "made"]

"""Steps of ``make deploy`` that the emulator does not act out: whose a bucket is, and what is left to people."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from infra import deploy, todo
from infra.stacks import Refused

ACCOUNT = "123456789012"
MADE = {"WebUrl": "https://chat.example.com", "DistributionDomain": "d1.cloudfront.net", "Alarms": "arn:aws:sns:t"}
GIVEN = {"MailFrom": "chat@example.com", "AlarmEmail": "ops@example.com", "Certificate": "arn:aws:acm:us-east-1:c"}


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
        "get_account": {"ProductionAccessEnabled": False},
        "describe_active_receipt_rule_set": {"Metadata": {"Name": "imchat-staging"}},
        "list_subscriptions_by_topic": {
            "Subscriptions": [{"Endpoint": "ops@example.com", "SubscriptionArn": "PendingConfirmation"}]
        },
    }

    class Client:
        def __getattr__(self, operation: str) -> Any:
            return lambda **_: answers[operation]

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

"""What only people can do after a deployment: records in the DNS, confirmations, SES's own permissions, a desk."""

from typing import Any

import boto3
from botocore.exceptions import ClientError

from imchat.register.controller import CONTACT
from infra.desk import unread
from infra.parameters import domain_of


def todo(stage: str, made: dict[str, str], parameters: dict[str, str]) -> list[str]:
    """What is left to do for a stack with the outputs ``made``, in sentences; what is done is not named."""
    region = boto3.session.Session().region_name
    return [
        *_address(made, parameters),
        *_outgoing(parameters["MailFrom"], region),
        *_incoming(stage, region, parameters),
        *_alarms(made["Alarms"], parameters["AlarmEmail"]),
        *_desk(made),
        *_notice(parameters),
    ]


def _address(made: dict[str, str], parameters: dict[str, str]) -> list[str]:
    host, domain = made["WebUrl"].removeprefix("https://"), made["DistributionDomain"]
    if host == domain:
        return []
    if not parameters["Certificate"]:
        return [
            f"WEB_URL is {made['WebUrl']}, but without a CERTIFICATE only CloudFront's own name is answered: "
            f"deploy again with one, or with WEB_URL=https://{domain}"
        ]
    return [f"DNS, if it is not there yet: {host} CNAME {domain}"]


def _outgoing(mail_from: str, region: str) -> list[str]:
    ses, domain = boto3.client("sesv2"), domain_of(mail_from)
    identity = ses.get_email_identity(EmailIdentity=domain)
    left = _unsigned(domain, identity)
    bounces = identity.get("MailFromAttributes", {})
    if bounces.get("MailFromDomain") and bounces.get("MailFromDomainStatus") != "SUCCESS":
        left += [
            f'DNS: {bounces["MailFromDomain"]} MX "10 feedback-smtp.{region}.amazonses.com"',
            f'DNS: {bounces["MailFromDomain"]} TXT "v=spf1 include:amazonses.com -all"',
        ]
    if left:
        left.append(f'DNS, unless there is one: _dmarc.{domain} TXT "v=DMARC1; p=quarantine"')
    if not ses.get_account().get("ProductionAccessEnabled"):
        left.append("SES sends to verified addresses only: ask for production access (SES, “Account dashboard”)")
    return left


def _unsigned(domain: str, identity: dict[str, Any]) -> list[str]:
    """The records by which SES sees that a domain is ours, and by which its mail is signed, until it has seen them."""
    if identity["DkimAttributes"].get("Status") == "SUCCESS":
        return []
    tokens = identity["DkimAttributes"].get("Tokens", [])
    return [f"DNS: {token}._domainkey.{domain} CNAME {token}.dkim.amazonses.com" for token in tokens]


def _incoming(stage: str, region: str, parameters: dict[str, str]) -> list[str]:
    """SES takes in mail for domains that it has seen to be ours (docs.aws.amazon.com/ses, "receiving-email-setup"),
    by the one set of rules that is active. Our letters are answered to the address that the notice names."""
    rules, left = f"imchat-{stage}", []
    own = domain_of(parameters["MailFrom"])
    domains = sorted({domain_of(CONTACT), domain_of(parameters["SupportAddress"])})
    for domain in domains:
        if domain != own:
            left += _unknown(domain)
    try:
        active = boto3.client("ses").describe_active_receipt_rule_set().get("Metadata", {}).get("Name")
    except ClientError:  # without the right to ask, it is said all the same
        active = None
    if active == rules:
        return left
    return [
        *left,
        *(f'DNS, to take in mail: {domain} MX "10 inbound-smtp.{region}.amazonaws.com"' for domain in domains),
        f"SES has one active set of rules in a region; to make it this stage's: "
        f"aws ses set-active-receipt-rule-set --rule-set-name {rules}",
    ]


def _unknown(domain: str) -> list[str]:
    try:
        return _unsigned(domain, boto3.client("sesv2").get_email_identity(EmailIdentity=domain))
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException":
            raise
        return [
            f"SES takes in no mail for {domain} before it knows it: "
            f"aws sesv2 create-email-identity --email-identity {domain}; its DNS records are named here then"
        ]


def _alarms(topic: str, email: str) -> list[str]:
    if not email:
        return ["nobody hears of alarms: deploy with ALARM_EMAIL=..."]
    found = boto3.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    pending = any(one["Endpoint"] == email and one["SubscriptionArn"] == "PendingConfirmation" for one in found)
    return [f"{email} has a mail with a link that confirms that alarms may go there"] if pending else []


def _desk(made: dict[str, str]) -> list[str]:
    why = unread(made)
    return [f"{why} (docs/operations.md, “The first time”)"] if why else []


def _notice(parameters: dict[str, str]) -> list[str]:
    """What the notice cannot say yet (UK GDPR Art 13(1)(a)). A stack from before these parameters has none of them."""
    told = {"PostalAddress": "POSTAL_ADDRESS", "CompanyNumber": "COMPANY_NUMBER"}
    missing = " ".join(f"{variable}=..." for name, variable in told.items() if parameters.get(name) == "")
    return [f"the notice does not say all of who we are: deploy with {missing}"] if missing else []

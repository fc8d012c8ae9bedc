"""What ``make deploy`` is told by environment variables, as parameters of the stack."""

import os
import re
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.stacks import Refused

# Of what an account may run at once, Lambda lets nobody reserve these.
LEFT_TO_OTHERS = 100
_LINE = r"[^\x00-\x1f\x7f-\x9f]{0,200}"
_ADDRESS = r"[^@\s]+@[^@\s]+\.[^@\s]+"


@dataclass(frozen=True)
class Parameter:
    """A parameter, the variable that gives it, how that must look (in full, and in words), and whether it must be given
    the first time."""

    name: str
    variable: str
    pattern: str
    like: str
    needed: bool = False


PARAMETERS = (
    Parameter("WebUrl", "WEB_URL", r"https://[a-z0-9.-]+", "an address like https://chat.example.com", needed=True),
    Parameter("MailFrom", "MAIL_FROM", _ADDRESS, "an address like chat@example.com", needed=True),
    # What the notice says of its controller beside name and mail (UK GDPR Art 13(1)(a), (b)).
    Parameter("PostalAddress", "POSTAL_ADDRESS", _LINE, "one line of at most 200 characters, or nothing"),
    Parameter("CompanyNumber", "COMPANY_NUMBER", r"([A-Z0-9]{8})?", "eight digits or capital letters, or nothing"),
    Parameter("DataProtectionOfficer", "DPO", _LINE, "name and address on one line, or nothing where there is none"),
    Parameter("Representative", "REPRESENTATIVE", _LINE, "name and address on one line, or nothing"),
    Parameter("AlarmEmail", "ALARM_EMAIL", f"({_ADDRESS})?", "an address like ops@example.com, or nothing"),
    Parameter("MailSite", "MAIL_SITE", r"[a-z0-9-]+", "a website's id, as in data-site", needed=True),
    Parameter("SupportAddress", "SUPPORT_ADDRESS", _ADDRESS, "an address like support@example.com"),
    Parameter(
        "AccountingYearEnd", "YEAR_END", r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", "month and day, like 03-31"
    ),
    Parameter(
        "Certificate", "CERTIFICATE", r"(arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/.+)?",
        "the ARN of a certificate in us-east-1, or nothing",
    ),
    Parameter(
        "SignWith", "SIGN_WITH", r"(arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+)?", "the ARN of a key, or nothing"
    ),
)  # fmt: skip


def parameters(stage: str, before: dict[str, str] | None) -> list[dict[str, Any]]:
    """The parameters of a stage's stack, ``before`` what they were, or None for a new stack. Raises Refused."""
    given: dict[str, str | None] = {"Stage": stage}
    for one in PARAMETERS:
        value = os.environ.get(one.variable)
        if value is None and before is None and one.needed:
            raise Refused(f"{one.variable}=... is needed the first time: {one.like}.")
        if value is not None and not re.fullmatch(one.pattern, value):
            raise Refused(f"{one.variable} must be {one.like}; it is “{value}”.")
        given[one.name] = value
    given["MakesMailDomain"] = _makes_domain(given["MailFrom"], before)
    given["ManyAtOnce"] = str(_functions_at_once(new=before is None) * 4 // 5)
    known = before or {}
    return [
        {"ParameterKey": name, "ParameterValue": value}
        if value is not None
        else {"ParameterKey": name, "UsePreviousValue": True}
        for name, value in given.items()
        if value is not None or name in known
    ]


def domain_of(address: str) -> str:
    """The domain of a mail address."""
    return address.partition("@")[2]


def _makes_domain(mail_from: str | None, before: dict[str, str] | None) -> str | None:
    """Whether the stack tells SES of the domain of ``mail_from``: not where SES knows it by somebody else. None: as
    before."""
    if mail_from is None or (before and domain_of(before["MailFrom"]) == domain_of(mail_from)):
        return None
    try:
        boto3.client("sesv2").get_email_identity(EmailIdentity=domain_of(mail_from))
    except ClientError as error:
        if error.response["Error"]["Code"] == "NotFoundException":
            return "yes"
        raise
    return "no"


def _functions_at_once(*, new: bool) -> int:
    """How many functions the account may run at once. Raises Refused where none can be reserved for a new stack's
    sweeper."""
    limit = boto3.client("lambda").get_account_settings()["AccountLimit"]
    if new and limit["UnreservedConcurrentExecutions"] <= LEFT_TO_OTHERS:
        raise Refused(
            f"This account may run {limit['ConcurrentExecutions']} functions at once, too few to reserve one for the "
            "sweeper: ask for 1000 (Service Quotas, AWS Lambda, “Concurrent executions”)."
        )
    return int(limit["ConcurrentExecutions"])

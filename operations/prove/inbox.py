"""The mail that the stage sent to a canary, as the stage took it in."""

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3

from imchat import canaries
from infra.local.mailbox import sent_mail
from operations.prove.report import Untried
from operations.prove.stage import Stage

# A letter has its code on a line of its own.
_CODE = re.compile(r"^    (\d{6})\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Mail:
    """A mail, by what of it is looked at."""

    subject: str
    text: str


def mails(stage: Stage, address: str) -> list[Mail]:
    """All mail to a canary's ``address``, oldest first."""
    if stage.emulator:
        sent = (one for one in sent_mail(stage.emulator) if one["To"] == [address])
        return [Mail(str(one["Subject"]), str(one["BodyText"] or "")) for one in sent]
    return [Mail(str(one["Subject"]), _text(one)) for one in _taken_in(stage) if address in str(one["To"])]


def codes_in(text: str) -> list[str]:
    """The codes in a mail's text."""
    return _CODE.findall(text)


def codes(stage: Stage, address: str) -> list[str]:
    """All codes that were mailed to ``address``, oldest first."""
    return [code for mail in mails(stage, address) for code in codes_in(mail.text)]


def next_code(stage: Stage, address: str, before: int = 0) -> str:
    """The newest code that was mailed to ``address``, once there are more than ``before``. Raises Broken."""
    return stage.until("a mail with a code", lambda: codes(stage, address)[before:])[-1]


def needs(stage: Stage) -> None:
    """Raise Untried where mail to a canary goes elsewhere: SES has one active set of rules in a region."""
    if not stage.emulator:
        active = boto3.client("ses").describe_active_receipt_rule_set().get("Metadata", {}).get("Name")
        if active != stage.stack:
            raise Untried("the receipt rules of this stage are not the active ones, so no canary can read its mail")


def clear(stage: Stage) -> None:
    """Delete all mail to canaries: of this run, and of one that was cut. The emulator keeps its list of mail."""
    s3 = boto3.client("s3")
    for key in list(_keys(s3, stage)):
        s3.delete_object(Bucket=stage.buckets["inbound"], Key=key)


def _keys(s3: Any, stage: Stage) -> Iterator[str]:
    where = {"Bucket": stage.buckets["inbound"], "Prefix": canaries.PREFIX}
    for page in s3.get_paginator("list_objects_v2").paginate(**where):
        yield from (one["Key"] for one in page.get("Contents", ()))


def _taken_in(stage: Stage) -> list[Any]:
    s3 = boto3.client("s3")
    found = []
    for key in _keys(s3, stage):
        held = s3.get_object(Bucket=stage.buckets["inbound"], Key=key)
        found.append((held["LastModified"], email.message_from_bytes(held["Body"].read(), policy=email.policy.default)))
    return [mail for _, mail in sorted(found, key=lambda one: one[0])]


def _text(mail: Any) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""

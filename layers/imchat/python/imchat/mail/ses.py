"""The way out: SES, by its API v2.

Here, and nowhere else, it is decided whether an error means "later" or "never". Never is only what SES says of this
message or this address. Everything else is later: throttling and failures, but also a paused or suspended account, an
identity that is not verified, a configuration set that is gone, a missing right. Those are our setup's faults, which
people can mend while the job waits: it comes again, and in the end lies in the dead-letter queue and raises the alarm.
An address on SES's own suppression list is no error here: SES takes the mail and reports a bounce.
"""

from datetime import datetime
from typing import Any

from imchat.mail.address import deliverable
from imchat.mail.errors import PermanentMailError, TemporaryMailError
from imchat.settings import settings

# SES's quota for a message as it is sent, attachments and encoding included.
MESSAGE_BYTES = 40_000_000
# SES takes about one call a second of those that send nothing.
_LISTED_AT_ONCE = 20
_NEVER = ("MessageRejected", "BadRequestException")
# SES gives this the same code as a rejected message; the words are all that tells them apart.
_NOT_VERIFIED = "not verified"


def send(raw: bytes, *, recipient: str, chat_id: str, job: int) -> str:
    """Hand a message to SES, for ``recipient`` alone; the id that SES gives it. What becomes of it is published with
    the tags ``chat_id`` and ``job`` (imchat.mail.feedback). Raises TemporaryMailError, PermanentMailError.

    SES has no way to say the same thing only once: where its answer is lost, the mail may already be out.
    """
    address = deliverable(recipient)
    if len(raw) > MESSAGE_BYTES:
        raise PermanentMailError("too_large")
    from botocore.exceptions import BotoCoreError, ClientError

    from imchat import aws

    try:
        answer = aws.client("sesv2").send_email(
            FromEmailAddress=settings().mail_from,
            Destination={"ToAddresses": [address]},
            Content={"Raw": {"Data": raw}},
            EmailTags=[{"Name": "chat_id", "Value": chat_id}, {"Name": "job", "Value": str(job)}],
            ConfigurationSetName=settings().mail_configuration_set,
        )
    except ClientError as error:
        raise _judged(error.response) from None
    except BotoCoreError as error:
        raise TemporaryMailError(type(error).__name__) from None
    return str(answer["MessageId"])


def unsuppress(recipient: str) -> None:
    """Take the address from SES's suppression list, on which a lasting bounce put it. One that is not on it is no
    error. Raises TemporaryMailError, PermanentMailError."""
    unlist(deliverable(recipient))


def listed(before: datetime) -> list[tuple[str, datetime]]:
    """Some of the addresses that came onto SES's suppression list before a moment, and when each did. Raises
    TemporaryMailError, PermanentMailError."""
    from botocore.exceptions import BotoCoreError, ClientError

    from imchat import aws

    try:
        answer = aws.client("sesv2").list_suppressed_destinations(EndDate=before, PageSize=_LISTED_AT_ONCE)
    except ClientError as error:
        raise _judged(error.response) from None
    except BotoCoreError as error:
        raise TemporaryMailError(type(error).__name__) from None
    found = answer.get("SuppressedDestinationSummaries", ())
    return [(str(one["EmailAddress"]), one["LastUpdateTime"]) for one in found]


def unlist(address: str) -> None:
    """As ``unsuppress``, of an address as SES's list spells it."""
    from botocore.exceptions import BotoCoreError, ClientError

    from imchat import aws

    try:
        aws.client("sesv2").delete_suppressed_destination(EmailAddress=address)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "NotFoundException":
            raise _judged(error.response) from None
    except BotoCoreError as error:
        raise TemporaryMailError(type(error).__name__) from None


def _judged(answer: Any) -> TemporaryMailError | PermanentMailError:
    """What SES's answer means. Its code is told on, its words, which hold addresses, are not."""
    said = answer.get("Error", {})
    code = str(said.get("Code", "unknown"))
    never = code in _NEVER and _NOT_VERIFIED not in str(said.get("Message", "")).lower()
    return PermanentMailError(code) if never else TemporaryMailError(code)

"""Mail that people write to us (N10): each message becomes correspondence, with its files beside it; one to the
data-protection address becomes a candidate for a rights request too. Nothing is answered from here."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from imchat import aws, references
from imchat.clock import milliseconds
from imchat.identifiers import email_key, name_key
from imchat.register.controller import CONTACT
from imchat.rights.deadlines import PATIENCE, london
from imchat.settings import settings
from imchat.stores import evidence
from imchat.stores.base import Cancelled, put, transact
from imchat.stores.correspondence import ACTIVITY, EMAIL, Attached, Correspondence, attachment_key
from imchat.stores.requests import ACTIVITY as REQUESTS
from imchat.stores.requests import CANDIDATE, EVERYBODY, Request

if TYPE_CHECKING:
    from imchat.mail.incoming import Incoming

# Where the receipt rule puts mail to the data-protection address.
PRIVACY_PREFIX = "privacy/"
_DETAILS = 4000


def take_in(key: str, now: datetime) -> str:
    """Take in the message under ``key`` of the inbound bucket: kept, candidate, or gone (taken in before). Doing it
    again, after a cut anywhere, does it once."""
    from imchat.mail import incoming

    s3, bucket = aws.client("s3"), settings().inbound_bucket
    try:
        found = s3.get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return "gone"
        raise
    mail = incoming.parse(found["Body"].read())
    letter = _letter(references.of(key, found["ETag"]), mail, now)
    _keep_files(s3, letter.pk, mail)
    asks = (key.startswith(PRIVACY_PREFIX) or email_key(CONTACT) in mail.recipients) and not mail.automatic
    parts = [put(letter, Correspondence.pk.does_not_exist()), put(evidence.entry(letter, "receive", "system", now))]
    if asks:
        parts.append(put(_request(letter, now)))
    try:
        transact(*parts)
    except Cancelled:  # a cut came between this and the next line
        pass
    s3.delete_object(Bucket=bucket, Key=key)
    return "candidate" if asks else "kept"


def _letter(pk: str, mail: "Incoming", now: datetime) -> Correspondence:
    letter = Correspondence(
        pk,
        site_id=settings().mail_site_id,
        at=milliseconds(now),
        channel=EMAIL,
        name=mail.sender_name,
        name_key=name_key(mail.sender_name) if mail.sender_name else None,
        email=mail.sender,
        email_key=email_key(mail.sender) if mail.sender else None,
        subject=mail.subject,
        text=mail.text or None,
        sent_at=milliseconds(mail.sent_at) if mail.sent_at else None,
        message_id=mail.message_id,
        attachments=[
            Attached(  # type: ignore[no-untyped-call]
                filename=one.filename, content_type=one.content_type, size=len(one.content)
            )
            for one in mail.attachments
        ],
        automatic=mail.automatic or None,
        bounce=mail.bounce or None,
        problem=mail.problem,
    )
    letter.end_at(ACTIVITY.expires_at(now))
    return letter


def _keep_files(s3: Any, pk: str, mail: "Incoming") -> None:
    """Under numbers, and of no type that a browser would run."""
    for number, one in enumerate(mail.attachments, 1):
        s3.put_object(
            Bucket=settings().correspondence_bucket,
            Key=attachment_key(pk, number),
            Body=one.content,
            ContentType="application/octet-stream",
        )


def _request(letter: Correspondence, now: datetime) -> Request:
    said = "\n\n".join(part for part in (letter.subject, letter.text) if part)
    request = Request(
        references.short(letter.pk),
        site_id=letter.site_id,
        at=letter.at,
        status=CANDIDATE,
        channel="mail",
        open_site=letter.site_id,
        open_all=EVERYBODY,
        due_day=(london(now) + PATIENCE).toordinal(),
        details=said[:_DETAILS] or None,
        correspondence_id=letter.pk,
        **{field: getattr(letter, field) for field in ("name", "email", "name_key", "email_key")},
    )
    request.end_at(REQUESTS.expires_at(now))
    return request

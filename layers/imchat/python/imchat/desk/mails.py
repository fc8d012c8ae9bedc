"""Mail that people write to us (N10): each message becomes correspondence, with its files beside it. One that answers a
letter of ours is filed with its request; another one to the data-protection address becomes a candidate for a rights
request. Nothing is answered from here."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from pynamodb.expressions.condition import size

from imchat import aws, canaries, references
from imchat.clock import milliseconds
from imchat.identifiers import email_key, name_key
from imchat.register.controller import CONTACT
from imchat.rights.deadlines import PATIENCE, london
from imchat.rights.letters import answers_elsewhere
from imchat.settings import settings
from imchat.stores import evidence, limits
from imchat.stores.base import Cancelled, Part, put, transact, update
from imchat.stores.correspondence import ACTIVITY, EMAIL, Attached, Correspondence, attachment_key, owner_key
from imchat.stores.requests import ACTIVITY as REQUESTS
from imchat.stores.requests import CANDIDATE, EVERYBODY, OPEN, MailAnswer, Request

if TYPE_CHECKING:
    from imchat.mail.incoming import Incoming

# Where the receipt rule puts mail to the data-protection address.
PRIVACY_PREFIX = "privacy/"
# What SES itself puts beside people's mail, each time that a receipt rule is made.
_SETUP = "AMAZON_SES_SETUP_NOTIFICATION"
# A request is one item: beyond this, a mail says to which request it belongs, and the request does not list it.
MOST_ANSWERS = 200
_MOST_CITED, _MOST_LETTERS = 5, 50
# The dash as people's programs rewrite it.
_CITED = re.compile(r"(?<![a-z0-9])([a-z2-7]{4})[-‐‑–]([a-z2-7]{4})[-‐‑–]([a-z2-7]{4})(?![a-z0-9])")
# How SES writes the ids that it gives: by its region, or in us-east-1 without one.
_OF_SES = re.compile(r"<([0-9a-zA-Z-]{1,100})@[a-z0-9-]+\.amazonses\.com>")


@dataclass(frozen=True)
class Sender:
    """To whom a mail belongs: their address and name; ``from_email`` is where it came from, if that is another's; where
    it is not sure to whom, the addresses to choose from, and no address of their own."""

    email: str | None
    name: str | None
    from_email: str | None = None
    choices: tuple[str, ...] = ()


def take_in(key: str, now: datetime) -> str:
    """Take in the message under ``key`` of the inbound bucket: kept, filed (with a request), candidate, gone (taken in
    before), setup (SES's own note, which is nobody's mail and is deleted), or canary (left to whoever proves the
    promises on this stage). Doing it again, after a cut anywhere, does it once; so does another copy of the same
    mail."""
    from imchat.mail import incoming

    s3, bucket = aws.client("s3"), settings().inbound_bucket
    if key.rpartition("/")[2] == _SETUP:
        s3.delete_object(Bucket=bucket, Key=key)
        return "setup"
    if key.startswith(canaries.PREFIX):
        return "canary"
    try:
        found = s3.get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return "gone"
        raise
    raw = found["Body"].read()
    mail, same = incoming.parse(raw), incoming.fingerprint(raw)
    letter = _letter(references.of("mail", same) if same else references.of(key, found["ETag"]), mail, now)
    cited = _cited_request(mail, now)
    if cited:
        letter.request_id = cited.pk
        letter.from_another = letter.email is None or letter.email_key not in _addresses(cited)
    opens = not (mail.automatic_answer or mail.bounce) and not (cited and cited.status in OPEN)
    asks = opens and (cited is not None or key.startswith(PRIVACY_PREFIX) or email_key(CONTACT) in mail.recipients)
    _keep_files(s3, letter.pk, mail)
    _keep(letter, cited, _request(letter, cited, now) if asks else None, now)
    s3.delete_object(Bucket=bucket, Key=key)
    return "candidate" if asks else "filed" if cited else "kept"


def sender_of(mail: "Incoming") -> Sender:
    """To whom a mail belongs. Where the answer shall go elsewhere than whence it came (a contact form), it belongs to
    who gets the answer; not for sure where that are several, a list's address, or the mail may be forged."""
    ours = {email_key(address) for address in (CONTACT, parseaddr(settings().mail_from)[1]) if address}
    answered = {key: one for one in mail.reply_to if (key := email_key(one)) not in ours}
    from_key = email_key(mail.sender) if mail.sender else None
    if not answered or answered.keys() == {from_key}:
        return Sender(mail.sender, mail.sender_name)
    if len(answered) == 1 and not mail.from_list and not mail.dmarc_failed:
        return Sender(next(iter(answered.values())), mail.reply_to_name, from_email=mail.sender)
    if from_key and mail.sender:
        answered.setdefault(from_key, mail.sender)
    return Sender(None, mail.sender_name, from_email=mail.sender, choices=tuple(answered.values()))


def _cited_request(mail: "Incoming", now: datetime) -> Request | None:
    """The request that a mail answers: one that is open, else one that has ended, of the desk that gets the mail."""
    from imchat.mail.message import chat_id_in

    cited = [ours for one in mail.replied_ids if (ours := chat_id_in(one))]
    ses_ids = [theirs[1] for one in mail.replied_ids if (theirs := _OF_SES.fullmatch(one))]
    cited += limits.requests_of_letters(ses_ids[:_MOST_LETTERS], now)
    cited += ["-".join(found) for found in _CITED.findall((mail.subject or "").lower())]
    ended = None
    for reference in [one for one in dict.fromkeys(cited) if _CITED.fullmatch(one)][:_MOST_CITED]:
        request = Request.load(reference, now=now)
        if request is None or request.site_id != settings().mail_site_id:
            continue
        if request.status in OPEN:
            return request
        ended = ended or request
    return ended


def _addresses(request: Request) -> set[str]:
    """Where its letters go, as keys."""
    answers = request.answer_to if answers_elsewhere(request) else None
    return {key for key in (request.email_key, answers.email_key if answers else None) if key}


def _keep(letter: Correspondence, cited: Request | None, request: Request | None, now: datetime) -> None:
    """Keep the mail, and with it what it changes. Where it is there already (the second try after a cut, or another
    copy of the mail), only a candidate may be missing: the first copy may have come to another address."""
    parts = [
        put(letter, Correspondence.pk.does_not_exist()),
        put(evidence.entry(letter, "receive", "system", now, own=True)),
    ]
    asked = [put(request, Request.pk.does_not_exist())] if request else []
    filed = [_filed(cited, letter)] if cited else []
    # The request may have ended, be full, or be there already: the mail is kept all the same.
    for more in ([*asked, *filed], asked, filed, []):
        try:
            transact(*parts, *more)
            return
        except Cancelled as cancelled:
            if cancelled.failed[0]:
                break
    if asked:
        try:
            transact(*asked)
        except Cancelled:
            pass


def _filed(request: Request, letter: Correspondence) -> Part:
    answer = MailAnswer(  # type: ignore[no-untyped-call]
        correspondence_id=letter.pk,
        at=letter.at,
        another=bool(letter.from_another),
        automatic=bool(letter.automatic),
    )
    room = Request.answers.does_not_exist() | (size(Request.answers) < MOST_ANSWERS)
    adding = Request.answers.set((Request.answers | []).append([answer]))
    return update(Request(request.pk), [adding], Request.pk.exists() & room)


def _letter(pk: str, mail: "Incoming", now: datetime) -> Correspondence:
    sender = sender_of(mail)
    letter = Correspondence(
        pk,
        site_id=settings().mail_site_id,
        at=milliseconds(now),
        channel=EMAIL,
        name=sender.name,
        name_key=name_key(sender.name) if sender.name else None,
        email=sender.email,
        email_key=owner_key(sender.email, sender.from_email, sender.choices),
        from_email=sender.from_email,
        from_key=email_key(sender.from_email) if sender.from_email else None,
        choices=list(sender.choices) or None,
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
        spam=mail.spam or None,
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


def _request(letter: Correspondence, cited: Request | None, now: datetime) -> Request:
    """The candidate that a mail makes. It refers to the mail, whose text ends before it does."""
    request = Request(
        references.short(letter.pk),
        site_id=letter.site_id,
        at=letter.at,
        status=CANDIDATE,
        channel="mail",
        open_site=letter.site_id,
        open_all=EVERYBODY,
        due_day=(london(now) + PATIENCE).toordinal(),
        correspondence_id=letter.pk,
        follows=cited.pk if cited else None,
        email_key=letter.email_key if letter.email else None,
        **{field: getattr(letter, field) for field in ("name", "email", "name_key", "choices", "automatic", "spam")},
    )
    request.end_at(REQUESTS.expires_at(now))
    return request

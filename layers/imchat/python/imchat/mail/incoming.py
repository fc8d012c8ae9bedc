"""Mail that comes in: bytes of anybody's making, as something staff can read. ``parse`` never raises, takes seconds at
most, and lets no card number through (N22)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from itertools import islice

from imchat import identifiers
from imchat.cards import contains_card
from imchat.mail.incoming_cards import masked_mail, masked_text
from imchat.mail.incoming_fields import addresses_in, mailboxes, words
from imchat.mail.incoming_parts import (
    FIELD_LENGTH,
    POLICY,
    Attachment,
    Body,
    Unreadable,
    one_line,
    plain_line,
    read_body,
    unescaped,
)
from imchat.text import NAME_LENGTH

__all__ = ["MOST_ATTACHMENTS", "OPENED_BYTES", "TEXT_LENGTH", "Attachment", "Incoming", "parse"]

OPENED_BYTES = 25 * 1024 * 1024
# In UTF-8, half of what an item of DynamoDB may hold.
TEXT_LENGTH = 50_000
MOST_ATTACHMENTS = 50

# What reading may cost.
_HEAD_BYTES = 4 * 1024 * 1024
_MOST_LINES = 1_000_000
_MOST_RECIPIENTS, _MOST_DELIVERIES = 100, 20
_SUBJECT_LENGTH, _ID_LENGTH = 500, 300

_EMPTY = "The mail is empty."
_NO_MAIL = "This is not a mail: it has none of the header fields of one. It is kept whole, as message.eml."
_LARGE = f"The mail is larger than {OPENED_BYTES // 1024 // 1024} MB: it is kept whole, unopened, as message.eml."
_LONG = "The mail has more lines than can be read: it is kept whole, unopened, as message.eml."
_UNEXPECTED = "The mail could not be read: it is kept whole, as message.eml."
_FILES = f"The mail has more than {MOST_ATTACHMENTS} attachments: the others are in the whole mail, message.eml."
_TEXT = f"The text of the mail is longer than {TEXT_LENGTH:,} characters: all of it is attached as text.txt."
_VIRUS = "A virus was found in the mail: its files were not kept."
_UNVERIFIED = "The sender may be somebody else: the check of the mail's origin failed ({})."
_SENDER = "The From field of the mail holds no valid email address."

# What SES says of a mail stands above all that came with it.
_SPAM_VERDICT, _VIRUS_VERDICT, _FAILED = "x-ses-spam-verdict", "x-ses-virus-verdict", "fail"
_CHECKED_BY, _CHECKS = "amazonses.com", ("spf", "dkim", "dmarc")
# A space before the colon is none of the standard's, and comes.
_SPACED = re.compile(rb"^([!-9;-~]+)[ \t]+:", re.MULTILINE)
_MAIL_FIELDS = frozenset(("from", "to", "subject", "date", "received", "message-id"))
_ADDRESS_FIELDS = frozenset(("from", "sender", "to", "cc"))
_HEAD_END = re.compile(rb"\n\r?\n|\r\r")
_ADDRESS = re.compile(r"[^\s<>()\",;:@]{1,64}@[^\s<>()\",;:@]{1,255}")
# Dots where a local part may have none.
_IRREGULAR = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~.-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_ADDRESS_LENGTH = 254
_FOR = re.compile(rf"\bfor\s+<?({_ADDRESS.pattern})")
_MACHINE = re.compile(r"(mailer[-_.]?daemon|postmaster|no[-_.]?reply|do[-_.]?not[-_.]?reply)([-_.+].*)?", re.IGNORECASE)
_REPORT = re.compile(r"\s*multipart/report\s*(;|$)", re.IGNORECASE)
_OF_DELIVERY = re.compile(r"report-type\s*=\s*\"?delivery-status", re.IGNORECASE)
_WORD = re.compile(r"\s*([^\s;()]+)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True)
class Incoming:
    """A mail. ``sender`` is an address as given, ``recipients`` are keys of addresses (identifiers.email_key), of the
    header fields and of the delivery; ``sent_at`` is in UTC. One that is ``automatic`` is never answered; a ``bounce``
    says that ours did not arrive. ``spam``, ``virus`` and ``dmarc_failed`` are what SES found. ``problem`` is for
    staff: what is wrong with the mail, in no word of its own. All is masked but ``message_id``, which no person writes
    and others refer to."""

    sender: str | None = None
    sender_name: str | None = None
    recipients: tuple[str, ...] = ()
    subject: str | None = None
    sent_at: datetime | None = None
    message_id: str | None = None
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    automatic: bool = False
    bounce: bool = False
    spam: bool = False
    virus: bool = False
    dmarc_failed: bool = False
    problem: str | None = None


def parse(raw: bytes) -> Incoming:
    """The mail in ``raw``. Never raises: what cannot be read is kept as an attachment, and ``problem`` says so."""
    if not raw.strip():
        return Incoming(problem=_EMPTY)
    try:
        head = _Head(raw)
        body = _body(raw) if _MAIL_FIELDS & head.fields.keys() else _unopened(raw, _NO_MAIL)
        return _incoming(head, body)
    except Exception:
        return Incoming(attachments=(_whole(raw),), problem=_UNEXPECTED)


def _whole(raw: bytes) -> Attachment:
    return Attachment("message.eml", "message/rfc822", masked_mail(raw))


def _unopened(raw: bytes, problem: str) -> Body:
    return Body(attachments=[_whole(raw)], problems=[problem])


def _body(raw: bytes) -> Body:
    if len(raw) > OPENED_BYTES:
        return _unopened(raw, _LARGE)
    if max(raw.count(b"\n"), raw.count(b"\r")) > _MOST_LINES:
        return _unopened(raw, _LONG)
    try:
        body = read_body(raw)
    except Unreadable as why:
        return _unopened(raw, str(why))
    except Exception:
        return _unopened(raw, _UNEXPECTED)
    text = _CONTROL.sub("", body.text.replace("\r\n", "\n").replace("\r", "\n"))
    body.text = masked_text(_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text))
    if len(body.text) > TEXT_LENGTH:
        body.attachments.insert(0, Attachment("text.txt", "text/plain", body.text.encode()))
        body.text = body.text[:TEXT_LENGTH]
        body.problems.append(_TEXT)
    if len(body.attachments) > MOST_ATTACHMENTS:
        body.attachments[MOST_ATTACHMENTS - 1 :] = [_whole(raw)]
        body.problems.append(_FILES)
    return body


class _Head:
    """The header fields of a mail, by name in lower case. Of each, no more than FIELD_LENGTH characters."""

    def __init__(self, raw: bytes) -> None:
        end = _HEAD_END.search(raw, 0, _HEAD_BYTES)
        lines = _SPACED.sub(rb"\1:", raw[: end.end() if end else _HEAD_BYTES])
        head = BytesParser(policy=POLICY).parsebytes(lines, headersonly=True)
        self.fields: dict[str, list[str]] = {}
        left: dict[str, int] = {}
        for name, whole in head.raw_items():
            key, room = name.lower(), left.get(name.lower(), FIELD_LENGTH)
            value = whole[:room]
            if len(whole) > room and key in _ADDRESS_FIELDS:
                # Half of an address would be another address.
                value = value.rpartition(",")[0]
            if room:
                self.fields.setdefault(key, []).append(value)
            left[key] = max(room - len(whole) - 1, 0)

    def all(self, *names: str) -> Iterator[str]:
        """Fields as they came, in the order of ``names``."""
        return (unescaped(value) for name in names for value in self.fields.get(name, ()))

    def first(self, name: str) -> str:
        return next(self.all(name), "")

    def line(self, name: str, most: int) -> str | None:
        """The first such field, decoded, masked, on one line; None where it is blank or cannot be read."""
        return one_line(words(self.first(name)))[:most].strip() or None

    def addresses(self, *names: str) -> list[tuple[str, str]]:
        """Names and addresses, valid or not. Of a field that cannot be read, whatever looks like an address."""
        return [mailbox for value in self.all(*names) for mailbox in mailboxes(value)]

    def anywhere(self, *names: str) -> list[str]:
        """The addresses of these fields; of one that cannot be read, whatever looks like an address."""
        return [
            address
            for value in self.all(*names)
            for address in ([one for _, one in mailboxes(value)] or addresses_in(value))
        ]

    def failed_checks(self) -> list[str]:
        """Which checks of the mail's origin failed, as SES says, which writes above what a sender writes."""
        said = self.first("authentication-results").lower()
        if said.partition(";")[0].split()[:1] != [_CHECKED_BY]:
            return []
        return [check for check in _CHECKS if re.search(rf"[;\s]{check}\s*=\s*fail", said)]

    def verdict(self, name: str) -> bool:
        """Whether SES found what the field ``name`` is about."""
        return self.first(name).strip().lower() == _FAILED


def _incoming(head: _Head, body: Body) -> Incoming:
    senders = head.addresses("from", "sender")
    unsure = (senders[0][0] if senders else "", None)
    name, sender = next(((name, valid) for name, one in senders if _key(one) and (valid := _valid(one))), unsure)
    if sender is None and any(head.all("from", "sender")):
        body.problems.append(_SENDER)
    bounce, automatic = _signs(head)
    virus, failed = head.verdict(_VIRUS_VERDICT), head.failed_checks()
    if virus:
        body.attachments.clear()
        body.problems.append(_VIRUS)
    if failed:
        body.problems.append(_UNVERIFIED.format(", ".join(check.upper() for check in failed)))
    return Incoming(
        sender=sender,
        sender_name=one_line(name)[:NAME_LENGTH].strip() or None,
        recipients=tuple(_recipients(head)),
        subject=head.line("subject", _SUBJECT_LENGTH),
        sent_at=_moment(head.first("date")),
        message_id=plain_line(head.first("message-id"))[:_ID_LENGTH].strip() or None,
        text=body.text,
        attachments=tuple(body.attachments),
        automatic=automatic or bounce,
        bounce=bounce,
        spam=head.verdict(_SPAM_VERDICT),
        virus=virus,
        dmarc_failed="dmarc" in failed,
        problem=" ".join(dict.fromkeys(body.problems)) or None,
    )


def _signs(head: _Head) -> tuple[bool, bool]:
    """Whether a mail is a bounce, and whether it has another sign of being automatic."""

    def says(*names: str) -> set[str]:
        return {word[1].lower() if (word := _WORD.match(value)) else "" for value in head.all(*names)}

    machines = {
        machine[1].lower()
        for address in (*(one for _, one in head.addresses("from")), head.first("from").partition("(")[0].strip())
        if (machine := _MACHINE.fullmatch(address.rpartition("@")[0] or address))
    }
    nobody = any(path.strip() in ("", "<>") for path in head.all("return-path"))
    report = _REPORT.match(head.first("content-type")) is not None
    of_delivery = report and _OF_DELIVERY.search(head.first("content-type")) is not None
    automatic = (
        report
        or bool(machines)
        or bool(says("auto-submitted", "x-autoreply", "x-autorespond") - {"no"})
        or bool(says("x-auto-response-suppress") - {"none"})
        or bool(says("precedence") & {"bulk", "junk", "list", "auto_reply", "auto-reply"})
        or bool(head.fields.keys() & {"list-id", "list-unsubscribe"})
    )
    return of_delivery or nobody or any(machine.startswith("mailer") for machine in machines), automatic


def _recipients(head: _Head) -> list[str]:
    """Those the mail was delivered to count more, for they say which mailbox it is in; they come last."""
    written = head.anywhere("to", "cc")
    delivered = [found[0] for value in head.all("delivered-to", "x-original-to") if (found := _ADDRESS.search(value))]
    delivered += [found[1] for value in head.all("received") if (found := _FOR.search(value))]
    last = list(islice(_keys(delivered), _MOST_DELIVERIES))
    first = islice(_keys(written), _MOST_RECIPIENTS - len(last))
    return list(dict.fromkeys([*first, *last]))


def _keys(addresses: Iterable[str]) -> Iterator[str]:
    seen = set()
    for address in addresses:
        key = _key(address)
        if key and key not in seen:
            seen.add(key)
            yield key


def _key(address: str) -> str | None:
    try:
        key = identifiers.email_key(valid) if (valid := _valid(address)) else None
    except ValueError:
        return None
    return None if key and contains_card(key) else key


def _valid(address: str) -> str | None:
    """An address that can be answered to, or at least searched by: some that providers gave out break RFC 5321."""
    try:
        return identifiers.email(address)
    except Exception:
        usable = len(address) <= _ADDRESS_LENGTH and _IRREGULAR.fullmatch(address)
        return address if usable and not contains_card(address) else None


def _moment(date: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(date[:100])
        # Without a zone, or with -0000, a time is in UTC (RFC 5322, 3.3).
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except Exception:
        return None

"""Mail that comes in: bytes of anybody's making, as something staff can read. ``parse`` never raises, takes seconds at
most, and lets no card number through (N22)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from hashlib import sha256
from itertools import islice

from imchat import identifiers
from imchat.cards import contains_card
from imchat.mail.incoming_cards import masked_mail, masked_text
from imchat.mail.incoming_fields import addresses_in, mailboxes, unescaped, unspaced, words
from imchat.mail.incoming_parts import (
    FIELD_LENGTH,
    POLICY,
    Attachment,
    Body,
    Unreadable,
    one_line,
    plain_line,
    read_body,
)
from imchat.mail.verdicts import AUTHENTICATION, Verdicts, verdicts_of
from imchat.text import NAME_LENGTH

__all__ = ["MOST_ATTACHMENTS", "OPENED_BYTES", "TEXT_LENGTH", "Attachment", "Incoming", "fingerprint", "parse"]

OPENED_BYTES = 25 * 1024 * 1024
# In UTF-8, half of what an item of DynamoDB may hold.
TEXT_LENGTH = 50_000
MOST_ATTACHMENTS = 50

# What reading may cost.
_HEAD_BYTES = 4 * 1024 * 1024
_MOST_LINES = 1_000_000
_MOST_RECIPIENTS, _MOST_DELIVERIES = 100, 20
_SUBJECT_LENGTH, _ID_LENGTH = 500, 300
_MOST_REPLY_TO, _MOST_REFERENCES = 20, 50

_EMPTY = "The mail is empty."
_NO_MAIL = "This is not a mail: it has none of the header fields of one. It is kept whole, as message.eml."
_LARGE = f"The mail is larger than {OPENED_BYTES // 1024 // 1024} MB: it is kept whole, unopened, as message.eml."
_LONG = "The mail has more lines than can be read: it is kept whole, unopened, as message.eml."
_UNEXPECTED = "The mail could not be read: it is kept whole, as message.eml."
_FILES = f"The mail has more than {MOST_ATTACHMENTS} attachments: the others are in the whole mail, message.eml."
_TEXT = f"The text of the mail is longer than {TEXT_LENGTH:,} characters: all of it is attached as text.txt."
_SENDER = "The From field of the mail holds no valid email address."

_MAIL_FIELDS = frozenset(("from", "to", "subject", "date", "received", "message-id"))
_ADDRESS_FIELDS = frozenset(("from", "sender", "reply-to", "to", "cc"))
# What those write who carry a mail: it differs between two copies of the same mail.
_CARRIED = re.compile(r"received(-spf)?|return-path|delivered-to|x-original-to|authentication-results|(arc|x-ses)-.*")
_HEAD_END = re.compile(rb"\n\r?\n|\r\r")
_ADDRESS = re.compile(r"[^\s<>()\",;:@]{1,64}@[^\s<>()\",;:@]{1,255}")
# What some providers gave out, and RFC 5321 does not know: dots side by side, or at an end of the local part.
_IRREGULAR = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,200}@(?:[A-Za-z0-9_-]{1,63}\.)+[A-Za-z0-9-]{2,63}",
)
_ADDRESS_LENGTH = 254
_FOR = re.compile(rf"\bfor\s+<?({_ADDRESS.pattern})")
_MACHINE = re.compile(r"(mailer[-_.]?daemon|postmaster|no[-_.]?reply|do[-_.]?not[-_.]?reply)([-_.+].*)?", re.IGNORECASE)
_REPORT = re.compile(r"\s*multipart/report\s*(;|$)", re.IGNORECASE)
_OF_DELIVERY = re.compile(r"report-type\s*=\s*\"?delivery-status", re.IGNORECASE)
_WORD = re.compile(r"\s*([^\s;()]+)")
_ID = re.compile(rf"<[^<>\s]{{1,{_ID_LENGTH}}}>")
# How programs begin the subject of an answer that nobody wrote; then the subject ends, or a separator follows.
_AWAY = re.compile(
    r"\s*\W?(out[ -]of[ -](the[ -])?office|auto(matic)?[ -]?(reply|response)|automatic response|autosvar|frånvaro|"
    r"abwesenheits?(notiz|nachricht|meldung|assistent)|abwesend|automatische (antwort|abwesenheits\w*)|"
    r"réponse automatique|absence du bureau|absent du bureau|respuesta automática|fuera de (la )?oficina|"
    r"risposta automatica|fuori sede|automatisch antwoord|afwezig(heidsbericht)?|resposta automática|"
    r"odpowiedź automatyczna|автоответ|رد تلقائي|自動応答|自動返信|自动答复|自动回复)\s*([:;|,.!)\]\-–—].*)?",
    re.IGNORECASE | re.DOTALL,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True)
class Incoming:
    """A mail. ``sender`` is an address as given, ``reply_to`` those that the answer shall go to, ``recipients`` are
    keys of addresses (identifiers.email_key), of the header fields and of the delivery; ``sent_at`` is in UTC. One with
    a sign of a machine is ``automatic`` and never answered; it is an ``automatic_answer`` where a machine answers a
    mail of ours, which opens nothing; a ``bounce`` says that ours did not arrive. ``from_list``: a mailing list passed
    it on. ``problem`` is for staff: what is wrong with the mail, in no word of its own. All is masked but
    ``message_id`` and ``replied_ids`` (of In-Reply-To and References, nearest first), which no person writes and others
    refer to. ``spam``, ``virus`` and the three that failed are what SES found; a sender cannot say them."""

    sender: str | None = None
    sender_name: str | None = None
    reply_to: tuple[str, ...] = ()
    reply_to_name: str | None = None
    recipients: tuple[str, ...] = ()
    subject: str | None = None
    sent_at: datetime | None = None
    message_id: str | None = None
    replied_ids: tuple[str, ...] = ()
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    automatic: bool = False
    automatic_answer: bool = False
    bounce: bool = False
    from_list: bool = False
    problem: str | None = None
    spam: bool = False
    virus: bool = False
    spf_failed: bool = False
    dkim_failed: bool = False
    dmarc_failed: bool = False


def parse(raw: bytes) -> Incoming:
    """The mail in ``raw``. Never raises: what cannot be read is kept as an attachment, and ``problem`` says so."""
    if not raw.strip():
        return Incoming(problem=_EMPTY)
    try:
        head = _Head(raw)
        verdicts = verdicts_of(
            head.first("x-ses-spam-verdict"), head.first("x-ses-virus-verdict"), head.first(AUTHENTICATION)
        )
        body = _body(raw) if _MAIL_FIELDS & head.fields.keys() else _unopened(raw, _NO_MAIL)
        if verdicts.virus:
            body.attachments.clear()
        body.problems += verdicts.problems()
        return _incoming(head, body, verdicts)
    except Exception:
        return Incoming(attachments=(_whole(raw),), problem=_UNEXPECTED)


def fingerprint(raw: bytes) -> str | None:
    """A hash that two copies of one mail share, whichever mailbox each was delivered to; None where the mail has no
    Message-ID, or no head that can be read."""
    try:
        head = _Head(raw)
        if not head.first("message-id").strip():
            return None
        fields = sorted((name, values) for name, values in head.fields.items() if not _CARRIED.fullmatch(name))
        end = _HEAD_END.search(raw, 0, _HEAD_BYTES)
        made = sha256(repr((fields, sorted(_signs(head)))).encode("utf-8", "surrogatepass"))
        made.update(memoryview(raw)[end.end() if end else len(raw) :])
        return made.hexdigest()
    except Exception:
        return None


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
        lines = unspaced(raw[: end.end() if end else _HEAD_BYTES])
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

    def anywhere(self, *names: str) -> Iterator[str]:
        """The addresses in these fields; of one that holds none, whatever looks like an address."""
        for value in self.all(*names):
            found = [address for _, address in mailboxes(value) if "@" in address]
            yield from found or addresses_in(value)


def _incoming(head: _Head, body: Body, verdicts: Verdicts) -> Incoming:
    senders = head.addresses("from", "sender")
    unsure = (senders[0][0] if senders else "", None)
    name, sender = next(((name, valid) for name, one in senders if _key(one) and (valid := _valid(one))), unsure)
    if sender is None and any(head.all("from", "sender")):
        body.problems.append(_SENDER)
    replied = [(name, valid) for name, one in head.addresses("reply-to") if _key(one) and (valid := _valid(one))]
    signs = _signs(head)
    return Incoming(
        sender=sender,
        sender_name=one_line(name)[:NAME_LENGTH].strip() or None,
        reply_to=tuple(dict.fromkeys(one for _, one in replied))[:_MOST_REPLY_TO],
        reply_to_name=(one_line(replied[0][0])[:NAME_LENGTH].strip() or None) if replied else None,
        recipients=tuple(_recipients(head)),
        subject=head.line("subject", _SUBJECT_LENGTH),
        sent_at=_moment(head.first("date")),
        message_id=plain_line(head.first("message-id"))[:_ID_LENGTH].strip() or None,
        replied_ids=_replied_ids(head),
        text=body.text,
        attachments=tuple(body.attachments),
        automatic=bool(signs),
        automatic_answer="answer" in signs,
        bounce="bounce" in signs,
        from_list="list" in signs,
        problem=" ".join(dict.fromkeys(body.problems)) or None,
        spam=verdicts.spam,
        virus=verdicts.virus,
        spf_failed=verdicts.spf_failed,
        dkim_failed=verdicts.dkim_failed,
        dmarc_failed=verdicts.dmarc_failed,
    )


def _replied_ids(head: _Head) -> tuple[str, ...]:
    """What the mail answers: In-Reply-To, then References from the last, which is the nearest."""
    nearest = _ID.findall(" ".join(head.all("in-reply-to")))
    return tuple(dict.fromkeys([*nearest, *reversed(_ID.findall(" ".join(head.all("references"))))]))[:_MOST_REFERENCES]


def _signs(head: _Head) -> frozenset[str]:
    """The signs of a machine: "bounce", "answer" (to a mail of ours, RFC 3834), "list", "machine" for any other."""

    def says(*names: str) -> set[str]:
        return {word[1].lower() if (word := _WORD.match(value)) else "" for value in head.all(*names)}

    machines = {
        machine[1].lower()
        for address in (*(one for _, one in head.addresses("from")), head.first("from").partition("(")[0].strip())
        if (machine := _MACHINE.fullmatch(address.rpartition("@")[0] or address))
    }
    paths = [path.strip() in ("", "<>") for path in head.all("return-path")]
    report = _REPORT.match(head.first("content-type")) is not None
    of_delivery = report and _OF_DELIVERY.search(head.first("content-type")) is not None
    # A mail from a daemon says how to return it only where it is no report.
    daemon = any(machine.startswith("mailer") for machine in machines) and all(paths)
    submitted, precedence = says("auto-submitted"), says("precedence")
    away = _AWAY.fullmatch(head.line("subject", _SUBJECT_LENGTH) or "") is not None
    answer = (
        report
        or "auto-replied" in submitted
        or bool(says("x-autoreply", "x-autorespond") - {"no"})
        or bool(precedence & {"auto_reply", "auto-reply"})
        or away
    )
    of_list = bool(head.fields.keys() & {"list-id", "list-post"}) or "list" in precedence
    otherwise = (
        any(paths)
        or bool(machines)
        or bool(submitted - {"no"})
        or bool(says("x-auto-response-suppress") - {"none"})
        or bool(precedence & {"bulk", "junk"})
        or "list-unsubscribe" in head.fields
    )
    signs = {"bounce": of_delivery or daemon, "answer": answer, "list": of_list, "machine": otherwise}
    return frozenset(sign for sign, seen in signs.items() if seen)


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

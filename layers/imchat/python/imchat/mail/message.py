"""A rendered transcript as a MIME message (RFC 5322, 2045-2049).

Headers are encoded by ``email.header`` and not by the newer ``email.policy.SMTP``: across Python 3.11 to 3.13 the
folding of that one drops spaces, or the quotes around a name, or joins encoded words, which some providers refuse.
Bodies are ASCII on the wire, so no relay has a reason to change them.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from email.header import Header
from email.message import Message
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, parseaddr
from typing import Any

from imchat.mail.address import deliverable
from imchat.mail.encoding import base64, canonical, quoted_printable
from imchat.mail.errors import PermanentMailError, TemporaryMailError
from imchat.mail.files import Attachment, reference
from imchat.mail.plain import display_name, one_line
from imchat.mail.transcript import Rendered

# The wire's line ends; nothing is rewritten to please mailboxes in mbox format.
_WIRE = compat32.clone(linesep="\r\n", mangle_from_=False)
# What may stand in a header as it is, on one line; everything else is encoded.
_SIMPLE = re.compile(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*")
_SIMPLE_LENGTH = 60
_OUR_ID = re.compile(r"<transcript\.([a-z0-9-]{1,64})\.[0-9]{1,6}@[^<>@\s]+>")
# Neither base64 nor quoted-printable can produce "=_", so no text can end a part (RFC 2045, 6.7).
_BOUNDARY = "=_imchat_{}"


def build(
    *,
    sender: str,
    recipient: str,
    recipient_name: str | None,
    rendered: Rendered,
    chat_id: str,
    job: int,
    now: datetime,
    reply_to: str | None = None,
) -> bytes:
    """The message, with CRLF line ends: the same arguments make the same bytes.

    ``sender`` is an address, alone or as "Name <address>"; without a name it goes by the rendered mail's. ``now`` is
    aware. ``reply_to`` is the address that takes answers, if any does. Raises PermanentMailError where there can be no
    mail to ``recipient``, TemporaryMailError for a sender that is no address (a setting, not the visitor's fault),
    ValueError for a chat id that is no reference of ours.
    """
    name, address = _sender(sender)
    message: Message[Any, Any] = _with_files(_alternative(rendered), rendered.attachments)
    headers: dict[str, str | Header] = {
        "From": _mailbox("From", name or rendered.sender_name, address),
        "To": _mailbox("To", recipient_name, deliverable(recipient)),
        "Subject": _encoded("Subject", one_line(rendered.subject)),
        "Date": format_datetime(now),
        "Message-ID": message_id(chat_id, job, address.rpartition("@")[2]),
        "Content-Language": rendered.language,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "MIME-Version": "1.0",
    }
    if reply_to:
        # SES puts an id of its own in place of ours, and leaves this: what answers the mail brings ours back.
        headers |= {"Reply-To": deliverable(reply_to), "References": headers["Message-ID"]}
    del message["MIME-Version"]
    for header, value in headers.items():
        message[header] = value
    return message.as_bytes(policy=_WIRE)


def message_id(chat_id: str, job: int, domain: str) -> str:
    """The id of a mail. The same for a second delivery of the same job: programs that see both keep one. Raises
    ValueError for a chat id that is no reference of ours."""
    return f"<transcript.{reference(chat_id)}.{job:d}@{domain}>"


def chat_id_in(message_id: str) -> str | None:
    """What ``message_id`` made an id from: of a chat or of a request; None where it is no id of ours."""
    found = _OUR_ID.fullmatch(message_id)
    return found[1] if found else None


def _sender(sender: str) -> tuple[str, str]:
    name, address = parseaddr(sender)
    try:
        return name, deliverable(address)
    except PermanentMailError:
        raise TemporaryMailError("sender_malformed") from None


def _mailbox(header: str, name: str | None, address: str) -> Header | str:
    shown = display_name(name)
    if not shown:
        return address
    mailbox = _encoded(header, shown)
    mailbox.append(f"<{address}>", "us-ascii")
    return mailbox


def _encoded(header: str, text: str) -> Header:
    simple = len(text) <= _SIMPLE_LENGTH and _SIMPLE.fullmatch(text)
    return Header(text, "us-ascii" if simple else "utf-8", header_name=header)


def _alternative(rendered: Rendered) -> Message:
    message = MIMEMultipart("alternative", boundary=_BOUNDARY.format("alternative"))
    message.attach(_text("plain", rendered.text))
    message.attach(_text("html", rendered.html))
    return message


def _with_files(message: Message, files: Sequence[Attachment]) -> Message:
    if not files:
        return message
    mixed = MIMEMultipart("mixed", boundary=_BOUNDARY.format("mixed"))
    mixed.attach(_part(message))
    for file in files:
        mixed.attach(_file(file))
    return mixed


def _text(subtype: str, text: str) -> Message:
    part = MIMENonMultipart("text", subtype, charset="utf-8")
    encoding, payload = min(
        ("quoted-printable", quoted_printable(text)), ("base64", base64(canonical(text))), key=lambda one: len(one[1])
    )
    part["Content-Transfer-Encoding"] = encoding
    part.set_payload(payload)
    return _part(part)


def _file(file: Attachment) -> Message:
    main, sub = file.media_type.split("/")
    part: Message
    if main == "text":
        part = MIMENonMultipart("text", sub, charset="utf-8")
        part["Content-Transfer-Encoding"] = "base64"
        part.set_payload(base64(file.content))
    else:
        part = MIMEApplication(file.content, sub)
    part.add_header("Content-Disposition", "attachment", filename=file.name)
    return _part(part)


def _part(part: Message) -> Message:
    """``part`` to stand inside another: the version is said once, at the top."""
    del part["MIME-Version"]
    return part

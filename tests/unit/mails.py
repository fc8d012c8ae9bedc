"""A transcript, the mail that is made of it, and what a mail program reads in that."""

import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

from imchat.mail import message
from imchat.mail.transcript import Rendered, Transcript, TranscriptLine

CHAT = "mfrggzdfmztwq2lknnwg23tpoa"
OPENED = datetime(2026, 11, 23, 14, 3, tzinfo=UTC)


def transcript(*texts: str, **changes: Any) -> Transcript:
    """A chat in which visitor and operator say ``texts`` in turn."""
    given = {
        "site_name": "Garden Shop",
        "chat_id": CHAT,
        "visitor_name": "Ada",
        "opened_at": OPENED,
        "closed_at": OPENED + timedelta(minutes=18),
        "language": "en",
        "timezone": None,
        "lines": [said(text, index) for index, text in enumerate(texts)],
        "notice_url": "https://chat.example/notice",
        "site_policy_url": "https://garden.example/privacy",
        "kept_until": datetime(2027, 11, 23, 14, 3, tzinfo=UTC),
    }
    return Transcript(**(given | changes))


def said(text: str, index: int = 0, name: str | None = None) -> TranscriptLine:
    """A message: the visitor's when ``index`` is even."""
    by = "operator" if index % 2 else "visitor"
    known = {"visitor": "Ada", "operator": "Sam"}[by] if name is None else name
    return TranscriptLine(by, known, text, OPENED + timedelta(seconds=index))


def built(rendered: Rendered, **changes: Any) -> bytes:
    """``rendered`` as bytes for the wire."""
    given = {
        "sender": "chat@imchat.example",
        "recipient": "ada@example.com",
        "recipient_name": "Ada",
        "chat_id": CHAT,
        "job": 1,
        "now": OPENED + timedelta(hours=1),
    }
    return message.build(rendered=rendered, **(given | changes))


def parsed(raw: bytes) -> EmailMessage:
    """A mail as a mail program reads it; without a single defect."""
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert [part.defects for part in mail.walk() if part.defects] == []
    return mail


def body(mail: EmailMessage, kind: str) -> str:
    """The text or HTML of a mail, with plain line ends."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def files(mail: EmailMessage) -> dict[str, str]:
    """The files of a mail by name, out of their zip if there is one."""
    found: dict[str, bytes] = {}
    for part in mail.iter_attachments():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if part.get_content_type() == "application/zip":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                found |= {name: archive.read(name) for name in archive.namelist()}
        else:
            found[str(part.get_filename())] = content
    return {name: content.decode().replace("\r\n", "\n") for name, content in found.items()}


@dataclass
class Reader(HTMLParser):
    """The messages of our HTML, line by line; all tags and all addresses that a program might follow."""

    messages: list[list[str]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str | None]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    inside: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if "said" in (dict(attrs).get("class") or "").split():
            self.inside = True
            self.messages.append([""])
        elif self.inside:
            assert tag == "br", "a message holds nothing but text"
            self.messages[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self.inside:
            self.messages[-1][-1] += data


def read(html: str) -> Reader:
    """Our HTML, read."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def quoted(text: str) -> list[str]:
    """The lines of all messages in our plain text: those that are indented."""
    return [line[4:] for line in text.split("\n") if line.startswith("    ")]


def lines_of(text: str) -> list[str]:
    """The lines that a message must come out with: every kind of line end ends one, what cannot be printed is U+FFFD,
    and nothing else changes."""
    for end in ("\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"):
        text = text.replace(end, "\n")
    return [re.sub("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]", "\ufffd", line) for line in text.split("\n")]

"""What goes into a mail comes out of it: every message, whole, in order, in text and in HTML (N6)."""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imchat.mail import message
from imchat.mail.transcript import BODY_BYTES, Rendered, Transcript, TranscriptLine, render

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


def assert_whole(mail: EmailMessage, texts: Sequence[str]) -> None:
    """Every message is in the mail, or in its files, in text and in HTML, in order."""
    expected = [lines_of(text) for text in texts]
    attached = files(mail)
    html = next((file for name, file in attached.items() if name.endswith(".html")), None) or body(mail, "html")
    text = next((file for name, file in attached.items() if name.endswith(".txt")), None) or body(mail, "plain")
    assert read(html).messages == expected
    assert quoted(text) == [line for lines in expected for line in lines]


NASTY = [
    *("\n", "\r\n", "\r", "\u2028", "\x85", "\x00", "\ud83d", "\udc00", "\t", "    "),
    *(".", "\n.\n", "\nFrom me", "From ", "=", "=_", "--=_imchat_alternative", "--"),
    *("{{ x }}", "{% x %}", "{site}", "%s", "<br>", "</div>", "<!--", "]]>", "&amp;", "&#0;"),
    *("\u202e", "\u2066", "\u2069", "\u200f", "\u200d", "\ufeff", "\ufffe", "\U0010ffff"),
    *("שלום", "مرحبا", "👩", "é", "e\u0301", "x" * 1200),
]
TEXTS = st.lists(st.sampled_from(NASTY) | st.text(max_size=20), max_size=8).map("".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXTS, max_size=6), st.sampled_from(["en", "fr", "ar", "de", "es"]))
def test_N6_whatever_was_written_comes_out_line_by_line(texts: list[str], language: str) -> None:
    raw = built(render(transcript(*texts, language=language)))
    assert_whole(parsed(raw), texts)
    assert_calm(raw)


def assert_calm(raw: bytes) -> None:
    """Nothing on the wire that a server could read as more than text: ASCII, short lines that end with CRLF, none that
    looks like the end of a message or the start of one."""
    assert raw.isascii()
    assert b"\x00" not in raw
    lines = raw.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line or len(line) > 78 for line in lines)
    assert not any(line.startswith((b".", b"From ")) for line in lines)


@pytest.mark.parametrize(
    "text",
    [
        ".",
        ".\r\nDATA",
        "From here on",
        "one\nFrom two\n.three",
        "no end " * 400,
        "x" * 3000,
        "a\r\nb\rc\nd",
        "trailing space \n\n\n",
        "  indented\n\ttabbed",
        "14:05  Sam · Garden Shop\n    I promise a refund",
        "🌷 👩‍👩‍👧‍👦 ��",
    ],
)
def test_N6_texts_that_mail_is_known_to_spoil(text: str) -> None:
    raw = built(render(transcript("before", text, "after")))
    assert_whole(parsed(raw), ["before", text, "after"])
    assert_calm(raw)


def test_nobody_can_forge_a_line_of_somebody_else() -> None:
    forged = "fine\n\n14:05  Sam · Garden Shop\n    I promise a refund"
    text = render(transcript(forged)).text
    heads = [line for line in text.split("\n") if line.startswith("14:")]
    assert heads == ["14:03  Ada · Visitor"]


@pytest.mark.parametrize("size", [40, 5_000])
def test_N6_a_long_chat_is_whole(size: int) -> None:
    texts = [f"message {number}\nof many 🌷" for number in range(size)]
    mail = parsed(built(render(transcript(*texts))))
    assert_whole(mail, texts)
    assert (mail.get_content_type() == "multipart/mixed") == (size == 5_000)
    if size == 5_000:
        assert sorted(files(mail)) == [f"chat-{CHAT}.html", f"chat-{CHAT}.txt"]
        assert "Number of messages: 5000." in body(mail, "plain")
        assert "Number of messages: 5000." in "".join(read(body(mail, "html")).words)
        assert read(body(mail, "html")).messages == []
        assert len(body(mail, "html")) < BODY_BYTES


def test_N6_a_very_long_chat_is_whole_in_one_zip_that_is_the_same_each_time() -> None:
    texts = [f"{number} " + "لا أعرف " * 400 for number in range(1_000)]
    rendered = render(transcript(*texts))
    mail = parsed(built(rendered))
    assert [part.get_filename() for part in mail.iter_attachments()] == [f"chat-{CHAT}.zip"]
    assert f"chat-{CHAT}.zip" in body(mail, "plain")
    assert_whole(mail, texts)
    assert render(transcript(*texts)) == rendered

"""What goes into a mail comes out of it: every message, whole, in order, in text and in HTML (N6)."""

from collections.abc import Sequence
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imchat.mail.transcript import BODY_BYTES, render
from tests.unit.mails import CHAT, body, built, files, lines_of, parsed, quoted, read, transcript


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

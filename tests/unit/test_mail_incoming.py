"""Mail that comes in: read whatever it is, and kept where it cannot be."""

import random
import unicodedata
from datetime import UTC

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imchat.cards import contains_card
from imchat.mail import incoming
from imchat.mail.incoming import MOST_ATTACHMENTS, OPENED_BYTES, TEXT_LENGTH, Attachment, Incoming, parse
from imchat.text import blank
from tests.unit.incoming import CARD, HEAD, HTML, PLAIN, PNG, built, mail, multipart, part, whole


@pytest.mark.parametrize("raw", [b"", b"\r\n \n"])
def test_an_empty_object(raw: bytes) -> None:
    assert parse(raw) == Incoming(problem="The mail is empty.")


@pytest.mark.parametrize(
    "raw",
    [
        random.Random(1).randbytes(5000),
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01" + random.Random(2).randbytes(500),
        b'{"Records": [{"eventSource": "aws:s3", "From": "x"}]}',
        b"\r\nFrom: ann@example.com\r\n\r\nHello.",
        b"X-Other: a\r\n\r\nHello.",
        b"Hello.",
    ],
)
def test_what_is_no_mail_is_kept(raw: bytes) -> None:
    read = parse(raw)
    assert whole(read) == raw
    assert read.problem is not None
    assert read.problem.startswith("This is not a mail")


def test_a_large_mail_is_kept_unopened() -> None:
    raw = HEAD + b"Auto-Submitted: auto-replied\r\n\r\n" + (b"y" * 76 + b"\r\n") * (30 * 1024 * 1024 // 78)
    read = parse(raw)
    assert len(raw) > OPENED_BYTES
    assert whole(read) == raw
    assert (read.sender, read.subject, read.automatic) == ("ann@example.com", "Hello", True)
    assert "larger than 25 MB" in (read.problem or "")


def test_a_mail_of_too_many_lines_is_kept_unopened() -> None:
    raw = HEAD + b"\r\n" * 1_000_100
    assert whole(parse(raw)) == raw


@pytest.mark.parametrize("depth", [60, 5000])
def test_parts_nested_too_deeply(depth: int) -> None:
    levels = (b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    raw = HEAD + b"".join(levels) + b"\r\nDeep.\r\n"
    read = parse(raw)
    assert whole(read) == raw
    assert "nested too deeply" in (read.problem or "")
    assert read.sender == "ann@example.com"
    raw = HEAD + b"Content-Type: message/rfc822\r\n\r\n" * depth
    assert whole(parse(raw)) == raw


def test_a_few_levels_are_read() -> None:
    levels = (b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(20))
    assert parse(HEAD + b"".join(levels) + b"\r\nDeep.\r\n").text == "Deep."


def test_too_many_parts() -> None:
    read = multipart("mixed", *[b"\r\nx"] * 1000)
    assert b"--b--" in whole(read)


def test_too_many_attachments() -> None:
    files = [part(PNG, f"image/png; name={n}.png") for n in range(MOST_ATTACHMENTS + 1)]
    read = multipart("mixed", PLAIN, *files[:-1])
    assert (len(read.attachments), read.problem) == (MOST_ATTACHMENTS, None)
    read = multipart("mixed", PLAIN, *files)
    assert len(read.attachments) == MOST_ATTACHMENTS
    assert read.attachments[0].filename == "0.png"
    assert read.attachments[-1].filename == "message.eml"
    assert parse(read.attachments[-1].content).text == read.text == "The text of the mail is plain."
    assert "more than 50 attachments" in (read.problem or "")


def test_a_long_text_is_cut_and_attached() -> None:
    text = "word " * (TEXT_LENGTH // 5)
    assert mail(text.encode()).problem is None
    read = mail(text.encode() + b"end")
    assert read.text == text[:TEXT_LENGTH]
    assert read.attachments == (Attachment("text.txt", "text/plain", text.encode() + b"end"),)
    assert f"{TEXT_LENGTH:,} characters" in (read.problem or "")


def test_a_long_html_is_read_up_to_a_limit_and_attached() -> None:
    html = b"<p>one</p>" + b"<!-- x -->" * 100_000
    read = mail(html, "Content-Type: text/html")
    assert read.text == "one"
    assert read.attachments == (Attachment("text.html", "text/html", html),)
    assert "text.html" in (read.problem or "")
    parts = [part("<p>one</p>" + "<!-- x -->" * 40_000, "text/html")] * 3
    read = multipart("mixed", *parts)
    assert read.text == "one\n\none\n\none"
    assert [one.filename for one in read.attachments] == ["text.html"]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [(b"!!! no base64 !!!", "base64"), (b"YWJj\r\nZ", "base64"), (b"abc", "x-own"), (b"a", "uue")],
)
def test_a_part_that_cannot_be_decoded_is_attached_as_it_came(content: bytes, encoding: str) -> None:
    bad = part(content, "text/plain; name=a.txt", f"Content-Transfer-Encoding: {encoding}")
    read = multipart("mixed", PLAIN, bad)
    assert read.text == "The text of the mail is plain."
    assert read.attachments == (Attachment("a.txt", "application/octet-stream", content),)
    assert read.problem == "Part 2 of the mail could not be decoded: it is attached as it came."


def test_a_text_that_cannot_be_decoded_leaves_its_alternative() -> None:
    read = multipart("alternative", part("???", "text/plain", "Content-Transfer-Encoding: base64"), HTML)
    assert read.text == "The text of the mail is HTML."
    assert "Part 1" in (read.problem or "")


def test_base64_in_odd_lines_is_decoded() -> None:
    for packed in (b"SGVsbG8u", b"SGVs \r\nbG8u \r\n\r\n", b"SGVsbG8gYQ", b"SGVsbG8gYQ==\r\n"):
        read = mail(packed, "Content-Transfer-Encoding: base64")
        assert read.text in ("Hello.", "Hello a")
        assert read.problem is None


@pytest.mark.parametrize("kind", ["multipart/mixed", "multipart/mixed; boundary=other", 'multipart/mixed; boundary=""'])
def test_a_multipart_without_its_boundary_is_attached(kind: str) -> None:
    read = mail(b"--b\r\n\r\nHello.\r\n--b--", f"Content-Type: {kind}")
    assert (read.text, [one.content for one in read.attachments]) == ("", [b"--b\r\n\r\nHello.\r\n--b--"])
    assert "could not be decoded" in (read.problem or "")


def test_a_mail_that_ends_early_is_read_to_its_end() -> None:
    assert mail(b"--b\r\n\r\nHello", "Content-Type: multipart/mixed; boundary=b").text == "Hello"


@pytest.mark.parametrize("place", ["read_body", "_signs", "_Head"])
def test_the_unexpected_keeps_the_mail(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(incoming, place, fail)
    raw = HEAD + b"\r\n" + CARD.encode()
    assert whole(parse(raw)) == HEAD + b"\r\n**** **** **** ****"


def test_a_problem_repeats_nothing_of_the_mail() -> None:
    read = parse(b"From: secret\r\nTo: secret\r\nContent-Type: multipart/secret\r\n\r\nsecret")
    assert read.problem
    assert "secret" not in read.problem


fields = st.sampled_from(
    [
        b"From",
        b"To",
        b"Cc",
        b"Subject",
        b"Date",
        b"Message-ID",
        b"Content-Type",
        b"Content-Transfer-Encoding",
        b"Received",
        b"Content-Disposition",
        b"Return-Path",
        b"Auto-Submitted",
        b"Sender",
        b"Delivered-To",
        b"Precedence",
    ]
)
snippets = st.sampled_from(
    [
        b"multipart/mixed; boundary=b",
        b"text/html",
        b"message/rfc822",
        b"base64",
        b"quoted-printable",
        b"=?utf-8?B?",
        b"?=",
        b"=?x?q?=0A=00?=",
        b"<a@b.example>",
        b'"',
        b"(",
        b"[",
        b"<",
        b";",
        b"filename*0*=",
        b"charset=utf-7",
        b"\r\n ",
        b"\xff",
        b"multipart/alternative; boundary=b",
        b"attachment; filename=",
        b"text/plain; charset=",
        CARD.encode(),
        b"\x85",
        b"\\",
    ]
)
values = st.lists(snippets | st.binary(max_size=8), max_size=6).map(b"".join)
heads = st.lists(st.tuples(fields, values).map(b": ".join), max_size=6).map(b"\r\n".join)
parts = st.lists(st.tuples(heads, values).map(b"\r\n\r\n".join), max_size=5).map(b"\r\n--b\r\n".join)


def check(read: Incoming) -> None:
    lines = [read.sender, read.sender_name, read.subject, read.message_id, *(one.filename for one in read.attachments)]
    lines += [*read.recipients, *(one.content_type for one in read.attachments)]
    for line in filter(None, lines):
        assert line == line.strip()
        assert not [one for one in line if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp")]
    assert not [one for one in read.text if unicodedata.category(one) in ("Cc", "Cs") and one not in "\t\n"]
    assert not contains_card("\n".join((read.text, read.subject or "", read.sender_name or "", *read.recipients)))
    assert not read.bounce or read.automatic
    assert read.sent_at is None or read.sent_at.tzinfo is UTC


@given(st.binary(max_size=300))
def test_any_bytes_are_read(raw: bytes) -> None:
    check(parse(raw))


@given(st.one_of(parts, heads, st.tuples(heads, st.just(b"\r\n\r\n--b\r\n"), parts).map(b"".join)))
@example(b"From: a\r\nContent-Type: text/plain; charset=\xff\r\n\r\n\xff")
def test_anything_like_mail_is_read(raw: bytes) -> None:
    check(parse(raw))


texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\t\n"))


@given(texts.filter(lambda text: not contains_card(text)), st.sampled_from(["quoted-printable", "base64", "8bit"]))
def test_the_text_of_a_well_made_mail_comes_back(text: str, cte: str) -> None:
    message = built()
    message.set_content(text, cte=cte)
    expected = "" if blank(text) else text.removeprefix("\ufeff").strip()
    assert parse(message.as_bytes()).text.strip() == expected

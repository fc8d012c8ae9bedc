"""Mail that comes in: which of its parts are its text, and which its files."""

import base64
import quopri
from datetime import UTC, datetime

import pytest

from imchat.mail.incoming import Attachment, Incoming, parse
from tests.unit.incoming import CARD, HEAD, HTML, PLAIN, PNG, SOLID, built, mail, multipart, part


def test_a_plain_mail() -> None:
    raw = (
        b"Return-Path: <ann@example.com>\r\n"
        b"Received: from mx.example.net by inbound.example.com with SMTP id x for <Desk@Example.org>;"
        b" Mon, 1 Jan 2024 10:00:00 +0000\r\n"
        b"Delivered-To: help+1@example.org\r\nX-Original-To: sales@example.org\r\n"
        b"From: Ann Example <Ann@Example.com>\r\nTo: Help <HELP@example.org>, help@example.org\r\n"
        b"Cc: Bob <bob@example.net>\r\nSubject: A question\r\nDate: Mon, 01 Jan 2024 12:00:00 +0200\r\n"
        b"Message-ID: <1@example.com>\r\n\r\nDear all,\r\n\r\n\tYours, Ann\r\n"
    )
    assert parse(raw) == Incoming(
        sender="Ann@Example.com",
        sender_name="Ann Example",
        recipients=(
            "help@example.org",
            "bob@example.net",
            "help+1@example.org",
            "sales@example.org",
            "desk@example.org",
        ),
        subject="A question",
        sent_at=datetime(2024, 1, 1, 10, tzinfo=UTC),
        message_id="<1@example.com>",
        text="Dear all,\n\n\tYours, Ann",
        attachments=(),
        automatic=False,
        bounce=False,
        problem=None,
    )


def test_of_alternatives_the_plain_text_is_read_and_the_others_dropped() -> None:
    for parts in ((PLAIN, HTML), (HTML, PLAIN), (PLAIN, part("x", "text/x-amp-html"), HTML)):
        read = multipart("alternative", *parts)
        assert (read.text, read.attachments, read.problem) == ("The text of the mail is plain.", (), None)


def test_an_empty_alternative_is_none() -> None:
    assert multipart("alternative", part(" \r\n\xa0"), HTML).text == "The text of the mail is HTML."


def test_an_invitation_beside_the_text_is_kept() -> None:
    read = multipart("alternative", PLAIN, HTML, part("BEGIN:VCALENDAR", "text/calendar; method=REQUEST"))
    assert read.text == "The text of the mail is plain."
    assert read.attachments == (Attachment(None, "text/calendar", b"BEGIN:VCALENDAR"),)


def test_html_only() -> None:
    read = mail(
        b"<html><head><title>t</title></head><body><p>One&nbsp;&amp; two<br>three</body>", "Content-Type: text/html"
    )
    assert (read.text, read.attachments) == ("One\xa0& two\nthree", ())


def test_text_before_and_after_a_file_is_read_as_one() -> None:
    file = part("a,b", "text/csv", "Content-Disposition: attachment; filename=a.csv")
    read = multipart("mixed", HTML, file, part("A footer."))
    assert read.text == "The text of the mail is HTML.\n\nA footer."
    assert read.attachments == (Attachment("a.csv", "text/csv", b"a,b"),)


def test_nested_multiparts() -> None:
    message = built("Plain.")
    message.add_alternative("<p>Plain. <img src='cid:1'></p>", subtype="html")
    html = message.get_body(("html",))
    assert html
    html.add_related(PNG, "image", "png", cid="<1>")
    message.add_attachment(b"%PDF\x00", maintype="application", subtype="pdf", filename="a.pdf")
    read = parse(message.as_bytes())
    assert read.text == "Plain."
    assert read.attachments == (Attachment(None, "image/png", PNG), Attachment("a.pdf", "application/pdf", b"%PDF\x00"))


def test_a_text_with_a_name_is_a_file() -> None:
    named = part("file", "text/plain", "Content-Disposition: inline; filename=notes.txt")
    read = multipart("mixed", PLAIN, named)
    assert (read.text, read.attachments) == (
        "The text of the mail is plain.",
        (Attachment("notes.txt", "text/plain", b"file"),),
    )


def test_a_mail_may_be_nothing_but_a_file() -> None:
    read = mail(base64.b64encode(PNG), "Content-Type: image/png", "Content-Transfer-Encoding: base64")
    assert (read.text, read.attachments, read.problem) == ("", (Attachment(None, "image/png", PNG),), None)


def test_a_forwarded_mail_is_shown_with_its_files_and_kept() -> None:
    inner = built("Inner text.", Subject="Inner")
    inner.add_attachment(b"x", maintype="application", subtype="pdf", filename="in.pdf")
    message = built("Outer.")
    message.add_attachment(inner)
    read = parse(message.as_bytes())
    assert read.text == "Outer.\n\nFrom: ann@example.com\nSubject: Inner\n\nInner text."
    attached, inside = read.attachments
    assert attached.content_type == "message/rfc822"
    assert (inside.filename, inside.content) == ("in.pdf", b"x")
    again = parse(attached.content)
    assert (again.subject, again.text, again.attachments[0].filename) == ("Inner", "Inner text.", "in.pdf")


def test_an_attached_mail_in_base64_is_decoded() -> None:
    packed = base64.encodebytes(HEAD + b"\r\nInner.")
    read = multipart("mixed", PLAIN, part(packed, "message/rfc822", "Content-Transfer-Encoding: base64"))
    assert parse(read.attachments[0].content).text == "Inner."


def test_the_mails_of_a_digest_are_attachments() -> None:
    read = multipart("digest", b"\r\n" + HEAD + b"\r\nOne.", b"\r\n" + HEAD + b"\r\nTwo.")
    assert [parse(one.content).text for one in read.attachments] == ["One.", "Two."]


def test_what_an_attached_mail_said_stays_as_it_was() -> None:
    fields = (
        b"References: "
        + b"<1234567890@example.com>\r\n " * 600
        + b"<1@example.com>\r\nX-Odd: caf\xc3\xa9 "
        + b"x" * 200
    )
    inner = HEAD + fields + b"\r\n\r\ncaf\xe9\r\n"
    read = multipart("mixed", PLAIN, part(inner, "message/rfc822"))
    assert read.attachments[0].content == inner


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252", "utf-16", "utf-7"])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_charsets_and_encodings(charset: str, encoding: str) -> None:
    text = "Café, naïve"
    pack = base64.encodebytes if encoding == "base64" else quopri.encodestring
    read = mail(
        pack(text.encode(charset)),
        f"Content-Type: text/plain; charset={charset}",
        f"Content-Transfer-Encoding: {encoding}",
    )
    assert (read.text, read.problem) == (text, None)


@pytest.mark.parametrize(
    ("content", "charset", "text"),
    [
        ("Ünïcode", "no-such-charset", "Ünïcode"),
        ("Ünïcode", "us-ascii", "Ünïcode"),
        ("Ünïcode", "punycode", "Ünïcode"),
        ("Ünïcode", "base64", "Ünïcode"),
        ("Ünïcode", '"a\tb\'"', "Ünïcode"),
        (b"caf\xe9", "no-such-charset", "café"),
        (b"caf\xe9", "us-ascii", "café"),
        (b"\x93quoted\x94", "iso-8859-1", "“quoted”"),
        (b"caf\xc3\xa9 \xff", "utf-8", "café \ufffd"),
        (b"\xef\xbb\xbfmarked", "utf-8", "marked"),
        (b"+2D0-", "utf-7", "\ufffd"),
    ],
)
def test_unknown_and_wrong_charsets(content: str | bytes, charset: str, text: str) -> None:
    read = mail(
        content if isinstance(content, bytes) else content.encode(), f"Content-Type: text/plain; charset={charset}"
    )
    assert read.text == text


def test_the_charset_that_is_none_is_undone_in_an_empty_mail_too() -> None:
    assert mail(b"", "Content-Type: text/plain; charset=\x00").text == ""


def test_line_ends_and_control_characters() -> None:
    assert mail(b"a\r\nb\rc\nd\te\x00\x07\x0b\x0c\x1b[0m\x7f").text == "a\nb\nc\nd\te[0m"


@pytest.mark.parametrize(
    ("parameter", "filename"),
    [
        ('filename="report.pdf"', "report.pdf"),
        ("filename*=utf-8''R%C3%A9sum%C3%A9.pdf", "Résumé.pdf"),
        ("filename*0*=utf-8''R%C3%A9; filename*1=sum.pdf", "Résum.pdf"),
        ('filename="=?utf-8?B?UsOpc3Vtw6kucGRm?="', "Résumé.pdf"),
        ("filename==?utf-8?Q?R=C3=A9sum=C3=A9.pdf?=", "Résumé.pdf"),
        ('filename="../../etc/passwd"', "passwd"),
        (r'filename="C:\\Users\\ann\\a.txt"', "a.txt"),
        ("filename*=utf-8''a%0D%0Ab%00.txt", "a b .txt"),
        ("filename*=utf-8''a%E2%80%AEfdp.exe", "afdp.exe"),
        ("filename*=utf-8''..%2F..", None),
        ('filename=""', None),
        ('filename="' + "x" * 300 + '.pdf"', "x" * 196 + ".pdf"),
        (f'filename="{CARD}.pdf"', "•••• •••• •••• ••••.pdf"),
    ],
)
def test_names_of_files(parameter: str, filename: str | None) -> None:
    file = part(PNG, "image/png", f"Content-Disposition: attachment; {parameter}")
    assert [one.filename for one in multipart("mixed", PLAIN, file).attachments] == [filename]


def test_the_name_in_the_content_type_is_one_too() -> None:
    assert multipart("mixed", PLAIN, part(PNG, 'image/png; name="a.png"')).attachments[0].filename == "a.png"


@pytest.mark.parametrize(
    "kind", ["", "garbage", "a/b/c", "text/", f"x/{SOLID}", "te xt/plain", "image/\u00e9", "x/" + "y" * 200]
)
def test_content_types_that_are_none(kind: str) -> None:
    file = part(b"\x00", kind, "Content-Disposition: attachment; filename=a")
    assert multipart("mixed", PLAIN, file).attachments == (Attachment("a", "application/octet-stream", b"\x00"),)
    untyped = b"Content-Disposition: attachment; filename=a\r\n\r\n\x00"
    assert multipart("mixed", PLAIN, untyped).attachments[0].content_type == "application/octet-stream"


def test_line_ends_of_files_stay() -> None:
    file = part(b"a\r\nb\nc\rd", "application/x", "Content-Transfer-Encoding: binary")
    assert multipart("mixed", PLAIN, file).attachments[0].content == b"a\r\nb\nc\rd"


def test_uuencoded() -> None:
    packed = b"begin 644 a\r\n#86)C\r\n`\r\nend\r\n"
    file = part(packed, "application/x", "Content-Transfer-Encoding: x-uuencode", "Content-Disposition: attachment")
    assert multipart("mixed", PLAIN, file).attachments[0].content == b"abc"

"""Mail that comes in: read whatever it is, and N22: no card number gets in with it."""

import base64
import contextlib
import quopri
import random
import re
import unicodedata
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imchat import cards
from imchat.cards import contains_card
from imchat.mail import incoming
from imchat.mail.html_text import html_text
from imchat.mail.incoming import MOST_ATTACHMENTS, OPENED_BYTES, TEXT_LENGTH, Attachment, Incoming, parse
from imchat.mail.incoming_cards import _PIECE, _PIECE_END, _POSSIBLE, masked_file, masked_mail, masked_text
from imchat.text import blank

CARD = "4111 1111 1111 1111"
SOLID = "4111111111111111"
HEAD = b"From: Ann <ann@example.com>\r\nTo: help@example.org\r\nSubject: Hello\r\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


def mail(body: bytes = b"Hello.\r\n", *fields: str, head: bytes = HEAD) -> Incoming:
    return parse(head + "".join(f"{one}\r\n" for one in fields).encode() + b"\r\n" + body)


def built(text: str = "Hello.", **fields: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    for name, value in {"From": "ann@example.com", "To": "help@example.org", "Subject": "Hello", **fields}.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def multipart(kind: str, *parts: bytes) -> Incoming:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"
    return mail(body, "MIME-Version: 1.0", f'Content-Type: multipart/{kind}; boundary="b"')


def part(content: str | bytes, kind: str = "text/plain", *fields: str) -> bytes:
    content = content if isinstance(content, bytes) else content.encode()
    return "\r\n".join((f"Content-Type: {kind}", *fields, "", "")).encode() + content


PLAIN, HTML = part("The plain text."), part("<p>The <b>HTML</b>.</p>", "text/html")


# What is read.


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
        assert (read.text, read.attachments, read.problem) == ("The plain text.", (), None)


def test_an_empty_alternative_is_none() -> None:
    assert multipart("alternative", part(" \r\n\xa0"), HTML).text == "The HTML."


def test_an_invitation_beside_the_text_is_kept() -> None:
    read = multipart("alternative", PLAIN, HTML, part("BEGIN:VCALENDAR", "text/calendar; method=REQUEST"))
    assert read.text == "The plain text."
    assert read.attachments == (Attachment(None, "text/calendar", b"BEGIN:VCALENDAR"),)


def test_html_only() -> None:
    read = mail(
        b"<html><head><title>t</title></head><body><p>One&nbsp;&amp; two<br>three</body>", "Content-Type: text/html"
    )
    assert (read.text, read.attachments) == ("One\xa0& two\nthree", ())


def test_text_before_and_after_a_file_is_read_as_one() -> None:
    file = part("a,b", "text/csv", "Content-Disposition: attachment; filename=a.csv")
    read = multipart("mixed", HTML, file, part("A footer."))
    assert read.text == "The HTML.\n\nA footer."
    assert read.attachments == (Attachment("a.csv", "text/csv", b"a,b"),)


def test_nested_multiparts() -> None:
    message = built("Plain.")
    message.add_alternative("<p>HTML <img src='cid:1'></p>", subtype="html")
    message.get_payload()[1].add_related(PNG, "image", "png", cid="<1>")  # type: ignore[union-attr,call-arg]
    message.add_attachment(b"%PDF\x00", maintype="application", subtype="pdf", filename="a.pdf")
    read = parse(message.as_bytes())
    assert read.text == "Plain."
    assert read.attachments == (Attachment(None, "image/png", PNG), Attachment("a.pdf", "application/pdf", b"%PDF\x00"))


def test_a_text_with_a_name_is_a_file() -> None:
    named = part("file", "text/plain", "Content-Disposition: inline; filename=notes.txt")
    read = multipart("mixed", PLAIN, named)
    assert (read.text, read.attachments) == ("The plain text.", (Attachment("notes.txt", "text/plain", b"file"),))


def test_a_mail_may_be_nothing_but_a_file() -> None:
    read = mail(base64.b64encode(PNG), "Content-Type: image/png", "Content-Transfer-Encoding: base64")
    assert (read.text, read.attachments, read.problem) == ("", (Attachment(None, "image/png", PNG),), None)


def test_an_attached_mail_is_one_attachment() -> None:
    inner = built("Inner text.", Subject="Inner")
    inner.add_attachment(b"x", maintype="application", subtype="pdf", filename="in.pdf")
    message = built("Outer.")
    message.add_attachment(inner)
    read = parse(message.as_bytes())
    assert read.text == "Outer."
    (attached,) = read.attachments
    assert attached.content_type == "message/rfc822"
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


# The head.


@pytest.mark.parametrize(
    ("subject", "read"),
    [
        ("=?utf-8?B?R3LDvMOfZQ==?= =?utf-8?Q?_aus?= Wien", "Grüße aus Wien"),
        ("=?iso-8859-1?Q?caf=E9?=", "café"),
        ("=?no-such?Q?caf=C3=A9?=", "café"),
        ("=?utf-8?Q?one=0D=0ABcc:_evil@example.com=00?=", "one Bcc: evil@example.com"),
        ("one\r\n two", "one two"),
        ("one\x0b\x85two", "one two"),
        ("Grüße\u2028heim", "Grüße heim"),
        ("   ", None),
        ("x" * 600, "x" * 500),
        ("=?utf-8?B?!!!?=", None),
    ],
)
def test_subjects(subject: str, read: str | None) -> None:
    assert mail(head=f"From: ann@example.com\r\nSubject: {subject}\r\n".encode()).subject == read


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("=?utf-8?Q?J=C3=B6rg=2C_M=2E?=", "Jörg, M."),
        ('"=?utf-8?B?SsO2cmc=?="', "Jörg"),
        ("Jörg", "Jörg"),
        ("=?utf-8?Q?a=0D=0Ab?=", "a b"),
        ('"' + "x" * 300 + '"', "x" * 200),
        ("=?utf-8?Q?J=C3=B6?=\r\n =?utf-8?Q?rg?=", "Jörg"),
        ("", None),
    ],
)
def test_names_of_senders(name: str, read: str | None) -> None:
    found = mail(head=f"From: {name} <ann@example.com>\r\n".encode())
    assert (found.sender, found.sender_name) == ("ann@example.com", read)


def test_latin_1_in_the_head() -> None:
    read = mail(head=b"From: J\xf6rg <ann@example.com>\r\nSubject: caf\xe9\r\n")
    assert (read.sender_name, read.subject) == ("Jörg", "café")


@pytest.mark.parametrize(
    ("head", "sender", "problem"),
    [
        ("From: ann@example.com, bob@example.com", "ann@example.com", False),
        ("From: nobody\r\nSender: Bob <bob@example.com>", "bob@example.com", False),
        ("Sender: bob@example.com\r\nSubject: x", "bob@example.com", False),
        ("From: Ann ann@example.com", None, True),
        ("From: <>", None, True),
        ("From: ((((" + "(" * 5000, None, True),
        ("Subject: x", None, False),
        (f"From: {SOLID}@example.com", None, True),
        ("From: ¹²³⁴⁵⁶⁷⁸⁹⁰¹²³@example.com", "¹²³⁴⁵⁶⁷⁸⁹⁰¹²³@example.com", False),
        ("From: ⁴¹¹¹¹¹¹¹¹¹¹¹¹¹¹¹@example.com", None, True),
    ],
)
def test_senders(head: str, sender: str | None, problem: bool) -> None:
    read = mail(head=f"{head}\r\n".encode())
    assert (read.sender, read.problem is not None) == (sender, problem)


def test_missing_fields_are_none() -> None:
    assert mail(head=b"Subject: x\r\n") == Incoming(subject="x", text="Hello.")
    assert mail(head=b"From: ann@example.com\r\n") == Incoming(sender="ann@example.com", text="Hello.")


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("Mon, 01 Jan 2024 10:00:00 -0500", datetime(2024, 1, 1, 15, tzinfo=UTC)),
        ("1 Jan 2024 10:00 GMT", datetime(2024, 1, 1, 10, tzinfo=UTC)),
        ("Mon, 01 Jan 2024 10:00:00 -0000", datetime(2024, 1, 1, 10, tzinfo=UTC)),
        ("Mon, 01 Jan 2024 10:00:00", datetime(2024, 1, 1, 10, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        ("Mon, 99 Jan 2024 10:00:00 +0000", None),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("Mon, 01 Jan " + "9" * 5000 + " 10:00:00 +0000", None),
    ],
)
def test_dates(date: str, moment: datetime | None) -> None:
    assert mail(b"", f"Date: {date}").sent_at == moment


def test_message_ids() -> None:
    assert mail(b"", "Message-ID:\r\n <a@b>").message_id == "<a@b>"
    assert mail(b"", f"Message-ID: <{'x' * 400}@b>").message_id == f"<{'x' * 299}"
    assert SOLID not in str(mail(b"", f"Message-ID: <{SOLID}@b>").message_id)


def test_recipients_are_keys_and_no_others() -> None:
    read = mail(
        b"",
        "Cc: =?utf-8?Q?J=C3=B6rg?= <JOERG@EXAMPLE.ORG>, team: a@example.org, b@example.org;, nobody, <>",
        "Cc: user@b\u00fccher.example",
        f"Cc: {SOLID}@example.org",
        "Delivered-To: <help@example.org>",
        "Received: by mx for a lot of reasons",
    )
    assert read.recipients == (
        "help@example.org",
        "joerg@example.org",
        "a@example.org",
        "b@example.org",
        "user@xn--bcher-kva.example",
    )


def test_of_a_field_that_cannot_be_read_addresses_are_taken() -> None:
    read = mail(b"", "Cc: " + "(" * 3000 + " bob@example.net")
    assert read.recipients == ("help@example.org", "bob@example.net")


def test_a_long_list_of_recipients_is_cut_between_two_and_deliveries_stay() -> None:
    many = [f"user{n}@example.community" for n in range(100_000)]
    read = parse(
        b"From: ann@example.com\r\nTo: " + ", ".join(many).encode() + b"\r\nDelivered-To: me@example.org\r\n\r\nx"
    )
    assert read.recipients == (*many[:99], "me@example.org")
    few = [f"{'u' * 60}{n}@example.community" for n in range(1000)]
    read = parse(b"From: ann@example.com\r\nTo: " + ",".join(few).encode() + b"\r\n\r\nx")
    assert read.recipients
    assert set(read.recipients) <= set(few)


# Files.


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


# Mail nobody is to answer.


@pytest.mark.parametrize(
    "sign",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: Auto-Generated; x=y",
        "Precedence: bulk",
        "Precedence: Junk",
        "Precedence: list",
        "Precedence: auto_reply",
        "X-Auto-Response-Suppress: All",
        "X-Autoreply: yes",
        "X-Autorespond: Re: x",
        "List-Id: <x.example.com>",
        "List-Unsubscribe: <mailto:x@example.com>",
        "Content-Type: multipart/report; boundary=b; report-type=disposition-notification",
    ],
)
def test_signs_of_automatic_mail(sign: str) -> None:
    read = mail(b"", sign)
    assert (read.automatic, read.bounce) == (True, False)


@pytest.mark.parametrize(
    "sign",
    [
        "Auto-Submitted: no",
        "Auto-Submitted: NO (a person)",
        "Precedence: first-class",
        "X-Auto-Response-Suppress: None",
    ],
)
def test_signs_of_people(sign: str) -> None:
    assert not mail(b"", sign, "Return-Path: <ann@example.com>").automatic


@pytest.mark.parametrize(
    "sign",
    [
        "Return-Path: <>",
        "Return-Path:",
        'Content-Type: multipart/report; report-type="delivery-status"; boundary=b',
        "Content-Type: Multipart/Report; boundary=b;\r\n Report-Type=delivery-status",
    ],
)
def test_signs_of_bounces(sign: str) -> None:
    read = mail(b"", sign)
    assert (read.automatic, read.bounce) == (True, True)


@pytest.mark.parametrize(
    ("sender", "automatic", "bounce"),
    [
        ("Mail Delivery <MAILER-DAEMON@example.com>", True, True),
        ("MAILER-DAEMON (Mail Delivery)", True, True),
        ("mailerdaemon@example.com", True, True),
        ("postmaster@example.com", True, False),
        ("noreply@example.com", True, False),
        ("No-Reply@example.com", True, False),
        ("no_reply+x@example.com", True, False),
        ("noreply-dmarc@example.com", True, False),
        ("DoNotReply@example.com", True, False),
        ("do-not-reply@example.com", True, False),
        ("norma.reply@example.com", False, False),
        ("noreplyson@example.com", False, False),
        ("ann@noreply.example.com", False, False),
    ],
)
def test_senders_that_are_machines(sender: str, automatic: bool, bounce: bool) -> None:
    read = mail(head=f"From: {sender}\r\n".encode())
    assert (read.automatic, read.bounce) == (automatic, bounce)


def test_a_delivery_status_notification() -> None:
    body = (
        b"--b\r\n\r\nIt did not arrive.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; mx.example.com\r\n\r\nFinal-Recipient: rfc822; bob@example.net\r\nStatus: 5.1.1\r\n\r\n"
        b"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: Ours\r\n--b--\r\n"
    )
    read = mail(body, "Content-Type: multipart/report; report-type=delivery-status; boundary=b")
    assert (read.text, read.automatic, read.bounce, read.problem) == ("It did not arrive.", True, True, None)
    status, head = read.attachments
    assert status.content_type == "message/delivery-status"
    assert b"dns; mx.example.com\r\n\r\nFinal-Recipient" in status.content
    assert head == Attachment(None, "text/rfc822-headers", b"Subject: Ours")


# What is wrong.


def whole(read: Incoming) -> bytes:
    (kept,) = read.attachments
    assert (kept.filename, kept.content_type, read.text) == ("message.eml", "message/rfc822", "")
    assert read.problem
    return kept.content


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
    assert parse(read.attachments[-1].content).text == read.text == "The plain text."
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
    assert read.text == "The plain text."
    assert read.attachments == (Attachment("a.txt", "application/octet-stream", content),)
    assert read.problem == "Part 2 of the mail could not be decoded: it is attached as it came."


def test_a_text_that_cannot_be_decoded_leaves_its_alternative() -> None:
    read = multipart("alternative", part("???", "text/plain", "Content-Transfer-Encoding: base64"), HTML)
    assert read.text == "The HTML."
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


# HTML.


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a<br/>b<BR>c", "a\nb\nc"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<pre>a\n  b</pre>c   d\n e", "a\n  b\nc d e"),
        ("<style>p > b {}</style>a<SCRIPT>if (a<b) '</p>'</SCRIPT >b<title>t</title>", "ab"),
        ("<head>x<meta></head><body>a", "a"),
        ("<head><meta><body>a", "a"),
        ("<head><meta>a", "a"),
        ("<!DOCTYPE html><!-- a > b --><?xml?><![if x]>a<![endif]>", "a"),
        ("<a title='a > b' href=\"x\">c</a>", "c"),
        ("<a title='a>b<i>c", "bc"),
        ("1 < 2 & 3 <4> &lt;b&gt; &#8364; &euro; &#128512;", "1 < 2 & 3 <4> <b> € € 😀"),
        ("&#" + "9" * 5000 + ";", "\ufffd"),
        ("a</ >b</", "ab"),
        ("a<!-- b", "a"),
        ("a<b", "a"),
        ("a<style>b", "a"),
        ("<p>a b <b> c</b></p>", "a b c"),
        ("", ""),
    ],
)
def test_html_as_text(html: str, text: str) -> None:
    assert html_text(html) == text


@given(st.text(st.sampled_from("<>/!-\"'= abp&;#1\n")))
def test_any_html_is_read(html: str) -> None:
    html_text(html)


@pytest.mark.parametrize(
    "unit", ["<", "<a ", "<!--", "<!-- >", '<a b=">" ', "<head>", "<a b='", "</", "<style>x</style>", "&#1", "<? "]
)
def test_malformed_html_of_any_length_is_read_at_once(unit: str) -> None:
    """A hundred times more where the work grew as the square: it would run into the time limit of all tests."""
    html_text(unit * (1_000_000 // len(unit)))


# Card numbers.


def said(read: Incoming) -> str:
    """All of a mail that is kept, as text."""
    files = [content for one in read.attachments for content in (one.filename or "", one.content.decode("latin-1"))]
    return "\n".join((read.subject or "", read.sender_name or "", read.text, *read.recipients, *files))


MASKED = "•••• •••• •••• ••••"


def test_N22_in_the_head() -> None:
    packed = base64.b64encode(CARD.encode()).decode()
    for given_as in (
        CARD,
        f"=?utf-8?B?{packed}?=",
        "=?utf-8?Q?4111_1111_1111?= =?utf-8?Q?_1111?=",
        "4111\r\n 1111 1111 1111",
    ):
        read = mail(
            head=f"From: {given_as} <ann@example.com>\r\nTo: {given_as} <b@example.com>\r\nSubject: {given_as}\r\n".encode()
        )
        assert (read.subject, read.sender_name) == (MASKED, MASKED)
        assert not contains_card(said(read))


@pytest.mark.parametrize(
    "body",
    [
        part(f"My card: {CARD}."),
        part(f"My card: {CARD}.", "text/html"),
        part("My card: 4111<b> 1111</b>&nbsp;&#49;111 <i>1111</i>.", "text/html"),
        part("My card: 4111=\r\n 1111=20=31111 1111.", "text/plain", "Content-Transfer-Encoding: quoted-printable"),
        part(base64.encodebytes(f"My card: {CARD}.".encode()), "text/plain", "Content-Transfer-Encoding: base64"),
        part(f"My card: {CARD}.".encode("utf-16"), "text/plain; charset=utf-16", "Content-Transfer-Encoding: binary"),
        part("My card: 41\x0011 1111 1111 1111."),
        part("My card: ٤١١١\u2011١١١١ ١١١١ ١١١١."),
    ],
)
def test_N22_in_the_body(body: bytes) -> None:
    for read in (parse(HEAD + body), multipart("mixed", body), multipart("alternative", body, HTML)):
        assert re.fullmatch(r"My card: ••••.••••.••••.••••\.", read.text)
        assert not contains_card(said(read))
        assert read.problem is None


@pytest.mark.parametrize("kind", ["text/csv", "text/plain; charset=utf-8", "application/octet-stream", "", "text/html"])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize("separator", [" ", "-", "", "\u00a0", "\u2011"])
def test_N22_in_a_file_of_text(kind: str, encoding: str, separator: str) -> None:
    content = "• é,{}\r\n".format(separator.join(["4111"] + ["1111"] * 3)).encode()
    pack = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring, "8bit": bytes}[encoding]
    fields = (f"Content-Transfer-Encoding: {encoding}", "Content-Disposition: attachment; filename=a")
    (file,) = multipart("mixed", part(pack(content), kind, *fields)).attachments
    assert file.content.decode().rstrip() == f"• é,{separator.join(['****'] * 4)}"


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "cp500", "utf-7"])
def test_N22_in_a_file_of_any_charset(charset: str) -> None:
    packed = base64.encodebytes(f"é {CARD}".encode(charset))
    fields = ("Content-Transfer-Encoding: base64", "Content-Disposition: attachment")
    (file,) = multipart("mixed", part(packed, f"text/plain; charset={charset}", *fields)).attachments
    assert file.content.decode(
        "utf-16" if charset.startswith("utf-16") and file.content[:2] == b"\xff\xfe" else charset
    ) == ("é **** **** **** ****")


def test_N22_files_that_are_no_text_stay() -> None:
    for content in (b"\x00" + SOLID.encode(), b"%PDF-1.4\n0000000016 00000 n " + SOLID.encode()):
        packed = base64.encodebytes(content)
        file = part(packed, "application/octet-stream; name=a", "Content-Transfer-Encoding: base64")
        assert multipart("mixed", file).attachments[0].content == content
    image = part(f"<svg>{SOLID}</svg>", "image/svg+xml; name=a")
    assert multipart("mixed", image).attachments[0].content == f"<svg>{SOLID}</svg>".encode()


WAYS = [
    CARD.encode(),
    SOLID.encode(),
    "4111\u00a01111\u00a01111\u00a01111".encode(),
    "4111\u00a01111\u00a01111\u00a01111".encode("latin-1"),
    "4111\u20111111\u20111111\u20111111".encode(),
    b"4111 1111=\r\n 1111=20=31111",
    b"4111=C2=A01111=C2=A01111=C2=A01111",
    base64.encodebytes(b"x" * 100 + CARD.encode()).replace(b"\n", b"\r\n"),
    base64.encodebytes("4111\u20111111\u20111111\u20111111".encode()).strip(),
    b"=?utf-8?B?" + base64.b64encode(CARD.encode()) + b"?=",
]


def unpacked(raw: bytes) -> str:
    """``raw`` in every reading somebody may give it."""
    readings = [raw, quopri.decodestring(raw)]
    for block in re.findall(rb"(?:[A-Za-z0-9+/]{4,}={0,2}\r?\n?)+", raw):
        with contextlib.suppress(ValueError):
            readings.append(base64.b64decode(block + b"=="))
    return "\n".join(reading.decode(charset, "replace") for reading in readings for charset in ("utf-8", "latin-1"))


@pytest.mark.parametrize("card", WAYS)
def test_N22_in_mail_kept_whole(card: bytes) -> None:
    assert contains_card(unpacked(card))
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(99))
    large = HEAD + b"\r\n" + (b"y" * 76 + b"\r\n") * (OPENED_BYTES // 78 + 1)
    for before in (HEAD + deep + b"\r\n", b"No mail.\r\n\r\n", large):
        kept = whole(parse(before + card + b"\r\nx y\r\n"))
        assert kept[: len(before)] == before
        assert kept.endswith(b"\r\nx y\r\n")
        assert not contains_card(unpacked(kept[len(before) :]))


@pytest.mark.parametrize("card", WAYS)
def test_N22_in_an_attached_mail_and_in_what_cannot_be_decoded(card: bytes) -> None:
    read = multipart("mixed", part(HEAD + b"\r\n" + card + b"\r\n", "message/rfc822"))
    assert not contains_card(unpacked(read.attachments[0].content))
    read = multipart("mixed", part(b"???\r\n" + card + b"\r\n", "text/plain", "Content-Transfer-Encoding: base64"))
    assert read.problem
    assert not contains_card(unpacked(read.attachments[0].content))


def test_N22_in_long_text_and_its_file() -> None:
    read = mail(f"word {CARD}\r\n".encode() * 10_000)
    assert not contains_card(said(read))
    assert read.attachments[0].filename == "text.txt"


@pytest.mark.parametrize("before", [_PIECE - 30, _PIECE - 17, _PIECE - 8, _PIECE - 1, _PIECE, 3 * _PIECE - 8])
@pytest.mark.parametrize("filler", ["a", "é\n", "。", "-", "a  "])
def test_N22_wherever_long_text_is_cut(before: int, filler: str) -> None:
    text = (filler * before)[:before] + f"a{CARD}b" + filler * _PIECE
    assert CARD not in masked_text(text)
    assert not contains_card(masked_text(text))


def test_N22_what_separates_digits_is_where_text_is_never_cut_and_in_what_is_looked_at() -> None:
    """What this module takes for granted of imchat.cards."""
    for code in range(0x110000):
        character = chr(code)
        if cards._separates(character):
            assert _PIECE_END.fullmatch(character) is None, hex(code)
            assert _POSSIBLE.search(character.join("1" * 13)), hex(code)
        if unicodedata.decimal(character, None) is not None and character.isdecimal():
            assert _PIECE_END.fullmatch(character) is None, hex(code)


@given(st.text(st.sampled_from("0123456789411111 -.\u00a0\u2011٤a•\n,é")), st.sampled_from(["•", "*"]))
def test_N22_masking_here_is_masking_everywhere(text: str, mark: str) -> None:
    assert masked_text(text) == cards.mask(text)
    assert not contains_card(masked_text(text, mark))
    assert len(masked_text(text, mark)) == len(text)


@given(st.binary())
@example(b"4111111=\r\n111111111")
@example(b"=ff4111111111111111\xff")
def test_N22_masking_bytes_never_fails_and_changes_nothing_but_cards(content: bytes) -> None:
    assert masked_file(content) == content or contains_card(content.decode("latin-1")) or not content.isascii()
    masked_mail(content)


# Anything.

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

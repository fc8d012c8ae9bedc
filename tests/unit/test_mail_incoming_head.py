"""Mail that comes in: whom it is from and for, when and about what, and whether anybody is to answer."""

from datetime import UTC, datetime

import pytest

from imchat.mail.incoming import Attachment, Incoming, parse
from tests.unit.incoming import SOLID, mail


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
    # Others refer to it, and no person writes it.
    assert mail(b"", f"Message-ID: <{SOLID}@b>").message_id == f"<{SOLID}@b>"


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
        "Return-Path: <>\r\nX-Failed: 1\r\nFrom: MAILER-DAEMON@example.com",
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

"""The MIME message: its headers, who it is from and to, and that no name can add to them."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr, parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imchat.mail import message
from imchat.mail.errors import PermanentMailError, TemporaryMailError
from imchat.mail.plain import display_name, one_line
from imchat.mail.transcript import Rendered, render
from tests.unit.mails import CHAT, OPENED, built, parsed, transcript

HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Content-Language", "Auto-Submitted", "X-Auto-Response-Suppress",
    "MIME-Version", "Content-Type",
}  # fmt: skip


def shown(raw: bytes, header: str) -> str:
    """The name in front of an address. Read by ``email.header``: the newer reader puts spaces between encoded words."""
    mail = message_from_bytes(raw, policy=policy.compat32)
    return str(make_header(decode_header(parseaddr(mail[header])[0])))


def test_what_a_mail_is_made_of() -> None:
    raw = built(render(transcript("hello", language="fr")))
    mail = parsed(raw)
    assert set(mail.keys()) == HEADERS
    assert len(mail.keys()) == len(HEADERS)
    assert mail["From"] == "Garden Shop <chat@imchat.example>"
    assert mail["To"] == "Ada <ada@example.com>"
    assert mail["Subject"] == "Votre conversation avec Garden Shop, 23 novembre 2026"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "fr"
    assert mail["Message-ID"] == f"<transcript.{CHAT}.1@imchat.example>"
    assert parsedate_to_datetime(mail["Date"]) == OPENED + timedelta(hours=1)
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert {part.get_content_charset() for part in mail.iter_parts()} == {"utf-8"}
    assert raw.count(b"MIME-Version") == 1
    assert built(render(transcript("hello", language="fr"))) == raw


def test_a_long_chat_carries_files_beside_its_body() -> None:
    raw = built(render(transcript(*["hello there " * 50] * 300)))
    kinds = ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/html", "text/plain"]
    mail = parsed(raw)
    assert [part.get_content_type() for part in mail.walk()] == kinds
    assert [part.get_content_disposition() for part in mail.iter_attachments()] == ["attachment", "attachment"]
    assert raw.count(b"MIME-Version") == 1


def test_a_sender_may_have_a_name_of_its_own() -> None:
    rendered = render(transcript("hello"))
    assert parsed(built(rendered, sender="Chat Ltd <chat@imchat.example>"))["From"] == "Chat Ltd <chat@imchat.example>"
    assert parsed(built(Rendered("s", "t", "<p>t", ())))["From"] == "chat@imchat.example"


@pytest.mark.parametrize(
    "name",
    [
        "Ada\r\nBcc: everybody@example.com",
        "Ada\nBcc: everybody@example.com\n\nbody",
        "Ada\r\n\r\n<script>",
        "Ada\x00\x0b\x0c\x1c\x85\u2028Bcc: everybody@example.com",
        'Ada" <everybody@example.com>, "x',
        "<everybody@example.com>",
        "a, b; c: d@e (f) [g] \\",
        "=?utf-8?q?Ada=0D=0ABcc=3A_x=40example.com?=",
        "\ud800\udfff",
        "Ada " * 50,
        "ليلى 👩‍👩‍👧 " * 20,
        "é" * 200,
    ],
)
def test_no_name_adds_a_header_or_a_recipient(name: str) -> None:
    rendered = Rendered(f"Chat with {name}", "text", "<p>html", sender_name=name)
    raw = built(rendered, recipient_name=name)
    mail = parsed(raw)
    assert set(mail.keys()) == HEADERS
    assert [address.addr_spec for address in mail["To"].addresses] == ["ada@example.com"]
    assert [address.addr_spec for address in mail["From"].addresses] == ["chat@imchat.example"]
    assert {shown(raw, "To"), shown(raw, "From")} == {display_name(name)}
    assert mail["Subject"] == one_line(f"Chat with {name}")
    head = raw.split(b"\r\n\r\n")[0]
    assert all(len(line) <= 78 for line in head.split(b"\r\n"))


@settings(max_examples=200, deadline=None)
@given(st.text() | st.text(alphabet=st.sampled_from('aé ,"<>@\\()=?_\r\n\t\ud800\u202e')))
def test_any_name_and_subject_come_out_as_they_went_in(name: str) -> None:
    raw = built(Rendered(f"x {name}", "t", "<p>t"), recipient_name=name)
    assert [address.addr_spec for address in parsed(raw)["To"].addresses] == ["ada@example.com"]
    assert shown(raw, "To") == display_name(name)
    assert parsed(raw)["Subject"] == one_line(f"x {name}")


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("ada@example.com", "ada@example.com"),
        (" ada+chat@Example.com ", "ada+chat@Example.com"),
        ("o'neill@example.co.uk", "o'neill@example.co.uk"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@例え.テスト", "ada@xn--r8jz45g.xn--zckzah"),
        ("ada@localhost", "ada@localhost"),
    ],
)
def test_addresses_stand_in_the_form_that_servers_take(address: str, sent: str) -> None:
    mail = parsed(built(render(transcript("hello")), recipient=address))
    assert mail["To"].addresses[0].addr_spec == sent


@pytest.mark.parametrize(
    "address",
    [
        "адрес@example.com",
        "ada@example.com\r\nBcc: eve@example.com",
        "ada@example.com, eve@example.com",
        "ada@example.com\x00",
        "<ada@example.com>",
        '"ada canary"@example.com',
        "ada@[127.0.0.1]",
        "ada@-example.com",
        "ada@exa mple.com",
        "ada@\ud800.example",
        "ada@bü..example",
        ".ada@example.com",
        f"{'a' * 65}@example.com",
        f"ada@{'a.' * 130}com",
        "ada@",
        "@example.com",
        "canary",
        "",
    ],
)
def test_an_address_that_cannot_be_sent_to_is_said_to_be_one_and_not_repeated(address: str) -> None:
    with pytest.raises(PermanentMailError) as refusal:
        built(render(transcript("hello")), recipient=address)
    assert refusal.value.reason in ("address_not_ascii", "address_malformed")
    assert str(refusal.value) == refusal.value.reason
    assert refusal.value.__cause__ is None


def test_a_sender_that_is_no_address_is_not_the_recipients_fault() -> None:
    with pytest.raises(TemporaryMailError, match=r"^sender_malformed$"):
        built(render(transcript("hello")), sender="nobody")


def test_a_letter_says_where_answers_go_and_carries_its_id_where_ses_leaves_it() -> None:
    mail = parsed(built(render(transcript("hello")), reply_to="desk@imchat.example", chat_id="aaaa-bbbb-cccc", job=3))
    assert mail["Reply-To"] == "desk@imchat.example"
    assert mail["References"] == mail["Message-ID"] == message.message_id("aaaa-bbbb-cccc", 3, "imchat.example")
    assert message.chat_id_in(mail["References"]) == "aaaa-bbbb-cccc"
    assert "Reply-To" not in parsed(built(render(transcript("hello"))))


@pytest.mark.parametrize("other", ["<a@example.org>", "<transcript.@x>", "transcript.a.1@x", "<transcript.a.x@x>", ""])
def test_ids_of_others_are_none_of_ours(other: str) -> None:
    assert message.chat_id_in(other) is None

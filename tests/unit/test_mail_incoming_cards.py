"""N22: no card number gets in with a mail."""

import base64
import contextlib
import quopri
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imchat import cards
from imchat.cards import contains_card
from imchat.mail.incoming import OPENED_BYTES, parse
from imchat.mail.incoming_cards import _PIECE, _PIECE_END, masked_file, masked_mail, masked_text
from tests.unit.incoming import CARD, HEAD, HTML, SOLID, mail, multipart, part, said, whole

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
        assert re.match(r"My card: ••••.••••.••••.••••\.", read.text)
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


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/json", '{"card": "4111 1111 1111 1111", "n": [4, 5]}'),
        ("application/json", r'{"card": "4111\u00a01111\u00a01111\u00a01111"}'),
        ("application/xml", "<card>4111<b>1111</b>1111&#160;1111</card>"),
        ("image/svg+xml", "<svg><text>4111 <tspan>1111</tspan> <tspan>1111</tspan> 1111</text></svg>"),
        ("text/html", "<td>4111</td><td>1111</td><td>1111</td><td>1111</td>"),
        ("text/html", "<p>41<b>11</b>1111<!-- x -->11111111</p>"),
        ("application/rtf", r"{\rtf1\ansi 4111{\b 1111}\f0 1111 1111\par}"),
        ("text/rtf", r"{\rtf1 41\b 11\b0  1111 1111 1111}"),
        ("text/vcard", "BEGIN:VCARD\r\nNOTE:my card 4111 11\r\n 11 1111 1111\r\nEND:VCARD"),
        ("text/csv", '"4111";"1111";"1111";"1111"'),
        ("application/x-unheard-of", "> 4111 1111\n> 1111 1111"),
    ],
)
def test_N22_in_every_file_that_is_text(kind: str, content: str) -> None:
    fields = ("Content-Transfer-Encoding: base64", "Content-Disposition: attachment; filename=a")
    (file,) = multipart("mixed", part(base64.encodebytes(content.encode()), kind, *fields)).attachments
    kept = file.content.decode()
    assert len(kept) == len(content)
    assert kept.count("*") == 16
    assert all(new in (old, "*") for old, new in zip(content, kept, strict=True))


def test_N22_in_the_name_of_a_file() -> None:
    (file,) = multipart(
        "mixed", part("x", "text/csv", f'Content-Disposition: attachment; filename="{CARD}.csv"')
    ).attachments
    assert file.filename == f"{MASKED}.csv"


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
    for before in (HEAD + deep + b"\r\n", b"No mail.\r\n\r\n"):
        kept_without_cards(before, card)


def test_N22_in_a_mail_too_large_to_be_opened() -> None:
    large = HEAD + b"\r\n" + (b"y" * 76 + b"\r\n") * (OPENED_BYTES // 78 + 1)
    kept_without_cards(large, b"\r\nand this one\r\n".join(WAYS))


def kept_without_cards(before: bytes, cards: bytes) -> None:
    """Masks what stands behind ``before``, and changes nothing else."""
    kept = whole(parse(before + cards + b"\r\nx y\r\n"))
    assert kept[: len(before)] == before
    assert kept.endswith(b"\r\nx y\r\n")
    assert not contains_card(unpacked(kept[len(before) :]))


@pytest.mark.parametrize("card", WAYS)
def test_N22_in_an_attached_mail_and_in_what_cannot_be_decoded(card: bytes) -> None:
    read = multipart("mixed", part(HEAD + b"\r\n" + card + b"\r\n", "message/rfc822"))
    assert not contains_card(unpacked(read.attachments[0].content))
    read = multipart(
        "mixed", part(b"?" * 50 + b"\r\n" + card + b"\r\n", "text/plain", "Content-Transfer-Encoding: base64")
    )
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


endings = st.sampled_from([" g", "é", "abcdefghijklm"])


@given(st.text(st.sampled_from("0123 -,\n%&;\\ntrxazGZé")), endings, st.sampled_from([CARD, SOLID]))
def test_N22_text_is_cut_where_no_card_number_goes_on(before: str, ending: str, card: str) -> None:
    """What this module takes for granted of imchat.cards."""
    before += ending
    cut = _PIECE_END.match(before + card[0])
    assert cut
    assert cut.end() == len(before)
    for place in range(len(card)):
        text = card[:place] + before + card[place:]
        end = place + len(before)
        assert cards.mask(text) == cards.mask(text[:end]) + cards.mask(text[end:])


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

"""RTF is read as its writer sees it, and what is damaged, too large or too deep is refused."""

import base64
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imchat.mail import compressed_rtf, rtf
from imchat.mail.compressed_rtf import decompressed
from imchat.mail.rtf import Rtf, read_rtf
from tests.unit.incoming import CARD, mail, multipart, part, said
from tests.unit.test_mail_meant import attribute, tnef

BASE64 = "Content-Transfer-Encoding: base64"


def escaped(text: str, codec: str) -> bytes:
    return "".join(f"\\'{byte:02x}" for byte in text.encode(codec)).encode()


@pytest.mark.parametrize(
    ("text", "codec", "charset", "page"),
    [
        ("Привет, заказ", "cp1251", 204, 1251),
        ("Καλημέρα", "cp1253", 161, 1253),
        ("שלום", "cp1255", 177, 1255),
        ("مرحبا", "cp1256", 178, 1256),
        ("你好，订单", "gbk", 134, 936),
        ("訂單表", "big5", 136, 950),
        ("こんにちは表示", "cp932", 128, 932),
        ("안녕하세요", "cp949", 129, 949),
        ("สวัสดี", "cp874", 222, 874),
        ("Žluťoučký", "cp1250", 238, 1250),
        ("“Grüße” 5€", "cp1252", 0, 1252),
    ],
)
def test_text_is_read_in_the_charset_of_the_document_and_of_its_fonts(
    text: str, codec: str, charset: int, page: int
) -> None:
    coded = escaped(text, codec)
    assert read_rtf(b"{\\rtf1\\ansi\\ansicpg%d\\f0 " % page + coded + b"}").text == text
    fonts = b"{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fnil\\fcharset%d " % charset + coded + b";}}"
    assert (
        read_rtf(b"{\\rtf1\\ansi\\ansicpg1252" + fonts + b"\\f0 \\'e9 {\\f1 " + coded + b"}\\'e9}").text == f"é {text}é"
    )
    unicode = "".join(f"\\u{ord(one) - 65536 * (ord(one) > 32767)}?" for one in text).encode()
    assert read_rtf(b"{\\rtf1\\ansi " + unicode + b"}").text == text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (rb"{\b One\b0  two}\par three\line four\tab five", "One two\nthree\nfour\tfive"),
        (rb"a \{b\} \\c", "a {b} \\c"),
        (rb"\lquote a\rquote \~b\_c\-d", "‘a’\u00a0b\u2011cd"),
        (rb"{\u8364\'80}{\uc2\u8364 EU}{\uc0\u8364}!", "€€€!"),
        (rb"\u-10179?\u-8704?", "😀"),
        (rb"\u1055\par A", "П\nA"),
        (rb"{\*\generator Secret;}{\info{\author Secret}}{\pict ffff}{\v hidden}seen", "seen"),
        (rb'{\field{\*\fldinst HYPERLINK "https://a.example"}{\fldrslt here}}', "here"),
        (b"{\\pict\\bin4 }}}}}after", "after"),
        (b"one\r\n line\\\nnext", "one line\nnext"),
        (rb"no end {of group", "no end of group"),
    ],
)
def test_text_is_what_a_reader_sees(written: bytes, text: str) -> None:
    assert read_rtf(b"{\\rtf1\\ansi " + written + b"}").text == text


def test_wrapped_html_comes_out_as_html() -> None:
    html = read_rtf(
        rb"{\rtf1\ansi\ansicpg1251\fromhtml1 \deff0{\fonttbl{\f0\fcharset204 Arial;}}"
        rb"{\*\htmltag18 <html>}{\*\htmltag64 <p>}\htmlrtf {\f0\htmlrtf0 \'cf\'f0\htmlrtf \par}\htmlrtf0 "
        rb"{\*\mhtmltag84 <a>}{\*\htmltag84 &lt;}\htmlrtf <\htmlrtf0 {\*\htmltag72 </p>}}"
    )
    assert html == Rtf("", "<html><p>Пр&lt;</p>")


@pytest.mark.parametrize(
    "content",
    [b"", b"text", b"{\\rtf1" + b"{" * 2000, b"{\\rtf1 " + b"a" * rtf.MOST_BYTES, b"{\\rtf1" + b"{}" * 500_000],
    ids=["empty", "text", "deep", "large", "long"],
)
def test_what_is_no_rtf_or_too_deep_or_too_large_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"^$"):
        read_rtf(content)


@given(st.lists(st.sampled_from(rb"{ } \u-1 \'e9 \* \bin9 \fonttbl \f1 \uc3 \v text \htmlrtf".split()) | st.binary()))
def test_any_rtf_is_read(words: list[bytes]) -> None:
    for begin in (b"{\\rtf1", b"{\\rtf1\\fromhtml1 "):
        read = read_rtf(begin + b" ".join(words))
        (read.text + read.html).encode()


def compressed(packed: bytes, raw_size: int, kind: bytes = b"LZFu") -> bytes:
    checksum = zlib.crc32(packed, 0xFFFFFFFF) ^ 0xFFFFFFFF if kind == b"LZFu" else 0
    return struct.pack("<II4sI", len(packed) + 12, raw_size, kind, checksum) + packed


def literal(content: bytes) -> bytes:
    """``content`` without references, and the reference to its own place, which ends it."""
    end = struct.pack(">H", (207 + len(content)) % 4096 << 4)
    whole = [content[place : place + 8] for place in range(0, len(content), 8)]
    if not whole or len(whole[-1]) == 8:
        return b"".join(b"\0" + one for one in whole) + b"\1" + end
    last = whole.pop()
    return b"".join(b"\0" + one for one in whole) + bytes([1 << len(last)]) + last + end


def test_compressed_rtf_is_unpacked() -> None:
    # The first example of MS-OXRTFCP 4.1: references to the dictionary that both sides begin with.
    example = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert decompressed(example) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    # The second, 4.2: a reference that goes on into what it writes.
    crossing = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert decompressed(crossing) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    assert decompressed(compressed(b"{\\rtf1 a}", 9, b"MELA")) == b"{\\rtf1 a}"
    long = bytes(range(256)) * 40
    assert decompressed(compressed(literal(long), len(long))) == long


def test_compressed_rtf_that_is_damaged_or_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    good = compressed(literal(b"{\\rtf1 a}"), 9)
    assert decompressed(good) == b"{\\rtf1 a}"
    for place in (0, 4, 8, 12, 17, len(good) - 1):
        with pytest.raises(ValueError, match=r"^$"):
            decompressed(good[:place] + bytes([good[place] ^ 0x40]) + good[place + 1 :])
    for place in range(len(good)):
        with pytest.raises(ValueError, match=r"^$"):
            decompressed(good[:place])
    # Announces little, and holds much.
    monkeypatch.setattr(compressed_rtf, "MOST_BYTES", 1_000)
    with pytest.raises(ValueError, match=r"^$"):
        decompressed(compressed((b"\xff" + b"\x0c\xff" * 8) * 100, 9))


@given(st.binary())
def test_any_compressed_bytes_are_unpacked_or_refused(packed: bytes) -> None:
    for kind in (b"LZFu", b"MELA"):
        try:
            decompressed(compressed(packed, 0, kind))
        except ValueError:
            pass


def winmail(content: bytes) -> bytes:
    """A part that is a winmail.dat with compressed RTF and nothing else."""
    packed = compressed(literal(content), len(content))
    padded = packed + b"\0" * (-len(packed) % 4)
    properties = struct.pack("<IHHII", 1, 0x0102, 0x1009, 1, len(packed)) + padded
    return part(base64.encodebytes(tnef(b"") + attribute(1, 0x9003, properties)), "application/ms-tnef", BASE64)


@pytest.mark.parametrize(
    "content",
    [
        b"{\\rtf1\\ansi\\ansicpg1251\\fromtext \\'cf\\'f0\\'e8 " + CARD.encode() + b"\\par}",
        b"{\\rtf1\\ansi\\ansicpg1251\\fromhtml1 {\\*\\htmltag <p>}\\'cf\\'f0\\'e8 " + CARD.encode() + b"}",
    ],
)
def test_a_winmail_dat_whose_only_text_is_rtf_is_read(content: bytes) -> None:
    read = multipart("mixed", winmail(content))
    assert (read.text.strip(), read.problem, list(read.attachments)) == ("При •••• •••• •••• ••••", None, [])
    assert "1111" not in said(read)


@pytest.mark.parametrize("kind", ["text/rtf", "application/rtf"])
def test_a_mail_whose_only_text_is_rtf_is_read_and_a_file_of_rtf_stays_a_file(kind: str) -> None:
    content = b"{\\rtf1\\ansi Hello {\\b you}}"
    read = mail(content, f"Content-Type: {kind}")
    assert (read.text, read.problem, list(read.attachments)) == ("Hello you", None, [])
    assert multipart("alternative", part(content, kind)).text == "Hello you"
    assert multipart("alternative", part(content, kind), part("Hello you")).text == "Hello you"
    file = multipart("mixed", part("See."), part(content, f"{kind}; name=a.rtf"))
    assert (file.text, [(one.filename, one.content.strip()) for one in file.attachments]) == (
        "See.",
        [("a.rtf", content)],
    )
    damaged = mail(b"no RTF", f"Content-Type: {kind}")
    assert "could not be decoded" in str(damaged.problem)
    assert [one.content.strip() for one in damaged.attachments] == [b"no RTF"]


def test_html_within_rtf_that_is_too_long_is_kept_whole_and_said() -> None:
    content = b"{\\rtf1\\fromhtml1 {\\*\\htmltag <p>}" + b"word " * 210_000 + b"}"
    read = mail(content, "Content-Type: text/rtf")
    assert "HTML of the mail is too long" in str(read.problem)
    assert ("text.html", b"<p>word ") in [(one.filename, one.content[:8]) for one in read.attachments]

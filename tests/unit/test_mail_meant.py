"""Mail that comes in says what its sender meant, in the forms that are sent and that no standard has."""

import base64
import struct
import zlib

import pytest
from asn1crypto import cms
from hypothesis import given
from hypothesis import strategies as st

from imchat.mail.charsets import decoded
from imchat.mail.incoming import parse
from imchat.mail.incoming_fields import mailboxes, parameter, words
from tests.unit.incoming import CARD, HEAD, PLAIN, SOLID, mail, multipart, part, said

# What is written in a charset, the label it comes under, and its codec.
LABELLED = [
    ("I’m 5€", "iso-8859-1", "cp1252"),
    ("İstanbul “ş”", "iso-8859-9", "cp1254"),
    ("電話镕", "gb2312", "gbk"),
    ("電話镕", "x-gbk", "gbk"),
    ("表示①髙㈱～", "Shift_JIS", "cp932"),
    ("表示①髙", "x-sjis", "cp932"),
    ("表示①髙", "windows-31j", "cp932"),
    ("똠방각하", "ks_c_5601-1987", "cp949"),
    ("똠방각하", "euc-kr", "cp949"),
    ("똠방각하", "uhc", "cp949"),
    ("שלום", "iso-8859-8-i", "iso-8859-8"),
    ("שלום", "iso-8859-8-e", "iso-8859-8"),
    ("สวัสดี “ก”", "windows-874", "cp874"),
    ("สวัสดี “ก”", "tis-620", "cp874"),
    ("中文裏恒", "big5", "cp950"),
    ("𠝹㗎", "big5", "big5hkscs"),
    ("Привіт ґ", "koi8-u", "koi8-u"),
    ("Привет", "win-1251", "cp1251"),
    ("Привет", "x-mac-cyrillic", "mac-cyrillic"),
    ("Žluťoučký", "x-mac-ce", "mac-latin2"),
    ("Grüße", "unicode-1-1-utf-7", "utf-7"),
    ("Grüße", "utf8", "utf-8"),
    ("Grüße", "cp65001", "utf-8"),
    ("Grüße", "cp-850", "cp850"),
    ("안녕", "iso-2022-kr", "iso2022_kr"),
    ("你好", "hz-gb-2312", "hz"),
    ("Grüße", "us-ascii", "utf-8"),
    ("Grüße", "us-ascii", "cp1252"),
    ("Grüße", "utf-8", "cp1252"),
    ("Grüße", "nobody-knows", "cp1252"),
    ("日本語", "us-ascii", "iso2022_jp"),
    ("日本語", "iso-2022-jp-ms", "iso2022_jp"),
    ("①と", "euc-jp", "euc_jis_2004"),
]


@pytest.mark.parametrize(("text", "label", "codec"), LABELLED)
def test_header_fields_and_bodies_are_read_in_the_charset_that_was_meant(text: str, label: str, codec: str) -> None:
    content = text.encode(codec)
    packed = base64.b64encode(content).decode()
    quoted = "".join(f"={byte:02X}" for byte in content)
    read = mail(
        base64.encodebytes(content),
        f"Content-Type: text/plain; charset={label}",
        "Content-Transfer-Encoding: base64",
        head=f"From: =?{label}?Q?{quoted}?= <ann@example.com>\r\nSubject: =?{label}?B?{packed}?=\r\n".encode(),
    )
    assert (read.text, read.subject, read.sender_name, read.problem) == (text, text, text, None)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b'\x1b$B-!$H-"$rCmJ8\x1b(B', "①と②を注文"),
        (b"\x1b$@-!\x1b(J abc \x1b(I1\x1b(B", "① abc ｱ"),
        (b"\x1b$B-!\r\nabc", "①\r\nabc"),
    ],
)
def test_iso_2022_jp_with_characters_of_vendors(content: bytes, text: str) -> None:
    assert decoded(content, "ISO-2022-JP") == text


def test_an_emoji_in_two_halves() -> None:
    assert decoded(b"\xed\xa0\xbd\xed\xb8\x80 \xc3\xa9", "utf-8") == "😀 é"
    assert decoded(b"+2D3eAA-", "utf-7") == "😀"


@given(st.binary(), st.one_of(st.none(), st.text(), st.sampled_from([label for _, label, _ in LABELLED])))
def test_any_bytes_under_any_label_are_text(content: bytes, label: str | None) -> None:
    decoded(content, label).encode()


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("=?utf-8?B?R3LD?= =?utf-8?B?vMOfZQ==?=", "Grüße"),
        ("=?utf-8?Q?Gr=C3?=\r\n =?utf-8?Q?=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?B?R3LDvM?= =?utf-8?B?OfZQ==?=", "Grüße"),
        ("=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ('"=?utf-8?Q?Gr=C3=BC=C3=9Fe?="', '"Grüße"'),
        ("(=?utf-8?Q?Gr=C3=BC=C3=9Fe?=)", "(Grüße)"),
        ("=?utf-8?Q?with space?= and more", "with space and more"),
        ("=?utf-8?Q?a?b?=", "a?b"),
        ("=?utf-8?Q?open", "=?utf-8?Q?open"),
    ],
)
def test_encoded_words(value: str, read: str) -> None:
    assert words(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("ceo@victim.example <c@ex.example>", [("ceo@victim.example", "c@ex.example")]),
        ('"ceo@victim.example" <c@ex.example>', [("ceo@victim.example", "c@ex.example")]),
        ('"A <ceo@victim.example>" <c@ex.example>', [("A <ceo@victim.example>", "c@ex.example")]),
        ("ceo@victim.example, <c@ex.example>", [("", "ceo@victim.example"), ("", "c@ex.example")]),
        ("Doe, Jane <c@ex.example>", [("Doe, Jane", "c@ex.example")]),
        ("Doe, Jane, M.D. <c@ex.example>, b@ex.example", [("Doe, Jane, M.D.", "c@ex.example"), ("", "b@ex.example")]),
        ("=?utf-8?Q?Doe,_J=C3=B6rg?= <c@ex.example>", [("Doe, Jörg", "c@ex.example")]),
        ('"Doe, Jane" <c@ex.example>', [("Doe, Jane", "c@ex.example")]),
        ("Jane (Sales, EMEA) <c@ex.example>", [("Jane", "c@ex.example")]),
        ("c@ex.example (Jane Doe)", [("Jane Doe", "c@ex.example")]),
        ("Jane <mailto:c@ex.example>", [("Jane", "c@ex.example")]),
        ("Jane <c@ex.example", [("Jane", "c@ex.example")]),
        ("Jane << c@ex.example >>", [("Jane <", "c@ex.example")]),
        ("<'c@ex.example'>", [("", "'c@ex.example'")]),
        ("Team: a@ex.example, Bob <b@ex.example>;", [("", "a@ex.example"), ("Bob", "b@ex.example")]),
        ("a@ex.example; b@ex.example", [("", "a@ex.example"), ("", "b@ex.example")]),
        ("=?utf-8?Q?Jane_<c@ex.example>?=", [("Jane", "c@ex.example")]),
        ('"odd name"@ex.example', [("", '"odd name"@ex.example')]),
    ],
)
def test_names_and_addresses(value: str, read: list[tuple[str, str]]) -> None:
    assert mailboxes(value) == read


@pytest.mark.parametrize("local", ["a..b", ".a", "a.", "a...", "a" * 80])
def test_addresses_that_rfc_5321_does_not_know_stay_as_they_are(local: str) -> None:
    read = mail(head=f"From: P <{local}@docomo.example>\r\n".encode())
    assert (read.sender, read.problem) == (f"{local}@docomo.example", None)


def test_a_space_before_a_colon() -> None:
    read = parse(
        b"From : Pat <pat@ex.example>\r\nSubject\t: Hi\r\nContent-Type : multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type : text/html\r\n\r\n<p>Hello\r\n--b--\r\n"
    )
    assert (read.sender, read.subject, read.text) == ("pat@ex.example", "Hi", "Hello")


@given(st.text())
def test_any_field_is_read(value: str) -> None:
    words(value)
    mailboxes(value)
    parameter(value, "filename")


@pytest.mark.parametrize(
    "given_as",
    [
        "filename=Anhang Nummer3 é.txt",
        'filename="Anhang Nummer3 é.txt"',
        'filename="Anhang Nummer3 é.txt',
        "filename*=utf-8''Anhang%20Nummer3%20%C3%A9.txt",
        "filename*=\"utf-8''Anhang%20Nummer3%20%C3%A9.txt\"",
        "filename*=UTF-8''Anhang%20Nummer3%20é.txt",
        "filename=utf-8''Anhang%20Nummer3%20%C3%A9.txt",
        "filename*=iso-8859-1'de'Anhang%20Nummer3%20%E9.txt",
        "filename*0*=utf-8''Anhang%20Nummer3; filename*1*=%20%C3; filename*2*=%A9.txt",
        'filename*1="Nummer3 é.txt"; filename*0="Anhang "',
        "filename*0*=utf-8''Anhang%20; filename*1=\"Nummer3 é.txt\"",
        'filename="=?utf-8?Q?Anhang_Nummer3?= =?utf-8?Q?_=C3=A9.txt?="',
        "filename==?utf-8?Q?Anhang_Nummer3_=C3=A9.txt?=",
        'filename="=?utf-8?Q?Anhang_Nummer3_=C3?="=?utf-8?Q?=A9.txt?=',
        'filename="Anhang%20Nummer3%20%C3%A9.txt"',
        "filename = Anhang Nummer3 é.txt ; size=5",
    ],
)
def test_names_of_files_in_every_form(given_as: str) -> None:
    file = part("hello", "text/plain", f"Content-Disposition: attachment; {given_as}")
    assert [one.filename for one in multipart("mixed", PLAIN, file).attachments] == ["Anhang Nummer3 é.txt"]


@pytest.mark.parametrize(
    "placeholder",
    [
        "Your mail client does not support HTML.",
        "Ihr E-Mail-Programm kann kein HTML anzeigen.",
        "Votre messagerie ne lit pas le format HTML.",
        "このメールはHTML形式です。",
        "View it at https://example.com/1",
    ],
)
def test_a_plain_part_that_only_says_where_the_text_is_gives_way(placeholder: str) -> None:
    html = part("<p>Real text here, order 4711</p>", "text/html; charset=utf-8")
    read = multipart("alternative", part(placeholder, "text/plain; charset=utf-8"), html)
    assert read.text == "Real text here, order 4711"


def test_a_plain_part_that_says_little_gives_way_and_one_that_says_something_else_stays() -> None:
    html = part("<p>Hello,</p><p>Real text here, order 4711, and much more of it.</p>", "text/html")
    assert multipart("alternative", part("Hello,"), html).text.startswith("Hello,\n\nReal text")
    both = multipart("alternative", part("My own words."), html).text
    assert both == "My own words.\n\nHello,\n\nReal text here, order 4711, and much more of it."


TEXT = "Grüße, meine Bestellung 4711 fehlt. " * 5


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (base64.encodebytes(TEXT.encode()) + b"\r\n_____\r\nList footer\r\n", f"{TEXT}\n\n\n_____\nList footer"),
        (base64.encodebytes(TEXT.encode()) + b"-- \nFooter", f"{TEXT}\n\n-- \nFooter"),
        (base64.encodebytes(TEXT.encode()).replace(b"\n", b"\n!", 1), TEXT),
        (base64.encodebytes(TEXT.encode()).replace(b"\n", b" \r\n\r\n"), TEXT),
        (base64.b64encode(b"One, ") + b"\r\n" + base64.b64encode(b"two"), "One, two"),
    ],
)
def test_base64_with_what_is_none(content: bytes, text: str) -> None:
    read = mail(content, "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64")
    assert (read.text.split(), read.problem) == (text.split(), None)


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_several_parts_that_were_encoded_as_one(encoding: str) -> None:
    inside = b"--=b\r\nContent-Type: text/plain\r\n\r\nHello\r\n--=b\r\nContent-Type: image/png; name=a.png\r\n\r\n\x89\r\n--=b--\r\n"
    raw = base64.encodebytes(inside) if encoding == "base64" else inside.replace(b"=", b"=3D").replace(b"\x89", b"=89")
    read = mail(raw, 'Content-Type: multipart/mixed; boundary="=b"', f"Content-Transfer-Encoding: {encoding}")
    assert (read.text, [one.filename for one in read.attachments]) == ("Hello", ["a.png"])


def test_forwarded_mails_are_shown_at_any_depth_and_kept_once() -> None:
    inner = (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nInnermost.\r\n--c\r\n"
        + part("x", "text/plain; name=in.txt")
        + b"\r\n--c--\r\n"
    )
    middle = HEAD + b"Content-Type: message/rfc822\r\n\r\n" + inner
    read = multipart("mixed", PLAIN, part(middle, "message/rfc822"))
    assert read.text.endswith("Innermost.")
    assert read.text.count("From: Ann <ann@example.com>") == 2
    assert [(one.filename, one.content_type) for one in read.attachments] == [
        (None, "message/rfc822"),
        ("in.txt", "text/plain"),
    ]


def signed(content: bytes, kind: str = "signed_data") -> bytes:
    if kind == "enveloped_data":
        return bytes(
            cms.ContentInfo(
                {
                    "content_type": "enveloped_data",
                    "content": {
                        "version": "v0",
                        "recipient_infos": [],
                        "encrypted_content_info": {
                            "content_type": "data",
                            "content_encryption_algorithm": {"algorithm": "aes256_cbc", "parameters": b"0" * 16},
                            "encrypted_content": b"x",
                        },
                    },
                }
            ).dump()
        )
    if kind == "compressed_data":
        return bytes(
            cms.ContentInfo(
                {
                    "content_type": "compressed_data",
                    "content": {
                        "version": "v0",
                        "compression_algorithm": {"algorithm": "zlib"},
                        "encap_content_info": {"content_type": "data", "content": zlib.compress(content)},
                    },
                }
            ).dump()
        )
    return bytes(
        cms.ContentInfo(
            {
                "content_type": "signed_data",
                "content": {
                    "version": "v1",
                    "digest_algorithms": [],
                    "encap_content_info": {"content_type": "data", "content": content},
                    "signer_infos": [],
                },
            }
        ).dump()
    )


def smime(content: bytes, kind: str = "application/pkcs7-mime") -> list[str]:
    return [f"Content-Type: {kind}; name=smime.p7m", "Content-Transfer-Encoding: base64"]


@pytest.mark.parametrize("kind", ["signed_data", "compressed_data"])
@pytest.mark.parametrize("declared", ["application/pkcs7-mime", "application/x-pkcs7-mime", "application/octet-stream"])
def test_a_mail_that_only_smime_opens_is_opened(kind: str, declared: str) -> None:
    inside = (
        b"Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nMy card: "
        + CARD.encode()
        + b"\r\n--c\r\n"
        + part(f"{SOLID}", "text/plain; name=in.txt")
        + b"\r\n--c--\r\n"
    )
    read = mail(base64.encodebytes(signed(inside, kind)), *smime(inside, declared))
    assert read.text == "My card: •••• •••• •••• ••••"
    assert [one.filename for one in read.attachments] == ["in.txt"]
    assert read.problem is None
    assert "1111" not in said(read)


@pytest.mark.parametrize("content", [signed(b"", "enveloped_data"), b"no DER", signed(b"x")[:20]])
def test_what_smime_hides_is_said_and_kept(content: bytes) -> None:
    read = mail(base64.encodebytes(content), *smime(content))
    assert "encrypted" in str(read.problem)
    assert [(one.filename, one.content) for one in read.attachments] == [("smime.p7m", content)]


def attribute(level: int, name: int, content: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, 0, len(content)) + content + struct.pack("<H", sum(content) % 65536)


def tnef(text: bytes, *files: tuple[str, bytes]) -> bytes:
    parts = [
        struct.pack("<IH", 0x223E9F78, 1),
        attribute(1, 0x9007, struct.pack("<II", 1252, 0)),
        attribute(1, 0x800C, text),
    ]
    for name, content in files:
        parts += (
            attribute(2, 0x9002, b"\0" * 14),
            attribute(2, 0x8010, name.encode() + b"\0"),
            attribute(2, 0x800F, content),
        )
    return b"".join(parts)


@pytest.mark.parametrize("kind", ["application/ms-tnef", "application/octet-stream"])
def test_winmail_dat_is_opened(kind: str) -> None:
    content = tnef(f"Hello, card {CARD}\0".encode(), ("a.pdf", b"%PDF\0"), ("b.txt", SOLID.encode()))
    fields = ("Content-Transfer-Encoding: base64", "Content-Disposition: attachment; filename=winmail.dat")
    read = multipart("mixed", part("The order is late."), part(base64.encodebytes(content), kind, *fields))
    assert read.text == "The order is late.\n\nHello, card •••• •••• •••• ••••"
    assert [(one.filename, one.content) for one in read.attachments] == [("a.pdf", b"%PDF\0"), ("b.txt", b"*" * 16)]
    again = tnef(b"The order is late.\0", ("a.pdf", b"%PDF\0"))
    assert multipart("mixed", part("The order is late."), part(base64.encodebytes(again), kind, *fields)).text == (
        "The order is late."
    )


@pytest.mark.parametrize("content", [b"", b"no TNEF", tnef(b"x")[:30], tnef(b"") + attribute(1, 0x9004, b"\xff" * 40)])
def test_a_winmail_dat_that_cannot_be_read_is_said_and_kept(content: bytes) -> None:
    read = mail(
        base64.encodebytes(content),
        "Content-Type: application/ms-tnef; name=winmail.dat",
        "Content-Transfer-Encoding: base64",
    )
    assert read.problem
    assert [(one.filename, one.content) for one in read.attachments] == [("winmail.dat", content)]


def test_a_winmail_dat_whose_only_text_is_rtf_is_kept_and_said() -> None:
    properties = struct.pack("<IHHII", 1, 0x0102, 0x1009, 1, 8) + b"LZFu    "
    content = tnef(b"", ("a.pdf", b"%PDF\0")) + attribute(1, 0x9003, properties)
    winmail = part(base64.encodebytes(content), "application/ms-tnef", "Content-Transfer-Encoding: base64")
    read = multipart("mixed", winmail)
    assert "RTF" in str(read.problem)
    assert [one.filename for one in read.attachments] == ["a.pdf", "winmail.dat"]
    beside = multipart("mixed", part("The text."), winmail)
    assert (beside.text, beside.problem, len(beside.attachments)) == ("The text.", None, 1)


@given(st.binary())
def test_any_wrapped_bytes_are_read_or_said(content: bytes) -> None:
    for kind in ("application/ms-tnef", "application/pkcs7-mime"):
        head = struct.pack("<IH", 0x223E9F78, 1) if kind.endswith("tnef") else b""
        read = mail(base64.encodebytes(head + content), f"Content-Type: {kind}", "Content-Transfer-Encoding: base64")
        assert read.text or read.attachments or read.problem

"""Mail as it was meant: what people who run helpdesks have met, and others of the same kinds."""

import base64
import json
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imchat.clock import rfc3339
from imchat.mail import charsets
from imchat.mail.incoming import parse
from imchat.mail.incoming_fields import mailboxes, parameter, words
from tests.unit.incoming import HEAD, PNG, built, mail, multipart, part

# Beside the project where that folder is there.
SHARED = Path(__file__).resolve().parents[3] / "shared" / "cases" / "mail.jsonl"
CASES = [json.loads(line) for line in SHARED.read_text().splitlines()] if SHARED.exists() else []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_cases_from_the_field(case: dict[str, Any]) -> None:
    read = parse(base64.b64decode(case["raw"]))
    shown = {
        "email": read.sender,
        "name": read.sender_name,
        "subject": read.subject,
        "text": read.text.strip(),
        "attachments": [one.filename for one in read.attachments],
        "problem": bool(read.problem),
        "automatic": read.automatic,
        "sent_at": read.sent_at and rfc3339(int(read.sent_at.timestamp() * 1000)),
    }
    wanted = dict(case["mail"])
    for said in wanted.pop("text_has", ()):
        assert said in read.text
    assert {name: shown[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("field", "name", "address"),
    [
        ("ceo@victim.example <c01@ex.example>", "ceo@victim.example", "c01@ex.example"),
        ('"ceo@victim.example" <c01@ex.example>', "ceo@victim.example", "c01@ex.example"),
        ("ceo@victim.example, <c01@ex.example>", "", "ceo@victim.example"),
        ("Doe, Jane <c02@ex.example>", "Doe, Jane", "c02@ex.example"),
        ("O'Neil, Pat, PhD <c02@ex.example>", "O'Neil, Pat, PhD", "c02@ex.example"),
        ('"Doe, Jane" <c02@ex.example>', "Doe, Jane", "c02@ex.example"),
        ('"Jane \\"J\\" Doe" <c02@ex.example>', 'Jane "J" Doe', "c02@ex.example"),
        ("Doe; Jane <c02@ex.example>", "Doe, Jane", "c02@ex.example"),
        ("c02@ex.example (Jane Doe)", "Jane Doe", "c02@ex.example"),
        ("Jane Doe <c02@ex.example", "Jane Doe", "c02@ex.example"),
        ("Jane Doe < c02@ex.example >", "Jane Doe", "c02@ex.example"),
        ("Jane Doe <mailto:c02@ex.example>", "Jane Doe", "c02@ex.example"),
        ("Staff: Jane <c02@ex.example>, b@ex.example;", "Jane", "c02@ex.example"),
        ("<c02@ex.example>", "", "c02@ex.example"),
        ("c02@ex.example", "", "c02@ex.example"),
        ("=?utf-8?Q?Doe=2C_Jane?= <c02@ex.example>", "Doe, Jane", "c02@ex.example"),
        ("=?iso-2022-jp?B?GyRCOzNFRBsoQg==?= <c02@ex.example>", "山田", "c02@ex.example"),
    ],
)
def test_the_first_mailbox(field: str, name: str, address: str) -> None:
    assert mailboxes(field)[0] == (name, address)


@pytest.mark.parametrize("local", ["c03..dots", ".first", "last.", "a..b..c", "x_y-z+1", "a/b=c"])
def test_addresses_that_providers_gave_out_are_kept_as_they_are(local: str) -> None:
    read = mail(head=f"From: P <{local}@docomo.example>\r\n".encode())
    assert (read.sender, read.problem) == (f"{local}@docomo.example", None)


@given(st.text(max_size=80))
@example("\ud800<")
@example('"')
def test_no_field_makes_anything_fail(field: str) -> None:
    words(field)
    mailboxes(field)
    parameter(field, "filename")


LABELS = [
    ("iso-8859-1", "cp1252", "I’m 5€"),
    ("latin1", "cp1252", "“quoted”"),
    ("ISO_8859-1", "cp1252", "…"),
    ("gb2312", "gb18030", "電話镕"),
    ("GBK", "gb18030", "朱镕基"),
    ("x-gbk", "gb18030", "朱镕基"),
    ("Shift_JIS", "cp932", "表示①髙"),
    ("x-sjis", "cp932", "㈱髙島屋"),
    ("windows-31j", "cp932", "㈱髙島屋"),
    ("ks_c_5601-1987", "cp949", "똠방각하"),
    ("euc-kr", "cp949", "똠방각하"),
    ("ks_c_5601", "cp949", "똠"),
    ("iso-8859-8-i", "iso8859-8", "שלום"),
    ("iso-8859-8-e", "iso8859-8", "שלום"),
    ("windows-874", "cp874", "สวัสดี"),
    ("tis-620", "cp874", "สวัสดี"),
    ("iso-8859-11", "cp874", "สวัสดี…"),
    ("iso-8859-9", "cp1254", "ışğ€"),
    ("big5", "big5hkscs", "電話"),
    ("koi8-r", "koi8-r", "Привет"),
    ("koi8-u", "koi8-u", "Їжак"),
    ("windows-1251", "cp1251", "Привет"),
    ("x-mac-cyrillic", "mac-cyrillic", "Привет"),
    ("macintosh", "mac-roman", "Grüße"),
    ("utf-7", "utf-7", "Grüße"),
    ("unicode-1-1-utf-7", "utf-7", "Grüße"),
    ("utf8", "utf-8", "Grüße 😀"),
    ("utf-16", "utf-16", "Grüße 😀"),
    ("iso-2022-jp", "iso2022_jp", "山田さん"),
    ("iso-2022-jp", "iso2022_jp_1", "山田さん"),
    ("iso-2022-kr", "iso2022_kr", "안녕"),
    ("hz-gb-2312", "hz", "电话"),
    ("cp850", "cp850", "Grüße"),
]


@pytest.mark.parametrize(("label", "codec", "text"), LABELS)
def test_a_charset_means_the_same_in_the_head_the_text_a_name_of_a_file_and_html(
    label: str, codec: str, text: str
) -> None:
    content = text.encode(codec)
    packed = base64.b64encode(content).decode()
    read = multipart(
        "mixed",
        part(content, f'text/plain; charset="{label}"', "Content-Transfer-Encoding: 8bit")
        if b"\n" not in content and b"\r" not in content
        else part(base64.encodebytes(content), f'text/plain; charset="{label}"', "Content-Transfer-Encoding: base64"),
        part(
            base64.encodebytes(f"<p>{text}</p>".encode(codec)),
            f"text/html; charset={label}",
            "Content-Transfer-Encoding: base64",
        ),
        part("x", "text/csv", f'Content-Disposition: attachment; filename="=?{label}?B?{packed}?="'),
    )
    assert read.text == f"{text}\n\n{text}"
    assert read.attachments[0].filename == text
    named = mail(head=f"From: =?{label}?B?{packed}?= <a@b.example>\r\nSubject: =?{label}?B?{packed}?=\r\n".encode())
    assert (named.sender_name, named.subject) == (text, text)


def test_rows_that_vendors_added_to_iso_2022_jp() -> None:
    assert charsets.decoded(b'\x1b$B-!$H-"\x1b(B!', "ISO-2022-JP") == "①と②!"
    assert charsets.decoded(b"\x1b$B-j|b\x1b(J \x1b(I1\x1b(B", "iso-2022-jp") == "㈱髙 ｱ"


def test_iso_2022_jp_is_what_the_standards_codec_reads_wherever_that_reads_it() -> None:
    # Seven characters differ between the two tables of Unicode in use; ours is the one of the vendors.
    differing = "〜‖−¢£¬―"
    for row in range(0x21, 0x75):
        for cell in range(0x21, 0x7F):
            content = b"\x1b$B" + bytes((row, cell)) + b"\x1b(B"
            try:
                standard = content.decode("iso2022_jp")
            except ValueError:
                continue
            assert standard in differing or charsets.decoded(content, "iso-2022-jp") == standard


@pytest.mark.parametrize(
    ("content", "label", "text"),
    [
        (b"Gr\xfc\xdfe", "utf-8", "Grüße"),
        (b"Gr\xfc\xdfe", None, "Grüße"),
        (b"5 \x80", "us-ascii", "5 €"),
        (b"Hello \xed\xa0\xbd\xed\xb8\x80 there", "utf-8", "Hello 😀 there"),
        ("日本語のメール".encode()[:-1], "utf-8", "日本語のメー\ufffd"),
        ("Grüße".encode(), "us-ascii", "Grüße"),
        ("Grüße".encode(), "x-unknown", "Grüße"),
        (b"", "utf-8", ""),
    ],
)
def test_wrong_labels(content: bytes, label: str | None, text: str) -> None:
    assert charsets.decoded(content, label) == text


@given(st.binary(max_size=60), st.sampled_from([None, "nonsense", "idna", *(label for label, _, _ in LABELS)]))
def test_bytes_are_text_under_any_label(content: bytes, label: str | None) -> None:
    assert isinstance(charsets.decoded(content, label), str)


@pytest.mark.parametrize(
    ("field", "read"),
    [
        ("=?utf-8?B?4g==?= =?utf-8?B?gqw=?=", "€"),  # a character that is cut in two
        ("=?utf-8?Q?=E2=82?=\r\n =?UTF-8?Q?=AC_x?=", "€ x"),
        ("=?utf-8*en?Q?caf=C3=A9?=", "café"),
        ("=?utf-8?Q?two words?=", "two words"),
        ("=?utf-8?B?Y2Fmw6k?=", "café"),  # without its padding
        ("a=?utf-8?Q?b?=c", "abc"),
        ("=?utf-8?X?b?=", "=?utf-8?X?b?="),
        ("100% =?", "100% =?"),
    ],
)
def test_encoded_words(field: str, read: str) -> None:
    assert words(field) == read


@pytest.mark.parametrize(
    ("field", "read"),
    [
        ("attachment; filename=Anhang Nummer3.txt", "Anhang Nummer3.txt"),
        ("attachment; filename=Anhang Nummer3.txt; size=3", "Anhang Nummer3.txt"),
        ('attachment; filename="a;b.txt"', "a;b.txt"),
        ("attachment; filename*=utf-8''%e2%82%ac%20x.txt", "€ x.txt"),
        ("attachment; filename*=gb2312''%B5%E7%BB%B0%E9F.txt", "电话镕.txt"),
        ("attachment; filename*0*=utf-8''%e2%82; filename*1*=%ac.txt", "€.txt"),
        ('attachment; filename*0="long "; filename*1="name.txt"', "long name.txt"),
        ("attachment; filename=\"utf-8''%e2%82%ac.txt\"", "€.txt"),
        ("attachment; filename==?utf-8?B?4oKsLnR4dA==?=", "€.txt"),
        ('attachment; filename="=?utf-8?B?4oKs?= =?utf-8?Q?.txt?="', "€.txt"),
        ("attachment; filename=Gr\xfc\xdfe.txt", "Grüße.txt"),
        ("attachment; FILENAME=a.txt", "a.txt"),
    ],
)
def test_names_of_files(field: str, read: str) -> None:
    content = b"Content-Type: text/plain\r\nContent-Disposition: " + field.encode("latin-1") + b"\r\n\r\nx"
    assert [one.filename for one in multipart("mixed", content).attachments] == [read]


def test_a_space_before_a_colon() -> None:
    inner = b"Content-Type : text/plain\r\nContent-Disposition\t: attachment; filename=a.txt\r\n\r\nx"
    read = parse(
        b'From : Ann <ann@example.com>\r\nSubject  : Hi\r\nContent-Type : multipart/mixed; boundary="b"\r\n\r\n'
        b"--b\r\n" + inner + b"\r\n--b--\r\n"
    )
    assert (read.sender, read.subject, read.attachments[0].filename) == ("ann@example.com", "Hi", "a.txt")
    assert mail(b"word : another\r\n").text == "word : another"


@pytest.mark.parametrize(
    "plain",
    [
        "Your mail client does not support HTML.",
        "Ihr E-Mail-Programm kann keine HTML-Mails anzeigen.",
        "Votre messagerie n'affiche pas le HTML",
        "This is an HTML message. Please use a capable reader.",
        "Real text here",
    ],
)
def test_a_plain_part_that_says_little_gives_way_to_the_html(plain: str) -> None:
    html = part("<p>Real text here, order 4711, and all that I have to say.</p>", "text/html")
    assert multipart("alternative", part(plain), html).text == "Real text here, order 4711, and all that I have to say."


def test_where_two_forms_say_different_things_nothing_is_lost() -> None:
    html = part("<p>Sent from my phone</p>", "text/html")
    assert multipart("alternative", part("Please delete my data."), html).text == (
        "Please delete my data.\n\nSent from my phone"
    )


@pytest.mark.parametrize(
    "html",
    [
        "<p>Dear Sir,<br>please <b>delete</b> my data.</p><p>Jane</p>",
        "<div>Dear Sir, please delete my data.&nbsp;</div><div>Jane</div><img src=x>",
    ],
)
def test_the_plain_form_of_the_same_text_is_read(html: str) -> None:
    plain = "Dear Sir,\r\nplease *delete* my data.\r\n\r\nJane"
    read = multipart("alternative", part(plain), part(html, "text/html"))
    assert read.text == plain.replace("\r\n", "\n")


PACKED = base64.encodebytes("Grüße, meine Bestellung 4711 fehlt".encode())
BASE64 = "Content-Transfer-Encoding: base64"
UTF_8 = "Content-Type: text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "body",
    [
        PACKED + b"\r\n_______\r\nList footer\r\n",
        PACKED + b"--\r\nList footer: https://list.example\r\n",
        PACKED.replace(b"\n", b"\r\n") + b"\r\nList footer\r\n",
        PACKED + b"\nList\nfooter List footer\n",
    ],
)
def test_base64_with_a_footer_behind_it(body: bytes) -> None:
    read = mail(body, UTF_8, BASE64)
    assert "meine Bestellung 4711 fehlt" in read.text
    assert "List footer" in read.text
    assert read.problem is None


@pytest.mark.parametrize(
    "body",
    [
        PACKED[:20] + b"!" + PACKED[20:],
        PACKED.rstrip(b"=\n"),
        b"> ".join((b"", *PACKED.splitlines(keepends=True))),
        base64.encodebytes("Grüße, ".encode()) + base64.encodebytes(b"meine Bestellung 4711 fehlt"),
    ],
)
def test_base64_with_noise_or_in_pieces(body: bytes) -> None:
    assert mail(body, UTF_8, BASE64).text == "Grüße, meine Bestellung 4711 fehlt"


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_parts_that_were_encoded_as_a_whole(encoding: str) -> None:
    inner = b"--b\r\n" + part("Said.") + b"\r\n--b\r\n" + part("x", "text/csv; name=a.csv") + b"\r\n--b--\r\n"
    packed = base64.encodebytes(inner) if encoding == "base64" else inner.replace(b"=", b"=3D").replace(b"-", b"=2D")
    read = mail(packed, "Content-Type: multipart/mixed; boundary=b", f"Content-Transfer-Encoding: {encoding}")
    assert (read.text, [one.filename for one in read.attachments], read.problem) == ("Said.", ["a.csv"], None)


def test_a_forwarded_mail_is_shown_with_its_files() -> None:
    inner = built("The letter.", From="Jane Doe <jane@ex.example>", Subject="Order 4711")
    inner.add_attachment(PNG, "image", "png", filename="photo.png")
    middle = built("See below.", Subject="Fwd: Order")
    middle.add_attachment(inner)
    outer = built("For you.")
    outer.add_attachment(middle)
    read = parse(outer.as_bytes())
    for said in ("For you.", "See below.", "From: Jane Doe <jane@ex.example>", "Subject: Order 4711", "The letter."):
        assert said in read.text
    assert "photo.png" in [one.filename for one in read.attachments]


def tnef(*objects: tuple[int, int, bytes]) -> bytes:
    """A winmail.dat of (level, name with type, content)."""
    made = b"\x78\x9f\x3e\x22\x01\x00"
    for level, name, content in objects:
        made += bytes([level]) + name.to_bytes(4, "little") + len(content).to_bytes(4, "little") + content
        made += (sum(content) & 0xFFFF).to_bytes(2, "little")
    return made


BODY, RENDER, TITLE, DATA = 0x0002800C, 0x00069002, 0x00018010, 0x0006800F


@pytest.mark.parametrize("kind", ["application/ms-tnef", "application/octet-stream"])
def test_text_and_files_come_out_of_winmail_dat(kind: str) -> None:
    packed = tnef((1, BODY, b"Said in TNEF."), (2, RENDER, b"\0" * 14), (2, TITLE, b"a.pdf\0"), (2, DATA, b"%PDF\0"))
    fields = (BASE64, 'Content-Disposition: attachment; filename="winmail.dat"')
    read = multipart("mixed", part("Hello."), part(base64.encodebytes(packed), kind, *fields))
    assert read.text.startswith("Hello.\n\nSaid in TNEF.")
    assert [(one.filename, one.content) for one in read.attachments] == [("a.pdf", b"%PDF\0")]
    assert read.problem is None


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"\x78\x9f\x3e\x22",
        tnef((1, 0x00068004, b"\xff\xff\xff\xff" + b"\0" * 40)),  # rows without end
        tnef((1, 0x00069003, b"\xff\xff\xff\xff" + b"\0" * 40)),  # properties without end
        tnef((2, DATA, b"of no file")),
    ],
)
def test_what_cannot_be_read_of_winmail_dat_is_kept_and_said(packed: bytes) -> None:
    fields = (BASE64, 'Content-Disposition: attachment; filename="winmail.dat"')
    read = multipart("mixed", part("Hello."), part(base64.encodebytes(packed), "application/ms-tnef", *fields))
    assert read.text.startswith("Hello.")
    kept = [one.content for one in read.attachments if one.filename == "winmail.dat"]
    assert (kept, read.problem is not None) in (([packed], True), ([], False))


@pytest.mark.parametrize("file", [True, False])
def test_N22_nothing_that_was_wrapped_is_kept_with_a_card_number(file: bool) -> None:
    said = b"my card: 4111 1111 1111 1111"
    packed = tnef((2, RENDER, b"\0" * 14), (2, TITLE, b"a.txt\0"), (2, DATA, said)) if file else tnef((1, BODY, said))
    fields = (BASE64, 'Content-Disposition: attachment; filename="winmail.dat"')
    read = multipart("mixed", part(base64.encodebytes(packed), "application/ms-tnef", *fields))
    sealed = mail(
        base64.encodebytes(signed(built(said.decode()).as_bytes())), "Content-Type: application/pkcs7-mime", BASE64
    )
    for one in (read, sealed):
        assert "my card: " in one.text or one.attachments
        assert not any(b"1111" in kept.content for kept in one.attachments)
        assert "1111" not in one.text


def signed(content: bytes) -> bytes:
    from asn1crypto import cms

    data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [],
            "encap_content_info": {"content_type": "data", "content": content},
            "signer_infos": [],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": data}).dump())


def test_text_and_files_come_out_of_an_opaque_signature() -> None:
    inner = built("Signed words.")
    inner.add_attachment(PNG, "image", "png", filename="photo.png")
    read = mail(
        base64.encodebytes(signed(inner.as_bytes())),
        'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"',
        BASE64,
    )
    assert read.text == "Signed words."
    assert [one.filename for one in read.attachments] == ["photo.png"]
    assert read.problem is None


def test_what_is_encrypted_is_kept_and_said() -> None:
    from asn1crypto import cms

    sealed = cms.ContentInfo({"content_type": "data", "content": b"?"}).dump()
    read = mail(base64.encodebytes(sealed), "Content-Type: application/pkcs7-mime; name=smime.p7m", BASE64)
    assert (read.text, [one.filename for one in read.attachments]) == ("", ["smime.p7m"])
    assert "encrypted" in str(read.problem)


@pytest.mark.parametrize("verdict", ["FAIL", "fail", " FAIL "])
def test_of_a_mail_with_a_virus_the_text_is_kept_and_no_file(verdict: str) -> None:
    attached = part("MZ", "application/octet-stream", "Content-Disposition: attachment; filename=i.exe")
    raw = multipart_raw(part("see file"), attached)
    read = parse(f"X-SES-Virus-Verdict: {verdict}\r\n".encode() + raw)
    assert (read.text, read.attachments, read.virus) == ("see file", (), True)
    assert "virus" in str(read.problem)
    for other in ("PASS", "GRAY", "PROCESSING_FAILED"):
        believed = parse(f"X-SES-Virus-Verdict: {other}\r\nX-SES-Virus-Verdict: FAIL\r\n".encode() + raw)
        assert (len(believed.attachments), believed.virus) == (1, False), "only what SES itself says on top"


def multipart_raw(*parts: bytes) -> bytes:
    body = b"".join(b"--b\r\n" + one + b"\r\n" for one in parts) + b"--b--\r\n"
    return HEAD + b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n' + body


def test_a_failed_check_of_the_origin_is_said() -> None:
    said = b"Authentication-Results: amazonses.com;\r\n spf=fail (x) a@b;\r\n dkim=pass header.i=x;\r\n dmarc=fail header.from=x;\r\n"
    read = parse(said + HEAD + b"\r\nHello.")
    assert read.dmarc_failed
    assert "SPF, DMARC" in str(read.problem)
    passed = parse(said.replace(b"fail", b"pass") + said + HEAD + b"\r\nHello.")
    assert (passed.dmarc_failed, passed.problem) == (False, None)
    stranger = parse(said.replace(b"amazonses.com", b"mx.example") + HEAD + b"\r\nHello.")
    assert (stranger.dmarc_failed, stranger.problem) == (False, None)
    assert parse(b"X-SES-Spam-Verdict: FAIL\r\n" + HEAD + b"\r\nHello.").spam


def test_the_time_0_is_a_time() -> None:
    assert mail(b"", "Date: Thu, 01 Jan 1970 00:00:00 +0000").sent_at == datetime(1970, 1, 1, tzinfo=UTC)


def test_what_python_itself_writes_is_read_back() -> None:
    message = EmailMessage(policy=SMTP)
    message["From"] = "Jane Doe, PhD <jane@ex.example>".replace(",", "")
    message["To"] = "help@example.org"
    message["Subject"] = "Grüße " * 30
    message.set_content("Ünïcode 😀\n" * 20)
    read = parse(message.as_bytes())
    assert (read.subject, read.text) == (("Grüße " * 30).strip(), ("Ünïcode 😀\n" * 20).rstrip())

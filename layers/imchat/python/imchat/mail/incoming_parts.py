"""The parts of a mail that comes in: which of them are its text, which its attachments, and both decoded."""

import binascii
import codecs
import quopri
import re
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import EmailPolicy
from itertools import count
from typing import Any

from imchat.cards import contains_card, mask
from imchat.mail.html_text import html_text
from imchat.mail.incoming_cards import is_text, masked_file, masked_mail
from imchat.text import blank

# What reading may cost: a mail of more parts, or deeper ones, is not read, and a header field up to its limit.
_MOST_PARTS, _DEEPEST = 300, 50
FIELD_LENGTH, _PART_FIELD_LENGTH = 10_000, 2_000
_HTML_LENGTH = 1_000_000
_NAME_LENGTH, _SUFFIX_LENGTH = 200, 20

_DEEP = "The parts of the mail are nested too deeply to be read: it is kept whole, as message.eml."
_MANY = f"The mail has more than {_MOST_PARTS} parts: it is kept whole, unopened, as message.eml."
_HTML = "The HTML of the mail is too long to be read to its end: all of it is attached as text.html."
_UNDECODED = "Part {} of the mail could not be decoded: it is attached as it came."

_UNKNOWN = "application/octet-stream"
_TYPE = re.compile(r"\s*([\w!#$&^.+-]{1,127}/[\w!#$&^.+-]{1,127})\s*(?:;|$)", re.ASCII)
# Not allowed without quotes, but sent.
_NAME_AS_WORD = re.compile(r"name\s*=\s*(=\?[^\s;\"]+\?=)", re.IGNORECASE)
_WORD = re.compile(r"\s*([^\s;()]+)")
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Surrogates that stand for no byte.
_HALVES = re.compile(r"[\ud800-\udc7f\udd00-\udfff]")
# They make "gpj.exe" read "exe.jpg".
_TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_SPACES = b" \t\r\n"

_UUENCODED = frozenset(("x-uuencode", "uuencode", "uue", "x-uue"))
# What senders call a charset, and the larger one they mean (WHATWG Encoding).
_MEANT = {"iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932"}
# Charsets that are none, or take for ever, or say nothing: what is said to be ASCII is often more.
_NO_CHARSETS = frozenset(("ascii", "idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined"))

# How near a text is to plain text, and it.
_Text = tuple[int, str]
_PLAIN, _MARKED_UP, _OTHER = 0, 1, 2


class Unreadable(Exception):
    """A mail is not to be opened; the text says to staff why."""


@dataclass(frozen=True)
class Attachment:
    """A file of a mail. ``filename`` is one line without a path; ``content`` is decoded, and masked where it is text
    or mail."""

    filename: str | None
    content_type: str
    content: bytes


@dataclass
class Body:
    """What a mail holds below its head. ``text`` is as it came, but decoded; ``problems`` are sentences for staff;
    ``parts`` and ``html_left`` count what was read, and how much HTML still may be."""

    text: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    parts: int = 0
    html_left: int = _HTML_LENGTH

    def keep(self, filename: str | None, kind: str | None, content: bytes, charset: str | None = None) -> None:
        """Attach ``content``, masked where it is text, or comes as anything and reads as text."""
        if kind is None or contains_card(kind):
            kind = _UNKNOWN
        if kind.startswith("message/"):
            content = masked_mail(content)
        elif kind.startswith("text/") or (kind == _UNKNOWN and is_text(content)):
            content = masked_file(content, charset)
        self.attachments.append(Attachment(filename, kind, content))


def read_body(raw: bytes) -> Body:
    """The parts of a mail. Raises Unreadable, and for a malformed one whatever the standard library does."""
    made = count()

    def part(policy: Any) -> Any:
        if next(made) > _MOST_PARTS:
            raise Unreadable(_MANY)
        return _Part(policy=policy)

    body = Body()
    make: Any = part
    parsed: Any = BytesParser(make, policy=POLICY).parsebytes(raw)
    texts = _texts(parsed, body)
    body.text = "\n\n".join(text.strip("\r\n") for _, text in texts if not blank(text))
    return body


def one_line(text: str) -> str:
    """``text`` without control characters and line breaks, masked; empty where blank."""
    line = _BREAKS.sub(" ", unescaped(text)).strip()
    return "" if blank(line) else mask(line)


def unescaped(text: str) -> str:
    """``text`` whose bytes beyond ASCII were set aside as surrogates: they are UTF-8, or else Latin-1."""
    if text.isascii():
        return text
    content = _HALVES.sub("\N{REPLACEMENT CHARACTER}", text).encode("utf-8", "surrogateescape")
    try:
        return content.decode("utf-8")
    except UnicodeError:
        return content.decode("latin-1")


class _Policy(EmailPolicy):
    """That of the standard library, which reads fields of any length, though it takes very long for some."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        most = _PART_FIELD_LENGTH if name.lower().startswith("content-") else FIELD_LENGTH
        return super().header_fetch_parse(name, unescaped(value[:most]))


# What is written out with it again stays as it came.
POLICY = _Policy(utf8=True, linesep="\r\n", refold_source="none")


class _Part(EmailMessage):
    """A part that knows how deep it lies, and reads its type once, however often it is asked for it."""

    depth = 0
    _kind: Any = None

    def attach(self, payload: Any) -> None:
        payload.depth = self.depth + 1
        if payload.depth > _DEEPEST:
            raise Unreadable(_DEEP)
        super().attach(payload)

    def get(self, name: str, failobj: Any = None) -> Any:
        if name.lower() != "content-type":
            return super().get(name, failobj)
        if self._kind is None:
            self._kind = super().get(name)
        return failobj if self._kind is None else self._kind

    def source(self, name: str) -> str:
        """A header field as it came; empty where it is missing."""
        return next((value for key, value in self.raw_items() if key.lower() == name), "")[:_PART_FIELD_LENGTH]

    def word(self, name: str) -> str:
        """The first word of a header field, in lower case."""
        found = _WORD.match(self.source(name))
        return found[1].lower() if found else ""

    def kind(self) -> str | None:
        """The content type in lower case; None where missing or malformed."""
        found = _TYPE.match(self.source("content-type"))
        return found[1].lower() if found else None


def _texts(part: _Part, body: Body, *, alternative: bool = False) -> list[_Text]:
    """The texts of ``part``, in order; all else in it that is worth keeping goes to ``body``."""
    kind = part.kind() or part.get_default_type()
    if not part.is_multipart():
        return _leaf(part, kind, body, alternative=alternative)
    children: Any = part.get_payload()
    if kind.startswith("message/"):
        body.parts += 1
        body.keep(_filename(part), kind, _serialised(part, children))
        return []
    of_children = [_texts(child, body, alternative=kind == "multipart/alternative") for child in children]
    if kind == "multipart/alternative":
        told = [texts for texts in of_children if not all(blank(text) for _, text in texts)]
        return min(told, key=lambda texts: min(rank for rank, text in texts if not blank(text)), default=[])
    return [text for texts in of_children for text in texts]


def _leaf(part: _Part, kind: str, body: Body, *, alternative: bool) -> list[_Text]:
    body.parts += 1
    filename, charset = _filename(part), _charset(part)
    content, decoded = _content(part, kind)
    if not decoded:
        body.problems.append(_UNDECODED.format(body.parts))
        body.keep(filename, None, masked_mail(content))
        return []
    if not filename and part.word("content-disposition") != "attachment":
        if kind == "text/plain":
            return [(_PLAIN, _decoded(content, charset))]
        if kind == "text/html":
            return [(_MARKED_UP, _from_html(content, charset, body))]
        # Other forms of what the plain text says. An invitation says more.
        if alternative and kind.startswith("text/") and kind != "text/calendar":
            return [(_OTHER, _decoded(content, charset))]
    if content or filename:
        body.keep(filename, part.kind(), content, charset)
    return []


def _from_html(content: bytes, charset: str | None, body: Body) -> str:
    html = _decoded(content, charset)
    read = html[: body.html_left]
    body.html_left -= len(read)
    if len(read) < len(html):
        body.problems.append(_HTML)
        body.keep("text.html", "text/html", content, charset)
    return html_text(read)


def _serialised(part: _Part, children: Any) -> bytes:
    content = b"".join(child.as_bytes(policy=POLICY) for child in children)
    # Against RFC 2046, 5.2.1, but done.
    packed = _from_base64(content) if part.word("content-transfer-encoding") == "base64" else None
    return packed or content


def _content(part: _Part, kind: str) -> tuple[bytes, bool]:
    """The bytes of a part, and whether they could be decoded; as they came where not."""
    encoding = part.word("content-transfer-encoding")
    uncoded: Any = part.get_payload(decode=True) if encoding in _UUENCODED else None
    del part["content-transfer-encoding"]
    raw: Any = part.get_payload(decode=True) or b""
    content = _without(encoding, raw, uncoded)
    if kind.startswith("multipart/") and raw:
        content = None  # no boundary, or a wrong one
    return (raw, False) if content is None else (content, True)


def _without(encoding: str, raw: bytes, uncoded: bytes | None) -> bytes | None:
    if encoding in ("", "7bit", "8bit", "binary"):
        return raw
    if encoding == "quoted-printable":
        return quopri.decodestring(raw)
    if encoding == "base64":
        return _from_base64(raw)
    return None if uncoded == raw else uncoded


def _from_base64(raw: bytes) -> bytes | None:
    packed = raw.translate(None, _SPACES).rstrip(b"=")
    try:
        return binascii.a2b_base64(packed + b"=" * (-len(packed) % 4), strict_mode=True)
    except binascii.Error:
        return None


def _decoded(content: bytes, charset: str | None) -> str:
    for encoding in (charset, "utf-8"):
        try:
            if encoding:
                return content.decode(encoding).removeprefix("\ufeff")
        except ValueError:
            continue
    # Latin-1, but with letters where that has control characters.
    return content.decode(charset or "cp1252", "replace")


def _charset(part: _Part) -> str | None:
    """The codec for a part's text; None where there is none that can be trusted."""
    try:
        name = codecs.lookup(part.get_content_charset() or "ascii").name
        b"-".decode(name, "replace")  # some codecs are for no text
    except Exception:
        return None
    return None if name in _NO_CHARSETS else _MEANT.get(name, name)


def _filename(part: _Part) -> str | None:
    try:
        name = part.get_filename() or ""
        if not name and (word := _NAME_AS_WORD.search(part.source("content-disposition"))):
            name = word[1]
        if "=?" in name:
            name = str(POLICY.header_fetch_parse("subject", name))
        name = re.split(r"[/\\]", one_line(_TURNING.sub("", name)))[-1].strip()
    except Exception:
        return None
    if len(name) > _NAME_LENGTH:
        stem, dot, suffix = name.rpartition(".")
        end = dot + suffix if stem and len(suffix) < _SUFFIX_LENGTH else ""
        name = name[: _NAME_LENGTH - len(end)] + end
    return None if name in ("", ".", "..") else name

"""The parts of a mail that comes in: which of them are its text, which its attachments, and both decoded."""

import binascii
import quopri
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import EmailPolicy
from itertools import count
from typing import Any

from imchat.cards import contains_card, mask
from imchat.mail import charsets
from imchat.mail.html_text import html_text
from imchat.mail.incoming_cards import is_text, masked_file, masked_mail
from imchat.mail.incoming_fields import parameter, words
from imchat.mail.incoming_wrapped import (
    SMIME_KINDS,
    SMIME_NAME,
    TNEF_KINDS,
    TNEF_NAME,
    Sealed,
    Unwrapped,
    from_smime,
    from_tnef,
)
from imchat.text import blank

# What reading may cost: a mail of more parts, or deeper ones, is not read, and a header field up to its limit.
_MOST_PARTS, _DEEPEST = 300, 50
FIELD_LENGTH, _PART_FIELD_LENGTH = 10_000, 2_000
_HTML_LENGTH = 1_000_000
_NAME_LENGTH, _SUFFIX_LENGTH = 200, 20

_DEEP = "The parts of the mail are nested too deeply to be read: it is kept whole, as message.eml."
_MANY = f"The mail has more than {_MOST_PARTS} parts: it is kept whole, unopened, as message.eml."
_HTML = "The HTML of the mail is too long to be read to its end: all of it is attached as text.html."
_SEALED = "Part {} of the mail is encrypted, or damaged: what is in it could not be read."
_UNDECODED = "Part {} of the mail could not be decoded: it is attached as it came."

_UNKNOWN = "application/octet-stream"
_TYPE = re.compile(r"\s*([\w!#$&^.+-]{1,127}/[\w!#$&^.+-]{1,127})\s*(?:;|$)", re.ASCII)
_WORD = re.compile(r"\s*([^\s;()]+)")
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Surrogates that stand for no byte.
_HALVES = re.compile(r"[\ud800-\udc7f\udd00-\udfff]")
# They make "gpj.exe" read "exe.jpg".
_TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_SPACES = b" \t\r\n"
# The head of the mail and of each part, and in them fields with a space before the colon.
_HEADS = re.compile(rb"(?:\A|^--[^\r\n]{1,200}\r?\n)(?:[^\r\n]++\r?\n)++", re.MULTILINE)
_SPACED = re.compile(rb"^([!-9;-~]+)[ \t]+:", re.MULTILINE)
_LONG_LINE = 60
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]+={0,2}|={1,2}")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")

_UUENCODED = frozenset(("x-uuencode", "uuencode", "uue", "x-uue"))

# How near a text is to plain text, and it.
_Text = tuple[int, str]
_PLAIN, _MARKED_UP, _OTHER = 0, 1, 2


def _unparsed(raw: bytes) -> "_Part":
    raise NotImplementedError


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
    parse: Callable[[bytes], "_Part"] = _unparsed

    def keep(self, filename: str | None, kind: str | None, content: bytes, charset: str | None = None) -> None:
        """Attach ``content``, masked where it is text, whatever it is called."""
        if kind is None or contains_card(kind):
            kind = _UNKNOWN
        if kind.startswith("message/"):
            content = masked_mail(content)
        elif kind.startswith("text/") or is_text(content):
            content = masked_file(content, charsets.codec(charset))
        self.attachments.append(Attachment(filename, kind, content))


def read_body(raw: bytes) -> Body:
    """The parts of a mail. Raises Unreadable, and for a malformed one whatever the standard library does."""
    made = count()

    def part(policy: Any) -> Any:
        if next(made) > _MOST_PARTS:
            raise Unreadable(_MANY)
        return _Part(policy=policy)

    make: Any = part

    def parse(content: bytes) -> Any:
        return BytesParser(make, policy=POLICY).parsebytes(_straightened(content))

    body = Body(parse=parse)
    texts = _texts(body.parse(raw), body)
    body.text = "\n\n".join(text.strip("\r\n") for _, text in texts if not blank(text))
    return body


def _straightened(raw: bytes) -> bytes:
    """Without the spaces that some programs put before a colon of a header field."""
    return _HEADS.sub(lambda head: _SPACED.sub(rb"\1:", head[0]), raw)


def one_line(text: str) -> str:
    """``text`` without control characters and line breaks, masked; empty where blank."""
    line = plain_line(text)
    return "" if blank(line) else mask(line)


def plain_line(text: str) -> str:
    """``text`` without control characters and line breaks, not masked."""
    return _BREAKS.sub(" ", unescaped(text)).strip()


def unescaped(text: str) -> str:
    """``text`` whose bytes beyond ASCII were set aside as surrogates."""
    if text.isascii():
        return text
    content = _HALVES.sub("\N{REPLACEMENT CHARACTER}", text).encode("utf-8", "surrogateescape")
    return charsets.text(content, None)


# Runs of letters by which two forms of a text are compared; a text that only says where the other form is is short.
_RUN, _PLACEHOLDER_LENGTH = 4, 300
# Of so many characters of base64, one may be none.
_NOISE = 20


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

    def as_it_came(self) -> bytes:
        """The content of a part that has no parts, still encoded."""
        encoding = self["content-transfer-encoding"]
        del self["content-transfer-encoding"]
        raw: Any = self.get_payload(decode=True) or b""
        if encoding is not None:
            self["content-transfer-encoding"] = str(encoding)
        return bytes(raw)

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


def _texts(part: _Part, body: Body, *, alternative: bool = False, shown: bool = True) -> list[_Text]:
    """The texts of ``part``, in order; all else in it that is worth keeping goes to ``body``. ``shown`` says whether
    mails within it are."""
    kind = part.kind() or part.get_default_type()
    if not part.is_multipart():
        inner = _packed(part, kind, body) if kind.startswith("multipart/") else None
        return _leaf(part, kind, body, alternative=alternative) if inner is None else _texts(inner, body, shown=shown)
    children: Any = part.get_payload()
    if kind.startswith("message/"):
        body.parts += 1
        content = _serialised(part, children)
        body.keep(_filename(part), kind, content)
        return _forwarded(part, body.parse(content), body) if kind == "message/rfc822" and shown else []
    shown = shown and kind != "multipart/report"  # which holds our own mail
    alternative = kind == "multipart/alternative"
    of_children = [_texts(child, body, alternative=alternative, shown=shown) for child in children]
    if alternative:
        return _best([texts for texts in of_children if not all(blank(text) for _, text in texts)])
    return [text for texts in of_children for text in texts]


def _best(told: list[list[_Text]]) -> list[_Text]:
    """Of several forms of one text, the plain one; with it, or in its place, another that says much more."""
    best = min(told, key=lambda texts: min(rank for rank, text in texts if not blank(text)), default=[])
    others = (texts for texts in told if texts is not best and any(rank == _MARKED_UP for rank, _ in texts))
    fuller = next((texts for texts in others if not _said_in(texts, best)), None)
    if fuller is None:
        return best
    return fuller if _placeholder(best) or _said_in(best, fuller) else best + fuller


def _placeholder(texts: list[_Text]) -> bool:
    """Whether a text does no more than say where the other form is."""
    whole = " ".join(text for _, text in texts)
    return len(whole) <= _PLACEHOLDER_LENGTH and "html" in whole.lower()


def _said_in(texts: list[_Text], others: list[_Text]) -> bool:
    """Whether most of what ``texts`` say stands in ``others`` too, however it is laid out."""
    here, there = _pieces(texts), _pieces(others)
    return len(here & there) * 2 >= len(here)


def _pieces(texts: list[_Text]) -> set[str]:
    """Runs of a few letters and digits."""
    plain = "".join(character for _, text in texts for character in text.casefold() if character.isalnum())
    return {plain[place : place + _RUN] for place in range(max(1, len(plain) - _RUN + 1))}


def _forwarded(part: _Part, inner: _Part, body: Body) -> list[_Text]:
    """The texts of a mail within the mail, with who wrote it, when and about what."""
    fields = ((name, one_line(words(inner.source(name.lower())))) for name in ("From", "Date", "Subject"))
    head = "\n".join(f"{name}: {value}" for name, value in fields if value)
    return [(_OTHER, head), *_texts(_below(part, inner), body)]


def _below(part: _Part, inner: _Part) -> _Part:
    """A mail that was found in ``part``, as deep as it lies. Raises Unreadable."""
    for one in inner.walk():
        one.depth += part.depth + 1
        if one.depth > _DEEPEST:
            raise Unreadable(_DEEP)
    return inner


def _leaf(part: _Part, kind: str, body: Body, *, alternative: bool) -> list[_Text]:
    body.parts += 1
    filename, charset = _filename(part), _charset(part)
    content, footer, decoded = _content(part, kind)
    if not decoded:
        body.problems.append(_UNDECODED.format(body.parts))
        body.keep(filename, None, masked_mail(content))
        return []
    below = [(_PLAIN, charsets.text(footer, None))] if footer.strip() else []
    # Not kept wrapped: a card number in it could not be masked.
    if (unwrapped := _unwrap(part, kind, (filename or "").lower(), content, body)) is not None:
        return unwrapped + below
    if not filename and part.word("content-disposition") != "attachment":
        if kind == "text/plain":
            return [(_PLAIN, charsets.text(content, charset)), *below]
        if kind == "text/html":
            return [(_MARKED_UP, _from_html(content, charset, body)), *below]
        # Other forms of what the plain text says. An invitation says more.
        if alternative and kind.startswith("text/") and kind != "text/calendar":
            return [(_OTHER, charsets.text(content, charset))]
    if content or filename:
        body.keep(filename, part.kind(), content, charset)
    return below


def _packed(part: _Part, kind: str, body: Body) -> _Part | None:
    """A part of several parts that was encoded as a whole (against RFC 2045, 6.4, but done)."""
    content, _, decoded = _content(part, "")
    boundary = parameter(part.source("content-type"), "boundary")
    if not decoded or not boundary or f"--{boundary}".encode("utf-8", "surrogateescape") not in content:
        return None
    inner = body.parse(f'Content-Type: {kind}; boundary="{boundary}"\r\n\r\n'.encode() + content)
    return _below(part, inner) if inner.is_multipart() else None


def _unwrap(part: _Part, kind: str, filename: str, content: bytes, body: Body) -> list[_Text] | None:
    """The texts of a part that wraps text and files, which go to ``body``; None for one that wraps nothing that could
    be read."""
    try:
        if kind in TNEF_KINDS or filename == TNEF_NAME:
            return [text for one in from_tnef(content) for text in _unwrapped(one, body)]
        if kind in SMIME_KINDS or filename == SMIME_NAME:
            return _texts(_below(part, body.parse(from_smime(content))), body)
    except Sealed:
        body.problems.append(_SEALED.format(body.parts))
    return None


def _unwrapped(one: Unwrapped, body: Body) -> list[_Text]:
    if one.html:
        return [(_MARKED_UP, _from_html(one.content, None, body))]
    if one.name is None:
        return [(_PLAIN, charsets.text(one.content, None))]
    body.parts += 1
    body.keep(_clean_name(one.name), None, one.content)
    return []


def _from_html(content: bytes, charset: str | None, body: Body) -> str:
    html = charsets.text(content, charset)
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


def _content(part: _Part, kind: str) -> tuple[bytes, bytes, bool]:
    """The bytes of a part, what a list wrote below them without encoding it, and whether they could be decoded; as they
    came where not."""
    encoding = part.word("content-transfer-encoding")
    uncoded: Any = part.get_payload(decode=True) if encoding in _UUENCODED else None
    raw = part.as_it_came()
    content, footer = _above_a_footer(raw) if encoding == "base64" else (_without(encoding, raw, uncoded), b"")
    if kind.startswith("multipart/") and raw:
        content = None  # no boundary, or a wrong one
    return (raw, b"", False) if content is None else (content, footer, True)


def _above_a_footer(raw: bytes) -> tuple[bytes | None, bytes]:
    """What base64 stands above text that is none, and that text."""
    lines = raw.strip().splitlines(keepends=True)
    end = next((place for place in range(len(lines)) if not _goes_on(lines, place)), len(lines))
    content = _from_base64(b"".join(lines[:end])) if end else None
    if content is not None:
        return content, b"".join(lines[end:])
    # Single characters of noise within.
    noise = len(_NOT_BASE64.findall(raw))
    return (_from_base64(_NOT_BASE64.sub(b"", raw)) if noise * _NOISE <= len(raw) else None), b""


def _goes_on(lines: list[bytes], place: int) -> bool:
    """Whether a line belongs to base64; an empty one does if a long line of it follows."""
    if not (line := lines[place].strip()):
        line = lines[place + 1].strip() if place + 1 < len(lines) else b""
        return len(line) >= _LONG_LINE and _BASE64_LINE.fullmatch(line) is not None
    return _BASE64_LINE.fullmatch(line) is not None


def _without(encoding: str, raw: bytes, uncoded: bytes | None) -> bytes | None:
    if encoding in ("", "7bit", "8bit", "binary"):
        return raw
    if encoding == "quoted-printable":
        return quopri.decodestring(raw)
    return None if uncoded == raw else uncoded


def _from_base64(raw: bytes) -> bytes | None:
    packed = raw.translate(None, _SPACES).rstrip(b"=")
    pieces = []
    try:
        for piece in re.split(rb"=+", packed):  # several one behind the other, each with its padding
            pieces.append(binascii.a2b_base64(piece + b"=" * (-len(piece) % 4), strict_mode=True))
    except binascii.Error:
        return None
    return b"".join(pieces)


def _charset(part: _Part) -> str | None:
    """What the sender calls the charset of a part's text."""
    return parameter(part.source("content-type"), "charset") or None


def _filename(part: _Part) -> str | None:
    disposition, kind = part.source("content-disposition"), part.source("content-type")
    name = parameter(unescaped(disposition), "filename") or parameter(unescaped(kind), "name")
    return _clean_name(name)


def _clean_name(name: str) -> str | None:
    """A file's name on one line, masked, without a path."""
    name = re.split(r"[/\\]", one_line(_TURNING.sub("", name)))[-1].strip()
    if len(name) > _NAME_LENGTH:
        stem, dot, suffix = name.rpartition(".")
        end = dot + suffix if stem and len(suffix) < _SUFFIX_LENGTH else ""
        name = name[: _NAME_LENGTH - len(end)] + end
    return None if name in ("", ".", "..") else name

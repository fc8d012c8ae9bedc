"""The parts of a mail that comes in: which of them are its text, which its attachments, and both decoded."""

import binascii
import quopri
import re
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
from imchat.mail.incoming_containers import (
    SMIME_KINDS,
    SMIME_NAME,
    TNEF_KINDS,
    TNEF_NAME,
    Sealed,
    from_smime,
    from_tnef,
)
from imchat.mail.incoming_fields import parameter, unescaped, unspaced, unspaced_parts, words
from imchat.mail.rtf import read_rtf
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
_SEALED = "Part {} of the mail is encrypted, or wrapped so that it cannot be read: it is attached as it came."

_RTF = "The text of the mail is in winmail.dat in a form that cannot be read (RTF): that is attached as it came."

_UNKNOWN = "application/octet-stream"
_RTF_KINDS = frozenset(("text/rtf", "application/rtf", "application/x-rtf"))
_TYPE = re.compile(r"\s*([\w!#$&^.+-]{1,127}/[\w!#$&^.+-]{1,127})\s*(?:;|$)", re.ASCII)
_WORD = re.compile(r"\s*([^\s;()]+)")
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# They make "gpj.exe" read "exe.jpg".
_TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_SPACES = b" \t\r\n"

_UUENCODED = frozenset(("x-uuencode", "uuencode", "uue", "x-uue"))
_META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_META_BYTES = 2_000
_HEAD_END = re.compile(rb"\n\r?\n|\r\r")

# A line of base64; a long one is hardly ever anything else.
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")
_LONG_LINE = 40
# Of this many characters of base64, one may be noise.
_NOISE = 20

# Two forms of a text are compared by runs of so many letters.
_RUN, _COMPARED = 3, 50_000
# A text that only says where the other form is is short, and names that.
_PLACEHOLDER_LENGTH = 400
_PLACEHOLDER = re.compile(r"html|https?://", re.IGNORECASE)

# How near a text is to plain text, and it.
_Text = tuple[int, str]
# The last is of a wrapped mail.
_PLAIN, _MARKED_UP, _OTHER, _WRAPPED = 0, 1, 2, 3


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
    ``made``, ``parts``, ``within`` and ``html_left`` count the parts that were parsed and read, the mails around the
    part that is read, and how much HTML still may be; ``unread`` is a winmail.dat whose text could not be read."""

    text: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    made: Any = field(default_factory=count)
    parts: int = 0
    within: int = 0
    unread: tuple[str | None, bytes] | None = None
    html_left: int = _HTML_LENGTH

    def keep(self, filename: str | None, kind: str | None, content: bytes, charset: str | None = None) -> None:
        """Attach ``content``, masked where it is text or reads as text, whatever it is said to be."""
        if kind is None or contains_card(kind):
            kind = _UNKNOWN
        if kind.startswith("message/"):
            content = masked_mail(content)
        elif kind.startswith("text/") or is_text(content):
            content = masked_file(content, charsets.codec(charset))
        self.attachments.append(Attachment(filename, kind, content))


def read_body(raw: bytes) -> Body:
    """The parts of a mail. Raises Unreadable, and for a malformed one whatever the standard library does."""
    body = Body()
    end = _HEAD_END.search(raw)
    place = end.end() if end else len(raw)
    texts = _texts(_parsed(unspaced(raw[:place]) + unspaced_parts(raw[place:]), body), body)
    others = [(rank, text) for rank, text in texts if rank != _WRAPPED]
    # A wrapped mail often says once more what stands beside it.
    told = [one for one in texts if one[0] != _WRAPPED or not _said_in([one], others)]
    body.text = "\n\n".join(text.strip("\r\n") for _, text in told if not blank(text))
    if body.unread and not body.text:
        body.problems.append(_RTF)
        body.keep(TNEF_NAME, *body.unread)
    return body


def _parsed(raw: bytes, body: Body, above: int = 0) -> "_Part":
    """The part that ``raw`` is, ``above`` levels deep."""

    def part(policy: Any) -> Any:
        if next(body.made) > _MOST_PARTS:
            raise Unreadable(_MANY)
        made = _Part(policy=policy)
        made.depth = above
        return made

    make: Any = part
    parsed: Any = BytesParser(make, policy=POLICY).parsebytes(raw)
    return parsed  # type: ignore[no-any-return]


def one_line(text: str) -> str:
    """``text`` without control characters and line breaks, masked; empty where blank."""
    line = plain_line(text)
    return "" if blank(line) else mask(line)


def plain_line(text: str) -> str:
    """``text`` without control characters and line breaks."""
    return _BREAKS.sub(" ", unescaped(text)).strip()


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
    _encoded = True
    _kind: Any = None

    def attach(self, payload: Any) -> None:
        payload.depth = self.depth + 1
        if payload.depth > _DEEPEST:
            raise Unreadable(_DEEP)
        super().attach(payload)

    def get(self, name: str, failobj: Any = None) -> Any:
        if name.lower() == "content-transfer-encoding" and not self._encoded:
            return failobj
        if name.lower() != "content-type":
            return super().get(name, failobj)
        if self._kind is None:
            self._kind = super().get(name)
        return failobj if self._kind is None else self._kind

    def as_it_came(self) -> bytes:
        """What a part holds, still encoded."""
        self._encoded = False
        try:
            raw: Any = self.get_payload(decode=True)
        finally:
            self._encoded = True
        return bytes(raw or b"")

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
    mails within it are read too."""
    kind = part.kind() or part.get_default_type()
    if kind.startswith("multipart/") and (packed := _packed(part, body)):
        part = packed
    if not part.is_multipart():
        return _leaf(part, kind, body, alternative=alternative)
    children: Any = part.get_payload()
    if kind.startswith("message/"):
        return _forwarded(part, kind, body, shown=shown)
    # A report holds the mail that it is about, which is ours.
    shown = shown and kind != "multipart/report"
    alternatives = kind == "multipart/alternative"
    of_children = [_texts(child, body, alternative=alternatives, shown=shown) for child in children]
    if alternatives:
        return _best([texts for texts in of_children if not all(blank(text) for _, text in texts)])
    return [text for texts in of_children for text in texts]


def _best(forms: list[list[_Text]]) -> list[_Text]:
    """Of several forms of one text the plain one, unless another says more. A plain one that only says where the other
    is goes; one that says something else stays beside it."""
    plain = min(forms, key=lambda texts: min(rank for rank, text in texts if not blank(text)), default=[])
    marked_up = (one for one in forms if one is not plain and any(rank == _MARKED_UP for rank, _ in one))
    fuller = next((one for one in marked_up if not _said_in(one, plain)), None)
    if fuller is None:
        return plain
    whole = "\n".join(text for _, text in plain)
    placeholder = len(whole) <= _PLACEHOLDER_LENGTH and _PLACEHOLDER.search(whole)
    return fuller if placeholder or _said_in(plain, fuller) else plain + fuller


def _said_in(texts: list[_Text], others: list[_Text]) -> bool:
    """Whether at least half of what ``texts`` say is said in ``others`` too, whatever the layout."""
    here, there = _runs(texts, _COMPARED), _runs(others, 2 * _COMPARED)
    return 2 * len(here & there) >= len(here)


def _runs(texts: list[_Text], most: int) -> set[str]:
    plain = "".join(filter(str.isalnum, "".join(text for _, text in texts)[:most].casefold()))
    return {plain[place : place + _RUN] for place in range(len(plain) - _RUN + 1)} or ({plain} if plain else set())


def _packed(part: _Part, body: Body) -> _Part | None:
    """A part of several that was encoded as a whole (against RFC 2045, 6.4, but done); None for any other."""
    encoding = part.word("content-transfer-encoding")
    if part.is_multipart() or encoding not in ("base64", "quoted-printable"):
        return None
    boundary = parameter(part.source("content-type"), "boundary")
    raw = part.as_it_came()
    content = _from_base64(raw) if encoding == "base64" else quopri.decodestring(raw)
    if not boundary or content is None or f"--{boundary}".encode("utf-8", "replace") not in content:
        return None
    head = f'Content-Type: {part.kind()}; boundary="{boundary}"\r\n\r\n'.encode("utf-8", "replace")
    inner = _parsed(head + unspaced_parts(content), body, part.depth)
    return inner if inner.is_multipart() else None


def _forwarded(part: _Part, kind: str, body: Body, *, shown: bool) -> list[_Text]:
    """The texts of a mail within the mail, under who wrote it, when, and about what. It is kept whole too; mails within
    that one are part of it."""
    body.parts += 1
    children: Any = part.get_payload()
    content = _serialised(part, children)
    if not body.within:
        body.keep(_filename(part), kind, content)
    if kind != "message/rfc822" or not shown:
        return []
    packed = part.word("content-transfer-encoding") == "base64"
    inner = _parsed(content, body, part.depth + 1) if packed else children[0]
    fields = ((name, one_line(words(inner.source(name.lower())))) for name in ("From", "Date", "Subject"))
    head = "\n".join(f"{name}: {value}" for name, value in fields if value)
    body.within += 1
    texts = _texts(inner, body)
    body.within -= 1
    return [(_OTHER, head), *texts]


def _leaf(part: _Part, kind: str, body: Body, *, alternative: bool) -> list[_Text]:
    body.parts += 1
    filename, charset = _filename(part), _charset(part)
    content, footer, decoded = _content(part, kind)
    if not decoded:
        body.problems.append(_UNDECODED.format(body.parts))
        body.keep(filename, None, masked_mail(content))
        return []
    below = [] if blank(footer) else [(_PLAIN, footer)]
    wrapped = _wrapped(part, kind, (filename or "").lower(), content, body)
    if wrapped is not None:
        return wrapped + below
    if not filename and part.word("content-disposition") != "attachment":
        if kind == "text/plain":
            return [(_PLAIN, charsets.decoded(content, charset)), *below]
        if kind == "text/html":
            return [(_MARKED_UP, _from_html(content, charset, body)), *below]
        if kind in _RTF_KINDS and (rtf := _from_rtf(content, body)) is not None:
            return [(_OTHER, rtf), *below]
        # Other forms of what the plain text says. An invitation says more.
        if alternative and kind.startswith("text/") and kind not in ("text/calendar", *_RTF_KINDS):
            return [(_OTHER, charsets.decoded(content, charset))]
    if content or filename:
        body.keep(filename, part.kind(), content, charset)
    return below


def _wrapped(part: _Part, kind: str, filename: str, content: bytes, body: Body) -> list[_Text] | None:
    """The texts of a part that wraps a mail, whose files go to ``body``; None for any other, and for one that cannot be
    read, which ``body`` then says. What was unwrapped is not kept wrapped too, for cards in that are not masked."""
    try:
        if kind in TNEF_KINDS or filename == TNEF_NAME:
            read = from_tnef(content)
            for name, file in read.files:
                body.parts += 1
                body.keep(_clean(name), None, file)
            if read.unread:
                body.unread = (part.kind(), content)
            text = [(_WRAPPED, read.text)] if not blank(read.text) else []
            return text or ([(_WRAPPED, _of_html(read.html, body))] if read.html else [])
        if kind in SMIME_KINDS or filename == SMIME_NAME:
            if part.depth >= _DEEPEST:
                raise Unreadable(_DEEP)
            return _texts(_parsed(from_smime(content), body, part.depth + 1), body)
    except Sealed:
        body.problems.append(_SEALED.format(body.parts))
    return None


def _from_html(content: bytes, charset: str | None, body: Body) -> str:
    if charsets.codec(charset) is None and (meta := _META.search(content, 0, _META_BYTES)):
        charset = meta[1].decode("ascii")
    return _of_html(charsets.decoded(content, charset), body, content, charset)


def _of_html(html: str, body: Body, content: bytes | None = None, charset: str | None = "utf-8") -> str:
    """The text of ``html``. Where it is too long, ``body`` says so and keeps it whole, as it came."""
    read = html[: body.html_left]
    body.html_left -= len(read)
    if len(read) < len(html):
        body.problems.append(_HTML)
        body.keep("text.html", "text/html", html.encode("utf-8", "replace") if content is None else content, charset)
    return html_text(read)


def _from_rtf(content: bytes, body: Body) -> str | None:
    """The text of a part that is RTF; None, which ``body`` says, where it cannot be read."""
    try:
        rtf = read_rtf(content.lstrip(_SPACES))
    except ValueError:
        body.problems.append(_UNDECODED.format(body.parts))
        return None
    return rtf.text or _of_html(rtf.html, body)


def _serialised(part: _Part, children: Any) -> bytes:
    content = b"".join(child.as_bytes(policy=POLICY) for child in children)
    # Against RFC 2046, 5.2.1, but done.
    packed = _from_base64(content) if part.word("content-transfer-encoding") == "base64" else None
    return packed or content


def _content(part: _Part, kind: str) -> tuple[bytes, str, bool]:
    """The bytes of a part, the text that a list wrote below its base64, and whether they could be decoded; as they came
    where not."""
    encoding = part.word("content-transfer-encoding")
    uncoded: Any = part.get_payload(decode=True) if encoding in _UUENCODED else None
    raw = part.as_it_came()
    footer = b""
    if encoding == "base64":
        content, footer = _above_a_footer(raw)
    else:
        content = _without(encoding, raw, uncoded)
    if kind.startswith("multipart/") and raw:
        content = None  # no boundary, or a wrong one
    return (raw, "", False) if content is None else (content, charsets.decoded(footer, _charset(part)), True)


def _above_a_footer(raw: bytes) -> tuple[bytes | None, bytes]:
    """What base64 says, and the text below it that is none. Single characters of noise within are left out."""
    lines = raw.strip().splitlines(keepends=True)
    end = next((place for place in range(len(lines)) if not _goes_on(lines, place)), len(lines))
    if end == len(lines) and (whole := _from_base64(raw)) is not None:
        return whole, b""
    padded = next((place + 1 for place, line in enumerate(lines[:end]) if line.strip().endswith(b"=")), end)
    if not any(_is_long(line) for line in lines[padded:]):
        content = _from_base64(b"".join(lines[:padded])) if padded else None
        if content is not None:
            return content, b"".join(lines[padded:])
    noise = _NO_BASE64.sub(b"", raw)
    within = len(raw.translate(None, _SPACES)) - len(noise)
    return (_from_base64(noise) if 0 < within * _NOISE <= len(noise) else None), b""


def _goes_on(lines: list[bytes], place: int) -> bool:
    """Whether a line belongs to base64; an empty one does if a long line of it follows, or if empty ones stood between
    its lines before."""
    line = lines[place].strip()
    if line:
        return _BASE64_LINE.fullmatch(line) is not None
    if place + 1 == len(lines):
        return False
    following, spaced = lines[place + 1].strip(), any(not one.strip() for one in lines[:place])
    return _is_long(following) or (spaced and _BASE64_LINE.fullmatch(following) is not None)


def _is_long(line: bytes) -> bool:
    line = line.strip()
    return len(line) >= _LONG_LINE and _BASE64_LINE.fullmatch(line) is not None


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
        for piece in packed.replace(b"==", b"=").split(b"="):  # several, one behind the other
            pieces.append(binascii.a2b_base64(piece + b"=" * (-len(piece) % 4), strict_mode=True))
    except binascii.Error:
        return None
    return b"".join(pieces)


def _charset(part: _Part) -> str | None:
    """What the sender calls the charset of a part's text."""
    return parameter(part.source("content-type"), "charset")


def _filename(part: _Part) -> str | None:
    disposition, kind = part.source("content-disposition"), part.source("content-type")
    try:
        return _clean(parameter(disposition, "filename") or parameter(kind, "name") or "")
    except Exception:
        return None


def _clean(name: str) -> str | None:
    """The name of a file on one line, masked, without a path; None where nothing is left."""
    name = re.split(r"[/\\]", one_line(_TURNING.sub("", name)))[-1].strip()
    if len(name) > _NAME_LENGTH:
        stem, dot, suffix = name.rpartition(".")
        end = dot + suffix if stem and len(suffix) < _SUFFIX_LENGTH else ""
        name = name[: _NAME_LENGTH - len(end)] + end
    return None if name in ("", ".", "..") else name

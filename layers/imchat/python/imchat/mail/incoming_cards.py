"""Card numbers in what mail brings in (N22): long text, files, and mail as it came, encoded or not."""

import binascii
import codecs
import quopri
import re
from base64 import b64encode, encodebytes
from collections.abc import Iterator

from imchat.cards import MASK, mask

# The mark in bytes, where the bullet may be no character of the charset.
_MARK = "*"
_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Long text is masked in pieces, each ending with a letter that stands in no card number and in no encoded character
# (as &nbsp;): the work of ``mask`` takes far more memory than its text where that is nothing but digits.
_PIECE = 100_000
_PIECE_END = re.compile(r"(?s:.*)(?:(?<!\\)[G-Zg-z](?![A-Za-z;])|(?![\x00-\x7f])[^\W\d_]|[A-Za-z]{13})")
_DIGIT = re.compile(r"\d")

# What readers of a file do not see between its characters: the tags of HTML, XML and SVG; the control words of RTF;
# line ends within a value of a vCard or an appointment.
_START = 100
_TAG = re.compile(r"<[^<>]{1,2000}>")
_RTF_WORD = re.compile(r"\\[a-z]{1,32}-?[0-9]{0,10} ?|[{}]|\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]")

_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_BASE64_LINES = re.compile(rb"(?:^[A-Za-z0-9+/]{4,}+={0,2}+[ \t]*+\r?+(?:\n|\Z))++", re.MULTILINE)
_BASE64_WORD = re.compile(rb"\?[bB]\?([A-Za-z0-9+/]{12,}+={0,2}+)(?=\?=)")
_QUOTED_PRINTABLE = re.compile(rb"(?:[0-9 .\t_/,+*:;>|-]|=[0-9A-Fa-f]{2}|=[ \t]*+\r?\n){13,}+")


def masked_text(text: str, mark: str = MASK) -> str:
    """What ``mask`` makes of ``text``, of any length, with ``mark`` for the bullet. Where 100,000 characters on end are
    nothing but digits and what separates them, all of the digits are masked."""
    pieces, start = [], 0
    while start < len(text):
        last = len(text) - start <= _PIECE
        found = None if last else _PIECE_END.match(text, start, start + _PIECE)
        end = found.end() if found else start + _PIECE
        piece = text[start:end]
        pieces.append(_marked(piece, mark) if found or last else _DIGIT.sub(mark, piece))
        start = end
    return "".join(pieces)


def masked_file(content: bytes, charset: str | None = None) -> bytes:
    """Text as bytes, masked in its ``charset`` where that is known, and in those that are likely; all else stays."""
    utf16 = "utf-16" if content.startswith(_BOMS) else None
    for encoding in (charset, utf16, "utf-8", "latin-1"):
        try:
            text = content.decode(encoding, "surrogateescape") if encoding else ""
            if (masked := _masked_as_seen(masked_text(text, _MARK))) != text:
                content = masked.encode(encoding or "utf-8", "surrogateescape")
        except (LookupError, ValueError):  # no such charset, or not this one
            continue
    return content


def _masked_as_seen(text: str) -> str:
    """Masked also where only what nobody sees stands between the digits of a card."""
    for unseen in _unseen(text):
        gaps = [found.span() for found in unseen.finditer(text)]
        seen = _without(text, gaps)
        if (masked := masked_text(seen, _MARK)) != seen:
            text = _with(masked, text, gaps)
    return text


def _unseen(text: str) -> Iterator[re.Pattern[str]]:
    start = text[:_START].lstrip().lower()
    if "<" in text:
        yield _TAG
    if start.startswith("{\\rtf"):
        yield _RTF_WORD
    if start.startswith("begin:v"):
        yield _FOLD


def _without(text: str, gaps: list[tuple[int, int]]) -> str:
    ends = [0, *(end for _, end in gaps)]
    starts = [*(start for start, _ in gaps), len(text)]
    return "".join(text[end:start] for end, start in zip(ends, starts, strict=True))


def _with(seen: str, text: str, gaps: list[tuple[int, int]]) -> str:
    """``seen``, which is as long as ``text`` without its gaps, with these back in their places."""
    pieces: list[str] = []
    taken = done = 0
    for start, end in gaps:
        pieces += seen[taken : taken + start - done], text[start:end]
        taken, done = taken + start - done, end
    return "".join((*pieces, seen[taken:]))


def masked_mail(raw: bytes) -> bytes:
    """Mail as it came, masked also where text in it is in base64 or quoted-printable; all else stays."""
    raw = _BASE64_LINES.sub(_masked_base64, raw)
    raw = _BASE64_WORD.sub(_masked_word, raw)
    return masked_file(_QUOTED_PRINTABLE.sub(_masked_quoted_printable, raw))


def is_text(content: bytes) -> bool:
    """Whether ``content`` reads as text: it has no control characters, or says that it is UTF-16."""
    return content.startswith(_BOMS) or not (_CONTROL.search(content) or content.startswith(b"%PDF"))


def _marked(piece: str, mark: str) -> str:
    masked = mask(piece)
    if mark == MASK or masked == piece:
        return masked
    # ``mask`` keeps every character's place; bullets that were there before stay.
    return "".join(mark if new != old else old for new, old in zip(masked, piece, strict=True))


def _masked_base64(found: re.Match[bytes]) -> bytes:
    content = _decoded(found[0])
    masked = masked_file(content) if is_text(content) else content
    if masked == content:
        return found[0]
    lines = encodebytes(masked)
    return lines.replace(b"\n", b"\r\n") if b"\r\n" in found[0] else lines


def _masked_word(found: re.Match[bytes]) -> bytes:
    content = _decoded(found[1])
    masked = masked_file(content)
    return found[0] if masked == content else found[0][:3] + b64encode(masked)


def _decoded(base64: bytes) -> bytes:
    try:
        return binascii.a2b_base64(base64 + b"==")
    except binascii.Error:
        return b""


def _masked_quoted_printable(found: re.Match[bytes]) -> bytes:
    if b"=" not in found[0]:
        return found[0]
    content = quopri.decodestring(found[0])
    masked = masked_file(content)
    return found[0] if masked == content else quopri.encodestring(masked)

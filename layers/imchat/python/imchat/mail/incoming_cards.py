"""Card numbers in what mail brings in (N22): long text, files, and mail as it came, encoded or not."""

import binascii
import codecs
import quopri
import re
from base64 import b64encode, encodebytes

from imchat.cards import MASK, mask
from imchat.mail.incoming_formats import masked_format

# The mark in bytes, where the bullet may be no character of the charset.
_MARK = "*"
_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Long text is masked in pieces, each ending with a letter that stands in no card number and in no encoded character
# (as &nbsp;): the work of ``mask`` takes far more memory than its text where that is nothing but digits.
_PIECE = 100_000
_PIECE_END = re.compile(r"(?s:.*)(?:(?<!\\)[G-Zg-z](?![A-Za-z;])|(?![\x00-\x7f])[^\W\d_]|[A-Za-z]{13})")
_DIGIT = re.compile(r"\d")

# Neither the escapes of ISO-2022-JP nor the end of a file of DOS.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")
_HEAD_END = re.compile(rb"\n\r?\n|\r\r")
_ID_FIELD = re.compile(
    rb"^(?:resent-)?(?:message-id|in-reply-to|references)[ \t]*:[^\n]*+(?:\n[ \t][^\n]*+)*+",
    re.MULTILINE | re.IGNORECASE,
)
_ID = re.compile(rb"<[^\s<>@]{1,300}@[^\s<>@]{1,300}>")
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
    # What formats put between digits is the same in all of them.
    formatted = False
    for encoding in (charset, utf16, "utf-8", "latin-1"):
        try:
            text = content.decode(encoding, "surrogateescape") if encoding else ""
            masked = masked_text(text, _MARK)
            if encoding and not formatted:
                masked, formatted = masked_format(masked, _MARK), True
            if masked != text:
                content = masked.encode(encoding or "utf-8", "surrogateescape")
        except (LookupError, ValueError):  # no such charset, or not this one
            continue
    return content


def masked_mail(raw: bytes) -> bytes:
    """Mail as it came, masked also where text in it is in base64 or quoted-printable; all else stays. Message-IDs in
    its head stay too: answers refer to them, and no person writes them."""
    end = _HEAD_END.search(raw)
    pieces: list[bytes] = []
    done = 0
    for field in _ID_FIELD.finditer(raw, 0, end.start() + 1 if end else len(raw)):
        for found in _ID.finditer(raw, field.start(), field.end()):
            pieces += _masked_mail(raw[done : found.start()]), found[0]
            done = found.end()
    return b"".join((*pieces, _masked_mail(raw[done:])))


def _masked_mail(raw: bytes) -> bytes:
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

"""Header fields of a mail that comes in, as they were meant: encoded words, mailboxes, parameters. All of it takes what
breaks the standards as mail programs do break them, and never raises."""

import binascii
import quopri
import re
from collections.abc import Iterator
from email.message import Message
from urllib.parse import unquote_to_bytes

from imchat.mail import charsets

# RFC 2047, section 2; a charset may be followed by a language (RFC 2231, 5). Some programs leave spaces in.
_WORD = re.compile(r"=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bBqQ])\?(.*?)\?=", re.DOTALL)
_BETWEEN = re.compile(r"(?<=\?=)[ \t\r\n]+(?==\?)")
_FOLD = re.compile(r"\r?\n[ \t]|[\r\n]")

_LOCAL, _DOMAIN = r"[^\s<>()\",;:@\[\]\\]{1,64}", r"[^\s<>()\",;:@\[\]\\]{1,255}"
_ADDRESS = re.compile(rf"{_LOCAL}@{_DOMAIN}")
# A quoted string, a comment, what stands in angle brackets, a separator, anything else.
_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\((?:\\.|[^()\\])*\)|<[^<>]*(?:>|$)|[,;]|[^"(<,;]+|.', re.DOTALL)
_GROUP = re.compile(r"^[^\"<>@,;()]*:\s*")

# Not allowed without quotes, but sent: names with spaces.
_UNQUOTED = re.compile(r"(?:^|[;\s])(?:file)?name\s*=\s*([^\s\";][^\";]*)", re.IGNORECASE)


def words(value: str) -> str:
    """A field's text, its encoded words decoded. Those that follow each other are decoded as one: a character may be
    cut between them. What cannot be decoded stays as it came."""
    value = _BETWEEN.sub("", _FOLD.sub(lambda fold: fold[0][-1:] if fold[0][-1:] in " \t" else " ", value))
    pieces: list[str] = []
    place, held, label = 0, b"", ""
    for word in _WORD.finditer(value):
        content = _unpacked(word[2], word[3])
        joined = place == word.start() and label.lower() == word[1].lower() and bool(held)
        if not joined:
            pieces += charsets.text(held, label), value[place : word.start()]
            held, label = b"", word[1]
        if content is None:
            pieces += charsets.text(held, label), word[0]
            held = b""
        else:
            held += content
        place = word.end()
    return "".join((*pieces, charsets.text(held, label), value[place:]))


def _unpacked(encoding: str, packed: str) -> bytes | None:
    content = packed.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return quopri.decodestring(content.replace(b" ", b"_"), header=True)
    try:
        compact = re.sub(rb"[\s=]", b"", content)
        return binascii.a2b_base64(compact + b"=" * (-len(compact) % 4), strict_mode=True)
    except binascii.Error:
        return None


def mailboxes(value: str) -> list[tuple[str, str]]:
    """(name, address) of each mailbox in a field, neither of them checked. What stands in angle brackets is the
    address, whatever is before it; a comma between two words before it belongs to the name."""
    found: list[tuple[str, str]] = []
    name, comment = "", ""
    value = _FOLD.sub(" ", value)
    grouped = ";" in value
    for piece in _TOKEN.findall(value):
        said = piece if name.strip() or not grouped else _GROUP.sub("", piece, count=1) or " "
        if said[0] == "<" and len(said) > 1:
            address = re.sub(r"\s", "", said.strip("<>").rpartition(":")[2])
            found += _bare(name, whole=False)
            if address:
                found.append((_name(name) or words(comment).strip(), address))
            name = comment = ""
        elif said[0] == "(" and len(said) > 1:
            comment = said[1:-1]
        elif said == ";":
            found += _bare(name, comment)
            name = comment = ""
        elif said != "," or name.strip():
            name += said
    return found + _bare(name, comment)


def _bare(said: str, comment: str = "", *, whole: bool = True) -> list[tuple[str, str]]:
    """Addresses without angle brackets among what is separated by commas; ``whole`` says that no mailbox follows, to
    which the last of it may belong as its name."""
    pieces = _pieces(said)
    return [
        (words(comment).strip() if whole and piece is pieces[-1] else "", piece)
        for piece in (pieces if whole else pieces[:-1])
        if _ADDRESS.fullmatch(piece)
    ]


def _pieces(said: str) -> list[str]:
    return [piece.strip() for piece in said.split(",")]


def _name(said: str) -> str:
    """What stands before an address, without the addresses that come before a comma."""
    pieces = [piece for piece in _pieces(said) if piece]
    while len(pieces) > 1 and _ADDRESS.fullmatch(pieces[0]):
        pieces.pop(0)
    text = ", ".join(pieces).strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = re.sub(r"\\(.)", r"\1", text[1:-1])
    return words(text).strip().strip('"').strip()


def parameter(field: str, name: str) -> str:
    """The parameter ``name`` of a structured ``field``, as of Content-Disposition, decoded (RFC 2231, also continued;
    RFC 2047, though that is not allowed there); empty where there is none."""
    head: Message[str, str] = Message()
    head["Content-Type"] = _FOLD.sub(" ", field)
    try:
        value = head.get_param(name, "")
    except Exception:
        value = ""
    if isinstance(value, tuple):
        charset, _, quoted = value
        return charsets.text(_octets(quoted), charset)
    plain = str(value or "")
    unquoted = _UNQUOTED.search(field) if name.endswith("name") else None
    if unquoted and (not plain or unquoted[1].startswith(plain)):
        plain = unquoted[1].strip()
    if "''" in plain and "%" in plain:  # as if it were extended
        charset, _, quoted = plain.partition("''")
        return charsets.text(unquote_to_bytes(quoted), charset)
    return words(plain)


def _octets(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeError:
        return text.encode("utf-8", "surrogateescape")


def addresses_in(value: str) -> Iterator[str]:
    """Whatever looks like an address in text that is no list of mailboxes."""
    return (found[0] for found in _ADDRESS.finditer(value))

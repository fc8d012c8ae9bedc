"""Header fields of a mail that comes in, as they were meant: words in other charsets, names and addresses, and
parameters, in the forms that the standards have and in those that are sent."""

import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from imchat.mail.charsets import decoded

# Surrogates that stand for no byte.
_HALVES = re.compile(r"[\ud800-\udc7f\udd00-\udfff]")
_WORD = re.compile(r"=\?([^?\s]{1,100})\?([bBqQ])\?((?:[^?]|\?(?!=))*+)\?=")
_FOLD = re.compile(r"(?<![\r\n])[\r\n]++(?=[ \t])")
_BLANK = re.compile(r"[ \t\r\n]*")
_NO_BASE64 = re.compile(r"[^A-Za-z0-9+/]+")
_ESCAPED = re.compile(r"\\([\\\"()])")
_QUOTED = re.compile(r'(?<!\\)"((?:[^"\\]|\\.)*+)"', re.DOTALL)
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_PARAMETER = re.compile(r"\s*+([^\s=;*\"]{1,40}+)\s*+(?:\*\s*+(\d{1,3}))?\s*+(\*)?\s*+=\s*+")
_EXTENDED = re.compile(r"([A-Za-z0-9_.:-]*)'([A-Za-z0-9-]*)'(.*)", re.DOTALL)
_ADDRESS = re.compile(r"[^\s<>()\",;:@]{1,64}@[^\s<>()\",;:@]{1,255}")
# A field's name with a space before its colon, in the head of a mail, and in that of a part.
_SPACED = re.compile(rb"^([!-9;-~]+)[ \t]+:", re.MULTILINE)
_PART_HEAD = re.compile(
    rb"^--[^\r\n]{1,200}\r?\n(?:[!-9;-~]+[ \t]*+:[^\n]*+\n(?:[ \t]++[^\s][^\n]*+\n)*+){1,100}+", re.MULTILINE
)
_MAILTO = re.compile(r"(?<!\s)\s*+mailto:", re.IGNORECASE)

_Mailbox = tuple[str, str]


def unescaped(text: str) -> str:
    """``text`` whose bytes beyond ASCII were set aside as surrogates."""
    return text if text.isascii() else decoded(_bytes(text), None)


def unspaced(head: bytes) -> bytes:
    """The head of a mail without spaces before its colons, which nobody may send, and some do."""
    return _SPACED.sub(rb"\1:", head)


def unspaced_parts(raw: bytes) -> bytes:
    """A mail, the same in the heads of its parts."""
    return _PART_HEAD.sub(lambda found: unspaced(found[0]), raw)


def words(value: str) -> str:
    """``value`` with its encoded words (RFC 2047) decoded, also where they stand within quotes or other words, or where
    one character is divided between two of them."""
    value = _FOLD.sub("", unescaped(value))
    pieces: list[str] = []
    done, kept = 0, _Words()
    for found in _WORD.finditer(value):
        between = value[done : found.start()]
        if not (kept and _BLANK.fullmatch(between)):
            pieces += kept.text(), between
        charset = found[1].partition("*")[0].lower()
        if kept and kept.charset != charset:
            pieces.append(kept.text())
        kept.add(charset, found[2].lower(), found[3])
        done = found.end()
    return "".join((*pieces, kept.text(), value[done:]))


def mailboxes(value: str) -> list[_Mailbox]:
    """Names and addresses in a field like From, valid or not: what stands in angle brackets is the address. Of a field
    whose quotes or comments do not end, whatever looks like an address."""
    value = unescaped(value)
    found = list(_mailboxes(value))
    if any("@" in address and "=?" not in address for _, address in found):
        return found
    # All of it in encoded words, with its brackets.
    inner = words(value)
    return [one for one in _mailboxes(inner) if "@" in one[1]] or found


def addresses_in(value: str) -> list[str]:
    """Whatever looks like an address."""
    return _ADDRESS.findall(unescaped(value))


def parameter(field: str, name: str) -> str | None:
    """A parameter of a field like Content-Disposition, decoded, whole or in pieces (RFC 2231), or with words of RFC
    2047; None where there is none."""
    plain: str | None = None
    pieces: dict[int, tuple[bool, str]] = {}
    for key, number, star, value in _parameters(unescaped(field)):
        if key != name:
            continue
        if number is None and not star:
            plain = value if plain is None else plain
        else:
            pieces.setdefault(number or 0, (star, value))
    return _joined(pieces) if pieces else None if plain is None else _plain(plain)


class _Words:
    """Encoded words of one charset, one behind the other."""

    def __init__(self) -> None:
        self.charset = ""
        self._coding, self._open, self._content, self._full = "", "", b"", False

    def __bool__(self) -> bool:
        return self._full

    def add(self, charset: str, coding: str, text: str) -> None:
        if coding == "b":
            padded = text.endswith("=")
            text = self._open + _NO_BASE64.sub("", text.partition("=")[0] if text.endswith("=") else text)
            whole = len(text) // 4 * 4
            self._content += _from_base64(text[:whole])
            self._open = text[whole:]
            if padded:
                self._close()
        else:
            self._close()
            self._content += _from_q(text)
        self.charset, self._full = charset, True

    def text(self) -> str:
        """What they say; with it, they are done."""
        self._close()
        text = decoded(self._content, self.charset) if self._full else ""
        self.charset, self._content, self._full = "", b"", False
        return text

    def _close(self) -> None:
        self._content += _from_base64(self._open)
        self._open = ""


def _from_base64(text: str) -> bytes:
    if len(text) % 4 == 1:
        text = text[:-1]
    try:
        return binascii.a2b_base64(text + "=" * (-len(text) % 4))
    except binascii.Error:
        return b""


def _from_q(text: str) -> bytes:
    return binascii.a2b_qp(text.replace("\r", "").replace("\n", "").encode("utf-8", "surrogatepass"), header=True)


def _bytes(text: str) -> bytes:
    return _HALVES.sub("\N{REPLACEMENT CHARACTER}", text).encode("utf-8", "surrogateescape")


def _mailboxes(value: str) -> Iterator[_Mailbox]:
    pieces = _pieces(value)
    if pieces is None:
        done = 0
        for found in _ADDRESS.finditer(value):
            yield words(value[done : found.start()].strip(' \t\r\n"<>(),;')), found[0]
            done = found.end()
        return
    before = ""
    for piece in pieces:
        name, address = _mailbox(piece)
        if address is None:
            # A name with a comma in it, or nobody's.
            before = f"{before}{piece.strip()}, "
            continue
        if before and name and piece.rstrip().endswith(">"):
            name = f"{words(_unquoted(before))} {name}"
        elif before:
            yield "", before.rstrip(", ")
        yield name, address
        before = ""
    if before:
        name, _ = _commented(before.rstrip(", "))
        yield name, _unquoted(_uncommented(before).rstrip(", ")).strip()


def _pieces(value: str) -> list[str] | None:
    """``value`` between the commas that stand in no quotes, comments, brackets or words; None where one of these does
    not end. Groups are opened."""
    pieces, start, place = [], 0, 0
    ends = ";" in value
    while place < len(value):
        one = value[place]
        if one == '"':
            if not (quoted := _QUOTED.match(value, place)):
                place += 1
                continue
            place = quoted.end()
        elif one == "(":
            end = _comment_end(value, place)
            if end < 0:
                return None
            place = end
        elif one == "<":
            end = value.find(">", place)
            place = end + 1 if end >= 0 else place + 1
        elif one == "=" and (word := _WORD.match(value, place)):
            place = word.end()
        elif one in ",;":
            pieces.append(value[start:place])
            place = start = place + 1
        elif one == ":" and ends and not _MAILTO.fullmatch(value[start : place + 1]):
            place = start = place + 1
        else:
            place += 1
    return [piece for piece in (*pieces, value[start:]) if piece.strip()]


def _mailbox(piece: str) -> tuple[str, str | None]:
    """The name and the address of one mailbox; None where it has none."""
    hidden = _WORD.sub(_hidden, _QUOTED.sub(_hidden, _uncommented(piece, "\x00")))
    opened = hidden.rfind("<")
    if opened >= 0:
        closed = hidden.find(">", opened)
        inside = piece[opened + 1 : closed if closed >= 0 else len(piece)]
        address = _MAILTO.sub("", "".join(inside.split()) if '"' not in inside else inside.strip())
        if "=?" in address:
            address = words(address)
        if address.startswith("@") and ":" in address:  # a route (RFC 5322, 4.4)
            address = address.rpartition(":")[2]
        name = words(_unquoted(_uncommented(piece[:opened]))).strip()
        return name or _commented(piece)[0], address
    plain = _MAILTO.sub("", _uncommented(piece).strip())
    quoted = _QUOTED.fullmatch(plain)
    if quoted and "@" in quoted[1]:
        plain = quoted[1].strip()
    plain = plain.strip("'") if plain.startswith("'") else plain
    return (_commented(piece)[0], plain) if "@" in plain else ("", None)


def _hidden(found: re.Match[str]) -> str:
    return "\x00" * len(found[0])


def _unquoted(text: str) -> str:
    plain = _QUOTED.sub(lambda found: _ESCAPED.sub(r"\1", found[1]), text)
    return " ".join(plain.replace('"', "").split()) if plain.count('"') % 2 else " ".join(plain.split())


def _comment_end(value: str, place: int) -> int:
    depth = 0
    for found in re.compile(r"\\.|[()]", re.DOTALL).finditer(value, place):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    return -1


def _comments(text: str) -> Iterator[tuple[int, int]]:
    place = 0
    while place < len(text):
        if text[place] == '"' and (quoted := _QUOTED.match(text, place)):
            place = quoted.end()
        elif text[place] == "(" and (end := _comment_end(text, place)) > 0:
            yield place, end
            place = end
        elif text[place] == "(":
            return
        else:
            place += 1


def _uncommented(text: str, filler: str = "") -> str:
    pieces: list[str] = []
    done = 0
    for start, end in _comments(text):
        pieces += text[done:start], (filler * (end - start) if filler else " ")
        done = end
    return "".join((*pieces, text[done:]))


def _commented(text: str) -> tuple[str, None]:
    """What the first comment says."""
    for start, end in _comments(text):
        return words(_ESCAPED.sub(r"\1", text[start + 1 : end - 1])).strip(), None
    return "", None


def _parameters(field: str) -> Iterator[tuple[str, int | None, bool, str]]:
    place = field.find(";")
    while 0 <= place < len(field):
        found = _PARAMETER.match(field, place + 1)
        if found is None:
            place = field.find(";", place + 1)
            continue
        value, place = _value(field, found.end())
        yield found[1].lower(), int(found[2]) if found[2] else None, bool(found[3]), value


def _value(field: str, start: int) -> tuple[str, int]:
    """A value from ``start`` on, and the place of the semicolon behind it (or -1). Names without quotes may hold
    spaces."""
    if field.startswith('"', start):
        quoted = _QUOTED.match(field, start)
        if quoted is None:
            return field[start + 1 :].strip(), -1
        end = field.find(";", quoted.end())
        rest = field[quoted.end() : end if end >= 0 else len(field)].strip()
        # Words within quotes, and more behind them.
        return _ESCAPED.sub(r"\1", quoted[1]) + (rest if rest.startswith("=?") else ""), end
    place = start
    while place < len(field) and field[place] != ";":
        word = _WORD.match(field, place) if field[place] == "=" else None
        place = word.end() if word else place + 1
    return field[start:place].strip(), place if place < len(field) else -1


def _joined(pieces: dict[int, tuple[bool, str]]) -> str:
    numbers = sorted(pieces)
    star, first = pieces[numbers[0]]
    charset: str | None = None
    extended = _EXTENDED.fullmatch(first.strip('"')) if star else None
    if extended:
        charset, first = extended[1], extended[3]
        pieces[numbers[0]] = (True, first)
    if not any(starred for starred, _ in pieces.values()):
        return _plain("".join(pieces[number][1] for number in numbers))
    content = b"".join(
        unquote_to_bytes(text.encode("utf-8", "replace"))
        if starred or (extended and _PERCENT.search(text))
        else text.encode("utf-8", "replace")
        for starred, text in (pieces[number] for number in numbers)
    )
    text = decoded(content, charset)
    return words(text) if "=?" in text else text


def _plain(value: str) -> str:
    if "=?" in value:
        return words(value)
    extended = _EXTENDED.fullmatch(value)
    if extended and extended[1] and _PERCENT.search(value):  # without its asterisk
        return decoded(unquote_to_bytes(extended[3].encode("utf-8", "replace")), extended[1])
    if value.isascii() and _PERCENT.search(value):
        content = unquote_to_bytes(value)
        if not content.isascii():
            try:
                return content.decode("utf-8")
            except UnicodeDecodeError:
                return value
    return value

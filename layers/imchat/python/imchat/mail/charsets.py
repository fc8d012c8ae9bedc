"""Bytes of a mail as text, in header fields and bodies alike: what senders label with one charset is often written in
a larger one. Labels mean what they mean in a browser (WHATWG Encoding)."""

import codecs
import re
from functools import cache

# Of the WHATWG standard's labels, those that it does not decode and mail still uses.
_OF_MAIL = {
    "utf-16": "utf_16",
    "iso-2022-kr": "iso2022_kr",
    "hz-gb-2312": "hz",
    "csiso2022kr": "iso2022_kr",
    "unicode-1-1-utf-7": "utf_7",
}
# Codecs that are for no text, or take for ever, or say nothing: what is said to be ASCII is often more.
_NO_CHARSETS = frozenset(("ascii", "idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined"))
# A codec, and the one that has what people write under the same label.
_LARGER = {
    "gbk": "gb18030", "gb2312": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932", "big5": "big5hkscs",
    "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
}  # fmt: skip
_UTF_8, _WESTERN, _JAPANESE = "utf-8", "cp1252", "iso2022_jp"

# ISO-2022-JP: what each escape sequence switches to (RFC 1468, 1554; RFC 2237).
_ESCAPE = re.compile(rb"\x1b(\([BJI]|\$[@BA]|\$\([CD])")
_CHUNK = 2
# More than anybody writes; longer text is read at once, without what vendors added.
_JAPANESE_BYTES = 1_000_000


def codec(label: str | None) -> str | None:
    """The Python codec for what a mail calls a charset; None where that says nothing or cannot be trusted."""
    return _codec(label.strip().strip("'\"").lower()) if label else None


@cache
def _codec(label: str) -> str | None:
    import webencodings

    known = None if label in _OF_MAIL else webencodings.lookup(label)
    try:
        name = codecs.lookup(known.codec_info.name if known else _OF_MAIL.get(label, label)).name
        b"-".decode(name, "replace")  # some codecs are for no text
    except Exception:
        return None
    if name in _NO_CHARSETS or label in ("us-ascii", "ascii"):
        return None
    return _LARGER.get(name, name)


def text(content: bytes, label: str | None) -> str:
    """``content`` as text, under whatever label it came. Where the label is wrong or missing, it is UTF-8 if that fits,
    else windows-1252; of what fits nothing, single characters are replaced. Never raises."""
    name = codec(label)
    if name == _JAPANESE and len(content) <= _JAPANESE_BYTES:
        return _japanese(content)
    for one in (name, _UTF_8):
        try:
            if one:
                return content.decode(one).removeprefix("\ufeff")
        except ValueError:
            continue
    if name in (None, _UTF_8):
        return _nearly_utf_8(content)
    return content.decode(str(name), "replace")


def _nearly_utf_8(content: bytes) -> str:
    """UTF-8 in which surrogates stand for characters beyond the first plane (CESU-8), or single bytes are wrong; or
    text of another charset."""
    try:
        halves = content.decode(_UTF_8, "surrogatepass")
        return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").removeprefix("\ufeff")
    except ValueError:
        pass
    read = content.decode(_UTF_8, "replace")
    wrong = read.count("\N{REPLACEMENT CHARACTER}")
    right = sum(character > "\x7f" for character in read) - wrong
    # In windows-1252 all bytes stand for something but five, which become control characters here as in a browser.
    return read if right >= wrong and right else content.decode(_WESTERN, "replace")


def _japanese(content: bytes) -> str:
    """ISO-2022-JP with the rows that vendors added: read as windows-31j (cp932), which has them."""
    pieces, place, mode = [], 0, b"(B"
    for escape in _ESCAPE.finditer(content):
        pieces.append(_switched(content[place : escape.start()], mode))
        place, mode = escape.end(), escape[1]
    pieces.append(_switched(content[place:], mode))
    return "".join(pieces)


def _switched(piece: bytes, mode: bytes) -> str:
    if mode in (b"$@", b"$B"):
        return "".join(_line(line, _JIS_X_0208) for line in piece.splitlines(keepends=True))
    if mode == b"$(D":
        return "".join(_line(line, _JIS_X_0212) for line in piece.splitlines(keepends=True))
    if mode == b"(I":
        return bytes(byte | 0x80 for byte in piece).decode("cp932", "replace")
    if mode in (b"$A", b"$(C"):
        return bytes(byte | 0x80 for byte in piece).decode("gb18030" if mode == b"$A" else "cp949", "replace")
    return text(piece, None)


_JIS_X_0208, _JIS_X_0212 = "cp932", "euc_jp"


def _line(line: bytes, charset: str) -> str:
    """Two bytes a character; a line end, at which a mail switches back by itself, is one."""
    body = line.rstrip(b"\r\n")
    end = line[len(body) :].decode("ascii")
    pairs = (body[place : place + _CHUNK] for place in range(0, len(body), _CHUNK))
    return "".join(map(_shifted if charset == _JIS_X_0208 else _extended, pairs)) + end


def _shifted(pair: bytes) -> str:
    """A character of JIS X 0208, by the arithmetic that makes Shift_JIS of it."""
    if len(pair) < _CHUNK or not all(0x21 <= byte <= 0x7E for byte in pair):
        return pair.decode("ascii", "replace")
    row, cell = pair
    lead = (row - 0x21 >> 1) + 0x81
    lead += 0x40 if lead > 0x9F else 0
    trail = cell + (0x7E if row % 2 == 0 else 0x1F if cell < 0x60 else 0x20)
    return bytes((lead, trail)).decode("cp932", "replace")


def _extended(pair: bytes) -> str:
    return (b"\x8f" + bytes(byte | 0x80 for byte in pair)).decode("euc_jp", "replace")

"""The charset of a text in mail, in header fields and bodies alike: what senders call it, and what they mean by that.

Labels are read as browsers read them (WHATWG Encoding), for that standard records what senders mean: windows-1252 where
they say iso-8859-1, cp932 for shift_jis. Where Python's codec of that name knows fewer characters, a larger one of its
codecs is used."""

import codecs
import re
from collections.abc import Callable

# Python's codecs, and the larger ones of the WHATWG's tables.
_LARGER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "ksx1001": "cp949",
    "johab": "johab",
    "shift_jis": "cp932",
    "shift_jisx0213": "cp932",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
}
# If the first fails: what else its senders mean.
_NEXT = {
    "big5hkscs": "cp950",
    "iso8859-8": "cp1255",
    "iso8859-6": "cp1256",
    "iso8859-7": "cp1253",
    "cp932": "shift_jis_2004",
}
# Labels that neither the WHATWG nor Python knows, without what is no letter or digit.
_LABELS = {
    "iso88598e": "iso8859-8",
    "macintosh": "mac-roman",
    "macce": "mac-latin2",
    "maccentralroman": "mac-latin2",
    "macjapanese": "cp932",
    "mackorean": "cp949",
    "macchinesesimp": "gb18030",
    "macchinesetrad": "big5hkscs",
    "macukrainian": "mac-cyrillic",
    "unicode11utf7": "utf-7",
    "unicode20utf7": "utf-7",
    "utf7imap": "utf-7",
    "utf8mac": "utf-8",
    "utf8mb4": "utf-8",
    "ansi": "cp1252",
}
# Code pages of Windows that have another name in Python.
_PAGES = {
    "708": "iso8859-6", "936": "gb18030", "950": "big5hkscs", "1200": "utf-16-le", "1201": "utf-16-be",
    "10000": "mac-roman", "10001": "cp932", "10006": "mac-greek", "10007": "mac-cyrillic", "10029": "mac-latin2",
    "10079": "mac-iceland", "10081": "mac-turkish", "20866": "koi8-r", "20932": "euc_jp",
    "20936": "gb18030", "21866": "koi8-u", "38598": "iso8859-8", "50220": "iso2022_jp",
    "50221": "iso2022_jp", "50222": "iso2022_jp",
    "50225": "iso2022_kr", "51932": "euc_jp", "51936": "gb18030", "51949": "cp949", "52936": "hz", "54936": "gb18030",
    "65000": "utf-7", "65001": "utf-8",
}  # fmt: skip
_PAGE = re.compile(r"(?:x)?(?:windows|win|cp|codepage|ibm|ms|dos)0*(\d{3,5})")
# What is said to be ASCII is often more.
_ASCII = frozenset(("ascii", "usascii", "ansix341968", "iso646us", "cp20127", "windows20127"))
# Codecs that take for ever, or are for no text.
_NO_CHARSETS = frozenset(("idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "mbcs", "oem"))
_LABEL_LENGTH = 60

# A character beyond the first 65,536 as two surrogates of three bytes (CESU-8).
_CESU = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_JAPANESE = re.compile(rb"\x1b(?:\$[@B]|\([JI])")
_ESCAPE = re.compile(rb"\x1b(\$\([A-Z@]|\$[@AB]|\([A-Z]|&@)")
_EUC = re.compile(
    rb"(?:[\xa1-\xfe][\xa1-\xfe])++|\x8e[\xa1-\xdf]|\x8f[\xa1-\xfe][\xa1-\xfe]|[^\x8e\x8f\xa1-\xfe]+|[\s\S]"
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def decoded(content: bytes, label: str | None) -> str:
    """The text of ``content``, whose sender calls its charset ``label``. Never raises: bytes that are no
    character become the replacement character. Without a label, or with one that nobody knows, it is UTF-8, or else
    windows-1252."""
    text = _decoded(content, codec(label)).removeprefix("\ufeff")
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def codec(label: str | None) -> str | None:
    """Python's name of the codec that ``label`` means; None for one that is unknown, or no charset of text."""
    label = (label or "").strip(" \t\r\n\"'").lower()
    if not label or len(label) > _LABEL_LENGTH or not label.isascii():
        return None
    import webencodings

    plain = re.sub(r"[^a-z0-9]", "", label)
    if plain in _ASCII:
        return None
    page = _PAGE.fullmatch(plain)
    known = webencodings.lookup(label)
    guesses = (
        known.codec_info.name if known else None,
        _PAGES.get(page[1], f"cp{page[1]}") if page else None,
        _LABELS.get(plain.removeprefix("x")),
        label,
        label.removeprefix("x-"),
        plain.removeprefix("cs"),
    )
    return next((name for guess in guesses if guess and (name := _known(guess))), None)


def _known(name: str) -> str | None:
    try:
        info = codecs.lookup(name)
        b"-".decode(info.name, "replace")  # some codecs are for no text
    except Exception:
        return None
    return None if info.name in _NO_CHARSETS else _LARGER.get(info.name, info.name)


def _decoded(content: bytes, name: str | None) -> str:
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if marked and (name is None or name.startswith("utf-")):
        return content.decode("utf-16", "replace")
    if name in (None, "cp1252", "utf-8") and _JAPANESE.search(content) and not _BEYOND_ASCII.search(content):
        name = "iso2022_jp"
    if name in (None, "utf-8"):
        return _utf8(content)
    own = _OWN.get(name) if len(content) <= _OWN_BYTES else None
    for encoding in (name, _NEXT.get(name), "utf-8"):
        try:
            if own and encoding == name:
                return own(content, "strict")
            if encoding:
                return content.decode(encoding)
        except ValueError:
            continue
    return own(content, "replace") if own else content.decode(name, "replace")


def _utf8(content: bytes) -> str:
    """UTF-8, with its characters beyond 65,535 in either form; windows-1252 where there is more of that."""
    content = _CESU.sub(
        lambda found: (
            found[0].decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass").decode("utf-16-le").encode()
        ),
        content,
    )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        rest = _UTF8_CHARACTER.sub(b"", content)
        right, wrong = (len(content) - len(rest)) / 2, len(_BEYOND_ASCII.findall(rest))
        return content.decode("utf-8" if right >= wrong else "cp1252", "replace")


def _shift(jis: bytes) -> bytes:
    """Pairs of JIS X 0208 as Shift_JIS, whose codec knows the rows that vendors added."""
    shifted = bytearray()
    for place in range(0, len(jis) - 1, 2):
        row, cell = jis[place] & 0x7F, jis[place + 1] & 0x7F
        if not (0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E):
            shifted += bytes((row, cell)) if row < 0x21 else b"\xfc\xfd"
            continue
        shifted.append(((row - 0x21) >> 1) + (0x81 if row < 0x5F else 0xC1))
        shifted.append(cell + ((0x1F if cell < 0x60 else 0x20) if row % 2 else 0x7E))
    return bytes(shifted) + (jis[-1:] if len(jis) % 2 else b"")


def _iso_2022_jp(content: bytes, errors: str) -> str:
    text, place, mode = [], 0, b"(B"
    for found in (*_ESCAPE.finditer(content), None):
        part = content[place : found.start() if found else len(content)]
        if mode in (b"$B", b"$@"):
            # A line always begins in ASCII.
            first, *lines = re.split(rb"(?=[\r\n])", part)
            text.append(_shift(first).decode("cp932", errors) + b"".join(lines).decode("cp932", errors))
        elif mode == b"(I":
            text.append(bytes(one | 0x80 if 0x21 <= one <= 0x5F else one for one in part).decode("cp932", errors))
        elif mode in (b"(B", b"(J", b"(H"):
            text.append(part.decode("cp932", errors))
        else:
            known = "iso2022_jp_2004" if mode in (b"$(O", b"$(P", b"$(Q") else "iso2022_jp_2"
            text.append((b"\x1b" + mode + part + b"\x1b(B").decode(known, errors))
        if found:
            mode, place = found[1], found.end()
    return "".join(text)


def _euc_jp(content: bytes, errors: str) -> str:
    text = []
    for found in _EUC.finditer(content):
        one = found[0]
        if one[0] == 0x8F:
            text.append(one.decode("euc_jp", errors))
        elif one[0] == 0x8E and len(one) == 2:
            text.append(one[1:].decode("cp932", errors))
        elif len(one) > 1 and one[0] >= 0xA1:
            text.append(_shift(one).decode("cp932", errors))
        else:
            text.append(one.decode("ascii", errors))
    return "".join(text)


# They are slow: of more, the codecs of Python.
_OWN_BYTES = 1_000_000
# Python's codecs of these do not know what vendors added to JIS X 0208 (as row 13).
_OWN: dict[str, Callable[[bytes, str], str]] = {
    "iso2022_jp": _iso_2022_jp,
    "iso2022_jp_1": _iso_2022_jp,
    "iso2022_jp_2": _iso_2022_jp,
    "iso2022_jp_3": _iso_2022_jp,
    "iso2022_jp_ext": _iso_2022_jp,
    "euc_jp": _euc_jp,
    "euc_jis_2004": _euc_jp,
    "euc_jisx0213": _euc_jp,
}

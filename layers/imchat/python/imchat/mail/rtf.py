"""The text of RTF (specification 1.9.1), and the HTML that Outlook wraps in RTF (MS-OXRTFEX), in one pass."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from imchat.mail import charsets

MOST_BYTES = 8 * 1024 * 1024
_DEEPEST, _MOST_TOKENS = 1_000, 500_000
_BEGIN = b"{\\rtf"
# Outlook says within the first words what the RTF was made of.
_FROM_HTML = re.compile(rb"\\fromhtml1(?![0-9])")
_FROM_BYTES = 500

_TOKEN = re.compile(
    rb"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?[0-9]{1,10})? ?|\\'(?P<hex>[0-9A-Fa-f]{2})|\\(?P<sign>[\s\S])"
    rb"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|(?P<nothing>[\r\n]+|\\)"
)
# Groups that hold none of the text. All that begin with \* are others, but for the tags of HTML.
_UNSEEN = frozenset(
    b"fonttbl colortbl stylesheet info pict header headerl headerr headerf footer footerl footerr footerf nonshppict "
    b"filetbl listtable revtbl rsidtbl objdata objclass objname fldinst xe tc bkmkstart bkmkend".split()
)
_SAYS = {
    b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\n", b"row": "\n", b"cell": "\t", b"tab": "\t",
    b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘", b"rquote": "’",
    b"ldblquote": "“", b"rdblquote": "”",
    b"emspace": "\u2003", b"enspace": "\u2002", b"qmspace": "\u2005", b"zwj": "\u200d", b"zwnj": "\u200c",
    b"ltrmark": "\u200e", b"rtlmark": "\u200f",
}  # fmt: skip
_SIGNS = {b"~": "\u00a0", b"_": "\u2011", b"\n": "\n", b"\r": "\n"}
_PAGES = {b"ansi": 1252, b"mac": 10000, b"pc": 437, b"pca": 850}
# The code pages of a font's \fcharset; 1 and 2 are the document's own.
_OF_FONTS = {
    0: 1252, 77: 10000, 128: 932, 129: 949, 130: 1361, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255,
    178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250, 254: 437, 255: 850,
}  # fmt: skip


@dataclass(frozen=True)
class Rtf:
    """What RTF says: ``html`` where it wraps HTML, else ``text``; the other is empty."""

    text: str
    html: str


def read_rtf(content: bytes) -> Rtf:
    """What ``content`` says. Raises ValueError where it is no RTF, too large, or nested too deeply."""
    if not content.startswith(_BEGIN) or len(content) > MOST_BYTES:
        raise ValueError
    html = _FROM_HTML.search(content, 0, _FROM_BYTES) is not None
    said = _Reader(content, html).said()
    return Rtf("", said) if html else Rtf(said, "")


@dataclass
class _Group:
    """What holds until a group ends: whether it is read, its code page (None: the document's), and how many
    characters stand after each \\uN for readers that do not know it."""

    unseen: bool = False
    fonts: bool = False
    hidden: bool = False
    page: int | None = None
    instead: int = 1


@dataclass
class _Reader:
    content: bytes
    html: bool
    page: int = 1252
    font: int = 0
    fonts: dict[int, int] = field(default_factory=dict)
    skip: int = 0
    pieces: list[str] = field(default_factory=list)
    coded: bytearray = field(default_factory=bytearray)
    coded_page: int = 1252

    def said(self) -> str:
        group, above, starred = _Group(), list[_Group](), False
        for token in self._tokens():
            kind = token.lastgroup
            if kind == "number":
                kind = "word"
            if kind == "brace":
                self.skip, starred = 0, False
                if token["brace"] == b"{":
                    above.append(group)
                    group = replace(group)
                    if len(above) > _DEEPEST:
                        raise ValueError
                elif above:
                    group = above.pop()
                    if not above:
                        break
            elif kind == "sign" and token["sign"] == b"*":
                starred = True
            elif kind == "word":
                self._word(group, token["word"], token["number"], starred)
                starred = False
            elif self.skip:
                self._skipped(group, token)
            elif kind == "sign":
                self._sign(group, token["sign"])
            else:
                self._bytes(group, token["text"] or (bytes.fromhex(token["hex"].decode()) if token["hex"] else b""))
        self._decode()
        # Characters beyond 65,535 are two \uN.
        return "".join(self.pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _tokens(self) -> Iterator[re.Match[bytes]]:
        place, left = 0, _MOST_TOKENS
        while token := _TOKEN.match(self.content, place):
            place = token.end()
            if token["word"] == b"bin":
                place += max(0, int(token["number"] or 0))
            left -= 1
            if not left:
                raise ValueError
            yield token

    def _skipped(self, group: _Group, token: re.Match[bytes]) -> None:
        """Leave out what stands after \\uN in its place."""
        text = token["text"]
        if text is None:
            self.skip -= token["nothing"] is None
            return
        left = text[self.skip :]
        self.skip = max(0, self.skip - len(text))
        self._bytes(group, left)

    def _word(self, group: _Group, word: bytes, written: bytes | None, starred: bool) -> None:
        number = int(written) if written else None
        # What stands in place of \uN ends here.
        self.skip = 0
        if starred:
            group.unseen = group.unseen or not (self.html and word == b"htmltag")
        elif word in _UNSEEN:
            group.unseen, group.fonts = True, word == b"fonttbl"
        elif word in _PAGES:
            self.page = _PAGES[word]
        elif word == b"ansicpg" and number:
            self.page = number
        elif group.fonts:
            self._of_font(word, number)
        elif word in _SAYS:
            self._say(group, _SAYS[word])
        else:
            self._of_characters(group, word, number)

    def _of_font(self, word: bytes, number: int | None) -> None:
        """Note the code page of a font in the table of fonts."""
        if word == b"f":
            self.font = number or 0
        page = number if word == b"cpg" else _OF_FONTS.get(number or 0) if word == b"fcharset" else None
        if page:
            self.fonts[self.font] = page

    def _of_characters(self, group: _Group, word: bytes, number: int | None) -> None:
        if word == b"plain":
            group.page, group.hidden = None, group.hidden and self.html
        elif word == (b"htmlrtf" if self.html else b"v"):
            group.hidden = number != 0
        elif number is None:
            return
        elif word == b"f":
            group.page = self.fonts.get(number)
        elif word == b"uc":
            group.instead = max(0, number)
        elif word == b"u":
            self._say(group, chr(number % 65536))
            self.skip = group.instead

    def _sign(self, group: _Group, sign: bytes) -> None:
        if sign in b"\\{}":
            self._bytes(group, sign)
        elif sign in _SIGNS:
            self._say(group, _SIGNS[sign])

    def _seen(self, group: _Group) -> bool:
        return not (group.unseen or group.hidden)

    def _say(self, group: _Group, text: str) -> None:
        if self._seen(group):
            self._decode()
            self.pieces.append(text)

    def _bytes(self, group: _Group, text: bytes) -> None:
        """Add what is in a code page. A character of it may be several bytes, each written by itself."""
        if not text or not self._seen(group):
            return
        page = group.page or self.page
        if page != self.coded_page:
            self._decode()
            self.coded_page = page
        self.coded += text

    def _decode(self) -> None:
        if self.coded:
            self.pieces.append(charsets.decoded(bytes(self.coded), f"cp{self.coded_page}"))
            self.coded.clear()

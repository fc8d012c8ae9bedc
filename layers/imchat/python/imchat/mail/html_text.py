"""HTML as plain text, in one pass: the parser of the standard library takes hours for some mails (CVE-2025-6069)."""

import re
from html import unescape

_LINE = re.compile(
    "address|article|aside|blockquote|body|center|d[dlt]|details|dialog|div|fieldset|figcaption|figure|footer|form|"
    "header|hr|html|li|main|nav|ol|option|pre|section|summary|table|tbody|tfoot|thead|tr|ul"
)
_PARAGRAPH = re.compile("p|h[1-6]")
_UNSEEN = re.compile("script|style|title|template")
# A head is not always closed before the body begins: a browser closes it then.
_HEAD_END = re.compile("</head|<body", re.IGNORECASE)
_MOST_BREAKS = 3

_NAME = re.compile(r"</?([A-Za-z][^\s/>]*)")
# A quote begins a value only after an equals sign, as in a browser. Possessive, so that it fails at once where it does.
_TAG = re.compile(r"</?[A-Za-z](?:=\s*+\"[^\"]*+\"|=\s*+'[^']*+'|[^>=]++|=)*+>")
_SPACE = re.compile(r"[ \t\n\f]+")
# No character has so long a number; Python refuses to read the longest of them.
_NO_CHARACTER = re.compile(r"&#(?:[0-9]{9,}|[xX][0-9A-Fa-f]{9,});?")


def html_text(html: str) -> str:
    """What a reader sees of ``html``, however malformed: without scripts, styles and its head, a line for every line
    break and block, entities decoded, white space folded but for that of <pre>."""
    html = html.replace("\r\n", "\n").replace("\r", "\n")
    page, place, quotes = _Page(), 0, True
    last_head_end = max((found.start() for found in _HEAD_END.finditer(html)), default=-1)
    while (start := html.find("<", place)) >= 0:
        page.say(html[place:start])
        name = _NAME.match(html, start)
        if name is None:
            if not html.startswith(("<!", "<?", "</"), start):
                page.say("<")
                place = start + 1
                continue
            place = _after(html, "-->" if html.startswith("<!--", start) else ">", start)
            continue
        tag = _TAG.match(html, start) if quotes else None
        # Where no tag ends outside quotes from here on, none does later: asking each of them would take for ever.
        quotes = tag is not None
        place = tag.end() if tag else _after(html, ">", start)
        closing = html.startswith("</", start)
        element = name[1].lower()
        if _UNSEEN.fullmatch(element) and not closing:
            place = _start_of(re.compile(f"</{element}", re.IGNORECASE), html, place)
        elif element == "head" and not closing and place <= last_head_end:
            place = _start_of(_HEAD_END, html, place)
        else:
            page.tag(element, closing)
    page.say(html[place:])
    return "".join(page.pieces).rstrip()


def _after(html: str, end: str, start: int) -> int:
    """The place after the next ``end``; that after the whole where there is none, as browsers see it."""
    found = html.find(end, start)
    return len(html) if found < 0 else found + len(end)


def _start_of(end: re.Pattern[str], html: str, place: int) -> int:
    found = end.search(html, place)
    return found.start() if found else len(html)


class _Page:
    """Text as it is put together: what was said, and the line breaks due before more is."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._breaks = 0
        self._verbatim = 0

    def say(self, data: str) -> None:
        text = unescape(_NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", data)) if "&" in data else data
        if not self._verbatim:
            text = _SPACE.sub(" ", text)
            if self._breaks or not self.pieces or self.pieces[-1].endswith((" ", "\n")):
                text = text.lstrip(" ")
        if not text:
            return
        if self._breaks and self.pieces:
            self.pieces[-1] = self.pieces[-1].rstrip(" ")
            self.pieces.append("\n" * min(self._breaks, _MOST_BREAKS))
        self._breaks = 0
        self.pieces.append(text)

    def tag(self, name: str, closing: bool) -> None:
        if name == "br":
            self._breaks += 1
        elif _PARAGRAPH.fullmatch(name):
            self._breaks = max(self._breaks, 2)
        elif _LINE.fullmatch(name):
            self._breaks = max(self._breaks, 1)
            if name == "li" and not closing:
                self.say("- ")
            elif name == "pre":
                self._verbatim = 0 if closing else 1
        elif name in ("td", "th") and closing and not self._breaks:
            self.say(" ")

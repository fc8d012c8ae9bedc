"""Other people's words in our mail: one line of them, many lines of them, and which way they run."""

import re
import unicodedata
from typing import Literal

Direction = Literal["ltr", "rtl"]

# Whatever some mail program shows as a new line, so that all show the same lines.
_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SPACE = re.compile("[\\s\x00-\x1f\x7f-\x9f]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Embeddings, overrides and isolates: they come in pairs, and half a pair would turn the words around it. Marks, which
# stand alone (U+200E, U+200F, U+061C), stay.
_BIDI_PAIRS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_REPLACEMENT = "\ufffd"
_STRONG: dict[str, Direction] = {"L": "ltr", "R": "rtl", "AL": "rtl"}


def one_line(text: str) -> str:
    """``text`` on one line: line ends, control characters and runs of space are one space, half characters (lone
    surrogates) are U+FFFD."""
    return _SURROGATE.sub(_REPLACEMENT, _SPACE.sub(" ", text)).strip()


def display_name(text: str | None) -> str:
    """A name, on one line and without what could turn the words around it; blank where there is none."""
    return one_line(_BIDI_PAIRS.sub("", text or ""))


def rows(text: str) -> tuple[str, ...]:
    """What somebody wrote, line by line: nothing is trimmed, wrapped or dropped. Control characters but the tab, and
    half characters, which nothing that came in through the API holds, are U+FFFD."""
    return tuple(_UNPRINTABLE.sub(_REPLACEMENT, row) for row in _LINE_END.split(text))


def direction(text: str, otherwise: Direction) -> Direction:
    """Which way ``text`` runs: that of its first letter (rule P2 of Unicode's UAX 9, without isolates)."""
    for character in text:
        strong = _STRONG.get(unicodedata.bidirectional(character))
        if strong:
            return strong
    return otherwise


def mixed(lines: tuple[str, ...]) -> bool:
    """Whether some of ``lines`` run one way and some the other."""
    return {direction(line, "ltr") for line in lines} == {direction(line, "rtl") for line in lines} == {"ltr", "rtl"}


def isolated(text: str, surroundings: Direction) -> str:
    """``text`` to stand in a line of plain text that runs as ``surroundings`` do: where it runs otherwise, between
    marks that keep it from turning its neighbours (UAX 9, FSI and PDI)."""
    runs = {_STRONG.get(unicodedata.bidirectional(character), surroundings) for character in text}
    return text if runs <= {surroundings} else f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}"

"""How characters are made alike before texts are compared, and what comes along when a text is copied."""

import unicodedata

# Characters without width that come along from web pages, mails and address books, and mean nothing at the ends of any
# text.
_UNSEEN = "\u00ad\u180e\u200b\u2060\ufeff"
# Marks of direction, and joiners: names of some scripts begin or end with one; addresses and numbers do not.
MARKS = "\u061c\u200c\u200d\u200e\u200f"


def folded(text: str) -> str:
    """NFKC and case folding until neither changes anything (one may make work for the other)."""
    before = None
    while text != before:
        before, text = text, unicodedata.normalize("NFKC", text).casefold()
    return text


def visible(text: str) -> str:
    """``text`` without format characters (category Cf)."""
    return "".join(character for character in text if unicodedata.category(character) != "Cf")


def trimmed(text: str, more: str = "") -> str:
    """``text`` without the spaces of all kinds (category Zs), the characters without width and those of ``more`` at its
    ends."""
    start, end = 0, len(text)
    while start < end and _trims(text[start], more):
        start += 1
    while start < end and _trims(text[end - 1], more):
        end -= 1
    return text[start:end]


def is_dash(character: str) -> bool:
    """Whether people read it as a hyphen: dashes of all lengths, the minus signs, the bullet."""
    return unicodedata.category(character) == "Pd" or character in "\N{MINUS SIGN}\u02d7\u2043\u207b\u208b\u2796"


def _trims(character: str, more: str) -> bool:
    return unicodedata.category(character) == "Zs" or character in _UNSEEN or character in more

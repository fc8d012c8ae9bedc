"""Card numbers in files whose digits are not side by side as a reader of the file sees them (N22): between the tags of
HTML, XML and SVG, the control words of RTF, the escapes of JSON, and folded lines of vCards and calendars."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape

from imchat.cards import mask

# Tags within a line of text. Between digits, any other stands for a gap.
_INLINE = re.compile(
    r"</?(?:\w{1,20}:)?(?:a|abbr|b|big|bdi|bdo|code|em|font|i|ins|kbd|mark|nobr|o|p|r|s|samp|small|span|strong|sub|sup|t|tspan|"
    r"tt|u|wbr)\b",
    re.IGNORECASE,
)
_GAP = "\N{ZERO WIDTH SPACE}"
_TAG = r"<[^<>]{0,1000}+>"
_ENTITY = r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});?"
_UNICODE = r"\\u[0-9A-Fa-f]{4}"
_FOLD = r"\r?\n[ \t]"
_SOFT = r"=[ \t]*+\r?\n"
_ENCODED = r"[=%][0-9A-Fa-f]{2}"
_ESCAPE = r"\\[nrtNRT/\\,;:]"
_RTF_UNICODE = r"\\u-?[0-9]{1,5} ?(?:\\'[0-9A-Fa-f]{2}|\?)?"
_RTF_BYTE = r"\\'[0-9A-Fa-f]{2}"
_RTF_SIGN = r"\\[~_\-]"
_RTF_WORD = r"\\\*|\\[A-Za-z]{1,32}-?[0-9]{0,10} ?|[{}\r\n]"


def masked_format(text: str, mark: str) -> str:
    """``text`` with ``mark`` for each digit of a card number that its format interrupts or encodes."""
    if not _FORMATTED.search(text):
        return text
    begin = text[:_BEGIN].lstrip("\ufeff \t\r\n").upper()
    form = _RTF if begin.startswith("{\\RTF") else _CARD if begin.startswith("BEGIN:V") else _MARKUP
    return form.run.sub(lambda found: _masked(found, form, mark) if found[1] else found[0], text)


def _masked(found: re.Match[str], form: "_Form", mark: str) -> str:
    run = found[1]
    tokens = form.token.findall(run)
    shown = [form.seen(one) for one in tokens]
    before = "+" if found.string[found.start() - 1 : found.start()] == "+" else ""
    plain = "".join(shown)
    masked = mask(before + plain)[len(before) :]
    if masked == plain:
        return run
    pieces, place = [], 0
    for written, one in zip(tokens, shown, strict=True):
        end = place + len(one)
        pieces.append(mark if masked[place:end] != one else written)
        place = end
    return "".join(pieces)


def _seen(written: str) -> str:
    """What a reader sees of one token of markup, JSON, or a vCard."""
    if len(written) == 1:
        return written
    if written.startswith("<"):
        return "" if _INLINE.match(written) else _GAP
    if written.startswith("&"):
        character = unescape(written)
        return character if len(character) == 1 else _GAP
    if written.startswith("\\u"):
        return chr(int(written[2:], 16))
    if written.startswith("\\"):
        return {"n": "\n", "r": "\n", "t": "\t"}.get(written[1].lower(), written[1])
    if written.startswith(("=", "%")) and not written[1:].isspace():
        return chr(int(written[1:], 16))
    return ""


def _seen_in_rtf(written: str) -> str:
    """What a reader sees of one token of RTF."""
    if written.startswith("\\u") and written[2:3] in "-0123456789":
        number = re.match(r"-?[0-9]+", written[2:])
        return chr(int(number[0]) % 65536) if number else ""
    if written.startswith("\\'"):
        return chr(int(written[2:], 16))
    if written.startswith("\\"):
        return {"\\~": " ", "\\_": "-", "\\tab": "\t", "\\par": "\n", "\\line": "\n"}.get(written.strip(), "")
    return "" if written in ("{", "}", "\r", "\n") else written


def _run(skipped: str, *between: str) -> re.Pattern[str]:
    """Thirteen digits or more, with nothing but what is in no number between them."""
    gaps = "|".join(between)
    # It begins with a set of characters, so that text without them is passed over quickly.
    entity = r"(?<=&)#(?:0{0,4}(?:4[89]|5[0-7])|[xX]0{0,3}3[0-9]);?"
    first = rf"[\d&\\=%](?:(?<=\d)|{entity}|(?<=\\)(?:u003|'3)[0-9]|(?<=[=%])3[0-9])"
    return re.compile(rf"{skipped}({first}(?:(?:{gaps})*+(?:{_DIGIT})){{12,}}+)")


@dataclass(frozen=True)
class _Form:
    """How a format writes digits: runs of them (its first group), the tokens of a run, and what is seen of each."""

    run: re.Pattern[str]
    token: re.Pattern[str]
    seen: Callable[[str], str]


# What interrupts or encodes; and where a format says what it is.
_FORMATTED = re.compile(r"[<&\\%]|BEGIN:V|begin:v")
_BEGIN = 100

# A digit may be written as itself, or encoded.
_DIGIT = r"\d|&#0{0,4}(?:4[89]|5[0-7]);?|&#[xX]0{0,3}3[0-9];?|\\u003[0-9]|\\'3[0-9]|[=%]3[0-9]"
_SIGN = r"[^\w<>&\\={}\r\n%]|[\r\n_]"
_MARKS = rf"(?!{_DIGIT})(?:{_ENTITY}|{_UNICODE}|%[0-9A-Fa-f]{{2}}|{_ESCAPE})"
_CARD_MARKS = rf"(?!{_DIGIT})(?:{_ENCODED}|{_SOFT}|{_FOLD}|{_ESCAPE})"
_RTF_MARKS = rf"(?!{_DIGIT})(?:{_RTF_UNICODE}|{_RTF_BYTE}|{_RTF_SIGN}|{_RTF_WORD})"
_MARKUP = _Form(
    _run("", _TAG, _MARKS, _SIGN),
    re.compile(rf"{_TAG}|{_ENTITY}|{_UNICODE}|%[0-9A-Fa-f]{{2}}|{_ESCAPE}|[\s\S]"),
    _seen,
)
_CARD = _Form(_run("", _CARD_MARKS, _SIGN), re.compile(rf"{_ENCODED}|{_SOFT}|{_FOLD}|{_ESCAPE}|[\s\S]"), _seen)
# The number of a control word is none of the text.
_RTF = _Form(
    _run(r"\\(?!u[0-9])[A-Za-z]{1,32}-?[0-9]{0,10} ?|", _RTF_MARKS, _SIGN),
    re.compile(rf"{_RTF_UNICODE}|{_RTF_BYTE}|{_RTF_SIGN}|{_RTF_WORD}|[\s\S]"),
    _seen_in_rtf,
)

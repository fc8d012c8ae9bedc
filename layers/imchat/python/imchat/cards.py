"""Card numbers never get in (N22): they are masked wherever text is taken.

A card number has 13 to 19 digits, begins with the prefix of an issuer that gives out numbers of this length, and passes
the Luhn check (ISO/IEC 7812-1). All else stays as it was typed: orders, serial numbers, identifiers in links.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MASK = "•"
_SHORTEST, _LONGEST = 13, 19

# The prefixes of each issuer, of four digits at most, with the lengths of its numbers: as the schemes publish them
# (issuer identification numbers, ISO/IEC 7812-1). Both ends of a range are part of it.
_ISSUERS: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("4", "4", (13, 16, 19)),  # Visa
    ("51", "55", (16,)),  # Mastercard
    ("2221", "2720", (16,)),  # Mastercard
    ("34", "34", (15,)),  # American Express
    ("37", "37", (15,)),  # American Express
    ("300", "305", (14, 16, 17, 18, 19)),  # Diners Club
    ("3095", "3095", (14, 16, 17, 18, 19)),  # Diners Club
    ("36", "36", (14, 15, 16, 17, 18, 19)),  # Diners Club
    ("38", "39", (14, 16, 17, 18, 19)),  # Diners Club
    ("6011", "6011", (16, 17, 18, 19)),  # Discover
    ("644", "659", (16, 17, 18, 19)),  # Discover, RuPay, Elo, Troy, Verve
    ("3528", "3589", (16, 17, 18, 19)),  # JCB
    ("62", "62", (16, 17, 18, 19)),  # UnionPay, Elo
    ("81", "82", (16, 17, 18, 19)),  # UnionPay, RuPay
    ("5018", "5018", (13, 14, 15, 16, 17, 18, 19)),  # Maestro
    ("5020", "5020", (13, 14, 15, 16, 17, 18, 19)),  # Maestro
    ("5038", "5038", (13, 14, 15, 16, 17, 18, 19)),  # Maestro
    ("5893", "5893", (13, 14, 15, 16, 17, 18, 19)),  # Maestro
    ("6304", "6304", (13, 14, 15, 16, 17, 18, 19)),  # Maestro
    ("6390", "6390", (13, 14, 15, 16, 17, 18, 19)),  # Maestro
    ("6759", "6763", (13, 14, 15, 16, 17, 18, 19)),  # Maestro
    ("50", "50", (16, 19)),  # Maestro, Dankort, Elo, RuPay, Verve, Meeza
    ("56", "58", (16, 19)),  # Maestro
    ("636", "639", (16, 17, 18, 19)),  # InterPayment, InstaPayment, Elo, Hipercard
    ("6042", "6043", (16,)),  # Cabal
    ("6062", "6062", (16,)),  # Hipercard
    ("607", "608", (16,)),  # RuPay
    ("2200", "2205", (16, 17, 18, 19)),  # Mir, Borica
    ("9792", "9792", (16,)),  # Troy
    ("8600", "8600", (16,)),  # Uzcard
    ("9860", "9860", (16,)),  # Humo
    ("9704", "9704", (16, 19)),  # Napas
)

# What people put between the digits of a card, however these are grouped. The mask is none of it.
_SEPARATORS = frozenset("\t._·‧․．−")
# Spaces, dashes, characters without width, and marks that combine with a digit (as the keycap of an emoji).
_SEPARATING = frozenset(("Zs", "Pd", "Cf", "Mn", "Me"))
# Between groups as they are printed on a card there may be anything that is neither letter nor digit, and one line end.
# So many characters are looked at; a card that is masked already is longer.
_LOOSE = 12
_PRINTED = frozenset(((4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3)))
_LINE_END = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# What has fewer digits may be a phone number (E.164 has 15 at most), in so many groups.
_BELOW_AS_PHONE = 16
_PHONE_GROUPS = 8
_PREFIX = 4
# An account number as it is printed, in groups of four (ISO 13616); it has 34 characters at most.
_IBAN = re.compile(r"(?<![^\W_])[A-Z]{2}[0-9]{2}(?:[ \u00a0]?[A-Z0-9]{4}){2,7}(?:[ \u00a0]?[A-Z0-9]{1,3})?(?![^\W_])")
_IBAN_LENGTH = 42
_DOUBLED = str.maketrans("0123456789", "0246813579")

_DIGITS = re.compile(r"\d+")
# A character as it stands in a URL (also encoded twice), in HTML and XML, in JSON.
_ENCODED = re.compile(
    r"%(?:25)*[0-9A-Fa-f]{2}|&#[0-9]{1,7};|&#[xX][0-9A-Fa-f]{1,6};|&[A-Za-z]{2,12};|\\u[0-9A-Fa-f]{4}|\\[nrt]"
)
_ENCODED_OR_DIGITS = re.compile(rf"{_ENCODED.pattern}|\d")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(slots=True)
class _Group:
    """Digits that follow each other, with their place in the text. ``gap`` says what stands before them: "" where the
    run begins, "tight" for separators of any grouping, "loose" for others."""

    start: int
    end: int
    digits: str
    gap: str = ""


def mask(text: str) -> str:
    """``text`` with a bullet in place of each digit of each card number; separators stay, as does all other text.

    A card number starts and ends where a group of digits does, so a longer number that merely contains the digits of a
    card is left alone. Where groups can be read as several card numbers, all of them are masked. Digits and separators
    may be encoded, as in a URL. The work is linear in the length of the text, which does not change.
    """
    text = _masked(text, _DIGITS)
    return _masked(text, _ENCODED_OR_DIGITS) if _ENCODED.search(text) else text


def contains_card(text: str) -> bool:
    """Whether ``mask`` would change anything."""
    return mask(text) != text


def _masked(text: str, tokens: re.Pattern[str]) -> str:
    pieces: list[str] = []
    done = 0
    for run in _runs(text, _groups(text, tokens)):
        if sum(len(group.digits) for group in run) >= _SHORTEST:
            for group in _card_groups(text, run):
                pieces += text[done : group.start], MASK * (group.end - group.start)
                done = group.end
    return "".join(pieces) + text[done:] if pieces else text


def _groups(text: str, tokens: re.Pattern[str]) -> Iterator[_Group]:
    """The groups of digits; an encoded digit is one."""
    group: _Group | None = None
    for token in tokens.finditer(text):
        digits = token[0] if token[0][0].isdecimal() else _decoded(token[0])
        if not digits.isdecimal():
            continue
        plain = "".join(str(unicodedata.decimal(digit)) for digit in digits)
        if group and group.end == token.start():
            group.end, group.digits = token.end(), group.digits + plain
            continue
        if group:
            yield group
        group = _Group(token.start(), token.end(), plain)
    if group:
        yield group


def _decoded(token: str) -> str:
    """The character that an encoded one stands for."""
    if token[0] == "%":
        byte = int(token[-2:], 16)
        return chr(byte) if byte < 0x80 else " "  # of a character in several bytes, as a dash or a narrow space
    if token[0] == "\\":
        return chr(int(token[2:], 16)) if token[1] == "u" else _ESCAPES[token[1]]
    from html import unescape

    return unescape(token)


def _runs(text: str, groups: Iterator[_Group]) -> Iterator[list[_Group]]:
    """Groups of digits with nothing but separators between them."""
    run: list[_Group] = []
    for group in groups:
        if run:
            group.gap = _gap(text[run[-1].end : group.start])
            if not group.gap:
                yield run
                run = []
        run.append(group)
    if run:
        yield run


def _gap(between: str) -> str:
    """What stands between two groups: "tight", "loose", or "" where it separates two numbers."""
    if "%" in between or "&" in between or "\\" in between:
        between = _ENCODED.sub(lambda token: _decoded(token[0]), between)
    others = 0
    for character in between:
        if character in _SEPARATORS or unicodedata.category(character) in _SEPARATING:
            continue
        others += 1
        if others > _LOOSE or character.isalnum():
            return ""
    if not others:
        return "tight"
    return "loose" if len(_LINE_END.findall(between)) <= 1 else ""


def _card_groups(text: str, run: list[_Group]) -> Iterator[_Group]:
    """The groups of one run that belong to a card number, in order. From each group, at most 19 are looked at."""
    done = 0
    for first in range(len(run)):
        digits = ""
        for last in range(first, min(first + _LONGEST, len(run))):
            digits += run[last].digits
            if len(digits) > _LONGEST:
                break
            if len(digits) >= _SHORTEST and _is_card(text, run, first, last + 1, digits):
                yield from run[max(first, done) : last + 1]
                done = max(done, last + 1)


def _is_card(text: str, run: list[_Group], first: int, last: int, digits: str) -> bool:
    """Whether the groups of ``run`` from ``first`` to before ``last`` are a card number."""
    if not (_issued(digits[:_PREFIX], len(digits)) and _luhn(digits)):
        return False
    groups = run[first:last]
    if _in_iban(text, groups[0].start, groups[-1].end):
        return False
    if tuple(len(group.digits) for group in groups) in _PRINTED:
        return True
    return all(group.gap == "tight" for group in groups[1:]) and not _in_phone(text, run, first, last)


@lru_cache(maxsize=20_000)
def _issued(prefix: str, length: int) -> bool:
    return any(length in lengths and low <= prefix[: len(low)] <= high for low, high, lengths in _ISSUERS)


def _luhn(digits: str) -> bool:
    return (sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2].translate(_DOUBLED)))) % 10 == 0


def _in_iban(text: str, start: int, end: int) -> bool:
    """Whether what stands from ``start`` to ``end`` is part of an account number whose check digits are right."""
    for found in _IBAN.finditer(text, max(0, start - _IBAN_LENGTH), end + _IBAN_LENGTH):
        if found.start() < start and end <= found.end():
            compact = "".join(filter(str.isalnum, found[0]))
            if int("".join(str(int(one, 36)) for one in compact[4:] + compact[:4])) % 97 == 1:
                return True
    return False


def _in_phone(text: str, run: list[_Group], first: int, last: int) -> bool:
    """Whether the groups are, or are part of, a phone number that is in use: it has + or 00 before its country code."""
    for start in range(max(0, first - _PHONE_GROUPS), first + 1):
        if not _international(text, run, start):
            continue
        for end in range(last, min(start + _PHONE_GROUPS, len(run)) + 1):
            digits = "".join(group.digits for group in run[start:end])
            if len(digits) < _BELOW_AS_PHONE and _valid_phone(digits):
                return True
    return False


def _international(text: str, run: list[_Group], start: int) -> bool:
    group = run[start]
    before = text[max(0, group.start - _LOOSE) : group.start].rstrip(" (\u00a0\u2060")
    if before.endswith(("+", "\N{FULLWIDTH PLUS SIGN}", "%2B", "%2b")):
        return True
    return start > 0 and run[start - 1].digits == "00" and group.gap == "tight"


def _valid_phone(digits: str) -> bool:
    import phonenumbers

    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(f"+{digits}")))
    except phonenumbers.NumberParseException:
        return False

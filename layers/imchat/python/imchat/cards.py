"""Card numbers never get in (N22): 13 to 19 digits that pass the Luhn check are masked wherever text is taken."""

import re
import unicodedata
from collections.abc import Iterator

MASK = "•"
_SHORTEST, _LONGEST = 13, 19

# What people put between the digits of a card. The mask is none of it, so masking again changes nothing.
_SEPARATORS = frozenset("\t._·‧․．−")
# Spaces, dashes, characters without width, and marks that combine with a digit (as the keycap of an emoji).
_SEPARATING = frozenset(("Zs", "Pd", "Cf", "Mn", "Me"))
_GROUP = re.compile(r"\d+")

_Span = tuple[int, int]


def mask(text: str) -> str:
    """``text`` with every digit of every card number replaced by a bullet; separators stay, as does all other text.

    A card number starts and ends where a group of digits does, so a longer number that merely contains the digits of a
    card (an order number) is left alone. Where groups can be read as several card numbers, all of them are masked. The
    work is linear in the length of the text.
    """
    pieces: list[str] = []
    done = 0
    for start, end in _card_groups(text):
        pieces += text[done:start], MASK * (end - start)
        done = end
    return "".join(pieces) + text[done:] if pieces else text


def contains_card(text: str) -> bool:
    """Whether ``mask`` would change anything."""
    return any(True for _ in _card_groups(text))


def _card_groups(text: str) -> Iterator[_Span]:
    """Where the groups of digits stand that belong to a card number, in order."""
    for run in _runs(text):
        if sum(end - start for start, end in run) >= _SHORTEST:
            yield from _masked(text, run)


def _runs(text: str) -> Iterator[list[_Span]]:
    """Groups of digits with nothing but separators between them."""
    run: list[_Span] = []
    for match in _GROUP.finditer(text):
        start, end = match.span()
        if run and not all(_separates(text[place]) for place in range(run[-1][1], start)):
            yield run
            run = []
        run.append((start, end))
    if run:
        yield run


def _separates(character: str) -> bool:
    return character in _SEPARATORS or unicodedata.category(character) in _SEPARATING


def _masked(text: str, run: list[_Span]) -> Iterator[_Span]:
    """The groups of one run that belong to a card number. From each group, at most 19 are looked at."""
    # Luhn sums of all digits so far: sums[0] doubles those at odd places, sums[1] those at even ones. A window's sum is
    # then one subtraction, whichever digit is its last.
    sums: tuple[list[int], list[int]] = ([0], [0])
    starts = [0]
    for start, end in run:
        for character in text[start:end]:
            digit, place = unicodedata.decimal(character), len(sums[0]) - 1
            twice = 2 * digit if digit < 5 else 2 * digit - 9
            sums[place % 2].append(sums[place % 2][-1] + digit)
            sums[1 - place % 2].append(sums[1 - place % 2][-1] + twice)
        starts.append(len(sums[0]) - 1)
    done = 0
    for first in range(len(run)):
        for last in range(first + 1, len(run) + 1):
            begin, end = starts[first], starts[last]
            if end - begin > _LONGEST:
                break
            plain = sums[(end - 1) % 2]
            if end - begin >= _SHORTEST and (plain[end] - plain[begin]) % 10 == 0:
                yield from run[max(first, done) : last]
                done = max(done, last)

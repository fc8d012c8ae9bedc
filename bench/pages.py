"""How large a page of a chat should be: write units of whole chats, by the number of messages in a page.

A post rewrites META, so it costs META's size in KB, rounded up. A seal costs the refused post (META), a transaction of
the page and META (twice their sizes), and the post again. Sizes are those of DynamoDB's own rule: names and values.
"""

import math
from collections.abc import Iterator

from bench.figures import Figure

META_BYTES = 900
MESSAGE_BYTES = 150
LENGTHS = {5: 0.55, 20: 0.35, 60: 0.08, 300: 0.02}
SIZES = (10, 15, 20, 25, 30, 40, 50, 75, 100, 200)


def units(messages: int, page: int) -> int:
    """Write units of posting ``messages`` one after the other."""
    total = held = 0
    for _ in range(messages):
        if held == page:
            meta = _kilobytes(META_BYTES + held * MESSAGE_BYTES)
            total += meta + 2 * _kilobytes(page * MESSAGE_BYTES) + 2 * meta
            held = 0
        held += 1
        total += _kilobytes(META_BYTES + held * MESSAGE_BYTES)
    return total


def _kilobytes(size: int) -> int:
    return math.ceil(size / 1024)


def figures() -> Iterator[Figure]:
    """The mean of a mix of chats, by the messages in a page."""
    for page in SIZES:
        by_length = {length: units(length, page) for length in LENGTHS}
        mean = sum(by_length[length] * share for length, share in LENGTHS.items())
        aside = ", ".join(f"{length}: {total}" for length, total in by_length.items())
        yield Figure(f"pages of {page} messages", mean, "units a chat", None, f"by messages: {aside}")

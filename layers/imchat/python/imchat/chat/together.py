"""Ending many chats in few calls: as many as a transaction takes, the counters of each site and day added up."""

from collections.abc import Callable, Iterable, Iterator

from imchat.stores import statistics
from imchat.stores.base import Cancelled, Part, transact
from imchat.stores.chats import Chat

# What a transaction takes.
_MOST_PARTS = 100


def end_together(
    chats: Iterable[Chat],
    *,
    parts: Callable[[Chat], list[Part]],
    outcome: str,
    alone: Callable[[Chat], None],
) -> None:
    """Write ``parts`` of each chat and count it under ``outcome`` if it was not, each group in one transaction. Where
    one of a group is not as it was read, each of them is left to ``alone``."""
    for group in _groups(chats, parts):
        uncounted = [(chat, statistics.counters(chat, outcome)) for chat in group if not chat.counted]
        try:
            transact(*(part for chat in group for part in parts(chat)), *statistics.add_up(uncounted))
        except Cancelled:
            for chat in group:
                alone(chat)


def _groups(chats: Iterable[Chat], parts: Callable[[Chat], list[Part]]) -> Iterator[list[Chat]]:
    group: list[Chat] = []
    days: set[tuple[str, str]] = set()
    size = 0
    for chat in chats:
        need, day = len(parts(chat)), statistics.day_of(chat)
        if group and size + need + len(days | {day}) > _MOST_PARTS:
            yield group
            group, days, size = [], set(), 0
        group.append(chat)
        days.add(day)
        size += need
    if group:
        yield group

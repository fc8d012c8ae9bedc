"""Counters of days, months and years, kept by the threshold rule (N1, N20). A store's model holds two kinds of items:

*open* counters take what is counted, and are shown to nobody as they are; *kept* counters take from them what the rule
lets stand by itself, and nothing is ever taken from these. What the rule does not let stand moves from the day to the
month, and from the month to the year. Every counter is in one place, so that the sum over all items stays exact.

A kept counter grows by FEWEST at least: the difference of two views tells of no single chat.
"""

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pynamodb.expressions.operand import Path

from imchat import places
from imchat.stores.base import Cancelled, Part, delete, due_shard, transact, update
from imchat.thresholds import nameless, split

OPEN = "#open"
# A sweep may move counters from a day to its month, and from there to its year.
ROUNDS = range(3)
_MONTH, _YEAR = "#month", "#year"
_SHAPE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
_AFTER_ALL = "~"  # sorts after every "#..."
_BOOKKEEPING = frozenset(("revision", "due_at"))
# How long after the end of a day, a month, a year it is folded. Most chats have ended a day after that of their
# opening; what is counted later is folded by the next sweep.
_DAY_GRACE, _MONTH_GRACE, _YEAR_GRACE = timedelta(days=1, hours=1), timedelta(days=3), timedelta(days=6)


@dataclass
class Tally:
    """The counters of a day (2026-01-31), a month (2026-01) or a year (2026), kept and open ones."""

    label: str
    kept: Counter[str] = field(default_factory=Counter)
    open: Counter[str] = field(default_factory=Counter)

    def all(self) -> dict[str, int]:
        """All that was counted."""
        return _sum(self.kept, self.open)

    def shown(self) -> dict[str, int]:
        """What may be shown. Of a day that is still open, what the rule would let stand now."""
        if len(self.label) < len("2026-01-31"):
            return dict(self.kept)
        return _sum(self.kept, split(self.open, over=True)[0])


def day_key(day: date) -> str:
    """The sort key of a day's kept counters."""
    return day.isoformat()


def month_key(day: date) -> str:
    """The sort key of the kept counters of the month of ``day``: they sort with its last day."""
    return f"{day.replace(day=monthrange(day.year, day.month)[1]).isoformat()}{_MONTH}"


def year_key(day: date) -> str:
    """The sort key of the kept counters of the year of ``day``: they sort with its last day."""
    return f"{day.year:04}-12-31{_YEAR}"


def add(model: type[Any], pk: str, key: str, amounts: Mapping[str, int]) -> Part:
    """The part of a transaction that adds ``amounts`` to the open counters of ``key``."""
    adding = [Path([name]).add(number) for name, number in amounts.items() if number]
    return update(model(pk, key + OPEN), [*adding, *_bookkeeping(model, pk, key)])


def carry(model: type[Any], pk: str, key: str, rest: Mapping[str, int]) -> list[Part]:
    """The parts of a transaction that add ``rest`` to the month or year of ``key``, and keep what is enough by now."""
    if not rest:
        return []
    there = _open(model, pk, key)
    kept, left = split(_sum(there.counters, rest), over=False)
    return [*_keep(model, pk, key, kept), *_replace(there, left)]


def fold(model: type[Any], pk: str, sk: str, now: datetime) -> None:
    """Fold open counters whose time has come: keep what may stand, move the rest to the longer period; all in one
    transaction, which holds only if nothing was added meanwhile: then the next sweep does it."""
    key = sk.removesuffix(OPEN)
    there = _open(model, pk, key)
    if there.revision is None or _due(key) > now.timestamp():
        return
    kept, rest = split(there.counters, over=True)
    longer = _longer(key)
    if longer is None:
        parts = _replace(there, nameless(rest), due=False)
    else:
        parts = [*_replace(there, {}), *carry(model, pk, longer, rest)]
    try:
        transact(*_keep(model, pk, key, kept), *parts)
    except Cancelled:
        pass


def read(model: type[Any], pk: str, first: date, last: date, today: date, *, start: str | None = None) -> list[Tally]:
    """What was counted from ``first`` to ``last``, both included, in order. A month or a year is counted with its last
    day; until that is over, with ``today``. ``start`` is the key to begin with, if not the first."""
    tallies: dict[str, Tally] = {}
    for item in raw_items(model, pk, first, last, today, start=start):
        sk = item["sk"]["S"]
        key = sk.removesuffix(OPEN)
        tally = tallies.setdefault(key, Tally(label(key)))
        (tally.kept if sk == key else tally.open).update(counters(item))
    return [tally for _, tally in sorted(tallies.items())]


def raw_items(
    model: type[Any], pk: str, first: date, last: date, today: date, *, start: str | None = None
) -> Iterator[dict[str, Any]]:
    """The stored items of these days, months and years, by day, no more of them read than are taken; from the key
    ``start`` on, if there is one."""
    running = {month_key(today), year_key(today)} if first <= today <= last else set()
    begin = max(first.isoformat(), start or "")
    behind, end = None, max([last.isoformat(), *running]) + _AFTER_ALL
    while begin <= end:
        page = model._get_connection().query(
            pk, range_key_condition=model.sk.between(begin, end), exclusive_start_key=behind
        )
        for item in page["Items"]:
            key = item["sk"]["S"].removesuffix(OPEN)
            if (key in running or key[:10] <= last.isoformat()) and key >= begin:
                yield item
        behind = page.get("LastEvaluatedKey")
        if not behind:
            return


def label(key: str) -> str:
    """How people name the day, month or year of a key: 2026-01-31, 2026-01, 2026."""
    return key[:4] if key.endswith(_YEAR) else key[:7] if key.endswith(_MONTH) else key


def key_of(label: str) -> str:
    """The key of a day, month or year by its label. Raises ValueError."""
    day = date.fromisoformat(f"{label}-01-01"[:10] if len(label) < len("2026-01-31") else label)
    found = {len("2026"): year_key, len("2026-01"): month_key}.get(len(label), day_key)(day)
    if _SHAPE.fullmatch(label):
        return found
    raise ValueError


def counters(item: Mapping[str, Any]) -> dict[str, int]:
    """The counters of a stored item."""
    return {name: int(value["N"]) for name, value in item.items() if "N" in value and name not in _BOOKKEEPING}


def place(label: str | None) -> str | None:
    """The key of a label by which a caller goes on; None where there is none. Raises InvalidInput."""
    try:
        return key_of(label) if label else None
    except ValueError:
        raise places.not_given_out() from None


@dataclass(frozen=True)
class _Open:
    """Open counters as they are stored, with their revision: None where there are none."""

    item: Any
    key: str
    counters: Mapping[str, int]
    revision: int | None


def _open(model: type[Any], pk: str, key: str) -> _Open:
    stored = model._get_connection().get_item(pk, key + OPEN, consistent_read=True).get("Item")
    revision = int(stored["revision"]["N"]) if stored else None
    return _Open(model(pk, key + OPEN), key, counters(stored) if stored else {}, revision)


def _keep(model: type[Any], pk: str, key: str, kept: Mapping[str, int]) -> list[Part]:
    return [update(model(pk, key), [Path([name]).add(number) for name, number in kept.items()])] if kept else []


def _replace(there: _Open, left: Mapping[str, int], *, due: bool = True) -> list[Part]:
    """Make open counters ``left``, on condition of their revision; without ``due``, no sweep looks at them until
    something is added."""
    model = type(there.item)
    none = there.revision is None
    unchanged = model.revision.does_not_exist() if none else model.revision == there.revision
    if not left:
        return [] if none else [delete(there.item, unchanged)]
    actions: list[Any] = [Path([name]).set(number) for name, number in left.items()]
    actions += [Path([name]).remove() for name in there.counters if name not in left]
    if due:
        actions += _bookkeeping(model, there.item.pk, there.key)
    else:
        actions += [model.revision.add(1), model.due_shard.remove(), model.due_at.remove()]
    return [update(there.item, actions, unchanged)]


def _bookkeeping(model: type[Any], pk: str, key: str) -> list[Any]:
    return [model.revision.add(1), model.due_shard.set(due_shard(pk)), model.due_at.set(_due(key))]


def _longer(key: str) -> str | None:
    day = date.fromisoformat(key[:10])
    return None if key.endswith(_YEAR) else year_key(day) if key.endswith(_MONTH) else month_key(day)


def _due(key: str) -> int:
    """Epoch second from which open counters are folded."""
    grace = _YEAR_GRACE if key.endswith(_YEAR) else _MONTH_GRACE if key.endswith(_MONTH) else _DAY_GRACE
    day = date.fromisoformat(key[:10])
    return int((datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1) + grace).timestamp())


def _sum(*of: Mapping[str, int]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in of:
        total.update(one)
    return dict(total)

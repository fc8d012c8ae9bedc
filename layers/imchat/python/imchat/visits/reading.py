"""The counts of visits, for the owner of the website."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

import msgspec

from imchat import places
from imchat.stores import tallies
from imchat.stores.tallies import Tally
from imchat.stores.visits import VisitDay, VisitTally, part_key
from imchat.visits.folding import counters_of, counts, visit_day

# A day is folded within hours of its end.
_UNFOLDED_DAYS = 2
# What an answer says beside the paths and hosts of a day.
_AROUND = 200


@dataclass
class VisitCounts:
    """What may be shown: days, and by label (2026-01, 2026) what was added to months and years; ``next`` is the label
    with which it goes on, None at the end."""

    days: list[VisitDay] = field(default_factory=list)
    longer: list[VisitDay] = field(default_factory=list)
    next: str | None = None


def read(site_id: str, first: date, last: date, now: datetime) -> list[VisitDay]:
    """All that was counted, for sums over it: the days ``first`` to ``last``, both included, and the months and years
    that are counted with them (stores/tallies.py), in order; what is without a visit is left out."""
    return list(_counted(site_id, ((one.label, one.all()) for one in _tallies(site_id, first, last, now))))


def each_shown(site_id: str, first: date, last: date, now: datetime, start: str | None = None) -> Iterator[VisitDay]:
    """As ``read``, one by one, only what may be shown: no counter below five. From the key ``start`` on, if there is
    one; no more is read than is taken."""
    found = _tallies(site_id, first, last, now, start or "")
    return _counted(site_id, ((one.label, one.shown()) for one in found))


def shown(site_id: str, first: date, last: date, now: datetime, start: str | None = None) -> VisitCounts:
    """What may be shown, as much of it as an answer holds, from the label ``start`` on. Raises InvalidInput."""
    page, total = VisitCounts(), 0
    for one in each_shown(site_id, first, last, now, tallies.place(start)):
        total += _AROUND + len(msgspec.json.encode([one.paths.as_dict(), one.referrers.as_dict()]))
        if total > places.MOST_BYTES and (page.days or page.longer):
            page.next = one.sk
            break
        (page.days if len(one.sk) == len("2026-01-31") else page.longer).append(one)
    return page


def _counted(site_id: str, found: Iterable[tuple[str, dict[str, int]]]) -> Iterator[VisitDay]:
    return (visit_day(site_id, label, counters) for label, counters in found if any(counters.values()))


def _tallies(site_id: str, first: date, last: date, now: datetime, start: str = "") -> Iterator[Tally]:
    """What was counted, in the order of the keys."""
    fresh = [(now - timedelta(days=back)).date() for back in reversed(range(_UNFOLDED_DAYS))]
    unfolded = [day.isoformat() for day in fresh if first <= day <= last and day.isoformat() >= start]
    stored = tallies.raw_items(VisitTally, site_id, first, last, now.date(), start=start)
    for day, items in _by_day(groupby(stored, key=lambda item: str(item["sk"]["S"][:10])), unfolded):
        found: dict[str, Tally] = {}
        for item in items:
            _add(found, item)
        if day in unfolded:
            new = counts(part_key(site_id, day)).unfolded()
            if any(new.values()):
                found.setdefault(day, Tally(day)).open.update(new)
        yield from (tally for _, tally in sorted(found.items()))


def _by_day(
    stored: Iterable[tuple[str, Iterable[dict[str, Any]]]], unfolded: list[str]
) -> Iterator[tuple[str, Iterable[dict[str, Any]]]]:
    """The items of each day, and of those days too that have none yet."""
    waiting = list(unfolded)
    for day, items in stored:
        while waiting and waiting[0] < day:
            yield waiting.pop(0), ()
        if day in waiting:
            waiting.remove(day)
        yield day, items
    for day in waiting:
        yield day, ()


def _add(found: dict[str, Tally], item: dict[str, Any]) -> None:
    sk = item["sk"]["S"]
    key = sk.removesuffix(tallies.OPEN)
    tally = found.setdefault(key, Tally(tallies.label(key)))
    if tally.label == key:
        tally.kept.update(counters_of(VisitDay.from_raw_data(item)))
    else:
        (tally.kept if sk == key else tally.open).update(tallies.counters(item))

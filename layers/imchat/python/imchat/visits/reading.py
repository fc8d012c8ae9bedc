"""The counts of visits, for the owner of the website."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from imchat.stores import tallies
from imchat.stores.tallies import Tally
from imchat.stores.visits import VisitDay, VisitTally, part_key
from imchat.visits.folding import counters_of, counts, visit_day

# A day is folded within hours of its end.
_UNFOLDED_DAYS = 2


@dataclass
class VisitCounts:
    """What may be shown: days, and by label (2026-01, 2026) what was added to months and years."""

    days: list[VisitDay] = field(default_factory=list)
    longer: list[VisitDay] = field(default_factory=list)


def read(site_id: str, first: date, last: date, now: datetime) -> list[VisitDay]:
    """All that was counted, for sums over it: the days ``first`` to ``last``, both included, and the months and years
    that are counted with them (stores/tallies.py), in order; what is without a visit is left out."""
    return _read(site_id, first, last, now, Tally.all)


def shown(site_id: str, first: date, last: date, now: datetime) -> VisitCounts:
    """As ``read``, only what may be shown: no counter below five."""
    found = _read(site_id, first, last, now, Tally.shown)
    is_day = [len(one.sk) == len("2026-01-31") for one in found]
    return VisitCounts(
        [one for one, day in zip(found, is_day, strict=True) if day],
        [one for one, day in zip(found, is_day, strict=True) if not day],
    )


def _read(
    site_id: str, first: date, last: date, now: datetime, of: Callable[[Tally], dict[str, int]]
) -> list[VisitDay]:
    found: dict[str, Tally] = {}
    for item in tallies.raw_items(VisitTally, site_id, first, last, now.date()):
        sk = item["sk"]["S"]
        key = sk.removesuffix(tallies.OPEN)
        tally = found.setdefault(key, Tally(tallies.label(key)))
        if tally.label == key:
            tally.kept.update(counters_of(VisitDay.from_raw_data(item)))
        else:
            (tally.kept if sk == key else tally.open).update(tallies.counters(item))
    for back in range(_UNFOLDED_DAYS):
        day = (now - timedelta(days=back)).date()
        if first <= day <= last:
            unfolded = counts(part_key(site_id, day.isoformat())).unfolded()
            if any(unfolded.values()):
                found.setdefault(day.isoformat(), Tally(day.isoformat())).open.update(unfolded)
    counted = ((tally.label, of(tally)) for _, tally in sorted(found.items()))
    return [visit_day(site_id, label, counters) for label, counters in counted if any(counters.values())]

"""The counts of visits, for the owner of the website."""

from datetime import date, datetime, timedelta

from imchat.stores.visits import VisitDay, part_key
from imchat.visits.folding import counts

# A day is folded within hours of its end.
_UNFOLDED_DAYS = 2


def read(site_id: str, first: date, last: date, now: datetime) -> list[VisitDay]:
    """The days ``first`` to ``last``, both included, in order; days without a visit are left out."""
    days = {day.sk: day for day in VisitDay.query(site_id, VisitDay.sk.between(first.isoformat(), last.isoformat()))}
    for back in range(_UNFOLDED_DAYS):
        day = (now - timedelta(days=back)).date()
        if first <= day <= last and day.isoformat() not in days:
            open_day, keys = counts(part_key(site_id, day.isoformat()))
            if keys:
                days[day.isoformat()] = open_day
    return [days[day] for day in sorted(days)]

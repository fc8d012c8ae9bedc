"""The desk's numbers: how many requests are open and how the ended ones were answered. Counts, kept when a request
ends; no count stands for anybody."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from imchat.clock import moment
from imchat.rights.clocks import clock_of
from imchat.rights.deadlines import london
from imchat.stores import statistics
from imchat.stores.requests import CANDIDATE, CLOSED, Request
from imchat.thresholds import OTHER


@dataclass(frozen=True)
class Numbers:
    """Of the open ones, how many, by type, and how many overdue; of those that ended in the days asked for, how many by
    outcome, by type and by channel, what part (0 to 100) of the answered was on time, and in how many days the half of
    them."""

    open: Mapping[str, int]
    overdue: int
    ended: Mapping[str, int]
    by_type: Mapping[str, int]
    by_channel: Mapping[str, int]
    on_time_percent: float | None
    median_days: float | None


def ended(request: Request, status: str, now: datetime) -> dict[str, int]:
    """What a request that ends now as ``status`` adds to the counts."""
    amounts = {f"ended:{status}": 1, f"type:{request.type or 'none'}": 1, f"channel:{request.channel}": 1}
    clock = clock_of(request, now)
    if status == CLOSED and clock:
        today = london(moment(int(request.answered_at)) if request.answered_at else now)
        amounts["on_time" if today <= clock.due else "late"] = 1
        amounts[f"days:{max(0, (today - clock.start).days)}"] = 1
    return amounts


def numbers(site_id: str, still_open: Iterable[Request], first: date, last: date, now: datetime) -> Numbers:
    """The numbers of a site: of its open requests, and of those that ended from ``first`` to ``last``. Those of small
    days count with the end of their month (stores/tallies.py). The desk sees each request by itself, so it is shown
    small numbers too."""
    today, kinds, overdue = london(now), Counter[str](), 0
    for request in still_open:
        kinds["candidate" if request.status == CANDIDATE else str(request.type)] += 1
        overdue += bool(request.due_day and request.due_day < today.toordinal())
    total = statistics.total(statistics.read(statistics.of_requests(site_id), first, last, now.date()))
    days = {int(length): number for length, number in _group(total, "days:").items() if length != OTHER}
    answered = total.get("on_time", 0) + total.get("late", 0)
    return Numbers(
        open=kinds,
        overdue=overdue,
        ended=_group(total, "ended:"),
        by_type=_group(total, "type:"),
        by_channel=_group(total, "channel:"),
        on_time_percent=round(100 * total.get("on_time", 0) / answered, 1) if answered else None,
        median_days=median(length for length, number in days.items() for _ in range(number)) if days else None,
    )


def _group(total: Mapping[str, int], prefix: str) -> dict[str, int]:
    return {name.removeprefix(prefix): number for name, number in total.items() if name.startswith(prefix)}

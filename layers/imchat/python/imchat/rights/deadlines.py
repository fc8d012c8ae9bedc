"""By when a rights request must be answered (UK GDPR Art 12(3), as amended in 2025; DESIGN section 6). Pure: days of
Europe/London come in, days come out."""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

_MONTHS, _MONTHS_EXTENDED = 1, 3
_TARGET_DAYS = 28
REMINDERS = (14, 7, 2)
# Within this time a complaint is acknowledged, and proof of identity comes; a shorter month leaves less (proof_due).
PATIENCE = timedelta(days=30)
# Within this time we ask for proof of identity. Who asks later may not start the clock later.
ASKING = timedelta(days=5)


@dataclass(frozen=True)
class Pause:
    """The clock stood still: we ``asked`` for what was needed to find the data, and got it on ``answered`` (None: not
    yet)."""

    asked: date
    answered: date | None = None

    def days(self, today: date) -> int:
        """How many days it stood, both ends counted; as of ``today`` where nothing came yet."""
        return ((self.answered or max(today, self.asked)) - self.asked).days + 1


@dataclass(frozen=True)
class Deadline:
    """``due`` is the day by which the answer must be there; ``extended_due`` the same, should it be extended;
    ``target`` our own, earlier aim; ``tell_by`` the day by which an extension must be told."""

    start: date
    due: date
    extended_due: date
    target: date
    tell_by: date
    paused_days: int
    extended: bool

    def days_left(self, today: date) -> int:
        """Days from ``today`` to the day it is due; negative once it is overdue."""
        return (self.due - today).days


def deadline(
    received: date,
    today: date,
    *,
    proof_asked: date | None = None,
    proof_given: date | None = None,
    authority: date | None = None,
    pauses: Sequence[Pause] = (),
    extended: bool = False,
) -> Deadline:
    """The clock of a request received on ``received``. It starts with the last of what is needed: the request, the
    proof of identity that we asked for (``proof_given``, where ``proof_asked`` was within ASKING of it), a third
    party's ``authority`` (UK GDPR Art 12A). Raises ValueError for pauses that overlap or begin before the clock."""
    proof = proof_given if asked_in_time(received, proof_asked) else None
    start = max(day for day in (received, proof, authority) if day)
    paused = _paused(start, pauses, today)
    plain = _working_day(_months_after(start, _MONTHS) + timedelta(days=paused))
    longer = _working_day(_months_after(start, _MONTHS_EXTENDED) + timedelta(days=paused))
    return Deadline(
        start=start,
        due=longer if extended else plain,
        extended_due=longer,
        target=min(start + timedelta(days=_TARGET_DAYS + paused), plain),
        tell_by=plain,
        paused_days=paused,
        extended=extended,
    )


def proof_due(received: date) -> date:
    """The last day for proof of identity: whoever gets no answer must be told so within a month (Art 12(4)), so without
    proof the request is refused on it."""
    return min(received + PATIENCE, _months_after(received, _MONTHS))


def asked_in_time(received: date, proof_asked: date | None) -> bool:
    """Whether proof of identity was asked for without delay."""
    return proof_asked is not None and proof_asked <= received + ASKING


def london(at: datetime) -> date:
    """The day that it is in London at an aware moment."""
    from zoneinfo import ZoneInfo

    return at.astimezone(ZoneInfo("Europe/London")).date()


def _paused(start: date, pauses: Iterable[Pause], today: date) -> int:
    total, last = 0, start - timedelta(days=1)
    for pause in sorted(pauses, key=lambda one: one.asked):
        if pause.asked <= last or (pause.answered and pause.answered < pause.asked):
            raise ValueError("pauses overlap, end before they begin, or begin before the clock")
        total += pause.days(today)
        last = pause.answered or date.max
    return total


def _months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _working_day(day: date) -> date:
    """``day``, or the next that is no Saturday, Sunday or holiday of England and Wales."""
    while day.weekday() >= calendar.SATURDAY or day in _holidays():
        day += timedelta(days=1)
    return day


@cache
def _holidays() -> Any:
    from holidays.countries.united_kingdom import UnitedKingdom

    return UnitedKingdom(subdiv="ENG")  # type: ignore[no-untyped-call]

"""How long: calendar months or days from a moment. Pure; moments are aware, and come back in UTC."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from imchat.values import InvalidValue

PATTERN = re.compile(r"([1-9][0-9]{0,3}) (month|day)s?")
# The Gregorian calendar repeats after 400 years.
_CYCLE_MONTHS, _CYCLE_DAYS = 400 * 12, 146_097


def add_months(at: datetime, months: int) -> datetime:
    """The same day and time ``months`` later, or the month's last day where there is no such day (29 Feb + 12 -> 28
    Feb). ``at`` is aware; the days are those of UTC. Raises ValueError for a naive moment."""
    at = _utc(at)
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Period:
    """A number of calendar months or of days. ``unit`` is "month" or "day"."""

    number: int
    unit: str

    def __post_init__(self) -> None:
        if self.number < 1 or self.unit not in ("month", "day"):
            raise ValueError("a period is one or more months or days")

    @classmethod
    def parse(cls, text: str) -> "Period":
        """From "12 months" or "30 days". Raises InvalidValue."""
        match = PATTERN.fullmatch(text)
        if not match:
            raise InvalidValue("A period is a number of months or days, as “12 months”.")
        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.number} {self.unit}{'' if self.number == 1 else 's'}"

    def after(self, at: datetime) -> datetime:
        """The moment this period ends that begins at ``at``."""
        return add_months(at, self.number) if self.unit == "month" else _utc(at) + timedelta(days=self.number)

    def never_longer_than(self, other: "Period") -> bool:
        """Whether this period ends no later than ``other`` on every date that both may begin (N17)."""
        if self.unit == other.unit:
            return self.number <= other.number
        if self.unit == "day":
            return self.number <= _days(other.number)[0]
        return _days(self.number)[1] <= other.number

    @property
    def most_days(self) -> int:
        """The most days that this period takes, whenever it begins."""
        return self.number if self.unit == "day" else _days(self.number)[1]

    def end(self, begins: datetime) -> int:
        """Epoch second from which something that began at ``begins`` is over. Fractions of its first second are not
        counted, so nothing is kept for longer than promised."""
        return int(self.after(begins.replace(microsecond=0)).timestamp())


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return at.astimezone(UTC)


@cache
def _days(months: int) -> tuple[int, int]:
    """The fewest and the most days that so many months take, whenever they begin."""
    firsts = [date(2000 + year, month, 1) for year in range(400) for month in range(1, 13)]
    cycles, rest = divmod(months, _CYCLE_MONTHS)
    lengths = []
    for place, first in enumerate(firsts):
        wrapped, then = divmod(place + rest, _CYCLE_MONTHS)
        days = (firsts[then] - first).days + (cycles + wrapped) * _CYCLE_DAYS
        # A month's last day loses by the clamp what the month reached is shorter.
        lost = max(0, _length(first) - _length(firsts[then]))
        lengths.append((days - lost, days))
    return min(fewest for fewest, _ in lengths), max(most for _, most in lengths)


def _length(month: date) -> int:
    return calendar.monthrange(month.year, month.month)[1]

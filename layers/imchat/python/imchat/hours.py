"""Opening hours: the times of a week by the clocks of one place, summer time and all. Pure; moments are aware."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from imchat import text
from imchat.values import InvalidValue

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_A_DAY = 6
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")
_RULE = "Opening hours are times as 09:00, each span from an earlier to a later one (24:00 at the latest), in order."
# Longer than any time that opens once a week can be put off by a clock that skips it.
_DAYS_AHEAD = 15


@dataclass(frozen=True)
class Hours:
    """``timezone`` is a name of the IANA database; ``days`` are the spans of each day from Monday on, as (from, to) in
    minutes after midnight, ``to`` excluded."""

    timezone: str
    days: tuple[tuple[tuple[int, int], ...], ...]

    @classmethod
    def parse(cls, timezone: str, days: Mapping[str, Sequence[Sequence[str]]]) -> "Hours":
        """From what spelled() answers; a day that is not named is closed. Raises InvalidValue."""
        if unknown := days.keys() - set(DAYS):
            raise InvalidValue(f"The days are {', '.join(DAYS)}; {len(unknown)} are none of them.")
        return cls(text.timezone(timezone), tuple(_spans(days.get(day, ())) for day in DAYS))

    def spelled(self) -> dict[str, list[list[str]]]:
        """The days that are open, as {"mon": [["09:00", "17:00"]]}."""
        return {
            day: [[_clock(begin), _clock(end)] for begin, end in spans]
            for day, spans in zip(DAYS, self.days, strict=True)
            if spans
        }

    def within(self, at: datetime) -> bool:
        """Whether it is open at ``at``."""
        return self._open(at.astimezone(self._zone()))

    def next_opening(self, now: datetime) -> datetime | None:
        """The first moment after ``now`` at which it opens, in UTC; None while it is open, and where it never is."""
        zone = self._zone()
        if self._open(now.astimezone(zone)):
            return None
        # It can only open where a span begins, or where the clocks jump into one.
        moments = (at for at in self._moments(now, zone) if at > now and self._open(at.astimezone(zone)))
        return min(moments, default=None)

    def _open(self, local: datetime) -> bool:
        minute = local.hour * 60 + local.minute
        return any(begin <= minute < end for begin, end in self.days[local.weekday()])

    def _moments(self, now: datetime, zone: tzinfo) -> Iterator[datetime]:
        today = now.astimezone(zone).date()
        for ahead in range(_DAYS_AHEAD):
            date = today + timedelta(days=ahead)
            for begin, _ in self.days[date.weekday()]:
                local = datetime.combine(date, time(begin // 60, begin % 60), zone)
                # A time that the clocks show twice begins twice.
                yield from {local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)}
            day = now + timedelta(days=ahead)
            if (jump := _jump(day, day + timedelta(days=1), zone)) is not None:
                yield jump

    def _zone(self) -> tzinfo:
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.timezone)


def _spans(given: Sequence[Sequence[str]]) -> tuple[tuple[int, int], ...]:
    if len(given) > MOST_A_DAY:
        raise InvalidValue(f"A day has at most {MOST_A_DAY} spans of opening hours.")
    spans = []
    last = 0
    for span in given:
        if len(span) != 2 or not all(_TIME.fullmatch(one) for one in span):
            raise InvalidValue(_RULE)
        begin, end = (int(one[:2]) * 60 + int(one[3:]) for one in span)
        if not last <= begin < end:
            raise InvalidValue(_RULE)
        spans.append((begin, end))
        last = end
    return tuple(spans)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _jump(first: datetime, last: datetime, zone: tzinfo) -> datetime | None:
    """The second between two moments at which the clocks are put forward or back, or None."""
    before = first.astimezone(zone).utcoffset()
    if last.astimezone(zone).utcoffset() == before:
        return None
    early, late = int(first.timestamp()), int(last.timestamp()) + 1
    while late - early > 1:
        middle = (early + late) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return datetime.fromtimestamp(late, UTC)

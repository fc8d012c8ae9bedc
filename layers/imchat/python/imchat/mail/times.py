"""Times as the reader of a mail knows them: in their zone, in their language, the zone named."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from imchat.mail.language import Language


def zone(name: str | None) -> tzinfo:
    """The time zone of that name in the IANA database; UTC where there is none."""
    if not name:
        return UTC
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # an unknown zone is a KeyError, a folder an OSError
        return UTC


def zone_in_words(where: tzinfo, moments: Iterable[datetime]) -> str:
    """The zone's name with its distance from UTC at ``moments``: two where the clocks changed in between."""
    if where is UTC:
        return "UTC"
    distances = dict.fromkeys(moment.astimezone(where).utcoffset() or timedelta() for moment in moments)
    return f"{where} ({', '.join(map(_offset, distances))})"


def day_in_words(at: datetime, words: Language) -> str:
    """The day of ``at``, which is in the reader's zone."""
    return words.date.format(day=at.day, month=words.months[at.month - 1], year=at.year)


def moment_in_words(at: datetime, words: Language) -> str:
    """Day, hour and minute of ``at``, which is in the reader's zone."""
    return words.moment.format(date=day_in_words(at, words), time=clock_time(at))


def clock_time(at: datetime) -> str:
    """Hour and minute."""
    return f"{at:%H:%M}"


def _offset(distance: timedelta) -> str:
    minutes = round(distance.total_seconds() / 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"

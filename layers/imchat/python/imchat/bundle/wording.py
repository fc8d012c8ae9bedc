"""Moments, sizes and numbers as people say them. Times are those of the United Kingdom, with their zone."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from imchat.mail.plain import rows

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?[+-]\d\d:\d\d")


def in_london(at: datetime) -> datetime:
    """``at`` as the clocks of London show it."""
    return at.astimezone(ZoneInfo("Europe/London"))


def day_in_words(day: date) -> str:
    """3 March 2026."""
    return f"{day.day} {day:%B %Y}"


def moment_in_words(at: datetime) -> str:
    """3 March 2026, 10:00 GMT."""
    local = in_london(at)
    return f"{day_in_words(local)}, {time_in_words(local)}"


def time_in_words(local: datetime) -> str:
    """10:00 GMT. Told by hand: strftime takes four times as long, and a copy says the time of every message."""
    return f"{local.hour:02}:{local.minute:02} {local.tzname()}"


def as_moment(value: str) -> datetime | None:
    """The moment that one of our own values says (RFC 3339), None where it says none."""
    if not _MOMENT.fullmatch(value):
        return None
    try:
        at = datetime.fromisoformat(value)
        in_london(at)
    except (ValueError, OverflowError):
        return None
    return at


def title_in_words(title: str) -> str:
    """A title of ours; the moments in it as people say them."""

    def said(match: re.Match[str]) -> str:
        at = as_moment(match[0])
        return moment_in_words(at) if at else match[0]

    return _MOMENT.sub(said, title)


def size_in_words(size: int) -> str:
    """12 KB."""
    for unit, factor in (("MB", 1_000_000), ("KB", 1_000)):
        if size >= factor:
            return f"{size / factor:.1f}".removesuffix(".0") + f" {unit}"
    return "1 byte" if size == 1 else f"{size} bytes"


def readable(text: str) -> str:
    """What somebody wrote, as a page can show it: lines stay lines, characters that no page may hold are U+FFFD."""
    return text if text.isprintable() else "\n".join(rows(text))

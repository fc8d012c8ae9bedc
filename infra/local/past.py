"""A past for the demo site: some months of counters, so that its statistics have something to show. They count chats
and visits that never were, and stand for nobody, as all counters (N20)."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random

from imchat import clock
from imchat.stores import statistics
from imchat.stores.base import transact
from imchat.stores.chats import CLOSED, Chat
from imchat.stores.visits import VisitDay
from imchat.thresholds import FEWEST

DAYS = 190
_IN_A_TRANSACTION = 50
# How many of a hundred, roughly.
_COUNTRIES = {"GB": 66, "IE": 9, "FR": 7, "DE": 7, "US": 5, "ES": 3, "SA": 2}
_BROWSERS = {"chrome": 50, "safari": 29, "firefox": 8, "edge": 7, "samsung": 5}
_OUTCOMES = {"closed": 82, "expired": 14, "deleted": 4}
_RATINGS = {"5": 58, "4": 24, "3": 9, "2": 4, "1": 5}
_PATHS = {"/": 42, "/index.html": 16, "/shop-policy.html": 4, "/teapots": 14, "/mugs": 9, "/lamps": 7, "/delivery": 6}
_REFERRERS = {"www.google.com": 30, "duckduckgo.com": 6, "www.bing.com": 5, "news.example": 3}
_MEDIAN_WAIT_S, _MEDIAN_LENGTH_S = 24, 380


def give_past(site_id: str, now: datetime) -> None:
    """Count chats and visits for the days before ``now``, up to yesterday. The same for the same day, whenever it is
    asked for."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight - timedelta(days=back) for back in range(1, DAYS + 1)]
    counted = [(chat, amounts) for day in days for chat, amounts in _chats(site_id, day)]
    parts = statistics.add_up(counted)
    for first in range(0, len(parts), _IN_A_TRANSACTION):
        transact(*parts[first : first + _IN_A_TRANSACTION])
    with VisitDay.batch_write() as writer:
        for day in days:
            writer.save(_visits(site_id, day))


def _chats(site_id: str, day: datetime) -> list[tuple[Chat, Counter[str]]]:
    """The chats of a day, which are not kept, and what each adds."""
    chance = Random(day.toordinal())  # noqa: S311 - a made-up past
    made = []
    for _ in range(round(_busy(day) * chance.uniform(9, 19))):
        opened = clock.milliseconds(day + timedelta(minutes=chance.triangular(420, 1380, 820)))
        answered = chance.random() < 0.95
        reply = opened + round(1000 * chance.lognormvariate(0, 1.1) * _MEDIAN_WAIT_S) if answered else None
        chat = Chat(
            "demo",
            site_id=site_id,
            status=CLOSED,
            language="en",
            opened_at=opened,
            first_reply_at=reply,
            closed_at=(reply or opened) + round(1000 * chance.lognormvariate(0, 0.9) * _MEDIAN_LENGTH_S),
            country=_one(chance, _COUNTRIES),
            browser=_one(chance, _BROWSERS),
            visitor_messages=chance.randint(1, 9),
            operator_messages=chance.randint(1, 9) if answered else 0,
        )
        amounts = Counter(statistics.counters(chat, _one(chance, _OUTCOMES)))
        if answered and chance.random() < 0.4:
            amounts[f"rating:{_one(chance, _RATINGS)}"] += 1
        made.append((chat, amounts))
    return made


def _visits(site_id: str, day: datetime) -> VisitDay:
    chance = Random(-day.toordinal())  # noqa: S311 - a made-up past
    paths = {path: max(FEWEST, round(_busy(day) * weight * chance.uniform(2, 4))) for path, weight in _PATHS.items()}
    referrers = {
        host: max(FEWEST, round(_busy(day) * weight * chance.uniform(1, 2))) for host, weight in _REFERRERS.items()
    }
    views = sum(paths.values())
    return VisitDay(
        site_id,
        day.date().isoformat(),
        views=views,
        visitors=round(views * chance.uniform(0.36, 0.48)),
        bots=chance.randint(8, 40),
        paths=paths,
        referrers=referrers,
    )


def _busy(day: datetime) -> float:
    """Weekends are quiet, and there is a little more each month."""
    return (0.45 if day.weekday() > 4 else 1) * (1 + (day.timetuple().tm_yday % 365) / 900)


def _one(chance: Random, of: dict[str, int]) -> str:
    return chance.choices([*of], [*of.values()])[0]

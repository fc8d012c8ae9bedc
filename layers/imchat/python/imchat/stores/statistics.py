"""Counters of a site (N20). No row stands for one chat, nothing here is personal, nothing expires.

A chat is counted once, on the UTC day of its opening, in the transaction that closes, deletes or expires it; a rating
in the transaction that gives it. The sweep folds the day by the threshold rule (stores/tallies.py): fewer than five
are added to the month, or the year.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from imchat import places
from imchat.clock import moment
from imchat.register.activity import Activity
from imchat.register.fields import BOOKKEEPING, SITE, NotPersonal
from imchat.register.store import Store
from imchat.stores import tallies
from imchat.stores.base import Item, Part, due_keys, keys_only_index
from imchat.stores.chats import Chat

ACTIVITY = Activity(
    name="statistics",
    title="Statistics",
    place=70,
    role="processor",
    purpose="To know how many chats there are, how long people wait, how they rate them, and whether data-protection "
    "requests are answered on time.",
    lawful_basis="None needed: no personal data",
    people="nobody: no count stands for a person",
    categories=(),
    source="counts of chats and requests, by website and day; what is fewer than five on a day is counted with its "
    "month, what is fewer than five in a month with its year",
    recipients=("the owner of the website", "data-protection staff"),
    at_end="kept, for no count stands for anybody",
    erasure="retained",
)

# What an answer says beside the counters of a day.
_AROUND = 50
# Upper ends of the classes, in seconds; what is longer falls into "longer".
WAITING_SECONDS = (10, 30, 60, 120, 300, 600, 1800, 3600)
DURATION_SECONDS = (60, 120, 300, 600, 1200, 1800, 3600, 7200)


class Day(Item):
    """The counters of one site and day, month or year (stores/tallies.py); each counter is an attribute, named
    ``group:value``."""

    TABLE = "statistics"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    revision = NumberAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_at = NumberAttribute(null=True)

    due_index = keys_only_index("due", "due_shard", "due_at")


def _class(seconds: float, ends: tuple[int, ...]) -> str:
    place = bisect_left(ends, seconds)
    return str(ends[place]) if place < len(ends) else "longer"


def counters(chat: Chat, outcome: str) -> dict[str, int]:
    """What one ended chat adds. ``outcome``: closed, deleted or expired."""
    end = chat.closed_at or chat.last_at or chat.opened_at
    waiting = (
        _class((chat.first_reply_at - chat.opened_at) / 1000, WAITING_SECONDS) if chat.first_reply_at else "unanswered"
    )
    return {
        "chats": 1,
        "messages:visitor": int(chat.visitor_messages),
        "messages:operator": int(chat.operator_messages),
        f"waiting:{waiting}": 1,
        f"duration:{_class((end - chat.opened_at) / 1000, DURATION_SECONDS)}": 1,
        f"country:{chat.country or 'unknown'}": 1,
        f"browser:{chat.browser or 'unknown'}": 1,
        f"outcome:{outcome}": 1,
    }


def day_of(chat: Chat) -> tuple[str, str]:
    """(site, day) that count the chat: those of its opening."""
    return chat.site_id, moment(int(chat.opened_at)).date().isoformat()


def add(chat: Chat, amounts: Mapping[str, int]) -> Part:
    """The part of a transaction that adds ``amounts`` to the counters of the chat's site and opening day."""
    return _added(day_of(chat), amounts)


def of_requests(site_id: str) -> str:
    """The partition of a site's counts of rights requests, beside those of its chats."""
    return f"{site_id}#requests"


def add_request(site_id: str, day: date, amounts: Mapping[str, int]) -> Part:
    """The part of a transaction that adds what an ended rights request adds."""
    return _added((of_requests(site_id), day.isoformat()), amounts)


def add_up(chats: Iterable[tuple[Chat, Mapping[str, int]]]) -> list[Part]:
    """The parts of a transaction that add what each chat adds: one part for a site and day, as a transaction wants."""
    sums: dict[tuple[str, str], Counter[str]] = {}
    for chat, amounts in chats:
        sums.setdefault(day_of(chat), Counter()).update(amounts)
    return [_added(day, amounts) for day, amounts in sums.items()]


def _added(day: tuple[str, str], amounts: Mapping[str, int]) -> Part:
    return tallies.add(Day, *day, amounts)


def read(site_id: str, first: date, last: date, today: date | None = None) -> list[tuple[str, dict[str, int]]]:
    """(day, month or year, counters) of a site for the days ``first`` to ``last``, both included, in order: all that
    was counted, for sums over it. What is without a chat is left out. A month or a year is counted with its last day,
    until that is over with ``today`` (with ``last``, where that is not given)."""
    found = tallies.read(Day, site_id, first, last, today or last)
    return [(tally.label, tally.all()) for tally in found]


def shown(
    site_id: str, first: date, last: date, today: date, start: str | None = None
) -> list[tuple[str, dict[str, int]]]:
    """As ``read``, only what may be shown: no counter below five. From the key ``start`` on, if there is one."""
    found = ((tally.label, tally.shown()) for tally in tallies.read(Day, site_id, first, last, today, start=start))
    return [(label, counts) for label, counts in found if counts]


def page(
    site_id: str, first: date, last: date, today: date, start: str | None = None
) -> tuple[list[tuple[str, dict[str, int]]], str | None]:
    """What of ``shown`` an answer holds, from the label ``start`` on; and the label with which it goes on, None at the
    end. Raises InvalidInput."""
    found = shown(site_id, first, last, today, tallies.place(start))
    fit = places.fitting(len(msgspec.json.encode(one)) + _AROUND for one in found)
    return found[:fit], found[fit][0] if fit < len(found) else None


def total(days: list[tuple[str, dict[str, int]]]) -> dict[str, int]:
    """Several counters added up."""
    result: Counter[str] = Counter()
    for _, amounts in days:
        result.update(amounts)
    return dict(result)


class Statistics(Store):
    """Counts. There is nobody in them to find."""

    activity = ACTIVITY
    models = (Day,)
    fields = {
        "pk": SITE,
        "sk": NotPersonal("a day, a month or a year"),
        "revision": NotPersonal("how often the counters were changed"),
        "due_shard": BOOKKEEPING,
        "due_at": BOOKKEEPING,
    } | {
        pattern: NotPersonal("a count of chats or requests")
        for pattern in (
            "chats", "messages:*", "waiting:*", "duration:*", "country:*", "browser:*", "outcome:*", "rating:*",
            "ended:*", "type:*", "channel:*", "on_time", "late", "days:*",
        )
    }  # fmt: skip

    def expire(self, now: datetime, time_left: Callable[[], bool]) -> Counter[str]:
        """As Store's: days, months and years that are over are folded. What moves into a month that is over itself is
        found in the next round."""
        for _ in tallies.ROUNDS:
            keys = list(due_keys(Day, now))
            for key in keys:
                if not time_left():
                    return Counter({"unfinished": 1})
                tallies.fold(Day, key.pk, key.sk, now)
            if not keys:
                break
        return Counter()


STORE = Statistics()

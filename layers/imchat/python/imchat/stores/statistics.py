"""Daily counters of a site (N20). No row stands for one chat, nothing here is personal, nothing expires.

A chat is counted once, on the UTC day of its opening, in the transaction that closes, deletes or expires it; a rating
in the transaction that gives it.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.operand import Path

from imchat.clock import moment
from imchat.register.activity import Activity
from imchat.register.fields import SITE, NotPersonal
from imchat.register.store import Store
from imchat.stores.base import Item, Part, update
from imchat.stores.chats import Chat

ACTIVITY = Activity(
    name="statistics",
    title="Statistics",
    place=70,
    purpose="To know how many chats there are, how long people wait, how they rate them, and whether data-protection "
    "requests are answered on time.",
    lawful_basis="None needed: no personal data",
    people="nobody: no count stands for a person",
    categories=(),
    source="counts of chats and requests, by website and day",
    recipients=("the owner of the website", "data-protection staff"),
    at_end="kept, for no count stands for anybody",
    erasure="retained",
)

# Upper ends of the classes, in seconds; what is longer falls into "longer".
WAITING_SECONDS = (10, 30, 60, 120, 300, 600, 1800, 3600)
DURATION_SECONDS = (60, 120, 300, 600, 1200, 1800, 3600, 7200)


class Day(Item):
    """The counters of one site and day; each counter is an attribute named ``group:value``."""

    TABLE = "statistics"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


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
    return update(Day(*day), [Path([name]).add(amount) for name, amount in amounts.items() if amount])


def read(site_id: str, first: date, last: date) -> list[tuple[str, dict[str, int]]]:
    """(day, counters) of a site for the days ``first`` to ``last``, both included, in order; days without a chat are
    left out."""
    found = []
    start = None
    while True:
        page = Day._get_connection().query(
            site_id,
            range_key_condition=Day.sk.between(first.isoformat(), last.isoformat()),
            exclusive_start_key=start,
        )
        for item in page["Items"]:
            found.append((item["sk"]["S"], {name: int(value["N"]) for name, value in item.items() if "N" in value}))
        start = page.get("LastEvaluatedKey")
        if not start:
            return found


def total(days: list[tuple[str, dict[str, int]]]) -> dict[str, int]:
    """The counters of several days added up."""
    result: Counter[str] = Counter()
    for _, amounts in days:
        result.update(amounts)
    return dict(result)


class Statistics(Store):
    """Counts. There is nobody in them to find."""

    activity = ACTIVITY
    models = (Day,)
    fields = {"pk": SITE, "sk": NotPersonal("a day")} | {
        pattern: NotPersonal("a count of a day's chats or requests")
        for pattern in (
            "chats", "messages:*", "waiting:*", "duration:*", "country:*", "browser:*", "outcome:*", "rating:*",
            "ended:*", "type:*", "on_time", "late", "days:*",
        )
    }  # fmt: skip


STORE = Statistics()

"""Daily counters of a site (N20). No row stands for one chat, nothing here is personal, nothing expires.

A chat is counted once, on the UTC day of its opening, in the transaction that closes, deletes or expires it; a rating
in the transaction that gives it.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from datetime import date

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.operand import Path

from imchat.clock import moment
from imchat.stores.base import Item, Part, update
from imchat.stores.chats import Chat

# Upper ends of the classes, in seconds; what is longer falls into "longer".
WAITING_SECONDS = (10, 30, 60, 120, 300, 600, 1800, 3600)
DURATION_SECONDS = (60, 120, 300, 600, 1200, 1800, 3600, 7200)


class Day(Item):
    """The counters of one site and day; each counter is an attribute named ``group:value``."""

    TABLE = "statistics_table"

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


def add(chat: Chat, amounts: Mapping[str, int]) -> Part:
    """The part of a transaction that adds ``amounts`` to the counters of the chat's site and opening day."""
    day = moment(int(chat.opened_at)).date().isoformat()
    actions = [Path([name]).add(amount) for name, amount in amounts.items() if amount]
    return update(Day(chat.site_id, day), actions)


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

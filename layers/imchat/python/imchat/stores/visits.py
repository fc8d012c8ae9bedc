"""Counts of visits to pages (N1). While a day lasts: one item a path, and a sketch from which the number of visitors
can be estimated. When it is over: one item with what the threshold rule lets stand of its counts; the rest is counted
with the month, or the year (stores/tallies.py). No item stands for a visit or a visitor."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from pynamodb.attributes import MapAttribute, NumberAttribute, UnicodeAttribute

from imchat.register.activity import Activity
from imchat.register.fields import BOOKKEEPING, SITE, NotPersonal
from imchat.register.store import Store
from imchat.stores.base import Item, keys_only_index

ACTIVITY = Activity(
    name="visits",
    title="Visits to pages",
    place=75,
    role="processor",
    purpose="To know how many people visit the various parts of a website, so that it can be made better; for nothing "
    "else.",
    # Reading a page's address is access to a device: allowed without consent for statistics alone, where people are
    # told clearly and can object simply and free of charge (PECR reg 6(1) and Schedule A1, since the Data (Use and
    # Access) Act 2025).
    lawful_basis="Legitimate interests (UK GDPR Article 6(1)(f)): making the website better. You can refuse it in the "
    "chat window's menu (statistical purposes: PECR, Schedule A1)",
    people="nobody: no count stands for a person",
    categories=(),
    source="counts of visits, by website, day and page; what is fewer than five on a day is counted with its month or "
    "year, and parts of a page's address that may name somebody are left out. To count visitors once, the browser's "
    "IP address and kind are turned into a number with a key that lives for one day and is then destroyed; neither "
    "they nor it are kept",
    recipients=("the owner of the website",),
    at_end="kept, for no count stands for anybody",
    erasure="retained",
)


class Part(Item):
    """A count of a day that is not over: ``pk`` site and day; ``sk`` "path#/..." or "referrer#host" (empty: all
    others), "distinct" (how many there are of these), "bots", each of these with "#n" behind it where many were
    counted at once, or "sketch#nnn" (registers, as attributes r0 to r31);
    "folded" where the counts are taken already, and the other parts may only be deleted."""

    TABLE = "visits"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    number = NumberAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_at = NumberAttribute(null=True)

    due_index = keys_only_index("due", "due_shard", "due_at")


class VisitTally(Item):
    """The counters of a site and a month or year: views, visitors, bots, ``path:/...`` and ``referrer:host``."""

    TABLE = "visits"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    revision = NumberAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_at = NumberAttribute(null=True)


class VisitDay(Item):
    """The counts of a day that is over. ``pk`` is the site, ``sk`` the day."""

    TABLE = "visits"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    views = NumberAttribute(default=0)
    visitors = NumberAttribute(default=0)
    bots = NumberAttribute(default=0)
    paths: MapAttribute[str, int] = MapAttribute(default=dict)
    referrers: MapAttribute[str, int] = MapAttribute(default=dict)


def part_key(site_id: str, day: str) -> str:
    """The partition of a day that is not over."""
    return f"{site_id}#{day}"


class Visits(Store):
    """Counts. There is nobody in them to find."""

    activity = ACTIVITY
    models = (Part, VisitTally, VisitDay)
    fields = {
        "pk": SITE,
        "sk": NotPersonal("a day, a month, a year, or a page's path"),
        "revision": NotPersonal("how often the counters were changed"),
        "due_shard": BOOKKEEPING,
        "due_at": BOOKKEEPING,
        "r*": NotPersonal("a register of the sketch: the longest run of zeros that any visitor's number began with"),
        **dict.fromkeys(
            ("number", "views", "visitors", "bots", "paths", "referrers", "path:*", "referrer:*"),
            NotPersonal("counts of visits"),
        ),
    }

    def expire(self, now: datetime, time_left: Callable[[], bool]) -> Counter[str]:
        """As Store's: days that are over become one item each at most, and the key of their sketches is destroyed."""
        from imchat.visits.folding import fold

        return fold(now, time_left)


STORE = Visits()

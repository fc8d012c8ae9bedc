"""Chats: each is one document. META holds the open end of the transcript; PAGE#000001 and on hold sealed pages.

See docs/decisions/0002-the-chat-is-a-document.md for why, and for the size of a page.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from pynamodb.attributes import (
    BooleanAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)

from imchat.clock import hour_of, midnight_after, moment
from imchat.periods import Period
from imchat.register.activity import Activity
from imchat.stores.base import ExpiringItem, Named, keys_only_index
from imchat.stores.messages import Message, Messages
from imchat.stores.unlocks import Unlock

ACTIVITY = Activity(
    name="chats",
    title="Chats",
    place=10,
    role="processor",
    purpose="To answer people who write to a website through the chat, to send them a copy of it, and to have evidence "
    "of what was said. The IP address serves to stop abuse, and nothing else.",
    lawful_basis="Legitimate interests (UK GDPR Article 6(1)(f)): answering those who ask",
    people="visitors who open a chat",
    categories=(
        "name, email address and phone number, as far as given",
        "what was said, with card numbers masked",
        "IP address, until the end of the day (UTC) after the chat ended",
        "country, found from the IP address, and kind of browser",
        "language, time zone and the page on which the chat was opened",
        "rating and comment, if given",
    ),
    source="the person, when opening the chat and writing in it, and their browser; the website, where it vouches for "
    "a customer who is logged in",
    recipients=("the operators of the website on which the chat was opened",),
    period=Period(12, "month"),
    period_starts="the opening of the chat",
    at_most=Period(12, "month"),
    at_end="deleted in its entirety",
    obligation="No: every detail may be left blank or invented.",
    erasure="erased",
)

META = "META"

# A post rewrites META whole, so it costs write units by META's size; a seal costs a refused write and a transaction.
# Small pages are cheapest to post to, but a usual chat of up to 20 messages should stay one item (docs/decisions/0002).
# Bytes keep long texts far from the item limit of 400 KB: one more text may add 16 KB.
PAGE_MESSAGES = 25
PAGE_BYTES = 24 * 1024

# How many sealed pages a chat may have: 2,500 messages, or about 4 MB. Staff may write some more, to say goodbye.
MOST_PAGES, MOST_PAGES_OF_STAFF = 100, 110
# How many operators may write in one chat: their names stand in it.
MOST_OPERATORS = 200
# How often a visitor may correct who they are in one chat: each leaves an entry in the system log for a year.
MOST_CORRECTIONS = 50
# What a website may say of a customer who is logged in.
VOUCHED: tuple[Literal["email", "name", "phone"], ...] = ("email", "name", "phone")

OPEN, CLOSED, DELETING = "open", "closed", "deleting"
# What becomes of the copy (imchat/chat/sending.py).
COPY_STATES = ("none", "queued", "sent", "failed", "bounced", "no_address", "no_operator")


class Chat(Named):
    """META: everything about a chat but its sealed pages."""

    TABLE = "chats"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default=META)

    site_id = UnicodeAttribute()
    status = UnicodeAttribute()
    opened_at = NumberAttribute()
    closed_at = NumberAttribute(null=True)
    last_at = NumberAttribute(null=True)

    name = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    phone = UnicodeAttribute(null=True)
    email_key = UnicodeAttribute(null=True)
    phone_key = UnicodeAttribute(null=True)
    # Which of VOUCHED the website vouches for, by a signed statement that said them, and that are as it said.
    vouched = UnicodeSetAttribute(null=True)

    ip = UnicodeAttribute(null=True)
    country = UnicodeAttribute(null=True)
    browser = UnicodeAttribute(null=True)
    language = UnicodeAttribute()
    timezone = UnicodeAttribute(null=True)
    page_url = UnicodeAttribute(null=True)

    inbox = UnicodeAttribute(null=True)
    assignment = UnicodeAttribute(null=True)
    assigned_to = UnicodeAttribute(null=True)
    # Public names of the operators who wrote, by operator id: what the visitor and the transcript show.
    operators: MapAttribute[str, str] = MapAttribute(default=dict)

    base = NumberAttribute(default=0)
    pages = NumberAttribute(default=0)
    messages = Messages(default=list)
    bytes = NumberAttribute(default=0)
    seen = UnicodeSetAttribute(null=True)
    seen_sealed = UnicodeSetAttribute(null=True)

    visitor_messages = NumberAttribute(default=0)
    operator_messages = NumberAttribute(default=0)
    first_reply_at = NumberAttribute(null=True)
    rating = NumberAttribute(null=True)
    # Connections to tell what happens here: "v:<connection>" a visitor's, "o:<connection>" one of the staff's; those of
    # the staff that it may be shown on in an hour (clock.hour_of), since the log says that they look at it (N19). And
    # how far each side has read.
    listeners = UnicodeSetAttribute(null=True)
    shown_on = UnicodeSetAttribute(null=True)
    shown_hour = NumberAttribute(null=True)
    read_visitor = NumberAttribute(default=0)
    read_staff = NumberAttribute(default=0)
    comment = UnicodeAttribute(null=True)

    transcript = UnicodeAttribute(default="none")
    transcript_job = NumberAttribute(default=0)
    transcript_at = NumberAttribute(null=True)
    transcript_lease = NumberAttribute(null=True)
    corrections = NumberAttribute(null=True)
    copies_day = UnicodeAttribute(null=True)
    copies = NumberAttribute(null=True)

    counted = BooleanAttribute(null=True)
    deleted_by = UnicodeAttribute(null=True)
    # The system log may hold nothing of the person who is deleted with it (evidence.of_nobody).
    pseudonymous = BooleanAttribute(null=True)
    # No operator may read or use it (UK GDPR Art 18).
    restricted = BooleanAttribute(null=True)
    unlock: Unlock = Unlock(null=True)  # type: ignore[no-untyped-call]
    due_shard = UnicodeAttribute()
    due_at = NumberAttribute()

    # Chats of a site by status, and by status and operator; what a person is found by (an anonymous chat has none of
    # these keys, N7); what the sweep must look at, and when.
    inbox_index = keys_only_index("inbox", "inbox", "opened_at")
    assignment_index = keys_only_index("assignment", "assignment", "opened_at")
    email_index = keys_only_index("email", "email_key", "opened_at")
    name_index = keys_only_index("name", "name_search", "opened_at")
    phone_index = keys_only_index("phone", "phone_key", "opened_at")
    due_index = keys_only_index("due", "due_shard", "due_at")

    @property
    def about(self) -> str:
        """What the system log calls this chat: its id."""
        return str(self.pk)

    @property
    def length(self) -> int:
        """How many messages and notes the chat holds; also the cursor of the last."""
        return int(self.base) + len(self.messages)

    def connections(self, side: Literal["v", "o"]) -> list[str]:
        """The connections that listen, of the visitor ("v") or of the staff ("o")."""
        return sorted(one[2:] for one in self.listeners or () if one.startswith(f"{side}:"))

    def is_shown_on(self, connection: str, at: int) -> bool:
        """Whether the log says that the operator of this connection looks at the chat in the hour of ``at`` (epoch
        milliseconds)."""
        return self.shown_hour == hour_of(at) and connection in (self.shown_on or ())

    def visible(self, now: datetime) -> "Chat | None":
        """This chat, or None once it has expired or is being deleted: invisible at once (N17, N18)."""
        return self if self.status != DELETING and super().visible(now) else None

    @property
    def ip_ends(self) -> datetime:
        """When the IP address ends (N3): with the day after the chat ended, by UTC, as the days of the statistics. A
        chat that nobody closes has ended with the last that was said in it."""
        return end_of_next_day(moment(int(self.closed_at or self.last_at or self.opened_at)))

    def ip_at(self, now: datetime) -> str | None:
        """The IP address, while it may be read: whether or not the sweep has removed it since."""
        return self.ip if self.ip and now < self.ip_ends else None

    def operator_name(self, operator: str | None) -> str | None:
        """The public name of an operator who wrote in this chat."""
        return self.operators.as_dict().get(operator) if operator else None


class Page(ExpiringItem):
    """A sealed page: messages ``base + 1`` to ``base + len(messages)``, never changed again."""

    TABLE = "chats"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    base = NumberAttribute()
    messages = Messages()
    due_shard = UnicodeAttribute()
    due_at = NumberAttribute()


# Where a website counts its holds: before the first of them, so that a query reads it first.
COUNT = "#count"


class Hold(ExpiringItem):
    """Chats of a website that an open data-protection request found; ``pk`` is holds_key, ``sk`` the request and a
    number. It ends with the last of them. One more of each website, under COUNT, says how many times any were held."""

    TABLE = "chats"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    held = UnicodeSetAttribute(null=True)
    holds = NumberAttribute(null=True)


def end_of_next_day(at: datetime) -> datetime:
    """The end of the UTC day after the one that ``at`` is in."""
    return midnight_after(at) + timedelta(days=1)


def holds_key(site_id: str) -> str:
    """Partition of what open requests hold of a website."""
    return f"HOLDS#{site_id}"


def page_key(number: int) -> str:
    """Sort key of the ``number``-th page, counted from 1; keys sort as numbers do."""
    return f"PAGE#{number:06d}"


def inbox_key(site_id: str, status: str) -> str:
    """Partition of the inbox index."""
    return f"{site_id}#{status}"


def assignment_key(site_id: str, status: str, operator: str | None) -> str:
    """Partition of the assignment index; ``operator`` None is the queue of unassigned chats."""
    return f"{site_id}#{status}#{operator or '-'}"


def sealed_messages(chat: Chat, after: int) -> Iterator[tuple[int, Message]]:
    """(cursor, message) of the sealed messages behind position ``after``, in order; nothing is read when there are
    none. One page in memory at a time."""
    if after >= chat.base:
        return
    # No page holds more than PAGE_MESSAGES, so position ``after`` cannot lie on an earlier page than this.
    first = page_key(after // PAGE_MESSAGES + 1)
    for page in Page.query(chat.pk, Page.sk.between(first, page_key(int(chat.pages))), consistent_read=True):
        if page.base + len(page.messages) > after:
            for index, message in enumerate(page.messages):
                if page.base + index + 1 > after:
                    yield int(page.base) + index + 1, message


def all_messages(chat: Chat, after: int = 0) -> Iterator[tuple[int, Message]]:
    """(cursor, message) of everything behind position ``after``, sealed and open, in order."""
    yield from sealed_messages(chat, after)
    for index, message in enumerate(chat.messages):
        cursor = int(chat.base) + index + 1
        if cursor > after:
            yield cursor, message

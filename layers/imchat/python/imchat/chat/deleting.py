"""Deleting a chat in its entirety (N18): the first write makes it invisible, the last removes META, counts and
records. What is cut between them, the sweep finishes; META goes last, so nothing is ever left without a handle."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pynamodb.expressions.condition import Condition

from imchat.clock import moment
from imchat.errors import NotFound
from imchat.stores import base, evidence, statistics
from imchat.stores.base import Cancelled, Stale, transact
from imchat.stores.chats import CLOSED, DELETING, OPEN, Chat, Page, page_key

# A transaction takes 100 parts; META, statistics and evidence need three.
_PAGES_AT_ONCE = 90


@dataclass(frozen=True)
class Retained:
    """What is kept after a deletion, why, and until when (aware UTC; None where it is not about anybody)."""

    what: str
    why: str
    until: datetime | None


@dataclass(frozen=True)
class Receipt:
    """What a deletion did: ``removed`` as (what, how many), and what is retained."""

    removed: list[tuple[str, int]]
    retained: list[Retained]


def delete(chat_id: str, site_id: str, actor: str, now: datetime) -> Receipt:
    """Delete a chat. ``actor`` is "visitor" or the operator's id. Raises NotFound, also for one deleted before."""
    try:
        chat = Chat(chat_id).change(
            [
                Chat.status.set(DELETING),
                Chat.deleted_by.set(actor),
                Chat.due_at.set(int(now.timestamp())),
                # Out of every index at once.
                *(key.remove() for key in (Chat.inbox, Chat.assignment, Chat.name_key, Chat.email_key, Chat.phone_key)),
            ],
            Chat.status.is_in(OPEN, CLOSED) & (Chat.site_id == site_id) & (Chat.expires_at > int(now.timestamp())),
        )
    except Stale:
        raise NotFound("chat") from None
    finish(chat, now)
    return _receipt(chat, now)


def finish(chat: Chat, now: datetime) -> None:
    """Remove a chat that is marked for deletion; again, if it was cut."""
    details = {field: getattr(chat, field) for field in ("name", "email")}
    _remove(
        chat,
        Chat.status == DELETING,
        outcome="deleted",
        record=evidence.entry(chat, "delete", chat.deleted_by or "system", now, **details, **_keys(chat)),
    )


def expire(chat: Chat, now: datetime) -> None:
    """Remove a chat that is past its end. The system log is not written: it would keep the name for longer."""
    _remove(chat, Chat.expires_at <= int(now.timestamp()), outcome="expired", record=None)


def _keys(chat: Chat) -> dict[str, str | None]:
    """The search keys, which marking took from the chat, for its entry in the system log."""
    from imchat import identifiers

    return {
        "name_key": identifiers.name_key(chat.name) if chat.name else None,
        "email_key": identifiers.email_key(chat.email) if chat.email else None,
    }


def _remove(chat: Chat, condition: Condition, *, outcome: str, record: evidence.Entry | None) -> None:
    pages = [Page(chat.pk, page_key(number)) for number in range(1, int(chat.pages) + 1)]
    with Page.batch_write() as batch:
        for page in pages[:-_PAGES_AT_ONCE] if len(pages) > _PAGES_AT_ONCE else ():
            batch.delete(page)
    try:
        transact(
            base.delete(chat, condition),
            *(base.delete(page) for page in pages[-_PAGES_AT_ONCE:]),
            *((base.put(record),) if record else ()),
            *(() if chat.counted else (statistics.add(chat, statistics.counters(chat, outcome)),)),
        )
    except Cancelled:  # somebody else was there first
        pass


def _receipt(chat: Chat, now: datetime) -> Receipt:
    return Receipt(
        removed=list(_removed(chat)),
        retained=[
            Retained(
                what="the system log's entries on this chat (when it was opened, closed, sent and deleted"
                + (", with the name and email given)" if chat.name or chat.email else ")"),
                why="evidence of use",
                until=moment(evidence.ends(now) * 1000),
            ),
            Retained(what="daily counts that stand for nobody", why="statistics without personal data", until=None),
        ],
    )


def _removed(chat: Chat) -> Iterator[tuple[str, int]]:
    notes = chat.length - int(chat.visitor_messages) - int(chat.operator_messages)
    counts = {
        "chat": 1,
        "messages": chat.length - notes,
        "internal notes": notes,
        "name": int(bool(chat.name)),
        "email": int(bool(chat.email)),
        "phone": int(bool(chat.phone)),
        "IP address": int(bool(chat.ip)),
        "rating comment": int(bool(chat.comment)),
    }
    return ((what, count) for what, count in counts.items() if count)

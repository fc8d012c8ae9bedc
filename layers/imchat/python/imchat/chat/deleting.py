"""Deleting a chat in its entirety (N18): the first write makes it invisible, the last removes META, counts and
records. What is cut between them, the sweep finishes; META goes last, so nothing is ever left without a handle."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from imchat.chat.holding import held, look, unchanged
from imchat.chat.reading import restricted
from imchat.chat.together import end_together
from imchat.clock import moment
from imchat.errors import NotFound, Unavailable
from imchat.live import telling
from imchat.register.store import Reference
from imchat.stores import base, evidence, ledger, limits, statistics, verbs
from imchat.stores.base import Cancelled, Part, Stale, transact, update
from imchat.stores.chats import CLOSED, DELETING, META, OPEN, Chat, Page, page_key

# A transaction takes 100 parts; META, statistics, evidence and ledger need four.
_PAGES_AT_ONCE = 90
# Chats with more pages than this are deleted one by one.
_PAGES_TOGETHER = 20
# Each is lost to somebody who wrote in the chat, or to a request that found others of the website's, in between.
_ROUNDS = 20


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


def delete(chat_id: str, site_id: str, actor: str, now: datetime, *, by_operator: bool = False) -> Receipt:
    """Delete a chat, or go on where that was cut. ``actor`` is "visitor" or the id of one of the staff. Raises
    NotFound, also for one deleted before; Conflict ``by_operator`` where its use is restricted, or an open
    data-protection request has found it: only its visitor, or their request, may end it then."""
    chat = (_mark_by_operator if by_operator else _mark)(chat_id, site_id, actor, now)
    finish(chat, now)
    return _receipt(chat, now)


def _mark(chat_id: str, site_id: str, actor: str, now: datetime) -> Chat:
    there = Chat.status.is_in(OPEN, CLOSED) & (Chat.site_id == site_id) & (Chat.expires_at > int(now.timestamp()))
    try:
        return Chat(chat_id).change(_marks(actor, now), there)
    except Stale as stale:
        return _begun(stale.item, site_id, actor, now)


def _mark_by_operator(chat_id: str, site_id: str, actor: str, now: datetime) -> Chat:
    """As _mark, where nobody asked that the chat be kept: one transaction on the chat as it was read, and on that no
    request has found any of the website's chats since."""
    for _ in range(_ROUNDS):
        holds = look(chat_id, site_id)
        try:
            chat = Chat.get(chat_id, META, consistent_read=True)
        except Chat.DoesNotExist:
            raise NotFound("chat") from None
        if chat.status == DELETING or chat.site_id != site_id or not chat.visible(now):
            return _begun(chat, site_id, actor, now)
        if chat.restricted:
            raise restricted()
        if holds.held:
            raise held()
        told = (Chat.listeners == chat.listeners) if chat.listeners else Chat.listeners.does_not_exist()
        free = _as_read(chat) & told & Chat.restricted.does_not_exist()
        try:
            transact(update(chat, _marks(actor, now), free), unchanged(site_id, holds, now))
        except Cancelled:
            continue
        chat.status, chat.deleted_by = DELETING, actor
        return chat
    raise Unavailable


def _marks(actor: str, now: datetime) -> list[Action]:
    return [
        *([Chat.pseudonymous.set(True)] if evidence.makes_nobody() else []),
        Chat.status.set(DELETING),
        Chat.deleted_by.set(actor),
        Chat.due_at.set(int(now.timestamp())),
        # Out of every index at once.
        *(key.remove() for key in (Chat.inbox, Chat.assignment, Chat.email_key, Chat.phone_key)),
        *(key.remove() for key in (Chat.name_key, Chat.name_search)),
    ]


def _begun(chat: Chat | None, site_id: str, actor: str, now: datetime) -> Chat:
    """A chat whose deletion ``actor`` began before. Raises NotFound for any other: that is somebody else's to finish,
    or nobody's."""
    if chat is None or chat.site_id != site_id or chat.expires_at <= now.timestamp() or chat.deleted_by != actor:
        raise NotFound("chat")
    return chat


def delete_many(references: Iterable[Reference], actor: str, now: datetime) -> Iterator[Reference]:
    """Delete many chats at once, each recorded and counted; yields those that were there. A chat is gone with its
    transaction, so it needs no mark before."""
    found = list(verbs.load(Chat, references, now))
    many = [chat for _, chat in found if chat.pages <= _PAGES_TOGETHER]

    def alone(chat: Chat) -> None:
        try:
            delete(chat.pk, chat.site_id, actor, now)
        except NotFound:
            pass

    for chat in many:
        telling.deleted(chat)
    end_together(many, parts=lambda chat: _parts(chat, _as_read(chat), actor, now), outcome="deleted", alone=alone)
    for _, chat in found:
        if chat.pages > _PAGES_TOGETHER:
            alone(chat)
    yield from (reference for reference, _ in found)


def finish(chat: Chat, now: datetime) -> None:
    """Remove a chat that is marked for deletion; again, if it was cut."""
    pages = _pages(chat)
    with Page.batch_write() as batch:
        for page in pages[:-_PAGES_AT_ONCE]:
            batch.delete(page)
    counted = () if chat.counted else (statistics.add(chat, statistics.counters(chat, "deleted")),)
    telling.deleted(chat)  # before the last write: what is cut here is done again
    parts = _parts(chat, Chat.status == DELETING, chat.deleted_by or "system", now)
    try:
        transact(*parts, *counted)
    except Cancelled:  # somebody else was there first
        pass


def expire_uncounted(chats: Iterable[Chat], now: datetime) -> None:
    """Remove chats that are past their end, and count them. Their pages have ends of their own. The system log is not
    written: it would keep the name for longer."""

    def parts(chat: Chat) -> list[Part]:
        return [base.delete(chat, (Chat.expires_at <= int(now.timestamp())) & Chat.counted.does_not_exist())]

    def alone(chat: Chat) -> None:
        try:
            transact(*parts(chat), statistics.add(chat, statistics.counters(chat, "expired")))
        except Cancelled:  # somebody else was there first
            pass

    end_together(chats, parts=parts, outcome="expired", alone=alone)


def _parts(chat: Chat, condition: Condition, actor: str, now: datetime) -> list[Part]:
    """What removes a chat with its last pages, records that, and notes it for a restore. The keys by which the system
    log is searched are made anew: marking took them from the chat."""
    record = evidence.entry(chat, "delete", actor, now, **_keys(chat))
    return [
        base.delete(chat, condition),
        *(base.delete(page) for page in _pages(chat)[-_PAGES_AT_ONCE:]),
        base.put(record),
        ledger.record(chat.TABLE, chat.pk, int(chat.expires_at)),
    ]


def _as_read(chat: Chat) -> Condition:
    """That nothing was said and nothing counted since the chat was read."""
    counted = Chat.counted == True if chat.counted else Chat.counted.does_not_exist()  # noqa: E712 - a condition
    said: Condition = (Chat.visitor_messages == chat.visitor_messages) & (
        Chat.operator_messages == chat.operator_messages
    )
    unchanged: Condition = said & (Chat.status == chat.status) & (Chat.pages == chat.pages) & counted
    return unchanged


def _pages(chat: Chat) -> list[Page]:
    return [Page(chat.pk, page_key(number)) for number in range(1, int(chat.pages) + 1)]


def _keys(chat: Chat) -> dict[str, Any]:
    from imchat import identifiers

    return {
        "name_key": identifiers.name_key(chat.name) if chat.name else None,
        "email_key": identifiers.email_key(chat.email) if chat.email else None,
    }


def _receipt(chat: Chat, now: datetime) -> Receipt:
    return Receipt(
        removed=list(_removed(chat)),
        retained=[
            Retained(
                what="the system log's entries on this chat (when it was opened, given to staff, corrected, closed, "
                + "sent and deleted"
                + (", with the name and email given)" if chat.name or chat.email else ")"),
                why="evidence of use",
                until=moment(evidence.ends(now) * 1000),
            ),
            Retained(
                what="who of the staff looked at this chat, and when"
                + (", found by keyed hashes of the details given" if chat.name or chat.email or chat.phone else ""),
                why="evidence of who saw it",
                until=moment(evidence.ends(now) * 1000),
            ),
            *_of_address(chat, now),
            Retained(
                what="a keyed hash of the chat's reference",
                why="to delete it again, should a backup have to be restored",
                until=moment(int(chat.expires_at) * 1000),
            ),
            Retained(what="daily counts that stand for nobody", why="statistics without personal data", until=None),
        ],
    )


def _of_address(chat: Chat, now: datetime) -> Iterator[Retained]:
    """What mail leaves of an address. Nobody is told whether it refused mail: it may be another person's."""
    if chat.email:
        until = moment(limits.ACTIVITY.expires_at(now) * 1000)
        yield Retained(
            what="keyed hashes of the email address: that it refused mail, if it did, and how many mails it got",
            why="without it, mail would go to an address that refused it, or more of it than anybody wants",
            until=until,
        )
        yield Retained(
            what="the email address, on the list of our mail service (Amazon SES), if a mail to it came back",
            why=limits.LISTED_BECAUSE,
            until=until,
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

"""Ending a chat: the first write stops it, the second counts it, records it and decides about the transcript. A cut
between them is finished by whoever comes next: the caller again, or the sweep."""

from collections.abc import Iterable
from datetime import datetime

from pynamodb.expressions.update import Action

from imchat.chat import due
from imchat.chat.together import end_together
from imchat.clock import milliseconds
from imchat.errors import NotFound
from imchat.live import telling
from imchat.queue import send_transcript_job
from imchat.stores import evidence, statistics
from imchat.stores.base import Cancelled, Part, Stale, put, transact, update
from imchat.stores.chats import CLOSED, META, OPEN, Chat, assignment_key, inbox_key


def close(chat_id: str, site_id: str, actor: str, now: datetime) -> Chat:
    """Close a chat and queue its transcript, once; closing again answers the same. ``actor`` is "visitor" or the
    operator's id. Raises NotFound."""
    try:
        chat = _stop(chat_id, site_id, now)
    except Stale as stale:
        chat = stale.item
        if chat is None or chat.site_id != site_id or not chat.visible(now):
            raise NotFound("chat") from None
    chat = settle(chat, actor, now)
    telling.closed(chat, now)
    return chat


def _stop(chat_id: str, site_id: str, now: datetime) -> Chat:
    """From here on nothing can be said, so what is counted next cannot change."""
    return Chat(chat_id).change(
        [*_stopping(site_id, now), Chat.due_at.set(int(now.timestamp()))],
        (Chat.status == OPEN) & (Chat.site_id == site_id) & (Chat.expires_at > int(now.timestamp())),
    )


def _stopping(site_id: str, now: datetime) -> list[Action]:
    return [
        Chat.status.set(CLOSED),
        Chat.closed_at.set(milliseconds(now)),
        Chat.inbox.set(inbox_key(site_id, CLOSED)),
    ]


def settle(chat: Chat, actor: str, now: datetime) -> Chat:
    """Finish what closing began, as far as it is not done: count, record, queue the transcript. A job that may have
    been queued before is queued again: the mailer sends it once."""
    if not chat.counted:
        chat = _count(chat, actor, now, transcript=_copy_state(chat), outcome="closed")
    if chat.transcript == "queued":
        send_transcript_job(chat.pk, int(chat.transcript_job))
    return chat


def _copy_state(chat: Chat) -> str:
    """What becomes of the copy of a chat that ends. Anybody can write anybody's address into a chat, so nothing is
    mailed to it until an operator has written (docs/decisions/0045)."""
    if not chat.email:
        return "no_address"
    return "queued" if chat.operator_messages else "no_operator"


def close_unanswered(chats: Iterable[Chat], now: datetime) -> None:
    """Close chats that nobody closed before they end. They are counted as expired, and nobody is sent a transcript of a
    chat they left a year ago."""

    def parts(chat: Chat) -> list[Part]:
        said_since = (Chat.visitor_messages == chat.visitor_messages) & (
            Chat.operator_messages == chat.operator_messages
        )
        unchanged = (Chat.status == OPEN) & Chat.counted.does_not_exist() & said_since
        actions = _stopping(chat.site_id, now) + _counting(chat, now, _unsent(chat))
        return [put(evidence.entry(chat, "close", "system", now)), update(chat, actions, unchanged)]

    def alone(chat: Chat) -> None:
        try:
            stopped = _stop(chat.pk, chat.site_id, now)
        except Stale:
            return
        _count(stopped, "system", now, transcript=_unsent(stopped), outcome="expired")

    end_together(chats, parts=parts, outcome="expired", alone=alone)


def _unsent(chat: Chat) -> str:
    return "none" if chat.email else "no_address"


def _count(chat: Chat, actor: str, now: datetime, *, transcript: str, outcome: str) -> Chat:
    try:
        transact(
            put(evidence.entry(chat, "close", actor, now)),
            update(chat, _counting(chat, now, transcript), Chat.counted.does_not_exist() & (Chat.status == CLOSED)),
            statistics.add(chat, statistics.counters(chat, outcome)),
        )
    except Cancelled:  # somebody else finished it, or began to delete it
        found = Chat.load(chat.pk, META, now=now)
        if found is None:
            raise NotFound("chat") from None
        return found
    chat.counted = True
    chat.transcript = transcript
    chat.transcript_at = milliseconds(now)
    chat.transcript_job += transcript == "queued"
    return chat


def _counting(chat: Chat, now: datetime, transcript: str) -> list[Action]:
    queued = transcript == "queued"
    actions: list[Action] = [
        Chat.counted.set(True),
        Chat.transcript.set(transcript),
        Chat.transcript_at.set(milliseconds(now)),
        Chat.due_at.set(due.when_queued(milliseconds(now)) if queued else due.when_closed(chat, now)),
        Chat.assignment.set(assignment_key(chat.site_id, CLOSED, chat.assigned_to)),
        Chat.transcript_lease.remove(),  # of a copy asked for before, which this one replaces
    ]
    if queued:
        actions.append(Chat.transcript_job.set(int(chat.transcript_job) + 1))
    return actions

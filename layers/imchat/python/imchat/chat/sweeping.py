"""The sweep of chats: whatever is due is finished, whoever left it (N17, N18, N20). It can stop anywhere and begin
again: what is done is no longer due. Chats that have simply ended cost a small part of a call each."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from imchat.chat import closing, deleting, due
from imchat.queue import send_transcript_job
from imchat.stores.base import Stale, due_keys
from imchat.stores.chats import CLOSED, DELETING, META, OPEN, Chat, Page
from imchat.stores.verbs import READ_AT_ONCE, batches

_AGAIN_AFTER = 3600


def sweep(now: datetime, time_left: Callable[[], bool] = lambda: True) -> Counter[str]:
    """Do all that is due at ``now``, until it is done or ``time_left`` says no. Answers what was done, by kind;
    ``unfinished`` is 1 when time ran out."""
    done: Counter[str] = Counter()
    for keys in batches(due_keys(Chat, now), READ_AT_ONCE):
        if not time_left():
            done["unfinished"] = 1
            return done
        done.update(_attend_all(keys, now))
    return done


def _attend_all(keys: list[Any], now: datetime) -> Iterable[str]:
    """Do what a hundred keys of the due index need; what it was, a word for each."""
    metas = [(chat_id, META) for chat_id in dict.fromkeys(key.pk for key in keys)]
    chats = {chat.pk: chat for chat in Chat.batch_get(metas, consistent_read=True, past_end=True)}
    over: list[Chat | Page] = []
    uncounted: list[Chat] = []
    unanswered: list[Chat] = []
    for key in keys:
        chat = chats.get(key.pk)
        if key.sk != META:
            # A page ends with its chat, or after it, if DynamoDB's own expiry took that first. A chat that is being
            # deleted takes its pages along.
            if chat is None or (chat.status != DELETING and chat.expires_at <= now.timestamp()):
                over.append(Page(key.pk, key.sk))
                yield "page_expired"
        elif chat is None:
            yield "gone"
        elif chat.status == DELETING:
            deleting.finish(chat, now)
            yield "deletion_finished"
        elif chat.expires_at <= now.timestamp():
            (over if chat.counted else uncounted).append(chat)
            yield "expired"
        elif chat.status == OPEN and due.when_open(int(chat.opened_at), int(chat.expires_at)) <= now.timestamp():
            unanswered.append(chat)
            yield "closed_before_end"
        else:
            yield _attend(chat, now)
    closing.close_unanswered(unanswered, now)
    deleting.expire_uncounted(uncounted, now)
    # Unconditionally: nothing revives what has ended.
    with Chat.batch_write() as writer:
        for item in over:
            writer.delete(item)


def _attend(chat: Chat, now: datetime) -> str:
    """Do what one chat needs that goes on; what it was, in a word."""
    if chat.due_at > now.timestamp():
        return "gone"  # the index was a moment behind
    if chat.status == CLOSED and not chat.counted:
        closing.settle(chat, "system", now)
        return "close_finished"
    if chat.transcript == "queued" and due.when_queued(int(chat.transcript_at or 0)) <= now.timestamp():
        send_transcript_job(chat.pk, int(chat.transcript_job))
        _put_off(chat, now, int(now.timestamp()) + _AGAIN_AFTER)
        return "transcript_requeued"
    return "ip_removed" if _put_off(chat, now) else "put_off"


def _put_off(chat: Chat, now: datetime, until: int | None = None) -> bool:
    """Look at the chat again at ``until``, and in any case in time for its end; its IP address goes now, if it has
    ended (N3). Whether it did."""
    over = bool(chat.ip) and chat.ip_at(now) is None
    actions = [Chat.ip.remove()] if over else []
    if over:
        chat.ip = None
    again = due.when_settled(chat)
    try:
        chat.change(
            [*actions, Chat.due_at.set(min(until or again, again))],
            (Chat.due_at == chat.due_at) & (Chat.status == chat.status),
        )
    except Stale:  # the next hour looks again
        return False
    return over

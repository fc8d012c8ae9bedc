"""The sweep: whatever is due is finished, whoever left it (N17, N18, N20). It can stop anywhere and begin again: what
is done is no longer due."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

from imchat.chat import closing, deleting, due
from imchat.queue import send_transcript_job
from imchat.stores.base import Stale
from imchat.stores.chats import CLOSED, DELETING, META, OPEN, Chat, Page, due_shards
from imchat.stores.evidence import Entry

_BATCH = 25
_AGAIN_AFTER = 3600


def sweep(now: datetime, time_left: Callable[[], bool] = lambda: True) -> Counter[str]:
    """Do all that is due at ``now``, until it is done or ``time_left`` says no. Answers what was done, by kind;
    ``unfinished`` is 1 when time ran out."""
    done: Counter[str] = Counter()
    for chat_id, sort_key in _due_chats(now):
        if not time_left():
            done["unfinished"] = 1
            return done
        done[_attend(chat_id, sort_key, now)] += 1
    keys = _due_entries(now)
    while batch := list(islice(keys, _BATCH)):
        if not time_left():
            done["unfinished"] = 1
            return done
        with Entry.batch_write() as writer:
            for pk, sk in batch:
                writer.delete(Entry(pk, sk))
        done["evidence_expired"] += len(batch)
    return done


def _due_chats(now: datetime) -> Iterator[tuple[str, str]]:
    for shard in due_shards():
        for key in Chat.due_index.query(shard, Chat.due_at <= int(now.timestamp())):
            yield key.pk, key.sk


def _due_entries(now: datetime) -> Iterator[tuple[str, str]]:
    for shard in due_shards():
        for key in Entry.due_index.query(shard, Entry.due_at <= int(now.timestamp())):
            yield key.pk, key.sk


def _attend(chat_id: str, sort_key: str, now: datetime) -> str:
    """Do what one chat needs; what it was, in a word."""
    chat = Chat.load(chat_id, META, now=now, past_end=True)
    if chat is None:
        if sort_key != META:  # DynamoDB's expiry took META first
            Page(chat_id, sort_key).delete()
            return "page_expired"
        return "gone"
    if chat.status == DELETING:
        deleting.finish(chat, now)
        return "deletion_finished"
    if chat.expires_at <= now.timestamp():
        deleting.expire(chat, now)
        return "expired"
    if chat.due_at > now.timestamp():
        return "gone"  # the index was a moment behind
    if chat.status == CLOSED and not chat.counted:
        closing.settle(chat, "system", now)
        return "close_finished"
    if chat.transcript == "queued" and due.when_queued(int(chat.transcript_at or 0)) <= now.timestamp():
        send_transcript_job(chat.pk, int(chat.transcript_job))
        _put_off(chat, int(now.timestamp()) + _AGAIN_AFTER)
        return "transcript_requeued"
    if chat.status == OPEN and due.when_open(int(chat.opened_at), int(chat.expires_at)) <= now.timestamp():
        closing.close_unanswered(chat, now)
        return "closed_before_end"
    _put_off(chat, due.when_settled(chat))
    return "put_off"


def _put_off(chat: Chat, until: int) -> None:
    """Look at the chat again at ``until``, and in any case in time for its end."""
    try:
        chat.change(
            [Chat.due_at.set(min(until, due.when_settled(chat)))],
            (Chat.due_at == chat.due_at) & (Chat.status == chat.status),
        )
    except Stale:
        pass

"""Restricting a chat (UK GDPR Art 18): it stays stored, and no operator can read or use it. It is ended first, stands
in no list of theirs, and goes from the pages that they have open; its visitor can still read and delete it. It ends
with its period all the same (N17)."""

from datetime import datetime
from typing import Any

from imchat.chat.closing import close
from imchat.errors import NotFound
from imchat.live import telling
from imchat.stores import evidence, ledger
from imchat.stores.base import Cancelled, put, transact, update
from imchat.stores.chats import CLOSED, META, OPEN, Chat, assignment_key, inbox_key


def restrict(chat_id: str, actor: str, now: datetime) -> bool:
    """Restrict a chat; whether it is there, and so restricted now."""
    chat = Chat.load(chat_id, META, now=now)
    if chat is not None and chat.status == OPEN:
        try:
            chat = close(chat_id, chat.site_id, actor, now)
        except NotFound:
            chat = None
    if chat is None:
        return False
    actions = [Chat.restricted.set(True), Chat.unlock.remove(), Chat.inbox.remove(), Chat.assignment.remove()]
    done = _mark(chat, actions, Chat.restricted.does_not_exist(), what="restrict", actor=actor, now=now)
    # As it is now: who began to listen after it was read above is told too.
    if done and (marked := Chat.load(chat_id, META, now=now)):
        telling.restricted(marked)
    return done


def lift(chat_id: str, actor: str, now: datetime) -> bool:
    """End a restriction; whether the chat is there, and so free now."""
    chat = Chat.load(chat_id, META, now=now)
    if chat is None:
        return False
    actions = [
        Chat.restricted.remove(),
        Chat.unlock.remove(),
        Chat.inbox.set(inbox_key(chat.site_id, CLOSED)),
        Chat.assignment.set(assignment_key(chat.site_id, CLOSED, chat.assigned_to)),
    ]
    marked = Chat.restricted == True  # noqa: E712 - a condition
    return _mark(chat, actions, marked, what="lift_restriction", actor=actor, now=now)


def _mark(chat: Chat, actions: list[Any], unmarked: Any, *, what: str, actor: str, now: datetime) -> bool:
    undone = what != "restrict"
    try:
        transact(
            put(evidence.entry(chat, what, actor, now)),
            ledger.mark(ledger.RESTRICTED, chat.TABLE, chat.pk, now, int(chat.expires_at), undone=undone),
            update(chat, actions, (Chat.status == CLOSED) & unmarked),
        )
    except Cancelled:  # it is as it should be, or somebody deletes it
        found = Chat.load(chat.pk, META, now=now)
        return found is not None and bool(found.restricted) == (what == "restrict")
    return True

"""Chats that open data-protection requests have found: operators cannot delete them, so that nobody takes away what
somebody has asked for. Their visitor still can (N18), and they end by their time (N17)."""

from collections.abc import Iterable
from typing import Any

from imchat.errors import Conflict
from imchat.stores.base import Cancelled, transact, update
from imchat.stores.chats import CLOSED, OPEN, Chat
from imchat.stores.verbs import batches

# What a transaction takes.
_AT_ONCE = 100


def held() -> Conflict:
    """The refusal of what may not be done with a chat that is held. It says nothing of who asked for what."""
    return Conflict("held_by_request", "A data-protection request is open: this chat cannot be deleted until it ends.")


def hold(chats: Iterable[str], request: str) -> None:
    """Hold the chats for a request; again changes nothing. One that is gone or being deleted stays so."""
    _change(chats, Chat.held.add({request}))


def release(chats: Iterable[str], request: str) -> None:
    """End what ``hold`` did for a request. Another one may hold the same chats."""
    _change(chats, Chat.held.delete({request}))


def _change(chats: Iterable[str], action: Any) -> None:
    there = Chat.status.is_in(OPEN, CLOSED)
    for batch in batches(chats, _AT_ONCE):
        parts = [update(Chat(pk), [action], there) for pk in batch]
        try:
            transact(*parts)
        except Cancelled as cancelled:
            for part in (one for one, failed in zip(parts, cancelled.failed, strict=True) if not failed):
                try:
                    transact(part)
                except Cancelled:  # it has been deleted meanwhile
                    pass

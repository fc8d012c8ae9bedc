"""Chats that open data-protection requests have found: operators cannot delete them, so that nobody takes away what
somebody has asked for. Their visitor still can (N18), and they end by their time (N17)."""

from collections.abc import Iterable
from datetime import datetime

from imchat.errors import Conflict
from imchat.stores.chats import ACTIVITY, Hold, holds_key
from imchat.stores.verbs import batches

# Far below what an item may hold.
_AT_ONCE = 1000


def held() -> Conflict:
    """The refusal of what may not be done with a chat that is held. It says nothing of who asked for what."""
    return Conflict("held_by_request", "A data-protection request is open: this chat cannot be deleted until it ends.")


def hold(chats: Iterable[str], site_id: str, request: str, now: datetime) -> None:
    """Hold the chats for a request; again changes nothing. No chat lasts longer than the hold."""
    for number, batch in enumerate(batches(chats, _AT_ONCE)):
        place = Hold(holds_key(site_id), f"{request}#{number:06d}")
        place.change([Hold.held.set(set(batch)), Hold.expires_at.set(ACTIVITY.expires_at(now))])


def release(site_id: str, request: str, now: datetime) -> None:
    """End what ``hold`` did for a request. Another one may hold the same chats."""
    for place in Hold.query(holds_key(site_id), Hold.sk.startswith(f"{request}#"), consistent_read=True):
        place.change([Hold.held.remove(), Hold.expires_at.set(int(now.timestamp()))])


def is_held(chat_id: str, site_id: str) -> bool:
    """Whether an open request has found this chat of the website."""
    holds = Hold.query(holds_key(site_id), filter_condition=Hold.held.contains(chat_id), consistent_read=True)
    return next(holds, None) is not None

"""What people do at a chat without saying anything: they write, and they have read."""

from datetime import datetime

from imchat.chat.reading import load, restricted
from imchat.errors import InvalidInput
from imchat.live import telling
from imchat.stores.base import Stale
from imchat.stores.chats import CLOSED, OPEN, Chat


def cursor(chat_id: str, site_id: str, now: datetime) -> int:
    """How far a chat goes: who knows less has missed something. Raises NotFound."""
    return load(chat_id, site_id, now).length


def mark_read(chat_id: str, site_id: str, by: str, cursor: int, now: datetime, *, but: str) -> None:
    """Note how far a side ("visitor" or "staff") has read: never back, never beyond what there is. Tells all but the
    connection that says so. Raises NotFound, InvalidInput, Conflict where no operator may read the chat."""
    chat = load(chat_id, site_id, now)
    if by == "staff" and chat.restricted:
        raise restricted()
    if not 0 <= cursor <= chat.length:
        raise InvalidInput("bad_cursor", "The cursor is not one of this chat's.", "cursor")
    mark = Chat.read_staff if by == "staff" else Chat.read_visitor
    farther = mark.does_not_exist() | (mark < cursor)
    try:
        chat = chat.change([mark.set(cursor)], farther & Chat.status.is_in(OPEN, CLOSED))
    except Stale:  # read before, or deleted just now
        return
    telling.read(chat, by, cursor, but=but)


def type_at(chat_id: str, site_id: str, by: str, name: str | None, *, typing: bool, now: datetime, but: str) -> None:
    """Tell that somebody ("visitor" or "operator") writes, or no longer does. At a chat that has ended nobody hears it.
    Raises NotFound."""
    chat = load(chat_id, site_id, now)
    if chat.status == OPEN:
        telling.typing(chat, by, name, typing=typing, but=but)

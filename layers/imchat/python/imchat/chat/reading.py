"""Reading a chat from a cursor. A cursor is a position, so a reader can neither miss nor repeat a message."""

from dataclasses import dataclass
from datetime import datetime

from imchat.errors import Conflict, InvalidInput, NotFound
from imchat.stores.chats import Chat, all_messages
from imchat.stores.messages import Message

# Far below what a Lambda may answer (6 MB); the reader goes on from the cursor it got.
_ANSWER_BYTES = 1_000_000


def restricted() -> Conflict:
    """What an operator is told of a chat that nobody may use (UK GDPR Art 18)."""
    return Conflict("restricted", "The use of this chat is restricted: it is stored, and nobody may read or use it.")


@dataclass(frozen=True)
class Reading:
    """Messages behind a cursor, in order. ``cursor`` is where to go on; ``more`` says that there is more at once."""

    chat: Chat
    messages: list[tuple[int, Message]]
    cursor: int
    more: bool


def load(chat_id: str, site_id: str, now: datetime) -> Chat:
    """The chat, if it is this site's. Raises NotFound: for an unknown, foreign, expired or deleted chat alike."""
    chat = Chat.load(chat_id, "META", now=now)
    if chat is None or chat.site_id != site_id:
        raise NotFound("chat")
    return chat


def read(chat_id: str, site_id: str, after: int, now: datetime, *, notes: bool) -> Reading:
    """What was said behind position ``after``; ``notes`` for operators only. Raises InvalidInput, NotFound,
    Conflict where no operator may read the chat."""
    chat = load(chat_id, site_id, now)
    if notes and chat.restricted:
        raise restricted()
    return behind(chat, after, notes=notes)


def behind(chat: Chat, after: int, *, notes: bool, most: int = _ANSWER_BYTES) -> Reading:
    """What was said in a chat behind position ``after``, up to about ``most`` bytes, and one message at least. Raises
    InvalidInput."""
    if not 0 <= after <= chat.length:
        raise InvalidInput("bad_cursor", "The cursor is not one of this chat's.", "after")
    messages: list[tuple[int, Message]] = []
    cursor, size = after, 0
    for position, message in all_messages(chat, after):
        if notes or message.by != "note":
            size += message.size
            if messages and size > most:
                break
            messages.append((position, message))
        cursor = position
    return Reading(chat, messages, cursor, more=cursor < chat.length)

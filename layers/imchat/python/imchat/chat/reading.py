"""Reading a chat from a cursor. A cursor is a position, so a reader can neither miss nor repeat a message."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from imchat.errors import Conflict, InvalidInput, NotFound
from imchat.stores.chats import Chat, all_messages
from imchat.stores.messages import Message

# Far below what a Lambda may answer (6 MB); the reader goes on from the cursor it got.
_ANSWER_BYTES = 900_000
# What a message's answer says beside text and names.
_AROUND = 200


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


def _size(chat: Chat, message: Message) -> int:
    """How many bytes an answer takes for a message, at most: in JSON, some characters take two and more."""
    name = chat.operator_name(message.operator) or ""
    return _AROUND + len(msgspec.json.encode([message.text, name, message.operator, message.id]))


def behind(chat: Chat, after: int, *, notes: bool, most: int = _ANSWER_BYTES) -> Reading:
    """What was said in a chat behind position ``after``, up to about ``most`` bytes, and one message at least. Raises
    InvalidInput."""
    if not 0 <= after <= chat.length:
        raise InvalidInput("bad_cursor", "The cursor is not one of this chat's.", "after")
    messages: list[tuple[int, Message]] = []
    cursor, size = after, 0
    for position, message in all_messages(chat, after):
        if notes or message.by != "note":
            size += _size(chat, message)
            if messages and size > most:
                break
            messages.append((position, message))
        cursor = position
    return Reading(chat, messages, cursor, more=cursor < chat.length)

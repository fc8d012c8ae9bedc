"""Saying something: one conditional write gives order, no duplicates and the status check (DESIGN section 4)."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from pynamodb.expressions.condition import size

from imchat import text as texts
from imchat.clock import milliseconds
from imchat.errors import Conflict, NotFound, Unavailable
from imchat.fields import checked
from imchat.live import telling
from imchat.stores.base import Cancelled, Stale, put, transact, update
from imchat.stores.chats import (
    CLOSED,
    META,
    MOST_OPERATORS,
    MOST_PAGES,
    MOST_PAGES_OF_STAFF,
    OPEN,
    PAGE_BYTES,
    PAGE_MESSAGES,
    Chat,
    Page,
    page_key,
    sealed_messages,
)
from imchat.stores.messages import By, Message

# Each round is lost only to another writer who filled a whole page in between.
_ROUNDS = 20


@dataclass(frozen=True)
class Author:
    """Who writes: the visitor of a site, or one of its operators under a public name; or an operator's note.
    ``connection`` is the one on which they do, which is answered and not told."""

    site_id: str
    by: By = "visitor"
    operator: str | None = None
    name: str | None = None
    connection: str | None = None

    @property
    def most_pages(self) -> int:
        """How many sealed pages a chat may have for this author to write in it."""
        return MOST_PAGES if self.by == "visitor" else MOST_PAGES_OF_STAFF

    def message_id(self, client_id: str) -> str:
        """The client's id, set apart from other authors'."""
        return f"v:{client_id}" if self.by == "visitor" else f"{self.by[0]}:{self.operator}:{client_id}"


@dataclass(frozen=True)
class Posted:
    """A message in its place. ``created`` is False where the same client id had been posted before."""

    cursor: int
    message: Message
    chat: Chat
    created: bool


def post(chat_id: str, author: Author, text: str, client_id: str, now: datetime) -> Posted:
    """Append one message. The same client id again answers the message that is there, as long as fewer than
    PAGE_MESSAGES messages and less than PAGE_BYTES were written since. Raises InvalidInput, NotFound (also for another
    site's chat), Conflict when closed or full."""
    message = Message(
        id=author.message_id(checked("client_id", texts.client_id, client_id)),
        by=author.by,
        text=checked("text", texts.message, text),
        at=milliseconds(now),
        operator=author.operator,
    )
    for _ in range(_ROUNDS):
        try:
            chat = _append(chat_id, author, message, now)
            telling.said(chat, chat.length, message, but=author.connection)
            return Posted(chat.length, message, chat, created=True)
        except Stale as stale:
            old = stale.item
            if old is None or old.site_id != author.site_id or not old.visible(now):
                raise NotFound("chat") from None
            if message.id in (old.seen or ()) or message.id in (old.seen_sealed or ()):
                return _posted_before(old, message.id)
            if old.status == CLOSED:
                raise Conflict("chat_closed", "This chat has ended.") from None
            if (
                author.name
                and len(old.operators.as_dict()) >= MOST_OPERATORS
                and not old.operator_name(author.operator)
            ):
                raise Conflict("chat_full", "Too many operators wrote in this chat. Please start a new one.") from None
            if old.pages >= author.most_pages:
                raise Conflict("chat_full", "This chat is full. Please end it and start a new one.") from None
            _seal(old)
    raise Unavailable


_OPEN_END = (
    "#status = :open AND #site_id = :site AND #expires_at > :now"
    " AND #pages < :most_pages AND size(#messages) < :most AND #bytes < :most_bytes"
    " AND NOT contains(#seen, :id) AND NOT contains(#seen_sealed, :id)"
)


# The names of all who answered stand in the chat.
_NAMED = "(attribute_exists(#operators.#operator) OR size(#operators) < :most_names)"


def _append(chat_id: str, author: Author, message: Message, now: datetime) -> Chat:
    named = bool(author.operator and author.name)
    update, condition, names = _words(author.by, named)
    values = {
        ":said": {"L": Chat.messages.serialize([message])},
        ":at": {"N": str(message.at)},
        ":ids": {"SS": [message.id]},
        ":id": {"S": message.id},
        ":size": {"N": str(message.size)},
        ":open": {"S": OPEN},
        ":site": {"S": author.site_id},
        ":now": {"N": str(int(now.timestamp()))},
        ":most": {"N": str(PAGE_MESSAGES)},
        ":most_pages": {"N": str(author.most_pages)},
        ":most_bytes": {"N": str(PAGE_BYTES)},
    }
    if author.by != "note":
        values[":one"] = {"N": "1"}
    if named:
        names = names | {"#operator": str(author.operator)}
        values |= {":name": {"S": author.name}, ":most_names": {"N": str(MOST_OPERATORS)}}
    return Chat.change_in_words(chat_id, META, update=update, condition=condition, names=names, values=values)


@cache
def _words(by: By, named: bool) -> tuple[str, str, dict[str, str]]:
    """(UpdateExpression, ConditionExpression, names in them) of a message. In DynamoDB's own words, for building these
    anew for each would take half as long as the call (docs/decisions/0037)."""
    sets = ["#messages = list_append(#messages, :said)", "#last_at = :at"]
    adds = ["#seen :ids", "#bytes :size"]
    if by != "note":
        adds.append(f"#{by}_messages :one")
    if by == "operator":
        sets.append("#first_reply_at = if_not_exists(#first_reply_at, :at)")
    if named:
        sets.append("#operators.#operator = :name")
    update = f"SET {', '.join(sets)} ADD {', '.join(adds)}"
    condition = f"{_OPEN_END} AND {_NAMED}" if named else _OPEN_END
    return update, condition, {name: name[1:] for name in re.findall(r"#\w+", update + condition)}


def _posted_before(chat: Chat, message_id: str) -> Posted:
    """The message of this id, wherever it is: nearly always the open end, else the page sealed last."""
    for index, message in enumerate(chat.messages):
        if message.id == message_id:
            return Posted(int(chat.base) + index + 1, message, chat, created=False)
    for cursor, message in sealed_messages(chat, max(0, int(chat.base) - PAGE_MESSAGES)):
        if message.id == message_id:
            return Posted(cursor, message, chat, created=False)
    raise Unavailable


def _seal(chat: Chat) -> None:
    """Turn a full open end into a page. A full list takes no more messages, so what was read is what is sealed;
    whoever loses the race finds it done."""
    page = Page(
        chat.pk,
        page_key(int(chat.pages) + 1),
        base=chat.base,
        messages=chat.messages,
        expires_at=chat.expires_at,
        due_shard=chat.due_shard,
        due_at=chat.expires_at,
    )
    actions = [
        Chat.messages.set([]),
        Chat.base.set(chat.length),
        Chat.pages.set(int(chat.pages) + 1),
        Chat.bytes.set(0),
        Chat.seen_sealed.set(chat.seen),
        Chat.seen.remove(),
    ]
    same = (Chat.status == OPEN) & (Chat.base == chat.base) & (size(Chat.messages) == len(chat.messages))
    try:
        transact(put(page, Page.pk.does_not_exist()), update(chat, actions, same))
    except Cancelled:
        pass

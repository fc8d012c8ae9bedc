"""What the visitor thought of it: one to five, and a word if they like. It may be changed; it is counted once."""

from datetime import datetime

from imchat import text
from imchat.chat.reading import load
from imchat.errors import InvalidInput, Unavailable
from imchat.fields import checked
from imchat.live import telling
from imchat.stores import statistics
from imchat.stores.base import Cancelled, transact, update
from imchat.stores.chats import CLOSED, OPEN, Chat

_ROUNDS = 5


def rate(chat_id: str, site_id: str, score: int, comment: str | None, now: datetime) -> None:
    """Keep the rating with the chat and count it. Raises InvalidInput, NotFound."""
    if not 1 <= score <= 5:
        raise InvalidInput("invalid_value", "The score is a whole number from 1 to 5.", "score")
    comment = checked("comment", text.comment, comment) if comment is not None else None
    for _ in range(_ROUNDS):
        chat = load(chat_id, site_id, now)
        before = int(chat.rating) if chat.rating else None
        if before == score and chat.comment == comment:
            return
        actions = [Chat.rating.set(score), Chat.comment.set(comment) if comment else Chat.comment.remove()]
        unchanged = Chat.rating == before if before else Chat.rating.does_not_exist()
        parts = [update(chat, actions, unchanged & Chat.status.is_in(OPEN, CLOSED))]
        if before != score:
            amounts = {f"rating:{score}": 1} | ({f"rating:{before}": -1} if before else {})
            parts.append(statistics.add(chat, amounts))
        try:
            transact(*parts)
        except Cancelled:
            continue
        chat.rating, chat.comment = score, comment
        telling.changed(chat, now)
        return
    raise Unavailable

"""Chats without contact details, for the person who was in them: found for certain by the key that their tab keeps, or
as candidates by what they remember (N7). Never by a time or an IP address alone."""

from collections.abc import Iterator
from datetime import datetime

from imchat.clock import milliseconds
from imchat.descriptions import Description
from imchat.register.store import Reference
from imchat.stores.chats import CLOSED, META, OPEN, Chat, all_messages, inbox_key
from imchat.stores.verbs import READ_AT_ONCE, batches
from imchat.subjects import Subject

BY_KEY, BY_DESCRIPTION = "key", "described"


def find(subject: Subject, now: datetime) -> Iterator[Reference]:
    """The chats whose keys the person has shown, and those that fit what they remember, on the websites that are
    searched."""
    for chat_id in sorted(subject.keys):
        chat = Chat.load(chat_id, META, now=now)
        if chat and subject.covers(chat.site_id):
            yield _reference(chat, BY_KEY)
    for one in subject.described:
        if subject.covers(one.site_id):
            yield from (_reference(chat, BY_DESCRIPTION) for chat in _fitting(one, now))


def _fitting(one: Description, now: datetime) -> Iterator[Chat]:
    """A chat whose use is restricted stands in no list, so it is not found."""
    span = Chat.opened_at.between(milliseconds(one.since), milliseconds(one.until) - 1)
    for status in (OPEN, CLOSED):
        keys = [(key.pk, META) for key in Chat.inbox_index.query(inbox_key(one.site_id, status), span)]
        for batch in batches(keys, READ_AT_ONCE):
            for chat in Chat.batch_get(batch, consistent_read=True):
                if is_anonymous(chat) and chat.visible(now) and one.fits(_said(chat)):
                    yield chat


def is_anonymous(chat: Chat) -> bool:
    """Whether nothing says whose the chat is."""
    return not (chat.email_key or chat.phone_key or chat.name_key)


def _said(chat: Chat) -> list[str]:
    return [message.text for _, message in all_messages(chat) if message.by == "visitor"]


def _reference(chat: Chat, by: str) -> Reference:
    return Reference(Chat.TABLE, chat.pk, META, frozenset({by}), chat.site_id)

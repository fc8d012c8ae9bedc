"""Many chats at once, written as the product leaves them when they are closed, without the thousand calls that it takes
to hold them."""

import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime

from imchat import identifiers, references
from imchat.clock import milliseconds
from imchat.stores.accounts import Site
from imchat.stores.base import due_shard
from imchat.stores.chats import CLOSED, OPEN, PAGE_MESSAGES, Chat, Page, assignment_key, inbox_key, page_key
from imchat.stores.messages import Message

TEXT = "A message of about sixty characters, as they usually are."


def chats(
    site: Site, number: int, *, messages: int, opened: datetime, email: str | None = None, closed: bool = True
) -> Iterator[Chat]:
    """``number`` chats of so many messages each, of one person where ``email`` is theirs; closed and counted, or open
    and not. Of a chat that is longer than a page, this is META; ``write`` adds its pages."""
    at = milliseconds(opened)
    status = CLOSED if closed else OPEN
    expires_at = site.expires_at(opened)
    pages = max(0, messages - 1) // PAGE_MESSAGES
    for _ in range(number):
        pk = references.random()
        said = [_message(f"v:{secrets.token_hex(8)}", at) for _ in range(messages - pages * PAGE_MESSAGES)]
        yield Chat(
            pk,
            site_id=site.site_id,
            status=status,
            opened_at=at,
            closed_at=at if closed else None,
            last_at=at,
            expires_at=expires_at,
            email=email,
            email_key=identifiers.email_key(email) if email else None,
            language="en",
            inbox=inbox_key(site.site_id, status),
            assignment=assignment_key(site.site_id, status, None),
            messages=said,
            base=pages * PAGE_MESSAGES,
            pages=pages,
            bytes=sum(one.size for one in said),
            seen={one.id for one in said},
            seen_sealed={f"v:{secrets.token_hex(8)}" for _ in range(PAGE_MESSAGES)} if pages else None,
            visitor_messages=messages,
            counted=closed or None,
            due_shard=due_shard(pk),
            due_at=expires_at,
        )


def write(many: Iterable[Chat]) -> None:
    """Write them with their pages, 25 items a call."""
    with Chat.batch_write() as writer:
        for chat in many:
            writer.save(chat)
            for page in _pages(chat):
                writer.save(page)


def _pages(chat: Chat) -> Iterator[Page]:
    for number in range(int(chat.pages)):
        last = number + 1 == chat.pages
        ids = sorted(chat.seen_sealed) if last else (f"v:{secrets.token_hex(8)}" for _ in range(PAGE_MESSAGES))
        yield Page(
            chat.pk,
            page_key(number + 1),
            base=number * PAGE_MESSAGES,
            messages=[_message(one, int(chat.opened_at)) for one in ids],
            expires_at=chat.expires_at,
            due_shard=chat.due_shard,
            due_at=chat.expires_at,
        )


def _message(message_id: str, at: int) -> Message:
    return Message(message_id, "visitor", TEXT, at)

"""Many chats at once, written as the product leaves them when they are closed, without the thousand calls that it takes
to hold them."""

import secrets
from collections.abc import Iterator
from datetime import datetime

from imchat import identifiers, references
from imchat.clock import milliseconds
from imchat.stores.accounts import Site
from imchat.stores.base import due_shard
from imchat.stores.chats import CLOSED, OPEN, Chat, assignment_key, inbox_key
from imchat.stores.messages import Message

TEXT = "A message of about sixty characters, as they usually are."


def chats(
    site: Site, number: int, *, messages: int, opened: datetime, email: str | None = None, closed: bool = True
) -> Iterator[Chat]:
    """``number`` chats of so many messages each, of one person where ``email`` is theirs; closed and counted, or open
    and not."""
    at = milliseconds(opened)
    status = CLOSED if closed else OPEN
    expires_at = site.expires_at(opened)
    for _ in range(number):
        pk = references.random()
        said = [Message(f"v:{secrets.token_hex(8)}", "visitor", TEXT, at) for _ in range(messages)]
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
            bytes=sum(one.size for one in said),
            seen={one.id for one in said},
            visitor_messages=messages,
            counted=closed or None,
            due_shard=due_shard(pk),
            due_at=expires_at,
        )


def write(many: Iterator[Chat]) -> None:
    """Write them, 25 a call."""
    with Chat.batch_write() as writer:
        for chat in many:
            writer.save(chat)

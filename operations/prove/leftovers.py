"""What a run leaves, however it ended: chats that nobody deleted, requests that nobody answered, mail, staff."""

from datetime import datetime
from typing import Literal

from imchat import canaries, places
from imchat.chat import deleting, inbox
from imchat.errors import NotFound
from imchat.rights.requests import end, open_requests
from imchat.stores.requests import CLOSED
from infra.stacks import engineer
from operations.prove import inbox as mail
from operations.prove.staff import dismiss
from operations.prove.stage import Stage


def clear(stage: Stage, now: datetime) -> int:
    """Take it all away, of this run and of any before it; how many chats and requests there were. Done again, it
    finishes what was cut."""
    dismiss()
    actor = engineer()
    left = open_requests(canaries.SITE_ID, now)
    for request in left:
        end(request, CLOSED, "The promises were played.", actor, now, letter=None)
    found = len(left) + sum(_chats(status, actor, now) for status in ("open", "closed"))
    mail.clear(stage)
    return found


def _chats(status: Literal["open", "closed"], actor: str, now: datetime) -> int:
    """Delete the website's chats in this status."""
    start, found = None, 0
    while True:
        page = inbox.listing(
            canaries.SITE_ID, "", status=status, assigned="all", limit=places.MOST, start=start, now=now
        )
        for chat in page.chats:
            try:
                deleting.delete(chat.pk, canaries.SITE_ID, actor, now)
                found += 1
            except NotFound:  # somebody else was faster
                pass
        start = page.next
        if start is None:
            return found

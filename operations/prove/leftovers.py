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


def clear(stage: Stage, now: datetime) -> None:
    """Take it all away, of this run and of any before it; staff first. Done again, it finishes what was cut."""
    dismiss()
    actor = engineer()
    for request in open_requests(canaries.SITE_ID, now):
        end(request, CLOSED, "The promises were played.", actor, now, letter=None)
    _delete_chats("open", actor, now)
    _delete_chats("closed", actor, now)
    mail.clear(stage)


def _delete_chats(status: Literal["open", "closed"], actor: str, now: datetime) -> None:
    start = None
    while True:
        page = inbox.listing(
            canaries.SITE_ID, "", status=status, assigned="all", limit=places.MOST, start=start, now=now
        )
        for chat in page.chats:
            try:
                deleting.delete(chat.pk, canaries.SITE_ID, actor, now)
            except NotFound:  # somebody else was faster
                pass
        start = page.next
        if start is None:
            return

"""The inbox: chats of a site by status and by who answers them, newest first. One index query and one batch read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from imchat import places
from imchat.stores.chats import META, Chat, assignment_key, inbox_key


@dataclass(frozen=True)
class Listing:
    """A page of chats; ``next`` asks for the page behind it, None at the end."""

    chats: list[Chat]
    next: str | None


def listing(
    site_id: str,
    operator_id: str,
    *,
    status: Literal["open", "closed"],
    assigned: Literal["all", "mine", "unassigned"],
    limit: int,
    start: str | None,
    now: datetime,
) -> Listing:
    """Chats of the site, newest first, at most ``limit`` (1 to places.MOST). Raises InvalidInput for a bad limit or
    start."""
    index: Any = Chat.inbox_index if assigned == "all" else Chat.assignment_index
    name = index.Meta.index_name
    if assigned == "all":
        partition = inbox_key(site_id, status)
    else:
        partition = assignment_key(site_id, status, operator_id if assigned == "mine" else None)
    query = index.query(
        partition,
        scan_index_forward=False,
        limit=places.bounded(limit),
        page_size=limit,
        last_evaluated_key=places.key_of(start, "opened_at", sk=META, **{name: partition}) if start else None,
    )
    order = {key.pk: place for place, key in enumerate(query)}
    found = Chat.batch_get([(chat_id, META) for chat_id in order]) if order else ()
    chats = sorted(
        (
            chat
            for chat in found
            # The index may be a moment behind the item.
            if chat.visible(now) and chat.site_id == site_id and chat.status == status
        ),
        key=lambda chat: order[chat.pk],
    )
    last = query.last_evaluated_key
    return Listing(chats, places.spelled(last, "opened_at") if last else None)

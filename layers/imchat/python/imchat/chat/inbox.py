"""The inbox: chats of a site by status and by who answers them, newest first. One index query, and one batch read that
also tells which of them the operator has looked at in this hour; the views of the others are recorded (N19)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from imchat import places
from imchat.live.frames import LAST_WORDS
from imchat.stores import evidence
from imchat.stores.base import batch_get_together
from imchat.stores.chats import META, Chat, assignment_key, inbox_key
from imchat.stores.verbs import batches

# A batch read takes a hundred keys: of each chat, its own and that of the view.
_READ_AT_ONCE = 50
# What an answer says of a chat beside what people wrote.
_AROUND, _BYTES_A_CHARACTER = 1_500, 4


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
    """Chats of the site, newest first, at most ``limit`` (1 to places.MOST), fewer where an answer holds no more. That
    ``operator_id`` (empty: the system) looked at them is recorded, once an hour. Raises InvalidInput for a bad limit or
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
    found, seen = _read(list(order), operator_id, now)
    chats = sorted(
        (
            chat
            for chat in found
            # The index may be a moment behind the item.
            if chat.visible(now) and chat.site_id == site_id and chat.status == status and not chat.restricted
        ),
        key=lambda chat: order[chat.pk],
    )
    last = query.last_evaluated_key
    fit = places.fitting(map(_size, chats))
    if fit < len(chats):
        chats = chats[:fit]
        last = {"opened_at": {"N": str(int(chats[-1].opened_at))}, "pk": {"S": chats[-1].pk}}
    if operator_id:
        evidence.record_views(chats, operator_id, now, seen)
    return Listing(chats, places.spelled(last, "opened_at") if last else None)


def _size(chat: Chat) -> int:
    """How many bytes an answer takes for a chat in the list, at most."""
    words = len(chat.page_url or "") + len(chat.name or "") + LAST_WORDS
    return _AROUND + _BYTES_A_CHARACTER * words


def _read(chat_ids: list[str], operator_id: str, now: datetime) -> tuple[list[Chat], set[str]]:
    """The chats, and those of their ids that the log knows as looked at by the operator in this hour: both in one
    call for each fifty chats."""
    found: list[Chat] = []
    seen: set[str] = set()
    for some in batches(chat_ids, _READ_AT_ONCE):
        wanted: list[Any] = [(Chat, [(chat_id, META) for chat_id in some], None)]
        if operator_id:
            places = [evidence.view_place(chat_id, operator_id, now) for chat_id in some]
            wanted.append((evidence.Entry, places, evidence.VIEW_OUTLINE))
        for item in batch_get_together(wanted):
            if isinstance(item, Chat):
                found.append(item)
            else:
                seen.add(item.pk)
    return found, seen

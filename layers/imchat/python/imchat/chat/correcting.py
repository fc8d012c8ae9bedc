"""Adding or correcting who the visitor is (N14): by the visitor, or on request. A name or address as it was before goes
nowhere but the system log; of a number, the log keeps a keyed hash."""

from datetime import datetime
from typing import Any

from imchat.chat.reading import load
from imchat.errors import Conflict, Unavailable
from imchat.live import telling
from imchat.people import Details
from imchat.stores import accounts, evidence, ledger
from imchat.stores.base import Cancelled, named, put, transact, update
from imchat.stores.chats import CLOSED, MOST_CORRECTIONS, OPEN, Chat

_FIELDS = ("name", "email", "phone")
_ROUNDS = 5


def correct(
    chat_id: str, site_id: str, changes: dict[str, str | None], now: datetime, *, actor: str = "visitor"
) -> Chat:
    """Set or clear name, email, phone; ``changes`` holds those that were sent. Answers the chat as it then is. Raises
    InvalidInput, NotFound, Conflict for a visitor who corrected too often."""
    site = accounts.site(site_id)
    region = site.region if site else "GB"
    for _ in range(_ROUNDS):
        chat = load(chat_id, site_id, now)
        details = vars(Details.of(changes.get("name"), changes.get("email"), changes.get("phone"), region))
        new = {column: details[column] for field in _FIELDS if field in changes for column in (field, f"{field}_key")}
        if "name" in changes:
            new |= named(details["name_key"])
        if all(getattr(chat, column) == value for column, value in new.items()):
            return chat
        if actor == "visitor" and (chat.corrections or 0) >= MOST_CORRECTIONS:
            raise Conflict(
                "too_many_corrections", "This was corrected as often as it may be. Please tell us in the chat."
            )
        changed = {field for field in _FIELDS if field in new and getattr(chat, field) != new[field]}
        if _write(chat, new, changed, actor, now):
            for column, value in new.items():
                setattr(chat, column, value)
            chat.vouched = set(chat.vouched or ()) - changed or None
            telling.changed(chat, now)
            return chat
    raise Unavailable


def _write(chat: Chat, new: dict[str, Any], changed: set[str], actor: str, now: datetime) -> bool:
    """One transaction; False when the details changed meanwhile."""
    columns = {column: getattr(Chat, column) for column in new}
    actions = [columns[column].set(value) if value else columns[column].remove() for column, value in new.items()]
    actions.append(Chat.corrections.add(1))
    if changed:
        actions.append(Chat.vouched.delete(changed))  # the site vouched for what was there, not for this
    condition = Chat.status.is_in(OPEN, CLOSED) & (Chat.expires_at > int(now.timestamp()))
    for column, attribute in columns.items():
        old = getattr(chat, column)
        condition &= (attribute == old) if old else attribute.does_not_exist()
    number = evidence.hidden("phone", chat.phone_key) if "phone" in changed else None
    fields = ", ".join(field for field in _FIELDS if field in changed)
    # Whoever does it, a correction is the person's own wish, and what stood there before is kept nowhere else (N14).
    before = evidence.entry(chat, "correct", actor, now, own=True, field=fields or None, phone_key=number)
    # What a restored backup has to clear; what was only added, it does not have.
    noted = [
        ledger.mark(ledger.of_field(ledger.CORRECTED, field), chat.TABLE, chat.pk, now, int(chat.expires_at))
        for field in sorted(changed)
        if getattr(chat, field)
    ]
    try:
        transact(put(before), *noted, update(chat, actions, condition))
    except Cancelled:
        return False
    return True

"""Calls that staff note down (N9), and the chats that calls and emails belong to (N11)."""

from datetime import datetime, timedelta

from imchat import references, text
from imchat.clock import milliseconds, plausible
from imchat.desk.lookups import usable
from imchat.errors import Conflict, InvalidInput, NotFound
from imchat.fields import checked
from imchat.people import Details
from imchat.stores import accounts, evidence
from imchat.stores.base import Cancelled, put, transact, update
from imchat.stores.chats import META, Chat
from imchat.stores.correspondence import ACTIVITY, CALL, Correspondence

_AHEAD = timedelta(minutes=5)


def record_call(
    site_id: str,
    staff: str,
    *,
    about: str,
    at: datetime | None,
    name: str | None,
    email: str | None,
    phone: str | None,
    chat_id: str | None,
    client_id: str | None = None,
    now: datetime,
) -> Correspondence:
    """Note down a call: who, from which number, when (now where None), what about, which chat it belongs to; the same
    under the same ``client_id`` is noted once. Raises InvalidInput, also for a call that lies ahead or so far back that
    it may not be kept any more."""
    named = references.repeatable(client_id, site_id, staff, about, at, name, email, phone, chat_id)
    at = checked("at", plausible, at) if at else now
    if at > now + _AHEAD:
        raise InvalidInput("invalid_value", "The call lies in the future.", "at")
    site = accounts.site(site_id)
    details = Details.of(name, email, phone, site.region if site else "GB")
    call = Correspondence(
        references.of(*named),
        site_id=site_id,
        at=milliseconds(at),
        channel=CALL,
        text=checked("about", text.message, about),
        chat_id=_chat(chat_id, site_id, now) if chat_id else None,
        recorded_by=staff,
        **vars(details),
    )
    call.end_at(ACTIVITY.expires_at(at))
    if not call.visible(now):
        raise InvalidInput("too_old", f"A call is kept for {ACTIVITY.lasting}; this one is older.", "at")
    try:
        transact(put(call, Correspondence.pk.does_not_exist()), put(evidence.entry(call, "record", staff, now)))
    except Cancelled as cancelled:
        return Correspondence.from_raw_data(cancelled.failed[0])
    return call


def link(correspondence_id: str, site_id: str, staff: str, chat_id: str | None, now: datetime) -> Correspondence:
    """Say which chat of the site a call or email belongs to; None unlinks. Raises InvalidInput, NotFound,
    Conflict."""
    item = Correspondence.load(correspondence_id, now=now)
    if item is None or item.site_id != site_id:
        raise NotFound("correspondence")
    usable(item, now)
    if (chat_id or None) == item.chat_id:
        return item
    chat = _chat(chat_id, site_id, now) if chat_id else None
    action = Correspondence.chat_id.set(chat) if chat else Correspondence.chat_id.remove()
    record = evidence.entry(item, "link", staff, now, note=f"to chat {chat}" if chat else "to no chat")
    try:
        transact(put(record), update(item, [action], Correspondence.pk.exists()))
    except Cancelled:
        raise Conflict("changed_meanwhile", "Somebody else changed this just now. Please look again.") from None
    item.chat_id = chat
    return item


def _chat(chat_id: str, site_id: str, now: datetime) -> str:
    chat = Chat.outline(chat_id, META, now=now)
    if chat is None or chat.site_id != site_id:
        raise InvalidInput("chat_unknown", "There is no such chat.", "chat_id")
    return chat_id

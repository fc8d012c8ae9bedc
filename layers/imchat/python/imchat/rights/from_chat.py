"""A data-protection request that somebody makes in a chat: the operator passes it on, and it becomes a candidate at the
desk of that website. What was said stays in the chat, and ends with it."""

from datetime import datetime

from imchat import references, text
from imchat.chat.reading import load, restricted
from imchat.errors import Conflict
from imchat.fields import checked
from imchat.rights.clocks import next_due
from imchat.rights.requests import happened, one_of
from imchat.stores import evidence
from imchat.stores.base import Cancelled, put, transact
from imchat.stores.chats import Chat
from imchat.stores.requests import ACTIVITY, CANDIDATE, EVERYBODY, OPEN, TYPES, Request

_WHOSE = ("name", "email", "phone", "name_key", "name_search", "email_key", "phone_key")
# How often somebody may ask anew in one chat, after the request before has ended.
_MOST = 20


def pass_on(
    chat_id: str, site_id: str, operator: str, *, kind: str, details: str | None, now: datetime
) -> tuple[Request, bool]:
    """(the candidate that a chat makes, whether it is new). It is of whom the chat is of: nothing in it is proven, so
    all is found as the proof of identity says. While it is open there is one for a chat; passing it on again gives it
    what the visitor has said of themselves since. Raises InvalidInput, NotFound, Conflict."""
    one_of("type", kind, TYPES)
    words = checked("details", text.message, details) if details else None
    chat = load(chat_id, site_id, now)
    if chat.restricted:
        raise restricted()
    for number in range(_MOST):
        made = _candidate(chat, number, operator, now)
        made.type, made.details = kind, words
        made.due_day = next_due(made, now).toordinal()
        try:
            record = evidence.entry(made, "request_received", operator, now)
            transact(put(made, Request.pk.does_not_exist()), put(record))
            return made, True
        except Cancelled as cancelled:
            there = Request.from_raw_data(cancelled.failed[0])
        if there.status in OPEN:
            return _brought_up(there, made), False
    raise Conflict("request_ended", "What was asked in this chat has been answered. Take a new request in at the desk.")


def _candidate(chat: Chat, number: int, operator: str, now: datetime) -> Request:
    request = Request(
        references.short(references.of("asked in chat", chat.pk, str(number))),
        site_id=chat.site_id,
        at=_asked_at(chat),
        status=CANDIDATE,
        channel="chat",
        chat_id=chat.pk,
        events=[happened("received", operator, now)],
        open_site=chat.site_id,
        open_all=EVERYBODY,
        **{field: getattr(chat, field) for field in _WHOSE},
    )
    request.end_at(ACTIVITY.expires_at(now))
    return request


def _asked_at(chat: Chat) -> int:
    """When the visitor last wrote, as far as it is at hand: the clock runs from receipt."""
    said = (message.at for message in reversed(chat.messages) if message.by == "visitor")
    return int(next(said, chat.opened_at))


def _brought_up(there: Request, made: Request) -> Request:
    """The candidate, of whom the chat is of by now. Once the desk has confirmed it, it stays as it is."""
    if there.status != CANDIDATE or all(getattr(there, field) == getattr(made, field) for field in _WHOSE):
        return there
    revision = int(there.revision)
    for field in _WHOSE:
        setattr(there, field, getattr(made, field))
    there.revision = revision + 1
    try:
        transact(put(there, (Request.status == CANDIDATE) & (Request.revision == revision)))
    except Cancelled:  # the desk has just decided on it, or a colleague passed it on at the same moment
        pass
    return there

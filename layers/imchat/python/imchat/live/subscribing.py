"""Who listens: a connection comes, says who it is, hears of a chat or of a whole site, goes.

A visitor's hello subscribes and reads in one conditional write: what was said before it is in the answer, what is said
after it is pushed, and nothing can fall between.
"""

from collections.abc import Sequence
from datetime import datetime

from pynamodb.expressions.condition import Condition, size

from imchat import tokens
from imchat.chat.reading import Reading, behind
from imchat.clock import hour_of, milliseconds
from imchat.errors import Forbidden, InvalidInput, NotFound, TooMany, Unauthorised
from imchat.live import telling
from imchat.live.pushing import drop, side_by_side
from imchat.settings import settings
from imchat.stores import accounts, connections, evidence
from imchat.stores.accounts import Operator
from imchat.stores.base import Stale
from imchat.stores.chats import CLOSED, META, OPEN, Chat
from imchat.stores.connections import Connection

MOST_WATCHED = 100
# A visitor's pages: whoever opens more cannot keep the staff out.
MOST_OF_VISITOR = 50
# With the staff's, who cannot keep the visitor out either. A set of this size is a few KB of an item and a fraction of
# a second of pushes.
MOST_LISTENERS = accounts.MOST_LISTENERS + MOST_OF_VISITOR
# API Gateway's frames take 32 KB; who gets no more than this goes on by reading.
_WELCOME_BYTES = 12 * 1024
# Two clocks that disagree about the hour.
_ROUNDS = 3


def greet_visitor(connection_id: str, token: str, after: int, now: datetime) -> tuple[Reading, bool]:
    """Have a visitor's connection told of its chat: what was said behind ``after``, and whether anybody is there to
    answer. Raises Unauthorised, Forbidden from another website's page, NotFound, InvalidInput, TooMany."""
    claims = tokens.verify(token, now)
    connection = connections.greet(connection_id, claims.site_id, now, chat_id=claims.chat_id)
    if connection.origin is not None and connection.origin != claims.origin:
        raise Forbidden("origin_not_allowed", "This chat was opened on another website.")
    chat = _listen(claims.chat_id, claims.site_id, f"v:{connection_id}", now)
    if len(chat.connections("v")) > MOST_OF_VISITOR:
        telling.forget(chat, {f"v:{connection_id}"})
        raise _too_many()
    if len(chat.connections("v")) == 1:
        telling.visitor_here(chat, here=True)
    site = accounts.site(claims.site_id)
    return behind(chat, after, notes=False, most=_WELCOME_BYTES), bool(site and site.online(now))


def greet_staff(connection_id: str, ticket: str, now: datetime) -> None:
    """Have an operator's connection told of new chats on their site. Raises Unauthorised, also for an operator who was
    disabled; Forbidden from a page that is not ours; TooMany."""
    claims = tokens.verify_ticket(ticket, now)
    operator(claims.site_id, claims.operator_id)
    connection = connections.greet(connection_id, claims.site_id, now, operator_id=claims.operator_id)
    if connection.origin is not None and connection.origin != settings().web_url:
        raise Forbidden("origin_not_allowed", "Operators connect from our own pages only.")
    try:
        accounts.listen(claims.site_id, connection_id)
    except Stale as stale:
        if stale.item is None:
            raise NotFound("site") from None
        raise TooMany("too_many_connections", "Too many pages of the site's staff are connected.", 60) from None


def operator(site_id: str, operator_id: str) -> Operator:
    """The operator a connection speaks for. Raises Unauthorised once they were disabled."""
    found = accounts.operator(site_id, operator_id)
    if found is None:
        raise Unauthorised("not_an_operator", "This needs an operator of the site. Please sign in again.")
    return found


class Watched(dict[str, int]):
    """How far each chat goes that an operator's connection is told of from here on; ``chats`` are they, as they are
    now."""

    def __init__(self, chats: Sequence[Chat]) -> None:
        super().__init__({chat.pk: chat.length for chat in chats})
        self.chats = chats


def watch(connection: Connection, chat_ids: Sequence[str], now: datetime) -> Watched:
    """Have an operator's connection told all of these chats, those that there are for them, to the end of the hour:
    that they are looked at is recorded first, once an hour (N19), and whoever is to be shown more says so again. Raises
    InvalidInput for too many."""
    if len(chat_ids) > MOST_WATCHED:
        raise InvalidInput("invalid_value", f"At most {MOST_WATCHED} chats at once.", "chat_ids")
    site_id = str(connection.site_id)

    def one(chat: Chat) -> Chat | None:
        try:
            return _listen_as_staff(chat.pk, site_id, connection.pk, now)
        except (NotFound, TooMany):
            return None

    wanted = [(chat_id, META) for chat_id in dict.fromkeys(chat_ids)]
    there = [
        chat
        for chat in (Chat.batch_get(wanted, consistent_read=True) if wanted else ())
        if chat.site_id == site_id and chat.visible(now) and not chat.restricted
    ]
    if there:
        evidence.record_views(there, str(connection.operator_id), now)
    heard = {chat.pk: chat for chat in side_by_side(one, there) if chat}
    if heard:
        connections.watches(connection.pk, heard)
    return Watched([heard[chat_id] for chat_id, _ in wanted if chat_id in heard])


def leave(connection_id: str, now: datetime) -> None:
    """Have a connection that is over told nothing more. Chats that began with it find out when they tell it."""
    connection = Connection.load(connection_id, now=now)
    if connection is None:
        return
    if connection.chat_id:
        telling.forget(Chat(connection.chat_id), {f"v:{connection_id}"})
    if connection.operator_id:
        site = accounts.unlisten(str(connection.site_id), {f"o:{connection_id}"})
        if site and accounts.operator(site.site_id, connection.operator_id) is None:
            _put_out(site, now)
        side_by_side(lambda one: telling.forget(Chat(one), {f"o:{connection_id}"}), connection.watching or ())
    connection.delete()


def _put_out(site: accounts.Site, now: datetime) -> None:
    """An operator was disabled, and with that their presence ended: their colleagues hear it, and where there is nobody
    any more, visitors do."""
    telling.staff_present(site, accounts.operators(site.site_id), now)
    if not site.online(now):
        telling.online(site, now)


def dismiss(site_id: str, operator_id: str) -> None:
    """Close the connections of an operator who was disabled; nobody else's."""
    site = accounts.site(site_id)
    listening = [one[2:] for one in (site.listeners if site else None) or ()]
    found = Connection.batch_get(listening) if listening else ()
    drop(one.pk for one in found if one.operator_id == operator_id)


def _listen(chat_id: str, site_id: str, listener: str, now: datetime) -> Chat:
    there, room = _there(site_id, now), _room()
    try:
        return Chat(chat_id).change([Chat.listeners.add({listener})], there & room)
    except Stale as stale:
        raise _not_heard(stale.item, site_id, now) from None


def _listen_as_staff(chat_id: str, site_id: str, connection: str, now: datetime) -> Chat:
    """One write; two for the first who looks in an hour."""
    hour = hour_of(milliseconds(now))
    allowed = _there(site_id, now) & _room() & Chat.restricted.does_not_exist()
    listening = Chat.listeners.add({f"o:{connection}"})
    begun, begins = Chat.shown_hour == hour, Chat.shown_hour.does_not_exist() | (Chat.shown_hour != hour)
    first = [listening, Chat.shown_on.set({connection}), Chat.shown_hour.set(hour)]
    for _ in range(_ROUNDS):
        try:
            return Chat(chat_id).change([listening, Chat.shown_on.add({connection})], allowed & begun)
        except Stale as stale:
            if stale.item is None or stale.item.shown_hour == hour:
                raise _not_heard(stale.item, site_id, now) from None
        try:
            return Chat(chat_id).change(first, allowed & begins)
        except Stale as stale:
            if stale.item is None or stale.item.shown_hour != hour:
                raise _not_heard(stale.item, site_id, now) from None
    raise NotFound("chat")


def _there(site_id: str, now: datetime) -> Condition:
    there: Condition = (
        Chat.status.is_in(OPEN, CLOSED) & (Chat.site_id == site_id) & (Chat.expires_at > int(now.timestamp()))
    )
    return there


def _room() -> Condition:
    room: Condition = Chat.listeners.does_not_exist() | (size(Chat.listeners) < MOST_LISTENERS)
    return room


def _not_heard(found: Chat | None, site_id: str, now: datetime) -> NotFound | TooMany:
    if found and found.site_id == site_id and found.visible(now) and len(found.listeners or ()) >= MOST_LISTENERS:
        return _too_many()
    return NotFound("chat")


def _too_many() -> TooMany:
    return TooMany("too_many_connections", "This chat is open on too many pages.", 60)

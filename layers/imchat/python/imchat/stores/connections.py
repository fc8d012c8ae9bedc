"""Connections that stand just now: for whom each speaks. They end by themselves within hours."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from imchat.errors import Conflict, TooMany, Unauthorised
from imchat.register.activity import Activity
from imchat.register.fields import REFERENCE, SITE, NotPersonal
from imchat.register.store import Store
from imchat.stores.base import ExpiringItem, Stale

ACTIVITY = Activity(
    name="connections",
    title="Live connections",
    place=87,
    role="processor",
    purpose="To show at once what is said in a chat, on the pages that have it open.",
    lawful_basis="Legitimate interests (UK GDPR Article 6(1)(f)): answering those who ask",
    people="nobody: it holds random references only",
    categories=(),
    source="our own system",
    recipients=(),
    at_end="deleted when the page is closed, within three hours at the latest",
    erasure="retained",
    recoverable=False,
)
# API Gateway ends every connection after two.
_LASTS = timedelta(hours=3)
# How many frames a connection may send in a window of so many seconds: more than a page's typing, posts and pings ever
# are, and less than would leave others without their share of the gateway. An operator answers many chats at once.
WINDOW_SECONDS = 300
MOST_FRAMES, MOST_FRAMES_OF_STAFF = 600, 3000
# None is longer; what is longer is none.
_ORIGIN_LENGTH = 300


class Connection(ExpiringItem):
    """One connection. Before it has said who it is, it is known by nothing but the ``origin`` of its page (None outside
    a browser); then it is the visitor's of one chat, or one operator's, who may be ``watching`` chats."""

    TABLE = "connections"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    origin = UnicodeAttribute(null=True)
    site_id = UnicodeAttribute(null=True)
    chat_id = UnicodeAttribute(null=True)
    operator_id = UnicodeAttribute(null=True)
    watching = UnicodeSetAttribute(null=True)
    # How many frames were sent in the window that began at this epoch second.
    window = NumberAttribute(null=True)
    frames = NumberAttribute(null=True)


def arrive(connection_id: str, origin: str | None, now: datetime) -> None:
    """Note a connection that has not yet said who it is."""
    origin = origin[:_ORIGIN_LENGTH] if origin else None
    Connection(connection_id, origin=origin, expires_at=int((now + _LASTS).timestamp())).save()


def greet(
    connection_id: str, site_id: str, now: datetime, *, chat_id: str | None = None, operator_id: str | None = None
) -> Connection:
    """Note for whom it speaks, once and for all; the same again is no other. Every hello counts as a frame.
    Raises Conflict where it speaks for somebody else already, Unauthorised where there is no such connection,
    TooMany."""
    whose = Connection.chat_id.set(chat_id) if chat_id else Connection.operator_id.set(str(operator_id))
    try:
        greeted: Connection = Connection(connection_id).change(
            [Connection.site_id.set(site_id), whose, Connection.window.set(_window(now)), Connection.frames.set(1)],
            Connection.site_id.does_not_exist() & (Connection.expires_at > int(now.timestamp())),
        )
        return greeted
    except Stale as stale:
        if stale.item and stale.item.visible(now):
            connection = heard(connection_id, now)
            if (stale.item.site_id, stale.item.chat_id, stale.item.operator_id) == (site_id, chat_id, operator_id):
                return connection
            raise Conflict("greeted_already", "This connection has said hello before.") from None
        raise Unauthorised("connection_over", "This connection is over. Please open another.") from None


def heard(connection_id: str, now: datetime) -> Connection:
    """The connection that sent a frame, which is counted; it has said who it is. One call, two for the first frame of a
    window. Raises Unauthorised, TooMany."""
    window = _window(now)
    connection = Connection(connection_id)
    greeted = Connection.site_id.exists() & (Connection.expires_at > int(now.timestamp()))
    few = (Connection.frames < MOST_FRAMES) | (
        Connection.operator_id.exists() & (Connection.frames < MOST_FRAMES_OF_STAFF)
    )
    try:
        return connection.change([Connection.frames.add(1)], greeted & (Connection.window == window) & few)
    except Stale as stale:
        found = stale.item
    if found is None or not found.visible(now) or not found.site_id:
        raise Unauthorised("hello_missing", "The first frame of a connection is its hello.")
    if found.window == window:
        left = window + WINDOW_SECONDS - int(now.timestamp())
        raise TooMany("too_many_frames", "This page sends too much at once. Please wait a little.", left)
    try:
        return connection.change([Connection.window.set(window), Connection.frames.set(1)], greeted)
    except Stale:
        raise Unauthorised("connection_over", "This connection is over. Please open another.") from None


def _window(now: datetime) -> int:
    return int(now.timestamp()) // WINDOW_SECONDS * WINDOW_SECONDS


def watches(connection_id: str, chat_ids: Iterable[str]) -> None:
    """Note which chats it is told about, so that they can forget it."""
    try:
        Connection(connection_id).change([Connection.watching.add(set(chat_ids))], Connection.pk.exists())
    except Stale:
        pass


class Connections(Store):
    """Holds nothing about anybody; DynamoDB's own expiry suffices."""

    activity = ACTIVITY
    models = (Connection,)
    fields = {
        "pk": REFERENCE,
        "origin": NotPersonal("which website it belongs to"),
        "site_id": SITE,
        "chat_id": REFERENCE,
        "operator_id": REFERENCE,
        "watching": NotPersonal("random references of chats"),
        **dict.fromkeys(("window", "frames"), NotPersonal("a count within minutes")),
        "expires_at": NotPersonal("when it ends"),
    }


STORE = Connections()

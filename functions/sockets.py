"""WebSockets: what a page sends over its connection, and what it is answered. app.py registers these three, since
Chalice takes them from the app only."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from functions import frames, views
from functions.http import problem_of
from functions.observe import count, logger, observed
from functions.reading import known
from imchat import clock
from imchat.aws import AWS_ERRORS
from imchat.errors import Conflict, Forbidden, ImchatError, InvalidInput, NotFound, TooMany, Unauthorised, Unavailable

Answer = dict[str, Any]
_TAKEN: Answer = {"statusCode": 200}


def _socket(handler: Callable[[Any, Any], Answer]) -> Callable[[Any], Answer]:
    """Chalice hands over one event object; ours are observed as every other entry is."""
    run = observed(handler)

    @wraps(handler)
    def called(event: Any) -> Answer:
        answer: Answer = run(event.to_dict(), event.context)
        return answer

    return called


@_socket
def socket_connected(event: dict[str, Any], context: Any) -> Answer:
    """A page connects. Who it is, its first frame says: an address holds nothing, for addresses are logged."""
    from imchat.stores import connections

    if event.get("queryStringParameters"):
        return {"statusCode": 400}
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    connections.arrive(_connection_id(event), headers.get("origin"), clock.now())
    return _TAKEN


@_socket
def socket_disconnected(event: dict[str, Any], context: Any) -> Answer:
    """A connection is over."""
    from imchat.live.subscribing import leave

    leave(_connection_id(event), clock.now())
    return _TAKEN


@_socket
def socket_frame(event: dict[str, Any], context: Any) -> Answer:
    """A frame; what it is answered goes back on the connection. Who does not begin with a hello that holds is told why,
    and the connection is closed."""
    connection_id = _connection_id(event)
    frame: frames.Frame | None = None
    try:
        frame = frames.parsed(event)
        answer = _answer(connection_id, frame)
    except ImchatError as error:
        return _refused(connection_id, frame, error)
    except AWS_ERRORS:
        logger().exception("AWS")
        count("Failures")
        return _refused(connection_id, frame, Unavailable())
    except Exception:  # the last net: nothing of it may reach the caller
        logger().exception("unexpected")
        count("Failures")
        internal = ImchatError("internal", "Something went wrong on our side. Please try again.")
        return _refused(connection_id, frame, internal)
    return _TAKEN | {"body": _text(answer)} if answer else _TAKEN


def _answer(connection_id: str, frame: frames.Frame) -> Answer | None:
    from imchat.live import attending, subscribing
    from imchat.stores import connections

    now = clock.now()
    if isinstance(frame, frames.Hello):
        return _hello(connection_id, frame)
    me = connections.heard(connection_id, now)
    site_id = str(me.site_id)
    operator = subscribing.operator(site_id, me.operator_id) if me.operator_id else None
    if isinstance(frame, frames.Ping):
        return {"type": "pong"} | ({"cursor": attending.cursor(me.chat_id, site_id, now)} if me.chat_id else {})
    if isinstance(frame, frames.Watch):
        if not operator:
            raise Forbidden("wrong_group", "This needs an operator of the site.")
        chat_ids = [known(one, "chat") for one in frame.chat_ids]
        return views.watching(subscribing.watch(me, chat_ids, now))
    chat_id = _chat_id(me, frame.chat_id)
    if isinstance(frame, frames.Post):
        return _post(me, operator, chat_id, frame)
    if isinstance(frame, frames.Typing):
        by, name = ("operator", operator.name) if operator else ("visitor", None)
        attending.type_at(chat_id, site_id, by, name, typing=frame.typing, now=now, but=connection_id)
    else:
        by = "staff" if operator else "visitor"
        attending.mark_read(chat_id, site_id, by, frame.cursor, now, but=connection_id)
    return None


def _hello(connection_id: str, frame: frames.Hello) -> Answer:
    from imchat.live.subscribing import greet_staff, greet_visitor

    now = clock.now()
    if frame.ticket:
        greet_staff(connection_id, frame.ticket, now)
        return {"type": "welcome"}
    reading, online = greet_visitor(connection_id, str(frame.token), frame.after, now)
    return {"type": "welcome", **views.reading(reading), "online": online}


def _post(me: Any, operator: Any, chat_id: str, frame: frames.Post) -> Answer:
    from imchat.chat.posting import Author, post

    if frame.note and not operator:
        raise Forbidden("wrong_group", "Only operators leave notes.")
    author = (
        Author(me.site_id, "note" if frame.note else "operator", operator.operator_id, operator.name, me.pk)
        if operator
        else Author(me.site_id, connection=me.pk)
    )
    posted = post(chat_id, author, frame.text, frame.client_id, clock.now())
    count({"visitor": "MessagesPosted", "operator": "RepliesPosted", "note": "NotesPosted"}[author.by])
    return {
        "type": "posted",
        "chat_id": chat_id,
        "client_id": frame.client_id,
        **views.posted(posted, staff=bool(operator)),
    }


def _chat_id(me: Any, named: str | None) -> str:
    """The chat that a frame is about: a visitor has one, staff name it. Raises InvalidInput, NotFound."""
    if named is not None:
        known(named, "chat")
        if me.chat_id not in (None, named):
            raise NotFound("chat")
    chat_id = me.chat_id or named
    if chat_id is None:
        raise InvalidInput("missing_field", "This field is required.", "chat_id")
    return str(chat_id)


def _refused(connection_id: str, frame: frames.Frame | None, error: ImchatError) -> Answer:
    """Tell why a frame was not taken. A connection that has not said, or can no longer say, who it is, ends; so does
    one that sends too many, since one that is refused costs as much as one that is taken."""
    from imchat.live.pushing import drop, push

    told: Answer = {"type": "problem", "problem": problem_of(error)}
    if isinstance(frame, frames.Post) and not (isinstance(error, InvalidInput) and error.field == "client_id"):
        told["client_id"] = frame.client_id
    ends = isinstance(error, Unauthorised | TooMany) or (
        isinstance(frame, frames.Hello) and not isinstance(error, Conflict)
    )
    logger().info("frame refused", extra={"problem": error.kind, "ends": ends})
    if ends or (frame is None and not _greeted(connection_id)):
        push({connection_id: [told]})
        drop([connection_id])
        return _TAKEN
    return _TAKEN | {"body": _text(told)}


def _greeted(connection_id: str) -> bool:
    from imchat.stores import connections

    try:
        connections.heard(connection_id, clock.now())
    except (Unauthorised, TooMany, *AWS_ERRORS):
        return False
    return True


def _connection_id(event: dict[str, Any]) -> str:
    return str(event["requestContext"]["connectionId"])


def _text(frame: Answer) -> str:
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))

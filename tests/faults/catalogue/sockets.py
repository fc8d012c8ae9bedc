"""What connected pages send. A page that was not welcomed, or lost its connection, opens another."""

import json
import secrets
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from functions import frames, sockets
from functions.observe import EntryFailed
from imchat import aws, tokens
from tests.adapters.worlds import NOON, ORIGIN
from tests.faults.catalogue import visitor
from tests.faults.operations import FAILED, Context, Operation

Frame = Callable[[Any], dict[str, Any]]


def _happens(handler: Any, connection: str, **event: Any) -> tuple[int, Any]:
    """(status, frame that was answered) of an event on a connection."""
    wires = aws.client(aws.SOCKETS)
    wires.heard.setdefault(connection, [])
    event |= {"requestContext": {"connectionId": connection}}
    try:
        answer = handler(SimpleNamespace(to_dict=lambda: event, context=Context()))
    except EntryFailed:
        return FAILED, None
    told = json.loads(answer["body"]) if "body" in answer else None
    problem = told["problem"] if told and told["type"] == "problem" else None
    assert "canary" not in str(told)
    over = connection not in wires.heard
    return (FAILED if over else problem["status"] if problem else answer["statusCode"]), told


def _connects(there: Any, origin: str | None) -> int:
    there.connection = secrets.token_hex(8)
    headers = {"Origin": origin} if origin else {}
    return _happens(sockets.socket_connected, there.connection, headers=headers)[0]


def _sends(there: Any, **frame: Any) -> int:
    return _happens(sockets.socket_frame, there.connection, body=json.dumps(frame))[0]


def _leaves(there: Any) -> int:
    return _happens(sockets.socket_disconnected, there.connection)[0]


def _hello(of: Callable[[Any], dict[str, Any]], origin: str | None) -> Callable[[Any], int]:
    """Connect and say hello; where that fails, the connection ends."""

    def run(there: Any) -> int:
        status = _connects(there, origin)
        if status == 200 and (status := _sends(there, action="hello", **of(there))) == FAILED:
            _leaves(there)
        return status

    return run


def _token(there: Any) -> dict[str, Any]:
    return {"token": there.token}


def _ticket(there: Any) -> dict[str, Any]:
    return {"ticket": there.ticket}


def _with_ticket() -> SimpleNamespace:
    there = visitor.chat()
    there.ticket = tokens.issue_ticket(there.site.operator, there.site.site_id, NOON)
    return there


def _visiting() -> SimpleNamespace:
    there = visitor.chat()
    assert _hello(_token, ORIGIN)(there) == 200
    return there


def _attending() -> SimpleNamespace:
    there = _with_ticket()
    assert _hello(_ticket, None)(there) == 200
    return there


def _watching() -> SimpleNamespace:
    there = _attending()
    assert _sends(there, action="watch", chat_ids=[there.chat.pk]) == 200
    return there


def _frame(name: str, world: Any, of: Frame, **more: Any) -> Operation:
    return Operation(name=name, world=world, run=lambda there: _sends(there, **of(there)), **more)


def _connected(there: Any) -> int:
    return _connects(there, ORIGIN)


# Another connection is another. What was noted of one that never stood ends by itself within three hours.
_NEVER_STOOD = r'.*ConnectionsTable[^{]*\{"expires_at": "\d+",( "origin": "[^"]*",)? "pk": "[^"]*"\}'
_ANOTHER: dict[str, Any] = {"twice": False, "leave_out": _NEVER_STOOD}
FRAMES = {
    frames.Hello: [
        Operation(name="a visitor's hello", world=visitor.chat, run=_hello(_token, ORIGIN), **_ANOTHER),
        Operation(name="an operator's hello", world=_with_ticket, run=_hello(_ticket, None), **_ANOTHER),
        _frame("a hello again", _visiting, lambda there: {"action": "hello", **_token(there)}),
    ],
    frames.Post: [
        _frame("a message", _visiting, lambda _: {"action": "post", "text": "once", "client_id": "again"}),
        _frame(
            "a reply",
            _attending,
            lambda there: {"action": "post", "text": "Yes", "client_id": "r1", "chat_id": there.chat.pk},
        ),
    ],
    frames.Typing: [_frame("typing", _visiting, lambda _: {"action": "typing", "typing": True})],
    frames.Read: [_frame("having read", _visiting, lambda _: {"action": "read", "cursor": 2})],
    frames.Watch: [
        _frame("watching", _attending, lambda there: {"action": "watch", "chat_ids": [there.chat.pk]}),
    ],
    frames.Ping: [_frame("a sign of life", _visiting, lambda _: {"action": "ping"})],
}
FUNCTIONS = {
    "websocket_connect": [Operation(name="connecting", world=visitor.site, run=_connected, **_ANOTHER)],
    "websocket_message": [operation for operations in FRAMES.values() for operation in operations],
    "websocket_disconnect": [
        Operation(name="a visitor leaves", world=_visiting, run=_leaves),
        Operation(name="an operator leaves", world=_watching, run=_leaves),
    ],
}
ALL = [operation for operations in FUNCTIONS.values() for operation in operations]

"""Pages connected to the deployed WebSocket API."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.flow.client import Member, Visitor

PATIENCE = 60


class Page:
    """One connection. What it hears is kept until it is asked for."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.heard: list[dict[str, Any]] = []

    def send(self, **frame: Any) -> None:
        self.connection.send(json.dumps(frame))

    def hear(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The next frame of this type whose fields are these; frames before it stay to be heard. Fails where none
        comes."""

        def fits(frame: dict[str, Any]) -> bool:
            return frame["type"] == kind and all(frame.get(name) == value for name, value in fields.items())

        for number, frame in enumerate(self.heard):
            if fits(frame):
                return self.heard.pop(number)
        while True:
            frame = json.loads(self.connection.recv(timeout=PATIENCE))
            if fits(frame):
                return frame
            self.heard.append(frame)

    def ask(self, kind: str, **frame: Any) -> dict[str, Any]:
        """Send a frame, and hear its answer."""
        self.send(**frame)
        return self.hear(kind)

    def quiet(self) -> list[dict[str, Any]]:
        """What has come and was not asked for, up to now: an answer comes after what was pushed before it was asked
        for."""
        self.ask("pong", action="ping")
        heard, self.heard = self.heard, []
        return heard

    def ended(self) -> list[dict[str, Any]]:
        """What comes until the other side closes."""
        heard, self.heard = self.heard, []
        try:
            while True:
                heard.append(json.loads(self.connection.recv(timeout=PATIENCE)))
        except ConnectionClosed:
            return heard


@contextmanager
def connected(stack: dict[str, Any], origin: str | None = None, query: str = "") -> Iterator[Page]:
    """A connection that has not said who it is."""
    url = stack["websocket_url"] + query
    with connect(url, origin=origin, open_timeout=PATIENCE, max_size=None, proxy=None) as connection:
        yield Page(connection)


@contextmanager
def visiting(visitor: Visitor, after: int = 0) -> Iterator[Page]:
    """A visitor's page that listens."""
    with connected(visitor.stack, visitor.origin) as page:
        page.ask("welcome", action="hello", token=visitor.api.token, after=after)
        yield page


@contextmanager
def answering(member: Member, *chat_ids: str) -> Iterator[Page]:
    """An operator's page that listens to its site, and to these chats."""
    ticket = member("POST", "/v1/operator/socket").json["ticket"]
    with connected(member.stack, member.stack["web_url"]) as page:
        page.ask("welcome", action="hello", ticket=ticket)
        if chat_ids:
            page.ask("watching", action="watch", chat_ids=list(chat_ids))
        yield page

"""Connections without a network: what is pushed to each is kept. In place of API Gateway's management client."""

import json
import re
import secrets
from datetime import datetime
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError

from imchat import aws, tokens
from imchat.chat.posting import Author, post
from imchat.chat.reading import Reading
from imchat.live import subscribing
from imchat.stores import connections
from imchat.stores.chats import META, Chat
from tests.adapters.worlds import NOON, ORIGIN, World
from tests.limits import services
from tests.limits.hook import keep


class Wires:
    """All connections that stand."""

    def __init__(self) -> None:
        self.heard: dict[str, list[dict[str, Any]]] = {}
        self.broken: set[str] = set()
        self.tries: list[str] = []
        self._lock = Lock()

    def connect(self, origin: str | None = ORIGIN, now: datetime = NOON) -> str:
        """A connection that has not said who it is."""
        connection = secrets.token_hex(8)
        self.heard[connection] = []
        connections.arrive(connection, origin, now)
        return connection

    def visit(self, chat: Chat, after: int = 0, now: datetime = NOON) -> tuple[str, Reading]:
        """A visitor's page that listens to its chat, and what it was welcomed with."""
        connection = self.connect(now=now)
        token = tokens.issue(chat.pk, chat.site_id, ORIGIN, now=now, expires_at=int(chat.expires_at))
        return connection, subscribing.greet_visitor(connection, token, after, now)[0]

    def attend(self, site: World, operator: str, *chat_ids: str) -> str:
        """An operator's page that listens to its site, and to these chats."""
        connection = self.connect(None)
        subscribing.greet_staff(connection, tokens.issue_ticket(operator, site.site_id, NOON), NOON)
        if chat_ids:
            subscribing.watch(connections.heard(connection, NOON), chat_ids, NOON)
        return connection

    def lose(self, connection: str) -> None:
        """The network is gone, and nobody was told."""
        del self.heard[connection]

    def take(self, connection: str) -> list[dict[str, Any]]:
        """What a connection has heard since it was last asked for."""
        heard, self.heard[connection] = self.heard[connection], []
        return heard

    def kinds(self, connection: str) -> list[str]:
        """As ``take``, the types alone."""
        return [frame["type"] for frame in self.take(connection)]

    def post_to_connection(self, ConnectionId: str, Data: bytes) -> None:
        keep(services.refused(aws.SOCKETS, "PostToConnection", {"Data": Data}))
        with self._lock:
            self.tries.append(ConnectionId)
            if ConnectionId in self.broken:
                raise ClientError({"ResponseMetadata": {"HTTPStatusCode": 500}}, "PostToConnection")
            self._there(ConnectionId).append(json.loads(Data))

    def delete_connection(self, ConnectionId: str) -> None:
        with self._lock:
            self._there(ConnectionId)
            del self.heard[ConnectionId]

    def _there(self, connection: str) -> list[dict[str, Any]]:
        if connection not in self.heard:
            raise ClientError({"Error": {"Code": "GoneException"}, "ResponseMetadata": {"HTTPStatusCode": 410}}, "any")
        return self.heard[connection]


def loaded(chat: Chat) -> Chat:
    """The chat as it is now."""
    found = Chat.load(chat.pk, META, now=NOON)
    assert found
    return found


def said(site: World, chat: Chat, text: str, *, by: str = "visitor", connection: str | None = None) -> int:
    """Say something; its cursor."""
    author = (
        Author(site.site_id, connection=connection)
        if by == "visitor"
        else Author(site.site_id, by, site.operator, "Olga", connection)  # type: ignore[arg-type]
    )
    return post(chat.pk, author, text, "c-" + re.sub(r"\W", "", text)[:40], NOON).cursor

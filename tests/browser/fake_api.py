"""An API that does as it is told: the visitor's calls and live connections from memory, with failures, lost answers and
waits on demand; and on the same address the built widget and the demo shop. For what the widget does when things go
wrong."""

import re
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import ThreadingHTTPServer
from typing import Any

from imchat.register.words import widget_text
from tests.browser.fake_servers import SITE, Fault, Handler, Refusal, Request
from tests.browser.fake_socket import Connection


@dataclass
class FakeChat:
    """A chat in memory."""

    token: str
    visitor: dict[str, str | None]
    messages: list[dict[str, Any]] = field(default_factory=list)
    status: str = "open"
    transcript: str = "none"
    rating: dict[str, Any] | None = None
    opened: dict[str, Any] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=lambda: {"visitor": 0, "staff": 0})
    typing: bool | None = None

    @property
    def answered(self) -> bool:
        """Whether an operator wrote."""
        return any(one["by"] == "operator" for one in self.messages)

    def say(self, by: str, text: str, **more: Any) -> dict[str, Any]:
        """Append a message."""
        message = {
            "cursor": len(self.messages) + 1,
            "by": by,
            "text": text,
            "at": datetime.now(UTC).isoformat(),
            **more,
        }
        self.messages.append(message)
        return message


class Fake:
    """The server, and everything that was asked of it."""

    def __init__(self) -> None:
        self.online = True
        self.colour: str | None = None
        self.language = "en"
        self.languages: list[str] | None = None
        self.texts: dict[str, str | None] | None = None
        self.opens_at: str | None = None
        self.controller = "Corner Shop Ltd"
        self.address: str | None = "1 High Street\nAnytown"
        self.contact: str | None = "privacy@shop.example"
        self.poll_interval_ms = 100
        self.live = True
        """Whether it takes live connections."""
        self.deaf = False
        """Whether it answers no pings."""
        self.fates: dict[str, str] = {}
        """What becomes of the next frame of an action: ``cut before`` or ``cut after`` its work, or ``refused``."""
        self.chats: dict[str, FakeChat] = {}
        self.requests: list[Request] = []
        self.connections: list[Connection] = []
        self.faults: list[Fault] = []
        self.pages: dict[str, str] = {}
        self.changed = threading.Condition(threading.RLock())
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, fake=self))
        self._server.daemon_threads = True
        self.web_url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Stop the server."""
        for fault in self.faults:
            if fault.hold:
                fault.hold.set()
        self.drop()
        self._server.shutdown()
        self._server.server_close()

    def fail(self, method: str, path: str, **how: Any) -> Fault:
        """Make the next fitting call fail; ``path`` is a regular expression."""
        fault = Fault(method, path, **how)
        self.faults.append(fault)
        return fault

    @contextmanager
    def holding(self, method: str, path: str) -> Iterator[None]:
        """Fitting calls are answered when the context ends."""
        fault = self.fail(method, path, hold=threading.Event(), times=1_000)
        try:
            yield
        finally:
            self.faults.remove(fault)
            assert fault.hold is not None
            fault.hold.set()

    def calls(self, method: str, path: str) -> list[Request]:
        """What was asked, in order."""
        return [one for one in list(self.requests) if one.method == method and re.fullmatch(path, one.path)]

    def wait_for(self, condition: Callable[[], Any], what: str) -> Any:
        """Until ``condition`` holds; fails after a generous time, naming ``what``."""
        with self.changed:
            assert self.changed.wait_for(condition, timeout=60), f"never happened: {what}"
        return condition()

    @property
    def chat(self) -> FakeChat:
        """The only chat, or the newest."""
        return list(self.chats.values())[-1]

    def operator_says(self, text: str, name: str = "Olga", *, push: bool = True) -> None:
        """An answer, under the operator's public name; without ``push`` it is lost on its way to the sockets."""
        with self.changed:
            message = self.chat.say("operator", text, name=name)
            if push:
                self.push("message", message=message)

    def operator_ends(self, transcript: str = "no_address") -> None:
        """The operator closes the chat."""
        with self.changed:
            self.chat.status, self.chat.transcript = "closed", transcript
            self.push("status", status="closed", transcript=transcript)

    # live connections

    def push(self, kind: str, **frame: Any) -> None:
        """A frame to all sockets of the newest chat."""
        chat_id = list(self.chats)[-1]
        for connection in self.sockets():
            if connection.chat_id == chat_id:
                connection.say(kind, chat_id=chat_id, **frame)

    def sockets(self) -> list[Connection]:
        """Those that are open and have said who they are."""
        return [one for one in list(self.connections) if one.open and one.chat_id]

    def drop(self) -> None:
        """Cut all live connections."""
        for connection in list(self.connections):
            connection.cut()

    def wait_live(self, number: int = 1) -> None:
        """Until so many sockets are live."""
        self.wait_for(lambda: len(self.sockets()) == number, f"{number} live connections")

    def frames(self, action: str) -> list[dict[str, Any]]:
        """What came through the sockets, of one kind, in order."""
        return [frame for one in list(self.connections) for frame in list(one.frames) if frame["action"] == action]

    # what the API does

    def site(self, language: str) -> dict[str, Any]:
        """The site."""
        return {
            "site_id": SITE,
            "name": "Corner Shop",
            "online": self.online,
            "colour": self.colour,
            "language": self.language,
            "languages": self.languages,
            "texts": self.texts,
            "opens_at": self.opens_at,
            "websocket_url": f"{self.web_url.replace('http', 'ws')}/socket",
            "notice": {
                "text": widget_text(language, controller=self.controller),
                "controller": self.controller,
                "address": self.address,
                "contact": self.contact,
                "url": f"{self.web_url}/notice",
                "updated": "2026-11-23",
                "site_policy_url": f"{self.web_url}/shop-policy.html",
            },
            "poll_interval_ms": self.poll_interval_ms,
        }

    def open(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Open a chat; the same opening again is the same chat."""
        _check_details(sent)
        for chat_id, chat in self.chats.items():
            if chat.opened == sent and sent.get("client_id"):
                return self._opened(chat_id)
        chat_id = secrets.token_hex(13)
        visitor = {name: sent.get(name) for name in ("name", "email", "phone")}
        chat = self.chats[chat_id] = FakeChat(secrets.token_hex(8), visitor, opened=sent)
        if sent.get("text"):
            chat.say("visitor", sent["text"], client_id=sent.get("client_id"))
        return self._opened(chat_id)

    def _opened(self, chat_id: str) -> dict[str, Any]:
        chat = self.chats[chat_id]
        return {
            "chat_id": chat_id,
            "token": chat.token,
            "cursor": len(chat.messages),
            "status": chat.status,
            "websocket_url": None,
            "expires_at": (datetime.now(UTC) + timedelta(days=365)).isoformat(),
        }

    def reading(self, chat: FakeChat, after: int) -> dict[str, Any]:
        """What was said behind a cursor, and how the chat stands."""
        return {
            "messages": [one for one in chat.messages[after:] if one["by"] != "note"],
            "cursor": len(chat.messages),
            "more": False,
            "status": chat.status,
            "transcript": {"state": chat.transcript, "at": None},
            "read": dict(chat.read),
        }

    def post(self, chat: FakeChat, sent: dict[str, Any]) -> tuple[int, Any]:
        """A message of the visitor; the same again is the same message."""
        for message in chat.messages:
            if message.get("client_id") == sent["client_id"]:
                return 200, {"message": message}
        if chat.status == "closed":
            raise Refusal(409, "chat_closed", "This chat has ended.")
        message = chat.say("visitor", sent["text"], client_id=sent["client_id"])
        self.push("message", message=message)
        return 201, {"message": message}

    def act(self, method: str, chat_id: str, act: str, sent: Any, query: dict[str, list[str]]) -> tuple[int, Any]:
        """One call on a chat: status and answer."""
        chat = self.chats[chat_id]
        if method == "DELETE":
            del self.chats[chat_id]
            return 200, _receipt(chat)
        if (method, act) == ("GET", "messages"):
            return 200, self.reading(chat, int(query.get("after", ["0"])[0]))
        if act == "messages":
            return self.post(chat, sent)
        if act == "visitor":
            _check_details(sent)
            chat.visitor.update(sent)
            return 200, {"visitor": chat.visitor}
        if act == "close":
            unsent = "no_operator" if chat.visitor["email"] else "no_address"
            chat.status, chat.transcript = "closed", "queued" if chat.answered and chat.visitor["email"] else unsent
            return 200, {"status": chat.status, "transcript": chat.transcript}
        if act == "transcript":
            if not chat.visitor["email"]:
                raise Refusal(409, "no_address", "There is no email address to send a copy to. Please add yours first.")
            if not chat.answered:
                raise Refusal(409, "no_operator_yet", "A copy can be sent once an operator has written in this chat.")
            chat.transcript = "queued"
            return 202, {"transcript": chat.transcript}
        chat.rating = sent
        return 200, {"score": sent["score"]}


def _check_details(sent: dict[str, Any]) -> None:
    email = sent.get("email")
    if email and not re.fullmatch(r"\S+@\S+\.\S+", email):
        raise Refusal(400, "invalid_value", "This is not an email address.", "email")


def _receipt(chat: FakeChat) -> dict[str, Any]:
    until = (datetime.now(UTC) + timedelta(days=365)).isoformat()
    return {
        "removed": [{"what": "chat", "count": 1}, {"what": "messages", "count": len(chat.messages)}],
        "retained": [
            {"what": "the system log's entries on this chat", "why": "evidence of use", "until": until},
            {"what": "daily counts that stand for nobody", "why": "statistics without personal data", "until": None},
        ],
    }

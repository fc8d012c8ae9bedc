"""An API that does as it is told: the visitor's calls from memory, with failures, lost answers and waits on demand; and
beside it the pages of web/, as the local stack serves them. For what the widget does when things go wrong."""

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
from tests.browser.fake_servers import SITE, ApiHandler, Fault, PagesHandler, Refusal, Request


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
    """Both servers, and everything that was asked of the API."""

    def __init__(self) -> None:
        self.online = True
        self.colour: str | None = None
        self.poll_interval_ms = 100
        self.chats: dict[str, FakeChat] = {}
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.pages: dict[str, str] = {}
        self.changed = threading.Condition()
        self._servers = [
            ThreadingHTTPServer(("127.0.0.1", 0), partial(kind, fake=self)) for kind in (ApiHandler, PagesHandler)
        ]
        for server in self._servers:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self.api_url, self.web_url = (f"http://127.0.0.1:{server.server_port}" for server in self._servers)

    def stop(self) -> None:
        """Stop both servers."""
        for fault in self.faults:
            if fault.hold:
                fault.hold.set()
        for server in self._servers:
            server.shutdown()
            server.server_close()

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
            assert self.changed.wait_for(condition, timeout=30), f"never happened: {what}"
        return condition()

    @property
    def chat(self) -> FakeChat:
        """The only chat, or the newest."""
        return list(self.chats.values())[-1]

    def operator_says(self, text: str, name: str = "Olga") -> None:
        """An answer, under the operator's public name."""
        self.chat.say("operator", text, name=name)

    # what the API does

    def site(self, language: str) -> dict[str, Any]:
        """The site."""
        return {
            "site_id": SITE,
            "name": "Corner Shop",
            "online": self.online,
            "colour": self.colour,
            "language": "en",
            "notice": {
                "text": widget_text(language),
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

    def act(self, method: str, chat_id: str, act: str, sent: Any, query: dict[str, list[str]]) -> tuple[int, Any]:
        """One call on a chat: status and answer."""
        chat = self.chats[chat_id]
        if method == "DELETE":
            del self.chats[chat_id]
            return 200, _receipt(chat)
        if (method, act) == ("GET", "messages"):
            after = int(query.get("after", ["0"])[0])
            transcript = {"state": chat.transcript, "at": None}
            said = [one for one in chat.messages[after:] if one["by"] != "note"]
            return 200, {
                "messages": said,
                "cursor": len(chat.messages),
                "more": False,
                "status": chat.status,
                "transcript": transcript,
            }
        if act == "messages":
            for message in chat.messages:
                if message.get("client_id") == sent["client_id"]:
                    return 200, {"message": message}
            if chat.status == "closed":
                raise Refusal(409, "chat_closed", "This chat has ended.")
            return 201, {"message": chat.say("visitor", sent["text"], client_id=sent["client_id"])}
        if act == "visitor":
            _check_details(sent)
            chat.visitor.update(sent)
            return 200, {"visitor": chat.visitor}
        if act == "close":
            chat.status, chat.transcript = "closed", "queued" if chat.visitor["email"] else "no_address"
            return 200, {"status": chat.status, "transcript": chat.transcript}
        if act == "transcript":
            if not chat.visitor["email"]:
                raise Refusal(409, "no_address", "There is no email address to send a copy to. Please add yours first.")
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

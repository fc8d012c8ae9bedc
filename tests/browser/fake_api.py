"""An API that does as it is told: the visitor's calls from memory, with failures, lost answers and waits on demand; and
beside it the pages of web/, as the local stack serves them. For what the widget does when things go wrong."""

import json
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from imchat.register.words import widget_text

WEB = Path(__file__).resolve().parents[2] / "web"
SITE = "demo"
_FIELDS = {
    "/v1/chats": {
        "site_id",
        "name",
        "email",
        "phone",
        "text",
        "client_id",
        "locale",
        "page_url",
        "timezone",
        "identity",
    },
    "messages": {"text", "client_id"},
    "visitor": {"name", "email", "phone"},
    "rating": {"score", "comment"},
}


class Refusal(Exception):
    """A problem to answer."""

    def __init__(self, status: int, kind: str, detail: str, field: str | None = None) -> None:
        super().__init__(kind)
        self.status = status
        self.body = {"type": f"/problems/{kind}", "title": "Refused", "status": status, "detail": detail}
        if field:
            self.body["field"] = field


@dataclass
class Fault:
    """What happens to the next call that fits: refused with ``status``, cut ``before`` or ``after`` its work was done,
    or kept waiting until ``hold`` is set."""

    method: str
    path: str
    status: int | None = None
    cut: str | None = None
    hold: threading.Event | None = None
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1


@dataclass(frozen=True)
class Request:
    """A call as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


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
        self._servers = [ThreadingHTTPServer(("127.0.0.1", 0), partial(kind, fake=self)) for kind in (_Api, _Pages)]
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


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16

    def __init__(self, *arguments: Any, fake: Fake) -> None:
        self.fake = fake
        super().__init__(*arguments)

    def answer(self, status: int, kind: str, content: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


class _Pages(_Handler):
    def do_GET(self) -> None:
        url = urlsplit(self.path)
        name = url.path.lstrip("/") or "index.html"
        if url.path in self.fake.pages:
            content: bytes = self.fake.pages[url.path].encode()
        elif name == "notice":
            content, name = b"<!doctype html><title>Privacy notice</title><h1>Privacy notice</h1>", "notice.html"
        elif (WEB / name).is_file():
            content = (WEB / name).read_bytes()
        else:
            self.answer(404, "text/plain", b"nothing here")
            return
        for placeholder, value in (
            ("__API_URL__", self.fake.api_url),
            ("__API_ORIGIN__", self.fake.api_url),
            ("__SITE_ID__", SITE),
        ):
            content = content.replace(placeholder.encode(), value.encode())
        language = parse_qs(url.query).get("lang")
        if language:
            content = content.replace(b'lang="en-GB"', f'lang="{language[0]}"'.encode())
        self.answer(
            200,
            guess_type(name)[0] or "text/html",
            content,
            **{"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"},
        )


class _Api(_Handler):
    def do_OPTIONS(self) -> None:
        self.answer(200, "text/plain", b"", **self._cors() | {
            "Access-Control-Allow-Headers": "Authorization,Content-Type",
            "Access-Control-Allow-Methods": "GET,POST,PATCH,DELETE",
        })  # fmt: skip

    def _cors(self) -> dict[str, str]:
        return {
            "Access-Control-Allow-Origin": self.headers.get("Origin", "*"),
            "Access-Control-Expose-Headers": "Retry-After",
        }

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        raw = self.rfile.read(length)
        request = Request(self.command, urlsplit(self.path).path, dict(self.headers), json.loads(raw) if raw else None)
        with self.fake.changed:
            self.fake.requests.append(request)
            self.fake.changed.notify_all()
            fault = self._fault(request)
        if fault and fault.hold:
            fault.hold.wait(60)
        if fault and (fault.cut == "before" or fault.status):
            self._spoil(fault)
            return
        with self.fake.changed:
            status, content = self._work(request)
            self.fake.changed.notify_all()
        if fault and fault.cut:
            self._spoil(fault)
            return
        kind = "application/json" if status < 400 else "application/problem+json"
        self.answer(status, kind, json.dumps(content).encode(), **self._cors())

    do_GET = do_POST = do_PATCH = do_DELETE = _serve

    def _fault(self, request: Request) -> Fault | None:
        for fault in self.fake.faults:
            if fault.times and fault.method == request.method and re.fullmatch(fault.path, request.path):
                fault.times -= 1
                return fault
        return None

    def _spoil(self, fault: Fault) -> None:
        if fault.cut:
            self.close_connection = True
            self.connection.close()
        else:
            assert fault.status
            refusal = Refusal(fault.status, "told_to", "The API was told to refuse this.")
            body = json.dumps(refusal.body).encode()
            self.answer(fault.status, "application/problem+json", body, **self._cors() | fault.headers)

    def _work(self, request: Request) -> tuple[int, Any]:
        try:
            return self._route(request)
        except Refusal as refusal:
            return refusal.status, refusal.body

    def _route(self, request: Request) -> tuple[int, Any]:
        if request.path == f"/v1/sites/{SITE}":
            return 200, self.fake.site(request.headers.get("Accept-Language", "en"))
        known = re.fullmatch(r"/v1/chats/([0-9a-f]+)(?:/(\w+))?", request.path)
        act = (known[2] or "") if known else request.path
        for unknown in set(request.body or {}) - _FIELDS.get(act, set()):
            raise Refusal(400, "unknown_field", "There is no such field.", unknown)
        if request.path == "/v1/chats":
            return 201, self.fake.open(request.body)
        if not known or known[1] not in self.fake.chats:
            raise Refusal(404, "chat_not_found", "There is no such chat.")
        if request.headers.get("Authorization") != f"Bearer {self.fake.chats[known[1]].token}":
            raise Refusal(401, "token_invalid", "The token is not one of ours. Please start a new chat.")
        return self.fake.act(request.method, known[1], act, request.body, parse_qs(urlsplit(self.path).query))

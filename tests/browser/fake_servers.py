"""The fake's server: pages, calls with their faults, and live connections, on one address. What an API does with a call
is fake_api.py's; with a frame, fake_socket.py's."""

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from mimetypes import guess_type
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from infra.web import WEB as BUILT

if TYPE_CHECKING:
    from tests.browser.fake_api import Fake

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
    "/v1/visits": {"site_id", "path", "referrer"},
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


class Handler(BaseHTTPRequestHandler):
    """One connection of a browser."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16

    def __init__(self, *arguments: Any, fake: "Fake") -> None:
        self.fake = fake
        super().__init__(*arguments)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""

    def _answer(self, status: int, kind: str, content: bytes, **headers: str) -> None:
        self.send_response(status)
        shared = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": self.headers.get("Origin", "*")}
        length = {"Content-Type": kind, "Content-Length": str(len(content))}
        for name, value in (length | shared | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def do_OPTIONS(self) -> None:
        self._answer(200, "text/plain", b"", **{
            "Access-Control-Allow-Headers": "Authorization,Content-Type",
            "Access-Control-Allow-Methods": "GET,POST,PATCH,DELETE",
        })  # fmt: skip

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path.startswith("/v1/"):
            self._call()
        elif url.path == "/socket":
            self._connect()
        else:
            self._page(url.path, parse_qs(url.query))

    def do_POST(self) -> None:
        self._call()

    do_PATCH = do_DELETE = do_POST

    # pages

    def _page(self, path: str, query: dict[str, list[str]]) -> None:
        name = path.lstrip("/") or "index.html"
        built = BUILT / name
        if path in self.fake.pages:
            content: bytes = self.fake.pages[path].encode()
        elif name == "notice":
            content, name = b"<!doctype html><title>Privacy notice</title><h1>Privacy notice</h1>", "notice.html"
        elif built.is_file():
            content = built.read_bytes()
        else:
            self._answer(404, "text/plain", b"nothing here")
            return
        if language := query.get("lang"):
            content = content.replace(b'lang="en-GB"', f'lang="{language[0]}"'.encode())
        self._answer(200, guess_type(name)[0] or "text/html", content)

    # live connections

    def _connect(self) -> None:
        from tests.browser.fake_socket import Connection

        self.close_connection = True
        if not self.fake.live:
            self._answer(503, "text/plain", b"no live connections")
            return
        connection = Connection(self.fake, self.connection)
        with self.fake.changed:
            self.fake.connections.append(connection)
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        connection.serve(self.raw_requestline + f"{head}\r\n".encode())

    # calls

    def _call(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = Request(self.command, urlsplit(self.path).path, dict(self.headers), json.loads(raw) if raw else None)
        with self.fake.changed:
            self.fake.requests.append(request)
            self.fake.changed.notify_all()
            fault = self._fault(request)
        if fault and fault.hold:
            fault.hold.wait(120)
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
        self._answer(status, kind, json.dumps(content).encode(), **{"Access-Control-Expose-Headers": "Retry-After"})

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
            headers = {"Access-Control-Expose-Headers": "Retry-After"} | fault.headers
            self._answer(fault.status, "application/problem+json", json.dumps(refusal.body).encode(), **headers)

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
        if request.path == "/v1/visits":
            return 200, {}
        if request.path == "/v1/chats":
            return 201, self.fake.open(request.body)
        if not known or known[1] not in self.fake.chats:
            raise Refusal(404, "chat_not_found", "There is no such chat.")
        if request.headers.get("Authorization") != f"Bearer {self.fake.chats[known[1]].token}":
            raise Refusal(401, "token_invalid", "The token is not one of ours. Please start a new chat.")
        return self.fake.act(request.method, known[1], act, request.body, parse_qs(urlsplit(self.path).query))

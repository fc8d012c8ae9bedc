"""What CloudFront is on AWS: the pages, the API and the live connection on one address of this machine; and a mailbox
for developers."""

import gzip
import http.client
import json
import socket
import sys
import threading
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from infra import edge
from infra.local import guide, mailbox
from infra.local.tunnel import tunnel
from infra.web import is_shop

# As API Gateway's.
_BODY_BYTES = 10 * 1024 * 1024
_API_SECONDS = 60
# Headers that belong to one connection, and those that this server says for itself.
_OWN = {
    "connection", "keep-alive", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade", "date", "server",
    "content-length",
}  # fmt: skip
_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Behind:
    """What the address stands for: the folder of pages, and where the calls go."""

    pages: Path
    api_url: str
    """What ``/v1/...`` is appended to."""
    socket_url: str | None
    """ws://... of the WebSocket API; without one, /socket is not available."""
    edge_secret: Callable[[], str]
    """Shows the API that the caller's address comes from here."""
    emulator_url: str
    """Whose mail the mailbox shows."""
    proof: Callable[[str], tuple[dict[str, str], bytes] | None] = lambda _: None
    """What the prover published at a path: headers and content."""
    staff: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The demo's staff, for the guide: name, username and password of each."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16

    def __init__(self, *arguments: object, behind: Behind, web_url: str) -> None:
        self._behind, self._web_url = behind, web_url
        super().__init__(*arguments)  # type: ignore[arg-type]

    def _serve(self) -> None:
        path, _, query = self.path.partition("?")
        if path == "/socket":
            self._socket(query)
        elif edge.kind_of(path) == "api":
            self._pass_on()
        elif self.command not in ("GET", "HEAD"):
            self.close_connection = True  # whatever body came with it was not read
            self._refuse(405, "method_not_allowed", "This address does not take this method.", Allow="GET, HEAD")
        elif shown := mailbox.answer(path, self._behind.emulator_url) or guide.answer(path, self._behind.staff):
            self._answer(shown.status, shown.content, shown.headers)
        elif edge.kind_of(path) == "proof":
            self._proof(path)
        else:
            self._file(path)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve  # noqa: N815 - the base class's names

    def _file(self, path: str) -> None:
        status, place = edge.routed(urllib.parse.unquote(path))
        if status == 302:
            self._answer(302, b"", {"Location": place})
            return
        name = place.removeprefix("/") or "index.html"
        file = self._behind.pages / name
        # A path that leads out of the folder, by dots or by a link, leads nowhere.
        if "\0" in name or not file.resolve().is_relative_to(self._behind.pages.resolve()) or not file.is_file():
            plain = edge.headers("page", self._web_url) | {"Content-Type": _TEXT}
            self._answer(404, b"There is nothing at this address.", plain)
            return
        # The shop is somebody else's website: its policy stands in its pages.
        security = {} if is_shop(name) else edge.headers(edge.kind_of(place), self._web_url)
        kind, content = edge.content_type(name), file.read_bytes()
        form = {"Content-Type": kind, "Cache-Control": edge.cache_control(name)}
        if edge.is_compressed(kind, len(content)):
            form["Vary"] = "Accept-Encoding"
            if "gzip" in self.headers.get("Accept-Encoding", ""):
                form["Content-Encoding"], content = "gzip", gzip.compress(content, mtime=0)
        self._answer(200, content, security | form)

    def _proof(self, path: str) -> None:
        security = edge.headers("proof", self._web_url)
        if published := self._behind.proof(path):
            form, content = published
            self._answer(200, content, security | form)
        else:
            self._answer(404, b"Nothing has been proven yet.", security | {"Content-Type": _TEXT})

    def _pass_on(self) -> None:
        body = self._body()
        if body is None:
            return
        api = urllib.parse.urlsplit(self._behind.api_url)
        call = http.client.HTTPConnection(api.netloc, timeout=_API_SECONDS)
        try:
            call.putrequest(self.command, api.path + self.path, skip_accept_encoding=True)
            passed = self._passed(*edge.API_HEADERS, "Authorization", "Cookie", "Accept-Encoding")
            for name, value in [*passed, *self._who_calls()]:
                call.putheader(name, value)
            call.putheader("Content-Length", str(len(body)))
            call.endheaders(body)
            answer = call.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self._refuse(502, "unavailable", "The API does not answer just now. Please try again.")
            return
        finally:
            call.close()
        headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in _OWN]
        said = {name.lower() for name, _ in headers}
        security = edge.headers("api", self._web_url)
        headers += [(name, value) for name, value in security.items() if name.lower() not in said]
        length = answer.getheader("Content-Length") if self.command == "HEAD" else None
        self._send(answer.status, headers, content, length)

    def _body(self) -> bytes | None:
        """The request's body; None where it was refused, with the answer."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isascii() or not length.isdigit():
            self.close_connection = True
            self._refuse(411, "length_required", "The request must say how long its body is.")
        elif int(length) > _BODY_BYTES:
            self.close_connection = True
            self._refuse(413, "body_too_large", "The body is larger than 10 MB.")
        else:
            return self.rfile.read(int(length))
        return None

    def _socket(self, query: str) -> None:
        self.close_connection = True
        if self.headers.get("Upgrade", "").lower() != "websocket":
            self._refuse(426, "not_a_websocket", "This address is for WebSockets.", Upgrade="websocket")
            return
        if not self._behind.socket_url:
            self._refuse(503, "unavailable", "There is no live connection just now.")
            return
        try:
            tunnel(self.connection, self._behind.socket_url, query, self._passed(*edge.SOCKET_HEADERS))
        except OSError:
            self._refuse(502, "unavailable", "The live connection does not answer just now.")

    def _passed(self, *allowed: str) -> list[tuple[str, str]]:
        """The viewer's headers that go on: never what only the edge may say."""
        names = {one.lower() for one in allowed} - {edge.ADDRESS_HEADER, edge.COUNTRY_HEADER}
        return [(name, value) for name, value in self.headers.items() if name.lower() in names]

    def _who_calls(self) -> list[tuple[str, str]]:
        """What the edge says of the viewer, and what shows that it is the edge."""
        host, port = self.client_address[:2]
        return [(edge.SECRET_HEADER, self._behind.edge_secret()), (edge.ADDRESS_HEADER, f"{host}:{port}")]

    def _refuse(self, status: int, kind: str, detail: str, **headers: str) -> None:
        title = http.client.responses[status]
        body = {"type": f"/problems/{kind}", "title": title, "status": status, "detail": detail}
        security = edge.headers("api", self._web_url)
        form = {"Content-Type": "application/problem+json", "Cache-Control": "no-store"}
        self._answer(status, json.dumps(body).encode(), security | form | headers)

    def _answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self._send(status, list(({"Cache-Control": "no-store"} | headers).items()), content)

    def _send(self, status: int, headers: list[tuple[str, str]], content: bytes, length: str | None = None) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", length or str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def version_string(self) -> str:
        """What the answers' Server header says."""
        return "imchat"

    def log_message(self, *arguments: object) -> None:
        """Say nothing: the terminal belongs to the links."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *arguments: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*arguments)

    def get_request(self) -> tuple[socket.socket, Any]:
        request, address = super().get_request()
        self._open.add(request)
        return request, address

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):  # a browser that left is no error
            super().handle_error(request, client_address)

    def cut(self) -> None:
        """End every open connection."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # it ended by itself
                pass


class WebServer:
    """The one address, on 127.0.0.1, from threads of this process."""

    def __init__(self, port: int, behind: Behind) -> None:
        self._server = _Server(
            ("127.0.0.1", port), partial(_Handler, behind=behind, web_url=f"http://127.0.0.1:{port}")
        )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving, and end what is still open."""
        self._server.shutdown()
        self._server.cut()
        self._server.server_close()

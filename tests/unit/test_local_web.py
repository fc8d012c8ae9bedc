"""The one local address, in front of an API and a WebSocket API that say what they were sent."""

import gzip
import http.client
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.sync.server import Server, ServerConnection, serve

from bench.ports import free_port
from infra import edge
from infra.local.web import Behind, WebServer

SECRET = "between-edge-and-api"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PAGE = "<!doctype html><title>A page</title>"
Sent = tuple[int, http.client.HTTPMessage, bytes]


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked; /refused as the API refuses, /cookies with two cookies."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = 409 if "refused" in self.path else 204 if "empty" in self.path else 200
        said = json.dumps(
            {
                "method": self.command,
                "path": self.path,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": body.decode("latin-1"),
            }
        ).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/problem+json" if status == 409 else "application/json")
        for cookie in ("a=1; HttpOnly", "b=2; Path=/v1/sign-in"):
            self.send_header("Set-Cookie", cookie)
        self.send_header("Content-Security-Policy", "sandbox")
        if status != 204:
            self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        if status != 204 and self.command != "HEAD":
            self.wfile.write(said)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def _echo(connection: ServerConnection) -> None:
    assert connection.request
    connection.send(
        json.dumps({"path": connection.request.path, "headers": dict(connection.request.headers.raw_items())})
    )
    for message in connection:
        if message == "end":
            connection.close(4001, "as told")
        connection.send(message)


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/stage"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def sockets() -> Iterator[str]:
    server: Server = serve(_echo, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/stage/socket"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "web"
    for name in (
        "ask.html", "console/index.html", "assets/console-Ab3_-d9Z.js", "widget.js", "widget/panel-12345678.js",
        "index.html", "shop/icon.svg",
    ):  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(PAGE)
    (folder / "widget" / "main-12345678.js").write_text("let large = 1;\n" * 100)
    (folder.parent / "secret.txt").write_text("not for anybody")
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    return folder


@pytest.fixture(scope="module")
def port(pages: Path, upstream: str, sockets: str) -> Iterator[int]:
    port = free_port()
    server = WebServer(port, Behind(pages, upstream, sockets, lambda: SECRET, upstream))
    server.start()
    yield port
    server.stop()


def ask(port: int, method: str, path: str, body: bytes | None = None, **headers: str) -> Sent:
    call = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    call.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = call.getresponse()
    sent = answer.status, answer.msg, answer.read()
    call.close()
    return sent


@pytest.mark.parametrize("method", METHODS)
def test_every_method_reaches_the_api_with_its_query_and_its_body(port: int, method: str) -> None:
    status, _, said = ask(port, method, "/v1/chats/1?after=%C3%A9&x=1", b"\x00\xffbody")
    echoed = json.loads(said)
    assert status == 200
    assert (echoed["method"], echoed["path"]) == (method, "/stage/v1/chats/1?after=%C3%A9&x=1")
    assert echoed["body"].encode("latin-1") == b"\x00\xffbody"


def test_head_says_how_long_the_answer_would_be_and_sends_none(port: int) -> None:
    status, headers, said = ask(port, "HEAD", "/v1/notice")
    assert (status, said) == (200, b"")
    assert int(headers["Content-Length"]) > 100


def test_the_api_hears_what_is_allowed_and_who_called_and_nothing_a_caller_makes_up(port: int) -> None:
    _, _, said = ask(
        port, "POST", "/v1/chats", b"{}", Authorization="Bearer t", Origin="https://shop.example", Cookie="a=1",
        Accept_Language="fr", User_Agent="Browser", Content_Type="application/json",
        X_Imchat_Edge="guessed", CloudFront_Viewer_Address="203.0.113.9:1", CloudFront_Viewer_Country="FR",
        X_Forwarded_For="203.0.113.9", X_Other="y",
    )  # fmt: skip
    headers = json.loads(said)["headers"]
    address = headers.pop("cloudfront-viewer-address")
    assert address.rpartition(":")[0] == "127.0.0.1"
    assert headers.pop("host") != f"127.0.0.1:{port}"
    assert headers == {
        "authorization": "Bearer t", "origin": "https://shop.example", "cookie": "a=1", "accept-language": "fr",
        "user-agent": "Browser", "content-type": "application/json", "content-length": "2", "accept-encoding": "identity",
        "x-imchat-edge": SECRET,
    }  # fmt: skip


def test_problems_cookies_and_the_apis_own_headers_come_back_as_they_are(port: int) -> None:
    status, headers, said = ask(port, "POST", "/v1/refused", b"x" * 200_000)
    assert (status, headers["Content-Type"]) == (409, "application/problem+json")
    assert headers.get_all("Set-Cookie") == ["a=1; HttpOnly", "b=2; Path=/v1/sign-in"]
    assert headers.get_all("Content-Security-Policy") == ["sandbox"]
    assert headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert len(json.loads(said)["body"]) == 200_000
    status, headers, said = ask(port, "POST", "/v1/empty", b"x")
    assert (status, said, headers["Content-Length"]) == (204, b"", None)


def test_many_calls_go_over_one_connection(port: int) -> None:
    call = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    call.connect()
    first = call.sock
    for path in ("/v1/empty", "/ask.html", "/nothing", "/v1/refused"):
        call.request("GET", path)
        call.getresponse().read()
        assert call.sock is first
    call.close()


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST /v1/chats HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"POST /v1/chats HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", b"411"),
        (b"POST /v1/chats HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", b"413"),
        (b"POST /ask.html HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n", b"405"),
    ],
)
def test_a_body_that_is_not_read_ends_the_connection_with_a_problem(port: int, head: bytes, status: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(head)
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert b"Connection: close" in answer
    assert b"application/problem+json" in answer


def test_an_api_that_is_down_is_a_problem(pages: Path) -> None:
    port = free_port()
    server = WebServer(port, Behind(pages, f"http://127.0.0.1:{free_port()}/stage", None, lambda: SECRET, ""))
    server.start()
    for path in ("/v1/chats", "/notice"):
        status, headers, said = ask(port, "GET", path)
        assert (status, headers["Content-Type"]) == (502, "application/problem+json")
        assert json.loads(said)["type"] == "/problems/unavailable"
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://127.0.0.1:{port}/socket")
    assert refused.value.response.status_code == 503
    server.stop()


@pytest.mark.parametrize(
    ("path", "kind", "kept"),
    [
        ("/ask.html", "text/html; charset=utf-8", "no-store"),
        ("/ask.html?reference=abcd", "text/html; charset=utf-8", "no-store"),
        ("/", "text/html; charset=utf-8", "no-store"),
        ("/console/", "text/html; charset=utf-8", "no-store"),
        ("/console/chats/abc", "text/html; charset=utf-8", "no-store"),
        ("/assets/console-Ab3_-d9Z.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/widget/panel-12345678.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/widget.js", "text/javascript; charset=utf-8", "public, max-age=300, stale-while-revalidate=86400"),
        ("/shop/icon.svg", "image/svg+xml", "no-store"),
    ],
)
def test_each_file_has_its_type_its_keeping_and_its_security_headers(
    port: int, path: str, kind: str, kept: str
) -> None:
    status, headers, content = ask(port, "GET", path)
    assert (status, content) == (200, PAGE.encode())
    assert (headers["Content-Type"], headers["Cache-Control"]) == (kind, kept)
    if path != "/" and "shop" not in path:  # those are somebody else's
        for name, value in edge.headers(edge.kind_of(path.partition("?")[0]), f"http://127.0.0.1:{port}").items():
            assert headers.get_all(name) == [value]
    status, headers, content = ask(port, "HEAD", path)
    assert (status, content, headers["Content-Length"]) == (200, b"", str(len(PAGE)))


@pytest.mark.parametrize(("path", "packed"), [("/widget/main-12345678.js", True), ("/widget.js", False)])
def test_a_file_is_packed_as_cloudfront_packs_it(port: int, path: str, packed: bool) -> None:
    """From a thousand bytes on, for who takes it packed."""
    status, headers, content = ask(port, "GET", path, Accept_Encoding="gzip, deflate, br")
    assert (status, headers["Content-Encoding"]) == (200, "gzip" if packed else None)
    assert len(content) < 1000
    assert headers["Content-Length"] == str(len(content))
    plain = ask(port, "GET", path)[2]
    assert plain == (gzip.decompress(content) if packed else content)
    assert headers["Vary"] == ("Accept-Encoding" if packed else None)


def test_the_console_without_its_slash_leads_to_it(port: int) -> None:
    status, headers, _ = ask(port, "GET", "/console")
    assert (status, headers["Location"]) == (302, "/console/")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing", "/assets", "/assets/", "/console/missing.js", "/../secret.txt", "/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt", "/%00", "/link.txt", "//etc/passwd", "/console%00",
    ],
)  # fmt: skip
def test_there_is_nothing_anywhere_else(port: int, path: str) -> None:
    status, headers, content = ask(port, "GET", path)
    assert (status, content) == (404, b"There is nothing at this address.")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_a_websocket_goes_through_with_its_headers_both_ways(port: int) -> None:
    given = {"X-Imchat-Edge": "guessed", "CloudFront-Viewer-Address": "203.0.113.9:1"}
    with connect(
        f"ws://127.0.0.1:{port}/socket?x=1", origin=f"http://127.0.0.1:{port}", additional_headers=given
    ) as client:
        said = json.loads(client.recv(30))
        headers = {name.lower(): value for name, value in said["headers"].items()}
        assert said["path"] == "/stage/socket?x=1"
        assert headers["origin"] == f"http://127.0.0.1:{port}"
        # Nobody asks it who calls: neither does it learn that, nor what would make it believed.
        assert not {"x-imchat-edge", "cloudfront-viewer-address"} & headers.keys()
        for message in ("hello", "é" * 100_000, b"\x00\xff"):
            client.send(message)
            assert client.recv(30) == message
        client.send("end")
        with pytest.raises(ConnectionClosed):
            client.recv(30)
        assert (client.close_code, client.close_reason) == (4001, "as told")


def test_two_websockets_at_once_do_not_mix(port: int) -> None:
    url = f"ws://127.0.0.1:{port}/socket"
    with connect(url) as one, connect(url) as other:
        one.recv(30)
        other.recv(30)
        one.send("one")
        other.send("other")
        assert (one.recv(30), other.recv(30)) == ("one", "other")


def test_it_ends_at_once_with_everything_that_is_open(pages: Path, upstream: str, sockets: str) -> None:
    port = free_port()
    server = WebServer(port, Behind(pages, upstream, sockets, lambda: SECRET, ""))
    server.start()
    with connect(f"ws://127.0.0.1:{port}/socket") as client, socket.create_connection(("127.0.0.1", port), 30) as idle:
        client.recv(30)
        idle.sendall(b"GET /ask.html HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(10)
        server.stop()
        with pytest.raises(ConnectionClosed):
            client.recv(30)
        while idle.recv(4096):
            pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 30)


def test_what_is_not_a_websocket_is_told_so(port: int) -> None:
    status, headers, said = ask(port, "GET", "/socket")
    assert (status, headers["Upgrade"]) == (426, "websocket")
    assert json.loads(said)["type"] == "/problems/not_a_websocket"

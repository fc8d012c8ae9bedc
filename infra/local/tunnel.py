"""A WebSocket passed on byte by byte: the handshake with its headers rewritten, then both directions until one ends."""

import socket
import threading
from urllib.parse import urlsplit

_CONNECT_SECONDS = 10
_CHUNK = 1 << 16


def tunnel(client: socket.socket, target: str, query: str, headers: list[tuple[str, str]]) -> None:
    """Open ``target`` (ws://host:port/path) with ``query`` and ``headers``, and pass on what either says until one of
    the two ends. Raises OSError where the target cannot be reached."""
    url = urlsplit(target)
    with socket.create_connection((url.hostname or "localhost", url.port or 80), _CONNECT_SECONDS) as server:
        server.settimeout(None)
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # a frame is sent when it is said
        place = f"{url.path}?{query}" if query else url.path
        lines = [f"GET {place} HTTP/1.1", f"Host: {url.netloc}", "Connection: Upgrade", "Upgrade: websocket"]
        lines += [f"{name}: {value}" for name, value in headers]
        server.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        answers = threading.Thread(target=_pump, args=(server, client), daemon=True)
        answers.start()
        _pump(client, server)
        answers.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while read := source.recv(_CHUNK):
            target.sendall(read)
    except OSError:
        pass
    for one in (source, target):
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:  # ended already
            pass

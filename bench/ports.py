"""Ports of this machine for servers that are started a moment later."""

import os
import socket
from itertools import cycle

# Below those that the system gives to outgoing connections, which would take one in that moment.
_PORTS = range(20_000, 32_000)
# Processes that look at the same time, as test workers do, begin at different places.
_BEGIN = os.getpid() * 16 % len(_PORTS)
_candidates = cycle((*_PORTS[_BEGIN:], *_PORTS[:_BEGIN]))


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    for port in _candidates:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("a cycle has no end")

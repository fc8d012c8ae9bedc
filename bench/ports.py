"""Ports of this machine for servers that are started a moment later."""

import os
from itertools import cycle

from infra.local.emulator import is_free

# Below those that the system gives to outgoing connections, which would take one in that moment.
_PORTS = range(20_000, 32_000)
# Processes that look at the same time, as test workers do, begin at different places.
_BEGIN = os.getpid() * 16 % len(_PORTS)
_candidates = cycle((*_PORTS[_BEGIN:], *_PORTS[:_BEGIN]))


def free_port() -> int:
    """A port of 127.0.0.1 that nobody has, and no other process is told of just now."""
    return next(port for port in _candidates if is_free(port))

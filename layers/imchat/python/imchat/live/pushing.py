"""How frames reach connections: one short try each, side by side. What cannot be told is not told: who missed it finds
out from the cursor."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from imchat import aws

T = TypeVar("T")
S = TypeVar("S")
_AT_ONCE = 16
_GONE = 410


def push(told: Mapping[str, Sequence[Mapping[str, Any]]]) -> set[str]:
    """Send connections their frames, each in order; those that are gone."""

    def send(connection: str) -> str | None:
        for frame in told[connection]:
            data = json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode()
            refused = _refused("post_to_connection", ConnectionId=connection, Data=data)
            if refused:
                return connection if refused == _GONE else None
        return None

    return {connection for connection in side_by_side(send, told) if connection}


def drop(connections: Iterable[str]) -> None:
    """Close connections."""
    side_by_side(lambda one: _refused("delete_connection", ConnectionId=one), connections)


def side_by_side(act: Callable[[S], T], things: Iterable[S]) -> list[T]:
    """``act`` on each, many at once; what it answered, in their order."""
    every = list(things)
    if len(every) < 2:
        return [act(one) for one in every]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(_AT_ONCE, len(every))) as pool:
        return list(pool.map(act, every))


def _refused(operation: str, **arguments: Any) -> int:
    """0 where it was done, else the status of the refusal, 1 where there was no answer."""
    try:
        getattr(aws.client(aws.SOCKETS), operation)(**arguments)
    except aws.AWS_ERRORS as error:
        answer = getattr(error, "response", None) or {}
        status: int = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 1)
        if status != _GONE:
            log = logging.getLogger("imchat.live")
            log.warning("not pushed", extra={"refused": type(error).__name__, "http_status": status})
        return status
    return 0

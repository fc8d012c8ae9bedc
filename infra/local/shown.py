"""Answers of the pages that exist on this machine only."""

from dataclasses import dataclass

from infra import edge

_OWN_POLICY = edge.KINDS["page"]["Content-Security-Policy"]


@dataclass(frozen=True)
class Shown:
    """An answer."""

    status: int
    content: bytes
    headers: dict[str, str]


def shown(kind: str, content: bytes, *, policy: str = _OWN_POLICY, status: int = 200) -> Shown:
    """``content`` of the content type ``kind``, with the headers of our pages and the security policy given."""
    common = {name: value for name, value in edge.KINDS["page"].items() if name != "Content-Security-Policy"}
    return Shown(status, content, common | {"Content-Type": kind, "Content-Security-Policy": policy})

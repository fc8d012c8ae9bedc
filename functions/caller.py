"""Who calls: the visitor's own address and country, as the edge saw them."""

import hmac
import ipaddress
import json
from dataclasses import dataclass
from typing import Any

from imchat import aws
from imchat.settings import settings


@dataclass(frozen=True)
class Caller:
    """Where a request comes from. Personal data: kept where the register says, and never logged."""

    ip: str
    country: str | None
    """Two letters (ISO 3166-1), where the edge knows it."""


def caller(request: Any) -> Caller:
    """Who sent a request: what the edge says of it where the request shows the secret that only the edge has, else what
    the gateway saw. A header that anybody else sends changes nothing (docs/decisions/0022)."""
    seen = str(request.context["identity"]["sourceIp"])
    shown = request.headers.get("x-imchat-edge")
    if shown is None or not _is_the_edges(shown):
        return Caller(seen, None)
    address = viewer_address(request.headers.get("cloudfront-viewer-address", ""))
    return Caller(address or seen, request.headers.get("cloudfront-viewer-country"))


def _is_the_edges(shown: str) -> bool:
    """While the secret is changed, there are two that hold (operations/rotation.py)."""
    known = json.loads(aws.secret(settings().edge_secret_id)).values()
    return any(hmac.compare_digest(shown.encode(), one.encode()) for one in known)


def viewer_address(said: str) -> str | None:
    """The address in CloudFront's ``address:port``, where an IPv6 address stands without brackets; None where it is
    none."""
    try:
        return str(ipaddress.ip_address(said.rpartition(":")[0]))
    except ValueError:
        return None

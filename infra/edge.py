"""How the one address answers: which file a path means, how long it may be kept, which headers come with it, and what
of a request reaches the API. One source for CloudFront and for the local server (docs/decisions/0022)."""

import base64
import hashlib
import mimetypes
import re
from pathlib import Path

from imchat.prover.page import style

# The header by which the edge shows the API that it speaks, and those by which it says who called
# (functions/caller.py). A live connection is told neither: it keeps no address.
SECRET_HEADER = "x-imchat-edge"  # noqa: S105 - the header's name
ADDRESS_HEADER = "cloudfront-viewer-address"
COUNTRY_HEADER = "cloudfront-viewer-country"
# Of a request, only this reaches the API; cookies and the query besides. CloudFront takes ten at most, and
# Authorization through the cache policy alone.
API_HEADERS = (
    "Accept", "Accept-Language", "Access-Control-Request-Headers", "Access-Control-Request-Method", "Content-Type",
    "Origin", "User-Agent", ADDRESS_HEADER, COUNTRY_HEADER,
)  # fmt: skip
SOCKET_HEADERS = (
    "Origin", "User-Agent", "Sec-WebSocket-Extensions", "Sec-WebSocket-Key", "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Version",
)  # fmt: skip

# Where the pages' live connection goes stands for itself beside 'self': older Safari does not count it in.
SOCKET = "{socket}"
_STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'{socket}; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)
_HSTS = {"Strict-Transport-Security": "max-age=63072000"}
_COMMON = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
_DOCUMENT = _COMMON | {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# One style, by its hash: the page is made at night, when no build is at hand to serve a file of styles.
_PROOF_STYLE = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
# Kind of answer: its security headers.
KINDS: dict[str, dict[str, str]] = {
    "page": _DOCUMENT | {"Content-Security-Policy": _STRICT.replace(SOCKET, "")},
    "console": _DOCUMENT | {"Content-Security-Policy": _STRICT.replace(SOCKET, f" {SOCKET}")},
    "proof": _DOCUMENT
    | {
        "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_PROOF_STYLE}'; form-action 'none'; "
        "base-uri 'none'; frame-ancestors 'none'"
    },
    "asset": _COMMON | {"Cross-Origin-Resource-Policy": "same-origin"},
    # On pages of other hosts.
    "widget": _COMMON | {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"},
    # The API's own headers go before these.
    "api": _COMMON | {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"},
}
# CloudFront's path pattern: the kind of what is there; everything else is a page. The first that fits counts.
PATTERNS = {
    "/v1/*": "api", "/notice": "api", "/console*": "console", "/assets/*": "asset", "/widget.js": "widget",
    "/widget/*": "widget", "/proof*": "proof",
}  # fmt: skip
_HASHED = re.compile(r"(?:assets|widget)/.*-[\w-]{8}\.\w+")
_IMMUTABLE = "public, max-age=31536000, immutable"
# Who comes back within a day has it at once, and the next time what is new: less than infra/publish.py keeps old parts.
_BRIEFLY = "public, max-age=300, stale-while-revalidate=86400"
# Of what CloudFront compresses, the kinds that there are here; and from which size to which, in bytes.
_PACKED = {"text/html", "text/javascript", "text/css", "image/svg+xml"}
_PACKED_FROM, _PACKED_TO = 1_000, 10_000_000
_IN_THE_CONSOLE = re.compile(r"/console/(.*/)?[^./]*")


def kind_of(path: str) -> str:
    """The kind of what is at ``path``."""
    for pattern, kind in PATTERNS.items():
        if re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), path):
            return kind
    return "page"


def headers(kind: str, web_url: str) -> dict[str, str]:
    """The security headers of a kind of answer on the address ``web_url``."""
    scheme, _, host = web_url.partition("://")
    secure = scheme == "https"
    socket = f"{'wss' if secure else 'ws'}://{host}"
    return {name: value.replace(SOCKET, socket) for name, value in KINDS[kind].items()} | (_HSTS if secure else {})


def is_hashed(name: str) -> bool:
    """Whether a file of the build, by its name in it, is named by its content."""
    return bool(_HASHED.fullmatch(name))


def cache_control(name: str) -> str:
    """How long a file of the build may be kept: for ever if named by its content; the widget's first part for minutes,
    and for a day while what is new is fetched behind the scenes; a page not at all."""
    if is_hashed(name):
        return _IMMUTABLE
    return _BRIEFLY if kind_of(f"/{name}") == "widget" else "no-store"


def content_type(name: str) -> str:
    """The content type of a file of the build; text is UTF-8."""
    kind = _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def is_compressed(kind: str, size: int) -> bool:
    """Whether CloudFront packs a file of ``size`` bytes and the content type ``kind`` for who takes it packed."""
    return _PACKED_FROM <= size <= _PACKED_TO and kind.partition(";")[0] in _PACKED


# What differs between machines is said here.
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


def routed(path: str) -> tuple[int, str]:
    """Which file of the build ``path`` asks for: (200, its path), or (302, where to go). As infra/stack/route.js, but
    for the front page."""
    if path == "/console":
        return 302, "/console/"
    return 200, "/console/index.html" if _IN_THE_CONSOLE.fullmatch(path) else path

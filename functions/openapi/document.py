"""The whole description."""

import inspect
import re
import sys
from collections.abc import Iterator
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

from functions import answers, frames, http
from functions.openapi import problems
from functions.openapi.operations import ROOMS, answered, operation, tag
from functions.openapi.rules import Schema
from functions.openapi.schemas import components
from functions.shapes import account, desk, operator, requests, sign_in, visitor
from imchat import shapes

_SHAPES: tuple[ModuleType, ...] = (visitor, operator, account, sign_in, desk, requests, shapes)
_TITLE = "imchat"
_WORDS = """Live chat whose privacy notice is executable.

Times are RFC 3339 with offset. Unknown fields are refused; bodies are JSON of at most 32 KB. Every refusal is
`application/problem+json` (RFC 9457): `type` is stable and one of those listed, `detail` a sentence for a person,
`field` names what it is about. A failure of 5xx is ours, and the same call is safe to make again.

What pages send and hear over a WebSocket stands under `x-websocket`: the address is `websocket_url` of a site or of an
opened chat, the first frame says who it is, and no secret ever stands in an address."""
_SCHEMES: dict[str, Schema] = {
    "visitor": {
        "type": "http",
        "scheme": "bearer",
        "description": "The `token` of `POST /v1/chats`: for that chat alone, and for where it was opened.",
    },
    "staff": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The `id_token` of `POST /v1/sign-in`; the group that is named beside an operation is needed.",
    },
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "imchat_refresh",
        "description": "The cookie that `POST /v1/sign-in` sets, for our own pages.",
    },
}
_PROBLEM: Schema = {
    "type": "object",
    "description": "Why it was refused, or failed (RFC 9457).",
    "properties": {
        "type": {"type": "string", "description": "What kind of problem: stable."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for a person."},
        "field": {"type": "string", "description": "Which field, parameter or column it is about."},
    },
    "required": ["type", "title", "detail"],
    "additionalProperties": False,
}


@cache
def document(web_url: str) -> dict[str, Any]:
    """The description of every route that was declared, for an API at ``web_url``."""
    names: dict[str, Any] = {}
    for module in (*_SHAPES, answers):
        names |= {name: value for name, value in vars(module).items() if not name.startswith("_")}
    # Which room a shape is from does not matter: their names differ.
    names["shapes"] = SimpleNamespace(**names)
    routes = sorted(http.ROUTES, key=lambda route: (route.path, route.method))
    taken = {route.view.__annotations__["sent"] for route in routes if "sent" in route.view.__annotations__}
    given = [body for route in routes for _, media, body in answered(route, names) if media and body]
    forms, shown = components(sorted(taken, key=lambda form: form.__name__), "Body"), components(given)
    sent = components([frames.Frame], "Frame")
    paths: dict[str, Schema] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = operation(route, names, forms, shown)
    return {
        "openapi": "3.1.0",
        "info": {"title": _TITLE, "version": "1", "description": _WORDS},
        "servers": [{"url": web_url}],
        "tags": list(_rooms(routes)),
        "paths": paths,
        "components": {
            "schemas": {"Problem": _PROBLEM, **forms.named, **shown.named, **sent.named},
            "securitySchemes": _SCHEMES,
        },
        "x-websocket": {
            "frames": sent.of[frames.Frame],
            "problems": problems.by_status(set(problems.FRAMES)),
        },
        "x-problems": problems.PROBLEMS,
    }


def _rooms(routes: list[http.Route]) -> Iterator[Schema]:
    """The tags, each with the first sentence of its module's description."""
    modules = {tag(route): sys.modules[route.view.__module__] for route in routes}
    for name in ROOMS.values():
        words, _, _ = " ".join((inspect.getdoc(modules[name]) or "").split()).partition(". ")
        yield {"name": name, "description": re.sub(r" \([^)]*\)", "", words).rstrip(".") + "."}

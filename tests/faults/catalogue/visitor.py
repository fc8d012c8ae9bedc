"""What visitors' pages call."""

from types import SimpleNamespace
from typing import Any

from imchat import tokens
from imchat.chat.closing import close
from imchat.chat.posting import Author, post
from imchat.stores.chats import PAGE_MESSAGES
from tests.adapters.worlds import NOON, ORIGIN, answer, world
from tests.faults.operations import Operation, http

_CHAT = "/v1/chats/{chat_id}"
_ID = "a-long-id-of-the-client"
# No other test sends mail to it: how many an address gets in a day is counted.
EMAIL = "ada.byron@example.org"


def site(**fields: Any) -> SimpleNamespace:
    """A site without a chat."""
    made = world(**fields)
    return SimpleNamespace(site=made, operator=made.operator)


def chat(messages: int = 2, **fields: Any) -> SimpleNamespace:
    """A chat that goes on, with its visitor's token."""
    there = site()
    there.chat = there.site.open(ip="192.0.2.7", **{"name": "Ada", "email": EMAIL, **fields})
    for number in range(messages):
        post(there.chat.pk, Author(there.site.site_id), f"message {number}", f"c{number}", NOON)
    answer(there.chat)
    there.token = tokens.issue(
        there.chat.pk, there.site.site_id, ORIGIN, now=NOON, expires_at=int(there.chat.expires_at)
    )
    return there


def closed(**fields: Any) -> SimpleNamespace:
    """A chat that is over, its copy sent."""
    there = chat(**fields)
    close(there.chat.pk, there.site.site_id, "visitor", NOON)
    return there


def _chat_id(there: Any) -> str:
    return str(there.chat.pk)


def _visitors(method: str, route: str, body: Any = None, **more: Any) -> Any:
    return http(method, route, who="visitor", body=body, chat_id=_chat_id, **more)


def _origin(_: Any) -> dict[str, str]:
    return {"origin": ORIGIN}


def _opening(there: Any) -> dict[str, Any]:
    return {"site_id": there.site.site_id, "name": "Ada", "email": EMAIL, "text": "Hello", "client_id": _ID}


def _visit(there: Any) -> dict[str, Any]:
    return {"site_id": there.site.site_id, "path": "/kettle", "referrer": "https://news.example/a"}


ROUTES = {
    ("GET", "/v1/sites/{site_id}"): Operation(
        name="see a site",
        world=site,
        run=http("GET", "/v1/sites/{site_id}", site_id=lambda there: there.site.site_id, headers=_origin),
    ),
    ("POST", "/v1/chats"): Operation(
        name="open a chat", world=site, run=http("POST", "/v1/chats", body=_opening, headers=_origin)
    ),
    ("POST", _CHAT + "/messages"): Operation(
        name="say something",
        world=chat,
        run=_visitors("POST", _CHAT + "/messages", {"text": "once", "client_id": "again"}),
        again=(200,),  # and the same message
    ),
    ("GET", _CHAT + "/messages"): Operation(
        name="read a chat",
        world=lambda: chat(PAGE_MESSAGES + 2),
        run=_visitors("GET", _CHAT + "/messages"),
    ),
    ("PATCH", _CHAT + "/visitor"): Operation(
        name="correct one's name", world=chat, run=_visitors("PATCH", _CHAT + "/visitor", {"name": "Grace"})
    ),
    ("POST", _CHAT + "/close"): Operation(name="end a chat", world=chat, run=_visitors("POST", _CHAT + "/close")),
    ("POST", _CHAT + "/transcript"): Operation(
        name="ask for a copy", world=chat, run=_visitors("POST", _CHAT + "/transcript")
    ),
    ("POST", _CHAT + "/rating"): Operation(
        name="rate a chat",
        world=chat,
        run=_visitors("POST", _CHAT + "/rating", {"score": 4, "comment": "helpful"}),
    ),
    ("DELETE", _CHAT): Operation(
        name="delete a chat",
        world=lambda: chat(PAGE_MESSAGES + 2),
        run=_visitors("DELETE", _CHAT),
        again=(404,),  # it is gone
    ),
    ("POST", "/v1/visits"): Operation(
        name="count a visit",
        world=site,
        run=http("POST", "/v1/visits", body=_visit, headers=_origin),
        repeated=False,  # a page tells a view once, when it is left
        twice=False,  # two views are two
        leave_out=".*(sketch|salt)#.*",  # an estimate that says no more than what is true: somebody was there
    ),
    ("GET", "/v1/notice"): Operation(name="the notice as JSON", world=site, run=http("GET", "/v1/notice")),
    ("GET", "/notice"): Operation(name="the notice", world=site, run=http("GET", "/notice")),
    ("GET", "/v1/openapi.json"): Operation(name="the description", world=site, run=http("GET", "/v1/openapi.json")),
}
MORE = (
    Operation(
        name="say something where a page is full",
        world=lambda: chat(PAGE_MESSAGES),
        run=_visitors("POST", _CHAT + "/messages", {"text": "once", "client_id": "again"}),
        again=(200,),
    ),
    Operation(name="delete a chat that is over", world=closed, run=_visitors("DELETE", _CHAT), again=(404,)),
    Operation(name="ask for a copy afterwards", world=closed, run=_visitors("POST", _CHAT + "/transcript")),
)

"""What operators and account owners call. Each of them is looked up first: a fault there is one too."""

from types import SimpleNamespace
from typing import Any

from imchat.chat import canned
from imchat.staff.operators import change, invite
from tests.adapters.worlds import NOON
from tests.faults.catalogue import visitor
from tests.faults.operations import Operation, http

_CHATS, _CHAT = "/v1/operator/chats", "/v1/operator/chats/{chat_id}"
_CANNED = "/v1/operator/canned"
_OPERATORS = "/v1/account/operators"


def _chat(**fields: Any) -> SimpleNamespace:
    return visitor.chat(**fields)


def _owned() -> SimpleNamespace:
    there = visitor.site()
    there.owner = "the-owner"
    return there


def _answering() -> SimpleNamespace:
    """A site with an operator who was invited."""
    there = _owned()
    there.invited = invite(there.site.site_id, f"nina-{there.site.site_id}", "Nina")[0]
    return there


def _with_canned() -> SimpleNamespace:
    there = visitor.site()
    there.canned = canned.add(there.site.site_id, "hi", "Good morning!")
    return there


def _at(method: str, route: str, body: Any = None, **more: Any) -> Any:
    return http(method, route, who="operator", body=body, chat_id=lambda there: there.chat.pk, **more)


def _by_owner(method: str, route: str, body: Any = None, **more: Any) -> Any:
    return http(method, route, who="owner", body=body, **more)


def _canned_id(there: Any) -> str:
    return str(there.canned.canned_id)


def _invited(there: Any) -> str:
    return str(there.invited.operator_id)


ROUTES = {
    ("GET", _CHATS): Operation(name="see the inbox", world=_chat, run=http("GET", _CHATS, who="operator")),
    ("GET", _CHAT): Operation(name="see a chat", world=_chat, run=_at("GET", _CHAT)),
    ("POST", _CHAT + "/messages"): Operation(
        name="reply",
        world=_chat,
        run=_at("POST", _CHAT + "/messages", {"text": "Yes", "client_id": "r1"}),
        again=(200,),
    ),
    ("POST", _CHAT + "/notes"): Operation(
        name="leave a note",
        world=_chat,
        run=_at("POST", _CHAT + "/notes", {"text": "Reseller", "client_id": "n1"}),
        again=(200,),
    ),
    ("POST", _CHAT + "/assign"): Operation(name="take a chat", world=_chat, run=_at("POST", _CHAT + "/assign")),
    ("POST", _CHAT + "/transfer"): Operation(
        name="hand a chat over",
        world=_chat,
        run=_at("POST", _CHAT + "/transfer", lambda there: {"operator_id": there.site.colleague}),
    ),
    ("POST", _CHAT + "/request"): Operation(
        name="pass a request on",
        world=_chat,
        run=_at("POST", _CHAT + "/request", {"type": "access"}),
        again=(200,),
    ),
    ("POST", _CHAT + "/close"): Operation(name="end a visitor's chat", world=_chat, run=_at("POST", _CHAT + "/close")),
    ("DELETE", _CHAT): Operation(name="delete a visitor's chat", world=_chat, run=_at("DELETE", _CHAT), again=(404,)),
    ("GET", _CANNED): Operation(
        name="see canned replies", world=_with_canned, run=http("GET", _CANNED, who="operator")
    ),
    ("POST", _CANNED): Operation(
        name="keep a canned reply",
        world=visitor.site,
        run=http("POST", _CANNED, who="operator", body={"shortcut": "hi", "text": "Good morning!"}),
    ),
    ("PUT", _CANNED + "/{canned_id}"): Operation(
        name="change a canned reply",
        world=_with_canned,
        run=http(
            "PUT",
            _CANNED + "/{canned_id}",
            who="operator",
            body={"shortcut": "ho", "text": "Good evening!"},
            canned_id=_canned_id,
        ),
    ),
    ("DELETE", _CANNED + "/{canned_id}"): Operation(
        name="drop a canned reply",
        world=_with_canned,
        run=http("DELETE", _CANNED + "/{canned_id}", who="operator", canned_id=_canned_id),
        again=(404,),
    ),
    ("GET", "/v1/operator/presence"): Operation(
        name="see who is there", world=visitor.site, run=http("GET", "/v1/operator/presence", who="operator")
    ),
    ("PUT", "/v1/operator/presence"): Operation(
        name="say that one is there",
        world=_chat,
        run=http("PUT", "/v1/operator/presence", who="operator", body={"present": True}),
    ),
    ("POST", "/v1/operator/socket"): Operation(
        name="get a ticket", world=visitor.site, run=http("POST", "/v1/operator/socket", who="operator")
    ),
    ("GET", "/v1/account/sites"): Operation(
        name="see one's site", world=_owned, run=_by_owner("GET", "/v1/account/sites")
    ),
    ("PATCH", "/v1/account/sites/{site_id}"): Operation(
        name="change one's site",
        world=_owned,
        run=_by_owner(
            "PATCH",
            "/v1/account/sites/{site_id}",
            {"name": "Kettles", "colour": "#1a73e8"},
            site_id=lambda there: there.site.site_id,
        ),
    ),
    ("GET", _OPERATORS): Operation(name="see one's operators", world=_owned, run=_by_owner("GET", _OPERATORS)),
    ("POST", _OPERATORS): Operation(
        name="invite an operator",
        world=_owned,
        run=_by_owner("POST", _OPERATORS, lambda there: {"username": f"nina-{there.site.site_id}", "name": "Nina"}),
    ),
    ("PATCH", _OPERATORS + "/{operator_id}"): Operation(
        name="rename and disable an operator",
        world=_answering,
        run=_by_owner(
            "PATCH", _OPERATORS + "/{operator_id}", {"name": "Ninette", "disabled": True}, operator_id=_invited
        ),
    ),
    ("GET", "/v1/account/statistics"): Operation(
        name="see statistics", world=_owned, run=_by_owner("GET", "/v1/account/statistics")
    ),
    ("GET", "/v1/account/visits"): Operation(
        name="see visits", world=_owned, run=_by_owner("GET", "/v1/account/visits")
    ),
}


def _disabled() -> SimpleNamespace:
    there = _answering()
    change(there.site.site_id, there.owner, _invited(there), name=None, disabled=True, now=NOON)
    return there


MORE = (
    Operation(
        name="enable an operator",
        world=_disabled,
        run=_by_owner("PATCH", _OPERATORS + "/{operator_id}", {"disabled": False}, operator_id=_invited),
    ),
)

"""Who calls: each route names its kind of caller, and is told who it is."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from chalice import CognitoUserPoolAuthorizer

from functions.reading import known
from imchat import clock, tokens
from imchat.errors import Forbidden, NotFound, Unauthorised
from imchat.settings import settings

Group = Literal["operator", "owner", "privacy"]
_COGNITO = CognitoUserPoolAuthorizer("staff", provider_arns=cast(list[str], [{"Fn::GetAtt": ["UserPool", "Arn"]}]))


@dataclass(frozen=True)
class CallerKind:
    """A kind of caller. ``known`` takes a request and the arguments in its path, and answers what the view is told of
    who calls, by name of argument; it raises Unauthorised, Forbidden or NotFound, the kinds of which ``refusals`` names
    (functions/openapi/problems.py). ``group`` is that of staff, ``scheme`` what they show of themselves
    (functions/openapi/document.py)."""

    name: str
    known: Callable[[Any, Mapping[str, str]], dict[str, Any]]
    refusals: str = ""
    group: Group | None = None
    scheme: str | None = None

    @property
    def authorizer(self) -> Any:
        """What checks the caller's token before we are asked."""
        return _COGNITO if self.group else None


@dataclass(frozen=True)
class Staff:
    """Who is signed in: their id, the site they belong to, their public name."""

    operator_id: str
    site_id: str
    name: str


def _visitor(request: Any, path: Mapping[str, str]) -> dict[str, Any]:
    """What the bearer token says, if it is for this chat and comes from where the chat was opened; NotFound for another
    chat's token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorised("token_missing", "The token of the chat is missing.")
    claims = tokens.verify(token.strip(), clock.now())
    origin = request.headers.get("origin")
    if origin is not None and origin != claims.origin:
        raise Forbidden("origin_not_allowed", "This chat was opened on another website.")
    if claims.chat_id != known(path["chat_id"], "chat"):
        raise NotFound("chat")
    return {"claims": claims}


def _staff(request: Any, group: Group) -> dict[str, Any]:
    """Who is signed in, if they are of ``group``, under the public name that their record has now. The authoriser has
    checked the token; that they may still use it, their record says."""
    from imchat.stores import accounts

    claims = request.context.get("authorizer", {}).get("claims", {})
    groups = re.findall(r"[\w-]+", str(claims.get("cognito:groups", "")))
    site_id = claims.get("custom:site_id")
    if group not in groups or not site_id:
        raise Forbidden("wrong_group", f"This needs a member of the group “{group}”.")
    staff_id = claims["sub"]
    if group == "operator":
        if found := accounts.operator(site_id, staff_id):
            return {"me": Staff(staff_id, site_id, found.name)}
    elif accounts.admitted(site_id, staff_id):
        return {"me": Staff(staff_id, site_id, claims.get("nickname") or "")}
    raise Forbidden("account_disabled", "This account cannot be used any more. The owner of the website can say why.")


def _our_page(request: Any, path: Mapping[str, str]) -> dict[str, Any]:
    """Anybody, but from no page but ours."""
    origin = request.headers.get("origin")
    if origin is not None and origin != web_origin():
        raise Forbidden("origin_not_allowed", "Nobody signs in from another website.")
    return {}


def _anybody(request: Any, path: Mapping[str, str]) -> dict[str, Any]:
    return {}


def _of(group: Group) -> CallerKind:
    """One of the staff of a group."""
    return CallerKind(group, lambda request, _: _staff(request, group), "wrong_group account_disabled", group, "staff")


def web_origin() -> str:
    """The origin that the staff's pages come from."""
    from urllib.parse import urlsplit

    parts = urlsplit(settings().web_url)
    return f"{parts.scheme}://{parts.netloc}"


ANYBODY = CallerKind("anybody", _anybody)
VISITOR = CallerKind(
    "visitor",
    _visitor,
    "token_missing token_invalid token_expired origin_not_allowed chat_not_found",
    scheme="visitor",
)
OPERATOR, OWNER, PRIVACY = _of("operator"), _of("owner"), _of("privacy")
OUR_PAGE = CallerKind("our page", _our_page, "origin_not_allowed")
SIGNED_IN_HERE = CallerKind("our page, with its cookie", _our_page, "origin_not_allowed", scheme="cookie")

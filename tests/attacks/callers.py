"""Everybody who may call, with a token of each: two sites with their staff, visitors, and those whose access has
ended."""

import json
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt

from imchat import clock, tokens
from imchat.staff.leaving import put_out
from operations.accounts import add_staff
from tests.flow.client import Api, Member, Visitor
from tests.flow.sites import ORIGIN, TestSite, make_site

GROUPS = ("operator", "owner", "privacy")


def user_pool_key(stack: dict[str, Any], use: str = "id") -> str:
    """The key with which the emulated user pool signs: what it says, nobody else could."""
    folder = Path(os.environ.get("STATE_DIR", "/tmp/ministack-state"))  # noqa: S108 - where the emulator keeps it
    return (folder / "cognito-pool-keys" / f"{stack['user_pool_id']}-{use}.pem").read_text()


def signed_by_pool(stack: dict[str, Any], token: str, **claims: Any) -> str:
    """The token, with other claims and a signature that holds."""
    said = jwt.decode(token, options={"verify_signature": False}) | claims
    kid = jwt.get_unverified_header(token)["kid"]
    return jwt.encode(said, user_pool_key(stack), "RS256", headers={"kid": kid})


@dataclass(frozen=True)
class Callers:
    """Tokens by kind of caller (matrix.txt), and whose they are: ``disabled`` and ``expired`` by group."""

    stack: dict[str, Any]
    site: TestSite
    other: TestSite
    disabled: dict[str, str]
    expired: dict[str, str]

    @classmethod
    def of(cls, stack: dict[str, Any]) -> "Callers":
        """Two new sites; needs the ``tables`` fixture."""
        site, other = make_site(stack), make_site(stack)
        disabled = {group: _disabled(stack, site.site.site_id, group) for group in GROUPS}
        ago = int((datetime.now(UTC) - timedelta(days=1)).timestamp())
        ended = {"iat": ago, "auth_time": ago, "exp": ago + 1800}
        expired = {group: signed_by_pool(stack, str(member(site, group).api.token), **ended) for group in GROUPS}
        return cls(stack, site, other, disabled, expired)

    def token(self, kind: str, group: str, visitor: Visitor, foreign: Visitor) -> str | None:
        """The token of a kind of caller, on a route that is for ``group``."""
        asked = group if group in GROUPS else "operator"
        if kind in GROUPS:
            return member(self.site, kind).api.token
        if kind == "expired" and group == "visitor":
            ago = datetime.now(UTC) - timedelta(days=8)
            return tokens.issue(
                visitor.chat_id, self.site.site.site_id, ORIGIN, now=ago, expires_at=int(ago.timestamp()) + 10**8
            )
        return {
            "none": lambda: None,
            "visitor": lambda: visitor.api.token,
            "foreign_visitor": lambda: foreign.api.token,
            "another_site": lambda: member(self.other, asked).api.token,
            "disabled": lambda: self.disabled[asked],
            "expired": lambda: self.expired[asked],
        }[kind]()


def member(site: TestSite, group: str) -> Member:
    """Somebody of a site's staff, of that group alone."""
    return {"operator": site.operator, "owner": site.owner, "privacy": site.privacy}[group]


def _disabled(stack: dict[str, Any], site_id: str, group: str) -> str:
    """The token of somebody who was disabled after it was given out."""
    name, password = f"gone-{secrets.token_hex(6)}", f"{secrets.token_urlsafe(12)}aA1"
    staff_id = add_staff(
        Api(stack).client("cognito-idp"), {"UserPool": stack["user_pool_id"]}, username=name, password=password,
        site_id=site_id, name="Gus", groups=[group],
    )  # fmt: skip
    token = str(Member(stack, name, password).api.token)
    put_out(site_id, staff_id, name, clock.now())
    return token


def placed(value: Any, places: dict[str, str]) -> Any:
    """``value`` with what stands for ``{name}`` in its texts."""
    text = json.dumps(value)
    for name, place in places.items():
        text = text.replace(f"{{{name}}}", place)
    return json.loads(text)

"""What an owner does to a site and to its operators, through the API."""

import secrets
from typing import Any

from tests.flow.client import Answer, Api, Member
from tests.flow.pages import Page
from tests.flow.sites import ORIGIN, TestSite

SITES, OPERATORS = "/v1/account/sites", "/v1/account/operators"


def change(site: TestSite, **settings: Any) -> Answer:
    """Change settings of the site, as its owner."""
    return site.owner("PATCH", f"{SITES}/{site.site.site_id}", settings)


def shown(site: TestSite, **headers: str) -> dict[str, Any]:
    """What the widget is told."""
    found: dict[str, Any] = Api(site.stack, origin=ORIGIN)("GET", f"/v1/sites/{site.site.site_id}", **headers).json
    return found


def username() -> str:
    """A user name that nobody has."""
    return f"nina-{secrets.token_hex(6)}@staff.example"


def invite(site: TestSite, name: str = "Nina") -> tuple[dict[str, Any], str]:
    """An operator whom the owner invited, and the password to come with."""
    made = site.owner("POST", OPERATORS, {"username": username(), "name": name})
    assert made.status == 201, made.body
    return made.json["operator"], made.json["temporary_password"]


def come(stack: dict[str, Any], operator: dict[str, Any], temporary: str) -> Member:
    """The first sign-in of somebody who was invited."""
    page = Page(stack)
    challenge = page.sign_in(operator["username"], temporary).json
    assert challenge["challenge"] == "new_password"
    password = f"{secrets.token_urlsafe(12)}aA1"
    signed_in = page.answer(challenge, password=password)
    member = Member(stack, operator["username"], password)
    member.__dict__["api"] = Api(stack, token=signed_in.json["id_token"])
    return member

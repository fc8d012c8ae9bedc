"""Sites of a test's own on the deployed stack, with staff who can sign in."""

import secrets
from dataclasses import dataclass
from typing import Any

from imchat.stores.accounts import Site, create_site
from operations.accounts import add_staff
from tests.flow.client import Api, Member, Visitor

ORIGIN = "https://shop.example"


@dataclass(frozen=True)
class TestSite:
    """A site, two operators, an owner and two of the data-protection desk."""

    __test__ = False

    stack: dict[str, Any]
    site: Site
    operator: Member
    colleague: Member
    owner: Member
    privacy: Member
    privacy2: Member
    operator_id: str
    colleague_id: str

    def visitor(self) -> Visitor:
        """Somebody on the site's page."""
        return Visitor(self.stack, self.site.site_id, ORIGIN)


def make_site(stack: dict[str, Any], **settings: Any) -> TestSite:
    """A new site with staff; needs the ``tables`` fixture."""
    site_id = f"site-{secrets.token_hex(6)}"
    site = create_site(site_id, name="Corner Shop", origins=[ORIGIN], **{"opens_per_minute": 100_000, **settings})
    cognito = Api(stack).client("cognito-idp")
    members, ids = [], []
    for name, groups in (
        ("Olga", ["operator"]),
        ("Otto", ["operator"]),
        ("Owen", ["owner"]),
        ("Priya", ["privacy"]),
        ("Paul", ["privacy"]),
    ):
        username, password = f"{name.lower()}-{site_id}", f"{secrets.token_urlsafe(12)}aA1"
        ids.append(
            add_staff(
                cognito,
                {"UserPool": stack["user_pool_id"]},
                username=username,
                password=password,
                site_id=site_id,
                name=name,
                groups=groups,
            )
        )
        members.append(Member(stack, username, password))
    return TestSite(stack, site, *members, operator_id=ids[0], colleague_id=ids[1])

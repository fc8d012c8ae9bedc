"""Whose access is taken away: for every group, at once and everywhere."""

from typing import Any

import pytest

from operations import accounts
from tests.attacks.callers import GROUPS, member
from tests.flow.client import Api
from tests.flow.sites import TestSite, make_site

pytestmark = pytest.mark.usefixtures("tables")
CALLS = {"operator": "/v1/operator/chats", "owner": "/v1/account/sites", "privacy": "/v1/desk/requests"}


@pytest.fixture(scope="module")
def site(stack: dict[str, Any]) -> TestSite:
    return make_site(stack)


@pytest.mark.parametrize("group", GROUPS)
def test_whoever_is_put_out_is_out_with_the_token_in_hand_and_without(site: TestSite, group: str) -> None:
    who = member(site, group)
    assert who("GET", CALLS[group]).status == 200
    known = accounts.member(who.username)
    accounts.disable(known, disabled=True)
    refused = who("GET", CALLS[group])
    assert (refused.status, refused.json["type"]) == (403, "/problems/account_disabled")
    sign_in = {"username": who.username, "password": who.password}
    again = Api(site.stack)("POST", "/v1/sign-in", sign_in)
    assert (again.status, again.json["type"]) == (401, "/problems/wrong_credentials")
    accounts.disable(known, disabled=True)  # again: the same
    accounts.disable(known, disabled=False)
    assert who("GET", CALLS[group]).status == 200
    assert Api(site.stack)("POST", "/v1/sign-in", sign_in).json["state"] == "signed_in"


@pytest.mark.parametrize("group", GROUPS)
def test_whoever_is_removed_is_out_with_the_token_in_hand(site: TestSite, group: str) -> None:
    who = member(site, group)
    assert who("GET", CALLS[group]).status == 200
    accounts.remove(accounts.member(who.username))
    refused = who("GET", CALLS[group])
    assert (refused.status, refused.json["type"]) == (403, "/problems/account_disabled")

"""The owner's API of a site's operators, on the deployed stack: invited, put out, let in again."""

import secrets
from typing import Any

import pytest

from operations.accounts import add_staff
from tests.flow.client import Api, Member, is_problem
from tests.flow.owners import OPERATORS, SITES, come, invite, shown, username
from tests.flow.pages import Page
from tests.flow.sites import TestSite, make_site
from tests.flow.sockets import answering, visiting

pytestmark = pytest.mark.usefixtures("tables")


def test_an_operator_is_invited_comes_and_answers(stack: dict[str, Any]) -> None:
    site = make_site(stack)
    operator, temporary = invite(site)
    assert operator == {
        "operator_id": operator["operator_id"],
        "name": "Nina",
        "username": operator["username"],
        "present": False,
        "disabled": False,
    }
    listed = site.owner("GET", OPERATORS).json["operators"]
    assert sorted(one["name"] for one in listed) == ["Nina", "Olga", "Otto"]
    assert operator in listed
    nina = come(stack, operator, temporary)
    visitor = site.visitor()
    visitor.open(text="Hello")
    assert nina.say(visitor.chat_id, "Hi").status == 201
    renamed = site.owner("PATCH", f"{OPERATORS}/{operator['operator_id']}", {"name": "Nina B."}).json["operator"]
    assert renamed["name"] == "Nina B."
    nina.say(visitor.chat_id, "It is still me")  # with the token of before
    assert [one.get("name") for one in visitor.poll().json["messages"]] == [None, "Nina B.", "Nina B."]


def test_who_never_came_can_be_invited_again_and_nobody_else(
    site: TestSite, elsewhere: TestSite, stack: dict[str, Any]
) -> None:
    operator, temporary = invite(site)
    asked = {"username": operator["username"], "name": "Nina the second"}
    is_problem(elsewhere.owner("POST", OPERATORS, asked), 409, "username_taken")
    again = site.owner("POST", OPERATORS, asked)
    assert again.status == 201
    assert again.json["operator"] == operator | {"name": "Nina the second"}
    is_problem(Page(stack).sign_in(operator["username"], temporary), 401, "wrong_credentials")
    come(stack, operator, again.json["temporary_password"])
    is_problem(site.owner("POST", OPERATORS, asked), 409, "username_taken")
    # A new password for who may do more than answer would be a way into their account.
    desk = username()
    add_staff(
        Api(stack).client("cognito-idp"), {"UserPool": stack["user_pool_id"]}, username=desk, password=None,
        site_id=site.site.site_id, name="Pia", groups=["operator", "privacy"],
    )  # fmt: skip
    is_problem(site.owner("POST", OPERATORS, {"username": desk, "name": "Pia"}), 409, "username_taken")


def test_an_invitation_that_was_cut_short_is_finished_by_the_next(site: TestSite, stack: dict[str, Any]) -> None:
    """The user was made, and nothing else."""
    name = username()
    Api(stack).client("cognito-idp").admin_create_user(
        UserPoolId=stack["user_pool_id"], Username=name, MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "nickname", "Value": "N"}, {"Name": "custom:site_id", "Value": site.site.site_id}],
    )  # fmt: skip
    made = site.owner("POST", OPERATORS, {"username": name, "name": "Nina"})
    assert made.status == 201, made.body
    nina = come(stack, made.json["operator"], made.json["temporary_password"])
    assert nina("GET", "/v1/operator/presence").status == 200


@pytest.mark.parametrize(
    ("body", "kind", "field"),
    [
        ({"username": "Nina", "name": "Nina"}, "invalid_value", "username"),
        ({"username": "n", "name": "Nina"}, "invalid_value", "username"),
        ({"username": "-nina", "name": "Nina"}, "invalid_value", "username"),
        ({"username": "ni na", "name": "Nina"}, "invalid_value", "username"),
        ({"username": "x" * 65, "name": "Nina"}, "invalid_value", "username"),
        ({"username": "nina.without.name", "name": " "}, "invalid_value", "name"),
        ({"username": "nina.without.name"}, "missing_field", "name"),
        ({"username": "nina.without.name", "name": "N", "group": "owner"}, "unknown_field", "group"),
    ],
)
def test_an_invitation_that_is_none_is_refused(site: TestSite, body: dict[str, Any], kind: str, field: str) -> None:
    before = site.owner("GET", OPERATORS).json
    is_problem(site.owner("POST", OPERATORS, body), 400, kind, field)
    assert site.owner("GET", OPERATORS).json == before


def test_who_is_disabled_is_out_at_once_and_keeps_their_chats_until_enabled_again(stack: dict[str, Any]) -> None:
    site = make_site(stack)
    operator, temporary = invite(site)
    path = f"{OPERATORS}/{operator['operator_id']}"
    page = Page(stack)
    nina = come(stack, operator, temporary)
    assert page.sign_in(nina.username, nina.password).json["state"] == "signed_in"
    visitor = site.visitor()
    visitor.open(text="Hello")
    assert nina("POST", f"/v1/operator/chats/{visitor.chat_id}/assign").status == 200
    assert nina("PUT", "/v1/operator/presence", {"present": True}).json["online"] is True

    disabled = site.owner("PATCH", path, {"disabled": True})
    assert disabled.json["operator"] == operator | {"disabled": True}
    assert shown(site)["online"] is False
    colleagues = site.operator("GET", "/v1/operator/presence").json["operators"]
    assert [one["name"] for one in colleagues] == ["Olga", "Otto"]
    for call in (
        ("GET", "/v1/operator/chats"),
        ("GET", f"/v1/operator/chats/{visitor.chat_id}"),
        ("PUT", "/v1/operator/presence", {"present": True}),
    ):
        is_problem(nina(*call), 403, "account_disabled")
    assert shown(site)["online"] is False
    is_problem(page.sign_in(nina.username, nina.password), 401, "wrong_credentials")
    is_problem(Page(stack, cookie=page.cookie).refresh(), 401, "signed_out")
    assert site.operator.read(visitor.chat_id).json["chat"]["assigned_to"] == operator["operator_id"]
    transfer = f"/v1/operator/chats/{visitor.chat_id}/transfer"
    assert site.operator("POST", transfer, {"operator_id": site.operator_id}).status == 200
    refused = site.operator("POST", transfer, {"operator_id": operator["operator_id"]})
    is_problem(refused, 400, "operator_unknown", "operator_id")
    assert site.owner("PATCH", path, {"disabled": True}).status == 200  # again: the same

    enabled = site.owner("PATCH", path, {"disabled": False})
    assert enabled.json["operator"] == operator
    assert page.sign_in(nina.username, nina.password).json["state"] == "signed_in"
    assert nina("GET", "/v1/operator/chats").status == 200


def test_who_is_disabled_hears_nothing_more_and_their_colleagues_do(stack: dict[str, Any]) -> None:
    site = make_site(stack)
    visitor = site.visitor()
    visitor.open(text="Hello")
    with answering(site.operator, visitor.chat_id) as olga, answering(site.colleague, visitor.chat_id) as otto:
        path = f"{OPERATORS}/{site.colleague_id}"
        assert site.owner("PATCH", path, {"disabled": True}).status == 200
        assert [frame["type"] for frame in otto.ended() if frame["type"] == "message"] == []
        visitor.say("Is anybody there?")
        assert olga.hear("message", chat_id=visitor.chat_id)["message"]["text"] == "Is anybody there?"


def test_visitors_hear_that_the_last_operator_was_put_out(stack: dict[str, Any]) -> None:
    site = make_site(stack)
    visitor = site.visitor()
    visitor.open(text="Hello")
    assert site.operator("PUT", "/v1/operator/presence", {"present": True}).json["online"] is True
    with visiting(visitor) as page, answering(site.operator), answering(site.colleague) as otto:
        assert site.owner("PATCH", f"{OPERATORS}/{site.operator_id}", {"disabled": True}).status == 200
        assert page.hear("presence")["online"] is False
        assert [one["name"] for one in otto.hear("presence")["operators"]] == ["Otto"]


def test_an_owner_cannot_lock_themselves_out(stack: dict[str, Any]) -> None:
    site = make_site(stack)
    name, password = username(), f"{secrets.token_urlsafe(12)}aA1"
    own_id = add_staff(
        Api(stack).client("cognito-idp"), {"UserPool": stack["user_pool_id"]}, username=name, password=password,
        site_id=site.site.site_id, name="Ora", groups=["operator", "owner"],
    )  # fmt: skip
    ora = Member(stack, name, password)
    is_problem(ora("PATCH", f"{OPERATORS}/{own_id}", {"disabled": True}), 409, "own_account")
    assert ora("PATCH", f"{OPERATORS}/{own_id}", {"name": "Ora B."}).json["operator"]["name"] == "Ora B."
    assert site.owner("PATCH", f"{OPERATORS}/{own_id}", {"disabled": True}).status == 200
    is_problem(ora("GET", SITES), 403, "account_disabled")

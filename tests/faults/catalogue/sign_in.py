"""Signing in: what it changes is Cognito's. What was used once, as a session or a code, is not taken again: where its
answer was lost, the sign-in begins anew, and nothing is lost by that."""

import json
import time
from types import SimpleNamespace
from typing import Any

from imchat import aws
from imchat.settings import settings
from imchat.staff.operators import invite
from operations.prove.totp import code_of
from tests.faults.catalogue import visitor
from tests.faults.operations import Operation, answer_of, http

_PATH = "/v1/sign-in"
# A try counts until it is known to have been right.
_TRIES = r'"number": "\d+", (?="pk": "sign-in)'


def _invited() -> SimpleNamespace:
    """An operator with a temporary password."""
    there = visitor.site()
    made, there.password = invite(there.site.site_id, f"nina-{there.site.site_id}", "Nina")
    there.username = made.username
    return there


def _as_invited(there: Any) -> None:
    _set_password(there, permanent=False)


def _set_password(there: Any, *, permanent: bool) -> None:
    aws.client("cognito-idp").admin_set_user_password(
        UserPoolId=settings().user_pool, Username=there.username, Password=there.password, Permanent=permanent
    )


def _member() -> SimpleNamespace:
    """An operator who has come, and is signed in."""
    there = _invited()
    _set_password(there, permanent=True)
    _signed_in(there)
    return there


def _signed_in(there: Any) -> None:
    cognito = aws.client("cognito-idp")
    cognito.admin_set_user_mfa_preference(
        UserPoolId=settings().user_pool, Username=there.username, SoftwareTokenMfaSettings={"Enabled": False}
    )
    answer = cognito.initiate_auth(
        ClientId=settings().user_pool_client, AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": there.username, "PASSWORD": there.password},
    )["AuthenticationResult"]  # fmt: skip
    there.access, there.refresh = answer["AccessToken"], answer["RefreshToken"]


def _credentials(there: Any) -> dict[str, str]:
    return {"username": there.username, "password": there.password}


def _cookie(there: Any) -> dict[str, str]:
    return {"cookie": f"imchat_refresh={there.refresh}"}


def _first_sign_in(there: Any) -> int:
    """With the temporary password, and a new one."""
    begun = answer_of(there, "POST", _PATH, body=_credentials(there))
    if begun["statusCode"] != 200:
        return int(begun["statusCode"])
    asked = json.loads(begun["body"])
    new = {"challenge": "new_password", "session": asked["session"], "username": there.username}
    return http("POST", f"{_PATH}/challenge", body=new | {"password": "Battery-staple-8"})(there)


def _second_factor(there: Any) -> int:
    begun = answer_of(there, "POST", f"{_PATH}/totp", body={"access_token": there.access})
    if begun["statusCode"] != 200:
        return int(begun["statusCode"])
    shown = code_of(json.loads(begun["body"])["secret"], time.time())
    return http("POST", f"{_PATH}/totp/verify", body={"access_token": there.access, "code": shown})(there)


ROUTES = {
    ("POST", _PATH): Operation(
        name="sign in", world=_member, run=http("POST", _PATH, body=_credentials), leave_out=_TRIES
    ),
    ("POST", f"{_PATH}/challenge"): Operation(
        name="sign in for the first time",
        world=_invited,
        run=_first_sign_in,
        again=(401,),  # the new password is set: with it they come in
        leave_out=_TRIES,
        restore=_as_invited,
    ),
    ("POST", f"{_PATH}/refresh"): Operation(
        name="stay signed in", world=_member, run=http("POST", f"{_PATH}/refresh", body={}, headers=_cookie)
    ),
    ("DELETE", _PATH): Operation(
        name="sign out", world=_member, run=http("DELETE", _PATH, headers=_cookie), restore=_signed_in
    ),
    ("POST", f"{_PATH}/totp"): Operation(
        name="begin a second factor",
        world=_member,
        run=http("POST", f"{_PATH}/totp", body=lambda there: {"access_token": there.access}),
    ),
    ("POST", f"{_PATH}/totp/verify"): Operation(
        name="switch a second factor on", world=_member, run=_second_factor, again=(400,), restore=_signed_in
    ),
}

"""Signing in, for our own pages: they never speak to Cognito themselves. The refresh token is kept from their scripts,
in a cookie that only these routes receive (docs/decisions/0021)."""

import re
from typing import TYPE_CHECKING

from chalice import Response

from functions import staff_views
from functions.answers import NoContent, Ok
from functions.caller import caller
from functions.callers import OUR_PAGE, SIGNED_IN_HERE, web_origin
from functions.forms import Nothing
from functions.forms import sign_in as forms
from functions.http import Routes, problem
from functions.observe import count
from imchat import clock
from imchat.errors import Unauthorised

if TYPE_CHECKING:
    from functions.shapes import sign_in as shapes
    from imchat.staff.sign_in import Challenge, SignedIn

routes = Routes(__name__)
_PATH = "/v1/sign-in"
COOKIE = "imchat_refresh"
# As long as Cognito takes a refresh token (infra/stack/staff.yaml).
_COOKIE_SECONDS = 12 * 3600
_IN_COOKIES = re.compile(rf"(?:^|;)\s*{COOKIE}=([^;\s]+)")


@routes.route(_PATH, methods=["POST"], by=OUR_PAGE, refusals="wrong_credentials sign_in_over too_many_tries")
def sign_in(sent: forms.SignIn) -> "Ok[shapes.SignedIn] | Ok[shapes.Challenge]":
    """Begin with a user name and a password."""
    from imchat.staff.sign_in import sign_in

    ip = caller(routes.current_request).ip
    return _told(sign_in(sent.username, sent.password, ip=ip, now=clock.now()))


@routes.route(
    f"{_PATH}/challenge",
    methods=["POST"],
    by=OUR_PAGE,
    refusals="sign_in_over wrong_code weak_password too_many_tries",
)
def answer_challenge(sent: forms.ChallengeAnswer) -> "Ok[shapes.SignedIn] | Ok[shapes.Challenge]":
    """Answer what was asked for beside the password."""
    from imchat.staff.sign_in import answer

    return _told(
        answer(
            sent.challenge,
            sent.session,
            sent.username,
            password=sent.password,
            code=sent.code,
            ip=caller(routes.current_request).ip,
            now=clock.now(),
        )
    )


@routes.route(f"{_PATH}/refresh", methods=["POST"], by=SIGNED_IN_HERE, refusals="signed_out too_many_tries")
def refresh(sent: Nothing) -> "Ok[shapes.SignedIn] | Ok[shapes.Challenge] | Response":
    """New tokens for the cookie."""
    from imchat.staff.sign_in import refresh

    try:
        return _told(refresh(_refresh_token()))
    except Unauthorised as ended:
        answer = problem(ended)
        answer.headers["Set-Cookie"] = _cookie("", 0)
        return answer


@routes.route(_PATH, methods=["DELETE"], by=SIGNED_IN_HERE, refusals="too_many_tries")
def sign_out() -> NoContent:
    """End the sign-in here: its tokens are revoked, the cookie goes."""
    from imchat.staff.sign_in import sign_out

    try:
        sign_out(_refresh_token())
    except Unauthorised:  # signed out already
        pass
    return NoContent({"Set-Cookie": _cookie("", 0)})


@routes.route(f"{_PATH}/totp", methods=["POST"], by=OUR_PAGE, refusals="signed_out too_many_tries")
def begin_totp(sent: forms.SecondFactor) -> "shapes.Secret":
    """The secret for an authenticator app."""
    from imchat.staff.totp import begin

    return {"secret": begin(sent.access_token)}


@routes.route(f"{_PATH}/totp/verify", methods=["POST"], by=OUR_PAGE, refusals="signed_out wrong_code too_many_tries")
def verify_totp(sent: forms.SecondFactorCode) -> "shapes.SecondFactorOn":
    """Switch the second factor on, with a code that the app shows."""
    from imchat.staff.totp import verify

    verify(sent.access_token, sent.code)
    return {"totp": True}


def _refresh_token() -> str:
    """Raises Unauthorised where there is no cookie."""
    found = _IN_COOKIES.search(routes.current_request.headers.get("cookie", ""))
    if not found:
        raise Unauthorised("signed_out", "You are not signed in here.")
    return found[1]


def _told(outcome: "SignedIn | Challenge") -> "Ok[shapes.SignedIn] | Ok[shapes.Challenge]":
    token = getattr(outcome, "refresh_token", None)
    if token:
        count("SignIns")
    headers = {"Set-Cookie": _cookie(token, _COOKIE_SECONDS)} if token else None
    told = staff_views.sign_in(outcome)
    return Ok(told, headers) if told["state"] == "signed_in" else Ok(told)


def _cookie(value: str, seconds: int) -> str:
    secure = "; Secure" if web_origin().startswith("https:") else ""
    return f"{COOKIE}={value}; Path={_PATH}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"

"""Signing in, for our own pages: they never speak to Cognito themselves. The refresh token is kept from their scripts,
in a cookie that only these routes receive (docs/decisions/0021)."""

import re
from typing import Any

from chalice import Response

from functions import bodies, staff_views
from functions.caller import caller
from functions.http import Routes, body, problem, web_origin
from functions.observe import count
from imchat import clock
from imchat.errors import Forbidden, Unauthorised

routes = Routes(__name__)
_PATH = "/v1/sign-in"
_COOKIE = "imchat_refresh"
# As long as Cognito takes a refresh token (infra/stack/staff.yaml).
_COOKIE_SECONDS = 12 * 3600
_IN_COOKIES = re.compile(rf"(?:^|;)\s*{_COOKIE}=([^;\s]+)")


@routes.route(_PATH, methods=["POST"])
def sign_in() -> Response:
    """Begin with a user name and a password."""
    from imchat.staff.sign_in import sign_in

    request = _our_request()
    sent = body(request, bodies.SignIn)
    return _told(sign_in(sent.username, sent.password, ip=caller(request).ip, now=clock.now()))


@routes.route(f"{_PATH}/challenge", methods=["POST"])
def answer_challenge() -> Response:
    """Answer what was asked for beside the password."""
    from imchat.staff.sign_in import answer

    request = _our_request()
    sent = body(request, bodies.ChallengeAnswer)
    return _told(
        answer(
            sent.challenge,
            sent.session,
            sent.username,
            password=sent.password,
            code=sent.code,
            ip=caller(request).ip,
            now=clock.now(),
        )
    )


@routes.route(f"{_PATH}/refresh", methods=["POST"])
def refresh() -> Response:
    """New tokens for the cookie."""
    from imchat.staff.sign_in import refresh

    request = _our_request()
    body(request, bodies.Nothing)
    try:
        return _told(refresh(_refresh_token(request)))
    except Unauthorised as ended:
        answer = problem(ended)
        answer.headers["Set-Cookie"] = _cookie("", 0)
        return answer


@routes.route(_PATH, methods=["DELETE"])
def sign_out() -> Response:
    """End the sign-in here: its tokens are revoked, the cookie goes."""
    from imchat.staff.sign_in import sign_out

    request = _our_request()
    try:
        sign_out(_refresh_token(request))
    except Unauthorised:  # signed out already
        pass
    return Response("", status_code=204, headers={"Set-Cookie": _cookie("", 0)})


@routes.route(f"{_PATH}/totp", methods=["POST"])
def begin_totp() -> dict[str, str]:
    """The secret for an authenticator app."""
    from imchat.staff.totp import begin

    return {"secret": begin(body(_our_request(), bodies.SecondFactor).access_token)}


@routes.route(f"{_PATH}/totp/verify", methods=["POST"])
def verify_totp() -> dict[str, bool]:
    """Switch the second factor on, with a code that the app shows."""
    from imchat.staff.totp import verify

    sent = body(_our_request(), bodies.SecondFactorCode)
    verify(sent.access_token, sent.code)
    return {"totp": True}


def _our_request() -> Any:
    """The request, if it comes from no page but ours. Raises Forbidden."""
    request = routes.current_request
    origin = request.headers.get("origin")
    if origin is not None and origin != web_origin():
        raise Forbidden("origin_not_allowed", "Nobody signs in from another website.")
    return request


def _refresh_token(request: Any) -> str:
    """Raises Unauthorised where there is no cookie."""
    found = _IN_COOKIES.search(request.headers.get("cookie", ""))
    if not found:
        raise Unauthorised("signed_out", "You are not signed in here.")
    return found[1]


def _told(outcome: Any) -> Response:
    answer = Response(staff_views.sign_in(outcome))
    token = getattr(outcome, "refresh_token", None)
    if token:
        count("SignIns")
        answer.headers["Set-Cookie"] = _cookie(token, _COOKIE_SECONDS)
    return answer


def _cookie(value: str, seconds: int) -> str:
    secure = "; Secure" if web_origin().startswith("https:") else ""
    return f"{_COOKIE}={value}; Path={_PATH}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"

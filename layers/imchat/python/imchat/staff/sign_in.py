"""Signing in: a password, then what Cognito asks for beside it, then tokens. Nobody learns whether a user exists or was
disabled."""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from imchat import aws
from imchat.errors import ImchatError, InvalidInput, Unauthorised
from imchat.fields import checked
from imchat.hashes import keyed
from imchat.settings import settings
from imchat.staff.cognito import public
from imchat.staff.guesses import guess
from imchat.staff.passwords import strong

Kind = Literal["new_password", "totp", "totp_setup"]
_KINDS: dict[str, Kind] = {
    "NEW_PASSWORD_REQUIRED": "new_password",
    "SOFTWARE_TOKEN_MFA": "totp",
    "MFA_SETUP": "totp_setup",
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
# What Cognito takes for a user name; nobody has another, and it need not be asked.
_USERNAME = re.compile(r"[^\s\x00-\x1f\x7f\ud800-\udfff]{1,128}")
_PASSWORD = re.compile(r"[^\ud800-\udfff]{1,256}", re.DOTALL)
_CODE = re.compile(r"[0-9]{6}")


@dataclass(frozen=True)
class SignedIn:
    """Tokens of somebody who is signed in. ``refresh_token`` is None where the one in hand goes on; ``expires_in`` is
    the life of the other two, in seconds."""

    id_token: str
    access_token: str
    refresh_token: str | None
    expires_in: int


@dataclass(frozen=True)
class Challenge:
    """What is asked for before tokens are given. ``session`` holds for this user name and this challenge only;
    ``secret`` is what an authenticator app needs, where one is to be set up."""

    kind: Kind
    session: str
    username: str
    secret: str | None = None


def sign_in(username: str, password: str, *, ip: str, now: datetime) -> SignedIn | Challenge:
    """Begin with a user name and a password. Raises Unauthorised: the same for a wrong password, for no such user, for
    one who was disabled and for a temporary password that is too old. Raises TooMany."""
    wrong = Unauthorised("wrong_credentials", "The user name or the password is wrong.")
    with guess(username, ip, now):
        if not _USERNAME.fullmatch(username) or not _PASSWORD.fullmatch(password):
            raise wrong
        answer = public(
            "initiate_auth",
            refused=wrong,
            ClientId=settings().user_pool_client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password},
        )
    return _outcome(username, answer)


def answer(
    kind: Kind, session: str, username: str, *, password: str | None, code: str | None, ip: str, now: datetime
) -> SignedIn | Challenge:
    """Answer a challenge: with the new ``password``, or the ``code`` that an authenticator app shows. Raises
    InvalidInput for a weak password or a wrong code, Unauthorised where the sign-in must begin again, TooMany."""
    over = _over()
    session = _opened(kind, username, session)
    responses = {"USERNAME": username}
    if kind == "new_password":
        responses["NEW_PASSWORD"] = _needed("password", password, kind, strong)
        return _respond(kind, session, username, responses)
    code = _needed("code", code, kind, spaceless)
    with guess(username, ip, now):
        if kind == "totp_setup":
            session = public("verify_software_token", refused=over, Session=session, UserCode=code)["Session"]
        else:
            responses["SOFTWARE_TOKEN_MFA_CODE"] = code
        return _respond(kind, session, username, responses)


def refresh(refresh_token: str) -> SignedIn:
    """New tokens for a refresh token. Raises Unauthorised where it was revoked, has ended, or its owner was
    disabled."""
    answer = public(
        "initiate_auth",
        refused=Unauthorised("signed_out", "The sign-in has ended. Please sign in again."),
        ClientId=settings().user_pool_client,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": refresh_token},
    )
    return _signed_in(answer["AuthenticationResult"])


def sign_out(refresh_token: str) -> None:
    """Revoke a refresh token and what was given out for it. One that holds no more is as good as revoked."""
    try:
        public("revoke_token", refused=_over(), Token=refresh_token, ClientId=settings().user_pool_client)
    except Unauthorised:
        pass


def spaceless(code: str) -> str:
    """A code of six digits, as apps show it: with or without spaces. Raises InvalidInput."""
    code = re.sub(r"\s", "", code)
    if not _CODE.fullmatch(code):
        raise InvalidInput("wrong_code", "A code is the six digits that the app shows now.", "code")
    return code


def _needed(field: str, value: str | None, kind: Kind, rule: Any) -> str:
    if value is None:
        raise InvalidInput("missing_field", f"The challenge “{kind}” is answered with this field.", field)
    return cast(str, checked(field, rule, value))


def _respond(kind: Kind, session: str, username: str, responses: dict[str, str]) -> SignedIn | Challenge:
    answer = public(
        "respond_to_auth_challenge",
        refused=_over(),
        ClientId=settings().user_pool_client,
        ChallengeName=_NAMES[kind],
        Session=session,
        ChallengeResponses=responses,
    )
    return _outcome(username, answer)


def _outcome(username: str, answer: dict[str, Any]) -> SignedIn | Challenge:
    if "AuthenticationResult" in answer:
        return _signed_in(answer["AuthenticationResult"])
    kind = _KINDS.get(answer["ChallengeName"])
    if kind is None:
        raise ImchatError("internal", "This account signs in by a way that is not offered here.")
    session, secret = answer["Session"], None
    if kind == "totp_setup":
        begun = public("associate_software_token", refused=_over(), Session=session)
        session, secret = begun["Session"], begun["SecretCode"]
    return Challenge(kind, _sealed(kind, username, session), username, secret)


def _signed_in(result: dict[str, Any]) -> SignedIn:
    return SignedIn(result["IdToken"], result["AccessToken"], result.get("RefreshToken"), int(result["ExpiresIn"]))


def _over() -> Unauthorised:
    return Unauthorised("sign_in_over", "This sign-in took too long or was used already. Please begin again.")


def _sealed(kind: Kind, username: str, session: str) -> str:
    return f"{_seal(kind, username, session)}.{session}"


def _opened(kind: Kind, username: str, sealed: str) -> str:
    """Cognito's session, if it was given to this user for this challenge. Raises Unauthorised."""
    seal, _, session = sealed.partition(".")
    if not hmac.compare_digest(seal.encode("utf-8", "replace"), _seal(kind, username, session).encode()):
        raise _over()
    return session


def _seal(kind: Kind, username: str, session: str) -> str:
    return keyed(aws.secret(settings().address_secret_id), f"sign-in-session\0{kind}\0{username}\0{session}")

"""The second factor: setting up an authenticator app for somebody who is signed in."""

from typing import Any

from imchat.errors import Unauthorised
from imchat.staff.cognito import public
from imchat.staff.sign_in import spaceless


def begin(access_token: str) -> str:
    """The secret that the app needs (base32). Nothing changes until a code of it was shown. Raises Unauthorised."""
    return str(_call("associate_software_token", access_token)["SecretCode"])


def verify(access_token: str, code: str) -> None:
    """Switch the second factor on, if ``code`` is what the app shows now. Raises InvalidInput, Unauthorised."""
    _call("verify_software_token", access_token, UserCode=spaceless(code))
    preferred = {"Enabled": True, "PreferredMfa": True}
    _call("set_user_mfa_preference", access_token, SoftwareTokenMfaSettings=preferred)


def _call(operation: str, access_token: str, **more: Any) -> dict[str, Any]:
    ended = Unauthorised("signed_out", "The sign-in has ended. Please sign in again.")
    if not access_token:
        raise ended
    return public(operation, refused=ended, AccessToken=access_token, **more)

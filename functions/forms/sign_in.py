"""What the staff's pages send to sign somebody in."""

from typing import Literal

from functions.forms import Form


class SignIn(Form):
    """Who, and the password."""

    username: str
    password: str


class ChallengeAnswer(Form):
    """A new password or a code, as the challenge asks."""

    challenge: Literal["new_password", "totp", "totp_setup"]
    session: str
    username: str
    password: str | None = None
    code: str | None = None


class SecondFactor(Form):
    """Who is signed in, to set up a second factor."""

    access_token: str


class SecondFactorCode(SecondFactor):
    """And the code that the app shows."""

    code: str

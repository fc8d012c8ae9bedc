"""What the staff's pages are answered when somebody signs in."""

from typing import Literal, NotRequired, TypedDict


class SignedIn(TypedDict):
    """Tokens, but for the one that scripts do not get: it is in a cookie."""

    state: Literal["signed_in"]
    id_token: str
    access_token: str
    expires_in: int


class Challenge(TypedDict):
    """What is asked for before tokens are given."""

    state: Literal["challenge"]
    challenge: Literal["new_password", "totp", "totp_setup"]
    session: str
    username: str
    secret: NotRequired[str]


class Secret(TypedDict):
    """What an authenticator app needs (base32)."""

    secret: str


class SecondFactorOn(TypedDict):
    """The second factor is on."""

    totp: bool

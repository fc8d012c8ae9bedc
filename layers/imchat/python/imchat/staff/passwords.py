"""What a password must be: the user pool's policy (infra/stack/staff.yaml), said before Cognito is asked, and in words
that a person can act on."""

import re
import secrets

from imchat.values import InvalidValue

SHORTEST, LONGEST = 12, 256
RULE = (
    f"A password has {SHORTEST} to {LONGEST} characters, among them a capital letter, a small letter and a digit, and "
    "no space at its beginning or end."
)
_NEEDED = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])\S.*\S", re.DOTALL)
_UNUSABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def strong(password: str) -> str:
    """``password`` if the policy takes it. Raises InvalidValue."""
    if not (SHORTEST <= len(password) <= LONGEST and _NEEDED.fullmatch(password) and not _UNUSABLE.search(password)):
        raise InvalidValue(RULE)
    return password


def temporary() -> str:
    """A random password that the policy takes, for the first sign-in."""
    return f"{secrets.token_urlsafe(12)}aA1"

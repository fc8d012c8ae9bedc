"""How many wrong passwords and codes are taken: from one address, and for one user name, whether or not there is such a
user. Beside Cognito's own limits."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from imchat import aws
from imchat.errors import TooMany
from imchat.hashes import keyed
from imchat.settings import settings
from imchat.stores.base import Cancelled, transact
from imchat.stores.limits import count_within, seconds_left, take_back

WINDOW_SECONDS = 15 * 60
# Of a user name, and of an address, behind which there may be an office.
WRONG_A_NAME, WRONG_AN_ADDRESS = 10, 100


@contextmanager
def guess(username: str, ip: str, now: datetime) -> Iterator[None]:
    """Around one try to sign in. It is counted before it is made, so that many at once are no way around it, and no
    more once it was right. Raises TooMany where no more may be made now."""
    counted = (
        ("sign-in-name", _hash(f"name\0{username.casefold()}"), WRONG_A_NAME),
        ("sign-in-from", _hash(f"from\0{ip}"), WRONG_AN_ADDRESS),
    )
    try:
        transact(
            *(count_within(what, whose, now=now, seconds=WINDOW_SECONDS, most=most) for what, whose, most in counted)
        )
    except Cancelled:
        raise TooMany(
            "too_many_tries",
            "There were too many tries to sign in. Please wait a little.",
            seconds_left(now, WINDOW_SECONDS),
        ) from None
    yield
    transact(*(take_back(what, whose, now=now, seconds=WINDOW_SECONDS) for what, whose, _ in counted))


def _hash(value: str) -> str:
    return keyed(aws.secret(settings().address_secret_id), f"sign-in\0{value}")

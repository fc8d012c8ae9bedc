"""How many wrong passwords and codes are taken: for one user name from one network, from one network for all names, and
for one name from everywhere, whether or not there is such a user. Beside Cognito's own limits. Wrong tries from one
network lock a name out there only; the much larger limit of a name bounds guessing from many networks."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from imchat import aws
from imchat.errors import TooMany
from imchat.hashes import keyed
from imchat.networks import network
from imchat.settings import settings
from imchat.stores.base import Cancelled, transact
from imchat.stores.limits import count_within, seconds_left, take_back

WINDOW_SECONDS = 15 * 60
# Of a user name in one network; of a network, behind which there may be an office; of a user name everywhere.
WRONG_A_NAME, WRONG_A_NETWORK, WRONG_EVERYWHERE = 10, 100, 500


@contextmanager
def guess(username: str, ip: str, now: datetime) -> Iterator[None]:
    """Around one try to sign in. It is counted before it is made, so that many at once are no way around it, and no
    more once it was right. Raises TooMany where no more may be made now."""
    name, place = username.casefold(), network(ip)
    counted = (
        ("sign-in-name-from", _hash(f"name-from\0{place}\0{name}"), WRONG_A_NAME),
        ("sign-in-from", _hash(f"from\0{place}"), WRONG_A_NETWORK),
        ("sign-in-name", _hash(f"name\0{name}"), WRONG_EVERYWHERE),
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

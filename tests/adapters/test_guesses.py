"""The cap on wrong passwords and codes, as it stands in the limits."""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from imchat.errors import TooMany, Unauthorised
from imchat.staff import guesses
from imchat.staff.guesses import WINDOW_SECONDS, WRONG_A_NAME, WRONG_A_NETWORK, WRONG_EVERYWHERE, guess
from imchat.stores.limits import Limit
from tests.adapters.worlds import NOON

pytestmark = pytest.mark.usefixtures("tables")
WRONG = Unauthorised("wrong_credentials", "The user name or the password is wrong.")


@pytest.fixture
def name() -> str:
    return f"nora-{secrets.token_hex(6)}"


@pytest.fixture
def ip() -> str:
    return f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::"


def wrong(name: str, ip: str, now: datetime = NOON) -> None:
    with pytest.raises(Unauthorised), guess(name, ip, now):
        raise WRONG


def right(name: str, ip: str, now: datetime = NOON) -> None:
    with guess(name, ip, now):
        pass


def test_so_many_wrong_ones_for_a_name_from_one_network_and_then_none_until_the_window_ends(name: str, ip: str) -> None:
    for number in range(WRONG_A_NAME):
        wrong(name.upper() if number % 2 else name, f"{ip}{number}")
    at = NOON + timedelta(seconds=100)
    with pytest.raises(TooMany) as refused:
        right(name, ip, at)
    assert refused.value.retry_after == WINDOW_SECONDS - int(at.timestamp()) % WINDOW_SECONDS
    right(f"{name}-other", ip, at)
    right(name, "2001:db9::1", at)  # whoever comes from elsewhere is not locked out
    right(name, "192.0.2.1", at)
    right(name, ip, at + timedelta(seconds=refused.value.retry_after))


def test_guessing_a_name_from_many_networks_is_bounded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "WRONG_EVERYWHERE", 2 * WRONG_A_NAME)
    assert WRONG_EVERYWHERE > 2 * WRONG_A_NAME
    for number in range(2 * WRONG_A_NAME):
        wrong(name, f"198.51.100.{number}")
    with pytest.raises(TooMany):
        right(name, "192.0.2.1")


def test_right_ones_are_not_counted(name: str, ip: str) -> None:
    for _ in range(2 * WRONG_A_NAME):
        right(name, ip)
    for _ in range(WRONG_A_NAME - 1):
        wrong(name, ip)
    right(name, ip)
    wrong(name, ip)
    with pytest.raises(TooMany):
        right(name, ip)


def test_many_at_once_are_no_way_around_it(name: str, ip: str) -> None:
    """Each is counted before it is known whether it is right."""

    def nested(left: int) -> Iterator[Any]:
        if left:
            with guess(name, ip, NOON):
                yield from nested(left - 1)
        else:
            with pytest.raises(TooMany):
                right(name, ip)
            yield True

    assert list(nested(WRONG_A_NAME)) == [True]
    right(name, ip)


def test_an_address_has_more_tries_over_all_names(ip: str) -> None:
    for number in range(WRONG_A_NETWORK):
        wrong(f"{ip}-{number}", ip)
    with pytest.raises(TooMany):
        right(f"{ip}-new", ip)
    right(f"{ip}-new", "192.0.2.9")


def test_nothing_tells_who_it_was_and_it_ends_by_itself(name: str, ip: str) -> None:
    before = {limit.pk for limit in Limit.scan(Limit.pk.startswith("sign-in-"))}
    wrong(name, ip)
    made = [limit for limit in Limit.scan(Limit.pk.startswith("sign-in-")) if limit.pk not in before]
    assert len(made) == 3
    for limit in made:
        assert name not in limit.pk
        assert ip not in limit.pk
        assert limit.expires_at - NOON.timestamp() <= 2 * WINDOW_SECONDS

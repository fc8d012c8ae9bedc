"""The sketch that counts visitors without keeping them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imchat.visits.sketch import REGISTERS, estimate, register


def sketched(digests: list[bytes]) -> dict[int, int]:
    kept: dict[int, int] = {}
    for digest in digests:
        place, value = register(digest)
        kept[place] = max(value, kept.get(place, 0))
    return kept


@given(st.binary(min_size=8, max_size=40))
def test_a_register_exists_and_holds_a_run_of_zeros(digest: bytes) -> None:
    place, value = register(digest)
    assert 0 <= place < REGISTERS
    assert 1 <= value <= 53


def test_the_first_bits_choose_the_register_and_the_rest_its_value() -> None:
    assert register(bytes(8)) == (0, 53)
    assert register(b"\xff" * 8) == (REGISTERS - 1, 1)
    assert register(b"\x00\x17\xff\xff\xff\xff\xff\xff") == (1, 2)


@given(st.lists(st.binary(min_size=8, max_size=8), max_size=30), st.randoms())
def test_order_and_repeats_change_nothing(digests: list[bytes], chance: random.Random) -> None:
    again = digests + digests
    chance.shuffle(again)
    assert sketched(again) == sketched(digests)


@pytest.mark.parametrize("visitors", [0, 1, 2, 3, 10, 100, 1_000, 10_000, 100_000])
def test_the_estimate_is_within_five_per_cent_and_nearly_exact_for_few(visitors: int) -> None:
    chance = random.Random(visitors)
    found = estimate(sketched([chance.randbytes(8) for _ in range(visitors)]).values())
    assert abs(found - visitors) <= max(1 if visitors > 3 else 0, visitors * 0.05)

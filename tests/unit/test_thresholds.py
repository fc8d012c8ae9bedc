"""The threshold rule: nothing below five stands alone, and sums stay exact (N1, N20)."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imchat.thresholds import FEWEST, nameless, split

NAMES = [
    "chats", "views", "bots", "visitors", "on_time", "messages:visitor", "messages:operator", "country:GB", "country:FR",
    "country:DE", "country:other", "rating:1", "rating:5", "path:/a:b", "path:other", "outcome:closed",
]  # fmt: skip
COUNTS = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 12))
# A rating that is changed later takes from one class what it gives to another.
CHANGES = st.dictionaries(st.sampled_from(NAMES), st.integers(-3, 12))


def sums(*of: dict[str, int]) -> Counter[str]:
    """The sums by group; messages by who wrote them."""
    total: Counter[str] = Counter()
    for counts in of:
        for name, number in counts.items():
            total[name if name.startswith("messages") else name.partition(":")[0]] += number
    return Counter({name: number for name, number in total.items() if number})


@given(CHANGES, st.booleans())
def test_N20_what_is_kept_and_the_rest_add_up_to_all(counts: dict[str, int], over: bool) -> None:
    kept, rest = split(counts, over=over)
    assert sums(kept, rest) == sums(counts) == sums(kept, nameless(rest))


@given(CHANGES, st.booleans())
def test_N20_nothing_below_five_is_kept(counts: dict[str, int], over: bool) -> None:
    kept, rest = split(counts, over=over)
    assert all(number >= FEWEST for name, number in kept.items() if name != "bots" or "views" not in kept)
    assert kept.get("chats", 0) >= FEWEST or not any(name.startswith("messages") for name in kept)
    assert 0 not in rest.values()


@given(COUNTS)
def test_N20_of_what_is_over_less_than_five_of_a_group_is_left(counts: dict[str, int]) -> None:
    _, rest = split(counts, over=True)
    groups: Counter[str] = Counter()
    for name, number in rest.items():
        if not name.startswith("messages"):
            groups[name.partition(":")[0]] += number
    assert all(number < FEWEST for number in groups.values())


@given(CHANGES)
def test_N20_where_no_longer_period_is_left_no_class_has_a_name(counts: dict[str, int]) -> None:
    left = nameless(split(counts, over=True)[1])
    assert all(":" not in name or name.endswith(":other") or name.startswith("messages") for name in left)


@given(st.lists(CHANGES, max_size=20))
def test_N20_what_is_shown_grows_by_five_at_least(batches: list[dict[str, int]]) -> None:
    shown: Counter[str] = Counter()
    rest: dict[str, int] = {}
    for batch in batches:
        added = Counter(batch)
        added.update(rest)
        kept, rest = split(added, over=False)
        assert all(number >= FEWEST for name, number in kept.items() if name != "bots")
        shown.update(kept)
    assert sums(shown, rest) == sums(*batches)


@pytest.mark.parametrize(
    ("counts", "kept", "rest"),
    [
        ({"chats": 4, "country:GB": 4}, {}, {"chats": 4, "country:GB": 4}),
        (
            {"chats": 5, "country:GB": 5, "messages:visitor": 9},
            {"chats": 5, "country:GB": 5, "messages:visitor": 9},
            {},
        ),
        ({"chats": 9, "country:GB": 6, "country:FR": 3}, {"chats": 9, "country:GB": 6}, {"country:FR": 3}),
        (
            {"chats": 13, "country:GB": 6, "country:FR": 4, "country:DE": 3},
            {"chats": 13, "country:GB": 6, "country:other": 7},
            {},
        ),
        ({"rating:5": 1, "rating:2": -1}, {}, {"rating:5": 1, "rating:2": -1}),
        ({"chats": 3, "messages:visitor": 40}, {}, {"chats": 3, "messages:visitor": 40}),
        ({"views": 9, "visitors": 1, "bots": 1}, {"views": 9, "bots": 1}, {"visitors": 1}),
    ],
)
def test_N20_examples(counts: dict[str, int], kept: dict[str, int], rest: dict[str, int]) -> None:
    assert split(counts, over=True) == (kept, rest)

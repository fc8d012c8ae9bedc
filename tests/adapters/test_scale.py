"""What the bench plots over four decades, at two small sizes: what must not grow does not, and what has to touch
everything grows in step."""

from typing import Any

import pytest

from bench.scale import IN_STEP, LAST_PAGE, WHOLE
from bench.scale.plan import Found, Plan, measured
from bench.scale.series import Series, growth

PLAN = Plan(table=[10, 200], length=[10, 310], person=[100, 200], inbox=[50, 300], sweep=[], rounds=1)


@pytest.fixture(scope="module")
def found(tables: dict[str, Any]) -> Found:
    """Without the sweep: here it would meet what other tests leave."""
    return measured(PLAN)


def same(series: list[Series], *measures: str) -> None:
    for one in series:
        for measure in measures:
            values = one.of(measure)
            assert values == [values[0]] * len(values), f"{measure} of {one.what}"


def test_a_chat_costs_the_same_however_many_there_are(found: Found) -> None:
    assert [one.what for one in found.table] == ["open", "post", "poll", "close", "delete"]
    same(found.table, "calls", "units")


def test_a_page_of_the_inbox_costs_the_same_however_full_that_is_and_wherever_the_page(found: Found) -> None:
    assert [one.sizes for one in (*found.inbox, *found.pages)] == [PLAN.inbox, [1, 3, 6]]
    same([*found.inbox, *found.pages], "calls", "units")


def test_poll_post_and_close_cost_the_same_however_long_the_chat_is(found: Found) -> None:
    level = [one for one in found.length if one.what not in WHOLE]
    assert [one.what for one in level] == ["poll", "post", "close"]
    same(level, "calls")
    for one in level:
        assert growth(one.of("units")) <= LAST_PAGE, one.what


def test_what_has_to_touch_everything_grows_no_faster_than_that(found: Found) -> None:
    whole = [*(one for one in found.length if one.what in WHOLE), *found.person]
    assert [one.what for one in whole] == ["read whole", "delete", "search", "export", "erase"]
    for one in whole:
        for measure in ("calls", "units"):
            before, after = one.each().of(measure)
            assert after <= IN_STEP * before, f"{measure} of {one.what}"

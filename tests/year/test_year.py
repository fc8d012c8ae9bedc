"""Thirty months in the test run: one seed (``make year`` runs five, or any)."""

import pytest

from tests.year.run import live

SEED = 1


@pytest.mark.usefixtures("tables")
def test_N1_N9_N10_N17_N18_N19_N20_N21_thirty_months_keep_every_promise_about_time_on_every_day() -> None:
    """Nothing personal outlives its period by more than the sweep's interval, nothing goes early, counts are exact."""
    happened = live(SEED)
    assert happened["days"] > 900
    assert happened["chats"] > 200

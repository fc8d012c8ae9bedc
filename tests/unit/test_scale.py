"""How the bench tells growth, and draws it."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.document import PAGE
from bench.scale import PLOTS, in_step, level, plot
from bench.scale.series import Cost, Series, exponent, growth

SIZES = [10, 1_000, 100_000]


def series(units: list[float], cpu: list[float], what: str = "open") -> Series:
    return Series(what, SIZES, [Cost(2, one, other) for one, other in zip(units, cpu, strict=True)])


@pytest.mark.parametrize(
    ("values", "slope", "grown"),
    [([5, 5, 5], 0, 1), ([10, 1_000, 100_000], 1, 10_000), ([1, 10, 100], 0.5, 100), ([4, 2, 1], -0.1505, 1)],
)
def test_a_slope_is_the_power_of_the_size_that_cost_grows_with(values: list[float], slope: float, grown: float) -> None:
    assert exponent(SIZES, values) == pytest.approx(slope, abs=1e-4)
    assert growth(values) == grown


def test_what_must_not_grow_breaks_its_budget_as_soon_as_it_does() -> None:
    calls, units, processor = level([series([15, 15, 16], [3, 3.2, 3.8])], "chats")
    assert (calls.holds, units.holds, processor.holds) == (True, False, True)
    assert units.value == pytest.approx(16 / 15)


def test_what_has_to_touch_everything_breaks_its_budget_when_each_costs_more() -> None:
    fine = list(in_step([series([100, 1_000, 100_000], [9, 90, 9_000])], "chats", "chat"))
    dear = list(in_step([series([100, 1_000, 130_000], [9, 90, 29_000])], "chats", "chat"))
    assert [one.holds for one in fine] == [True, True, True]
    assert [one.holds for one in dear] == [True, False, False]


def test_a_plot_shows_every_series_and_stays_as_it_is_until_a_point_moves(tmp_path: Path) -> None:
    file = tmp_path / "plots" / "chats.svg"
    plot.write(file, [series([15, 15, 15], [3, 3, 3]), series([1, 1, 1], [1, 1, 1], "poll")], "chats in the table")
    drawn = file.read_text()
    texts = [one.text for one in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 - ours
    assert {"open 0.00", "poll 0.00", "100,000", "chats in the table"} <= set(texts)
    plot.write(file, [series([15, 15, 15], [3.1, 2.9, 3.3]), series([1, 1, 1], [1, 1.2, 1], "poll")], "chats")
    assert file.read_text() == drawn
    plot.write(file, [series([15, 15, 15], [3, 3, 6]), series([1, 1, 1], [1, 1, 1], "poll")], "chats in the table")
    moved = file.read_text()
    assert moved != drawn
    plot.write(file, [series([15, 15, 16], [3, 3, 6]), series([1, 1, 1], [1, 1, 1], "poll")], "chats in the table")
    assert file.read_text() != moved


def test_the_page_shows_every_plot_that_there_is() -> None:
    shown = {PAGE.parent / one for one in re.findall(r"\]\((performance/[a-z]+\.svg)\)", PAGE.read_text())}
    assert shown == set(PLOTS.glob("*.svg"))
    assert len(shown) == 5

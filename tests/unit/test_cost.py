"""What a month costs: the arithmetic, and that the page says what it makes of the counts."""

from collections.abc import Mapping
from typing import Any

import pytest

from bench.cost import model
from bench.cost.capacity import Table, read_units, size
from bench.cost.page import PAGE, counts, page

TABLE = Table(("pk",), (("email_key", "at"), ("site_id", "at")))
ITEM = {"pk": {"S": "a"}, "at": {"N": "1"}, "email_key": {"S": "e"}}


def sized(bytes_: int, **more: Any) -> dict[str, Any]:
    """An item of exactly so many bytes."""
    item = {**ITEM, **more, "x": {"S": ""}}
    return {**item, "x": {"S": "x" * (bytes_ - size(item))}}


def test_the_page_is_what_the_command_makes_of_the_counts() -> None:
    assert PAGE.read_text() == page(counts()), "run: make cost"


@pytest.mark.parametrize(
    ("value", "bytes_"),
    [
        ({"S": "é"}, 2), ({"N": "123"}, 3), ({"N": "-10.50"}, 3), ({"BOOL": True}, 1), ({"NULL": True}, 1),
        ({"B": b"abc"}, 3), ({"SS": ["a", "bc"]}, 3), ({"L": [{"S": "ab"}]}, 6), ({"M": {"ab": {"S": "c"}}}, 7),
        ({"L": []}, 3),
    ],
)  # fmt: skip
def test_the_size_of_an_item_is_that_of_its_names_and_values(value: Mapping[str, Any], bytes_: int) -> None:
    assert size({"name": value}) == len("name") + bytes_


def test_a_write_is_charged_by_the_larger_image_by_the_kilobyte_and_twice_in_a_transaction() -> None:
    bare = {"pk": {"S": "a"}}
    for before, after, units in ((None, bare, 1), (bare, {**bare, "x": {"S": "x" * 1020}}, 1), (None, None, 1)):
        assert TABLE.write_units(before, after) == units
        assert TABLE.write_units(before, after, transaction=True) == 2 * units
    large = {**bare, "x": {"S": "x" * 1100}}
    assert TABLE.write_units(large, None) == TABLE.write_units(None, large) == 2


def test_an_index_is_charged_where_its_entry_comes_goes_or_moves() -> None:
    item = sized(500)
    assert TABLE.write_units(None, item) == 2  # in one of the two indexes
    assert TABLE.write_units(item, {**item, "x": {"S": "y"}}) == 1
    assert TABLE.write_units(item, {**item, "email_key": {"S": "f"}}) == 3
    assert TABLE.write_units(item, {**item, "site_id": {"S": "s"}}) == 2
    assert TABLE.write_units(item, None, transaction=True) == 3


def test_reads_are_charged_by_four_kilobytes_each_by_itself_or_a_query_s_together() -> None:
    assert read_units([100, 4097], consistent=True) == 3
    assert read_units([100, 4097], consistent=False) == 1.5
    assert read_units([100] * 41, consistent=True, together=True) == 2
    assert read_units([], consistent=False, together=True) == 0.5


PRICES = {"lambda_requests": {"usd": 0.2, "per": 1_000_000, "service": "Lambda"}}


def test_a_unit_costs_its_price_and_one_without_a_price_is_refused() -> None:
    assert model.cost({"lambda_requests": 5_000_000}, PRICES) == {"lambda_requests": 1.0}
    with pytest.raises(KeyError):
        model.cost({"heartbeats": 1}, PRICES)


def test_what_all_uses_is_the_sum_of_what_each_flow_uses() -> None:
    """By hand: two thousand chats, of which each flow but the opening uses nothing."""
    given = model.assumed()
    nothing = {name: {} for name in model.flows(1, given)}
    counted = counts() | {
        "flows": nothing | {"chat opened": {"dynamodb_writes": 15, "invocations": 1, "log_bytes": 900}}
    }
    units = model.month(2000, counted, given).units
    assert units["dynamodb_writes"] == 30_000
    assert units["lambda_requests"] == 2000
    assert units["log_gb"] == pytest.approx(2000 * 900 / 1024**3)
    f = given["functions"]
    assert units["lambda_gb_seconds"] == pytest.approx(2 * (f["cpu_ms"] * f["slower"] + f["cold_share"] * f["cold_ms"]))


def test_every_flow_that_was_counted_happens_and_every_one_that_happens_was_counted() -> None:
    assert model.flows(1, model.assumed()).keys() == counts()["flows"].keys()


def test_every_unit_has_a_price_that_says_where_it_is_published_and_who_confirms_it() -> None:
    prices = model.read("prices.toml")
    assert prices.pop("looked_up")
    for name, price in prices.items():
        assert price["usd"] > 0, name
        assert price["per"] >= 1, name
        assert price["published"].startswith("https://aws.amazon.com/"), name
        assert all(price[said] for said in ("confirmed", "unit", "service")), name
    assert set(model.month(1000, counts(), model.assumed()).units) <= prices.keys()


def test_live_connections_cost_less_than_polling() -> None:
    prices = model.read("prices.toml")
    sums = [
        sum(
            model.cost(
                model.month(200_000, counts(), model.assumed({("chats", "live_share"): share})).units, prices
            ).values()
        )
        for share in (1.0, 0.0)
    ]
    assert sums[0] < sums[1]

"""The counts that docs/cost.md is made from are those of the code as it is."""

from typing import Any

import pytest

from bench.cost.flows import MESSAGES
from bench.cost.measure import SWEEP, measured
from bench.cost.page import counts


@pytest.mark.usefixtures("tables")
def test_the_flows_use_what_the_page_says(stack: dict[str, Any]) -> None:
    found, kept = measured(stack, alone=False), counts()
    del kept["flows"][SWEEP]
    assert found["flows"].keys() == kept["flows"].keys(), "run: make cost"
    for name, used in kept["flows"].items():
        for unit, number in used.items():
            about = _about(name, unit, number)
            assert found["flows"][name].pop(unit, 0) == about, f"{name}, {unit}: run make cost"
        assert not found["flows"][name], f"{name}: run make cost"
    assert found["kept"] == pytest.approx(kept["kept"], rel=0.03), "run: make cost"
    assert (found["fixed"], found["metrics"]["busy"]) == (kept["fixed"], kept["metrics"]["busy"]), "run: make cost"


def _about(name: str, unit: str, number: float) -> Any:
    """Lines, answers and items hold times, addresses and numbers, which are a digit longer or shorter: of the messages
    of a chat, one more or less may be the first that makes its item a unit larger."""
    if unit.endswith("_bytes"):
        return pytest.approx(number, rel=0.03)
    is_average = name.startswith("message") and unit in ("dynamodb_reads", "dynamodb_writes")
    return pytest.approx(number, abs=1.01 / (MESSAGES - 1)) if is_average else number

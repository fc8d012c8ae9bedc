"""The counts that docs/cost.md is made from are those of the code as it is."""

from typing import Any

import pytest

from bench.cost.measure import SWEEP, measured
from bench.cost.page import counts


@pytest.mark.usefixtures("tables")
def test_the_flows_use_what_the_page_says(stack: dict[str, Any]) -> None:
    found, kept = measured(stack, alone=False), counts()
    del kept["flows"][SWEEP]
    assert found["flows"].keys() == kept["flows"].keys(), "run: make cost"
    for name, used in kept["flows"].items():
        for unit, number in used.items():
            # Lines and answers hold times and numbers, which are a digit longer or shorter.
            about = pytest.approx(number, rel=0.03) if unit.endswith("_bytes") else number
            assert found["flows"][name].pop(unit, 0) == about, f"{name}, {unit}: run make cost"
        assert not found["flows"][name], f"{name}: run make cost"
    assert found["kept"] == pytest.approx(kept["kept"], rel=0.03), "run: make cost"
    assert (found["fixed"], found["metrics"]["busy"]) == (kept["fixed"], kept["metrics"]["busy"]), "run: make cost"

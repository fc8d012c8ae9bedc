"""A few generated calls of every operation: nothing undescribed comes back, and nothing of 5xx."""

import copy
from typing import Any

import pytest
import schemathesis

from functions.http import Route
from tests.generated.cases import MANY, label, routes, run
from tests.generated.world import World

pytestmark = pytest.mark.usefixtures("tables")
EACH = 4


@pytest.fixture(scope="module")
def world(stack: dict[str, Any]) -> World:
    return World.of(stack, reviews=2)


@pytest.mark.parametrize("route", routes(), ids=label)
def test_some_calls_are_answered_as_described(route: Route, schema: Any, world: World) -> None:
    assert sum(run(schema, route, world, EACH).values()) >= EACH


def test_what_is_not_described_is_found(schema: Any, world: World) -> None:
    (route,) = [one for one in routes("visitor") if one.view.__name__ == "get_site"]
    less = copy.deepcopy(schema.raw_schema)
    del less["paths"][route.path]["get"]["responses"]["404"]
    less["components"]["schemas"]["PublicSite"]["properties"]["name"]["type"] = "integer"
    with pytest.raises(AssertionError) as found:
        run(schemathesis.openapi.from_dict(less), route, world, 24)
    assert "Undocumented status code" in str(found.value)
    assert "violates schema" in str(found.value)


def test_all_of_them_together_are_thousands() -> None:
    assert MANY * len(routes()) >= 5000

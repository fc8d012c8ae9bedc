"""Thousands of generated calls: those of owners, and of the desk on records."""

from typing import Any

import pytest

from functions.http import Route
from tests.generated.cases import MANY, answered_as_described, label, routes
from tests.generated.world import World

pytestmark = [pytest.mark.usefixtures("tables"), pytest.mark.long]
ROOMS = (
    "accounts",
    "desk",
)


@pytest.mark.parametrize("route", routes(*ROOMS), ids=label)
def test_generated_calls_are_answered_as_described(route: Route, schema: Any, world: World) -> None:
    answered_as_described(schema, route, world, MANY)

"""What generated calls are made to: a world of real things, and the description that the stack serves."""

from typing import Any

import pytest

from tests.generated.cases import described
from tests.generated.world import World


@pytest.fixture(scope="module")
def world(stack: dict[str, Any]) -> World:
    return World.of(stack)


@pytest.fixture(scope="module")
def schema(stack: dict[str, Any]) -> Any:
    return described(stack)

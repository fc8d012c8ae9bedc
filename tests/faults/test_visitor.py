"""Whatever fails while a visitor acts: they do it again, and it is done once."""

import pytest

from tests.faults.catalogue.visitor import MORE, ROUTES
from tests.faults.operations import Operation, quickly, thoroughly

pytestmark = pytest.mark.usefixtures("alone")
ALL = pytest.mark.parametrize("operation", [*ROUTES.values(), *MORE], ids=str)


@ALL
def test_an_answer_that_was_lost_leaves_no_trace(operation: Operation) -> None:
    quickly(operation)


@pytest.mark.long
@ALL
def test_no_fault_and_no_repeat_leaves_a_trace(operation: Operation) -> None:
    thoroughly(operation)

"""Whatever fails while a task runs that nobody waits for: it comes again, and is done once."""

from datetime import timedelta

import pytest

from imchat.housekeeping import sweep
from tests.adapters.worlds import NOON
from tests.faults.catalogue.tasks import ALL as TASKS
from tests.faults.operations import Operation, at, quickly, thoroughly

ALL = pytest.mark.parametrize("operation", TASKS, ids=str)


@pytest.fixture(scope="module", autouse=True)
def nothing_else_is_due(alone: None) -> None:
    """What other tests left would be swept along."""
    later = NOON + timedelta(days=3650)
    with at(later):
        sweep(later)


@ALL
def test_an_answer_that_was_lost_leaves_no_trace(operation: Operation) -> None:
    quickly(operation)


@pytest.mark.long
@ALL
def test_no_fault_and_no_repeat_leaves_a_trace(operation: Operation) -> None:
    thoroughly(operation)

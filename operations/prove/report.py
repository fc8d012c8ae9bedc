"""What is said of each promise: kept, broken, or that it could not be tried."""

from collections.abc import Iterable
from dataclasses import dataclass

KEPT, BROKEN, UNTRIED = "kept", "broken", "untried"


class Broken(Exception):
    """The stage did not do what is promised; the text says what was seen instead."""


class Untried(Exception):
    """Whether the stage does it could not be seen; the text says why. It counts as kept nowhere."""


@dataclass(frozen=True)
class Line:
    """A promise by its number (or "desk", for what stands behind all of them), what it ``says``, its ``outcome`` and
    what was ``seen``. No line says anything of a person."""

    promise: str
    says: str
    outcome: str
    seen: str


def status(lines: Iterable[Line]) -> int:
    """The exit status: 0 all kept, 1 something is broken, 2 something could not be tried."""
    outcomes = {line.outcome for line in lines}
    if BROKEN in outcomes:
        return 1
    return 0 if outcomes == {KEPT} else 2

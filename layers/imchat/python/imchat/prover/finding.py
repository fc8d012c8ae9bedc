"""What is checked of a stage, and what a check found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

# What a mail to engineers (SNS, 256 KB for all checks) and the desk's page hold of one finding.
MOST_TECHNICAL = 2000


class Outcome(StrEnum):
    """How a check ended."""

    KEPT = "kept"
    NOT_KEPT = "not_kept"
    UNKNOWN = "could_not_be_checked"


@dataclass(frozen=True)
class Finding:
    """What one look found. ``technical`` is for engineers and the desk: it names resources and settings, never people,
    and is never published. Of a longer text than ``MOST_TECHNICAL`` characters its beginning is kept."""

    outcome: Outcome
    technical: str = ""

    def __post_init__(self) -> None:
        if len(self.technical) > MOST_TECHNICAL:
            object.__setattr__(self, "technical", f"{self.technical[: MOST_TECHNICAL - 1]}…")


@dataclass(frozen=True)
class Check:
    """One thing that is looked at on the stage.

    ``name`` is fixed: history and alarms know the check by it. ``says`` is the sentence for people, present tense, of
    what holds while the check is kept. ``promises`` are the numbers of the notice (imchat.register.promises) that rest
    on it. ``look`` asks AWS at the given time; it may raise whatever AWS raises. It returns None where this stage has
    no such thing by its own template: a stage that nobody uses has no firewall.
    """

    name: str
    says: str
    promises: tuple[int, ...]
    look: Callable[[datetime], Finding | None]


def found(wrong: Iterable[str]) -> Finding:
    """NOT_KEPT where anything is ``wrong``, with all of it; KEPT where nothing is."""
    said = "; ".join(sorted(wrong))
    return Finding(Outcome.NOT_KEPT, said) if said else Finding(Outcome.KEPT)

"""What one scene leaves to the next."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from operations.prove.people import SIMULATED, Canary, Visitor
from operations.prove.report import Untried
from operations.prove.staff import Member
from operations.prove.stage import Stage

T = TypeVar("T")


@dataclass
class Play:
    """One run: who plays where since when. ``chats`` are the chats that were opened by name, ``references`` the
    requests that were made; ``said`` are the words whose traces are looked for, by what they were."""

    stage: Stage
    canary: Canary
    begun: datetime
    staff: dict[str, Member] = field(default_factory=dict)
    chats: dict[str, Visitor] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    def chat(self, name: str) -> Visitor:
        """A chat that an earlier step opened. Raises Untried where it did not come to that."""
        return _left(self.chats, name, "the chat was not opened")

    def request(self, name: str) -> str:
        """The reference of a request that an earlier step made. Raises Untried."""
        return _left(self.references, name, "the request was not made")

    def open(self, chat: str, **fields: str) -> Visitor:
        """Open a ``chat``, under this name for later steps, with the details given."""
        visitor = Visitor(self.stage.address)
        visitor.open(**fields)
        self.chats[chat] = visitor
        return visitor

    def words(self, what: str) -> str:
        """A word that nobody else writes; its traces are looked for."""
        return self.said.setdefault(what, self.canary.words(what))

    @property
    def addresses(self) -> list[str]:
        """The addresses that were given."""
        return [self.canary.email, *map(self.canary.simulated, SIMULATED)]


def _left(places: dict[str, T], name: str, why: str) -> T:
    if name not in places:
        raise Untried(why)
    return places[name]


@dataclass(frozen=True)
class Step:
    """A promise by its number, what it ``says``, and what is done to see it: ``do`` answers what was seen. It raises
    Broken, Untried."""

    promise: str
    says: str
    do: Callable[[Play], str]

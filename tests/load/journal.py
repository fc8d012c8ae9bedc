"""What the API promised, and what each page came to show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any


@dataclass(frozen=True, order=True)
class Said:
    """A message in its place. Each text is used once in a run."""

    cursor: int
    by: str
    text: str

    @classmethod
    def of(cls, message: Mapping[str, Any]) -> "Said":
        """From an answer or a frame."""
        return cls(message["cursor"], message["by"], message["text"])


@dataclass
class Story:
    """What one page shows of a chat. It follows the rule of the real pages: the next cursor is added, a known one is
    left, behind a gap it reads."""

    who: str
    notes: bool
    """Whether it is told the staff's notes."""
    seen: list[Said] = field(default_factory=list)
    cursor: int = 0
    whole: bool = False
    """Whether it looked once more when nothing could be said any more."""

    def pushed(self, message: Mapping[str, Any]) -> bool:
        """Take a message that was pushed or answered. False where others lie before it: they must be read."""
        if message["cursor"] > self.cursor + 1:
            return False
        if message["cursor"] == self.cursor + 1:
            self.seen.append(Said.of(message))
            self.cursor = message["cursor"]
        return True

    def read(self, answer: Mapping[str, Any]) -> None:
        """Take what was read behind the cursor."""
        self.seen += [Said.of(one) for one in answer["messages"]]
        self.cursor = answer["cursor"]


@dataclass
class Chat:
    """One chat of the run: what was acknowledged in it, who followed it, and how it ended."""

    chat_id: str
    site_id: str
    promised: list[Said] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)
    email: str | None = None
    closed: bool = False
    deleted: bool = False
    copies: int = 0
    """Copies of the transcript that were asked for, the one at the close among them."""
    rating: int | None = None

    def story(self, who: str, *, notes: bool = False) -> Story:
        """A new page that follows the chat."""
        self.stories.append(made := Story(who, notes))
        return made

    def promise(self, message: Mapping[str, Any]) -> None:
        """The API answered that this was said; answered again, it is the same promise."""
        if (said := Said.of(message)) not in self.promised:
            self.promised.append(said)


class Journal:
    """All chats of a run, and how often something was done that no chat shows. Safe from many threads."""

    def __init__(self) -> None:
        self._chats: dict[str, Chat] = {}
        self._lock = Lock()
        self.visits: dict[str, int] = {}
        self.done: dict[str, int] = {}

    @property
    def chats(self) -> list[Chat]:
        with self._lock:
            return list(self._chats.values())

    def chat(self, chat_id: str, site_id: str) -> Chat:
        """The chat of this id, whoever meets it first."""
        with self._lock:
            return self._chats.setdefault(chat_id, Chat(chat_id, site_id))

    def visited(self, site_id: str) -> None:
        """A page was counted."""
        with self._lock:
            self.visits[site_id] = self.visits.get(site_id, 0) + 1

    def count(self, what: str) -> None:
        """Once more of something that the report names."""
        with self._lock:
            self.done[what] = self.done.get(what, 0) + 1

    def of(self, site_id: str) -> Iterable[Chat]:
        """The chats of a site."""
        return [one for one in self.chats if one.site_id == site_id]

"""What was counted while the parts of a bundle were written, for those parts that speak of the others."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from imchat.register.activity import Activity
from imchat.register.store import Exported


@dataclass
class Tally:
    """Of one store: items; how many of them are ``transcripts``; ``pages`` of other items and ``lists`` of transcripts;
    files; items, facts and files that are left out, by reason; until when the last of the items is kept, if each
    says so. ``websites`` are the names of those that the
    items belong to. ``rows`` are the transcripts, where they are few enough to be listed on the first page."""

    activity: Activity
    items: int = 0
    transcripts: int = 0
    pages: int = 0
    lists: int = 0
    files: int = 0
    rows: list[tuple[str, str]] = field(default_factory=list)
    items_left_out: Counter[str] = field(default_factory=Counter)
    facts_left_out: Counter[str] = field(default_factory=Counter)
    files_left_out: Counter[str] = field(default_factory=Counter)
    until: datetime | None = None
    websites: set[str] = field(default_factory=set)

    def count(self, item: Exported) -> None:
        """Count one item."""
        self.items += 1
        if item.website:
            self.websites.add(item.website)
        if item.until and (self.until is None or item.until > self.until):
            self.until = item.until
        for fact in item.facts:
            self.facts_left_out.update(fact.left_out)
        for file in item.files:
            if file.left_out:
                self.files_left_out[file.left_out] += 1
            else:
                self.files += 1

    @property
    def anything_left_out(self) -> bool:
        """Whether anything is left out."""
        return bool(self.items_left_out or self.facts_left_out or self.files_left_out)


def total(counts: Iterable[Counter[str]]) -> Counter[str]:
    """The sum, reason by reason."""
    return sum(counts, Counter[str]())


def websites(tallies: Iterable[Tally]) -> list[str]:
    """The names of the websites that the items belong to, in order."""
    return sorted(set[str]().union(*(tally.websites for tally in tallies)))

"""What must be there: a plain account of everything that happened, with ends that are reckoned here and not by the
product (relativedelta adds the months)."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta


@dataclass
class KnownChat:
    """A chat as it must be."""

    opened: datetime
    ends: datetime
    name: str | None
    email: str | None
    messages: int = 0
    status: str = "open"


@dataclass
class Model:
    """Everything that must be in the tables at a moment, by store and key."""

    chats: dict[str, KnownChat] = field(default_factory=dict)
    # Store: item: its end.
    records: dict[str, dict[str, datetime]] = field(
        default_factory=lambda: {name: {} for name in ("correspondence", "purchases", "requests", "disclosures")}
    )
    # Item: how many files.
    files: dict[str, int] = field(default_factory=dict)
    # (about, action, when): its end.
    evidence: dict[tuple[str, str, datetime], datetime] = field(default_factory=dict)
    ledger: list[datetime] = field(default_factory=list)
    # (item, field that was corrected or cleared): the end of what the ledger notes of it.
    marks: dict[tuple[str, str], datetime] = field(default_factory=dict)
    # Purchases that have an email address.
    addressed: set[str] = field(default_factory=set)
    outcomes: Counter[str] = field(default_factory=Counter)
    ratings: Counter[int] = field(default_factory=Counter)
    # Day: path: visits.
    visits: dict[str, Counter[str]] = field(default_factory=dict)
    bots: Counter[str] = field(default_factory=Counter)

    def log(self, about: str, action: str, at: datetime) -> None:
        """An entry of the system log: twelve months from its own moment."""
        self.evidence[about, action, at] = at + relativedelta(months=12)

    def pass_to(self, now: datetime) -> None:
        """What time does by ``now``, the sweep having run: chats that nobody closed are closed a day before their end,
        and what has ended is gone."""
        for chat_id, chat in self.chats.items():
            if chat.status == "open" and chat.ends - timedelta(days=1) <= now:
                chat.status = "closed"
                self.outcomes["expired"] += 1
                self.log(chat_id, "close", now)
        self.chats = {key: chat for key, chat in self.chats.items() if chat.ends > now}
        for name, known in self.records.items():
            self.records[name] = {key: ends for key, ends in known.items() if ends > now}
        self.files = {key: number for key, number in self.files.items() if key in self.records["correspondence"]}
        self.evidence = {key: ends for key, ends in self.evidence.items() if ends > now}


def months(at: datetime, number: int) -> datetime:
    """``number`` calendar months after ``at``."""
    return at + relativedelta(months=number)


def purchase_ends(bought_on: Any) -> datetime:
    """Six years after the end of the accounting period, which ends on 31 March."""
    year = bought_on.year if (bought_on.month, bought_on.day) <= (3, 31) else bought_on.year + 1
    from datetime import UTC

    return datetime(year + 6, 4, 1, tzinfo=UTC)

"""What an activity is (UK GDPR Art 30): one for each store."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from imchat.periods import Period
from imchat.values import InvalidValue


@dataclass(frozen=True, kw_only=True)
class Activity:
    """One kind of processing. ``period`` runs from ``period_starts``; only an activity without personal data
    (``categories`` empty) or one that lasts as long as a contract (``lasts``) may be without."""

    name: str
    purpose: str
    lawful_basis: str
    categories: tuple[str, ...]
    source: str
    recipients: tuple[str, ...]
    period: Period | None
    period_starts: str
    at_end: str
    erasure: Literal["erased", "retained"]
    retained_because: str | None = None
    lasts: str | None = None
    promises: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.categories and not self.period and not self.lasts:
            raise ValueError(f"activity {self.name}: personal data without a period")
        if self.erasure == "retained" and self.categories and not self.retained_because:
            raise ValueError(f"activity {self.name}: retained without a reason")

    def shortened(self, period: Period) -> Period:
        """``period`` if it is no longer than this activity's. Raises InvalidValue naming the activity."""
        if self.period is None or not period.never_longer_than(self.period):
            raise InvalidValue(f"A period for {self.name} may be shorter than {self.period}, never longer.")
        return period

    def expires_at(self, begins: datetime, shorter: Period | None = None) -> int:
        """Epoch second from which an item that began at ``begins`` may not be read. Raises InvalidValue where
        ``shorter`` is longer than this activity's period."""
        if self.period is None:
            raise ValueError(f"activity {self.name} has no period")
        return (self.shortened(shorter) if shorter else self.period).end(begins)

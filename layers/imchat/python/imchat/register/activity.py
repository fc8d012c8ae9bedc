"""What an activity is (UK GDPR Art 30): one for each store."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from imchat.periods import Period
from imchat.values import InvalidValue

# How long what is deleted can still be in DynamoDB's backups (point-in-time recovery).
RECOVERY = Period(7, "day")
# How long DynamoDB keeps the last state of a table that is deleted: when the whole service ends.
LAST_STATE = Period(35, "day")


@dataclass(frozen=True, kw_only=True)
class Activity:
    """One kind of processing, in words for the people it is about.

    ``place`` is where it stands in the notice. ``people`` are those whose data it holds; ``categories`` of personal
    data are empty where there are none. ``period`` runs from ``period_starts``; without it, personal data need
    ``lasts``: as long as what. ``at_most`` is the notice's own promise, which ``period`` may undercut and never exceed.
    ``role`` is ours: "controller", or "processor" where we act for the website (UK GDPR Art 4(7), (8)). ``obligation``
    says whether the person must give their data, where they give any (Art 13(2)(e)).
    ``erasure`` is what a person's request does; ``retained`` needs its ``retained_because``, and ``retained_under``:
    the exception of UK GDPR Article 17(3), or that no ground of Article 17(1) applies. ``recoverable`` tells whether
    backups hold what is deleted for RECOVERY longer. Raises ValueError, naming the activity, where these do not fit
    together.
    """

    name: str
    title: str
    place: int
    purpose: str
    lawful_basis: str
    people: str
    categories: tuple[str, ...]
    source: str
    recipients: tuple[str, ...]
    period: Period | None = None
    period_starts: str = ""
    at_most: Period | None = None
    at_end: str
    erasure: Literal["erased", "retained"]
    retained_because: str | None = None
    retained_under: str | None = None
    lasts: str | None = None
    recoverable: bool = True
    role: Literal["controller", "processor"] = "controller"
    obligation: str = ""

    def __post_init__(self) -> None:
        wrong = None
        if self.categories and not self.period and not self.lasts:
            wrong = "personal data without a period"
        elif self.period and not self.period_starts:
            wrong = "a period that starts nowhere"
        elif self.period and self.at_most and not self.period.never_longer_than(self.at_most):
            wrong = f"a period of {self.period} is longer than the {self.at_most} that the notice promises"
        elif self.categories and (self.erasure == "retained") != bool(self.retained_because):
            wrong = "retained without a reason, or a reason without being retained"
        elif not all((self.name, self.title, self.purpose, self.lawful_basis, self.people, self.source, self.at_end)):
            wrong = "something is not said"
        if wrong:
            raise ValueError(f"activity {self.name}: {wrong}")

    @property
    def legitimate_interests(self) -> bool:
        """Whether it stands on legitimate interests, so that a person may object (UK GDPR Art 21(1))."""
        return "6(1)(f)" in self.lawful_basis

    @property
    def lasting(self) -> Period:
        """The period. Raises ValueError where there is none."""
        if self.period is None:
            raise ValueError(f"activity {self.name} has no period")
        return self.period

    def shortened(self, period: Period) -> Period:
        """``period`` if it is no longer than this activity's, on any date. Raises InvalidValue naming the activity."""
        if not period.never_longer_than(self.lasting):
            raise InvalidValue(f"A period for {self.name} may be shorter than {self.period}, never longer.")
        return period

    def expires_at(self, begins: datetime, shorter: Period | None = None) -> int:
        """Epoch second from which an item that began at ``begins`` may not be read (N17). Raises InvalidValue where
        ``shorter`` is longer than this activity's period, ValueError where there is no period."""
        return (self.shortened(shorter) if shorter else self.lasting).end(begins)

"""What owners of websites are answered."""

from typing import Annotated, TypedDict

from msgspec import Meta

from functions.shapes.visitor import Language
from imchat.shapes import Day

LongerPeriod = Annotated[str, Meta(pattern="^[0-9]{4}(-[0-9]{2})?$")]


class Hours(TypedDict):
    """When the site is open, by the clocks of its time zone."""

    timezone: str
    days: dict[str, list[list[str]]]


class Site(TypedDict):
    """A site with all that its owner may set, and the tag that puts the widget onto a page. ``requests_contact`` is
    where data-protection requests go if the website answers them itself; null: we answer for it."""

    site_id: str
    name: str
    origins: list[str]
    policy_url: str | None
    controller_name: str | None
    controller_address: str | None
    controller_contact: str | None
    language: Language
    languages: list[Language] | None
    colour: str | None
    region: str
    period: str | None
    poll_interval_ms: int
    texts: dict[str, dict[str, str]]
    opening_hours: Hours | None
    requests_contact: str | None
    snippet: str


class Sites(TypedDict):
    """One's sites."""

    sites: list[Site]


class Operator(TypedDict):
    """An operator as the owner sees them."""

    operator_id: str
    name: str
    username: str
    present: bool
    disabled: bool


class Operators(TypedDict):
    """Who answers; ``next`` asks for the page behind it."""

    operators: list[Operator]
    next: str | None


class OperatorOnly(TypedDict):
    """The operator as they are now."""

    operator: Operator


class Invited(TypedDict):
    """A new operator; the password is for their first sign-in and is shown this once."""

    operator: Operator
    temporary_password: str


class DayCounts(TypedDict):
    """The counts of one day, by ``group:value``."""

    day: Day
    counts: dict[str, int]


class LongerCounts(TypedDict):
    """What was fewer than five on a day or in a month, and was added to a month (2026-01) or a year (2026)."""

    period: LongerPeriod
    counts: dict[str, int]


class Counted(TypedDict):
    """Counts by day; and what was added to months and years, which are counted with their last day."""

    days: list[DayCounts]
    longer: list[LongerCounts]


Statistics = TypedDict(
    "Statistics",
    {
        "from": Day,
        "to": Day,
        "days": list[DayCounts],
        "longer": list[LongerCounts],
        "total": dict[str, int],
        "next": str | None,
    },
)

Statistics.__doc__ = "A page of the counts of some days, and the sum of the page; `next` asks for the page behind it."


class VisitCounts(TypedDict):
    """Visits; visitors are estimated, and 0 where they are fewer than five."""

    views: int
    visitors: int
    bots: int
    paths: dict[str, int]
    referrers: dict[str, int]


class DayVisits(VisitCounts):
    """The visits of one day."""

    day: Day


class LongerVisits(VisitCounts):
    """Visits of days and months with fewer than five, added to a month (2026-01) or a year (2026)."""

    period: LongerPeriod


class AllVisits(TypedDict):
    """The sum of a page."""

    views: int
    bots: int


Visits = TypedDict(
    "Visits",
    {
        "from": Day,
        "to": Day,
        "days": list[DayVisits],
        "longer": list[LongerVisits],
        "total": AllVisits,
        "next": str | None,
    },
)
Visits.__doc__ = "A page of the visits of some days, and the sum of the page; `next` asks for the page behind it."

"""What owners of websites are answered."""

from typing import TypedDict

from functions.shapes.visitor import Language
from imchat.shapes import Day


class Hours(TypedDict):
    """When the site is open, by the clocks of its time zone."""

    timezone: str
    days: dict[str, list[list[str]]]


class Site(TypedDict):
    """A site with all that its owner may set, and the tag that puts the widget onto a page."""

    site_id: str
    name: str
    origins: list[str]
    policy_url: str | None
    language: Language
    languages: list[Language] | None
    colour: str | None
    region: str
    period: str | None
    poll_interval_ms: int
    texts: dict[str, dict[str, str]]
    opening_hours: Hours | None
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
    """Who answers."""

    operators: list[Operator]


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


Statistics = TypedDict("Statistics", {"from": Day, "to": Day, "days": list[DayCounts], "total": dict[str, int]})

Statistics.__doc__ = "The counts of some days, and their sum."


class DayVisits(TypedDict):
    """The visits of one day; visitors are estimated."""

    day: Day
    views: int
    visitors: int
    bots: int
    paths: dict[str, int]
    referrers: dict[str, int]


class AllVisits(TypedDict):
    """The sum of some days."""

    views: int
    bots: int


Visits = TypedDict("Visits", {"from": Day, "to": Day, "days": list[DayVisits], "total": AllVisits})
Visits.__doc__ = "The visits of some days, and their sum."

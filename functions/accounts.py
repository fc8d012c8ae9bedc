"""The account owner's routes."""

from datetime import date, timedelta
from typing import Any

from functions import views
from functions.http import Routes, Staff, query, staff
from functions.operators import authorizer
from imchat import clock
from imchat.errors import InvalidInput

routes = Routes(__name__)
_MOST_DAYS = 400


@routes.route("/v1/account/statistics", methods=["GET"], authorizer=authorizer)
def get_statistics() -> dict[str, Any]:
    """Daily counts of one's site, ``from`` to ``to`` (days, both included; the last 30 where absent), and their sum.
    No count stands for anybody (N20)."""
    from imchat.stores.statistics import read, total

    owner, first, last = _asked("owner")
    days = read(owner.site_id, first, last)
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "days": [{"day": day, "counts": counts} for day, counts in days],
        "total": total(days),
    }


@routes.route("/v1/account/visits", methods=["GET"], authorizer=authorizer)
def get_visits() -> dict[str, Any]:
    """Visits to one's pages, ``from`` to ``to`` as for the statistics. Visitors are estimated: none is kept (N1)."""
    from imchat.visits.reading import read

    owner, first, last = _asked("owner")
    days = read(owner.site_id, first, last, clock.now())
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "days": [views.visits(day) for day in days],
        "total": {"views": sum(int(day.views) for day in days), "bots": sum(int(day.bots) for day in days)},
    }


def _asked(group: str) -> tuple[Staff, date, date]:
    """Who asks, for which days. Raises Forbidden, InvalidInput."""
    request = routes.current_request
    member = staff(request, group)
    today = clock.now().date()
    last = _day(query(request, "to", today.isoformat()), "to")
    first = _day(query(request, "from", (last - timedelta(days=29)).isoformat()), "from")
    if not 0 <= (last - first).days < _MOST_DAYS:
        raise InvalidInput("invalid_value", f"The days must be in order and at most {_MOST_DAYS}.", "from")
    return member, first, last


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("invalid_value", "This must be a day, as 2026-01-31.", field) from None

"""The account owner's routes."""

from typing import Any

from functions import views
from functions.http import Routes, asked_days, staff
from functions.operators import authorizer
from imchat import clock

routes = Routes(__name__)


@routes.route("/v1/account/statistics", methods=["GET"], authorizer=authorizer)
def get_statistics() -> dict[str, Any]:
    """Daily counts of one's site, ``from`` to ``to`` (days, both included; the last 30 where absent), and their sum.
    No count stands for anybody (N20)."""
    from imchat.stores.statistics import read, total

    owner = staff(routes.current_request, "owner")
    first, last = asked_days(routes.current_request)
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

    owner = staff(routes.current_request, "owner")
    first, last = asked_days(routes.current_request)
    days = read(owner.site_id, first, last, clock.now())
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "days": [views.visits(day) for day in days],
        "total": {"views": sum(int(day.views) for day in days), "bots": sum(int(day.bots) for day in days)},
    }

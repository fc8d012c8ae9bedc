"""The account owner's routes: the site, who answers its chats, what is counted."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from chalice import Response

from functions import bodies, staff_views, views
from functions.http import Routes, Staff, asked_days, body, query, staff
from functions.operators import authorizer
from imchat import clock
from imchat.errors import Forbidden, NotFound

routes = Routes(__name__)
_OPERATOR = re.compile(r"[A-Za-z0-9-]{1,64}")


def _me() -> Staff:
    """Who calls. An owner who answers chats too, and was disabled, is one no more, whatever token they still have."""
    from imchat.stores.accounts import operator

    me = staff(routes.current_request, "owner")
    found = operator(me.site_id, me.operator_id, disabled=True)
    if found is not None and found.disabled:
        raise Forbidden("account_disabled", "This account cannot be used any more.")
    return me


@routes.route("/v1/account/sites", methods=["GET"], authorizer=authorizer)
def get_sites() -> dict[str, Any]:
    """One's site with its settings."""
    from imchat.staff.sites import own

    return {"sites": [staff_views.site(own(_me().site_id))]}


@routes.route("/v1/account/sites/{site_id}", methods=["PATCH"], authorizer=authorizer)
def change_site(site_id: str) -> dict[str, Any]:
    """Change settings of one's site. A shorter period holds for chats opened from then on (N17)."""
    from imchat.staff.sites import change

    me = _me()
    sent = body(routes.current_request, bodies.SiteSettings)
    if site_id != me.site_id:
        raise NotFound("site")
    settings = {
        field: msgspec.to_builtins(value)
        for field in sent.__struct_fields__
        if (value := getattr(sent, field)) is not msgspec.UNSET
    }
    return staff_views.site(change(me.site_id, settings))


@routes.route("/v1/account/operators", methods=["GET"], authorizer=authorizer)
def get_operators() -> dict[str, Any]:
    """Who answers, those who were disabled among them."""
    from imchat.staff.sites import own
    from imchat.stores.accounts import operators

    me, now = _me(), clock.now()
    site = own(me.site_id)
    return {"operators": [staff_views.operator(one, site, now) for one in operators(me.site_id, disabled=True)]}


@routes.route("/v1/account/operators", methods=["POST"], authorizer=authorizer)
def invite_operator() -> Response:
    """Let somebody answer. The temporary password is shown this once."""
    from imchat.staff.operators import invite
    from imchat.staff.sites import own

    me = _me()
    sent = body(routes.current_request, bodies.Invite)
    site = own(me.site_id)
    made, password = invite(me.site_id, sent.username, sent.name)
    shown = {"operator": staff_views.operator(made, site, clock.now()), "temporary_password": password}
    return Response(shown, status_code=201)


@routes.route("/v1/account/operators/{operator_id}", methods=["PATCH"], authorizer=authorizer)
def change_operator(operator_id: str) -> dict[str, Any]:
    """Rename, disable or enable an operator."""
    from imchat.staff.operators import change
    from imchat.staff.sites import own

    me, now = _me(), clock.now()
    sent = body(routes.current_request, bodies.OperatorChange)
    if not _OPERATOR.fullmatch(operator_id):
        raise NotFound("operator")
    changed = change(me.site_id, me.operator_id, operator_id, name=sent.name, disabled=sent.disabled, now=now)
    return {"operator": staff_views.operator(changed, own(me.site_id), now)}


@routes.route("/v1/account/statistics", methods=["GET"], authorizer=authorizer)
def get_statistics() -> Any:
    """Daily counts of one's site, ``from`` to ``to`` (days, both included; the last 30 where absent), and their sum; as
    ``format`` json or csv. No count stands for anybody (N20)."""
    from imchat.stores.statistics import read, total

    me = _me()
    first, last = asked_days(routes.current_request)
    as_csv = _as_csv()
    days = read(me.site_id, first, last)
    if as_csv:
        return _csv("statistics", staff_views.statistics_rows(days))
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "days": [{"day": day, "counts": counts} for day, counts in days],
        "total": total(days),
    }


@routes.route("/v1/account/visits", methods=["GET"], authorizer=authorizer)
def get_visits() -> Any:
    """Visits to one's pages, ``from`` to ``to`` and in a ``format`` as for the statistics. Visitors are estimated: none
    is kept (N1)."""
    from imchat.visits.reading import read

    me = _me()
    first, last = asked_days(routes.current_request)
    as_csv = _as_csv()
    days = read(me.site_id, first, last, clock.now())
    if as_csv:
        return _csv("visits", staff_views.visits_rows(days))
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "days": [views.visits(day) for day in days],
        "total": {"views": sum(int(day.views) for day in days), "bots": sum(int(day.bots) for day in days)},
    }


def _as_csv() -> bool:
    return query(routes.current_request, "format", "json", ("json", "csv")) == "csv"


def _csv(name: str, rows: Iterable[list[str]]) -> Response:
    from imchat.tabular import lines

    headers: dict[str, str | list[str]] = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}.csv"',
    }
    return Response(lines(rows), headers=headers)

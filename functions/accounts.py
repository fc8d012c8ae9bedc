"""The account owner's routes: the site, who answers its chats, what is counted."""

from typing import TYPE_CHECKING

import msgspec

from functions import staff_views, views
from functions.answers import MOST_BYTES, Created, Csv
from functions.callers import OWNER, Staff
from functions.forms import NextPage
from functions.forms import account as forms
from functions.http import Routes
from functions.reading import OPERATOR, days, known_operator_place
from imchat import clock
from imchat.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from functions.shapes import account as shapes

routes = Routes(__name__)


@routes.route("/v1/account/sites", methods=["GET"], by=OWNER, refusals="site_not_found")
def get_sites(me: Staff) -> "shapes.Sites":
    """One's site with its settings."""
    from imchat.staff.sites import own

    return {"sites": [staff_views.site(own(me.site_id))]}


@routes.route("/v1/account/sites/{site_id}", methods=["PATCH"], by=OWNER, refusals="site_not_found")
def change_site(site_id: str, me: Staff, sent: forms.SiteSettings) -> "shapes.Site":
    """Change settings of one's site. A shorter period holds for chats opened from then on (N17)."""
    from imchat.staff.sites import change

    if site_id != me.site_id:
        raise NotFound("site")
    settings = {
        field: msgspec.to_builtins(value)
        for field in sent.__struct_fields__
        if (value := getattr(sent, field)) is not msgspec.UNSET
    }
    return staff_views.site(change(me.site_id, settings))


@routes.route("/v1/account/operators", methods=["GET"], by=OWNER, refusals="site_not_found")
def get_operators(me: Staff, asked: NextPage) -> "shapes.Operators":
    """Who answers, those who were disabled among them, in pages."""
    from imchat.staff.sites import own
    from imchat.stores.accounts import operators_page

    now = clock.now()
    site = own(me.site_id)
    found, following = operators_page(me.site_id, known_operator_place(asked.next))
    return {"operators": [staff_views.operator(one, site, now) for one in found], "next": following}


@routes.route(
    "/v1/account/operators",
    methods=["POST"],
    by=OWNER,
    refusals="site_not_found operator_not_found username_taken weak_password too_many_operators too_many_tries",
)
def invite_operator(me: Staff, sent: forms.Invite) -> "Created[shapes.Invited]":
    """Let somebody answer. The temporary password is shown this once."""
    from imchat.staff.operators import invite
    from imchat.staff.sites import own

    site = own(me.site_id)
    made, password = invite(me.site_id, sent.username, sent.name)
    return Created({"operator": staff_views.operator(made, site, clock.now()), "temporary_password": password})


@routes.route(
    "/v1/account/operators/{operator_id}",
    methods=["PATCH"],
    by=OWNER,
    refusals="site_not_found operator_not_found own_account too_many_operators too_many_tries",
)
def change_operator(operator_id: str, me: Staff, sent: forms.OperatorChange) -> "shapes.OperatorOnly":
    """Rename, disable or enable an operator."""
    from imchat.staff.operators import change
    from imchat.staff.sites import own

    now = clock.now()
    if not OPERATOR.fullmatch(operator_id):
        raise NotFound("operator")
    changed = change(me.site_id, me.operator_id, operator_id, name=sent.name, disabled=sent.disabled, now=now)
    return {"operator": staff_views.operator(changed, own(me.site_id), now)}


@routes.route("/v1/account/statistics", methods=["GET"], by=OWNER, refusals="too_many_days bad_cursor")
def get_statistics(me: Staff, asked: forms.Counts) -> "shapes.Statistics | Csv":
    """Daily counts of one's site, ``from`` to ``to`` (days, both included; the last 30 where absent), in pages, and the
    sum of each page; or as ``format`` csv, whole. No count stands for anybody (N20): what is fewer than five on a day
    is added to its month, what is fewer than five in a month to its year, and neither is shown before it makes five. A
    month or a year is counted with its last day; until that is over, with today."""
    from imchat.stores.statistics import page, shown, total

    now = clock.now()
    first, last = days(asked, now)
    if asked.format == "csv":
        return _csv("statistics", staff_views.statistics_rows(shown(me.site_id, first, last, now.date())))
    found, following = page(me.site_id, first, last, now.date(), asked.next or None)
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        **staff_views.statistics(found),
        "total": total(found),
        "next": following,
    }


@routes.route("/v1/account/visits", methods=["GET"], by=OWNER, refusals="too_many_days bad_cursor")
def get_visits(me: Staff, asked: forms.Counts) -> "shapes.Visits | Csv":
    """Visits to one's pages, ``from`` to ``to``, in pages and in a ``format`` as for the statistics, with what is fewer
    than five added to months and years in the same way. Visitors are estimated: none is kept (N1)."""
    from imchat.visits.reading import each_shown, shown

    now = clock.now()
    first, last = days(asked, now)
    if asked.format == "csv":
        return _csv("visits", staff_views.visits_rows(each_shown(me.site_id, first, last, now)))
    found = shown(me.site_id, first, last, now, asked.next or None)
    every = [*found.days, *found.longer]
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "days": [views.visits(day) for day in found.days],
        "longer": [views.longer_visits(one) for one in found.longer],
        "total": {"views": sum(int(one.views) for one in every), "bots": sum(int(one.bots) for one in every)},
        "next": found.next,
    }


def _csv(name: str, rows: "Iterable[list[str]]") -> Csv:
    from imchat.tabular import TooLong, lines

    try:
        return Csv(name, lines(rows, MOST_BYTES))
    except TooLong:
        detail = "These days are more than one file holds. Please ask for fewer days at a time."
        raise InvalidInput("too_many_days", detail, "from") from None

"""How signing in, and what the owner of a website sees, looks in JSON and in CSV."""

import html
from datetime import datetime
from typing import TYPE_CHECKING

from imchat.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from functions.shapes import account
    from functions.shapes import sign_in as shapes
    from imchat.staff.sign_in import Challenge, SignedIn
    from imchat.stores.accounts import Operator, Site
    from imchat.stores.visits import VisitDay


def sign_in(outcome: "SignedIn | Challenge") -> "shapes.SignedIn | shapes.Challenge":
    """Tokens, but for the one that scripts do not get, or what is asked for before them."""
    from imchat.staff.sign_in import SignedIn

    if isinstance(outcome, SignedIn):
        return {
            "state": "signed_in",
            "id_token": outcome.id_token,
            "access_token": outcome.access_token,
            "expires_in": outcome.expires_in,
        }
    asked: shapes.Challenge = {
        "state": "challenge",
        "challenge": outcome.kind,
        "session": outcome.session,
        "username": outcome.username,
    }
    if outcome.secret:
        asked["secret"] = outcome.secret
    return asked


def site(found: "Site") -> "account.Site":
    """A site with all that its owner may set, and the tag that puts the widget onto a page."""
    return {
        "site_id": found.site_id,
        "name": found.name,
        "origins": list(found.origins),
        "policy_url": found.policy_url,
        "controller_name": found.controller_name,
        "controller_address": found.controller_address,
        "controller_contact": found.controller_contact,
        "language": found.language,
        "languages": list(found.languages) if found.languages else None,
        "colour": found.colour,
        "region": found.region,
        "period": found.period,
        "poll_interval_ms": int(found.poll_interval_ms),
        "texts": found.texts or {},
        "opening_hours": found.opening_hours,
        "requests_contact": found.requests_contact,
        "snippet": f'<script src="{html.escape(settings().web_url)}/widget.js" '
        f'data-site="{html.escape(found.site_id)}" crossorigin async></script>',
    }


def operator(found: "Operator", site: "Site", now: datetime) -> "account.Operator":
    """An operator as the owner sees them."""
    return {
        "operator_id": found.operator_id,
        "name": found.name,
        "username": found.username,
        "present": site.is_present(found.operator_id, now),
        "disabled": bool(found.disabled),
    }


def statistics(found: "list[tuple[str, dict[str, int]]]") -> "account.Counted":
    """Counts by day, and those of longer periods apart."""
    return {
        "days": [{"day": label, "counts": counts} for label, counts in found if _is_day(label)],
        "longer": [{"period": label, "counts": counts} for label, counts in found if not _is_day(label)],
    }


def _is_day(label: str) -> bool:
    return len(label) == len("2026-01-31")


def statistics_rows(days: "list[tuple[str, dict[str, int]]]") -> "Iterator[list[str]]":
    """A line for each day (2026-01-31), month (2026-01) and year (2026), a column for each counter that any of them
    has."""
    names = sorted({name for _, counts in days for name in counts})
    yield ["day", *names]
    for day, counts in days:
        yield [day, *(str(counts.get(name, 0)) for name in names)]


def visits_rows(days: "Iterable[VisitDay]") -> "Iterator[list[str]]":
    """A line for each number of a day, month or year: of views, visitors and bots, then of each path and each referring
    host."""
    yield ["day", "what", "name", "number"]
    for day in days:
        for what in ("views", "visitors", "bots"):
            yield [day.sk, what, "", str(int(getattr(day, what)))]
        for what, numbers in (("path", day.paths), ("referrer", day.referrers)):
            for name, number in sorted(numbers.as_dict().items()):
                yield [day.sk, what, name, str(int(number))]

"""Data-protection requests as an engineer sees them: references, kinds, days."""

from dataclasses import dataclass
from datetime import date, datetime

from imchat import clock
from imchat.errors import NotFound
from imchat.rights.clocks import clock_of, identity_due, waiting
from imchat.rights.deadlines import london
from imchat.rights.requests import all_open, load_any
from imchat.rights.review import go_on
from imchat.stores.requests import Request


@dataclass(frozen=True)
class Row:
    """An open request; ``days_left`` is negative once it is overdue."""

    reference: str
    site_id: str
    kind: str
    state: str
    due: date
    days_left: int


def overdue(now: datetime) -> list[Row]:
    """Open requests whose day has passed, the oldest first; not those that are answered, or wait for the person."""
    late = [one for one in all_open(now) if not one.answered_at and not waiting(one)]
    return [row for row in (_row(one, now) for one in late) if row.days_left < 0]


def stuck(now: datetime) -> list[Row]:
    """Requests of which a task has failed for good."""
    return [_row(one, now) for one in all_open(now) if one.failed]


def retry(reference: str, engineer: str) -> None:
    """Go on with a stuck request. Raises NotFound, Conflict where nothing failed."""
    request = load_any(reference)
    if request is None:
        raise NotFound("request")
    go_on(reference, request.site_id, engineer, clock.now())


def _row(request: Request, now: datetime) -> Row:
    ticking = clock_of(request, now)
    due = ticking.due if ticking else identity_due(request)
    state = f"failed at {request.failed}" if request.failed else str(request.status).replace("_", " ")
    return Row(request.pk, request.site_id, str(request.type or "unknown"), state, due, (due - london(now)).days)

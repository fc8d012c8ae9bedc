"""Rights requests as they are kept: found, and the one way in which they move: one transaction with the entry in the
system log."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from imchat import places, text
from imchat.clock import milliseconds, plausible
from imchat.errors import Conflict, InvalidInput, NotFound
from imchat.fields import checked
from imchat.register.store import Reference
from imchat.rights import flow, letters
from imchat.rights.clocks import next_due
from imchat.rights.deadlines import london
from imchat.rights.numbers import ended
from imchat.stores import evidence, statistics, verbs
from imchat.stores.base import Cancelled, Part, put, transact, update
from imchat.stores.requests import (
    ACTIVITY,
    CANDIDATE,
    DROPPED,
    EVERYBODY,
    OPEN,
    Event,
    Posted,
    Request,
)
from imchat.stores.unlocks import locked

# A request is one item, of at most 400 KB. Behind the first of these it takes no more but what undoes an act or leads
# to an answer; behind the second only its end, and what the person and the flow add: mails, codes, the receipt.
FULL_BYTES, LEADING_ON_BYTES = 250_000, 320_000
_NO_STAFF = ("system", "visitor", "requester")
_AHEAD = timedelta(minutes=5)


def load(reference: str, site_id: str, now: datetime, *statuses: str) -> Request:
    """The request, if it is this site's. Raises NotFound; Conflict where it is in none of ``statuses``, if any."""
    request = Request.load(reference, now=now)
    if request is None or request.site_id != site_id:
        raise NotFound("request")
    if statuses and request.status not in statuses:
        state = request.status.replace("_", " ")
        raise Conflict("wrong_state", f"This request is {state}: that is not possible now.")
    return request


def load_any(reference: str) -> Request | None:
    """The request, whosesoever it is; None where there is none."""
    try:
        return Request.get(reference, consistent_read=True)
    except Request.DoesNotExist:
        return None


def open_requests(site_id: str, now: datetime) -> list[Request]:
    """The site's open requests, what is due first, first."""
    return list(_still_open(Request.open_index.query(site_id), now))


def open_page(
    site_id: str, start: str | None, now: datetime, *, spam: bool = False
) -> tuple[list[Request], str | None]:
    """The site's open requests from ``start`` on, what is due first, first: as many as an answer holds, and where it
    goes on. ``spam`` are those that look like it, all others otherwise. Raises InvalidInput."""
    key = places.key_of(start, "due_day", open_site=site_id) if start else None
    page: list[Request] = []
    total = 0
    for one in _still_open(Request.open_index.query(site_id, last_evaluated_key=key), now):
        if looks_like_spam(one) != spam or locked(one, now):
            continue
        total += verbs.size(one)
        if page and total > places.MOST_BYTES:
            last = page[-1]
            place = {"due_day": {"N": str(int(last.due_day))}, "pk": {"S": last.pk}}
            return page, places.spelled(place, "due_day")
        page.append(one)
    return page, None


def all_open(now: datetime) -> list[Request]:
    """Every site's open requests, what is due first, first: for the reminders."""
    return list(_still_open(Request.deadline_index.query(EVERYBODY), now))


def _still_open(keys: Iterable[Any], now: datetime) -> Iterator[Request]:
    """Read as far as the caller goes."""
    references = (Reference("requests", key.pk) for key in keys)
    return (request for _, request in verbs.load(Request, references, now) if request.status in OPEN)


def looks_like_spam(request: Request) -> bool:
    """Whether nobody has decided on the request yet, and the mail service took its mail for spam."""
    return bool(request.spam) and request.status == CANDIDATE


def move(
    request: Request,
    changes: dict[str, Any],
    what: str,
    staff: str,
    now: datetime,
    *more: Part,
    most: int | None = FULL_BYTES,
    own: bool | None = None,
) -> Request:
    """One transaction: the changes, the event, the entry in the system log (``own`` as there), and ``more``; on
    condition that nobody changed the request since it was read. What staff do is refused where it would make the
    request larger than ``most`` bytes. Raises Conflict."""
    before = verbs.stored(request)
    for field, value in changes.items():
        setattr(request, field, value)
    if request.status in OPEN:
        changes = changes | {"due_day": next_due(request, now).toordinal()}
        request.due_day = changes["due_day"]
    if most and staff not in _NO_STAFF and (size := verbs.stored(request)) > most and size >= before:
        raise Conflict("request_full", "This request holds as much as it may. It can still be approved and ended.")
    event, revision = happened(what, staff, now), int(request.revision)
    actions = [
        getattr(Request, field).set(value) if value is not None else getattr(Request, field).remove()
        for field, value in changes.items()
    ]
    actions += [Request.events.set(Request.events.append([event])), Request.revision.set(revision + 1)]
    record = evidence.entry(request, evidence.of_request(what), staff, now, own=own)
    try:
        transact(put(record), update(Request(request.pk), actions, Request.revision == revision), *more)
    except Cancelled:
        raise Conflict("changed_meanwhile", "Somebody else changed this just now. Please look again.") from None
    request.events.append(event)
    request.revision = revision + 1
    return request


def move_with_letter(
    request: Request, changes: dict[str, Any], what: str, staff: str, now: datetime, *, letter: Posted
) -> Request:
    """As ``move``, with a letter that tells the person of it."""
    moved = move(request, changes | {"letters": [*request.letters, letter]}, what, staff, now)
    letters.send_waiting(moved)
    return moved


def end(request: Request, status: str, because: str, staff: str, now: datetime, *, letter: str | None) -> Request:
    """End the request. It stays in everybody's list until the flow has cleaned up behind it."""
    reason = checked("because", text.message, because)
    ends = ACTIVITY.expires_at(now)
    changes: dict[str, Any] = {
        "status": status,
        "ended_because": reason,
        "closed_at": milliseconds(now),
        "expires_at": ends,
        "due_at": ends,
        "open_site": None,
        "failed": None,
    }
    if status == DROPPED:
        changes |= {"open_all": None, "due_day": None}
    if letter:
        changes["letters"] = [*request.letters, letters.letter(request, letter, now, reason)]
    counted = statistics.add_request(request.site_id, london(now), ended(request, status, now))
    moved = move(request, changes, status, staff, now, counted, most=None)
    letters.send_waiting(moved)
    flow.wake(request.pk)
    return moved


def happened(what: str, staff: str, now: datetime) -> Event:
    """What stands of an act in the request's own history."""
    return Event(at=milliseconds(now), what=what, by=staff)  # type: ignore[no-untyped-call]


def one_of(field: str, value: str, allowed: Sequence[str]) -> None:
    """Raise InvalidInput naming ``field`` where ``value`` is none of ``allowed``."""
    if value not in allowed:
        raise InvalidInput("invalid_value", f"This must be one of: {', '.join(allowed)}.", field)


def not_ahead(field: str, at: datetime, now: datetime) -> None:
    """Raise InvalidInput naming ``field`` where ``at`` lies in the future, or is no time that people tell."""
    if checked(field, plausible, at) > now + _AHEAD:
        raise InvalidInput("invalid_value", "This lies in the future.", field)

"""Rights requests as the desk handles them: taken in, identity decided, paused, extended, ended; with the clock that
the law sets (UK GDPR Art 12(3)). Each act is one transaction with its entry in the system log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from imchat import references, text
from imchat.clock import milliseconds, moment
from imchat.errors import Conflict, InvalidInput, NotFound
from imchat.fields import checked
from imchat.people import Details
from imchat.register.store import Reference
from imchat.rights import flow, letters
from imchat.rights.deadlines import PATIENCE, Deadline, Pause, deadline, london
from imchat.stores import accounts, evidence, statistics, verbs
from imchat.stores.base import Cancelled, Part, put, transact, update
from imchat.stores.requests import (
    ACTIVITY,
    AWAITING_IDENTITY,
    CANDIDATE,
    CHANNELS,
    CLOSED,
    COMPLAINT,
    COPY,
    DROPPED,
    EVERYBODY,
    IN_PROGRESS,
    OBJECTION,
    OPEN,
    REFUSED,
    TYPES,
    WITHDRAWN,
    Event,
    Paused,
    Posted,
    Request,
)

IDENTITY_METHODS = ("code", "document", "authority", "known_to_us")
_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True)
class Identity:
    """A decision on who asks: how it was established, and when what it needed was there."""

    proven: bool
    method: str
    at: datetime


@dataclass(frozen=True)
class Authority:
    """By what authority somebody else asks, and when it was shown."""

    what: str
    at: datetime


def take_in(
    site_id: str,
    staff: str,
    *,
    kind: str,
    channel: str,
    received_at: datetime,
    name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    details: str | None = None,
    identity: Identity | None = None,
    authority: Authority | None = None,
    now: datetime,
) -> Request:
    """Take in a request of a ``kind`` (TYPES) that came by letter, phone, mail or form, now or in the past. Raises
    InvalidInput."""
    one_of("type", kind, TYPES)
    one_of("channel", channel, CHANNELS)
    _past("received_at", received_at, now)
    site = accounts.site(site_id)
    person = Details.of(name, email, phone, site.region if site else "GB")
    if not (person.name or person.email or person.phone):
        raise InvalidInput("no_identifier", "Say whose data it is: a name, an email address or a phone number.", "name")
    request = Request(
        references.short(),
        site_id=site_id,
        at=milliseconds(received_at),
        type=kind,
        status=first_state(kind),
        channel=channel,
        details=checked("details", text.message, details) if details else None,
        events=[_event("received", staff, now)],
        open_site=site_id,
        open_all=EVERYBODY,
        **vars(person),
    )
    if authority:
        _take_authority(request, authority, now)
    if identity:
        for field, value in identified(identity, now).items():
            setattr(request, field, value)
    request.due_day = _next_due(request, now).toordinal()
    # An end of its own is set when it is closed; until then, and should nobody ever close it, it counts from now.
    request.end_at(ACTIVITY.expires_at(now))
    if not request.visible(now):
        raise InvalidInput("invalid_value", "This lies too far in the past.", "received_at")
    request.letters = [letters.letter(request, "acknowledgement", now)]
    transact(put(request, Request.pk.does_not_exist()), put(evidence.entry(request, "request_received", staff, now)))
    letters.send_waiting(request)
    flow.start(request.pk)
    return request


def confirm(reference: str, site_id: str, staff: str, kind: str, now: datetime) -> Request:
    """Make a candidate, which came by mail, a request of a type. Raises InvalidInput, NotFound, Conflict."""
    one_of("type", kind, TYPES)
    request = load(reference, site_id, now, CANDIDATE)
    acknowledged = [letters.letter(request, "acknowledgement", now)]
    changes = {"type": kind, "status": first_state(kind), "letters": acknowledged}
    confirmed = move(request, changes, "confirmed", staff, now)
    letters.send_waiting(confirmed)
    flow.start(reference)
    return confirmed


def drop(reference: str, site_id: str, staff: str, because: str, now: datetime) -> Request:
    """Say that a candidate is no request. Raises InvalidInput, NotFound, Conflict."""
    return _end(load(reference, site_id, now, CANDIDATE), DROPPED, because, staff, now, letter=None)


def decide_identity(reference: str, site_id: str, staff: str, identity: Identity, now: datetime) -> Request:
    """Decide who asks. Not proven leaves the request waiting for better proof. Raises InvalidInput, NotFound,
    Conflict."""
    request = load(reference, site_id, now, AWAITING_IDENTITY)
    from imchat.rights import documents  # it stands on this module

    changes = identified(identity, now) | {"documents": []}
    if identity.proven:
        decided = move(request, changes, "identity proven", staff, now)
    else:
        decided = _tell(
            request,
            changes,
            "identity not proven",
            staff,
            now,
            letter=letters.letter(request, "proof_refused", now),
        )
    documents.remove(reference)
    flow.wake(reference)
    return decided


def pause(
    reference: str, site_id: str, staff: str, why: str, now: datetime, *, asked_on: date | None = None
) -> Request:
    """Stop the clock: we asked the person for what is needed to find the data (UK GDPR Art 12A). Raises InvalidInput,
    NotFound, Conflict."""
    request, today = load(reference, site_id, now, IN_PROGRESS), london(now)
    reason = checked("why", text.message, why)
    if request.type == COMPLAINT:
        raise Conflict("not_pausable", "The clock of a complaint does not stand still.")
    if waiting(request):
        raise Conflict("paused_already", "The clock of this request stands still already.")
    asked = Paused(asked=(asked_on or today).isoformat(), why=reason)  # type: ignore[no-untyped-call]
    # Who asked on an earlier day has written already.
    question = None if asked_on and asked_on != today else letters.letter(request, "question", now, reason)
    return _repause(request, [*request.pauses, asked], "paused", staff, now, question=question)


def resume(reference: str, site_id: str, staff: str, now: datetime, *, answered_on: date | None = None) -> Request:
    """Let the clock go on: the answer came. Raises InvalidInput, NotFound, Conflict."""
    request, today = load(reference, site_id, now, IN_PROGRESS), london(now)
    if not waiting(request):
        raise Conflict("not_paused", "The clock of this request does not stand still.")
    last = request.pauses[-1]
    answered = (answered_on or today).isoformat()
    answer = Paused(asked=last.asked, answered=answered, why=last.why)  # type: ignore[no-untyped-call]
    return _repause(request, [*request.pauses[:-1], answer], "resumed", staff, now)


def _repause(
    request: Request, pauses: list[Paused], what: str, staff: str, now: datetime, *, question: Posted | None = None
) -> Request:
    request.pauses, last = pauses, pauses[-1]
    try:
        if date.fromisoformat(last.answered or last.asked) > london(now):
            raise ValueError
        clock_of(request, now)
    except ValueError:
        field = "answered_on" if last.answered else "asked_on"
        raise InvalidInput("invalid_value", "This day does not fit the request's other days.", field) from None
    letter = {"letters": [*request.letters, question]} if question else {}
    moved = move(request, {"pauses": pauses} | letter, what, staff, now)
    letters.send_waiting(moved)
    return moved


def _tell(
    request: Request, changes: dict[str, Any], what: str, staff: str, now: datetime, *, letter: Posted
) -> Request:
    """As ``move``, with a letter that tells the person of it."""
    moved = move(request, changes | {"letters": [*request.letters, letter]}, what, staff, now)
    letters.send_waiting(moved)
    return moved


def extend(reference: str, site_id: str, staff: str, because: str, now: datetime) -> Request:
    """Take two months more, for a complex request; the person must be told within the first month (Art 12(3)). Raises
    InvalidInput, NotFound, Conflict."""
    request = load(reference, site_id, now, IN_PROGRESS)
    reason = checked("because", text.message, because)
    clock = clock_of(request, now)
    if request.extended_because or request.type == COMPLAINT:
        raise Conflict("not_extendable", "This request cannot be extended (again).")
    if clock and london(now) > clock.tell_by:
        raise Conflict("too_late_to_extend", "An extension must be told within the first month; that is over.")
    letter = letters.letter(request, "extended", now, reason)
    return _tell(request, {"extended_because": reason}, "extended", staff, now, letter=letter)


def refuse(reference: str, site_id: str, staff: str, because: str, now: datetime) -> Request:
    """Refuse it: no proof of identity, manifestly unfounded, or excessive (Art 12(5), (6)). Raises InvalidInput,
    NotFound, Conflict."""
    request = load(reference, site_id, now, AWAITING_IDENTITY, IN_PROGRESS)
    _not_answered(request)
    letter = "objection_overruled" if request.type == OBJECTION else "refused"
    return _end(request, REFUSED, because, staff, now, letter=letter)


def withdraw(reference: str, site_id: str, staff: str, because: str, now: datetime) -> Request:
    """End it at the person's own wish; ``because`` says how they told. Raises InvalidInput, NotFound, Conflict."""
    request = load(reference, site_id, now, AWAITING_IDENTITY, IN_PROGRESS)
    _not_answered(request)
    return _end(request, WITHDRAWN, because, staff, now, letter="withdrawn")


def close(reference: str, site_id: str, staff: str, outcome: str, now: datetime) -> Request:
    """End it, answered; ``outcome`` says how. Where no answer has gone yet, this one goes. Raises InvalidInput,
    NotFound, Conflict while what was approved is still being done."""
    request = load(reference, site_id, now, IN_PROGRESS)
    if request.approved_at and not request.answered_at:
        raise Conflict("being_answered", "What was approved is being done just now. Please try again soon.")
    letter = None if request.answered_at else "answered"
    return _end(request, CLOSED, outcome, staff, now, letter=letter)


def refuse_without_proof(now: datetime) -> int:
    """Refuse what has waited for proof of identity for 30 days (Art 12(6)). Answers how many."""
    refused = 0
    for request in all_open(now):
        if request.status == AWAITING_IDENTITY and identity_due(request) < london(now):
            try:
                _end(request, REFUSED, "No proof of identity came within 30 days.", "system", now, letter="no_proof")
            except Conflict:  # the proof has just come
                continue
            refused += 1
    return refused


def close_answered(now: datetime) -> int:
    """Close what was answered so long ago that the copy can no longer be fetched. Answers how many."""
    closed = 0
    for request in all_open(now):
        if (
            request.status == IN_PROGRESS
            and request.answered_at
            and COPY.after(moment(int(request.answered_at))) <= now
        ):
            try:
                _end(request, CLOSED, "The time to fetch the answer is over.", "system", now, letter=None)
            except Conflict:  # somebody is just closing it
                continue
            closed += 1
    return closed


def _not_answered(request: Request) -> None:
    if request.approved_at:
        raise Conflict("answered_already", "This request is approved or answered; close it.")


def _end(request: Request, status: str, because: str, staff: str, now: datetime, *, letter: str | None) -> Request:
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
    from imchat.rights.numbers import ended

    counted = statistics.add_request(request.site_id, london(now), ended(request, status, now))
    moved = move(request, changes, status, staff, now, counted)
    letters.send_waiting(moved)
    flow.wake(request.pk)
    return moved


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
    return _still_open(Request.open_index.query(site_id), now)


def all_open(now: datetime) -> list[Request]:
    """Every site's open requests, what is due first, first: for the reminders."""
    return _still_open(Request.deadline_index.query(EVERYBODY), now)


def _still_open(keys: Iterable[Any], now: datetime) -> list[Request]:
    references = [Reference("requests", key.pk) for key in keys]
    return [request for _, request in verbs.load(Request, references, now) if request.status in OPEN]


def clock_of(request: Request, now: datetime) -> Deadline | None:
    """The request's clock; None while it has not started: identity is not proven, or it is only a candidate. A
    complaint needs no proof: it is acknowledged within 30 days. Raises ValueError for pauses that cannot be."""
    received = london(moment(int(request.at)))
    if not request.type:
        return None
    if request.type == COMPLAINT:
        due = received + PATIENCE
        return Deadline(received, due, due, due, due, 0, extended=False)
    if not request.identity:
        return None
    today = london(moment(int(request.closed_at))) if request.closed_at else london(now)
    return deadline(
        received,
        today,
        identity=london(moment(int(request.identity_at))) if request.identity_at else None,
        authority=london(moment(int(request.authority_at))) if request.authority_at else None,
        pauses=[
            Pause(date.fromisoformat(one.asked), date.fromisoformat(one.answered) if one.answered else None)
            for one in request.pauses
        ],
        extended=bool(request.extended_because),
    )


def identity_due(request: Request) -> date:
    """By when proof of identity must have come."""
    return london(moment(int(request.at))) + PATIENCE


def _next_due(request: Request, now: datetime) -> date:
    clock = clock_of(request, now)
    return clock.due if clock else identity_due(request)


def identified(identity: Identity, now: datetime) -> dict[str, Any]:
    """What a decision on identity changes. Raises InvalidInput."""
    one_of("identity", identity.method, IDENTITY_METHODS)
    _past("identity", identity.at, now)
    status = {"status": IN_PROGRESS} if identity.proven else {}
    decided = {
        "identity": identity.proven,
        "identity_method": identity.method,
        "identity_at": milliseconds(identity.at),
    }
    return decided | status


def _take_authority(request: Request, authority: Authority, now: datetime) -> None:
    _past("authority", authority.at, now)
    request.authority = checked("authority", text.message, authority.what)
    request.authority_at = milliseconds(authority.at)


def move(request: Request, changes: dict[str, Any], what: str, staff: str, now: datetime, *more: Part) -> Request:
    """One transaction: the changes, the event, the entry in the system log, and ``more``; on condition that nobody
    changed the request since it was read."""
    for field, value in changes.items():
        setattr(request, field, value)
    if request.status in OPEN:
        changes = changes | {"due_day": _next_due(request, now).toordinal()}
        request.due_day = changes["due_day"]
    event, revision = _event(what, staff, now), int(request.revision)
    actions = [
        getattr(Request, field).set(value) if value is not None else getattr(Request, field).remove()
        for field, value in changes.items()
    ]
    actions += [Request.events.set(Request.events.append([event])), Request.revision.set(revision + 1)]
    record = evidence.entry(request, f"request_{what.replace(' ', '_')}", staff, now)
    try:
        transact(put(record), update(Request(request.pk), actions, Request.revision == revision), *more)
    except Cancelled:
        raise Conflict("changed_meanwhile", "Somebody else changed this just now. Please look again.") from None
    request.events.append(event)
    request.revision = revision + 1
    return request


def first_state(kind: str) -> str:
    """The first state of a request of this kind: a complaint needs no proof of who complains."""
    return IN_PROGRESS if kind == COMPLAINT else AWAITING_IDENTITY


def waiting(request: Request) -> bool:
    """Whether the request's clock stands still now."""
    return bool(request.pauses) and not request.pauses[-1].answered


def _event(what: str, staff: str, now: datetime) -> Event:
    return Event(at=milliseconds(now), what=what, by=staff)  # type: ignore[no-untyped-call]


def one_of(field: str, value: str, allowed: Sequence[str]) -> None:
    """Raise InvalidInput naming ``field`` where ``value`` is none of ``allowed``."""
    if value not in allowed:
        raise InvalidInput("invalid_value", f"This must be one of: {', '.join(allowed)}.", field)


def _past(field: str, at: datetime, now: datetime) -> None:
    if at > now + _AHEAD:
        raise InvalidInput("invalid_value", "This lies in the future.", field)

"""Rights requests as they come: taken in by the desk, candidates from the mail made requests or dropped, and who asks
decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from imchat import references, text
from imchat.clock import milliseconds
from imchat.desk.belonging import among, assigned
from imchat.errors import Conflict, InvalidInput, NotFound, Refused
from imchat.fields import checked
from imchat.identifiers import email_key
from imchat.people import Details
from imchat.rights import documents, flow, letters
from imchat.rights.clocks import next_due
from imchat.rights.requests import (
    LEADING_ON_BYTES,
    end,
    happened,
    load,
    move,
    move_with_letter,
    not_ahead,
    one_of,
)
from imchat.stores import accounts, evidence
from imchat.stores.base import Cancelled, Part, put, transact
from imchat.stores.correspondence import Correspondence
from imchat.stores.requests import (
    ACTIVITY,
    AWAITING_IDENTITY,
    CANDIDATE,
    CHANNELS,
    COMPLAINT,
    DROPPED,
    EVERYBODY,
    IN_PROGRESS,
    TYPES,
    Request,
)

# What staff may judge. A code is proven by the person alone (asking.prove).
JUDGED_METHODS = ("document", "authority", "known_to_us")
IDENTITY_METHODS = ("code", *JUDGED_METHODS)


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
    post: str | None = None,
    correspondence_id: str | None = None,
    identity: Identity | None = None,
    authority: Authority | None = None,
    client_id: str | None = None,
    now: datetime,
) -> Request:
    """Take in a request of a ``kind`` (TYPES) that came by a ``channel`` (CHANNELS), now or in the past; the same under
    the same ``client_id`` is taken in once. ``post`` is the postal address of somebody who complains;
    ``correspondence_id`` the call or mail in which it was said. Raises InvalidInput."""
    one_of("type", kind, TYPES)
    one_of("channel", channel, CHANNELS)
    not_ahead("received_at", received_at, now)
    site = accounts.site(site_id)
    person = Details.of(name, email, phone, site.region if site else "GB")
    if not (person.name or person.email or person.phone or (kind == COMPLAINT and post)):
        raise InvalidInput("no_identifier", "Say whose data it is: a name, an email address or a phone number.", "name")
    said: tuple[Any, ...] = (site_id, staff, kind, channel, received_at, *vars(person).values(), details, identity)
    said += (authority, *(one for one in (post, correspondence_id) if one))
    request = Request(
        references.short(*references.repeatable(client_id, *said)),
        site_id=site_id,
        at=milliseconds(received_at),
        type=kind,
        status=first_state(kind),
        channel=channel,
        details=checked("details", text.message, details) if details else None,
        post=postal(kind, post),
        correspondence_id=_told_in(site_id, correspondence_id, now),
        events=[happened("received", staff, now)],
        open_site=site_id,
        open_all=EVERYBODY,
        websites={site_id: site.name} if site else None,
        **vars(person),
    )
    if authority:
        _take_authority(request, authority, now)
    if identity:
        for field, value in identified(identity, now).items():
            setattr(request, field, value)
    if request.status == AWAITING_IDENTITY:
        request.proof_asked_at = milliseconds(now)
    request.due_day = next_due(request, now).toordinal()
    # An end of its own is set when it is closed; until then, and should nobody ever close it, it counts from now.
    request.end_at(ACTIVITY.expires_at(now))
    if not request.visible(now):
        raise InvalidInput("invalid_value", "This lies too far in the past.", "received_at")
    request.letters = [letters.letter(request, "acknowledgement", now)]
    return received(request, staff, now)


def postal(kind: str, post: str | None) -> str | None:
    """The postal address of somebody who complains, checked. Raises InvalidInput; for another request too: where its
    answer may go is a decision of two (answer_address)."""
    lines = checked("post", text.comment, post) if post else None
    if lines and kind != COMPLAINT:
        raise InvalidInput("invalid_value", "Only a complaint is answered at an address that nobody approved.", "post")
    return lines


def _told_in(site_id: str, correspondence_id: str | None, now: datetime) -> str | None:
    if not correspondence_id:
        return None
    told = Correspondence.load(correspondence_id, now=now)
    if told is None or told.site_id != site_id:
        raise InvalidInput("invalid_value", "There is no such call or email.", "correspondence_id")
    return correspondence_id


def received(request: Request, by: str, now: datetime, *more: Part) -> Request:
    """Keep a new request, with ``more``, and begin its flow. Where it is there already, what was cut goes on. Raises
    Cancelled where one of ``more`` does not hold."""
    record = evidence.entry(request, "request_received", by, now)
    try:
        transact(put(request, Request.pk.does_not_exist()), put(record), *more)
    except Cancelled as cancelled:
        if not cancelled.failed[0]:
            raise
        request = Request.from_raw_data(cancelled.failed[0])
    letters.send_waiting(request)
    flow.start(request.pk)
    return request


def confirm(reference: str, site_id: str, staff: str, kind: str, now: datetime, *, email: str | None = None) -> Request:
    """Make a candidate, which came by mail or in a chat, a request of a type. ``email`` says whose it is where the mail
    leaves a choice, and only there. Raises InvalidInput, NotFound, Conflict."""
    one_of("type", kind, TYPES)
    request = load(reference, site_id, now, CANDIDATE)
    chosen, more = _choose(request, email, staff, now)
    for field, value in chosen.items():
        setattr(request, field, value)
    if kind != COMPLAINT and not (request.name or request.email or request.phone):
        detail = "Nobody is named. Have the person asked in the chat who they are, and the request passed on once more."
        raise InvalidInput("no_identifier", detail, "name")
    acknowledged = [letters.letter(request, "acknowledgement", now)]
    changes: dict[str, Any] = {"type": kind, "status": first_state(kind), "letters": acknowledged}
    if changes["status"] == AWAITING_IDENTITY:
        changes["proof_asked_at"] = milliseconds(now)
    confirmed = move(request, chosen | changes, "confirmed", staff, now, *more)
    letters.send_waiting(confirmed)
    flow.start(reference)
    return confirmed


def _choose(request: Request, email: str | None, staff: str, now: datetime) -> tuple[dict[str, Any], list[Part]]:
    """What it changes, of the request and of its mail, that staff say to whom the mail belongs: now, or before, when
    they looked at the mail."""
    choices = list(request.choices or ())
    if not choices and email is None:
        return {}, []
    if not choices:
        raise InvalidInput("invalid_value", "There is no choice here.", "email")
    mail = Correspondence.load(request.correspondence_id, now=now) if request.correspondence_id else None
    chosen_before = mail.email if mail and mail.chosen_by else None
    chosen = among(choices, email or chosen_before)
    changes: dict[str, Any] = {"email": chosen, "email_key": email_key(chosen), "choices": None}
    return changes, assigned(mail, chosen, staff, now) if mail and chosen != chosen_before else []


def drop(reference: str, site_id: str, staff: str, because: str, now: datetime) -> Request:
    """Say that a candidate is no request. Raises InvalidInput, NotFound, Conflict."""
    return end(load(reference, site_id, now, CANDIDATE), DROPPED, because, staff, now, letter=None)


def drop_many(
    references: Sequence[str], site_id: str, staff: str, because: str, now: datetime
) -> tuple[list[str], dict[str, Refused]]:
    """Say of many candidates that they are no requests, each recorded by itself: the references of those dropped, and
    why others were not. Raises InvalidInput for the reason."""
    checked("because", text.message, because)
    dropped: list[str] = []
    refused: dict[str, Refused] = {}
    for reference in dict.fromkeys(references):
        try:
            drop(reference, site_id, staff, because, now)
            dropped.append(reference)
        except (NotFound, Conflict) as refusal:
            refused[reference] = refusal
    return dropped, refused


def decide_identity(reference: str, site_id: str, staff: str, identity: Identity, now: datetime) -> Request:
    """Decide who asks. Not proven leaves the request waiting for better proof. Raises InvalidInput, NotFound,
    Conflict."""
    request = load(reference, site_id, now, AWAITING_IDENTITY)
    changes = identified(identity, now) | {"documents": []}
    if identity.proven:
        decided = move(request, changes, "identity proven", staff, now, most=LEADING_ON_BYTES)
    else:
        decided = move_with_letter(
            request,
            changes,
            "identity not proven",
            staff,
            now,
            letter=letters.letter(request, "proof_refused", now),
        )
    documents.remove(reference, now)
    flow.wake(reference)
    return decided


def identified(identity: Identity, now: datetime) -> dict[str, Any]:
    """What a decision on identity changes. Raises InvalidInput."""
    one_of("identity", identity.method, IDENTITY_METHODS)
    not_ahead("identity", identity.at, now)
    status = {"status": IN_PROGRESS} if identity.proven else {}
    decided = {
        "identity": identity.proven,
        "identity_method": identity.method,
        "identity_at": milliseconds(identity.at),
    }
    return decided | status


def _take_authority(request: Request, authority: Authority, now: datetime) -> None:
    not_ahead("authority", authority.at, now)
    request.authority = checked("authority", text.message, authority.what)
    request.authority_at = milliseconds(authority.at)


def first_state(kind: str) -> str:
    """The first state of a request of this kind: a complaint needs no proof of who complains."""
    return IN_PROGRESS if kind == COMPLAINT else AWAITING_IDENTITY

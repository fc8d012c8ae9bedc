"""Rights requests at the desk: taken in, decided on, with the clock that the law sets."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalice import Response

from functions import bodies, views
from functions.http import Routes, Staff, asked_days, body, known_request, limit, query, staff
from functions.observe import count
from functions.operators import authorizer
from imchat import clock
from imchat.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from imchat.stores.requests import Request

routes = Routes(__name__)
_ALL = "/v1/desk/requests"
_ONE = _ALL + "/{reference}"


def _me() -> Staff:
    return staff(routes.current_request, "privacy")


def _with_offset(at: datetime, field: str) -> datetime:
    if at.tzinfo is None:
        raise InvalidInput("invalid_value", "A time needs its offset, as 2026-01-31T10:00:00+00:00.", field)
    return at


@routes.route(_ALL, methods=["GET"], authorizer=authorizer)
def get_requests() -> dict[str, Any]:
    """``state`` open: what is due first, first, candidates among it; ``state`` all: newest first, in pages. That they
    were looked at is recorded (N19)."""
    from imchat.desk.lookups import listing
    from imchat.rights.requests import open_requests
    from imchat.stores.evidence import record_views
    from imchat.stores.requests import STORE

    me, now, request = _me(), clock.now(), routes.current_request
    if query(request, "state", "open", ("open", "all")) == "open":
        found = open_requests(me.site_id, now)
        record_views(found, me.operator_id, now)
        return {"requests": [views.rights_request(one, now) for one in found], "next": None}
    start = query(request, "next", "") or None
    page = listing(STORE, me.site_id, me.operator_id, limit=limit(request), start=start, now=now)
    return {"requests": [views.rights_request(one, now) for one, _ in page.items], "next": page.next}


@routes.route(_ALL, methods=["POST"], authorizer=authorizer)
def take_in_request() -> Response:
    """Take in a request that came by letter, phone, mail or form."""
    from imchat.rights.requests import Authority, take_in

    me, now = _me(), clock.now()
    sent = body(routes.current_request, bodies.RightsRequest)
    authority = sent.authority
    made = take_in(
        me.site_id,
        me.operator_id,
        kind=sent.type,
        channel=sent.channel,
        received_at=_with_offset(sent.received_at, "received_at"),
        name=sent.name,
        email=sent.email,
        phone=sent.phone,
        details=sent.details,
        identity=_identity(sent.identity) if sent.identity else None,
        authority=Authority(authority.what, _with_offset(authority.at, "authority.at")) if authority else None,
        now=now,
    )
    count("RequestsReceived")
    return Response(views.rights_request(made, now), status_code=201)


def _identity(sent: bodies.Identity) -> Any:
    from imchat.rights.requests import Identity

    return Identity(sent.decision == "proven", sent.method, _with_offset(sent.at, "identity.at"))


@routes.route(_ONE, methods=["GET"], authorizer=authorizer)
def get_request(reference: str) -> dict[str, Any]:
    """One request, with what was done; while it is searched, with what the stores found so far."""
    from imchat.rights.requests import load
    from imchat.rights.steps import found_so_far
    from imchat.stores.evidence import record_views

    me, now = _me(), clock.now()
    found = load(known_request(reference), me.site_id, now)
    record_views([found], me.operator_id, now)
    return views.rights_request(found, now, found_so_far(found))


def _act(reference: str, act: "Callable[..., Request]", *values: Any, **days: Any) -> dict[str, Any]:
    me, now = _me(), clock.now()
    return views.rights_request(act(known_request(reference), me.site_id, me.operator_id, *values, now, **days), now)


@routes.route(_ONE + "/confirm", methods=["POST"], authorizer=authorizer)
def confirm_request(reference: str) -> dict[str, Any]:
    """Make a candidate a request."""
    from imchat.rights.requests import confirm

    _me()
    return _act(reference, confirm, body(routes.current_request, bodies.Confirm).type)


@routes.route(_ONE + "/drop", methods=["POST"], authorizer=authorizer)
def drop_request(reference: str) -> dict[str, Any]:
    """Say that a candidate is no request."""
    from imchat.rights.requests import drop

    _me()
    return _act(reference, drop, body(routes.current_request, bodies.Because).because)


@routes.route(_ONE + "/identity", methods=["POST"], authorizer=authorizer)
def decide_request_identity(reference: str) -> dict[str, Any]:
    """Decide who asks."""
    from imchat.rights.requests import decide_identity

    _me()
    return _act(reference, decide_identity, _identity(body(routes.current_request, bodies.Identity)))


@routes.route(_ONE + "/pause", methods=["POST"], authorizer=authorizer)
def pause_request(reference: str) -> dict[str, Any]:
    """Stop the clock: we asked for what is needed."""
    from imchat.rights.requests import pause

    _me()
    sent = body(routes.current_request, bodies.Pause)
    return _act(reference, pause, sent.why, asked_on=sent.asked_on)


@routes.route(_ONE + "/resume", methods=["POST"], authorizer=authorizer)
def resume_request(reference: str) -> dict[str, Any]:
    """Let the clock go on."""
    from imchat.rights.requests import resume

    _me()
    request = routes.current_request
    sent = body(request, bodies.Resume) if request.raw_body else bodies.Resume()
    return _act(reference, resume, answered_on=sent.answered_on)


@routes.route(_ONE + "/extend", methods=["POST"], authorizer=authorizer)
def extend_request(reference: str) -> dict[str, Any]:
    """Take two months more."""
    from imchat.rights.requests import extend

    _me()
    return _act(reference, extend, body(routes.current_request, bodies.Because).because)


@routes.route(_ONE + "/refuse", methods=["POST"], authorizer=authorizer)
def refuse_request(reference: str) -> dict[str, Any]:
    """Refuse it, with the reason."""
    from imchat.rights.requests import refuse

    _me()
    return _act(reference, refuse, body(routes.current_request, bodies.Because).because)


@routes.route(_ONE + "/withdraw", methods=["POST"], authorizer=authorizer)
def withdraw_request(reference: str) -> dict[str, Any]:
    """End it at the person's own wish; ``because`` says how they told."""
    from imchat.rights.requests import withdraw

    _me()
    return _act(reference, withdraw, body(routes.current_request, bodies.Because).because)


@routes.route(_ONE + "/documents/{number}/links", methods=["POST"], authorizer=authorizer)
def link_to_document(reference: str, number: str) -> Response:
    """A link to a document that proves who asks, for five minutes; that it was made is recorded."""
    from imchat.rights.documents import LINK_SECONDS, link

    me = _me()
    if not number.isdecimal() or len(number) > 2:
        raise NotFound("document")
    url = link(known_request(reference), me.site_id, me.operator_id, int(number), clock.now())
    return Response({"url": url, "valid_seconds": LINK_SECONDS}, status_code=201)


@routes.route(_ONE + "/close", methods=["POST"], authorizer=authorizer)
def close_request(reference: str) -> dict[str, Any]:
    """End it, answered; ``because`` says how."""
    from imchat.rights.requests import close

    _me()
    return _act(reference, close, body(routes.current_request, bodies.Because).because)


@routes.route("/v1/desk/numbers", methods=["GET"], authorizer=authorizer)
def get_numbers() -> dict[str, Any]:
    """How many requests are open, and how those that ended ``from`` to ``to`` were answered: counts only."""
    from imchat.rights.numbers import numbers
    from imchat.rights.requests import open_requests

    me, now = _me(), clock.now()
    first, last = asked_days(routes.current_request)
    found = numbers(me.site_id, open_requests(me.site_id, now), first, last, now)
    return {"from": first.isoformat(), "to": last.isoformat(), **vars(found)}

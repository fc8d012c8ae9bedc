"""The review of what was found for a rights request: judged, redacted, corrected, approved; and its letters."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chalice import Response

from functions import bodies, views
from functions.http import Routes, Staff, body, known_request, limit, query, staff
from functions.operators import authorizer
from imchat import clock
from imchat.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from imchat.stores.requests import Request

routes = Routes(__name__)
_ONE = "/v1/desk/requests/{reference}"
_PLACE = re.compile(r"([0-9]{1,6})\.([0-9]{1,6})")
_MOST = 100


def _me() -> Staff:
    return staff(routes.current_request, "privacy")


def _act(reference: str, act: "Callable[..., Request]", *values: Any, **more: Any) -> dict[str, Any]:
    me, now = _me(), clock.now()
    done = act(known_request(reference), me.site_id, me.operator_id, *values, now=now, **more)
    return views.rights_request(done, now)


@routes.route(_ONE + "/findings", methods=["GET"], authorizer=authorizer)
def get_findings(reference: str) -> dict[str, Any]:
    """What was found in one ``store``, in pages: each item with its lines, and what is left out of them."""
    from imchat.rights.review import findings
    from imchat.rights.snapshot import Place

    me, now, request = _me(), clock.now(), routes.current_request
    many = limit(request)
    if not 1 <= many <= _MOST:
        raise InvalidInput("invalid_value", f"The limit is a whole number from 1 to {_MOST}.", "limit")
    start = _PLACE.fullmatch(query(request, "next", "0.0"))
    if not start:
        raise InvalidInput("bad_cursor", "This place in the list is not one that was given out.", "next")
    place = Place(int(start[1]), int(start[2]))
    store = query(request, "store", "chats")
    found, page, following = findings(
        known_request(reference), me.site_id, me.operator_id, store=store, place=place, limit=many, now=now
    )
    return {
        "store": store,
        "items": [views.finding(found, item) for _, item in page],
        "correctable": views.correctable(store),
        "next": f"{following.part}.{following.line}" if following else None,
    }


@routes.route(_ONE + "/candidates", methods=["POST"], authorizer=authorizer)
def judge_candidate(reference: str) -> dict[str, Any]:
    """Say whether something that only shares the name is the person's."""
    from imchat.rights.review import take

    _me()
    sent = body(routes.current_request, bodies.Candidate)
    return _act(reference, take, sent.item, taken=sent.taken)


@routes.route(_ONE + "/redactions", methods=["POST"], authorizer=authorizer)
def redact_finding(reference: str) -> Response:
    """Leave something out of the copy, for a reason."""
    from imchat.rights.review import redact

    _me()
    sent = body(routes.current_request, bodies.Redaction)
    where = {name: getattr(sent, name) for name in ("item", "reason", "fact", "start", "end", "file")}
    return Response(_act(reference, redact, **where), status_code=201)


@routes.route(_ONE + "/redactions/{number}", methods=["DELETE"], authorizer=authorizer)
def put_back(reference: str, number: str) -> dict[str, Any]:
    """Take a redaction back, by its number in the request, from 1."""
    from imchat.rights.review import put_back

    _me()
    return _act(reference, put_back, _number(number, "redaction"))


@routes.route(_ONE + "/corrections", methods=["POST"], authorizer=authorizer)
def note_correction(reference: str) -> Response:
    """Say what is to be corrected, once that is approved."""
    from imchat.rights.review import correct

    _me()
    sent = body(routes.current_request, bodies.Correction)
    return Response(_act(reference, correct, item=sent.item, field=sent.field, value=sent.value), status_code=201)


@routes.route(_ONE + "/approve", methods=["POST"], authorizer=authorizer)
def approve_request(reference: str) -> dict[str, Any]:
    """The review has ended: the copy is made, or what was asked is done."""
    from imchat.rights.review import approve

    _me()
    request = routes.current_request
    sent = body(request, bodies.Approval) if request.raw_body else bodies.Approval()
    return _act(reference, approve, decision=sent.decision)


@routes.route(_ONE + "/approve", methods=["DELETE"], authorizer=authorizer)
def take_approval_back(reference: str) -> dict[str, Any]:
    """Take the approval back, and with it the copy: the review goes on."""
    from imchat.rights.review import take_back

    return _act(reference, take_back)


@routes.route(_ONE + "/retry", methods=["POST"], authorizer=authorizer)
def retry_request(reference: str) -> dict[str, Any]:
    """Go on after a failure, from where it failed."""
    from imchat.rights.review import go_on

    return _act(reference, go_on)


@routes.route(_ONE + "/letters/{number}", methods=["GET"], authorizer=authorizer)
def get_letter(reference: str, number: str) -> dict[str, Any]:
    """A letter to the person, to be read or printed; a code that was mailed does not stand in it."""
    from imchat.mail.letters import render
    from imchat.rights.requests import load
    from imchat.rights.telling import written

    me, place = _me(), _number(number, "letter")
    found = load(known_request(reference), me.site_id, clock.now())
    if not 1 <= place <= len(found.letters):
        raise NotFound("letter")
    letter = render(written(found, found.letters[place - 1]))
    return {"subject": letter.subject, "text": letter.text, "html": letter.html}


def _number(given: str, what: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", given):
        raise NotFound(what)
    return int(given)

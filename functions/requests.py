"""Rights requests at the desk: taken in, decided on, with the clock that the law sets."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from functions import request_views
from functions.answers import Created
from functions.callers import PRIVACY, Staff
from functions.forms import Days
from functions.forms import requests as forms
from functions.http import Routes
from functions.observe import count
from functions.reading import days, known_number, known_request
from imchat import clock

if TYPE_CHECKING:
    from functions.shapes import requests as shapes
    from functions.shapes.desk import FileLink
    from imchat.stores.requests import Request

routes = Routes(__name__)
_ALL = "/v1/desk/requests"
_ONE = _ALL + "/{reference}"
_ACT = "request_not_found wrong_state changed_meanwhile request_full"
_ANSWER = f"{_ACT} answer_address_not_found"


@routes.route(_ALL, methods=["GET"], by=PRIVACY)
def get_requests(me: Staff, asked: forms.Requests) -> "shapes.RequestList":
    """``state`` open: what is due first, first, candidates among it, but none that looks like spam; ``state`` spam:
    these only; ``state`` all: newest first. In pages, and without ``details``. That they were looked at is recorded
    (N19)."""
    from imchat.desk.lookups import listing
    from imchat.rights.requests import open_page
    from imchat.stores.evidence import record_views
    from imchat.stores.requests import STORE

    now = clock.now()
    if asked.state != "all":
        found, following = open_page(me.site_id, asked.next or None, now, spam=asked.state == "spam")
        record_views(found, me.operator_id, now)
        return {"requests": [request_views.listed(one, now) for one in found], "next": following}
    page = listing(STORE, me.site_id, me.operator_id, limit=asked.limit, start=asked.next or None, now=now)
    return {"requests": [request_views.listed(one, now) for one, _ in page.items], "next": page.next}


@routes.route(_ALL, methods=["POST"], by=PRIVACY, refusals="no_identifier")
def take_in_request(me: Staff, sent: forms.RightsRequest) -> "Created[shapes.Request]":
    """Take in a request that came by letter, phone, mail, form, social media, in a chat or in person."""
    from imchat.rights.intake import Authority, take_in
    from imchat.stores.evidence import record_views

    now = clock.now()
    made = take_in(
        me.site_id,
        me.operator_id,
        kind=sent.type,
        channel=sent.channel,
        received_at=sent.received_at,
        name=sent.name,
        email=sent.email,
        phone=sent.phone,
        details=sent.details,
        post=sent.post,
        correspondence_id=sent.correspondence_id,
        identity=_identity(sent.identity) if sent.identity else None,
        authority=Authority(sent.authority.what, sent.authority.at) if sent.authority else None,
        client_id=sent.client_id,
        now=now,
    )
    record_views([made], me.operator_id, now)
    count("RequestsReceived")
    return Created(request_views.rights_request(made, now))


def _identity(sent: forms.Identity) -> Any:
    from imchat.rights.intake import Identity

    return Identity(sent.decision == "proven", sent.method, sent.at)


@routes.route(_ONE, methods=["GET"], by=PRIVACY, refusals="request_not_found")
def get_request(reference: str, me: Staff) -> "shapes.RequestWithMail":
    """One request, with what was done and what stops mail to its address; while it is searched, with what the stores
    found so far."""
    from imchat.rights.requests import load
    from imchat.rights.steps import found_so_far
    from imchat.rights.suppression import suppressions
    from imchat.stores.evidence import record_views

    now = clock.now()
    found = load(known_request(reference), me.site_id, now)
    record_views([found], me.operator_id, now)
    return request_views.with_mail(found, suppressions(found, now), now, found_so_far(found))


def _act(reference: str, me: Staff, act: "Callable[..., Request]", *values: Any, **more: Any) -> "shapes.Request":
    from imchat.stores.evidence import record_views

    now = clock.now()
    done = act(known_request(reference), me.site_id, me.operator_id, *values, now=now, **more)
    record_views([done], me.operator_id, now)
    return request_views.rights_request(done, now)


@routes.route(_ONE + "/confirm", methods=["POST"], by=PRIVACY, refusals=_ACT)
def confirm_request(reference: str, me: Staff, sent: forms.Confirm) -> "shapes.Request":
    """Make a candidate a request."""
    from imchat.rights.intake import confirm

    return _act(reference, me, confirm, sent.type, email=sent.email)


@routes.route(_ONE + "/drop", methods=["POST"], by=PRIVACY, refusals=_ACT)
def drop_request(reference: str, me: Staff, sent: forms.Because) -> "shapes.Request":
    """Say that a candidate is no request."""
    from imchat.rights.intake import drop

    return _act(reference, me, drop, sent.because)


@routes.route(_ALL + "/drop", methods=["POST"], by=PRIVACY)
def drop_requests(me: Staff, sent: forms.Drop) -> "shapes.Dropped":
    """Say of many candidates that they are no requests, for one reason. Each is dropped and recorded by itself; which
    could not be, and why, is answered."""
    from imchat.rights.intake import drop_many

    dropped, refused = drop_many(sent.references, me.site_id, me.operator_id, sent.because, clock.now())
    return {
        "dropped": dropped,
        "refused": [
            {"reference": reference, "kind": why.kind, "detail": why.detail} for reference, why in refused.items()
        ],
    }


@routes.route(_ONE + "/identity", methods=["POST"], by=PRIVACY, refusals=_ACT)
def decide_request_identity(reference: str, me: Staff, sent: forms.Identity) -> "shapes.Request":
    """Decide who asks."""
    from imchat.rights.intake import decide_identity

    return _act(reference, me, decide_identity, _identity(sent))


@routes.route(_ONE + "/pause", methods=["POST"], by=PRIVACY, refusals=f"{_ACT} not_pausable paused_already")
def pause_request(reference: str, me: Staff, sent: forms.Pause) -> "shapes.Request":
    """Stop the clock of an access request: we asked for what is needed."""
    from imchat.rights.handling import pause

    return _act(reference, me, pause, sent.why, question=sent.question, asked_on=sent.asked_on)


@routes.route(_ONE + "/question", methods=["POST"], by=PRIVACY, refusals=f"{_ACT} answered_already")
def ask_requester(reference: str, me: Staff, sent: forms.Question) -> "shapes.Request":
    """Ask the person something; the clock runs on."""
    from imchat.rights.handling import ask

    return _act(reference, me, ask, sent.question)


@routes.route(_ONE + "/resume", methods=["POST"], by=PRIVACY, refusals=f"{_ACT} not_paused")
def resume_request(
    reference: str,
    me: Staff,
    sent: forms.Resume = forms.Resume(),  # noqa: B008 - nothing changes it
) -> "shapes.Request":
    """Let the clock go on."""
    from imchat.rights.handling import resume

    return _act(reference, me, resume, answered_on=sent.answered_on)


@routes.route(_ONE + "/extend", methods=["POST"], by=PRIVACY, refusals=f"{_ACT} not_extendable too_late_to_extend")
def extend_request(reference: str, me: Staff, sent: forms.Extension) -> "shapes.Request":
    """Take two months more, for a complex request or for many of one person."""
    from imchat.rights.handling import extend

    return _act(reference, me, extend, sent.because, ground=sent.ground)


@routes.route(_ONE + "/progress", methods=["POST"], by=PRIVACY, refusals=f"{_ACT} not_a_complaint")
def tell_progress(reference: str, me: Staff, sent: forms.Because) -> "shapes.Request":
    """Write to somebody who complained how it goes."""
    from imchat.rights.handling import progress

    return _act(reference, me, progress, sent.because)


@routes.route(_ONE + "/answer-address", methods=["PUT"], by=PRIVACY, refusals=f"{_ACT} approved_already")
def enter_answer_address(reference: str, me: Staff, sent: forms.AnswerAddress) -> "shapes.Request":
    """Enter where the answer goes instead of the address that is searched. Somebody else must approve it."""
    from imchat.rights.answer_address import enter

    given = {name: getattr(sent, name) for name in sent.__struct_fields__}
    return _act(reference, me, enter, **given)


@routes.route(_ONE + "/answer-address", methods=["DELETE"], by=PRIVACY, refusals=f"{_ANSWER} approved_already")
def remove_answer_address(reference: str, me: Staff) -> "shapes.Request":
    """Take the answer address back: the answer goes to the address that is searched."""
    from imchat.rights.answer_address import remove

    return _act(reference, me, remove)


@routes.route(
    _ONE + "/answer-address/approve",
    methods=["POST"],
    by=PRIVACY,
    refusals=f"{_ANSWER} approved_already second_person_needed",
)
def approve_answer_address(reference: str, me: Staff) -> "shapes.Request":
    """Approve the answer address that somebody else entered: letters go there from now on."""
    from imchat.rights.answer_address import approve

    return _act(reference, me, approve)


@routes.route(
    _ONE + "/letters/{number}/sent",
    methods=["POST"],
    by=PRIVACY,
    refusals="request_not_found changed_meanwhile letter_not_found letter_not_to_send",
)
def record_letter_sent(reference: str, number: str, me: Staff, sent: forms.LetterSent) -> "shapes.Request":
    """Record that the desk sent a letter itself, with the copy where it comes with one."""
    from imchat.rights.letters import record_sent

    return _act(reference, me, record_sent, known_number(number, "letter"), on=sent.on, how=sent.how)


@routes.route(_ONE + "/refuse", methods=["POST"], by=PRIVACY, refusals=f"{_ACT} answered_already")
def refuse_request(reference: str, me: Staff, sent: forms.Because) -> "shapes.Request":
    """Refuse it, with the reason."""
    from imchat.rights.handling import refuse

    return _act(reference, me, refuse, sent.because)


@routes.route(_ONE + "/withdraw", methods=["POST"], by=PRIVACY, refusals=f"{_ACT} answered_already")
def withdraw_request(reference: str, me: Staff, sent: forms.Because) -> "shapes.Request":
    """End it at the person's own wish; ``because`` says how they told."""
    from imchat.rights.handling import withdraw

    return _act(reference, me, withdraw, sent.because)


@routes.route(
    _ONE + "/suppression",
    methods=["DELETE"],
    by=PRIVACY,
    refusals="request_not_found not_suppressed changed_meanwhile request_full",
)
def lift_suppression(reference: str, me: Staff) -> "shapes.RequestWithMail":
    """Let mail go to the address of a request again, after a bounce or a complaint; letters that were held back go
    now. It is recorded."""
    from imchat.rights.suppression import lift

    now = clock.now()
    lifted = lift(known_request(reference), me.site_id, me.operator_id, now)
    return request_views.with_mail(lifted, {}, now)


@routes.route(_ONE + "/documents/{number}/links", methods=["POST"], by=PRIVACY, refusals=f"{_ACT} document_not_found")
def link_to_document(reference: str, number: str, me: Staff) -> "Created[FileLink]":
    """A link to a document that proves who asks, for five minutes; that it was made is recorded."""
    from imchat.rights.documents import LINK_SECONDS, link

    place = known_number(number, "document")
    url = link(known_request(reference), me.site_id, me.operator_id, place, clock.now())
    return Created({"url": url, "valid_seconds": LINK_SECONDS})


@routes.route(_ONE + "/close", methods=["POST"], by=PRIVACY, refusals=f"{_ACT} being_answered")
def close_request(reference: str, me: Staff, sent: forms.Because) -> "shapes.Request":
    """End it, answered; ``because`` says how."""
    from imchat.rights.handling import close

    return _act(reference, me, close, sent.because)


@routes.route("/v1/desk/numbers", methods=["GET"], by=PRIVACY)
def get_numbers(me: Staff, asked: Days) -> "shapes.Numbers":
    """How many requests are open, and how those that ended ``from`` to ``to`` were answered: counts only."""
    from imchat.rights.numbers import numbers
    from imchat.rights.requests import open_requests

    now = clock.now()
    first, last = days(asked, now)
    return request_views.numbers(numbers(me.site_id, open_requests(me.site_id, now), first, last, now), first, last)

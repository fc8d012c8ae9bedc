"""The review of what was found for a rights request: judged, redacted, corrected, approved; and its letters."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from functions import request_views
from functions.answers import Created
from functions.callers import PRIVACY, Staff
from functions.forms import requests as forms
from functions.http import Routes
from functions.reading import PLACE, known_number, known_request
from imchat import clock
from imchat.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from functions.shapes import requests as shapes
    from imchat.stores.requests import Request

routes = Routes(__name__)
_ONE = "/v1/desk/requests/{reference}"
_ACT = "request_not_found wrong_state changed_meanwhile request_full"
_REVIEW = f"{_ACT} approved_already not_under_review"


def _act(reference: str, me: Staff, act: "Callable[..., Request]", *values: Any, **more: Any) -> "shapes.Request":
    from imchat.stores.evidence import record_views

    now = clock.now()
    done = act(known_request(reference), me.site_id, me.operator_id, *values, now=now, **more)
    record_views([done], me.operator_id, now)
    return request_views.rights_request(done, now)


@routes.route(_ONE + "/findings", methods=["GET"], by=PRIVACY, refusals="request_not_found wrong_state not_searched")
def get_findings(reference: str, me: Staff, asked: forms.Findings) -> "shapes.Findings":
    """What was found in one ``store``, in pages: each item with its lines, and what is left out of them."""
    from imchat.rights.review import findings
    from imchat.rights.snapshot import Place

    if not PLACE.fullmatch(asked.next):
        raise InvalidInput("bad_cursor", "This place in the list is not one that was given out.", "next")
    place = Place(*map(int, asked.next.split(".")))
    found, page, following = findings(
        known_request(reference),
        me.site_id,
        me.operator_id,
        store=asked.store,
        place=place,
        limit=asked.limit,
        now=clock.now(),
    )
    return {
        "store": asked.store,
        "items": [request_views.finding(found, item) for item in page],
        "correctable": request_views.correctable(asked.store),
        "next": f"{following.part}.{following.line}.{following.fact}" if following else None,
    }


@routes.route(
    _ONE + "/descriptions", methods=["POST"], by=PRIVACY, refusals=f"{_REVIEW} too_few_words too_many_descriptions"
)
def describe_chat(reference: str, me: Staff, sent: forms.Description) -> "Created[shapes.Request]":
    """Note a chat without contact details as the person remembers it: what fits is searched once they have proven who
    they are, for two people to judge. A review that goes on begins anew."""
    from imchat.rights.review import describe

    where = {name: getattr(sent, name) for name in sent.__struct_fields__}
    return Created(_act(reference, me, describe, **where))


@routes.route(
    _ONE + "/candidates", methods=["POST"], by=PRIVACY, refusals=f"{_REVIEW} no_candidate item_not_found reason_needed"
)
def judge_candidate(reference: str, me: Staff, sent: forms.Candidate) -> "shapes.Request":
    """Say whether something that only shares the name, or fits what the person remembers, is theirs."""
    from imchat.rights.review import take

    return _act(reference, me, take, sent.item, taken=sent.taken, because=sent.because)


@routes.route(
    _ONE + "/redactions",
    methods=["POST"],
    by=PRIVACY,
    refusals=f"{_REVIEW} too_many_redactions item_not_found no_such_place",
)
def redact_finding(reference: str, me: Staff, sent: forms.Redaction) -> "Created[shapes.Request]":
    """Leave something out of the copy, for a reason."""
    import msgspec

    from imchat.rights.review import Weighing, redact

    where = {name: getattr(sent, name) for name in sent.__struct_fields__ if name != "weighed"}
    weighed = Weighing(**msgspec.structs.asdict(sent.weighed)) if sent.weighed else None
    return Created(_act(reference, me, redact, weighed=weighed, **where))


@routes.route(_ONE + "/redactions/{number}", methods=["DELETE"], by=PRIVACY, refusals=f"{_REVIEW} redaction_not_found")
def put_back(reference: str, number: str, me: Staff) -> "shapes.Request":
    """Take a redaction back, by its ``number``."""
    from imchat.rights.review import put_back

    return _act(reference, me, put_back, known_number(number, "redaction"))


@routes.route(
    _ONE + "/corrections",
    methods=["POST"],
    by=PRIVACY,
    refusals=f"{_REVIEW} not_a_rectification not_rectifiable item_not_found",
)
def note_correction(reference: str, me: Staff, sent: forms.Correction) -> "Created[shapes.Request]":
    """Say what is to be corrected, once that is approved."""
    from imchat.rights.review import correct

    return Created(_act(reference, me, correct, item=sent.item, field=sent.field, value=sent.value))


@routes.route(_ONE + "/log-removal", methods=["POST"], by=PRIVACY, refusals=f"{_REVIEW} no_erasure")
def propose_log_removal(reference: str, me: Staff, sent: forms.LogRemoval) -> "Created[shapes.Request]":
    """Propose that the person's details in the system log are replaced by keyed hashes; it is done once somebody else
    approves the request (N19)."""
    from imchat.rights.review import propose_log_removal

    return Created(_act(reference, me, propose_log_removal, ground=sent.ground, because=sent.because))


@routes.route(_ONE + "/log-removal", methods=["DELETE"], by=PRIVACY, refusals=_REVIEW)
def withdraw_log_removal(reference: str, me: Staff) -> "shapes.Request":
    """Take back what was proposed for the system log."""
    from imchat.rights.review import withdraw_log_removal

    return _act(reference, me, withdraw_log_removal)


@routes.route(
    _ONE + "/approve",
    methods=["POST"],
    by=PRIVACY,
    refusals=f"{_REVIEW} paused nothing_to_correct no_such_reason no_log_removal second_person_needed",
)
def approve_request(
    reference: str,
    me: Staff,
    sent: forms.Approval = forms.Approval(),  # noqa: B008 - nothing changes it
) -> "shapes.Request":
    """The review has ended: the copy is made, or what was asked is done."""
    from imchat.rights.review import approve

    return _act(reference, me, approve, decision=sent.decision, ground=sent.ground, not_done=sent.not_done)


@routes.route(_ONE + "/approve", methods=["DELETE"], by=PRIVACY, refusals=f"{_ACT} not_approved")
def take_approval_back(reference: str, me: Staff) -> "shapes.Request":
    """Take the approval back, and with it the copy: the review goes on."""
    from imchat.rights.review import take_back

    return _act(reference, me, take_back)


@routes.route(_ONE + "/retry", methods=["POST"], by=PRIVACY, refusals=f"{_ACT} nothing_failed")
def retry_request(reference: str, me: Staff) -> "shapes.Request":
    """Go on after a failure, from where it failed."""
    from imchat.rights.review import go_on

    return _act(reference, me, go_on)


@routes.route(_ONE + "/letters/{number}", methods=["GET"], by=PRIVACY, refusals="request_not_found letter_not_found")
def get_letter(reference: str, number: str, me: Staff) -> "shapes.Letter":
    """A letter to the person, to be read or printed; a code that was mailed does not stand in it."""
    from imchat.mail.letters import render
    from imchat.rights.requests import load
    from imchat.rights.telling import written
    from imchat.stores.evidence import record_views

    place = known_number(number, "letter")
    now = clock.now()
    found = load(known_request(reference), me.site_id, now)
    if not 1 <= place <= len(found.letters):
        raise NotFound("letter")
    record_views([found], me.operator_id, now)
    letter = render(written(found, found.letters[place - 1]))
    return {"subject": letter.subject, "text": letter.text, "html": letter.html}

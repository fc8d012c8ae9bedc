"""Where the answer goes, if not to the address that is searched: an agent, a solicitor, a new address. Staff enter it
with the evidence of who may have the answer, a second person approves it, and the address that is searched is told,
where that endangers nobody. No code ever goes there: a code proves the address that is searched (rights/telling.py)."""

from datetime import datetime
from typing import Any

from imchat import identifiers, text
from imchat.clock import milliseconds
from imchat.errors import Conflict, Forbidden, InvalidInput, NotFound
from imchat.fields import checked
from imchat.identifiers import email_key
from imchat.mail.address import deliverable
from imchat.mail.errors import PermanentMailError
from imchat.rights import letters
from imchat.rights.letters import FAILED
from imchat.rights.requests import load, move
from imchat.stores.requests import AWAITING_IDENTITY, IN_PROGRESS, AnswerAddress, Posted, Request

# What the request's own history calls these acts. The person may read it where they must not learn of the address
# (``untold_because``), so the words do not tell what was noted.
ENTERED, APPROVED, REMOVED = "handling noted", "handling approved", "handling taken back"


def enter(
    reference: str,
    site_id: str,
    staff: str,
    *,
    email: str | None,
    post: str | None,
    name: str | None,
    authority: str,
    untold_because: str | None,
    now: datetime,
) -> Request:
    """Enter where the answer shall go: a mailbox or a postal address, one of the two. ``authority`` is the evidence
    that it may; ``untold_because`` says whom it would endanger to tell the address that is searched. Nothing goes there
    before somebody else approves it; the same again changes nothing. Raises InvalidInput, NotFound, Conflict."""
    request = _open(reference, site_id, now)
    made = AnswerAddress(  # type: ignore[no-untyped-call]
        name=checked("name", text.name, name) if name else None,
        **_place(request, email, post),
        authority=checked("authority", text.message, authority),
        untold_because=checked("untold_because", text.comment, untold_because) if untold_because else None,
        by=staff,
        at=milliseconds(now),
    )
    if request.answer_to and _said(request.answer_to) == _said(made):
        return request
    return move(request, {"answer_to": made} | _undelivered(request), ENTERED, staff, now)


def _place(request: Request, email: str | None, post: str | None) -> dict[str, str | None]:
    mailbox = checked("email", identifiers.email, email) if email else None
    lines = checked("post", text.comment, post) if post else None
    if bool(mailbox) == bool(lines):
        raise InvalidInput("invalid_value", "Give either an email address or a postal address.", "email")
    if not mailbox:
        return {"post": lines}
    key = email_key(mailbox)
    if key == request.email_key:
        raise InvalidInput("invalid_value", "This is the address that is searched: the answer goes there.", "email")
    try:
        deliverable(mailbox)
    except PermanentMailError:
        raise InvalidInput("invalid_value", "No mail can be sent to this address.", "email") from None
    return {"email": mailbox, "email_key": key}


def _said(answer_to: AnswerAddress) -> tuple[Any, ...]:
    fields = ("name", "email", "post", "authority", "untold_because", "by")
    return tuple(getattr(answer_to, field) for field in fields)


def approve(reference: str, site_id: str, staff: str, now: datetime) -> Request:
    """Approve the answer address that somebody else entered: from now on letters go there, and the address that is
    searched is told. Again changes nothing. Raises NotFound, Forbidden, Conflict."""
    request = _open(reference, site_id, now)
    if not request.answer_to:
        raise NotFound("answer_address")
    if request.answer_to.approved_by:
        letters.send_waiting(request)  # the first time may have been cut before that
        return request
    approved = move(request, approving(request, staff, now), APPROVED, staff, now)
    letters.send_waiting(approved)
    return approved


def approving(request: Request, staff: str, now: datetime) -> dict[str, Any]:
    """What it changes of a request that ``staff`` approve its answer address, if it has one that nobody approved yet.
    Raises Forbidden for who entered it."""
    answer_to = request.answer_to
    if not answer_to:
        return {}
    if answer_to.by == staff:
        raise Forbidden("second_person_needed", "Somebody else must approve the answer address that you entered.")
    if answer_to.approved_by:
        return {}
    answer_to.approved_by, answer_to.approved_at = staff, milliseconds(now)
    changes: dict[str, Any] = {"answer_to": answer_to}
    if request.email and not answer_to.untold_because:
        changes["letters"] = [*request.letters, letters.letter(request, "answer_elsewhere", now)]
    return changes


def remove(reference: str, site_id: str, staff: str, now: datetime) -> Request:
    """Take the answer address back: the answer goes to the address that is searched. Raises NotFound, Conflict."""
    request = _open(reference, site_id, now)
    if not request.answer_to:
        raise NotFound("answer_address")
    return move(request, {"answer_to": None} | _undelivered(request), REMOVED, staff, now)


def _open(reference: str, site_id: str, now: datetime) -> Request:
    request = load(reference, site_id, now, AWAITING_IDENTITY, IN_PROGRESS)
    if request.approved_at:
        raise Conflict("approved_already", "This has been approved; take the approval back first.")
    return request


def _undelivered(request: Request) -> dict[str, Any]:
    """What it changes that the address before is none any more: what has not gone there yet, does not."""
    waiting = [one for one in request.letters if one.elsewhere and not one.outcome]
    return {"letters": [_failed(one) if one in waiting else one for one in request.letters]} if waiting else {}


def _failed(letter: Posted) -> Posted:
    letter.outcome = FAILED
    return letter

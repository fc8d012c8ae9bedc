"""Letters to the person: which were asked for, where each goes, and what became of it. What goes by post the desk
prints and sends, and says so; so it does with a copy that goes to an answer address."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from imchat import text
from imchat.clock import milliseconds, moment
from imchat.errors import Conflict, InvalidInput, NotFound
from imchat.fields import checked
from imchat.identifiers import email_key
from imchat.queue import send_request_mail_job
from imchat.rights.deadlines import london
from imchat.stores.requests import Posted, Request

SENT, BOUNCED, FAILED, TO_POST = "sent", "bounced", "failed", "to_post"
# The letter by which a request is passed on to a website that answers itself.
PASSED_ON = "passed_on"
# The address has had as many mails today as go to one that nobody has proven to be theirs.
CAPPED = "capped"
# The desk has sent it.
POSTED = "posted"
GONE = (SENT, POSTED)
# What goes to the address that is searched, whatever answer address there is: codes, and that there is such an address.
_OWN = ("code", "answer_elsewhere")


@dataclass(frozen=True)
class Recipient:
    """Who is written to; ``email_key`` is the key of the mailbox, None where it goes by post."""

    name: str | None
    email: str | None = None
    email_key: str | None = None
    post: str | None = None


def answers_elsewhere(request: Request) -> bool:
    """Whether letters go to an answer address that a second person has approved."""
    return bool(request.answer_to and request.answer_to.approved_by)


def letter(request: Request, what: str, now: datetime, because: str | None = None) -> Posted:
    """A letter, not yet sent; ``what`` is one of imchat.mail.letters.LETTERS. The desk sends what has no mailbox to go
    to, and the letter that comes with a copy for an answer address: no code opens that."""
    elsewhere = answers_elsewhere(request) and what not in _OWN
    mailbox = request.answer_to.email if elsewhere else request.email
    outcome = None if mailbox and not (elsewhere and what == "ready") else TO_POST
    return Posted(  # type: ignore[no-untyped-call]
        what=what, at=milliseconds(now), because=because, outcome=outcome, elsewhere=elsewhere or None
    )


def recipient(request: Request, posted: Posted) -> Recipient | None:
    """To whom a letter goes: of one to a website, where that answers requests; None where there is no such place any
    more."""
    if posted.website is not None:
        contact = next((one.contact for one in request.elsewhere if one.site_id == posted.website), None)
        return Recipient(None, contact, email_key(contact)) if contact else None
    if not posted.elsewhere:
        return Recipient(request.name, request.email, request.email_key, None if request.email else request.post)
    if not answers_elsewhere(request):
        return None
    answer_to = request.answer_to
    return Recipient(answer_to.name, answer_to.email, answer_to.email_key, answer_to.post)


def to_website(site_id: str, now: datetime) -> Posted:
    """The letter that passes a request on to a website, not yet sent."""
    return Posted(what=PASSED_ON, at=milliseconds(now), website=site_id)  # type: ignore[no-untyped-call]


def added(request: Request, what: str, now: datetime, because: str | None = None) -> Any:
    """The action that adds a letter to a request."""
    return Request.letters.set(Request.letters.append([letter(request, what, now, because)]))


def send_waiting(request: Request) -> None:
    """Queue the letters of a request that have not gone yet. Queuing one twice sends it once."""
    for number, one in enumerate(request.letters, start=1):
        if not one.outcome:
            send_request_mail_job(request.pk, number)


def went_on(posted: Posted) -> date | None:
    """The day in London on which a letter went to the person; None while it has not."""
    if posted.sent_on:
        return date.fromisoformat(posted.sent_on)
    return london(moment(int(posted.at))) if posted.outcome == SENT else None


def unsent(request: Request) -> Iterator[Posted]:
    """The letters that the desk is to send, and has not."""
    return (one for one in request.letters if one.outcome == TO_POST)


def record_sent(
    reference: str, site_id: str, staff: str, number: int, now: datetime, *, on: date, how: str | None = None
) -> Request:
    """Record that the desk sent the ``number``-th letter of a request itself, with what belongs to it: on which day,
    and ``how``. The same again changes nothing. Raises InvalidInput, NotFound, Conflict."""
    from imchat.rights.requests import load, move

    request = load(reference, site_id, now)
    if not 1 <= number <= len(request.letters):
        raise NotFound("letter")
    posted = request.letters[number - 1]
    said = checked("how", text.comment, how) if how else None
    if (posted.outcome, posted.sent_on, posted.sent_how) == (POSTED, on.isoformat(), said):
        return request
    if posted.outcome in (None, *GONE) or posted.what == "code":
        raise Conflict("letter_not_to_send", "This letter has gone, or goes by itself.")
    if not london(moment(int(posted.at))) <= on <= london(now):
        raise InvalidInput("invalid_value", "This day lies before the letter, or in the future.", "on")
    posted.outcome, posted.sent_on, posted.sent_how = POSTED, on.isoformat(), said
    return move(request, {"letters": request.letters}, "letter sent", staff, now)

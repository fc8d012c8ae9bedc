"""Letters to the person: which were asked for, and what became of each. A request without an address keeps its letters
for the desk to print and post."""

from datetime import datetime
from typing import Any

from imchat.clock import milliseconds
from imchat.queue import send_request_mail_job
from imchat.stores.requests import Posted, Request

SENT, BOUNCED, FAILED, TO_POST = "sent", "bounced", "failed", "to_post"
# The letter by which a request is passed on to a website that answers itself.
PASSED_ON = "passed_on"
# The address has had as many mails today as go to one that nobody has proven to be theirs.
CAPPED = "capped"


def letter(request: Request, what: str, now: datetime, because: str | None = None) -> Posted:
    """A letter, not yet sent; ``what`` is one of imchat.mail.letters.LETTERS."""
    outcome = None if request.email else TO_POST
    return Posted(what=what, at=milliseconds(now), because=because, outcome=outcome)  # type: ignore[no-untyped-call]


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

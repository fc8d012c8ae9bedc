"""Mail to a request's address that is stopped, because a mail bounced or its owner complained: seen, and lifted."""

from datetime import datetime
from typing import TYPE_CHECKING

from imchat.errors import Conflict, Unavailable
from imchat.identifiers import email_key
from imchat.rights.letters import BOUNCED, send_waiting
from imchat.rights.requests import load, move
from imchat.stores import limits
from imchat.stores.requests import Posted, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

# A code is worth minutes: the person asks for a new one, and the acknowledgement brings one too.
_NOT_AGAIN = ("code",)


def suppressions(request: Request, now: datetime) -> "Mapping[limits.Mail, limits.Limit]":
    """What stops each kind of mail to the request's address."""
    return limits.suppressions(_address(request), now) if request.email else {}


def lift(reference: str, site_id: str, staff: str, now: datetime) -> Request:
    """Let mail go to the request's address again: SES's list first, then our marks in one transaction with the entry
    in the system log, so that a repeat finishes what was cut. Letters that were held back go now. Raises NotFound,
    Conflict where no mail is stopped, Unavailable where SES could not be told."""
    from imchat.mail import ses
    from imchat.mail.errors import MailError

    request = load(reference, site_id, now)
    if not suppressions(request, now):
        raise Conflict("not_suppressed", "Mail to this address is not stopped.")
    try:
        ses.unsuppress(str(request.email))
    except MailError:
        raise Unavailable from None
    letters = [_waiting(one) for one in request.letters]
    unsuppressed = limits.unsuppress(_address(request))
    moved = move(request, {"letters": letters}, "suppression_lifted", staff, now, *unsuppressed)
    send_waiting(moved)
    return moved


def _address(request: Request) -> str:
    return limits.address_hash(email_key(str(request.email)))


def _waiting(letter: Posted) -> Posted:
    """The letter, to be sent if the address held it back."""
    if letter.outcome != BOUNCED or letter.what in _NOT_AGAIN or letter.elsewhere:
        return letter
    return Posted(what=letter.what, at=letter.at, because=letter.because)  # type: ignore[no-untyped-call]

"""Whose an email is, where that is not sure: staff choose among the addresses that stand in it, and no other."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from imchat import identifiers
from imchat.errors import Conflict, InvalidInput, NotFound
from imchat.fields import checked
from imchat.identifiers import email_key
from imchat.stores import evidence
from imchat.stores.base import Cancelled, Part, put, transact, update
from imchat.stores.correspondence import Correspondence, owner_key


def choose(correspondence_id: str, site_id: str, staff: str, email: str | None, now: datetime) -> Correspondence:
    """Say to which of its addresses an email of the site belongs; None: to none of them. It can be said anew, and each
    time is recorded. Raises InvalidInput for an address that is not in it, NotFound, Conflict where there is nothing to
    choose."""
    mail = Correspondence.load(correspondence_id, now=now)
    if mail is None or mail.site_id != site_id:
        raise NotFound("correspondence")
    if not mail.choices:
        raise Conflict("nothing_to_choose", "It is sure whose this is: there is nothing to choose.")
    chosen = among(mail.choices, email) if email is not None else None
    if mail.chosen_by and chosen == mail.email:
        return mail
    parts = assigned(mail, chosen, staff, now)
    try:
        transact(*parts)
    except Cancelled:
        raise Conflict("changed_meanwhile", "Somebody else changed this just now. Please look again.") from None
    return mail


def among(choices: Iterable[str], email: str | None) -> str:
    """The one of ``choices`` that is this address, in any spelling. Raises InvalidInput."""
    address = checked("email", identifiers.email, email) if email else None
    key = email_key(address) if address else None
    chosen = next((one for one in choices if key and email_key(one) == key), None)
    if chosen is None:
        raise InvalidInput("invalid_value", "Say whose it is: this must be one of the choices.", "email")
    return chosen


def assigned(mail: Correspondence, chosen: str | None, staff: str, now: datetime) -> list[Part]:
    """The parts of a transaction by which an email belongs to an address (None: to none of its own), as ``mail`` does
    from here on. They hold only where nobody chose meanwhile."""
    same: Any = Correspondence.pk.exists() & (
        (Correspondence.chosen_by == mail.chosen_by) if mail.chosen_by else Correspondence.chosen_by.does_not_exist()
    )
    same &= (Correspondence.email == mail.email) if mail.email else Correspondence.email.does_not_exist()
    mail.email, mail.email_key, mail.chosen_by = chosen, owner_key(chosen, None, ()), staff
    actions = [
        Correspondence.chosen_by.set(staff),
        Correspondence.email.set(chosen) if chosen else Correspondence.email.remove(),
        Correspondence.email_key.set(mail.email_key) if chosen else Correspondence.email_key.remove(),
    ]
    record = evidence.entry(mail, "assign", staff, now, note=None if chosen else "to none of its addresses")
    return [put(record), update(Correspondence(mail.pk), actions, same)]

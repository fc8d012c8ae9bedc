"""Disclosures (N15): one person records what an authority asks for and on what basis, a second one approves."""

from datetime import datetime

from imchat import references, text
from imchat.clock import milliseconds, plausible
from imchat.desk.lookups import usable
from imchat.errors import Conflict, Forbidden, InvalidInput, NotFound
from imchat.fields import checked
from imchat.people import Details
from imchat.stores import accounts, evidence
from imchat.stores.base import Cancelled, put, transact, update
from imchat.stores.disclosures import ACTIVITY, APPROVED, PROPOSED, Disclosure


def propose(
    site_id: str,
    staff: str,
    *,
    authority: str,
    legal_basis: str,
    reference: str,
    data_given: str,
    name: str | None,
    email: str | None,
    phone: str | None,
    untold_until: datetime | None,
    untold_because: str | None,
    client_id: str | None = None,
    now: datetime,
) -> Disclosure:
    """Record what is to be given to an authority about a person. ``untold_until`` is until when the law prohibits
    telling them, which needs its reason. The same under the same ``client_id`` is recorded once. Raises InvalidInput.
    """
    site = accounts.site(site_id)
    details = Details.of(name, email, phone, site.region if site else "GB")
    if not (details.name or details.email or details.phone):
        raise InvalidInput("no_identifier", "Say whose data it is: a name, an email address or a phone number.", "name")
    if (untold_until is None) != (untold_because is None):
        raise InvalidInput("missing_field", "A prohibition to tell has both a day and a reason.", "untold_because")
    until = checked("untold_until", plausible, untold_until) if untold_until else None
    said = (authority, legal_basis, reference, data_given, *vars(details).values(), untold_until, untold_because)
    disclosure = Disclosure(
        references.of(*references.repeatable(client_id, site_id, staff, *said)),
        site_id=site_id,
        at=milliseconds(now),
        authority=_line("authority", authority),
        legal_basis=checked("legal_basis", text.message, legal_basis),
        reference=_line("reference", reference),
        data_given=checked("data_given", text.message, data_given),
        recorded_by=staff,
        untold_until=int(until.timestamp()) if until else None,
        untold_because=checked("untold_because", text.message, untold_because) if untold_because else None,
        **vars(details),
    )
    disclosure.end_at(ACTIVITY.expires_at(now))
    record = evidence.entry(disclosure, "propose", staff, now)
    try:
        transact(put(disclosure, Disclosure.pk.does_not_exist()), put(record))
    except Cancelled as cancelled:
        return Disclosure.from_raw_data(cancelled.failed[0])
    return disclosure


def approve(disclosure_id: str, site_id: str, staff: str, now: datetime) -> Disclosure:
    """Approve what somebody else proposed; approving again changes nothing. Raises NotFound, Forbidden where it is
    one's own."""
    disclosure = Disclosure.load(disclosure_id, now=now)
    if disclosure is None or disclosure.site_id != site_id:
        raise NotFound("disclosure")
    usable(disclosure, now)
    if disclosure.recorded_by == staff:
        raise Forbidden("second_person_needed", "A disclosure is approved by somebody other than who recorded it.")
    if disclosure.status == APPROVED:
        return disclosure
    actions = [
        Disclosure.status.set(APPROVED),
        Disclosure.approver.set(staff),
        Disclosure.approved_at.set(milliseconds(now)),
    ]
    try:
        transact(
            put(evidence.entry(disclosure, "approve", staff, now)),
            update(disclosure, actions, Disclosure.status == PROPOSED),
        )
    except Cancelled:
        raise Conflict("changed_meanwhile", "Somebody else changed this just now. Please look again.") from None
    disclosure.status, disclosure.approver, disclosure.approved_at = APPROVED, staff, milliseconds(now)
    return disclosure


def _line(field: str, given: str) -> str:
    value = checked(field, text.name, given)
    if value is None:
        raise InvalidInput("missing_field", "This field is required.", field)
    return value

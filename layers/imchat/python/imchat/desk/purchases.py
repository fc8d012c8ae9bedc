"""Recording purchases (N21): by hand, or many from a CSV file. No field may hold a card number (N22)."""

import re
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from imchat import references, text
from imchat.cards import contains_card
from imchat.clock import milliseconds
from imchat.desk import amounts
from imchat.desk.lookups import usable
from imchat.errors import Conflict, InvalidInput, NotFound
from imchat.fields import checked
from imchat.people import Details
from imchat.settings import settings
from imchat.stores import accounts, evidence
from imchat.stores.base import Cancelled, put, transact, update
from imchat.stores.purchases import Purchase, ends_at, held_until

PROCESSORS = ("bank", "paypal")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:/-]{0,63}")
_LONGEST_HOLD = timedelta(days=366 * 50)


@dataclass(frozen=True, kw_only=True)
class Sale:
    """A purchase as it is given to us; every value as text."""

    name: str | None = None
    address: str | None = None
    email: str | None = None
    phone: str | None = None
    what: str
    amount: str
    currency: str
    bought_on: str
    processor: str
    processor_reference: str


@dataclass(frozen=True)
class Recorded:
    """What became of a sale: its record; ``known`` where this payment was recorded before, and then ``differing``: the
    fields in which that record says something else."""

    purchase: Purchase
    known: bool = False
    differing: tuple[str, ...] = ()


def record_purchase(site_id: str, staff: str, sale: Sale, now: datetime) -> Purchase:
    """Keep one purchase. Raises InvalidInput naming the field, Conflict where this payment is recorded already."""
    recorded = record(site_id, staff, sale, now)
    if recorded.known:
        raise Conflict("recorded_already", "A purchase with this payment reference is recorded already.")
    return recorded.purchase


def record(site_id: str, staff: str, sale: Sale, now: datetime, *, region: str | None = None) -> Recorded:
    """Keep one purchase, unless this payment is recorded already. ``region`` is the site's, where the caller knows it.
    Raises InvalidInput naming the field."""
    for field in fields(sale):
        value = getattr(sale, field.name)
        if value and contains_card(value):
            raise InvalidInput("card_number", "This holds a card number, and those are never kept.", field.name)
    details = Details.of(sale.name, sale.email, sale.phone, region or region_of(site_id))
    if not details.name:
        raise InvalidInput("missing_field", "This field is required.", "name")
    bought_on = day("bought_on", sale.bought_on)
    if bought_on > now.date() + timedelta(days=1):
        raise InvalidInput("invalid_value", "The purchase lies in the future.", "bought_on")
    ends = ends_at(bought_on, settings().accounting_year_end)
    if ends <= now.timestamp():
        raise InvalidInput("too_old", "The time for which this purchase may be kept is over.", "bought_on")
    processor = sale.processor.strip().lower()
    if processor not in PROCESSORS:
        raise InvalidInput("invalid_value", f"This must be one of: {', '.join(PROCESSORS)}.", "processor")
    reference = _matching("processor_reference", _REFERENCE, sale.processor_reference, "letters, digits and . _ : / -")
    currency = checked("currency", amounts.currency, sale.currency)
    purchase = Purchase(
        references.of(site_id, processor, reference),
        site_id=site_id,
        at=milliseconds(datetime(bought_on.year, bought_on.month, bought_on.day, tzinfo=now.tzinfo)),
        address=checked("address", text.comment, sale.address) if sale.address else None,
        what=checked("what", text.message, sale.what),
        amount=checked("amount", amounts.amount, sale.amount, currency),
        currency=currency,
        bought_on=bought_on.isoformat(),
        processor=processor,
        processor_reference=reference,
        period_ends=ends,
        **vars(details),
    )
    purchase.end_at(ends)
    entry = evidence.entry(purchase, "record", staff, now)
    try:
        transact(put(purchase, Purchase.pk.does_not_exist()), put(entry))
    except Cancelled:
        there = Purchase.load(purchase.pk, now=now)
        return Recorded(there or purchase, known=True, differing=_differing(purchase, there) if there else ())
    return Recorded(purchase)


def region_of(site_id: str) -> str:
    """Where phone numbers of a site without a country code belong."""
    site = accounts.site(site_id)
    return site.region if site else "GB"


def _differing(given: Purchase, there: Purchase) -> tuple[str, ...]:
    """The fields of a sale in which two records of one payment differ."""

    def value(of: Purchase, field: str) -> Any:
        known = getattr(of, field)
        return Decimal(known) if field == "amount" else known or None

    return tuple(field.name for field in fields(Sale) if value(given, field.name) != value(there, field.name))


def hold(purchase_id: str, site_id: str, staff: str, *, until: str, because: str, now: datetime) -> Purchase:
    """Keep a purchase to the end of a day, for a legal claim or an inquiry, though the law's own period may end before;
    another hold replaces it, the same again changes nothing. Raises InvalidInput, NotFound."""
    last = day("until", until)
    if not now.date() <= last <= now.date() + _LONGEST_HOLD:
        raise InvalidInput("invalid_value", "A hold ends today or later, within fifty years.", "until")
    reason = checked("because", text.message, because)
    purchase = Purchase.load(purchase_id, now=now)
    if purchase is None or purchase.site_id != site_id:
        raise NotFound("purchase")
    usable(purchase, now)
    if (purchase.hold_until, purchase.hold_because) == (last.isoformat(), reason):
        return purchase
    ends = max(int(purchase.period_ends), held_until(last))
    actions: list[Any] = [
        Purchase.hold_until.set(last.isoformat()),
        Purchase.hold_because.set(reason),
        Purchase.hold_by.set(staff),
        Purchase.expires_at.set(ends),
        Purchase.due_at.set(ends),
    ]
    try:
        transact(
            put(evidence.entry(purchase, "hold", staff, now)),
            update(purchase, actions, Purchase.expires_at == purchase.expires_at),
        )
    except Cancelled:
        raise Conflict("changed_meanwhile", "Somebody else changed this just now. Please look again.") from None
    found = Purchase.load(purchase_id, now=now)
    if found is None:
        raise NotFound("purchase")
    return found


def day(field: str, given: str) -> date:
    """A day from its ISO spelling. Raises InvalidInput naming ``field``."""
    try:
        return date.fromisoformat(given.strip())
    except ValueError:
        raise InvalidInput("invalid_value", "This must be a day, as 2026-01-31.", field) from None


def _matching(field: str, pattern: re.Pattern[str], given: str, what: str) -> str:
    value = given.strip()
    if not pattern.fullmatch(value):
        raise InvalidInput("invalid_value", f"This must be {what}.", field)
    return value

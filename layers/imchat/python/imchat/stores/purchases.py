"""Purchases (N21): what HMRC wants kept, for as long as it wants it. No card number gets in (N22)."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from imchat import text
from imchat.errors import Unavailable
from imchat.periods import Period
from imchat.register.activity import Activity
from imchat.register.fields import NotPersonal, Personal, at_seconds
from imchat.register.store import Outcome, Reference
from imchat.stores import evidence, ledger, unlocks, verbs
from imchat.stores.base import Cancelled, put, transact, update
from imchat.stores.records import Record, Records, person_fields

ACTIVITY = Activity(
    name="purchases",
    title="Purchases",
    place=40,
    role="controller",
    purpose="To have the records of our sales that the law asks for. Payment itself is taken by HSBC UK or PayPal; "
    "card numbers never reach us.",
    lawful_basis="Legal obligation (UK GDPR Article 6(1)(c)): the records that HMRC requires",
    people="people who bought one of our packages",
    categories=(
        "name, address, email address and phone number, as far as given",
        "what was bought, when, and for how much",
        "the bank's or PayPal's reference of the payment",
    ),
    source="the person, when buying; the bank or PayPal",
    recipients=("our accountants", "HMRC"),
    period=Period(72, "month"),
    period_starts="the end of the accounting period in which the purchase was made",
    at_end="deleted, unless a legal claim or an inquiry holds it for longer",
    obligation="Yes: an invoice needs a name and address by law (VAT Regulations 1995, regulation 14), and so does the "
    "contract. Without them there is no purchase. All else may be left blank.",
    erasure="retained",
    retained_because="legal obligation: records that HMRC requires; it requires no email address and no phone number, "
    "so these are deleted",
    retained_under="UK GDPR Article 17(3)(b)",
)


# What an erasure takes of a purchase.
_CLEARED = ("email", "phone")
_TRIES = 5


class Purchase(Record):
    """One purchase. ``amount`` is decimal text, ``currency`` ISO 4217, ``bought_on`` an ISO day, ``hold_until`` an ISO
    day to the end of which a hold keeps it."""

    TABLE = "purchases"

    class Meta:
        table_name = ""

    address = UnicodeAttribute(null=True)
    what = UnicodeAttribute()
    amount = UnicodeAttribute()
    currency = UnicodeAttribute()
    bought_on = UnicodeAttribute()
    processor = UnicodeAttribute()
    processor_reference = UnicodeAttribute()
    period_ends = NumberAttribute()
    hold_until = UnicodeAttribute(null=True)
    hold_because = UnicodeAttribute(null=True)
    hold_by = UnicodeAttribute(null=True)


def accounting_period_end(bought_on: date, year_end: str) -> date:
    """The last day of the accounting period that holds ``bought_on``; ``year_end`` is its month and day, as 03-31; a
    day that its month has not is the month's last. Raises ValueError where it is none."""
    month, day = (int(part) for part in year_end.split("-"))

    def ends(year: int) -> date:
        return date(year, month, min(day, monthrange(year, month)[1]))

    return ends(bought_on.year) if bought_on <= ends(bought_on.year) else ends(bought_on.year + 1)


def ends_at(bought_on: date, year_end: str) -> int:
    """Epoch second at which the record of a purchase ends: six years after its accounting period (N21)."""
    return ACTIVITY.expires_at(_end_of(accounting_period_end(bought_on, year_end)))


def held_until(day: date) -> int:
    """Epoch second at which a hold to the end of ``day`` ends."""
    return int(_end_of(day).timestamp())


def _end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)


class Purchases(Records):
    """The store of purchases: corrected where they are wrong about the person, never erased before their time."""

    activity = ACTIVITY
    model = Purchase
    end_moves = True
    fields = person_fields() | {
        "address": Personal("Address", given=True),
        "what": Personal("What was bought"),
        "amount": Personal("Amount"),
        "currency": Personal("Currency"),
        "bought_on": Personal("Bought on"),
        "processor": Personal("Paid through"),
        "processor_reference": Personal("Reference of the payment"),
        "hold_until": Personal("Held until"),
        "hold_because": Personal("Held because"),
        "hold_by": NotPersonal("who of the staff decided the hold"),
        "period_ends": Personal("Kept by law until", show=at_seconds),
    }
    staff_fields = {"hold_by": "decided to keep it for longer", **unlocks.STAFF_FIELDS}
    rectifiable = {**Records.rectifiable, "address": text.comment}

    def erase(self, references: Sequence[Reference], actor: str, now: datetime) -> Outcome:
        """As Store's: email and phone go, which no law asks for (VAT Regulations 1995 reg 14); name, address and the
        purchase stay until their date (N21)."""
        for _, item in verbs.load(Purchase, references, now):
            _clear(item, actor, now)
        return super().erase(references, actor, now)

    def retained_because(self, item: Any, now: datetime) -> str | None:
        """As Records'; a hold that outlasts the law's period is the reason then."""
        return str(item.hold_because) if _on_hold(item, now) else ACTIVITY.retained_because

    def retained_under(self, item: Any, now: datetime) -> str | None:
        """As Records'; a hold is for a legal claim or an inquiry."""
        return "UK GDPR Article 17(3)(b) and (e)" if _on_hold(item, now) else ACTIVITY.retained_under


def _on_hold(item: Any, now: datetime) -> bool:
    return bool(item.hold_until) and now.timestamp() >= item.period_ends


def _clear(item: Purchase, actor: str, now: datetime) -> None:
    """Take email and phone from a purchase, and note it for a restore; again it finds nothing to do."""
    for _ in range(_TRIES):
        given = [field for field in _CLEARED if getattr(item, field)]
        if not given:
            return
        nobody = dict.fromkeys(("name", "email", "name_key", "email_key"))
        entry = evidence.entry(item, "clear", actor, now, field=", ".join(given), **nobody)
        actions: list[Any] = []
        unchanged: Any = Purchase.pk.exists()
        for field in _CLEARED:
            attribute: Any = getattr(Purchase, field)
            before = getattr(item, field)
            unchanged &= (attribute == before) if before else attribute.does_not_exist()
            actions += [attribute.remove(), getattr(Purchase, f"{field}_key").remove()]
        noted = [
            ledger.mark(ledger.of_field(ledger.CLEARED, field), item.TABLE, item.pk, now, int(item.expires_at))
            for field in given
        ]
        try:
            transact(put(entry), *noted, update(item, actions, unchanged))
            return
        except Cancelled:  # it has ended, or was corrected meanwhile
            found = Purchase.load(item.pk, now=now)
            if found is None:
                return
            item = found
    raise Unavailable


STORE = Purchases()

"""Disclosures (N15): to whom the law made us give data, what, and on whose decision."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from imchat.periods import Period
from imchat.register.activity import Activity
from imchat.register.fields import NotPersonal, Personal, at_milliseconds
from imchat.register.store import Reference
from imchat.stores import unlocks, verbs
from imchat.stores.records import Record, Records, person_fields

ACTIVITY = Activity(
    name="disclosures",
    title="Disclosures required by law",
    place=60,
    role="controller",
    purpose="To show to whom data were given, on what legal basis, and who decided it.",
    lawful_basis="Legal obligation (UK GDPR Article 6(1)(c)): accountability for what was disclosed",
    people="people whose data an authority required",
    categories=(
        "name, email address and phone number of the person",
        "which authority asked, on what legal basis, and what it was given",
    ),
    source="the authority that asked, and our own records",
    recipients=("data-protection staff",),
    period=Period(72, "month"),
    period_starts="the disclosure",
    at_end="deleted",
    erasure="retained",
    retained_because="legal claims: to be able to show what was disclosed, and why",
    retained_under="UK GDPR Article 17(3)(e)",
)
PROPOSED, APPROVED = "proposed", "approved"


class Disclosure(Record):
    """One disclosure. ``approver`` is a second person. ``untold_until`` (epoch seconds) is how long the law prohibits
    telling the person."""

    TABLE = "disclosures"

    class Meta:
        table_name = ""

    authority = UnicodeAttribute()
    legal_basis = UnicodeAttribute()
    reference = UnicodeAttribute()
    data_given = UnicodeAttribute()
    status = UnicodeAttribute(default=PROPOSED)
    recorded_by = UnicodeAttribute()
    approver = UnicodeAttribute(null=True)
    approved_at = NumberAttribute(null=True)
    untold_until = NumberAttribute(null=True)
    untold_because = UnicodeAttribute(null=True)


class Disclosures(Records):
    """The disclosure register."""

    activity = ACTIVITY
    model = Disclosure
    fields = person_fields(given=False) | {
        "authority": Personal("Authority"),
        "legal_basis": Personal("Legal basis"),
        "reference": Personal("Reference of the authority"),
        "data_given": Personal("What was given"),
        "status": Personal("State"),
        "approved_at": Personal("Approved", show=at_milliseconds),
        "recorded_by": NotPersonal("who of the staff recorded it"),
        "approver": NotPersonal("who of the staff approved it"),
        "untold_until": NotPersonal("until when the law prohibits telling; nothing is shown before"),
        "untold_because": NotPersonal("why the law prohibits telling; nothing is shown before"),
    }

    staff_fields = {"recorded_by": "recorded it", "approver": "approved it", **unlocks.STAFF_FIELDS}

    def told(self, item: Any, now: datetime) -> bool:
        """Not while the law prohibits it: then neither an export nor a receipt may hint at it."""
        return not item.untold_until or bool(item.untold_until <= now.timestamp())

    def tellable(self, references: Sequence[Reference], now: datetime) -> list[Reference]:
        """As Store's."""
        told = tellable({one.pk for one in references}, now)
        return [one for one in references if one.pk in told]


def tellable(ids: Iterable[str], now: datetime) -> set[str]:
    """Those of the disclosures of which the person may be told. One that is not there is none of them: nobody can say
    any more whether the law still prohibits it."""
    references = [Reference(STORE.name, one) for one in sorted(ids)]
    return {item.pk for _, item in verbs.load(Disclosure, references, now) if STORE.told(item, now)}


STORE = Disclosures()

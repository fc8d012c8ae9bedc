"""Items whose use is restricted (UK GDPR Art 18(1)), and the unlocks by which two people let one be used all the same
(Art 18(2)). An unlock stands in the item, ends by itself, and goes with the restriction."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import MapAttribute, NumberAttribute, UnicodeAttribute

from imchat.clock import rfc3339
from imchat.periods import Period

# The only grounds of Art 18(2), in its words.
GROUNDS = {
    "consent": "with the person's consent",
    "legal_claims": "for the establishment, exercise or defence of legal claims",
    "rights_of_another": "for the protection of the rights of another natural or legal person",
    "public_interest": "for reasons of important public interest",
}
# How long an item stays unlocked.
LASTS = Period(7, "day")
# What a store's staff_fields say of those who unlock.
STAFF_FIELDS = {"unlock.by": "proposed to unlock it", "unlock.approver": "approved to unlock it"}


class Unlock(MapAttribute[str, Any]):
    """That an item may be used: on one of GROUNDS, with the reason; who proposed it and when (epoch ms). In force from
    the approval by a second person until ``until`` (epoch seconds)."""

    ground = UnicodeAttribute()
    because = UnicodeAttribute()
    by = UnicodeAttribute()
    at = NumberAttribute()
    approver = UnicodeAttribute(null=True)
    until = NumberAttribute(null=True)


def locked(item: Any, now: datetime) -> bool:
    """Whether nobody of the staff may see or use the item: it is restricted, and no unlock is in force."""
    return bool(item.restricted) and not unlocked(item, now)


def unlocked(item: Any, now: datetime) -> bool:
    """Whether an unlock of the item is in force."""
    return bool(item.unlock and item.unlock.until and item.unlock.until > now.timestamp())


def shown(unlock: Any) -> str:
    """An unlock, as the person is told of it."""
    why = f"{GROUNDS.get(unlock.ground, unlock.ground)}: {unlock.because}"
    return f"{why}; until {rfc3339(int(unlock.until) * 1000)}" if unlock.until else f"{why}; proposed only"

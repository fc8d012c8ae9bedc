"""The ledger: what was erased before its time, so that a restored backup can be made to forget it again; and that an
item was restricted, that a detail of it was corrected or cleared, or that its entries in the system log were
pseudonymised, so that this is done again. Each entry is the keyed hash of an item's place, a mark and its time, never
a value, and ends when the item would have."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from imchat import aws
from imchat.clock import milliseconds
from imchat.hashes import keyed
from imchat.register.activity import Activity
from imchat.register.fields import NotPersonal
from imchat.register.store import Store
from imchat.settings import settings
from imchat.stores.base import ExpiringItem, Part, check, put

ACTIVITY = Activity(
    name="ledger",
    title="Ledger of deletions",
    place=90,
    role="controller",
    purpose="To delete, restrict and clear again what was deleted, restricted or corrected before, should a backup "
    "have to be restored.",
    lawful_basis="Legal obligation (UK GDPR Article 6(1)(c)): deletions, restrictions and corrections must last",
    people="nobody: it holds no personal data",
    categories=(),
    source="our own system",
    recipients=(),
    at_end="deleted when the deleted data would have ended",
    erasure="retained",
)


class Erased(ExpiringItem):
    """That the item of this keyed hash was erased."""

    TABLE = "ledger"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)


# What a mark says of an item; a correction and what was cleared name their field too (of_field).
RESTRICTED, PSEUDONYMISED, CORRECTED, CLEARED = "restricted", "pseudonymised", "corrected", "cleared"


class Mark(ExpiringItem):
    """What was last done to the item of this keyed hash, and when (epoch ms); ``undone`` where it was ended then."""

    TABLE = "ledger"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    at = NumberAttribute()
    undone = BooleanAttribute(null=True)


def of_field(what: str, field: str) -> str:
    """CORRECTED or CLEARED, of one field."""
    return f"{what}.{field}"


def mark(what: str, table: str, pk: str, at: datetime, expires_at: int, *, undone: bool = False) -> Part:
    """The part of a transaction that notes that ``what`` was done (or ``undone``) to the item under ``pk`` in the store
    ``table``; a later one replaces it."""
    done = Mark(_hash(f"{what}:{table}", pk), at=milliseconds(at), undone=undone or None, expires_at=expires_at)
    return put(done)


def marks(what: str, table: str, keys: Iterable[str]) -> dict[str, Mark]:
    """The marks of ``what`` of the store ``table`` by those of ``keys`` that have one."""
    hashes = {_hash(f"{what}:{table}", pk): pk for pk in keys}
    return {hashes[found.pk]: found for found in Mark.batch_get(list(hashes))}


def record(table: str, pk: str, expires_at: int) -> Part:
    """The part of a transaction that notes the erasure of all items under ``pk`` in the store ``table``; ``expires_at``
    is when they would have ended."""
    return put(Erased(_hash(table, pk), expires_at=expires_at))


def unless_erased(table: str, pk: str) -> Part:
    """The part of a transaction that lets it happen only where nothing under ``pk`` was erased from the store
    ``table``: what was deleted does not come back under its id."""
    return check(Erased(_hash(table, pk)), Erased.pk.does_not_exist())


def erased(table: str, keys: Iterable[str]) -> Iterator[str]:
    """Those of ``keys`` that were erased from the store ``table``."""
    hashes = {_hash(table, pk): pk for pk in keys}
    for found in Erased.batch_get(list(hashes)):
        yield hashes[found.pk]


def _hash(table: str, pk: str) -> str:
    return keyed(aws.secret(settings().ledger_secret_id), f"{table}\0{pk}")


class Ledger(Store):
    """Holds nothing about anybody; DynamoDB's own expiry suffices."""

    activity = ACTIVITY
    models = (Erased, Mark)
    fields = {
        "pk": NotPersonal("a keyed hash of a random reference"),
        "at": NotPersonal("when it was done"),
        "undone": NotPersonal("whether it was ended then"),
        "expires_at": NotPersonal("when the item ends, or would have ended"),
    }


STORE = Ledger()

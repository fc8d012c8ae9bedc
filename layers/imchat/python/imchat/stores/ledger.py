"""The erasure ledger: what was erased before its time, so that a restored backup can be made to forget it again. Each
entry is the keyed hash of an item's place, and ends when the item would have."""

from collections.abc import Iterable, Iterator

from pynamodb.attributes import UnicodeAttribute

from imchat import aws
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
    purpose="To delete again what was deleted before, should a backup have to be restored.",
    lawful_basis="Legal obligation (UK GDPR Article 6(1)(c)): deletions must last",
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
    models = (Erased,)
    fields = {
        "pk": NotPersonal("a keyed hash of a random reference"),
        "expires_at": NotPersonal("when the deleted item would have ended"),
    }


STORE = Ledger()

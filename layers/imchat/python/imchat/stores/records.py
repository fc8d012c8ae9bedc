"""Records: stores whose items are flat, belong to one website, and name one person. All five verbs; a store of this
kind says what its items are and no more."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from imchat import clock, identifiers, text
from imchat.clock import moment
from imchat.errors import Conflict, NotFound
from imchat.register.fields import (
    BOOKKEEPING,
    REFERENCE,
    SITE,
    Field,
    NotPersonal,
    Personal,
    Spelling,
    at_milliseconds,
    yes_or_no,
)
from imchat.register.store import Exported, File, Outcome, Reference, Retained, Store
from imchat.stores import evidence, ledger, verbs
from imchat.stores.base import Cancelled, Named, delete, due_shard, keys_only_index, named, put, transact, update
from imchat.stores.unlocks import Unlock
from imchat.stores.unlocks import shown as unlock_shown
from imchat.subjects import Subject

# A transaction takes 100 parts; each erased item needs three.
_ERASED_AT_ONCE = 33


class Record(Named):
    """A flat item about one person. ``at`` is when it happened, in epoch milliseconds."""

    pk = UnicodeAttribute(hash_key=True)
    site_id = UnicodeAttribute()
    at = NumberAttribute()
    name = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    phone = UnicodeAttribute(null=True)
    email_key = UnicodeAttribute(null=True)
    phone_key = UnicodeAttribute(null=True)
    # Nobody may use it (UK GDPR Art 18).
    restricted = BooleanAttribute(null=True)
    unlock: Unlock = Unlock(null=True)  # type: ignore[no-untyped-call]
    due_shard = UnicodeAttribute()
    due_at = NumberAttribute()

    email_index = keys_only_index("email", "email_key", "at")
    name_index = keys_only_index("name", "name_search", "at")
    phone_index = keys_only_index("phone", "phone_key", "at")
    site_index = keys_only_index("site", "site_id", "at")
    due_index = keys_only_index("due", "due_shard", "due_at")

    def end_at(self, expires_at: int) -> None:
        """Set the end, in epoch seconds; the sweep comes then."""
        self.expires_at = self.due_at = expires_at
        self.due_shard = due_shard(self.pk)


def person_fields(given: bool = True) -> dict[str, Field]:
    """What Record's own fields are. ``given``: the person provided their details."""
    return {
        "pk": REFERENCE,
        "site_id": SITE,
        "at": Personal("When", show=at_milliseconds),
        "name": Personal("Name", given),
        "email": Personal("Email address", given),
        "phone": Personal("Phone number", given),
        "name_key": Spelling("name"),
        "name_search": Spelling("name"),
        "email_key": Spelling("email"),
        "phone_key": Spelling("phone"),
        "restricted": Personal("Use restricted", show=yes_or_no),
        "unlock": Personal("Used though restricted", show=unlock_shown),
        "due_shard": BOOKKEEPING,
        "due_at": BOOKKEEPING,
        "expires_at": NotPersonal("when it ends; shown as “kept until”"),
    }


class Records(Store):
    """The store of one kind of record."""

    model: ClassVar[type[Record]]
    rectifiable = {"name": text.name, "email": identifiers.email, "phone": identifiers.phone}
    # Whether something may give an item a later end than it was recorded with.
    end_moves: ClassVar[bool] = False

    @property
    def models(self) -> tuple[type[Record]]:  # type: ignore[override]
        """Its one model."""
        return (self.model,)

    @property
    def one(self) -> str:
        """What one of its items is called where there is none."""
        return self.model.__name__.lower()

    def title(self, item: Any) -> str:
        """What an access answer calls the item."""
        return f"{self.activity.title}, {at_milliseconds(item.at)}"

    def told(self, item: Any, now: datetime) -> bool:
        """Whether the person may be told of the item."""
        return True

    def find(self, subject: Subject) -> list[Reference]:
        """As Store's."""
        now = clock.now()
        found = verbs.find(self.model, subject, now)
        if not self.staff_fields:
            return found

        def all_of_sites() -> Iterator[Any]:
            for site_id in subject.acting_on:
                yield from self.model.site_index.query(site_id)

        return verbs.found_as_staff(self, subject, all_of_sites, found, now)

    def export(self, references: Iterable[Reference], now: datetime) -> Iterator[Exported]:
        """As Store's."""
        for reference, item in verbs.load(self.model, references, now):
            if self.told(item, now):
                files = () if self.of_staff(reference) else self.files(item)
                yield replace(verbs.exported(self, reference, self.title(item), item), files=files)

    def files(self, item: Any) -> tuple[File, ...]:
        """The files that belong to the item."""
        return ()

    def retained_because(self, item: Any, now: datetime) -> str | None:
        """Why an erasure leaves the item, None where it does not."""
        return self.activity.retained_because

    def retained_under(self, item: Any, now: datetime) -> str | None:
        """What in the law allows that an erasure leaves the item."""
        return self.activity.retained_under

    def erase(self, references: Sequence[Reference], actor: str, now: datetime) -> Outcome:
        """As Store's."""
        removed: list[Reference] = []
        retained: list[Retained] = []
        items = []
        for reference, item in verbs.load(self.model, references, now):
            why = self.retained_because(item, now)
            if not why:
                items.append((reference, item))
            elif self.told(item, now):
                until = moment(int(item.expires_at) * 1000)
                retained.append(Retained(reference, why, until, self.retained_under(item, now)))
        for batch in verbs.batches(items, _ERASED_AT_ONCE):
            self.before_removal([item.pk for _, item in batch])
            try:
                transact(*(part for _, item in batch for part in _erased(item, actor, now)))
            except Cancelled:  # another erasure or the sweep took one of them
                for _, item in batch:
                    self._erase_one(item, actor, now)
            removed += [reference for reference, _ in batch]
        return Outcome(tuple(removed), tuple(retained))

    def _erase_one(self, item: Record, actor: str, now: datetime) -> None:
        try:
            transact(*_erased(item, actor, now))
        except Cancelled:
            pass

    def before_removal(self, keys: Sequence[str]) -> None:
        """Remove what lies elsewhere of the items under these partition keys."""

    def restrict(
        self, references: Sequence[Reference], *, restricted: bool, actor: str, now: datetime
    ) -> list[Reference]:
        """As Store's: of what an erasure would take; what the law wants kept, it wants used."""
        if self.activity.erasure == "retained":
            return []
        what, mark = ("restrict", True) if restricted else ("lift_restriction", None)
        marked = []
        for reference, item in verbs.load(self.model, references, now):
            if item.restricted != mark:
                action = self.model.restricted.set(True) if mark else self.model.restricted.remove()
                unlocking = self.model.unlock.remove()
                record = evidence.entry(item, what, actor, now)
                noted = ledger.mark(
                    ledger.RESTRICTED, item.TABLE, item.pk, now, int(item.expires_at), undone=not restricted
                )
                try:
                    transact(put(record), noted, update(item, [action, unlocking], self.model.pk.exists()))
                except Cancelled:  # it has ended meanwhile
                    continue
            marked.append(reference)
        return marked

    def rectify(self, reference: Reference, field: str, value: str | None, actor: str, now: datetime) -> None:
        """As Store's."""
        new = self.corrected(field, value)
        item = self.model.load(reference.pk, now=now)
        if item is None:
            raise NotFound(self.one)
        if getattr(item, field) == new:
            return
        changes = {field: new}
        if self.field(f"{field}_key"):
            key = key_of(field, new, item.site_id)
            changes |= named(key) if field == "name" else {f"{field}_key": key}
        unchanged: Any = None
        actions = []
        for column, after in changes.items():
            attribute, before = getattr(self.model, column), getattr(item, column)
            same = (attribute == before) if before else attribute.does_not_exist()
            unchanged = same if unchanged is None else unchanged & same
            actions.append(attribute.set(after) if after else attribute.remove())
        before = getattr(item, field)
        record = evidence.entry(
            item,
            "rectify",
            actor,
            now,
            field=field,
            before=before if field in ("name", "email") else None,
            phone_key=evidence.hidden("phone", item.phone_key) if field == "phone" else None,
        )
        what = ledger.of_field(ledger.CORRECTED, field)
        noted = [ledger.mark(what, item.TABLE, item.pk, now, int(item.expires_at))] if before else []
        try:
            transact(put(record), *noted, update(item, actions, unchanged))
        except Cancelled:
            raise Conflict("changed_meanwhile", "Somebody else changed this just now. Please look again.") from None

    def expire(self, now: datetime, time_left: Callable[[], bool]) -> Counter[str]:
        """As Store's."""
        return verbs.expire(self.model, now, time_left, self.before_removal, end_moves=self.end_moves)


def key_of(field: str, value: str | None, site_id: str) -> str | None:
    """The search key of a checked name, email or phone; a number without a country code belongs where the site says."""
    if value is None:
        return None
    if field == "phone":
        from imchat.stores import accounts

        site = accounts.site(site_id)
        return identifiers.phone_key(value, site.region) if site else identifiers.phone_key(value)
    return {"name": identifiers.name_key, "email": identifiers.email_key}[field](value)


def _erased(item: Record, actor: str, now: datetime) -> tuple[Any, ...]:
    nobody = dict.fromkeys(("name", "email", "name_key", "email_key"))
    return (
        delete(item, type(item).pk.exists()),
        put(evidence.entry(item, "erase", actor, now, **nobody)),
        ledger.record(item.TABLE, item.pk, int(item.expires_at)),
    )

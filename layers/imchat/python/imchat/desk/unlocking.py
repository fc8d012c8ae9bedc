"""Unlocking what is restricted (UK GDPR Art 18(2)): one person proposes it on one of the four grounds, another
approves, and it ends by itself. Until then nobody of the staff sees more of an item than that it is there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from imchat import places, text
from imchat.clock import milliseconds
from imchat.errors import Conflict, Forbidden, InvalidInput, NotFound
from imchat.fields import checked
from imchat.register.store import Fact, Reference
from imchat.stores import chats, chats_store, correspondence, disclosures, evidence, purchases, verbs
from imchat.stores.base import Cancelled, put, transact, update
from imchat.stores.unlocks import GROUNDS, LASTS, Unlock, locked
from imchat.subjects import Subject

# The stores whose items the desk can unlock; what answers requests is reached by other ways.
RECORDS = {one.name: one for one in (correspondence.STORE, purchases.STORE, disclosures.STORE)}
STORES = (chats_store.STORE.name, *RECORDS)


@dataclass(frozen=True)
class Page:
    """A page of (store, item); ``next`` asks for the page behind it, None at the end."""

    items: list[tuple[str, Any]]
    next: str | None


def search(subject: Subject, now: datetime, start: str | None = None) -> Page:
    """The items of the person whose use is restricted, in pages. Chats are found by what the system log says of them:
    it lasts as long as they do. Nothing that an item says may be shown by this. Raises InvalidInput for a ``start``
    that was not given out."""
    before = places.pair_of(start) if start else None
    found = sorted(_all_restricted(subject, now), key=_place)
    left = [one for one in found if before is None or _place(one) > before]
    page = left[: places.fitting(_listed_bytes(item) for _, item in left[: places.MOST])]
    return Page(page, places.spelled_pair(*_place(page[-1])) if len(left) > len(page) else None)


def _place(one: tuple[str, Any]) -> tuple[str, str]:
    return one[0], str(one[1].pk)


def _listed_bytes(item: Any) -> int:
    import msgspec

    return 500 + (len(msgspec.json.encode(item.unlock.as_dict())) if item.unlock else 0)


def _all_restricted(subject: Subject, now: datetime) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [
        (name, item)
        for name, store in RECORDS.items()
        for _, item in verbs.load(store.model, store.find(subject), now)
        if item.restricted
    ]
    ids = dict.fromkeys(one.pk for one in evidence.STORE.find(subject) if "#" not in one.pk)
    references = (Reference(chats.Chat.TABLE, pk, chats.META) for pk in ids)
    mine = [chat for _, chat in verbs.load(chats.Chat, references, now) if chat.restricted]
    return [(chats.Chat.TABLE, chat) for chat in mine if chat.site_id == subject.site_id] + found


def propose(store: str, pk: str, site_id: str, staff: str, *, ground: str, because: str, now: datetime) -> Any:
    """Propose that the item may be used, on one of GROUNDS; proposed again it replaces what nobody has approved yet.
    Answers the item. Raises InvalidInput, NotFound, Conflict where it is not restricted, or unlocked already."""
    if ground not in GROUNDS:
        raise InvalidInput("invalid_value", f"This must be one of: {', '.join(GROUNDS)}.", "ground")
    reason = checked("because", text.message, because)
    item = _restricted(store, pk, site_id, now)
    if not locked(item, now):
        raise Conflict("unlocked_already", "This is unlocked already.")
    there = item.unlock
    if there and not there.until and (there.ground, there.because, there.by) == (ground, reason, staff):
        return item
    unlock = Unlock(ground=ground, because=reason, by=staff, at=milliseconds(now))  # type: ignore[no-untyped-call]
    return _change(item, unlock, "propose_unlock", staff, now)


def approve(store: str, pk: str, site_id: str, staff: str, now: datetime) -> Any:
    """Unlock what somebody else proposed to unlock, for LASTS; approving again changes nothing. Answers the item.
    Raises NotFound, Forbidden where it is one's own, Conflict where nothing is proposed."""
    item = _restricted(store, pk, site_id, now)
    there = item.unlock
    if there is None or (there.until and locked(item, now)):
        raise Conflict("no_unlock", "Nobody has proposed to unlock this, or the unlock has ended.")
    if there.by == staff:
        raise Forbidden("second_person_needed", "Somebody else must approve what you proposed.")
    if there.until:
        return item
    until = int(LASTS.after(now).timestamp())
    values = there.as_dict() | {"approver": staff, "until": until}
    return _change(item, Unlock(**values), "unlock", staff, now)  # type: ignore[no-untyped-call]


def end(store: str, pk: str, site_id: str, staff: str, now: datetime) -> Any:
    """End an unlock before its time, or take back a proposal; where there is none, nothing changes. Answers the item.
    Raises NotFound, Conflict."""
    item = _restricted(store, pk, site_id, now)
    return _change(item, None, "end_unlock", staff, now) if item.unlock else item


@dataclass(frozen=True)
class Reading:
    """What an unlocked item says: as many of its facts as an answer holds; ``next`` is where they go on."""

    item: Any
    title: str
    facts: Sequence[Fact]
    next: int | None


def read(store: str, pk: str, site_id: str, staff: str, *, now: datetime, start: int = 0) -> Reading:
    """What an unlocked item says, from the ``start``-th of its facts on (from 0). That it was looked at is recorded.
    Raises NotFound, InvalidInput, Conflict where it is locked."""
    item = _restricted(store, pk, site_id, now)
    if locked(item, now):
        raise Conflict("restricted", "The use of this is restricted, and nobody has unlocked it.")
    evidence.record_views([item], staff, now)
    reference = Reference(store, pk, getattr(item, "sk", None))
    kind = RECORDS.get(store) or chats_store.STORE
    exported = next(iter(kind.export([reference], now)), None)
    if exported is None:
        raise NotFound("item")
    facts = exported.facts[start:]
    if start and not facts:
        raise InvalidInput("bad_cursor", "This place in the list is not one that was given out.", "next")
    fit = places.fitting(_sizes(facts)) if facts else 0
    return Reading(item, exported.title, facts[:fit], start + fit if fit < len(facts) else None)


def _sizes(facts: Sequence[Fact]) -> Iterator[int]:
    import msgspec

    return (len(msgspec.json.encode(fact)) for fact in facts)


def _restricted(store: str, pk: str, site_id: str, now: datetime) -> Any:
    item: Any = None
    if store == chats.Chat.TABLE:
        item = chats.Chat.load(pk, chats.META, now=now)
    elif store in RECORDS:
        item = RECORDS[store].model.load(pk, now=now)
    if item is None or item.site_id != site_id:
        raise NotFound("item")
    if not item.restricted:
        raise Conflict("not_restricted", "The use of this is not restricted.")
    return item


def _change(item: Any, unlock: Unlock | None, what: str, staff: str, now: datetime) -> Any:
    """Write the unlock and the entry in the system log, on condition that nobody changed the one since."""
    attribute: Any = type(item).unlock
    same = (attribute == item.unlock) if item.unlock else attribute.does_not_exist()
    action = attribute.set(unlock) if unlock else attribute.remove()
    note = unlock.ground if unlock else None
    try:
        transact(
            put(evidence.entry(item, what, staff, now, note=note)),
            update(item, [action], same & (type(item).restricted == True)),  # noqa: E712 - a condition
        )
    except Cancelled:
        raise Conflict("changed_meanwhile", "Somebody else changed this just now. Please look again.") from None
    item.unlock = unlock
    return item

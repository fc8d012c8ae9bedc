"""The five verbs for stores whose items are found by email, name and phone: what they share."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

import msgspec
from pynamodb.attributes import MapAttribute

from imchat.clock import moment
from imchat.register.fields import Personal
from imchat.register.store import Exported, Fact, Reference, Store
from imchat.stores.base import Cancelled, ExpiringItem, Item, Stale, delete, due_keys, transact
from imchat.subjects import Account, Subject

T = TypeVar("T")
READ_AT_ONCE = 100
_WRITE_AT_ONCE = 25
# What an answer says of an item beside what is stored: of a request, what each store found.
_AROUND = 4_000


def batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """``things`` in lists of at most ``size``."""
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch


def find(model: type[Any], subject: Subject, now: datetime) -> list[Reference]:
    """What the model's indexes "email", "name" and "phone" hold of the person, oldest first; an index may be behind, so
    each item is looked at."""
    places: dict[tuple[str, ...], Any] = {}
    for kind, keys in _kinds(subject):
        index = getattr(model, f"{kind}_index")
        order = next(name for name, one in index.Meta.attributes.items() if one.is_range_key)
        for key in sorted(keys):
            for item in index.query(key):
                places[_place(item)] = getattr(item, order)
    matched = {}
    columns = ["pk", "site_id", "expires_at", "email_key", "name_key", "name_search", "phone_key"]
    columns += [column for column in ("sk", "status", "choices", "chosen_by") if column in model.get_attributes()]
    for batch in batches(places, READ_AT_ONCE):
        wanted = [place if len(place) > 1 else place[0] for place in batch]
        for item in model.batch_get(wanted, consistent_read=True, attributes_to_get=columns):
            by = matched_by(subject, item)
            if by and subject.covers(item.site_id) and item.visible(now):
                matched[_place(item)] = _reference(model, item, by)
    return [matched[place] for place in sorted(matched, key=lambda place: (places[place], place))]


def _reference(model: type[Any], item: Any, by: frozenset[str]) -> Reference:
    place = _place(item)
    return Reference(model.TABLE, place[0], place[1] if len(place) > 1 else None, by, item.site_id)


def found_as_staff(
    store: Store,
    subject: Subject,
    keys: Callable[[], Iterable[Any]],
    found: list[Reference],
    now: datetime,
) -> list[Reference]:
    """``found``, and behind it what the person did as one of the staff with items that are not their own. There is no
    index by staff, so all items under ``keys`` are looked at; where they are not staff, none."""
    if not subject.acting:
        return found
    own = {(one.pk, one.sk) for one in found}
    model: Any = store.models[0]
    known = model.get_attributes()
    columns = ["pk", "site_id", "expires_at", *(name for name in ("sk", "status") if name in known)]
    columns += sorted({name.partition(".")[0] for name in store.staff_fields})
    more = []
    for batch in batches(dict.fromkeys(map(_place, keys())), READ_AT_ONCE):
        wanted = [place if len(place) > 1 else place[0] for place in batch]
        items = {_place(one): one for one in model.batch_get(wanted, consistent_read=True, attributes_to_get=columns)}
        for place in batch:
            item = items.get(place)
            if item is None or not subject.covers(item.site_id) or not item.visible(now):
                continue
            by = _acted(store, subject.acting, item)
            reference = _reference(model, item, by)
            if by and (reference.pk, reference.sk) not in own:
                more.append(reference)
    return found + more


def _acted(store: Store, accounts: Sequence[Account], item: Any) -> frozenset[str]:
    """In which fields of the item the person's accounts stand, and by what these are theirs."""
    matched: set[str] = set()
    for account in accounts:
        fields = {name for name in store.staff_fields if account.staff_id in _ids(item, name)}
        if fields:
            matched |= fields | account.matched
    return frozenset(matched)


def _ids(item: Any, field: str) -> set[str]:
    name, _, inner = field.partition(".")
    value = getattr(item, name, None)
    if value is None:
        return set()
    if inner:
        values = value if isinstance(value, list) else [value]
        return {str(getattr(one, inner)) for one in values}
    if isinstance(value, str):
        return {value}
    return set(value.as_dict()) if isinstance(value, MapAttribute) else set(value)


def matched_by(subject: Subject, item: Any) -> frozenset[str]:
    """What of the person an item has: "email", "phone", "name", or else "similar_name"; "from" in the place of "email"
    where staff are still to choose to which of several addresses it belongs."""
    by = {kind for kind in ("email", "phone") if getattr(item, f"{kind}_key") in getattr(subject, f"{kind}s")}
    if "email" in by and getattr(item, "unsure", False):
        by = by - {"email"} | {"from"}
    if item.name_key in subject.names:
        by.add("name")
    elif item.name_search in subject.similar_names:
        by.add("similar_name")
    return frozenset(by)


def _kinds(subject: Subject) -> tuple[tuple[str, frozenset[str]], ...]:
    return ("email", subject.emails), ("name", subject.similar_names), ("phone", subject.phones)


def _place(item: Any) -> tuple[str, ...]:
    return (item.pk, item.sk) if "sk" in item.get_attributes() else (item.pk,)


def load(model: type[Any], references: Iterable[Reference], now: datetime) -> Iterator[tuple[Reference, Any]]:
    """The items that are still there, in the order of their references; a hundred in memory at a time."""
    for batch in batches(references, READ_AT_ONCE):
        keys = [(one.pk, one.sk) if one.sk else one.pk for one in batch]
        found = {_place(item): item for item in model.batch_get(keys, consistent_read=True) if item.visible(now)}
        for one in batch:
            item = found.get((one.pk, one.sk) if one.sk else (one.pk,))
            if item is not None:
                yield one, item


def size(item: Item) -> int:
    """How many bytes an answer takes for an item, at most."""
    return _AROUND + stored(item)


def stored(item: Item) -> int:
    """How many bytes DynamoDB, or the item's own fields in an answer, take, at most."""
    return len(msgspec.json.encode(item.serialize()))


def facts(store: Store, item: Item) -> tuple[Fact, ...]:
    """The item's personal fields, as the store declares them, in that order."""
    shown = []
    for name, what in store.fields.items():
        value = getattr(item, name, None)
        if isinstance(what, Personal) and value is not None and (text := what.show(value)):
            shown.append(Fact(what.label, text, what.given))
    return tuple(shown)


def exported(store: Store, reference: Reference, title: str, item: ExpiringItem) -> Exported:
    """An item with an end, for the person; of one that is somebody else's, what the person did with it as staff."""
    until = moment(int(item.expires_at) * 1000)
    if store.of_staff(reference):
        did = "; ".join(label for field, label in store.staff_fields.items() if field in reference.matched)
        return Exported(reference, title, (Fact("What you did as one of the staff", did, given=False),), until)
    return Exported(reference, title, facts(store, item), until)


def expire(
    model: type[Any],
    now: datetime,
    time_left: Callable[[], bool],
    before: Callable[[Sequence[str]], None] | None = None,
    *,
    end_moves: bool = False,
) -> Counter[str]:
    """Delete the items of ``model`` that have ended, 25 a call. ``before`` gets their partition keys first, to remove
    what lies elsewhere: an item goes last, so that nothing is left without a handle. Where an ``end_moves``, the index
    may still hold the old one: an item that goes on is left."""
    done: Counter[str] = Counter()
    for batch in batches(due_keys(model, now), _WRITE_AT_ONCE):
        if not time_left():
            done["unfinished"] = 1
            return done
        if before:
            before([key.pk for key in batch])
        items = [model(*_place(key)) for key in batch]
        if end_moves:
            done[f"{model.TABLE}_expired"] += _delete_ended(items, now)
            continue
        with model.batch_write() as writer:
            for item in items:
                writer.delete(item)
        done[f"{model.TABLE}_expired"] += len(batch)
    return done


def _delete_ended(items: Sequence[Any], now: datetime) -> int:
    """Delete what has ended of the items; how many."""
    ended = type(items[0]).expires_at <= int(now.timestamp())
    try:
        transact(*(delete(item, ended) for item in items))
        return len(items)
    except Cancelled:  # one of them goes on, or is gone
        pass
    count = 0
    for item in items:
        try:
            item.remove(ended)
            count += 1
        except Stale:
            pass
    return count

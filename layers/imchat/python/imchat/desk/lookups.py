"""Looking records up, by person or newest first. Each item that is shown is recorded as viewed (N19). What is
restricted and not unlocked is in no list, search or count, and nobody may use it (UK GDPR Art 18)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from imchat import places
from imchat.errors import Conflict, InvalidInput, NotFound
from imchat.register.store import Reference
from imchat.stores import evidence, verbs
from imchat.stores.evidence import Entry
from imchat.stores.records import Record, Records
from imchat.stores.unlocks import locked
from imchat.subjects import Subject


@dataclass(frozen=True)
class Found:
    """Records, each with what of the person it was found by (nothing, in a plain list)."""

    items: list[tuple[Any, frozenset[str]]]
    next: str | None = None


def search(store: Records, subject: Subject, staff: str, now: datetime, start: str | None = None) -> Found:
    """The person's records in one store, newest first, candidates by name alone among them (marked), in pages that an
    answer holds; ``start`` is the last record of the page before. What staff did is not looked for: it is others' data.
    Raises InvalidInput."""
    references = list(reversed(store.find(subject)))
    if start:
        before = next((number for number, one in enumerate(references) if one.pk == start), None)
        if before is None:
            raise InvalidInput("bad_cursor", "This place in the list is not one that was given out.", "next")
        references = references[before + 1 :]
    page = references[: places.MOST]
    items = [(item, one.matched) for one, item in verbs.load(store.model, page, now) if not locked(item, now)]
    shown = items[: places.fitting(verbs.size(item) for item, _ in items)]
    evidence.record_views((item for item, _ in shown), staff, now)
    if len(shown) < len(items):
        return Found(shown, shown[-1][0].pk)
    return Found(shown, page[-1].pk if len(references) > len(page) else None)


def listing(store: Records, site_id: str, staff: str, *, limit: int, start: str | None, now: datetime) -> Found:
    """The site's records, newest first, in pages of at most ``limit`` (1 to places.MOST), fewer where an
    answer holds no more. Raises InvalidInput."""
    query = store.model.site_index.query(
        site_id,
        scan_index_forward=False,
        limit=places.bounded(limit),
        page_size=limit,
        last_evaluated_key=places.key_of(start, "at", site_id=site_id) if start else None,
    )
    references = [Reference(store.name, key.pk) for key in query]
    items = [item for _, item in verbs.load(store.model, references, now) if not locked(item, now)]
    last = query.last_evaluated_key
    fit = places.fitting(verbs.size(item) for item in items)
    if fit < len(items):
        items = items[:fit]
        last = {"at": {"N": str(int(items[-1].at))}, "pk": {"S": items[-1].pk}}
    evidence.record_views(items, staff, now)
    return Found([(item, frozenset()) for item in items], places.spelled(last, "at") if last else None)


def one(store: Records, pk: str, site_id: str, staff: str, now: datetime) -> Record:
    """One record of the site. Raises NotFound, Conflict where nobody may see it."""
    item = store.model.load(pk, now=now)
    if item is None or item.site_id != site_id:
        raise NotFound(store.one)
    usable(item, now)
    evidence.record_views([item], staff, now)
    return item


def usable(item: Any, now: datetime) -> None:
    """Raise Conflict where the item's use is restricted and no unlock is in force."""
    if locked(item, now):
        raise Conflict(
            "restricted",
            "The use of this is restricted: it is stored, and nobody may see or use it unless it is unlocked.",
        )


@dataclass(frozen=True)
class Views:
    """A page of entries of views; ``next`` asks for the page behind it, None at the end."""

    entries: list[Entry]
    next: str | None


def views(subject: Subject, now: datetime, start: str | None = None) -> Views:
    """Who of the staff looked at the person's data, and when: newest first, in pages. Entries that only share the name
    are left out. Raises InvalidInput for a ``start`` that was not given out."""
    narrower = _narrower(subject)
    found = {
        (str(one.sk), one.pk)
        for one in evidence.STORE.find(subject)
        if evidence.is_view(one) and not (one.candidate and narrower)
    }
    before = places.pair_of(start) if start else None
    # By what stands in the entries, so that one that has ended meanwhile takes no other with it.
    left = sorted((one for one in found if before is None or one < before), reverse=True)
    page = [Reference(evidence.ACTIVITY.name, pk, sk) for sk, pk in left[: places.MOST]]
    entries = [entry for _, entry in verbs.load(Entry, page, now)]
    following = places.spelled_pair(*left[len(page) - 1]) if len(left) > len(page) else None
    return Views(entries, following)


def _narrower(subject: Subject) -> bool:
    return bool(subject.emails or subject.phones)

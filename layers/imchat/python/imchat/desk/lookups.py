"""Looking records up, by person or newest first. Each item that is shown is recorded as viewed (N19)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from imchat import places
from imchat.errors import InvalidInput, NotFound
from imchat.register.store import Reference
from imchat.stores import evidence, verbs
from imchat.stores.evidence import Entry
from imchat.stores.records import Record, Records
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
    items = [(item, one.matched) for one, item in verbs.load(store.model, references[: places.MOST], now)]
    shown = items[: places.fitting(verbs.size(item) for item, _ in items)]
    evidence.record_views((item for item, _ in shown), staff, now)
    more = len(shown) < len(items) or len(references) > places.MOST
    return Found(shown, shown[-1][0].pk if more and shown else None)


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
    items = [item for _, item in verbs.load(store.model, references, now)]
    last = query.last_evaluated_key
    fit = places.fitting(verbs.size(item) for item in items)
    if fit < len(items):
        items = items[:fit]
        last = {"at": {"N": str(int(items[-1].at))}, "pk": {"S": items[-1].pk}}
    evidence.record_views(items, staff, now)
    return Found([(item, frozenset()) for item in items], places.spelled(last, "at") if last else None)


def one(store: Records, pk: str, site_id: str, staff: str, now: datetime) -> Record:
    """One record of the site. Raises NotFound."""
    item = store.model.load(pk, now=now)
    if item is None or item.site_id != site_id:
        raise NotFound(store.one)
    evidence.record_views([item], staff, now)
    return item


def views(subject: Subject, now: datetime) -> Sequence[Entry]:
    """Who of the staff looked at the person's data, and when: newest first. Entries that only share the name are
    left out."""
    references = [one for one in evidence.STORE.find(subject) if not one.candidate or not _narrower(subject)]
    entries = [entry for _, entry in verbs.load(Entry, references, now)]
    return [entry for entry in reversed(entries) if entry.action == "view"]


def _narrower(subject: Subject) -> bool:
    return bool(subject.emails or subject.phones)

"""What the person gets of what was found: what is theirs without doubt or was taken by staff, without what is left
out."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from imchat.register.store import Exported, Fact, File, Reference
from imchat.rights import snapshot
from imchat.rights.proof import is_candidate
from imchat.stores import evidence, limits
from imchat.stores.requests import (
    Redaction,
    Request,
)

LEFT_OUT = "[left out]"


def searched(request: Request) -> dict[str, dict[str, Any]]:
    """What the search counted in each store that it went through to its end."""
    return request.searched.as_dict() if request.searched else {}


def references(request: Request, store: str) -> Iterator[list[Reference]]:
    """What of a store is the person's: what was found without doubt, and the candidates that staff took, list by
    list."""
    counts = searched(request).get(store)
    for batch in snapshot.found(request.pk, store, int(counts["parts"])) if counts else ():
        mine = [one for one in batch if _is_theirs(request, one)]
        if mine:
            yield mine


def _is_theirs(request: Request, reference: Reference) -> bool:
    return str(reference) in (request.taken or ()) or not is_candidate(request, reference)


def reviewed(request: Request, store: str, kept: snapshot.Kept | None = None) -> Iterator[Exported]:
    """What of a store the person gets: what is theirs, without what is left out. ``kept`` as for snapshot.items."""
    left_out = _by_item(request)
    for _, found in snapshot.items(request.pk, store, int(searched(request)[store]["parts"]), kept=kept):
        if _is_theirs(request, found.reference):
            redactions = left_out.get(str(found.reference), [])
            if not any(_whole(one) for one in redactions):
                yield redacted(found, redactions)


def not_given(request: Request, store: str) -> dict[str, int]:
    """How many items of a store are left out whole, by reason."""
    counts: dict[str, int] = {}
    for item, redactions in _by_item(request).items():
        reason = next((one.reason for one in redactions if _whole(one)), None)
        if reason and item.startswith(f"{store}:"):
            counts[reason] = counts.get(reason, 0) + 1
    return counts


def at_most(request: Request, store: str) -> int:
    """How many items of a store the person may get, without reading them: what has ended since it was found counts
    too."""
    counts, candidates = searched(request)[store], sum(one.startswith(f"{store}:") for one in request.taken or ())
    return int(counts["found"]) - int(counts["candidates"]) + candidates


def gives(request: Request, store: str, kept: snapshot.Kept | None = None) -> bool:
    """Whether the person gets anything of a store."""
    return next(reviewed(request, store, kept), None) is not None


def anything(request: Request) -> bool:
    """Whether there is anything of the person's to be told of, beside what their asking itself left."""
    own = _own(request)
    left_out = {item for item, redactions in _by_item(request).items() if any(_whole(one) for one in redactions)}
    return any(not _is_own(item, own) for item in left_out) or any(
        not _is_own(str(one.reference), own) for store in searched(request) for one in reviewed(request, store)
    )


def _own(request: Request) -> tuple[str, ...]:
    """How the references begin of what a request itself left: the request, the mails that belong to it, their entries
    in the system log, and the count of our letters."""
    mails = {one.correspondence_id for one in request.answers} | {request.correspondence_id} - {None}
    items = [f"requests:{request.pk}", *(f"correspondence:{one}" for one in sorted(mails))]
    log = [f"{evidence.ACTIVITY.name}:{one.replace(':', '#', 1)}:" for one in items]
    return (*items, *log, f"{limits.ACTIVITY.name}:{limits.LETTERS_MAILED}")


def _is_own(item: str, own: tuple[str, ...]) -> bool:
    return item.startswith(own)


def put_aside(request: Request) -> bool:
    """Whether candidates were found that staff did not take for the person's."""
    return sum(int(counts["candidates"]) for counts in searched(request).values()) > len(request.taken or ())


def recipients(request: Request) -> set[str]:
    """To whom the person's data have been disclosed, as far as that may be told (Art 19)."""
    if "disclosures" not in searched(request):
        return set()
    return {fact.value for one in reviewed(request, "disclosures") for fact in one.facts if fact.name == "Authority"}


def _by_item(request: Request) -> dict[str, list[Redaction]]:
    items: dict[str, list[Redaction]] = {}
    for one in request.redactions:
        items.setdefault(one.item, []).append(one)
    return items


def _whole(redaction: Redaction) -> bool:
    return redaction.fact is None and redaction.file is None


def redacted(item: Exported, redactions: list[Redaction]) -> Exported:
    """The item without what ``redactions`` say. A title that is made from a fact loses what the fact loses, and the end
    that was counted from it is not told; of a file only its number stays."""
    if not redactions:
        return item
    facts = [
        _without(fact, [one for one in redactions if one.fact is not None and int(one.fact) == number])
        for number, fact in enumerate(item.facts)
    ]
    reasons = {int(one.file): one.reason for one in redactions if one.file is not None}
    files = tuple(
        File(one.number, None, LEFT_OUT, 0, reasons[one.number]) if one.number in reasons else one for one in item.files
    )
    title = item.title
    for before, after in zip(item.facts, facts, strict=True):
        if after.value != before.value and not before.said:
            title = title.replace(before.value, after.value)
    until = item.until if title == item.title else None
    return replace(item, title=title, facts=tuple(facts), until=until, files=files)


def _without(fact: Fact, redactions: list[Redaction]) -> Fact:
    if not redactions:
        return fact
    spans: list[tuple[int, int]] = []
    for one in sorted(redactions, key=lambda one: int(one.start or 0)):
        start = int(one.start or 0)
        end = int(one.end) if one.end is not None else len(fact.value)
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    pieces, at = [], 0
    for start, end in spans:
        pieces += [fact.value[at:start], LEFT_OUT]
        at = end
    reasons = tuple(sorted({one.reason for one in redactions}))
    return replace(fact, value="".join([*pieces, fact.value[at:]]), left_out=reasons)

"""What staff make of what was found: which of those that only share a name are the person's, what is about others and
stays out of the copy, what is to be corrected, and that a second person has looked (N13)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from imchat import identifiers, places
from imchat.bundle.contents import REASONS
from imchat.clock import milliseconds
from imchat.errors import Conflict, Forbidden, InvalidInput, NotFound
from imchat.register.fields import Personal
from imchat.register.store import Exported, Reference
from imchat.register.stores import store as store_named
from imchat.rights import controllers, flow, snapshot
from imchat.rights.clocks import waiting
from imchat.rights.given import searched
from imchat.rights.proof import is_candidate, let_in_by
from imchat.rights.requests import load, move, one_of
from imchat.rights.snapshot import Place
from imchat.stores import accounts, evidence
from imchat.stores.chats import Chat
from imchat.stores.requests import (
    DELIVERY,
    ERASURE,
    IN_PROGRESS,
    LIFT,
    OBJECTION,
    RECTIFICATION,
    RESTRICTION,
    REVIEW,
    Correction,
    Redaction,
    Request,
)

MOST_REDACTIONS = 500
# What an answer says of an item, and of a fact, beside what is kept of it.
_AROUND, _AROUND_FACT = 400, 40
DECISIONS = {OBJECTION: (ERASURE, RESTRICTION), RESTRICTION: (RESTRICTION, LIFT)}
# Where a request stands, once it has been searched.
_REVIEWED = (REVIEW, "answer", "delivery", "attention")


@dataclass(frozen=True)
class Slice:
    """An item, or those of its facts from ``place`` on that fit; ``more`` where others follow."""

    place: Place
    item: Exported
    more: bool


def findings(
    reference: str, site_id: str, staff: str, *, store: str, place: Place, limit: int, now: datetime
) -> tuple[Request, list[Slice], Place | None]:
    """A page of what was found in a store, as staff judge it: nothing is left out of it. What an answer cannot
    hold comes in slices. Raises InvalidInput, NotFound, Conflict."""
    places.bounded(limit)
    request = load(reference, site_id, now, IN_PROGRESS)
    counts = searched(request).get(store)
    if counts is None or request.step not in _REVIEWED:
        raise Conflict("not_searched", "This has not been searched yet.")
    page: list[Slice] = []
    following: Place | None = None
    left = places.MOST_BYTES
    for at, item in snapshot.items(reference, store, int(counts["parts"]), place):
        if len(page) == limit:
            following = at
            break
        first = place.fact if (at.part, at.line) == (place.part, place.line) else 0
        if first > len(item.facts):
            raise InvalidInput("bad_cursor", "This place in the list is not one that was given out.", "next")
        whole = replace(item, facts=item.facts[first:], files=() if first else item.files)
        taken, left = _that_fit(whole, left, page)
        if taken is None:
            following = at
            break
        behind = first + taken
        more = behind < len(item.facts)
        page.append(Slice(replace(at, fact=first), replace(whole, facts=whole.facts[:taken]), more))
        if more:
            following = replace(at, fact=behind)
            break
    evidence.record_views([request, *_looked_at(site_id, (one.item for one in page))], staff, now)
    return request, page, following


@dataclass(frozen=True)
class _LookedAt:
    """A found item, as the log of views knows it: by its own search keys, whatever the request named."""

    about: str
    site_id: str
    name_key: str | None
    email_key: str | None
    phone_key: str | None


def _looked_at(site_id: str, items: Iterable[Exported]) -> Iterator[_LookedAt]:
    """What staff see of other stores than the log itself, whose entries say of whom they are by their own place."""
    site = accounts.site(site_id)
    region = site.region if site else "GB"
    for item in items:
        reference = item.reference
        if reference.store == evidence.ACTIVITY.name:
            continue
        labels = {
            what.label: field
            for field, what in store_named(reference.store).fields.items()
            if isinstance(what, Personal) and field in ("name", "email", "phone")
        }
        said = {labels[fact.name]: fact.value for fact in item.facts if fact.name in labels and fact.said is None}
        about = reference.pk if reference.store == Chat.TABLE else f"{reference.store}#{reference.pk}"
        yield _LookedAt(
            about,
            site_id,
            name_key=identifiers.name_key(said["name"]) if "name" in said else None,
            email_key=identifiers.email_key(said["email"]) if "email" in said else None,
            phone_key=identifiers.phone_key(said["phone"], region) if "phone" in said else None,
        )


def _that_fit(item: Exported, left: int, page: list[Slice]) -> tuple[int | None, int]:
    """How many facts of an item a page with so many bytes left holds, None where it is to begin the next page; and what
    is left then."""
    left -= len(msgspec.json.encode(replace(item, facts=()))) + _AROUND
    sizes = [len(msgspec.json.encode(fact)) + _AROUND_FACT for fact in item.facts]
    if sum(sizes) <= left:
        return len(sizes), left - sum(sizes)
    if page:
        return None, left
    taken = 0
    for size in sizes:
        if taken and size > left:
            break
        left -= size
        taken += 1
    return taken, left


def take(reference: str, site_id: str, staff: str, item: str, now: datetime, *, taken: bool) -> Request:
    """Say whether something that what was proven does not cover is the person's. Raises NotFound, Conflict."""
    request = _under_review(reference, site_id, now)
    if not is_candidate(request, _found(request, item).reference):
        raise Conflict("no_candidate", "This was found by what the person has proven: it is theirs.")
    mine = set(request.taken or ())
    if (item in mine) == taken and staff in (request.reviewed_by or ()):
        return request
    mine = mine | {item} if taken else mine - {item}
    what = "candidate taken" if taken else "candidate not taken"
    return move(request, {"taken": mine or None, "reviewed_by": _and(request, staff)}, what, staff, now)


def redact(
    reference: str,
    site_id: str,
    staff: str,
    *,
    item: str,
    reason: str,
    fact: int | None = None,
    start: int | None = None,
    end: int | None = None,
    file: int | None = None,
    now: datetime,
) -> Request:
    """Leave something out of the copy: an item, a fact of it (counted from 0), the characters ``start`` to before
    ``end`` of the fact, or a file (counted from 1); the same again changes nothing. Raises InvalidInput, NotFound,
    Conflict."""
    one_of("reason", reason, tuple(REASONS))
    request = _under_review(reference, site_id, now)
    if len(request.redactions) >= MOST_REDACTIONS:
        raise Conflict("too_many_redactions", f"At most {MOST_REDACTIONS} things can be left out of one copy.")
    found = _found(request, item)
    if fact is not None and not 0 <= fact < len(found.facts):
        raise InvalidInput("no_such_place", "The item has no such line.", "fact")
    if file is not None and (fact is not None or file not in {one.number for one in found.files}):
        raise InvalidInput("no_such_place", "The item has no such file.", "file")
    if (start, end) != (None, None) and not _within(found, fact, start, end):
        raise InvalidInput("no_such_place", "This span lies outside the line.", "start")
    where = (item, fact, start, end, file, reason)
    if any((one.item, one.fact, one.start, one.end, one.file, one.reason) == where for one in request.redactions):
        return request
    number = int(request.redacted or 0) + 1
    made = Redaction(
        number=number, item=item, fact=fact, start=start, end=end, file=file, reason=reason, by=staff,
        at=milliseconds(now),
    )  # type: ignore[no-untyped-call]  # fmt: skip
    changes = {
        "redactions": [*request.redactions, made],
        "redacted": number,
        "reviewed_by": _and(request, staff),
    }
    return move(request, changes, "something left out", staff, now)


def _within(found: Exported, fact: int | None, start: int | None, end: int | None) -> bool:
    if fact is None or start is None or end is None:
        return False
    return 0 <= start < end <= len(found.facts[fact].value)


def put_back(reference: str, site_id: str, staff: str, number: int, now: datetime) -> Request:
    """Take back the redaction with this number. Raises NotFound, also for one taken back before; Conflict."""
    request = _under_review(reference, site_id, now)
    rest = [one for one in request.redactions if int(one.number) != number]
    if len(rest) == len(request.redactions):
        raise NotFound("redaction")
    return move(request, {"redactions": rest, "reviewed_by": _and(request, staff)}, "put back", staff, now)


def correct(
    reference: str, site_id: str, staff: str, *, item: str, field: str, value: str | None, now: datetime
) -> Request:
    """Say what is to be corrected: done once the request is approved. Raises InvalidInput, NotFound, Conflict."""
    request = _under_review(reference, site_id, now)
    if request.type != RECTIFICATION:
        raise Conflict("not_a_rectification", "Only a request for rectification corrects anything.")
    found = _found(request, item)
    store = store_named(found.reference.store)
    new = store.corrected(field, value)
    if any((one.item, one.field, one.value) == (item, field, new) for one in request.corrections):
        return request
    rest = [one for one in request.corrections if (one.item, one.field) != (item, field)]
    made = Correction(item=item, field=field, value=new)  # type: ignore[no-untyped-call]
    changes = {"corrections": [*rest, made], "reviewed_by": _and(request, staff)}
    return move(request, changes, "correction noted", staff, now)


def approve(reference: str, site_id: str, staff: str, now: datetime, *, decision: str | None = None) -> Request:
    """End the review: the answer may go. Whoever took the request in or decided on who asks may not approve it; where
    something is left out, corrected, or taken for the person's, nor may those who did that. Of an objection,
    ``decision`` says what is done: erasure or restriction; of a restriction, whether one that there is ends (lift).
    Raises InvalidInput, NotFound, Forbidden, Conflict."""
    request = _under_review(reference, site_id, now)
    if waiting(request):
        raise Conflict("paused", "We wait for what the person was asked for.")
    if request.type == OBJECTION or decision:
        one_of("decision", decision or "", DECISIONS.get(str(request.type), ()))
    if request.type == RECTIFICATION and not request.corrections:
        raise Conflict("nothing_to_correct", "Nothing has been noted that is to be corrected.")
    judged = request.redactions or request.taken or request.corrections
    if staff in let_in_by(request) or (judged and staff in (request.reviewed_by or ())):
        raise Forbidden("second_person_needed", "Somebody else must approve what you took in, left out or corrected.")
    changes = {"approved_by": staff, "approved_at": milliseconds(now), "decision": decision}
    approved = move(request, changes | controllers.noted(request), "approved", staff, now)
    flow.wake(reference)
    return approved


def take_back(reference: str, site_id: str, staff: str, now: datetime) -> Request:
    """Take an approval back, and with it the copy that was made: the review goes on. Raises NotFound, Conflict where
    nothing waits for the person."""
    request = load(reference, site_id, now, IN_PROGRESS)
    if not request.approved_at or request.step != DELIVERY:
        raise Conflict("not_approved", "There is no approval to take back just now.")
    changes = dict.fromkeys(("approved_by", "approved_at", "answered_at", "copy", "decision"))
    taken_back = move(request, changes, "approval taken back", staff, now)
    flow.wake(reference)
    return taken_back


def go_on(reference: str, site_id: str, staff: str, now: datetime) -> Request:
    """Go on after a task failed: from where it failed. Raises NotFound, Conflict where nothing failed."""
    request = load(reference, site_id, now, IN_PROGRESS)
    if not request.failed:
        raise Conflict("nothing_failed", "Nothing of this request has failed.")
    went_on = move(request, {"failed": None}, "tried again", staff, now)
    flow.again(went_on)
    return went_on


def _under_review(reference: str, site_id: str, now: datetime) -> Request:
    request = load(reference, site_id, now, IN_PROGRESS)
    if request.approved_at:
        raise Conflict("approved_already", "This has been approved; take the approval back first.")
    if request.step != REVIEW:
        raise Conflict("not_under_review", "This is not under review: it has not been searched to the end.")
    return request


def _found(request: Request, item: str) -> Exported:
    """An item of the snapshot by its reference. Raises NotFound."""
    store, _, rest = item.partition(":")
    pk, _, sk = rest.partition(":")
    counts = searched(request).get(store)
    found = snapshot.item(request.pk, Reference(store, pk, sk or None), int(counts["parts"])) if counts else None
    if found is None:
        raise NotFound("item")
    return found


def _and(request: Request, staff: str) -> set[str]:
    return set(request.reviewed_by or ()) | {staff}

"""What staff make of what was found: which of those that only share a name are the person's, what is about others and
stays out of the copy, what is to be corrected, and that a second person has looked (N13)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from imchat import identifiers, places, text
from imchat.bundle.contents import OTHER_PERSON, REASONS, UNTOLD, reasons
from imchat.clock import milliseconds
from imchat.descriptions import Description
from imchat.errors import Conflict, Forbidden, InvalidInput, NotFound
from imchat.fields import checked
from imchat.register.fields import Personal
from imchat.register.store import Exported, Reference
from imchat.register.stores import store as store_named
from imchat.rights import answer_address, controllers, flow, letters, snapshot
from imchat.rights.clocks import waiting
from imchat.rights.given import searched
from imchat.rights.proof import is_candidate, let_in_by
from imchat.rights.requests import LEADING_ON_BYTES, load, move, one_of
from imchat.rights.scope import WEBSITE, everywhere
from imchat.rights.snapshot import Place
from imchat.stores import accounts, evidence
from imchat.stores.chats import Chat
from imchat.stores.requests import (
    AWAITING_IDENTITY,
    COMPLAINT,
    COPIED,
    DELIVERY,
    ERASURE,
    GROUNDS,
    IN_PROGRESS,
    LIFT,
    LOG,
    LOG_GROUNDS,
    NO_LONGER_NEEDED,
    NOT_WITHHELD,
    OBJECTED,
    OBJECTION,
    PORTABILITY,
    RECTIFICATION,
    RESTRICTION,
    REVIEW,
    WITHHELD,
    Correction,
    Described,
    Judged,
    LogRemoval,
    Redaction,
    Request,
    Weighed,
)

MOST_REDACTIONS, MOST_DESCRIBED = 500, 5
# What staff made of a snapshot.
_OF_THE_SNAPSHOT = (
    "as_of", "searched", "taken", "reviewed_by", "approved_by", "approved_at", "decision", "ground", "not_done",
    "answered_at", "copy",
)  # fmt: skip
# What an answer says of an item, and of a fact, beside what is kept of it.
_AROUND, _AROUND_FACT = 400, 40
DECISIONS = {
    ERASURE: (ERASURE, LOG),
    OBJECTION: (ERASURE, RESTRICTION, LOG),
    RESTRICTION: (RESTRICTION, LIFT),
}
# Where a request stands, once it has been searched.
_REVIEWED = (REVIEW, "answer", "delivery", "attention")


# Of paragraph 16(3): of which type the information is, and what was done to get the other person's consent.
INFORMATION = ("contact", "private_life", "opinion", "sensitive", "business", "other")
CONSENT = ("asked", "not_asked", "not_possible")


@dataclass(frozen=True)
class Weighing:
    """What is weighed before something about another person is left out (see Weighed): ``information`` is of
    INFORMATION, ``consent`` of CONSENT."""

    information: str
    confidentiality: bool
    consent: str
    capable: bool
    refused: bool


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
    evidence.record_views([request, *_looked_at(site_id, [one.item for one in page])], staff, now)
    return request, page, following


@dataclass(frozen=True)
class _LookedAt:
    """A found item, as the log of views knows it: by its own search keys, whatever the request named."""

    about: str
    site_id: str
    name_key: str | None
    email_key: str | None
    phone_key: str | None


def _looked_at(site_id: str, items: Sequence[Exported]) -> Iterator[_LookedAt]:
    """What staff see of other stores than the log itself, whose entries say of whom they are by their own place. The
    entry belongs to the website of the item, which answers for it."""
    whose = [(one.reference, _whose(one)) for one in items if one.reference.store != evidence.ACTIVITY.name]
    sites = accounts.sites(reference.site_id or site_id for reference, said in whose if "phone" in said)
    regions = {one.site_id: one.region for one in sites.values()}
    for reference, said in whose:
        site = reference.site_id or site_id
        about = reference.pk if reference.store == Chat.TABLE else f"{reference.store}#{reference.pk}"
        yield _LookedAt(
            about,
            site,
            name_key=identifiers.name_key(said["name"]) if "name" in said else None,
            email_key=identifiers.email_key(said["email"]) if "email" in said else None,
            phone_key=identifiers.phone_key(said["phone"], regions.get(site, "GB")) if "phone" in said else None,
        )


def _whose(item: Exported) -> dict[str, str]:
    """The name, address and number that an item holds of the person."""
    labels = {
        what.label: field
        for field, what in store_named(item.reference.store).fields.items()
        if isinstance(what, Personal) and field in ("name", "email", "phone")
    }
    return {labels[fact.name]: fact.value for fact in item.facts if fact.name in labels and fact.said is None}


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


def without_snapshot() -> dict[str, Any]:
    """What it changes of a request that its snapshot has ended, with what staff made of it: the places of things are
    not those of a new one."""
    return dict.fromkeys(_OF_THE_SNAPSHOT) | {"redactions": [], "corrections": [], "judged": []}


def describe(
    reference: str,
    site_id: str,
    staff: str,
    *,
    website: str | None,
    since: datetime,
    until: datetime,
    words: str,
    now: datetime,
) -> Request:
    """Note a chat without contact details as the person remembers it, on a ``website`` (the desk's own if None); the
    same again changes nothing. It is searched once identity is proven (N13); a review that goes on begins anew. Raises
    InvalidInput, NotFound, Conflict."""
    request = load(reference, site_id, now, AWAITING_IDENTITY, IN_PROGRESS)
    if request.approved_at:
        raise _approved()
    if request.type == COMPLAINT or (request.status == IN_PROGRESS and request.step != REVIEW):
        raise _not_under_review()
    where = website or site_id
    if where != site_id and not (everywhere(request) and accounts.sites([where])):
        raise InvalidInput("invalid_value", "This request does not search a website of this id.", "website")
    found = Description.of(where, since, until, words)
    noted = (where, milliseconds(found.since), milliseconds(found.until), words)
    if any((one.site_id, int(one.since), int(one.until), one.words) == noted for one in request.described):
        return request
    if len(request.described) >= MOST_DESCRIBED:
        raise Conflict("too_many_descriptions", f"At most {MOST_DESCRIBED} chats can be described for one request.")
    made = Described(site_id=where, since=noted[1], until=noted[2], words=words, by=staff)  # type: ignore[no-untyped-call]
    changes: dict[str, Any] = {"described": [*request.described, made]}
    if request.status == IN_PROGRESS:
        changes |= without_snapshot()
    described = move(request, changes, "chat described", staff, now)
    flow.wake(reference)
    return described


def take(
    reference: str, site_id: str, staff: str, item: str, now: datetime, *, taken: bool, because: str | None = None
) -> Request:
    """Say whether something that what was proven does not cover is the person's, and ``because`` of what: the reason is
    kept, and needed where a chat was found by what the person remembers. Raises InvalidInput, NotFound, Conflict."""
    request = _under_review(reference, site_id, now)
    matched = _candidate(request, item)
    if taken and "described" in matched and not because:
        raise InvalidInput("reason_needed", "Say why this chat is the person's: the reason is kept.", "because")
    mine = set(request.taken or ())
    if (item in mine) == taken and staff in (request.reviewed_by or ()):
        return request
    changes: dict[str, Any] = {"taken": (mine | {item} if taken else mine - {item}) or None}
    changes["reviewed_by"] = _and(request, staff)
    if because:
        judged = Judged(
            item=item, taken=taken, because=checked("because", text.message, because), by=staff, at=milliseconds(now)
        )  # type: ignore[no-untyped-call]
        changes["judged"] = [*(one for one in request.judged if one.item != item), judged]
    return move(request, changes, "candidate taken" if taken else "candidate not taken", staff, now)


def _candidate(request: Request, item: str) -> frozenset[str]:
    """By what the item was found that staff must judge; nothing for a website that answers itself. Raises NotFound,
    Conflict where there is nothing to judge."""
    if item.startswith(WEBSITE):
        website = next((one for one in request.elsewhere if f"{WEBSITE}{one.site_id}" == item), None)
        if website is None:
            raise NotFound("item")
        matched, candidate = frozenset[str](), not website.certain
    else:
        reference = _found(request, item).reference
        matched, candidate = reference.matched, is_candidate(request, reference)
    if not candidate:
        raise Conflict("no_candidate", "This was found by what the person has proven: it is theirs.")
    return matched


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
    weighed: Weighing | None = None,
    now: datetime,
) -> Request:
    """Leave something out of the copy: an item, a fact of it (counted from 0), the characters ``start`` to before
    ``end`` of the fact, or a file (counted from 1); the same again changes nothing. Of another person, a copy for
    access leaves out only what was ``weighed``. Raises InvalidInput, NotFound, Conflict."""
    one_of("reason", reason, tuple(REASONS))
    request = _under_review(reference, site_id, now)
    one_of("reason", reason, tuple(reasons(str(request.type))))
    factors = _weighed(request, reason, weighed)
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
        number=number, item=item, fact=fact, start=start, end=end, file=file, reason=reason, weighed=factors, by=staff,
        at=milliseconds(now),
    )  # type: ignore[no-untyped-call]  # fmt: skip
    changes = {
        "redactions": [*request.redactions, made],
        "redacted": number,
        "reviewed_by": _and(request, staff),
    }
    return move(request, changes, WITHHELD if reason in UNTOLD else "something left out", staff, now)


def _weighed(request: Request, reason: str, weighed: Weighing | None) -> Weighed | None:
    needed = _needs_weighing(request, reason)
    if weighed is None:
        if needed:
            detail = "Say what was weighed (Data Protection Act 2018, Schedule 2, paragraph 16(3))."
            raise InvalidInput("missing_field", detail, "weighed")
        return None
    if not needed:
        raise InvalidInput("invalid_value", "This reason has nothing to be weighed.", "weighed")
    one_of("information", weighed.information, INFORMATION)
    one_of("consent", weighed.consent, CONSENT)
    return Weighed(**vars(weighed))  # type: ignore[no-untyped-call]


def _needs_weighing(request: Request, reason: str) -> bool:
    """Schedule 2 is about access; whoever takes data elsewhere has Article 20(4) against them."""
    return reason == OTHER_PERSON and request.type != PORTABILITY


def _within(found: Exported, fact: int | None, start: int | None, end: int | None) -> bool:
    if fact is None or start is None or end is None:
        return False
    return 0 <= start < end <= len(found.facts[fact].value)


def put_back(reference: str, site_id: str, staff: str, number: int, now: datetime) -> Request:
    """Take back the redaction with this number. Raises NotFound, also for one taken back before; Conflict."""
    request = _under_review(reference, site_id, now)
    gone = next((one for one in request.redactions if int(one.number) == number), None)
    if gone is None:
        raise NotFound("redaction")
    rest = [one for one in request.redactions if one is not gone]
    what = NOT_WITHHELD if gone.reason in UNTOLD else "put back"
    return move(request, {"redactions": rest, "reviewed_by": _and(request, staff)}, what, staff, now)


def correct(
    reference: str, site_id: str, staff: str, *, item: str, field: str, value: str | None, now: datetime
) -> Request:
    """Say what is to be corrected: done once the request is approved. Raises InvalidInput, NotFound, Conflict."""
    request = _under_review(reference, site_id, now)
    if request.type != RECTIFICATION:
        raise Conflict("not_a_rectification", "Only a request for rectification corrects anything.")
    found = _found(request, item)
    store = store_named(found.reference.store)
    if store.of_staff(found.reference):
        raise Conflict("not_rectifiable", "This is somebody else's record: the person only dealt with it.")
    new = store.corrected(field, value)
    if any((one.item, one.field, one.value) == (item, field, new) for one in request.corrections):
        return request
    rest = [one for one in request.corrections if (one.item, one.field) != (item, field)]
    made = Correction(item=item, field=field, value=new)  # type: ignore[no-untyped-call]
    changes = {"corrections": [*rest, made], "reviewed_by": _and(request, staff)}
    return move(request, changes, "correction noted", staff, now)


def propose_log_removal(
    reference: str, site_id: str, staff: str, *, ground: str, because: str, now: datetime
) -> Request:
    """Propose that, once somebody else approves, name, address, number and old values in the person's entries of the
    system log are replaced by keyed hashes (N19): on one of LOG_GROUNDS, with the reason. Proposed again, it replaces
    what was proposed before. Raises InvalidInput, NotFound, Conflict."""
    one_of("ground", ground, tuple(LOG_GROUNDS))
    reason = checked("because", text.message, because)
    request = _under_review(reference, site_id, now)
    if request.type not in (ERASURE, OBJECTION):
        raise Conflict("no_erasure", "Only an erasure or an objection takes anything from the system log.")
    there = request.log_removal
    if there and (there.ground, there.because, there.by) == (ground, reason, staff):
        return request
    proposed = LogRemoval(ground=ground, because=reason, by=staff)  # type: ignore[no-untyped-call]
    changes = {"log_removal": proposed, "reviewed_by": _and(request, staff)}
    return move(request, changes, "log removal proposed", staff, now)


def withdraw_log_removal(reference: str, site_id: str, staff: str, now: datetime) -> Request:
    """Take back what propose_log_removal proposed; where nothing is proposed, nothing changes. Raises NotFound,
    Conflict."""
    request = _under_review(reference, site_id, now)
    if not request.log_removal:
        return request
    changes = {"log_removal": None, "reviewed_by": _and(request, staff)}
    return move(request, changes, "log removal withdrawn", staff, now)


def approve(
    reference: str,
    site_id: str,
    staff: str,
    now: datetime,
    *,
    decision: str | None = None,
    ground: str | None = None,
    not_done: str | None = None,
) -> Request:
    """End the review: the answer may go. Whoever took the request in or decided on who asks may not approve it; where
    something is left out, corrected, taken for the person's, or to go from the system log, nor may those who did that.
    Of an objection, ``decision`` says what is done: erasure or restriction; of a restriction, whether one that there is
    ends (lift); of an objection or an erasure, whether only the system log is changed (log). An erasure has its
    ``ground`` (GROUNDS): where none is said, of an objection that the person objects, otherwise that the data are no
    longer needed, for nothing is erased on request that is (N18). ``not_done`` is what of the request is not done, and
    why: the receipt says it. An answer address is approved with it: whoever entered that may not approve either. Raises
    InvalidInput, NotFound, Forbidden, Conflict."""
    request = _under_review(reference, site_id, now)
    if waiting(request):
        raise Conflict("paused", "We wait for what the person was asked for.")
    if request.type == OBJECTION or decision:
        one_of("decision", decision or "", DECISIONS.get(str(request.type), ()))
    if request.type == RECTIFICATION and not request.corrections:
        raise Conflict("nothing_to_correct", "Nothing has been noted that is to be corrected.")
    if any(not _has_a_law(request, one) for one in request.redactions):
        raise Conflict("no_such_reason", "Something is left out for a reason that the law does not have. Put it back.")
    if decision == LOG and not request.log_removal:
        raise Conflict("no_log_removal", "Nobody has proposed that anything goes from the system log.")
    judged = request.redactions or request.taken or request.corrections or request.log_removal
    if staff in let_in_by(request) or (judged and staff in (request.reviewed_by or ())):
        raise Forbidden("second_person_needed", "Somebody else must approve what you took in, left out or corrected.")
    changes = {"approved_by": staff, "approved_at": milliseconds(now), "decision": decision}
    changes |= {"ground": _ground(request, decision, ground), "not_done": _not_done(request, not_done)}
    changes |= answer_address.approving(request, staff, now) | controllers.noted(request)
    approved = move(request, changes, "approved", staff, now, most=LEADING_ON_BYTES)
    letters.send_waiting(approved)
    flow.wake(reference)
    return approved


def _has_a_law(request: Request, redaction: Redaction) -> bool:
    """Whether a redaction could be made today: some were made under older rules."""
    weighed = redaction.weighed is not None or not _needs_weighing(request, redaction.reason)
    return redaction.reason in reasons(str(request.type)) and weighed


def _ground(request: Request, decision: str | None, ground: str | None) -> str | None:
    if decision == LOG or ERASURE not in (request.type, decision):
        if ground:
            raise InvalidInput("invalid_value", "Only an erasure has a ground.", "ground")
        return None
    if ground:
        one_of("ground", ground, tuple(GROUNDS))
    return ground or (OBJECTED if request.type == OBJECTION else NO_LONGER_NEEDED)


def _not_done(request: Request, not_done: str | None) -> str | None:
    if not_done and request.type in COPIED:
        raise InvalidInput("invalid_value", "Of a copy, say at each thing that is left out why it is.", "not_done")
    return checked("not_done", text.message, not_done) if not_done else None


def take_back(reference: str, site_id: str, staff: str, now: datetime) -> Request:
    """Take an approval back, and with it the copy that was made: the review goes on. Raises NotFound, Conflict where
    nothing waits for the person."""
    request = load(reference, site_id, now, IN_PROGRESS)
    if not request.approved_at or request.step != DELIVERY:
        raise Conflict("not_approved", "There is no approval to take back just now.")
    changes = dict.fromkeys(("approved_by", "approved_at", "answered_at", "copy", "decision", "ground", "not_done"))
    taken_back = move(request, changes, "approval taken back", staff, now, most=LEADING_ON_BYTES)
    flow.wake(reference)
    return taken_back


def go_on(reference: str, site_id: str, staff: str, now: datetime) -> Request:
    """Go on after a task failed: from where it failed. Raises NotFound, Conflict where nothing failed."""
    request = load(reference, site_id, now, IN_PROGRESS)
    if not request.failed:
        raise Conflict("nothing_failed", "Nothing of this request has failed.")
    went_on = move(request, {"failed": None}, "tried again", staff, now, most=LEADING_ON_BYTES)
    flow.again(went_on)
    return went_on


def _under_review(reference: str, site_id: str, now: datetime) -> Request:
    request = load(reference, site_id, now, IN_PROGRESS)
    if request.approved_at:
        raise _approved()
    if request.step != REVIEW:
        raise _not_under_review()
    return request


def _approved() -> Conflict:
    return Conflict("approved_already", "This has been approved; take the approval back first.")


def _not_under_review() -> Conflict:
    return Conflict("not_under_review", "This is not under review: it has not been searched to the end.")


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

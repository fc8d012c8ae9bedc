"""What the flow of a request does, one task at a time. Each looks at the request first and answers where the flow goes
on, so that being woken for nothing, or doing a task again, changes nothing. Only references go in and come out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from imchat import clock
from imchat.clock import milliseconds, moment
from imchat.descriptions import Description
from imchat.errors import NotFound
from imchat.register.store import Outcome, Reference, Retained, Store
from imchat.register.stores import store as store_named
from imchat.register.stores import stores
from imchat.rights import copying, documents, flow, given, letters, scope, snapshot
from imchat.rights.handling import close
from imchat.rights.proof import Proof
from imchat.rights.requests import load_any
from imchat.rights.snapshot import Order
from imchat.stores import evidence
from imchat.stores.accounts_store import with_accounts
from imchat.stores.base import Stale
from imchat.stores.requests import (
    ANSWER,
    ATTENTION,
    AWAITING_IDENTITY,
    COMPLAINT,
    COPIED,
    COPY,
    DONE,
    ERASURE,
    IN_PROGRESS,
    LIFT,
    LOG,
    OPEN,
    RESTRICTION,
    SEARCH,
    Correction,
    Request,
)
from imchat.subjects import Subject

# Where the flow goes on: waiting for what it waited for, from the beginning, with one of its tasks, waiting for the
# end, at the end.
WAIT, AGAIN, SEARCH_ALL, EXPORT_ALL, COPY_ALL, CHANGE_ALL, TELL, END = (
    "wait", "again", "search", "export", "copy", "change", "tell", "end",
)  # fmt: skip
# Why nothing of what somebody did as one of the staff is changed for them.
OTHERS = "it is somebody else's record, and who dealt with it is part of it"


def begin(reference: str, now: datetime) -> str:
    """Look whether both gates are open (N13): an identifier, and proof of who asks. Without them nothing is
    searched."""
    try:
        request = Request(reference).change(
            [
                Request.step.set(SEARCH),
                Request.token.remove(),
                Request.as_of.set(Request.as_of | milliseconds(now)),
                Request.done.set(Request.done | {}),
            ],
            (Request.status == IN_PROGRESS) & (Request.type != COMPLAINT) & (Request.identity == True),  # noqa: E712
        )
    except Stale as stale:
        return _not_begun(stale.item)
    documents.remove(reference, now)  # of who proved it by a code, or where deleting them was cut
    snapshot.write_order(reference, Order(with_accounts(whose(request)), moment(int(request.as_of)), Proof.of(request)))
    return SEARCH_ALL


def _not_begun(request: Request | None) -> str:
    """Where the flow of a request goes on that is not to be searched."""
    if request is None or request.status not in OPEN:
        return END
    if request.status == AWAITING_IDENTITY:
        return WAIT
    if request.type == COMPLAINT:
        return TELL
    raise PermissionError("no proof of identity")


def search(reference: str, name: str) -> dict[str, Any]:
    """Find what one store holds of the person, as ordered. Answers how much it is. A search that is done is not done
    again, and without an order there is none."""
    known = snapshot.counts(reference, name)
    if known is None:
        order = snapshot.order(reference)
        if order is None:
            return {"store": name}
        store = store_named(name)
        found = store.tellable(store.find(order.subject), order.as_of)
        if order.subject.everywhere:
            found, websites = scope.sorted_out(found, order.subject.site_id, order.proof)
            snapshot.write_websites(reference, name, websites)
        for site_id, references in scope.by_website(one for one in found if not store.of_staff(one)):
            store.hold(references, site_id, reference, order.as_of)
        known = snapshot.note_found(reference, name, found, order.proof)
    return {"store": name, **vars(known)}


def searched(reference: str, counts: list[dict[str, Any]]) -> str:
    """Note what all the stores found, and on which websites; where there is anything, it is exported next."""
    found = {
        one["store"]: {key: one[key] for key in ("found", "candidates", "parts")} for one in counts if "found" in one
    }
    order = snapshot.order(reference)
    request = load_any(reference) if order and order.subject.everywhere else None
    if request:
        scope.pass_on(scope.note_websites(request, found), clock.now())
    _note(Request(reference), Request.searched.set(found))
    return EXPORT_ALL if any(one["parts"] for one in found.values()) else TELL


def found_so_far(request: Request) -> dict[str, Any]:
    """While a request is searched: for each store that has been, {"found", "candidates"}."""
    if request.step != SEARCH or request.searched is not None:
        return {}
    counts = snapshot.so_far(request.pk, (store.name for store in stores() if store.activity.categories))
    return {name: {"found": one.found, "candidates": one.candidates} for name, one in counts.items()}


def whose(request: Request) -> Subject:
    """By what is searched, and where. A code proves an address and nothing else; a document proves the person, by all
    that they gave."""
    everywhere = scope.everywhere(request)
    if request.identity_method == "code":
        subject = Subject.of(request.site_id, emails=[str(request.email)], everywhere=everywhere)
    else:
        subject = Subject.of(
            request.site_id,
            emails=[request.email] if request.email else (),
            names=[request.name] if request.name else (),
            phone_keys=[request.phone_key] if request.phone_key else (),
            everywhere=everywhere,
        )
    described = tuple(
        Description.of(one.site_id, moment(int(one.since)), moment(int(one.until)), one.words)
        for one in request.described
    )
    return replace(subject, keys=frozenset(request.chat_keys or ()), described=described)


def export(found_key: str) -> None:
    """Write one part of the snapshot: the items of one list of what was found."""
    order = snapshot.order(snapshot.request_of(found_key))
    if order:
        snapshot.export(found_key, order.as_of)


def decide(reference: str, now: datetime) -> str:
    """After the review: make the copy, do what was asked, or say that nothing is held."""
    to_answer = Request.approved_at.exists() & (Request.answered_at.does_not_exist() | (Request.decision == LIFT))
    try:
        request = Request(reference).change(
            [Request.step.set(ANSWER), Request.token.remove()], (Request.status == IN_PROGRESS) & to_answer
        )
    except Stale as stale:
        return _not_answered(stale.item, now)
    request = scope.pass_on(request, now)
    if request.decision == LIFT:  # told before it is done (Art 18(3))
        _answered(request, "restriction_lifted", now)
    if request.type in COPIED and not given.anything(request):
        _answered(request, "nothing_held", now)
        return TELL
    return COPY_ALL if request.type in COPIED else CHANGE_ALL


def _not_answered(request: Request | None, now: datetime) -> str:
    """Where the flow of a request goes on that is not to be answered now."""
    if request is None or request.status not in OPEN:
        return END
    if not request.approved_at:
        copying.remove(request.pk)  # of an approval that was taken back
        if request.searched is None:
            snapshot.remove(request.pk)
            return AGAIN
        return WAIT
    return _answered_before(request, now)


def _answered_before(request: Request, now: datetime) -> str:
    letters.send_waiting(request)
    if not flow.lacks_copy(request):
        return TELL
    copying.remove(request.pk)  # what is in it has been deleted since
    if given.anything(request):
        _note(request, Request.step.set(ANSWER), Request.token.remove())
        return COPY_ALL
    try:
        told = request.change([letters.added(request, "nothing_held", now)], Request.revision == request.revision)
    except Stale:  # somebody is at work on it; the next hour looks again
        return TELL
    letters.send_waiting(told)
    return TELL


def copy(reference: str, now: datetime) -> str:
    """Make the copy, and tell the person that it can be fetched. One that is made anew, without what has been deleted
    since, is the same answer: they are not told again, and can fetch it for no longer."""
    request = _proven(reference)
    if request and not request.answered_at:
        _answered(request, "ready", now, Request.copy.set(copying.make(request, now)))
    elif request and flow.lacks_copy(request):
        made = copying.make(request, now)
        made.until = milliseconds(COPY.after(moment(int(request.answered_at))))
        unchanged = (Request.revision == request.revision) & (Request.status == IN_PROGRESS)
        try:
            request.change([Request.copy.set(made)], unchanged & Request.copy.does_not_exist())
        except Stale:  # it has ended, or was changed: the next hour looks again
            pass
    return TELL


def act(reference: str, name: str, now: datetime) -> None:
    """Do in one store what was asked: erase, correct, restrict. What became of it is kept as counts, for the receipt;
    what is done is not done again."""
    request = _proven(reference)
    if request is None or not request.approved_at or name in request.done.as_dict():
        return
    store = store_named(name)
    changed: list[Reference] = []
    kept: list[Retained] = []
    for batch in given.references(request, name):
        outcome = _act(request, store, batch, now)
        kept += outcome.retained
        changed += outcome.removed
    done: dict[str, Any] = {"changed": len(changed), "kept": _kept(kept)}
    if scope.everywhere(request):
        done["websites"] = scope.counts(Outcome(tuple(changed), tuple(kept)))
    _note(request, Request.done[name].set(done))


def _act(request: Request, store: Store, references: list[Reference], now: datetime) -> Outcome:
    if not request.pseudonymous:
        return _done(request, store, references, now)
    if store is evidence.STORE:  # what they did as staff stands in the entries of others
        return evidence.STORE.pseudonymise([one for one in references if not store.of_staff(one)], now)
    with evidence.of_nobody():  # an entry that this makes may come after the others were pseudonymised
        return _done(request, store, references, now)


def _done(request: Request, store: Store, references: list[Reference], now: datetime) -> Outcome:
    by, what = str(request.approved_by), request.decision or request.type
    if what == LOG:
        return Outcome()
    others = tuple(Retained(one, OTHERS, None) for one in references if store.of_staff(one))
    if others:
        outcome = _done(request, store, [one for one in references if not store.of_staff(one)], now)
        return replace(outcome, retained=(*outcome.retained, *others)) if what == ERASURE else outcome
    if what == ERASURE:
        outcome = store.erase(references, by, now)
        if store.activity.erasure == "retained":
            return outcome
        # Not only what went just now: where this is done again, some of it went before.
        kept = {str(one.reference) for one in outcome.retained}
        return Outcome(tuple(one for one in references if str(one) not in kept), outcome.retained)
    if what in (RESTRICTION, LIFT):
        return _restrict(store, references, by, now, restricted=what == RESTRICTION)
    return _correct(request, store, references, by, now)


# Why something was not done with an item that nothing in the law keeps from it.
GONE = "deleted before we came to it"
UNCHANGED = "nothing in it was to be corrected"
AS_IT_WAS = "it records what was done at the time, and stays as it was"


def _restrict(store: Store, references: list[Reference], by: str, now: datetime, *, restricted: bool) -> Outcome:
    done = store.restrict(references, restricted=restricted, actor=by, now=now)
    if not restricted or store.activity.erasure == "retained":
        return Outcome(tuple(done), tuple(store.unrestricted(references, now)) if restricted else ())
    gone = {str(one) for one in references} - {str(one) for one in done}
    return Outcome(tuple(done), tuple(Retained(one, GONE, None) for one in references if str(one) in gone))


def _correct(request: Request, store: Store, references: list[Reference], by: str, now: datetime) -> Outcome:
    wanted: dict[str, list[Correction]] = {}
    for one in request.corrections:
        wanted.setdefault(one.item, []).append(one)
    corrected: list[Reference] = []
    left: list[Retained] = []
    for reference in references:
        why = UNCHANGED if store.rectifiable else AS_IT_WAS
        for correction in wanted.get(str(reference), ()):
            try:
                store.rectify(reference, correction.field, correction.value, by, now)
                why = ""
            except NotFound:
                why = GONE
        if why:
            left.append(Retained(reference, why, None))
        else:
            corrected.append(reference)
    return Outcome(tuple(corrected), tuple(left))


def _kept(kept: Sequence[Retained]) -> list[list[Any]]:
    """With how many something was not done, for which reason, until the last of them ends (epoch ms), and what in the
    law allows it."""
    ends: dict[tuple[str, str | None], list[datetime | None]] = {}
    for one in kept:
        ends.setdefault((one.why, one.law), []).append(one.until)
    return [
        [len(until), why, None if None in until else milliseconds(max(one for one in until if one)), law]
        for (why, law), until in ends.items()
    ]


_RECEIPTS = {"rectification": "rectified", "erasure": "erased", "restriction": "restricted"}


def receipt(reference: str, now: datetime) -> str:
    """Tell the person what was done, and end the request."""
    request = load_any(reference)
    if request is None or request.status not in OPEN:
        return END
    if not request.answered_at:
        what = _RECEIPTS.get(str(request.type), "objection_upheld")
        told = given.recipients(request)
        _answered(request, what, now, *([Request.told_to.set(told)] if told else []))
    letters.send_waiting(request)
    close(reference, request.site_id, "system", "done as asked; see the receipt", now)
    return END


def finish(reference: str) -> None:
    """Delete what was made for the answer: the snapshot, the copy, documents. The request itself stays."""
    request = load_any(reference)
    if request:
        for site_id in sorted(scope.searched(request)):
            for store in stores():
                store.release(site_id, reference, clock.now())
    snapshot.remove(reference)
    copying.remove(reference)
    documents.remove(reference, clock.now())
    if request:
        ended = [Request.step.set(DONE), Request.token.remove(), Request.copy.remove()]
        ended += [Request.open_all.remove(), Request.due_day.remove(), Request.documents.set([])]
        request.change(ended, Request.pk.exists())


def fail(reference: str, task: str) -> None:
    """Note that a task failed for good: the desk sees it, and goes on when the cause is gone."""
    request = load_any(reference)
    if request and request.status in OPEN:
        _note(request, Request.step.set(ATTENTION), Request.failed.set(task), Request.token.remove())


def _proven(reference: str) -> Request | None:
    """The request, while it is worked on. Raises PermissionError where nobody has proven who asks."""
    request = load_any(reference)
    if request is None or request.status != IN_PROGRESS:
        return None
    if not request.identity:
        raise PermissionError("no proof of identity")
    return request


def _note(request: Request, *actions: Any) -> None:
    """Change the request, if it is still worked on; where it has ended, the flow soon finds that out."""
    try:
        request.change(actions, Request.status == IN_PROGRESS)
    except Stale:
        pass


def _answered(request: Request, what: str, now: datetime, *actions: Any) -> None:
    """Note that the answer is given, with the letter that says so, and send that."""
    try:
        posted = request.change(
            [*actions, Request.answered_at.set(milliseconds(now)), letters.added(request, what, now)],
            (Request.status == IN_PROGRESS) & Request.answered_at.does_not_exist(),
        )
    except Stale as stale:  # it has ended, or was answered by a task whose answer was lost
        posted = stale.item
    letters.send_waiting(posted)

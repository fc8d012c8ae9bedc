"""What the flow of a request does, one task at a time. Each looks at the request first and answers where the flow goes
on, so that being woken for nothing, or doing a task again, changes nothing. Only references go in and come out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from imchat import clock
from imchat.clock import milliseconds, moment
from imchat.errors import NotFound
from imchat.register.store import Outcome, Reference, Retained, Store
from imchat.register.stores import store as store_named
from imchat.register.stores import stores
from imchat.rights import copying, documents, flow, given, letters, snapshot
from imchat.rights.handling import close
from imchat.rights.proof import Proof
from imchat.rights.requests import load_any
from imchat.rights.snapshot import Order
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
    OPEN,
    RESTRICTION,
    SEARCH,
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
    request = load_any(reference)
    if request is None or request.status not in OPEN:
        return END
    if request.status == AWAITING_IDENTITY:
        return WAIT
    if request.type == COMPLAINT:
        return TELL
    request = request.change(
        [
            Request.step.set(SEARCH),
            Request.token.remove(),
            Request.as_of.set(Request.as_of | milliseconds(now)),
            Request.done.set(Request.done | {}),
        ],
        Request.status == request.status,
    )
    if not request.identity:
        raise PermissionError("no proof of identity")
    subject = with_accounts(whose(request))
    snapshot.write_order(reference, Order(subject, moment(int(request.as_of)), Proof.of(request)))
    return SEARCH_ALL


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
        own = [one for one in found if not store.of_staff(one)]
        store.hold(own, order.subject.site_id, reference, order.as_of)
        known = snapshot.note_found(reference, name, found, order.proof)
    return {"store": name, **vars(known)}


def searched(reference: str, counts: list[dict[str, Any]]) -> str:
    """Note what all the stores found; where there is anything, it is exported next."""
    found = {
        one["store"]: {key: one[key] for key in ("found", "candidates", "parts")} for one in counts if "found" in one
    }
    _note(Request(reference), Request.searched.set(found))
    return EXPORT_ALL if any(one["parts"] for one in found.values()) else TELL


def found_so_far(request: Request) -> dict[str, Any]:
    """While a request is searched: for each store that has been, {"found", "candidates"}."""
    if request.step != SEARCH or request.searched is not None:
        return {}
    counts = snapshot.so_far(request.pk, (store.name for store in stores() if store.activity.categories))
    return {name: {"found": one.found, "candidates": one.candidates} for name, one in counts.items()}


def whose(request: Request) -> Subject:
    """By what is searched. A code proves an address and nothing else; a document proves the person, by all that they
    gave."""
    if request.identity_method == "code":
        return Subject.of(request.site_id, emails=[str(request.email)])
    return Subject.of(
        request.site_id,
        emails=[request.email] if request.email else (),
        names=[request.name] if request.name else (),
        phone_keys=[request.phone_key] if request.phone_key else (),
    )


def export(found_key: str) -> None:
    """Write one part of the snapshot: the items of one list of what was found."""
    order = snapshot.order(snapshot.request_of(found_key))
    if order:
        snapshot.export(found_key, order.as_of)


def decide(reference: str, now: datetime) -> str:
    """After the review: make the copy, do what was asked, or say that nothing is held."""
    request = load_any(reference)
    if request is None or request.status not in OPEN:
        return END
    if not request.approved_at:
        copying.remove(reference)  # of an approval that was taken back
        if request.searched is None:
            snapshot.remove(reference)
            return AGAIN
        return WAIT
    if request.answered_at and request.decision != LIFT:
        return _answered_before(request, now)
    _note(request, Request.step.set(ANSWER), Request.token.remove())
    if request.decision == LIFT:  # told before it is done (Art 18(3))
        _answered(request, "restriction_lifted", now)
    if request.type in COPIED and not given.anything(request):
        _answered(request, "nothing_held", now)
        return TELL
    return COPY_ALL if request.type in COPIED else CHANGE_ALL


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
    store, changed = store_named(name), 0
    kept: list[Retained] = []
    for batch in given.references(request, name):
        outcome = _act(request, store, batch, now)
        kept += outcome.retained
        changed += len(outcome.removed)
    _note(request, Request.done[name].set({"changed": changed, "kept": _kept(kept)}))


def _act(request: Request, store: Store, references: list[Reference], now: datetime) -> Outcome:
    by, what = str(request.approved_by), request.decision or request.type
    others = tuple(Retained(one, OTHERS, None) for one in references if store.of_staff(one))
    if others:
        outcome = _act(request, store, [one for one in references if not store.of_staff(one)], now)
        return replace(outcome, retained=(*outcome.retained, *others)) if what == ERASURE else outcome
    if what == ERASURE:
        outcome = store.erase(references, by, now)
        if store.activity.erasure == "retained":
            return outcome
        # Not only what went just now: where this is done again, some of it went before.
        kept = {str(one.reference) for one in outcome.retained}
        return Outcome(tuple(one for one in references if str(one) not in kept), outcome.retained)
    if what in (RESTRICTION, LIFT):
        return Outcome(tuple(store.restrict(references, restricted=what == RESTRICTION, actor=by, now=now)))
    corrected = []
    for one in references:
        for wanted in request.corrections:
            if wanted.item == str(one):
                try:
                    store.rectify(one, wanted.field, wanted.value, by, now)
                except NotFound:  # it has ended since
                    continue
                corrected.append(one)
    return Outcome(tuple(corrected))


def _kept(kept: Sequence[Retained]) -> list[list[Any]]:
    """How many are kept for which reason, and until the last of them ends (epoch ms)."""
    ends: dict[str, list[datetime | None]] = {}
    for one in kept:
        ends.setdefault(one.why, []).append(one.until)
    return [
        [len(until), why, None if None in until else milliseconds(max(one for one in until if one))]
        for why, until in ends.items()
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
        for store in stores():
            store.release(request.site_id, reference, clock.now())
    snapshot.remove(reference)
    copying.remove(reference)
    documents.remove(reference)
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

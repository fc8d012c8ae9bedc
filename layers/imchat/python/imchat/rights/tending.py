"""What is done each hour for open requests: they end by their time, the flow goes on where something was cut, and
what was found follows what has been deleted since."""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from imchat.errors import Conflict
from imchat.live.pushing import side_by_side
from imchat.register.store import Reference
from imchat.register.stores import store as store_named
from imchat.rights import flow, letters, snapshot
from imchat.rights.given import searched
from imchat.rights.handling import end_by_time
from imchat.rights.proof import Proof
from imchat.rights.requests import move
from imchat.stores.requests import ATTENTION, CANDIDATE, DELIVERY, EVERYBODY, REVIEW, Request

# What staff made of a snapshot that has ended: its places are not those of a new one.
_OF_THE_SNAPSHOT = (
    "as_of", "searched", "taken", "reviewed_by", "approved_by", "approved_at", "decision", "ground", "not_done",
    "answered_at", "copy",
)  # fmt: skip


def tend(now: datetime, time_left: Callable[[], bool] = lambda: True) -> Counter[str]:
    """Go through the open requests: end those whose time is over, and nudge the others. Answers how many, by what was
    done, "requests_failed" among it: what one of them meets is logged, and does not keep it from the rest. Ends when
    ``time_left`` says so; the next hour goes on."""
    done = Counter(requests_ended=0, requests_nudged=0, requests_failed=0)
    for key in Request.deadline_index.query(EVERYBODY):
        if not time_left():
            break
        try:
            request = Request.get(key.pk, consistent_read=True)
            if end_by_time(request, now):
                done["requests_ended"] += 1
            elif _nudged(request, now):
                done["requests_nudged"] += 1
        except Exception:
            logging.getLogger("imchat.rights").exception("not tended", extra={"request": key.pk})
            done["requests_failed"] += 1
    return done


def _nudged(request: Request, now: datetime) -> bool:
    """Queue letters that did not go, start what should have been started, wake what waits for something that has
    happened, go on where an execution has ended before its request: whatever was cut in between; and take out of what
    was found whatever has been deleted since (N18)."""
    if request.status == CANDIDATE:
        return False
    letters.send_waiting(request)
    if request.token and flow.waits(request) and not _renewed(request, now):
        return False
    if request.step:
        flow.again(request)
    else:
        flow.start(request.pk)
    return True


def _renewed(request: Request, now: datetime) -> bool:
    """Have the snapshot of a request follow what was deleted since it was made; whether the flow is to be woken for it.
    What has been deleted, by the visitor, an operator, another request or by its end, may not live on in a snapshot or
    a copy (N17, N18)."""
    if request.step not in (REVIEW, DELIVERY, ATTENTION) or not request.searched:
        return False
    try:
        return _searched_again(request, now) or _made_less(request, now)
    except Conflict:  # somebody is at work on it; the next look comes in an hour
        return False


def _searched_again(request: Request, now: datetime) -> bool:
    """Have a request searched again whose snapshot has ended by itself. A copy that is made outlasts it."""
    ended = (snapshot.has_ended(request.pk, name, parts) for name, parts in _lists(request))
    if request.step == DELIVERY or not any(ended):
        return False
    changes = dict.fromkeys(_OF_THE_SNAPSHOT) | {"redactions": [], "corrections": []}
    move(request, changes, "searched again", "system", now)
    return True


def _made_less(request: Request, now: datetime) -> bool:
    """Take what has been deleted out of the snapshot, with what staff decided on it. All else they decided stays, and
    nothing is added: whoever opens and deletes chats in somebody's name takes nothing away from the review. The lists
    go last, so that what is cut here is done again. Answers whether a copy is to be made anew, under the same
    approval."""
    gone = _gone(request, now)
    if not gone:
        return False
    counts = request.searched.as_dict()
    for name, parts in _lists(request):
        if name in gone:
            counts[name] = vars(snapshot.strike(request.pk, name, parts, gone[name], Proof.of(request)))
    all_gone: set[str] = set().union(*gone.values())
    changes = {
        "searched": counts,
        "taken": set(request.taken or ()) - all_gone or None,
        "redactions": [one for one in request.redactions if one.item not in all_gone],
        "corrections": [one for one in request.corrections if one.item not in all_gone],
    }
    anew = request.step == DELIVERY and bool(request.copy)
    moved = move(request, changes | ({"copy": None} if anew else {}), "deleted since it was found", "system", now)
    for name, parts in _lists(moved):
        if name in gone:
            snapshot.unlist(request.pk, name, parts, gone[name])
    return anew


def _lists(request: Request) -> list[tuple[str, int]]:
    """Of each store that may lose something, in how many lists the snapshot holds what was found."""
    return [
        (name, int(counts["parts"]))
        for name, counts in searched(request).items()
        if store_named(name).activity.erasure == "erased"
    ]


def _gone(request: Request, now: datetime) -> dict[str, set[str]]:
    """By store, the references of what is no longer there."""
    gone: dict[str, set[str]] = {}
    for name, parts in _lists(request):
        model = store_named(name).models[0]
        for references in snapshot.found(request.pk, name, parts):
            there = side_by_side(partial(_is_there, model, now), references)
            if missing := {str(one) for one, is_there in zip(references, there, strict=True) if not is_there}:
                gone.setdefault(name, set()).update(missing)
    return gone


def _is_there(model: Any, now: datetime, reference: Reference) -> bool:
    """One by one, for a batch cannot be limited to what is not said in the items."""
    return model.outline(reference.pk, reference.sk, now=now) is not None

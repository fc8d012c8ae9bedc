"""What the hourly sweep does for open requests: it goes on where something was cut, and searches again where something
that was found has been deleted since."""

from collections.abc import Callable
from datetime import datetime

from imchat.errors import Conflict
from imchat.register.stores import store as store_named
from imchat.rights import flow, letters, snapshot
from imchat.rights.requests import move
from imchat.stores import verbs
from imchat.stores.requests import ATTENTION, CANDIDATE, DELIVERY, EVERYBODY, REVIEW, Request

# What staff made of the old snapshot: its places are not those of the new one.
_OF_THE_SNAPSHOT = (
    "as_of", "searched", "taken", "reviewed_by", "approved_by", "approved_at", "decision", "answered_at", "copy",
)  # fmt: skip


def nudge(now: datetime, time_left: Callable[[], bool] = lambda: True) -> int:
    """Start what should have been started, wake what waits for something that has happened, go on where an execution
    has ended before its request: whatever was cut in between; and search again where something that was found has been
    deleted since (N18). Answers how many. Ends when ``time_left`` says so; the next hour goes on with the rest."""
    nudged = 0
    for key in Request.deadline_index.query(EVERYBODY):
        if not time_left():
            break
        request = Request.get(key.pk, consistent_read=True)
        if request.status == CANDIDATE:
            continue
        if request.token and flow.waits(request) and not _renewed(request, now):
            continue
        letters.send_waiting(request)
        if request.step:
            flow.again(request)
        else:
            flow.start(request.pk)
        nudged += 1
    return nudged


def _renewed(request: Request, now: datetime) -> bool:
    """Have a request searched again, if something of its snapshot is no longer there; whether it is. What has been
    deleted, by the visitor, an operator, another request or by its end, may not live on in a snapshot or a copy (N17,
    N18)."""
    if request.step not in (REVIEW, DELIVERY, ATTENTION) or not request.searched or not _gone(request, now):
        return False
    changes = dict.fromkeys(_OF_THE_SNAPSHOT) | {"redactions": [], "corrections": []}
    try:
        move(request, changes, "searched again", "system", now)
    except Conflict:  # somebody is at work on it; the next sweep comes in an hour
        return False
    return True


def _gone(request: Request, now: datetime) -> bool:
    for name, counts in request.searched.as_dict().items():
        store = store_named(name)
        if store.activity.erasure == "erased":
            for references in snapshot.found(request.pk, name, int(counts["parts"])):
                if sum(1 for _ in verbs.load(store.models[0], references, now)) < len(references):
                    return True
    return False

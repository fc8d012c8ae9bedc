"""What is done each hour for open requests: they end by their time, the flow goes on where something was cut, and
searches again where what was found has been deleted since."""

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
from imchat.rights.handling import end_by_time
from imchat.rights.requests import move
from imchat.stores.requests import ATTENTION, CANDIDATE, DELIVERY, EVERYBODY, REVIEW, Request

# What staff made of the old snapshot: its places are not those of the new one.
_OF_THE_SNAPSHOT = (
    "as_of", "searched", "taken", "reviewed_by", "approved_by", "approved_at", "decision", "answered_at", "copy",
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
    happened, go on where an execution has ended before its request: whatever was cut in between; and search again where
    something that was found has been deleted since (N18)."""
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
    """Have a request searched again, if something of its snapshot is no longer there; whether it is. What has been
    deleted, by the visitor, an operator, another request or by its end, may not live on in a snapshot or a copy (N17,
    N18)."""
    if request.step not in (REVIEW, DELIVERY, ATTENTION) or not request.searched or not _gone(request, now):
        return False
    changes = dict.fromkeys(_OF_THE_SNAPSHOT) | {"redactions": [], "corrections": []}
    try:
        move(request, changes, "searched again", "system", now)
    except Conflict:  # somebody is at work on it; the next look comes in an hour
        return False
    return True


def _gone(request: Request, now: datetime) -> bool:
    for name, counts in request.searched.as_dict().items():
        store = store_named(name)
        if store.activity.erasure == "erased":
            for references in snapshot.found(request.pk, name, int(counts["parts"])):
                # None is written empty: one that is empty has ended by itself. A copy that is made outlasts it.
                if not references and request.step != DELIVERY:
                    return True
                if not all(side_by_side(partial(_is_there, store.models[0], now), references)):
                    return True
    return False


def _is_there(model: Any, now: datetime, reference: Reference) -> bool:
    """One by one, for a batch cannot be limited to what is not said in the items."""
    return model.outline(reference.pk, reference.sk, now=now) is not None

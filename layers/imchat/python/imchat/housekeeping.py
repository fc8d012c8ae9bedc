"""The hourly sweep over all stores: what has ended is deleted, what was cut is finished (N17)."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from imchat.register.stores import stores


def sweep(now: datetime, time_left: Callable[[], bool] = lambda: True) -> Counter[str]:
    """Do all that is due at ``now``, as long as ``time_left``. Answers what was done, by kind; ``unfinished`` says that
    time ran out. What a store raises is raised once all of them had their turn."""
    done: Counter[str] = Counter()
    failed: Exception | None = None
    for store in stores():
        try:
            done.update(store.expire(now, time_left))
        except Exception as error:  # one store's trouble may not keep the others' data
            failed = failed or error
    if failed:
        raise failed
    return done

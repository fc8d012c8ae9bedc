"""The hourly sweep over all stores: what has ended is deleted, what was cut is finished (N17)."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from imchat.register.stores import stores


def sweep(now: datetime, time_left: Callable[[], bool] = lambda: True) -> Counter[str]:
    """Do all that is due at ``now``, as long as ``time_left``. Answers what was done, by kind; ``unfinished`` says that
    time ran out."""
    done: Counter[str] = Counter()
    for store in stores():
        done.update(store.expire(now, time_left))
    return done

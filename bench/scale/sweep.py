"""As more has expired: the hourly sweep."""

from collections.abc import Sequence
from datetime import datetime

from bench.population import chats, write
from bench.scale.gauge import Gauge
from bench.scale.series import Series
from bench.scale.world import at, site
from imchat.housekeeping import sweep
from imchat.periods import add_months

_MESSAGES = 2


def measured(gauge: Gauge, sizes: Sequence[int], *, standing: int, opened: datetime) -> list[Series]:
    """Sweeps of so many expired chats. The largest number is that of the chats ``standing`` in the table, all
    ``opened`` then: they are left to the end, and the others are a year older."""
    *fewer, most = sizes
    assert most == standing
    at(opened)
    sweep(opened)  # what was on the stack before
    for size in fewer:
        before = add_months(opened, -12)
        write(chats(site(), size, messages=_MESSAGES, opened=before))
        _sweep(gauge, size, before)
    _sweep(gauge, most, opened)
    return gauge.taken()


def _sweep(gauge: Gauge, size: int, opened: datetime) -> None:
    over = add_months(opened, 12)
    at(over)
    done = gauge.of("sweep", size, lambda: sweep(over), once=True)
    assert done["expired"] == size

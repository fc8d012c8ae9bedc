"""Ending much at once: a person's erasure, and the sweep of what has expired. DynamoDB calls are counted where botocore
sends them; memory is the process's own, at its peak."""

import resource
import secrets
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.calls import Meter, _port
from bench.population import chats, write
from imchat import clock
from imchat.housekeeping import sweep
from imchat.periods import add_months
from imchat.register.stores import stores
from imchat.stores import accounts
from imchat.subjects import Subject
from infra.local.run import running

PERSON_CHATS, PERSON_MESSAGES, ERASURE_BUDGET = 500, 10, 60
EXPIRED, SWEEP_BUDGET = 100_000, 0.2
OPENED = datetime(2098, 3, 3, tzinfo=UTC)


def site() -> accounts.Site:
    """A site of the bench's own."""
    return accounts.create_site(f"bench-{secrets.token_hex(4)}", name="Bench", origins=[])


def erasure(meter: Meter) -> int:
    """DynamoDB calls to find and erase a person with 500 chats and 5,000 messages."""
    here = site()
    write(chats(here, PERSON_CHATS, messages=PERSON_MESSAGES, opened=OPENED, email="ada@example.org"))
    clock.now = lambda: OPENED
    subject = Subject.of(here.site_id, emails=["ada@example.org"])
    holding = [store for store in stores() if store.activity.categories]

    def erase() -> int:
        found = {store.name: store.find(subject) for store in holding}
        return sum(
            len(store.erase(found[store.name], "bench", OPENED).removed) for store in holding if found[store.name]
        )

    calls, _, removed = meter.of(erase)
    assert removed == PERSON_CHATS
    return calls


def sweeping(meter: Meter, number: int, *, closed: bool) -> tuple[float, int]:
    """(DynamoDB calls for each chat, kilobytes that the process grew by) of sweeping ``number`` expired chats."""
    write(chats(site(), number, messages=2, opened=OPENED, closed=closed))
    over = add_months(OPENED, 12)
    clock.now = lambda: over
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    calls, _, done = meter.of(lambda: sweep(over))
    assert done["expired"] == number
    return calls / number, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder, running(_port(), _port(), Path(folder), log=lambda *_: None):
        meter = Meter()
        print(f"{'':<60}   calls   budget   memory")
        print(f"{f'erasure of {PERSON_CHATS} chats, {PERSON_CHATS * PERSON_MESSAGES:,} messages':<60}"
              f"{erasure(meter):>8}{ERASURE_BUDGET:>9}")  # fmt: skip
        for number, closed in ((1_000, True), (1_000, False), (EXPIRED, True)):
            each, grown = sweeping(meter, number, closed=closed)
            what = f"sweep of {number:,} expired chats, {'closed' if closed else 'never closed'}, for each"
            print(f"{what:<60}{each:>8.3f}{SWEEP_BUDGET:>9}{f'+{grown / 1024:.0f} MB':>9}")


if __name__ == "__main__":
    main()

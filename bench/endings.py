"""Ending much at once: a person's erasure, and the sweep of what has expired (of much more of it: ``bench.scale``).
DynamoDB calls are counted where botocore sends them; memory is the process's own, at its peak."""

import resource
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime

from bench.figures import Figure
from bench.population import chats, write
from bench.spent import Spent
from bench.stack import local_stack
from imchat import clock
from imchat.housekeeping import sweep
from imchat.periods import add_months
from imchat.register.stores import stores
from imchat.stores import accounts
from imchat.subjects import Subject

PERSON_CHATS, PERSON_MESSAGES, ERASURE_BUDGET = 500, 10, 60
EXPIRED, SWEEP_BUDGET = 10_000, 0.2
OPENED = datetime(2098, 3, 3, tzinfo=UTC)


def site() -> accounts.Site:
    """A site of the bench's own."""
    return accounts.create_site(f"bench-{secrets.token_hex(4)}", name="Bench", origins=[], opens_per_minute=10_000)


def erasure() -> int:
    """DynamoDB calls to find and erase a person with 500 chats and 5,000 messages."""
    here = site()
    write(chats(here, PERSON_CHATS, messages=PERSON_MESSAGES, opened=OPENED, email="ada@example.org"))
    clock.now = lambda: OPENED
    subject = Subject.of(here.site_id, emails=["ada@example.org"])
    holding = [store for store in stores() if store.activity.categories]

    with Spent() as spent:
        found = {store.name: store.find(subject) for store in holding}
        done = [store.erase(found[store.name], "bench", OPENED) for store in holding if found[store.name]]
    assert sum(len(one.removed) for one in done) == PERSON_CHATS
    return spent.calls["dynamodb"]


def sweeping(number: int, *, closed: bool) -> tuple[float, int]:
    """(DynamoDB calls for each chat, kilobytes that the process grew by) of sweeping ``number`` expired chats."""
    write(chats(site(), number, messages=2, opened=OPENED, closed=closed))
    over = add_months(OPENED, 12)
    clock.now = lambda: over
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Spent() as spent:
        done = sweep(over)
    assert done["expired"] == number
    return spent.calls["dynamodb"] / number, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before


def figures() -> Iterator[Figure]:
    """Calls of an erasure, and of the sweep for each chat."""
    with local_stack():
        what = f"erasure of {PERSON_CHATS} chats, {PERSON_CHATS * PERSON_MESSAGES:,} messages"
        yield Figure(what, erasure(), "calls", ERASURE_BUDGET)
        for number, closed in ((1_000, True), (1_000, False), (EXPIRED, True)):
            each, grown = sweeping(number, closed=closed)
            what = f"sweep of {number:,} expired chats, {'closed' if closed else 'never closed'}, for each"
            yield Figure(what, each, "calls", SWEEP_BUDGET, f"memory +{grown / 1024:.0f} MB")

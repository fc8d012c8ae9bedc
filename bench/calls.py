"""DynamoDB calls and units of what visitors and operators do, counted where botocore sends them, against the emulator
with the tables of the real template. Units are worked out by DynamoDB's rules: the emulator does not tell those of all
calls."""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

from bench.cost.meter import UNITS, Meter
from bench.figures import Figure
from bench.stack import local_stack

MESSAGES = 20


def _counted(meter: Meter, act: Callable[[], Any]) -> tuple[int, float, Any]:
    """(calls, units, answer) of ``act``."""
    answers: list[Any] = []
    used = meter.of(lambda: answers.append(act()))
    return int(used["dynamodb_calls"]), sum(used.get(unit, 0) for unit in UNITS), answers[0]


def measure() -> list[tuple[str, int, float, int]]:
    """(what, calls, units, budget in calls) for a chat of 20 messages, and an inbox of 50 open chats."""
    from imchat import clock
    from imchat.chat import closing, deleting, inbox, opening, posting, reading
    from imchat.stores import accounts

    meter = Meter()
    site = accounts.create_site(f"bench-{secrets.token_hex(4)}", name="Bench", origins=[], opens_per_minute=1000)

    def open_chat() -> Any:
        who = {"name": "Ada Lovelace", "email": "ada@example.org", "text": "Is the blue kettle in stock?"}
        return opening.open_chat(opening.Opening(site_id=site.site_id, **who), clock.now())

    rows = []
    calls, units, chat = _counted(meter, open_chat)
    rows.append(("open", calls, units, 2))
    author, text = posting.Author(site.site_id), "A message of about sixty characters, as they usually are."
    posts = [
        _counted(meter, lambda n=n: posting.post(chat.pk, author, text, f"c{n}", clock.now()))
        for n in range(MESSAGES - 1)
    ]
    rows.append(("post (dearest of 19)", max(one[0] for one in posts), max(one[1] for one in posts), 1))
    calls, units, _ = _counted(meter, lambda: reading.read(chat.pk, site.site_id, 0, clock.now(), notes=False))
    rows.append(("poll", calls, units, 1))
    calls, units, _ = _counted(meter, lambda: closing.close(chat.pk, site.site_id, "visitor", clock.now()))
    rows.append(("close", calls, units, 2))
    calls, units, _ = _counted(meter, lambda: deleting.delete(chat.pk, site.site_id, "visitor", clock.now()))
    rows.append(("delete", calls, units, 3))
    for _ in range(50):
        open_chat()
    listed = {"status": "open", "assigned": "all", "limit": 50, "start": None, "now": clock.now()}
    inbox.listing(site.site_id, "nobody", **listed)  # from now on, this hour's views are recorded
    calls, units, _ = _counted(meter, lambda: inbox.listing(site.site_id, "nobody", **listed))
    rows.append(("inbox of 50 open chats", calls, units, 2))
    return rows


def figures() -> Iterator[Figure]:
    """Calls of each, and their units."""
    with local_stack():
        for what, calls, units, budget in measure():
            yield Figure(f"{what}: DynamoDB calls", calls, "calls", budget, f"{units:g} units")

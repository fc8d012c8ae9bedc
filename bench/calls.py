"""DynamoDB calls and write units of what visitors and operators do, counted where botocore sends them, against the
emulator with the tables of the real template."""

import secrets
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.local.run import running

MESSAGES = 20


class Meter:
    """Counts the calls of DynamoDB, and the units that it says they took."""

    def __init__(self) -> None:
        from imchat import aws

        self.calls, self.units = 0, 0.0
        aws.dynamodb().client.meta.events.register("after-call.dynamodb", self._note)

    def _note(self, parsed: dict[str, Any], **_: Any) -> None:
        self.calls += 1
        consumed = parsed.get("ConsumedCapacity") or []
        for one in consumed if isinstance(consumed, list) else [consumed]:
            self.units += one.get("CapacityUnits", 0)

    def of(self, act: Callable[[], Any]) -> tuple[int, float, Any]:
        """(calls, units, answer) of ``act``."""
        self.calls, self.units = 0, 0.0
        answer = act()
        return self.calls, self.units, answer


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
    calls, units, chat = meter.of(open_chat)
    rows.append(("open", calls, units, 2))
    author, text = posting.Author(site.site_id), "A message of about sixty characters, as they usually are."
    posts = [
        meter.of(lambda n=n: posting.post(chat.pk, author, text, f"c{n}", clock.now())) for n in range(MESSAGES - 1)
    ]
    rows.append(("post (dearest of 19)", max(one[0] for one in posts), max(one[1] for one in posts), 1))
    calls, units, _ = meter.of(lambda: reading.read(chat.pk, site.site_id, 0, clock.now(), notes=False))
    rows.append(("poll", calls, units, 1))
    calls, units, _ = meter.of(lambda: closing.close(chat.pk, site.site_id, "visitor", clock.now()))
    rows.append(("close", calls, units, 2))
    calls, units, _ = meter.of(lambda: deleting.delete(chat.pk, site.site_id, "visitor", clock.now()))
    rows.append(("delete", calls, units, 3))
    for _ in range(50):
        open_chat()
    listed = {"status": "open", "assigned": "all", "limit": 50, "start": None, "now": clock.now()}
    calls, units, _ = meter.of(lambda: inbox.listing(site.site_id, "nobody", **listed))
    rows.append(("inbox of 50 open chats", calls, units, 2))
    return rows


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder, running(_port(), _port(), Path(folder), log=lambda *_: None):
        print(f"{'':<26}calls  budget   units")
        for what, calls, units, budget in measure():
            print(f"{what:<26}{calls:>5}{budget:>8}{units:>8.1f}")


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

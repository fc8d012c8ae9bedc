"""The copy of a person's data: what the largest one costs. Memory is that of a process of its own, at its peak; time is
told as the ratio to the first."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

CHATS, MESSAGES = 50_000, 20
MEMORY_BUDGET = 256
OPENED = datetime(2025, 3, 3, 10, tzinfo=UTC)


def rows() -> Iterator[tuple[str, int, float, float]]:
    """(what, megabytes at the peak, size of the ZIP in megabytes, seconds) of copies of rising size."""
    for chats in (CHATS // 10, CHATS):
        done = subprocess.run(
            [sys.executable, "-m", "bench.bundle", str(chats)], check=True, capture_output=True, text=True
        )
        peak, size, seconds = json.loads(done.stdout)
        yield f"a copy of {chats:,} chats, {chats * MESSAGES:,} messages", peak, size, seconds


def _write(chats: int) -> tuple[int, float, float]:
    import resource

    from imchat.bundle.contents import Contents, Section
    from imchat.bundle.writing import Bundle
    from imchat.register.store import Exported, Fact, Reference, Said, Store
    from imchat.stores.chats import ACTIVITY

    def items() -> Iterator[Exported]:
        for number in range(chats):
            opened = OPENED + timedelta(minutes=number)
            said = tuple(
                Fact(
                    f"You wrote, {opened.isoformat()}",
                    f"Message {place} of chat {number}: where is my parcel, and when will it come?",
                    given=True,
                    said=Said("visitor" if place % 2 else "operator", None, opened + timedelta(seconds=place)),
                )
                for place in range(MESSAGES)
            )
            facts = (Fact("Email address", "ada@example.org", given=True), *said)
            yield Exported(Reference("chats", f"{number:026}", "META"), f"Chat of {opened.isoformat()}", facts, None)

    contents = Contents(
        reference="k7qf-2m9r-xa4c",
        kind="access",
        asked_on=date(2026, 3, 3),
        as_of=OPENED + timedelta(days=365),
        searched_by=("the email address ada@example.org",),
        searched=(ACTIVITY,),
        sections=(Section(ACTIVITY, chats, items, {}),),
        read_file=Store().read_file,
    )
    begun = time.perf_counter()
    bundle = Bundle(contents, lambda digest: digest, b"key")
    for _ in bundle:
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return peak, bundle.size / 1e6, time.perf_counter() - begun


def main() -> None:
    """Print the table."""
    print(f"{'':<50}{'memory':>10}{'budget':>10}{'ZIP':>10}{'time':>10}")
    first = None
    for what, peak, size, seconds in rows():
        first = first or seconds
        print(f"{what:<50}{f'{peak} MB':>10}{f'{MEMORY_BUDGET} MB':>10}{f'{size:.0f} MB':>10}"
              f"{f'{seconds / first:.1f} x':>10}")  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(_write(int(sys.argv[1]))))
    else:
        main()

"""What a run tells whoever started it."""

from collections.abc import Iterator
from statistics import quantiles

from tests.load.oracle import KINDS
from tests.load.run import Outcome

_SHOWN = 10


def lines(outcome: Outcome) -> Iterator[str]:
    """The report, a table of calls first."""
    yield f"{'call':<54}{'count':>8}{'failed':>8}{'p50':>8}{'p95':>8}{'p99':>8}"
    seconds, failures = outcome.tally.seconds, outcome.tally.failures
    for call in sorted({*seconds, *failures}):
        took = seconds.get(call, [])
        failed = sum(failures.get(call, {}).values())
        times = "".join(f"{milliseconds:>8.0f}" for milliseconds in _percentiles(took))
        yield f"{call:<54}{len(took):>8,}{failed:>8}{times}"
    calls = sum(len(some) for some in seconds.values())
    yield f"{'all':<54}{calls:>8,}{outcome.tally.failed:>8}"
    yield f"(milliseconds on this machine, for information; {calls / outcome.seconds:.0f} calls a second)"
    yield ""
    yield from _what_happened(outcome)
    yield ""
    yield f"errors {outcome.tally.failed}   " + "   ".join(
        f"{kind} {len(outcome.verdict.found[kind])}" for kind in KINDS
    )
    for call, some in failures.items():
        for failure, times in some.most_common(_SHOWN):
            yield f"  error: {call}: {failure} ({times} times)"
    for kind in KINDS:
        for complaint in outcome.verdict.found[kind][:_SHOWN]:
            yield f"  {kind}: {complaint}"
    yield "Nothing was lost." if outcome.clean else "This is not as it should be."


def _percentiles(seconds: list[float]) -> list[float]:
    if not seconds:
        return []
    cuts = quantiles(seconds, n=100, method="inclusive") if len(seconds) > 1 else seconds * 99
    return [1000 * cuts[place - 1] for place in (50, 95, 99)]


def _what_happened(outcome: Outcome) -> Iterator[str]:
    chats = outcome.journal.chats
    deleted = sum(one.deleted for one in chats)
    left = sum(not one.closed and not one.deleted for one in chats)
    closed = len(chats) - deleted - left
    said = [message for one in chats for message in one.promised]
    yield f"{len(chats):>6,} chats in {outcome.seconds:.0f} seconds: {closed} closed, {deleted} deleted, {left} left open"
    yield f"{len(said):>6,} messages said, {sum(one.by == 'note' for one in said)} of them notes"
    yield f"{sum(len(one.stories) for one in chats):>6,} pages followed them, each message checked on each"
    yield f"{sum(one.copies for one in chats):>6,} transcripts asked for"
    for what, number in {"visits of pages": sum(outcome.journal.visits.values()), **outcome.journal.done}.items():
        yield f"{number:>6,} {what}"

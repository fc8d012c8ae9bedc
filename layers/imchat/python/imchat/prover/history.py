"""Since when a promise is kept, and what happened to it before, from night to night."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from imchat.clock import rfc3339
from imchat.periods import add_months
from imchat.prover.finding import Check, Finding, Outcome

# A proof is made each night; one that is later than this leaves a gap, of which nothing is known.
GAP = timedelta(hours=36)
# How long it stays to be seen that a promise was not kept.
MONTHS = 24
_WORST_FIRST = (Outcome.NOT_KEPT, Outcome.UNKNOWN, Outcome.KEPT)


class Span(msgspec.Struct, frozen=True):
    """A time without a gap in which a promise was in one state: its first and its last proof (RFC 3339)."""

    state: Outcome
    since: str
    last: str


History = dict[int, list[Span]]
"""The spans of each promise, by its number, oldest first."""


def states(checks: tuple[Check, ...], findings: Mapping[str, Finding]) -> dict[int, Outcome]:
    """The state of each promise that rests on checks: the worst that was found of any."""
    found: dict[int, set[Outcome]] = {}
    for check in checks:
        if check.name in findings:
            for number in check.promises:
                found.setdefault(number, set()).add(findings[check.name].outcome)
    return {number: next(state for state in _WORST_FIRST if state in each) for number, each in found.items()}


def add(history: Mapping[int, list[Span]], night: Mapping[int, Outcome], now: datetime) -> History:
    """``history`` with the proof of ``now``. A clock that was set back takes nothing back: what it says counts as the
    last proof's time."""
    oldest = add_months(now, -MONTHS)
    added: History = {}
    for number in sorted({*history, *night}):
        spans = [one for one in history.get(number, ()) if datetime.fromisoformat(one.last) > oldest]
        if number in night:
            spans = _with(spans, night[number], now)
        if spans:
            added[number] = spans
    return added


def _with(spans: list[Span], state: Outcome, now: datetime) -> list[Span]:
    at = now
    if spans:
        last = spans[-1]
        at = max(now, datetime.fromisoformat(last.last))
        if last.state == state and at - datetime.fromisoformat(last.last) <= GAP:
            return [*spans[:-1], Span(state, last.since, rfc3339(at))]
    return [*spans, Span(state, rfc3339(at), rfc3339(at))]

"""The proof as everybody may read it: each promise, what is checked of it, and whether it is kept. What an engineer is
told of a failure has no place in it."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from imchat.clock import rfc3339
from imchat.prover.finding import Check, Finding, Outcome
from imchat.prover.history import History, Span
from imchat.register.controller import CONTROLLER
from imchat.register.notice import VERSION as NOTICE_VERSION
from imchat.register.promises import PROMISES

FORMAT, VERSION = "imchat-proof-of-the-notice", 1

Sentences = Mapping[tuple[int, str], str]
"""What the desk says of failures, by the number of the promise and the failure's beginning (RFC 3339)."""


class Checked(msgspec.Struct, frozen=True):
    """A check in words, and how it ended."""

    says: str
    state: Outcome


class Past(msgspec.Struct, frozen=True):
    """A time that is over in which a promise was in one state (RFC 3339), with what the desk said of it."""

    state: Outcome
    since: str
    last: str
    sentence: str | None


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """A promise of the notice. ``state``, ``since`` and ``last`` are None where it rests on code alone, which the tests
    of the release prove; ``sentence`` is what the data-protection desk says of a failure; ``before`` are the times
    before the one that lasts now."""

    number: int
    words: str
    state: Outcome | None
    since: str | None
    last: str | None
    checks: list[Checked]
    sentence: str | None
    before: list[Past]


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """The whole proof. ``made_at`` is when the stage was last looked at; ``release`` names what runs."""

    format: str
    version: int
    controller: str
    notice: str
    release: str
    made_at: str
    promises: list[Promise]


def proof(
    checks: tuple[Check, ...],
    findings: Mapping[str, Finding],
    history: History,
    *,
    sentences: Sentences,
    release: str,
    made_at: datetime,
) -> Proof:
    """The proof of ``findings``, which were made at ``made_at``."""
    return Proof(
        format=FORMAT,
        version=VERSION,
        controller=CONTROLLER,
        notice=NOTICE_VERSION,
        release=release,
        made_at=rfc3339(made_at),
        promises=[
            _promise(number, [one for one in checks if number in one.promises and one.name in findings], findings,
                     history.get(number, []), sentences)
            for number in PROMISES
        ],
    )  # fmt: skip


def _promise(
    number: int, checks: list[Check], findings: Mapping[str, Finding], spans: list[Span], sentences: Sentences
) -> Promise:
    current = spans[-1] if checks and spans else None
    past = spans[:-1] if current else spans
    return Promise(
        number=number,
        words=PROMISES[number],
        state=current.state if current else None,
        since=current.since if current else None,
        last=current.last if current else None,
        checks=[Checked(one.says, findings[one.name].outcome) for one in checks],
        sentence=sentences.get((number, current.since)) if current else None,
        before=[Past(one.state, one.since, one.last, sentences.get((number, one.since))) for one in past],
    )

"""What makes a hit certain: every way of proving who asks, against all that an item may be found by."""

from itertools import chain, combinations
from types import SimpleNamespace
from typing import Any

import pytest

from imchat.register.store import Reference
from imchat.rights.intake import IDENTITY_METHODS, JUDGED_METHODS
from imchat.rights.proof import Proof, is_candidate, let_in_by

WORDS = ("email", "name", "phone", "similar_name", "a word of tomorrow")
FOUND_BY = [frozenset(some) for some in chain(*(combinations(WORDS, size) for size in range(len(WORDS) + 1)))]


@pytest.mark.parametrize("authority", [False, True])
@pytest.mark.parametrize("method", [*IDENTITY_METHODS, None, "a method of tomorrow"])
@pytest.mark.parametrize("matched", FOUND_BY, ids=lambda words: "+".join(sorted(words)) or "nothing")
def test_N13_a_hit_is_certain_only_by_what_was_proven(
    method: str | None, matched: frozenset[str], authority: bool
) -> None:
    by_code = method == "code" and "email" in matched
    by_document = method == "document" and "name" in matched and ("email" in matched or "phone" in matched)
    certain = (by_code or by_document) and not authority
    assert Proof(method, authority).covers(matched) is certain
    request: Any = SimpleNamespace(identity=True, identity_method=method, authority="a letter" if authority else None)
    assert is_candidate(request, Reference("chats", "a", matched=matched)) is not certain
    request.identity = False
    assert is_candidate(request, Reference("chats", "a", matched=matched))


def test_a_code_is_nothing_that_staff_can_claim() -> None:
    assert "code" not in JUDGED_METHODS


def test_whoever_took_it_in_or_judged_who_asks_let_it_in() -> None:
    events = [("received", "a"), ("confirmed", "b"), ("identity not proven", "c"), ("identity proven", "d"),
              ("document seen", "e"), ("paused", "f"), ("something left out", "g")]  # fmt: skip
    request: Any = SimpleNamespace(events=[SimpleNamespace(what=what, by=by) for what, by in events])
    assert let_in_by(request) == {"a", "b", "c", "d"}

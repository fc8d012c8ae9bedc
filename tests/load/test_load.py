"""A short load through the deployed stack, bounded by work; and that the judge of it is no rubber stamp."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.load.journal import Chat, Said, Story
from tests.load.oracle import Verdict, expected_counts, judge_chat, judge_counts, judge_mails
from tests.load.report import lines
from tests.load.run import run

CHATS, USERS = 36, 6


@pytest.mark.long
@pytest.mark.usefixtures("tables")
def test_many_at_once_lose_double_and_reorder_nothing(stack: dict[str, Any]) -> None:
    outcome = run(stack, USERS, lambda came: came >= CHATS)
    assert outcome.clean, "\n".join(lines(outcome))
    assert len(outcome.journal.chats) == CHATS
    assert sum(len(one.promised) for one in outcome.journal.chats) > 3 * CHATS
    assert {"answers lost on their way, and asked for again", "pages that came back"} <= outcome.journal.done.keys()
    assert outcome.journal.done["requests for access answered"] >= 1
    calls = outcome.tally.seconds
    assert {"GET /v1/chats/{chat_id}/messages", "socket post", "DELETE /v1/chats/{chat_id}"} <= calls.keys()


def chat() -> Chat:
    """A chat of four messages, one of them a note, that a visitor's page and an operator's have followed to the end."""
    said = [Said(1, "visitor", "a"), Said(2, "operator", "b"), Said(3, "note", "c"), Said(4, "visitor", "d")]
    seen = [one for one in said if one.by != "note"]
    stories = [Story("visitor", False, seen, 4, True), Story("operator", True, list(said), 4, True)]
    return Chat("x", "site", said, stories, email="a@example.org", closed=True, copies=1)


def judged(found: Chat) -> dict[str, int]:
    verdict = Verdict()
    judge_chat(found, verdict)
    return {kind: len(some) for kind, some in verdict.found.items() if some}


def test_what_is_right_is_not_complained_of() -> None:
    assert judged(chat()) == {}
    left = chat()
    left.stories[0].seen.pop()
    left.stories[0].cursor, left.stories[0].whole = 2, False  # a page that was closed after the second message
    assert judged(left) == {}


@pytest.mark.parametrize(
    ("spoil", "kinds"),
    [
        (lambda seen: seen.pop(1), {"lost": 1}),
        (lambda seen: seen.pop(), {"lost": 1}),
        (lambda seen: seen.clear(), {"lost": 3}),
        (lambda seen: seen.insert(1, seen[0]), {"doubled": 1}),
        (lambda seen: seen.insert(0, seen.pop(1)), {"out of order": 1}),
        (lambda seen: seen.append(Said(5, "operator", "e")), {"never said": 1}),
        (lambda seen: seen.insert(2, Said(3, "note", "c")), {"never said": 1}),  # a note, on a visitor's page
        (lambda seen: seen.append(Said(5, "visitor", "a")), {"doubled": 1, "never said": 1}),  # kept twice
        (lambda seen: seen.__setitem__(0, Said(1, "visitor", "A")), {"lost": 1, "never said": 1}),
    ],
)
def test_what_a_page_shows_wrongly_is_complained_of(
    spoil: Callable[[list[Said]], object], kinds: dict[str, int]
) -> None:
    found = chat()
    spoil(found.stories[0].seen)
    assert judged(found) == kinds


@pytest.mark.parametrize(
    ("promised", "kinds"),
    [
        ([1, 2, 2, 4], {"lost"}),  # two were promised the same place
        ([1, 2, 4, 5], {"never said"}),  # one is there that nobody was promised
        ([2, 3, 4, 5], {"never said"}),
    ],
)
def test_promises_that_contradict_each_other_are_complained_of(promised: list[int], kinds: set[str]) -> None:
    said = [Said(cursor, "visitor", f"{number}") for number, cursor in enumerate(promised)]
    assert judged(Chat("x", "site", said)).keys() == kinds


def test_a_mail_too_many_or_too_few_is_complained_of() -> None:
    found, deleted = chat(), chat()
    deleted.deleted = True
    for one, mails, complaints in ((found, 1, 0), (found, 0, 1), (found, 2, 1), (deleted, 0, 0), (deleted, 2, 1)):
        verdict = Verdict()
        judge_mails(one, mails, verdict)
        assert verdict.number == complaints


def test_a_count_that_is_off_is_complained_of() -> None:
    left = Chat("y", "site", [Said(1, "visitor", "a")])
    right = expected_counts([chat(), left], 7)
    shown = {name: number for name, number in right.items() if number}
    assert shown == {"chats": 1, "visits": 7, "outcome:closed": 1, "messages:visitor": 2, "messages:operator": 1}
    for name in right:
        verdict = Verdict()
        judge_counts([chat(), left], 7, {**right, name: right[name] + 1}, verdict)
        assert verdict.number == 1

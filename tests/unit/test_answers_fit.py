"""Every answer fits: text goes out as UTF-8, pages are cut by bytes, and long items come in slices."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions import request_views
from functions.http import as_text
from functions.reading import PLACE
from imchat import places
from imchat.chat import reading
from imchat.live import frames
from imchat.register.store import Exported, Fact, File, Reference
from imchat.rights import requests, review, snapshot
from imchat.rights.review import findings
from imchat.rights.snapshot import Place
from imchat.stores import accounts, evidence, verbs
from imchat.stores.chats import Chat
from imchat.stores.messages import Message
from imchat.stores.requests import OPEN, REVIEW, Request

NOW = datetime(2026, 3, 3, tzinfo=UTC)
# Lambda answers 6 MB; a list is never above 1 MB (DESIGN section 8).
LIST_BYTES = 1_000_000


@given(st.text(max_size=200))
def test_text_goes_out_as_it_is(text: str) -> None:
    body = as_text({"text": text})
    assert json.loads(body) == {"text": text}
    assert len(body.encode()) <= 6 * len(text.encode()) + 20
    if text.isprintable() and '"' not in text and "\\" not in text:
        assert text in body


def test_half_of_a_pair_is_no_error() -> None:
    assert json.loads(as_text({"text": "a\ud83d"}))["text"] == "a?"


@given(st.lists(st.integers(0, 2 * places.MOST_BYTES), max_size=20))
def test_a_page_holds_what_fits_and_one_at_least(sizes: list[int]) -> None:
    fit = places.fitting(iter(sizes))
    assert sum(sizes[:fit]) <= places.MOST_BYTES or fit == 1
    assert (fit >= 1) == bool(sizes)
    assert fit == len(sizes) or sum(sizes[: fit + 1]) > places.MOST_BYTES


def item(number: int, texts: list[str], files: int = 0) -> Exported:
    facts = tuple(Fact(f"You wrote, {place}", text, True) for place, text in enumerate(texts))
    attached = tuple(File(one, f"{one}.pdf", "application/pdf", 9) for one in range(1, files + 1))
    return Exported(Reference("chats", f"chat{number}", "META"), f"Chat {number}", facts, NOW, attached)


def all_pages(items: list[Exported], limit: int, monkeypatch: pytest.MonkeyPatch) -> list[list[dict[str, Any]]]:
    """Page after page, as the desk asks for them, from a snapshot of these items in two parts."""
    half = len(items) // 2
    parts = [items[:half], items[half:]]
    request = Request("k7qf-2m9r-xa4c", step=REVIEW, searched={"chats": {"found": 1, "candidates": 0, "parts": 2}})

    def held(reference: str, store: str, number: int, start: Place) -> Any:
        for part in range(start.part, number):
            for line, one in enumerate(parts[part]):
                if part > start.part or line >= start.line:
                    yield Place(part, line), one

    monkeypatch.setattr(review, "load", lambda *_: request)
    monkeypatch.setattr(evidence, "record_views", lambda *_: None)
    monkeypatch.setattr(accounts, "site", lambda _: None)
    monkeypatch.setattr(snapshot, "items", held)
    pages, place = [], Place(0, 0)
    for _ in range(1000):
        found, page, following = findings("k", "s", "me", store="chats", place=place, limit=limit, now=NOW)
        pages.append([dict(request_views.finding(found, one)) for one in page])
        assert len(as_text(pages[-1]).encode()) < LIST_BYTES
        assert len(page) <= limit
        if following is None:
            return pages
        spelled = f"{following.part}.{following.line}.{following.fact}"
        assert PLACE.fullmatch(spelled)
        place = following
    raise AssertionError("it goes on for ever")


def joined(pages: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """Items as the desk puts them together."""
    whole: dict[str, Any] = {}
    for one in (one for page in pages for one in page):
        before = whole.get(one["item"], {"facts": [], "files": []})
        whole[one["item"]] = {**one, "facts": before["facts"] + one["facts"], "files": before["files"] + one["files"]}
    return whole


@pytest.mark.parametrize(
    "items",
    [
        [item(1, ["😀" * 4000] * 140)],
        [item(number, ["é" * 190_000], files=20) for number in range(127)],
        [item(1, ["a"]), item(2, ["ب" * 4000] * 2000, files=3), item(3, ["z"])],
        [item(number, ["x" * 4000] * 60) for number in range(20)],
        [item(1, ["\n" * 4000] * 300)],
        [item(1, []), item(2, ["x"])],
        [item(1, ["x"] * 40_000)],
    ],
)
def test_whatever_was_found_is_read_page_by_page_and_nothing_is_missing(
    items: list[Exported], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = all_pages(items, 100, monkeypatch)
    whole = joined(pages)
    assert [*whole] == [str(one.reference) for one in items]
    for one in items:
        shown = whole[str(one.reference)]
        assert [fact["value"] for fact in shown["facts"]] == [fact.value for fact in one.facts]
        assert [fact["fact"] for fact in shown["facts"]] == [*range(len(one.facts))]
        assert len(shown["files"]) == len(one.files)
        assert shown["more"] is False


@settings(max_examples=40, deadline=None)
@given(lengths=st.lists(st.lists(st.integers(0, 400_000), max_size=8), min_size=1, max_size=6), limit=st.integers(1, 5))
def test_slices_are_whole_together_whatever_their_lengths(lengths: list[list[int]], limit: int) -> None:
    items = [item(number, ["x" * one for one in texts]) for number, texts in enumerate(lengths)]
    with pytest.MonkeyPatch.context() as patch:
        whole = joined(all_pages(items, limit, patch))
    assert [[fact["value"] for fact in one["facts"]] for one in whole.values()] == [
        [fact.value for fact in one.facts] for one in items
    ]


@pytest.mark.parametrize("most", [reading.behind.__kwdefaults__["most"], 12 * 1024])
@pytest.mark.parametrize("text", ["x", "😀" * 4000, "\n" * 4000, '"' * 4000, "ب"])
@pytest.mark.parametrize("by", ["visitor", "operator"])
def test_a_chat_is_read_in_answers_that_fit_whatever_its_messages(most: int, text: str, by: Any) -> None:
    """Short ones have more around them than they say; an operator's name takes up to 200 characters each time."""
    count = 2000 if len(text) == 1 and most > 100_000 else 150
    who = "o" * 26 if by == "operator" else None
    start = f"o:{who}:" if who else "v:"
    said = [Message(f"{start}{'c' * 30}{number:06}", by, text, 1_760_000_000_000, who) for number in range(count)]
    chat = Chat("a" * 26, "META", messages=said, base=0, status="open", expires_at=4_000_000_000)
    chat.operators = {who: "🦜" * 200} if who else {}  # type: ignore[assignment]
    after, seen = 0, 0
    while after < len(said):
        found = reading.behind(chat, after, notes=True, most=most)
        shown = [frames.message(cursor, one, chat, staff=True) for cursor, one in found.messages]
        assert len(as_text(shown).encode()) < (LIST_BYTES if most > 100_000 else 24 * 1024)
        seen += len(shown)
        after = found.cursor
    assert seen == len(said)


def waiting(reference: str, due_day: int) -> Request:
    """An open request with much in it; what the list does not need is filled in as it comes."""
    request = Request(reference, due_day=due_day, step=REVIEW, status=OPEN[0], details="é" * 90_000)
    for name, attribute in Request.get_attributes().items():
        if not attribute.null and getattr(request, name) is None:
            number = attribute.attr_type == "N"
            setattr(request, name, 4_000_000_000 if number else "x")
    return request


def test_open_requests_come_in_pages_that_fit_and_no_more_is_read_than_a_page_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = [waiting(f"k7qf-2m9r-{number:04}", due_day=700_000 + number // 3) for number in range(230)]
    read: list[str] = []

    def query(site_id: str, last_evaluated_key: Any = None) -> Any:
        pks = [one.pk for one in kept]
        start = pks.index(last_evaluated_key["pk"]["S"]) + 1 if last_evaluated_key else 0
        return iter(kept[start:])

    def batch_get(keys: list[str], **_: Any) -> Any:
        read.extend(keys)
        return [one for one in kept if one.pk in keys]

    monkeypatch.setattr(Request.open_index, "query", query)
    monkeypatch.setattr(Request, "batch_get", batch_get)
    seen: list[str] = []
    place = None
    for _ in range(len(kept)):
        read.clear()
        page, place = requests.open_page("s", place, NOW)
        assert sum(verbs.size(one) for one in page) <= places.MOST_BYTES
        assert len(page) <= len(read) <= verbs.READ_AT_ONCE
        seen += [one.pk for one in page]
        if place is None:
            break
    assert seen == [one.pk for one in kept]

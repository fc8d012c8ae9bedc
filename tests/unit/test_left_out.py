"""What staff leave out of a copy is left out of every byte of it: of each store, of each form, of what is derived."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from imchat.register.fields import Personal
from imchat.register.store import Exported, Fact, File, Reference, Said
from imchat.register.stores import stores
from imchat.rights.given import LEFT_OUT, file_number, redacted
from imchat.stores import verbs
from imchat.stores.correspondence import Attached, Calls
from imchat.stores.records import Records
from imchat.stores.requests import Redaction, Request
from tests.unit.bundles import contents, section, unpacked, write

OPENED = datetime(2025, 11, 20, 8, 9, 10, 654_000, UTC)
ENDS = datetime(2027, 12, 24, 5, 6, 7, tzinfo=UTC)
REASON = "other_person"


class Words:
    """Texts and moments that stand nowhere else."""

    def __init__(self) -> None:
        self.number = 0

    def word(self) -> str:
        self.number += 1
        return f"wq{self.number:03}zj"

    def text(self) -> str:
        return " ".join(self.word() for _ in range(3)) + " é😀 <b>&"

    def at(self) -> datetime:
        self.number += 1
        return OPENED + timedelta(days=self.number, minutes=self.number)


def of_model(store: Any, model: Any, words: Words) -> Exported:
    """An item of the store with something in each field that is shown."""
    values: dict[str, Any] = {}
    for name, attribute in model.get_attributes().items():
        field = store.field(name)
        if name in ("pk", "sk") or not isinstance(field, Personal):
            continue
        if isinstance(attribute, NumberAttribute):
            at = words.at()
            in_seconds = field.show.__name__ == "at_seconds"
            values[name] = int(at.timestamp()) * (1 if in_seconds else 1000) + (0 if in_seconds else 321)
        elif isinstance(attribute, UnicodeAttribute):
            values[name] = words.text()
        elif isinstance(attribute, BooleanAttribute):
            values[name] = True
        elif isinstance(attribute, UnicodeSetAttribute):
            values[name] = {words.text()}
    values.setdefault("at", int(OPENED.timestamp() * 1000))
    key = words.word()
    item = model(pk=key, expires_at=int(ENDS.timestamp()), **values)
    if isinstance(store, Calls):
        item.attachments = [
            Attached(filename=f"{words.word()}.pdf", content_type=f"application/{words.word()}", size=1_234_567),
            Attached(filename=f"{words.word()}.{words.word()[:5]}", content_type="image/png", size=7),
        ]
    title = store.title(item) if isinstance(store, Records) else f"{words.text()}, {verbs_at(values['at'])}"
    made = verbs.exported(store, Reference(store.name, key), title, item)
    files = store.files(item) if isinstance(store, Records) else ()
    return Exported(made.reference, made.title, made.facts, made.until, files)


def verbs_at(milliseconds: int) -> str:
    from imchat.register.fields import at_milliseconds

    return at_milliseconds(milliseconds)


def every_item() -> list[Exported]:
    """One of each store that can answer anything, one with files, one conversation."""
    words, items = Words(), []
    for store in stores():
        for model in store.models:
            personal = [n for n in model.get_attributes() if isinstance(store.field(n), Personal)]
            if personal and "at" in model.get_attributes() and "pk" in model.get_attributes():
                items.append(of_model(store, model, words))
    opened = words.at().isoformat(timespec="milliseconds")
    said = [
        Fact(f"You wrote, {at.isoformat(timespec='milliseconds')}", words.text(), True, Said("visitor", None, at))
        for at in (words.at(), words.at())
    ]
    facts = [Fact("Opened", opened, False), Fact("Name", words.text(), True), Fact("IP address", words.word(), False)]
    items.append(Exported(Reference("chats", words.word(), "META"), f"Chat of {opened}", (*facts, *said), ENDS))
    return items


EVERY = every_item()


def redaction(item: Exported, **where: Any) -> Redaction:
    return Redaction(number=1, item=str(item.reference), reason=REASON, by="x", at=0, **where)  # type: ignore[no-untyped-call]


def places(item: Exported) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Each thing that can be left out of an item, and what must then stand nowhere."""
    for number, fact in enumerate(item.facts):
        yield {"fact": number}, [fact.value]
        third = len(fact.value) // 3
        if len(fact.value) > 9:
            yield {"fact": number, "start": third, "end": 2 * third}, [fact.value]
    for file in item.files:
        yield {"file": file.number}, [file.name or "", file.content_type, f"file {file.number} of {item.reference}"]


def copy(items: list[Exported], kind: Literal["access", "portability"]) -> bytes:
    sections = [
        section(store.name, [one for one in items if one.reference.store == store.name])
        for store in stores()
        if any(one.reference.store == store.name for one in items)
    ]

    def read(reference: Reference, number: int) -> Iterator[bytes]:
        yield f"file {number} of {reference}".encode()

    files = unpacked(write(contents(*sections, kind=kind, read_file=read)))
    return b"\n".join(name.encode() + b"\n" + content for name, content in files.items())


# What a copy says of anybody: its words are no secret.
BARE = copy([Exported(one.reference, "", (), None) for one in EVERY], "access")


def kept(items: list[Exported]) -> str:
    """What is left in plain: where it still stands, it was kept."""
    return "\n".join(
        "\n".join(fact.value for fact in item.facts)
        + "\n".join(f"{file.name}\n{file.content_type}" for file in item.files if not file.left_out)
        for item in items
    )


def test_the_items_are_of_every_store_that_tells_anything_about_a_person() -> None:
    assert {"chats", "correspondence", "purchases", "disclosures", "evidence", "requests"} <= {
        one.reference.store for one in EVERY
    }
    assert any(one.files for one in EVERY)


@pytest.mark.parametrize("kind", ["access", "portability"])
@pytest.mark.parametrize("number", range(len(EVERY)), ids=[one.reference.store for one in EVERY])
def test_N12_nothing_that_was_left_out_stands_in_any_byte_of_the_copy(number: int, kind: Any) -> None:
    item = EVERY[number]
    for where, gone in places(item):
        given = [redacted(one, [redaction(one, **where)]) if one is item else one for one in EVERY]
        data, still = copy(given, kind), kept(given)
        for text in gone:
            if text and text not in still and text.encode() not in BARE:
                for spelled in {text, html(text), json(text)}:
                    assert spelled.encode() not in data, (where, text)


def html(text: str) -> str:
    from markupsafe import escape

    return str(escape(text))


def json(text: str) -> str:
    import msgspec

    return msgspec.json.encode(text).decode()[1:-1]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_N12_whatever_span_is_left_out_and_whatever_else_with_it(data: Any) -> None:
    """Several at once, over each other, of several items; words that stand nowhere else are gone from all of it."""
    left: dict[int, list[Redaction]] = {}
    for _ in range(data.draw(st.integers(1, 5))):
        number = data.draw(st.integers(0, len(EVERY) - 1))
        item = EVERY[number]
        where: dict[str, Any]
        if item.files and data.draw(st.booleans()):
            where = {"file": data.draw(st.integers(1, len(item.files)))}
        else:
            fact = data.draw(st.integers(0, len(item.facts) - 1))
            where = {"fact": fact}
            if data.draw(st.booleans()):
                start = data.draw(st.integers(0, len(item.facts[fact].value) - 1))
                where |= {"start": start, "end": data.draw(st.integers(start + 1, len(item.facts[fact].value)))}
        left.setdefault(number, []).append(redaction(item, **where))
    given = [redacted(item, left.get(number, [])) for number, item in enumerate(EVERY)]
    copied, still = copy(given, "access").decode(errors="replace"), kept(given)
    words = {word for item in EVERY for fact in item.facts for word in fact.value.split() if word.startswith("wq")}
    words |= {file.name or "" for item in EVERY for file in item.files}
    words |= {fact.value for item in EVERY for fact in item.facts if fact.value.startswith("20")}
    for word in words:
        assert word in still or word not in copied, word


def test_an_item_that_is_left_out_whole_is_not_in_the_copy_by_any_word_of_it() -> None:
    for item in EVERY:
        data = copy([one for one in EVERY if one is not item], "access").decode(errors="replace")
        still = kept([one for one in EVERY if one is not item])
        for fact in item.facts:
            assert fact.value in still or fact.value.encode() in BARE or fact.value not in data, fact.name
        assert item.reference.pk not in data


def test_a_file_that_is_left_out_is_only_a_number() -> None:
    item = next(one for one in EVERY if one.files)
    assert redacted(item, [redaction(item, file=1)]).files[0] == File(1, None, "[left out]", 0, REASON)


def withheld(item: Exported, **where: Any) -> Redaction:
    return Redaction(number=1, item=str(item.reference), reason="crime", by="x", at=0, **where)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("kind", ["access", "portability"])
@pytest.mark.parametrize("number", range(len(EVERY)), ids=[one.reference.store for one in EVERY])
def test_N15_what_is_withheld_leaves_a_copy_as_if_it_had_never_been_there(number: int, kind: Any) -> None:
    item = EVERY[number]

    def copied(changed: Exported) -> bytes:
        return copy([changed if one is item else one for one in EVERY], kind)

    for place, fact in enumerate(item.facts):
        rest = (*item.facts[:place], *item.facts[place + 1 :])
        left = redacted(item, [withheld(item, fact=place)])
        assert left.facts == rest
        assert LEFT_OUT not in left.title
        if left.title == item.title:
            assert copied(left) == copied(replace(item, facts=rest))
        else:
            assert fact.value not in left.title
            assert not re.search(r"(,| of)\s*$", left.title)
    for file in item.files:
        others = [one for one in item.files if one is not file]
        rest_of_files = tuple(replace(one, number=place) for place, one in enumerate(others, 1))
        left = redacted(item, [withheld(item, file=file.number)])
        assert copied(left) == copied(replace(item, files=rest_of_files))


@given(
    words=st.lists(st.sampled_from(["Ann", "Bob", "é😀"]), min_size=1, max_size=8),
    gone=st.sets(st.integers(0, 7)),
    marked=st.booleans(),
)
def test_N15_words_that_are_withheld_leave_neither_a_mark_nor_a_gap(
    words: list[str], gone: set[int], marked: bool
) -> None:
    value = " ".join(words)
    item = Exported(Reference("correspondence", "a"), "An email", (Fact("Text", value, given=True),), None)
    starts = [len(" ".join([*words[:place], ""])) for place in range(len(words))]
    left_out = [
        withheld(item, fact=0, start=starts[place], end=starts[place] + len(words[place]))
        for place in sorted(gone)
        if place < len(words)
    ]
    told = [redaction(item, fact=0, start=0, end=len(words[0]))] if marked and 0 not in gone else []
    left = redacted(item, [*told, *left_out])
    rest = [word for place, word in enumerate(words) if place not in gone]
    if told:
        rest[0] = LEFT_OUT
    assert [(fact.value, fact.left_out) for fact in left.facts] == (
        [(" ".join(rest), (REASON,) if told else ())] if rest else []
    )


def test_N15_a_file_behind_one_that_is_withheld_is_read_under_its_own_number() -> None:
    item = Reference("correspondence", "a")
    item_of = {"item": str(item), "reason": "crime", "by": "x", "at": 0}
    gone = [Redaction(number=file, file=file, **item_of) for file in (1, 3)]  # type: ignore[no-untyped-call]
    request = Request(redactions=gone)
    assert [file_number(request, item, number) for number in (1, 2, 3)] == [2, 4, 5]
    assert file_number(request, Reference("correspondence", "b"), 1) == 1

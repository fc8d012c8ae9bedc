"""How many DynamoDB calls things take (DESIGN section 8), counted where botocore sends them."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from math import ceil

import pytest

from bench import found
from bench.cost.capacity import Table, size
from bench.population import chats, write
from imchat import aws, clock
from imchat.chat.closing import close
from imchat.chat.deleting import delete
from imchat.chat.inbox import listing
from imchat.chat.posting import Author, post
from imchat.chat.reading import read
from imchat.housekeeping import sweep
from imchat.periods import add_months
from imchat.rights import intake, review, steps
from imchat.rights.intake import Identity
from imchat.settings import table_name
from imchat.stores import accounts, statistics
from imchat.stores.chats import PAGE_MESSAGES, Chat
from imchat.stores.requests import Request
from imchat.subjects import Subject
from infra.machine import names
from tests.adapters.answers import reviewing
from tests.adapters.counted import counted
from tests.adapters.people import somebody
from tests.adapters.worlds import NOON, items_of, world
from tests.held import certain, erase, search

pytestmark = pytest.mark.usefixtures("tables")


def test_a_chat_of_twenty_messages_stays_within_its_budget() -> None:
    site = world()
    visitor = Author(site.site_id)
    with counted() as opening:
        chat_id = site.open(name="Ada", email="ada@example.org", text="Hello", client_id="first").pk
    assert len(opening) <= 2
    for number in range(19):
        with counted() as posting:
            post(chat_id, visitor, f"message {number}", f"c{number}", NOON)
        assert posting == ["UpdateItem"]
    with counted() as polling:
        assert len(read(chat_id, site.site_id, 0, NOON, notes=False).messages) == 20
    assert polling == ["GetItem"]
    with counted() as closing:
        close(chat_id, site.site_id, "visitor", NOON)
    assert len(closing) <= 2
    with counted() as deleting:
        delete(chat_id, site.site_id, "visitor", NOON)
    assert len(deleting) <= 3


def test_a_post_costs_the_size_of_its_item_and_writes_no_index() -> None:
    site, table = world(), chats_table()
    found_by = {"name": "Ada Lovelace", "email": "ada@example.org", "phone": "+44 20 7946 0123"}
    chat_id = site.open(**found_by, text="Hello").pk
    (before,) = items_of(Chat, chat_id)
    assert len([index for index in table.indexes if table.entry(index, before)]) == len(table.indexes) == 6
    for number in range(PAGE_MESSAGES - 1):
        post(chat_id, Author(site.site_id), "A message of about sixty characters, as they are.", f"c{number}", NOON)
        (after,) = items_of(Chat, chat_id)
        assert table.write_units(before, after) == ceil(size(after) / 1024)
        before = after
    assert ceil(size(before) / 1024) > 1  # it has grown meanwhile


def chats_table() -> Table:
    """The chats' keys and indexes, as they are deployed."""
    described = aws.client("dynamodb").describe_table(TableName=table_name("chats"))["Table"]
    names = [
        tuple(part["AttributeName"] for part in one["KeySchema"])
        for one in (described, *described["GlobalSecondaryIndexes"])
    ]
    return Table(names[0], tuple(names[1:]))


def test_a_repeated_post_is_one_call_too() -> None:
    site = world()
    chat_id = site.open().pk
    post(chat_id, Author(site.site_id), "once", "c1", NOON)
    with counted() as calls:
        assert not post(chat_id, Author(site.site_id), "once", "c1", NOON).created
    assert calls == ["UpdateItem"]


def test_an_inbox_of_fifty_open_chats_is_two_calls() -> None:
    site = world()
    opened = [site.open(NOON + timedelta(seconds=number)).pk for number in range(50)]
    with counted() as calls:
        listing(site.site_id, site.operator, status="open", assigned="all", limit=50, start=None, now=NOON)
    assert calls == ["Query", "BatchGetItem", "TransactWriteItems"]  # the views are recorded
    with counted() as calls:
        found = listing(site.site_id, site.operator, status="open", assigned="all", limit=50, start=None, now=NOON)
    assert calls == ["Query", "BatchGetItem"]
    assert [chat.pk for chat in found.chats] == opened[::-1]


def test_erasing_a_person_with_500_chats_and_5000_messages_is_at_most_60_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    site = accounts.site(world().site_id)
    assert site
    write(chats(site, 500, messages=10, opened=NOON, email="much@example.org"))
    subject = Subject.of(site.site_id, emails=["much@example.org"])
    with counted() as calls:
        outcome = erase(certain(search(subject)), "desk", NOON)
    assert len(outcome["chats"].removed) == 500
    assert len(calls) <= 60
    counts = statistics.total(statistics.read(site.site_id, NOON.date(), NOON.date()))
    assert counts == {}  # they were counted when they were closed
    assert search(subject)["chats"] == []


@pytest.mark.parametrize("closed", [True, False])
def test_the_sweep_takes_at_most_a_fifth_of_a_call_for_a_chat(closed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    over = add_months(NOON, 12)
    monkeypatch.setattr(clock, "now", lambda: over)
    sweep(over)
    site = accounts.site(world().site_id)
    assert site
    write(chats(site, 500, messages=2, opened=NOON, closed=closed))
    with counted() as calls:
        assert sweep(over)["expired"] == 500
    # An empty sweep asks every store once for each partition of what is due.
    with counted() as empty:
        sweep(over)
    assert len(calls) - len(empty) <= 0.2 * 500
    counts = statistics.total(statistics.read(site.site_id, NOON.date(), NOON.date()))
    assert counts.get("outcome:expired", 0) == (0 if closed else 500)


def test_N12_a_copy_of_five_hundred_chats_takes_thirty_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the state machine runs the tasks: from proof of identity to the copy (DESIGN section 8)."""
    now = datetime.now(UTC)
    monkeypatch.setattr(clock, "now", lambda: now)
    site, who = world(), somebody()
    write(chats(accounts.site(site.site_id), 500, messages=10, opened=now - timedelta(days=1), email=who.email))
    proof = Identity(proven=True, method="code", at=now)
    request = intake.take_in(
        site.site_id, "peter", kind="access", channel="form", received_at=now, email=who.email, identity=proof, now=now
    )
    with counted() as calls:
        steps.begin(request.pk, now)
        steps.searched(request.pk, [steps.search(request.pk, name) for name in names()])
        for part in found.parts(request.pk):
            steps.export(part)
    reviewing(request.pk)
    review.approve(request.pk, site.site_id, "priya", now)
    with counted() as answering:
        steps.decide(request.pk, now)
        steps.copy(request.pk, now)
    assert int(Request.get(request.pk).searched["chats"]["found"]) == 500
    assert Request.get(request.pk).copy
    assert len(calls) + len(answering) <= 30, Counter([*calls, *answering])

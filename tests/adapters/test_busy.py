"""DynamoDB as it is when it is busy: batches are done in part, pages end early, indexes are behind. Nothing is lost,
shown twice, or deleted before its time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from imchat import aws, clock
from imchat.chat import deleting, inbox
from imchat.chat.closing import close
from imchat.chat.deleting import delete
from imchat.chat.posting import Author, post
from imchat.chat.reading import read
from imchat.desk import lookups, purchases
from imchat.housekeeping import sweep
from imchat.periods import add_months
from imchat.register.stores import stores
from imchat.rights import requests
from imchat.rights.restoring import forget_again
from imchat.settings import table_name
from imchat.stores import accounts, batch, statistics
from imchat.stores.chats import PAGE_MESSAGES, Chat
from imchat.stores.evidence import Entry
from imchat.stores.purchases import Purchase
from imchat.stores.requests import Request
from imchat.subjects import Subject
from tests.adapters.people import Person, fill, somebody
from tests.adapters.test_desk import buy
from tests.adapters.test_requests import taken
from tests.adapters.worlds import NOON, World, items_of, world
from tests.held import certain, erase, search
from tests.limits.busy import lagging, short_pages, throttled

pytestmark = pytest.mark.usefixtures("tables", "at_noon", "nothing_else_is_due")
OVER = add_months(NOON, 12)
FOLDED = datetime(2099, 3, 5, 1, tzinfo=UTC)


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """The library's clock, and nobody waits for a busy table."""

    def set_clock(now: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: now)

    monkeypatch.setattr(batch, "time", SimpleNamespace(sleep=lambda _: None))
    set_clock(NOON)
    return set_clock


@pytest.fixture(scope="module")
def nothing_else_is_due(tables: dict[str, Any]) -> None:
    sweep(NOON + timedelta(days=9000))


@pytest.fixture(scope="module")
def known(tables: dict[str, Any]) -> tuple[World, Person]:
    """A site, and somebody of whom every store holds something."""
    site, who = world(), somebody()
    fill(site, who)
    return site, who


def long_chat(site: World, pages: int) -> Chat:
    chat = site.open()
    for number in range(pages * PAGE_MESSAGES + 1):
        post(chat.pk, Author(site.site_id), f"message {number}", f"c{number}", NOON)
    return chat


def all_of(subject: Subject) -> dict[str, list[Any]]:
    """All that there is about somebody, as a copy has it."""
    found = search(subject)
    return {store.name: list(store.export(found[store.name], NOON)) for store in stores() if store.name in found}


# Batches that are done in part


def test_N17_the_sweep_of_a_busy_table_leaves_nothing(at_noon: Callable[[datetime], None]) -> None:
    site = world()
    chats = [site.open().pk for _ in range(8)] + [long_chat(site, 2).pk]
    at_noon(OVER)
    with throttled() as calls:
        sweep(OVER)
    # More rounds than PynamoDB would try.
    assert calls.count("BatchWriteItem") > 8
    assert [items_of(model, pk) for pk in chats for model in (Chat, Entry)] == [[]] * 18


def test_N18_a_long_chat_is_deleted_from_a_busy_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deleting, "_PAGES_AT_ONCE", 1)
    site = world()
    chat = long_chat(site, 5)
    with throttled() as calls:
        delete(chat.pk, site.site_id, "visitor", NOON)
    assert calls.count("BatchWriteItem") == 4
    assert items_of(Chat, chat.pk) == []


def test_N12_what_is_read_from_busy_tables_is_complete(known: tuple[World, Person]) -> None:
    site, who = known
    subject = who.subject(site)
    expected = all_of(subject)
    assert len(expected["chats"]) > 1
    with throttled() as calls:
        assert all_of(subject) == expected
    assert calls.count("BatchGetItem") > sum(len(found) > 0 for found in expected.values())


def test_N18_an_erasure_in_busy_tables_is_whole() -> None:
    site, who = world(), somebody()
    fill(site, who)
    with throttled(), short_pages():
        erase(certain(search(who.subject(site))), "desk", NOON)
    for store in stores():
        if store.activity.categories and store.activity.erasure == "erased":
            assert not certain({store.name: store.find(who.subject(site))}), store.name


def test_a_busy_inbox_shows_every_chat_once() -> None:
    site = world()
    opened = [site.open(NOON + timedelta(seconds=number)).pk for number in range(5)]
    with throttled() as calls:
        found = inbox.listing(
            site.site_id, site.operator, status="open", assigned="all", limit=10, start=None, now=NOON
        )
    assert [chat.pk for chat in found.chats] == opened[::-1]
    assert len(calls) >= 5


def test_N18_a_restored_table_forgets_again_however_busy_it_is() -> None:
    site = world()
    chats = [site.open() for _ in range(4)]
    raw = [item for chat in chats for item in items_of(Chat, chat.pk)]
    for chat in chats:
        delete(chat.pk, site.site_id, "visitor", NOON)
    table = table_name("chats")
    for item in raw:
        aws.dynamodb().client.put_item(TableName=table, Item=item)
    with throttled(2):
        assert forget_again("chats", table) == len(raw)
    assert [items_of(Chat, chat.pk) for chat in chats] == [[]] * 4


# Pages that end early


def test_a_long_chat_is_read_whole_from_short_pages() -> None:
    site = world()
    chat = long_chat(site, 3)
    with short_pages():
        shown = read(chat.pk, site.site_id, 0, NOON, notes=True).messages
        delete(chat.pk, site.site_id, "visitor", NOON)
    assert [message.text for _, message in shown] == [f"message {number}" for number in range(3 * PAGE_MESSAGES + 1)]
    assert items_of(Chat, chat.pk) == []


def test_N12_what_is_found_in_short_pages_is_complete(known: tuple[World, Person]) -> None:
    site, who = known
    expected = all_of(who.subject(site))
    with short_pages():
        assert all_of(who.subject(site)) == expected


@pytest.mark.parametrize("items", [1, 2])
def test_lists_go_on_behind_a_short_page(items: int) -> None:
    site = world()
    opened = [site.open(NOON + timedelta(seconds=number)).pk for number in range(5)]
    bought = [buy(site, bought_on=f"2098-12-0{day}", processor_reference=f"PP{day}x").pk for day in (1, 2, 3)]
    chats: list[str] = []
    sold: list[str] = []
    place = None
    with short_pages(items):
        while len(chats) <= len(opened):
            page = inbox.listing(
                site.site_id, site.operator, status="open", assigned="all", limit=2, start=place, now=NOON
            )
            chats += [chat.pk for chat in page.chats]
            place = page.next
            if place is None:
                break
        while len(sold) <= len(bought):
            found = lookups.listing(_store("purchases"), site.site_id, "priya", limit=2, start=place, now=NOON)
            sold += [item.pk for item, _ in found.items]
            place = found.next
            if place is None:
                break
        assert {one.operator_id for one in accounts.operators(site.site_id)} == {site.operator, site.colleague}
        assert len(accounts.operators_page(site.site_id)[0]) == 2
    assert (chats, sold) == (opened[::-1], bought[::-1])


def test_N20_what_was_counted_is_all_there_in_short_pages() -> None:
    site = world()
    for day in range(3):
        for _ in range(5):
            chat = site.open(NOON + timedelta(days=day))
            close(chat.pk, site.site_id, "visitor", NOON + timedelta(days=day))

    def total() -> dict[str, int]:
        first = NOON.date()
        return statistics.total(statistics.read(site.site_id, first, first + timedelta(days=3)))

    expected = total()
    assert expected["chats"] == 15
    with short_pages():
        assert total() == expected


def test_N17_the_sweep_finds_all_that_is_due_in_short_pages(at_noon: Callable[[datetime], None]) -> None:
    site = world()
    chats = [site.open().pk for _ in range(5)]
    at_noon(OVER)
    with short_pages():
        sweep(OVER)
    assert [items_of(model, pk) for pk in chats for model in (Chat, Entry)] == [[]] * 10


# Indexes that are behind


def test_N21_a_purchase_that_was_held_in_the_last_second_is_not_swept(at_noon: Callable[[datetime], None]) -> None:
    site = world()
    held, over = buy(site), buy(site, processor_reference="PP2x")
    ends = datetime.fromtimestamp(int(held.expires_at), UTC)
    just_before = ends - timedelta(seconds=1)
    at_noon(just_before)
    with lagging("purchases"):
        until = (ends + timedelta(days=9)).date().isoformat()
        purchases.hold(held.pk, site.site_id, site.operator, until=until, because="a claim", now=just_before)
        at_noon(ends)
        sweep(ends)
    assert items_of(Purchase, over.pk) == []
    assert items_of(Purchase, held.pk) != []


def test_a_request_that_ended_in_the_last_second_is_not_swept_with_its_first_end(
    at_noon: Callable[[datetime], None],
) -> None:
    site = world()
    request = taken(site, NOON)
    ends = datetime.fromtimestamp(int(request.expires_at), UTC)
    just_before = ends - timedelta(seconds=1)
    at_noon(just_before)
    with lagging("requests"):
        requests.end(request, "withdrawn", "no longer wanted", "priya", just_before, letter=None)
        at_noon(ends)
        sweep(ends)
    assert items_of(Request, request.pk) != []


def test_the_inbox_shows_no_chat_as_what_it_was(at_noon: Callable[[datetime], None]) -> None:
    site = world()
    stays, closed, deleted = (site.open(NOON + timedelta(seconds=number)) for number in range(3))
    with lagging("chats"):
        close(closed.pk, site.site_id, "visitor", NOON)
        delete(deleted.pk, site.site_id, "visitor", NOON)
        found = inbox.listing(
            site.site_id, site.operator, status="open", assigned="all", limit=10, start=None, now=NOON
        )
    assert [chat.pk for chat in found.chats] == [stays.pk]


def test_N18_what_was_erased_in_the_last_second_is_not_found() -> None:
    site, who = world(), somebody()
    fill(site, who)
    with lagging("chats", "correspondence"):
        erase(certain(search(who.subject(site))), "desk", NOON)
        found = search(who.subject(site))
        assert not certain({name: found[name] for name in ("chats", "correspondence")})


def test_N20_what_was_folded_in_the_last_second_is_not_folded_twice(at_noon: Callable[[datetime], None]) -> None:
    site = world()
    for _ in range(6):
        chat = site.open()
        close(chat.pk, site.site_id, "visitor", NOON)
    at_noon(FOLDED)
    first = NOON.date()

    def total() -> dict[str, int]:
        return statistics.total(statistics.read(site.site_id, first, first + timedelta(days=400)))

    with lagging("statistics"):
        statistics.STORE.expire(FOLDED, lambda: True)
        folded = total()
        statistics.STORE.expire(FOLDED, lambda: True)
        assert total() == folded
    assert folded["chats"] == 6


def test_a_lagging_index_is_the_tables_again_afterwards() -> None:
    site = world()
    with lagging("chats"):
        chat = site.open(email="late@example.org")
        assert [one.pk for one in Chat.email_index.query("late@example.org")] == []
    assert [one.pk for one in Chat.email_index.query("late@example.org")] == [chat.pk]


def _store(name: str) -> Any:
    return next(store for store in stores() if store.name == name)

"""How chats end: closed, deleted, expired, cut anywhere in between; nothing escapes and nothing is counted twice."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from imchat import aws, clock
from imchat.chat import sweeping
from imchat.chat.closing import close
from imchat.chat.copies import request_copy
from imchat.chat.correcting import correct
from imchat.chat.deleting import delete
from imchat.chat.posting import Author, post
from imchat.chat.rating import rate
from imchat.chat.reading import read
from imchat.chat.sending import NotNow, send
from imchat.errors import NotFound
from imchat.housekeeping import sweep
from imchat.periods import add_months
from imchat.stores import statistics
from imchat.stores.chats import PAGE_MESSAGES, Chat, Page
from imchat.stores.evidence import Entry
from tests.adapters.worlds import NOON, World, answer, items_of, jobs_of, world
from tests.faults.faults import When, cut

pytestmark = pytest.mark.usefixtures("tables", "at_noon")
YEAR = timedelta(days=365)


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """The library's clock stands at NOON until it is set."""

    def set_clock(now: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: now)

    set_clock(NOON)
    return set_clock


@pytest.fixture(autouse=True)
def nothing_else_is_due(tables: dict[str, Any]) -> None:
    """Other tests' leftovers would be swept along: one sweep before, far in the future, takes them."""
    sweep(NOON + 10 * YEAR)


def talked(site: World, messages: int = 3, now: datetime = NOON, **fields: Any) -> Chat:
    chat = site.open(now, **fields)
    for number in range(messages):
        post(chat.pk, Author(site.site_id), f"message {number}", f"c{number}", now)
    if "email" in fields:
        answer(chat, now)
    return chat


def counts(site: World) -> dict[str, int]:
    return statistics.total(statistics.read(site.site_id, NOON.date(), (NOON + 2 * YEAR).date()))


def actions(chat: Chat) -> list[str]:
    return [item["action"]["S"] for item in items_of(Entry, chat.pk)]


def found_by(index: Any, key: str) -> list[str]:
    return [item.pk for item in index.query(key)]


def test_N18_a_deletion_leaves_what_its_receipt_says(at_noon: Any) -> None:
    site = world()
    chat = talked(
        site, PAGE_MESSAGES + 5, name="Ada", email="ada.n18@example.org", phone="020 7946 0018", ip="192.0.2.7"
    )
    neighbour = talked(site, name="Ada", email="ada.n18@example.org")
    before = items_of(Chat, neighbour.pk)
    receipt = delete(chat.pk, site.site_id, "visitor", NOON)
    assert items_of(Chat, chat.pk) == []
    assert items_of(Chat, neighbour.pk) == before
    assert found_by(Chat.email_index, "ada.n18@example.org") == [neighbour.pk]
    assert dict(receipt.removed) == {
        "chat": 1, "messages": PAGE_MESSAGES + 6, "name": 1, "email": 1, "phone": 1, "IP address": 1,
    }  # fmt: skip
    entries = items_of(Entry, chat.pk)
    assert Counter(actions(chat)) == {"open": 1, "delete": 1}
    assert {entry["email"]["S"] for entry in entries} == {"ada.n18@example.org"}
    assert {entry["email_key"]["S"] for entry in entries} == {"ada.n18@example.org"}
    assert "message 1" not in str(entries)
    kept = next(one for one in receipt.retained if one.why == "evidence of use")
    assert kept.until
    assert {int(entry["expires_at"]["N"]) for entry in entries} == {int(kept.until.timestamp())}
    with pytest.raises(NotFound):
        read(chat.pk, site.site_id, 0, NOON, notes=True)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("pages", [0, 2])
def test_N18_a_deletion_cut_anywhere_is_invisible_at_once_and_finished_by_the_sweep(when: When, pages: int) -> None:
    for at in range(1, 10):
        site = world()
        chat = talked(site, pages * PAGE_MESSAGES + 2, name="Ada", email="ada@example.org")
        with cut(at, when) as fault:
            try:
                delete(chat.pk, site.site_id, "visitor", NOON)
            except aws.AWS_ERRORS:
                pass
        if fault.calls < at:
            break
        if Chat.get(chat.pk, "META").status == "deleting" if items_of(Chat, chat.pk) else True:
            with pytest.raises(NotFound):
                read(chat.pk, site.site_id, 0, NOON, notes=True)
            assert found_by(Chat.email_index, chat.pk) == []
            sweep(NOON + timedelta(hours=1))
        else:  # not even begun: the caller tries again
            delete(chat.pk, site.site_id, "visitor", NOON)
        assert items_of(Chat, chat.pk) == []
        assert Counter(actions(chat)) == {"open": 1, "delete": 1}
        assert counts(site)["chats"] == counts(site)["outcome:deleted"] == 1
    assert at > 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("again", ["caller", "sweep"])
def test_a_close_cut_anywhere_ends_as_if_it_had_not_been(when: When, again: str) -> None:
    for at in range(1, 10):
        site = world()
        chat = talked(site, name="Ada", email="ada@example.org")
        with cut(at, when) as fault:
            try:
                close(chat.pk, site.site_id, "visitor", NOON)
            except aws.AWS_ERRORS:
                pass
        if fault.calls < at:
            break
        if again == "caller" or Chat.get(chat.pk, "META").status == "open":
            close(chat.pk, site.site_id, "visitor", NOON)
        else:
            sweep(NOON + timedelta(hours=1))
        stands = Chat.get(chat.pk, "META")
        assert (stands.status, stands.transcript, stands.transcript_job) == ("closed", "queued", 1)
        assert set(jobs_of(chat.pk)) == {1}
        assert Counter(actions(chat)) == {"open": 1, "close": 1}
        assert counts(site)["chats"] == counts(site)["outcome:closed"] == 1
        assert counts(site)["messages:visitor"] == 3
    assert at > 2


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "act",
    [
        lambda site, chat: post(chat.pk, Author(site.site_id), "once", "again", NOON),
        lambda site, chat: rate(chat.pk, site.site_id, 4, "fine", NOON),
        lambda site, chat: correct(chat.pk, site.site_id, {"name": "Grace"}, NOON),
    ],
    ids=["post across a seal", "rate", "correct"],
)
def test_an_act_cut_anywhere_and_repeated_is_done_once(when: When, act: Callable[[World, Chat], object]) -> None:
    for at in range(1, 10):
        site = world()
        chat = talked(site, PAGE_MESSAGES, name="Ada")
        with cut(at, when) as fault:
            try:
                act(site, chat)
            except aws.AWS_ERRORS:
                pass
        act(site, chat)
        found = read(chat.pk, site.site_id, 0, NOON, notes=True)
        texts = [said.text for _, said in found.messages]
        assert len(texts) == len(set(texts)) >= PAGE_MESSAGES
        rated = counts(site).get("rating:4", 0)
        assert rated == int(found.chat.rating is not None)
        assert actions(chat).count("correct") == int(found.chat.name == "Grace")
        if fault.calls < at:
            break
    assert at > 1


def test_N17_from_its_last_second_a_chat_is_unreadable_swept_or_not(at_noon: Callable[[datetime], None]) -> None:
    site = world()
    chat = talked(site, PAGE_MESSAGES + 1)
    end = add_months(NOON, 12)
    assert len(read(chat.pk, site.site_id, 0, end - timedelta(seconds=1), notes=False).messages) == PAGE_MESSAGES + 1
    at_noon(end)
    for call in (
        lambda: read(chat.pk, site.site_id, 0, end, notes=False),
        lambda: post(chat.pk, Author(site.site_id), "late", "late", end),
        lambda: close(chat.pk, site.site_id, "visitor", end),
        lambda: delete(chat.pk, site.site_id, "visitor", end),
        lambda: rate(chat.pk, site.site_id, 5, None, end),
        lambda: request_copy(chat.pk, site.site_id, end),
        lambda: correct(chat.pk, site.site_id, {"name": "late"}, end),
    ):
        with pytest.raises(NotFound):
            call()
    assert list(Page.query(chat.pk)) == []
    assert list(Chat.batch_get([(chat.pk, "META")])) == []
    assert send(chat.pk, 1, end, last=False) == "gone"
    assert len(items_of(Chat, chat.pk)) == 2


def test_N17_the_sweep_removes_whatever_is_past_closed_or_not(at_noon: Callable[[datetime], None]) -> None:
    site = world()
    chats = [talked(site, 0), talked(site, 3), talked(site, PAGE_MESSAGES * 2 + 1, email="a@example.org"), talked(site)]
    close(chats[1].pk, site.site_id, "visitor", NOON)
    later = talked(site, now=NOON + timedelta(hours=2))
    at_noon(add_months(NOON, 12))
    done = sweep(add_months(NOON, 12))
    assert done["expired"] == 4
    assert all(items_of(Chat, chat.pk) == [] for chat in chats)
    assert items_of(Chat, later.pk)
    total = counts(site)
    # The younger one is not over yet, but close enough to its end to be counted.
    # Of fewer than five only the number is left (N20).
    assert (total["outcome:other"], total["chats"]) == (5, 5)
    assert sweep(add_months(NOON, 12))["expired"] == 0
    assert counts(site) == total


def test_N20_an_open_chat_is_counted_before_dynamodb_may_take_it(at_noon: Callable[[datetime], None]) -> None:
    site = world()
    chat = talked(site, email="a@example.org")
    at_noon(add_months(NOON, 12) - timedelta(hours=23))
    assert sweep(clock.now())["closed_before_end"] == 1
    stands = Chat.get(chat.pk, "META")
    assert (stands.status, stands.transcript) == ("closed", "none")
    assert (
        counts(site)["outcome:other"] == counts(site)["chats"] == 1
    )  # of its year, which is over: how, is not kept (N20)
    assert jobs_of(chat.pk) == []
    at_noon(add_months(NOON, 12))
    assert sweep(clock.now())["expired"] == 1
    assert counts(site)["chats"] == 1


def test_the_sweep_takes_up_again_where_its_time_ran_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "READ_AT_ONCE", 5)
    site = world()
    chats = [talked(site, 1) for _ in range(12)]
    over = add_months(NOON, 12)
    moments = iter([True])
    done = sweep(over, lambda: next(moments, False))
    assert done["expired"] == 5
    assert done["unfinished"]
    assert sum(items_of(Chat, chat.pk) == [] for chat in chats) == 5
    assert sweep(over)["expired"] == 7
    assert counts(site)["chats"] == 12


def test_N17_pages_whose_chat_dynamodb_took_first_are_found_too() -> None:
    site = world()
    chat = talked(site, PAGE_MESSAGES + 1)
    Chat(chat.pk).delete()
    assert sweep(add_months(NOON, 12))["page_expired"] == 1
    assert items_of(Chat, chat.pk) == []


def test_N19_the_system_log_ends_twelve_months_after_each_entry_no_sooner_no_later() -> None:
    site = world()
    chat = talked(site, name="Ada", email="ada@example.org")
    closed = NOON + timedelta(days=200)
    close(chat.pk, site.site_id, "visitor", closed)
    delete(chat.pk, site.site_id, "visitor", closed)
    ends = {item["action"]["S"]: int(item["expires_at"]["N"]) for item in items_of(Entry, chat.pk)}
    assert ends["open"] == add_months(NOON, 12).timestamp()
    assert ends["close"] == ends["delete"] == add_months(closed, 12).timestamp()
    sweep(add_months(NOON, 12) - timedelta(seconds=1))
    assert Counter(actions(chat)) == {"open": 1, "close": 1, "delete": 1}
    sweep(add_months(NOON, 12))
    assert Counter(actions(chat)) == {"close": 1, "delete": 1}
    sweep(add_months(closed, 12))
    assert actions(chat) == []


def test_N7_an_anonymous_chat_has_no_key_that_could_find_it() -> None:
    site = world()
    for fields in ({}, {"name": "", "email": " ", "phone": "\t"}, {"name": "\u200b"}):
        chat = site.open(**fields)
        [item] = items_of(Chat, chat.pk)
        assert not {"name_key", "email_key", "phone_key", "name", "email", "phone"} & set(item)
        assert request_states(chat) == "none"
        assert close(chat.pk, site.site_id, "visitor", NOON).transcript == "no_address"


def request_states(chat: Chat) -> str:
    return str(Chat.get(chat.pk, "META").transcript)


def test_N3_of_the_request_only_address_country_and_family_are_kept() -> None:
    site = world()
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    chat = site.open(ip="192.0.2.7", country="GB", user_agent=agent, page_url="https://shop.example/a?email=x#y")
    [item] = items_of(Chat, chat.pk)
    assert (item["ip"]["S"], item["country"]["S"], item["browser"]["S"]) == ("192.0.2.7", "GB", "firefox")
    assert "Gecko" not in str(item)
    assert item["page_url"]["S"] == "https://shop.example/a"
    close(chat.pk, site.site_id, "visitor", NOON)
    assert counts(site)["country:GB"] == counts(site)["browser:firefox"] == 1
    assert "192.0.2.7" not in str(counts(site))


def test_a_transcript_that_is_stuck_is_queued_again() -> None:
    site = world()
    chat = talked(site, email="a@example.org")
    close(chat.pk, site.site_id, "visitor", NOON)
    assert jobs_of(chat.pk) == [1]
    assert sweep(NOON + timedelta(minutes=10))["transcript_requeued"] == 0
    assert sweep(NOON + timedelta(minutes=20))["transcript_requeued"] == 1
    assert jobs_of(chat.pk) == [1]


@pytest.mark.parametrize("when", ["before", "after"])
def test_N6_a_job_cut_anywhere_is_mailed_once(when: When, monkeypatch: pytest.MonkeyPatch) -> None:
    """But where the answer of SES itself was lost, which nobody can tell from a mail that never left."""
    from imchat.mail import ses

    sent: list[str] = []
    really_send = ses.send

    def counted(raw: bytes, **to: Any) -> str:
        answer = really_send(raw, **to)
        sent.append(to["chat_id"])
        return answer

    monkeypatch.setattr(ses, "send", counted)
    for at in range(1, 12):
        site = world()
        chat = talked(site, email="cut@example.org")
        close(chat.pk, site.site_id, "visitor", NOON)
        with cut(at, when) as fault:
            try:
                send(chat.pk, 1, NOON, last=False)
            except (NotNow, *aws.AWS_ERRORS):
                pass
        after_lease = NOON + timedelta(minutes=3)
        send(chat.pk, 1, after_lease, last=False)
        assert send(chat.pk, 1, after_lease, last=False) == "done"
        assert request_states(chat) == "sent"
        assert sent.count(chat.pk) == 1
        assert actions(chat).count("transcript_sent") == 1
        if fault.calls < at:
            break
    assert at > 4


def test_N6_of_two_deliveries_at_once_one_works() -> None:
    site = world()
    chat = talked(site, email="twice@example.org")
    close(chat.pk, site.site_id, "visitor", NOON)
    stands = Chat.get(chat.pk, "META")
    stands.change([Chat.transcript_lease.set(int(NOON.timestamp() * 1000) + 60_000)])
    with pytest.raises(NotNow):
        send(chat.pk, 1, NOON, last=False)
    assert send(chat.pk, 1, NOON + timedelta(minutes=2), last=False) == "sent"

"""Who listens, and for whom: pages come, say who they are, and go."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from imchat import tokens
from imchat.chat.reading import read
from imchat.errors import Conflict, Forbidden, InvalidInput, NotFound, TooMany, Unauthorised
from imchat.live import frames, subscribing
from imchat.live.subscribing import MOST_LISTENERS, MOST_OF_VISITOR, MOST_WATCHED, leave
from imchat.periods import add_months
from imchat.stores import accounts, connections
from imchat.stores.accounts import Operator, partition
from imchat.stores.chats import PAGE_MESSAGES, Chat
from tests.adapters.wires import Wires, loaded, said
from tests.adapters.worlds import NOON, ORIGIN, World, world

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def site() -> World:
    return world()


def test_a_connection_speaks_for_one_and_for_good(site: World, wires: Wires) -> None:
    chat, other = site.open(), site.open()
    page = wires.visit(chat)[0]
    token = tokens.issue(other.pk, site.site_id, ORIGIN, now=NOON, expires_at=int(other.expires_at))
    with pytest.raises(Conflict):
        subscribing.greet_visitor(page, token, 0, NOON)
    assert connections.heard(page, NOON).chat_id == chat.pk
    with pytest.raises(Unauthorised):
        subscribing.greet_visitor("unheard-of", token, 0, NOON)
    with pytest.raises(Unauthorised):
        connections.heard(page, NOON + timedelta(hours=3))


def test_a_page_of_another_website_hears_nothing(site: World, wires: Wires) -> None:
    chat = site.open()
    token = tokens.issue(chat.pk, site.site_id, ORIGIN, now=NOON, expires_at=int(chat.expires_at))
    with pytest.raises(Forbidden):
        subscribing.greet_visitor(wires.connect("https://elsewhere.example"), token, 0, NOON)
    ticket = tokens.issue_ticket(site.operator, site.site_id, NOON)
    with pytest.raises(Forbidden):
        subscribing.greet_staff(wires.connect(ORIGIN), ticket, NOON)
    assert not loaded(chat).listeners
    assert not accounts.site(site.site_id).listeners  # type: ignore[union-attr]


def test_N17_nobody_listens_to_a_chat_that_has_ended(site: World, wires: Wires) -> None:
    chat = site.open()
    over = add_months(NOON, 12)
    token = tokens.issue(chat.pk, site.site_id, ORIGIN, now=over, expires_at=int(over.timestamp()) + 60)
    with pytest.raises(NotFound):
        subscribing.greet_visitor(wires.connect(now=over), token, 0, over)


def test_a_disabled_operator_is_not_let_in_and_is_put_out(site: World, wires: Wires) -> None:
    mine, colleagues = wires.attend(site, site.operator), wires.attend(site, site.colleague)
    ticket = tokens.issue_ticket(site.operator, site.site_id, NOON)
    Operator(partition(site.site_id), f"OPERATOR#{site.operator}").change([Operator.disabled.set(True)])
    with pytest.raises(Unauthorised):
        subscribing.greet_staff(wires.connect(None), ticket, NOON)
    subscribing.dismiss(site.site_id, site.operator)
    assert mine not in wires.heard
    assert colleagues in wires.heard


def test_staff_watch_chats_of_their_site_and_learn_how_far_each_goes(site: World, wires: Wires) -> None:
    one, two, foreign = site.open(text="Hello", client_id="first"), site.open(), world().open()
    staff = connections.heard(wires.attend(site, site.operator), NOON)
    asked = [one.pk, two.pk, foreign.pk, "a" * 26, one.pk]
    assert subscribing.watch(staff, asked, NOON) == {one.pk: 1, two.pk: 0}
    assert not loaded(foreign).listeners
    with pytest.raises(InvalidInput):
        subscribing.watch(staff, [f"{number:026}" for number in range(MOST_WATCHED + 1)], NOON)


def test_a_chat_is_not_open_on_any_number_of_pages(site: World, wires: Wires) -> None:
    chat = site.open()
    chat.change([Chat.listeners.set({f"v:{number}" for number in range(MOST_LISTENERS)})])
    with pytest.raises(TooMany):
        wires.visit(chat)
    assert said(site, chat, "Hello") == 1  # and all who were gone are forgotten at once
    assert wires.visit(chat)[1].cursor == 1


def test_a_visitors_pages_never_keep_the_staff_out(site: World, wires: Wires) -> None:
    chat = site.open()
    for _ in range(MOST_OF_VISITOR):
        wires.visit(chat)
    with pytest.raises(TooMany):
        wires.visit(chat)
    assert len(loaded(chat).connections("v")) == MOST_OF_VISITOR
    staff = connections.heard(wires.attend(site, site.operator), NOON)
    assert chat.pk in subscribing.watch(staff, [chat.pk], NOON)


def test_a_welcome_is_short_enough_for_a_frame_and_says_that_there_is_more(site: World, wires: Wires) -> None:
    chat = site.open()
    for number in range(6):
        said(site, chat, f"{number}" * 4000)
    _, welcome = wires.visit(chat)
    assert (len(welcome.messages), welcome.cursor, welcome.more) == (2, 2, True)
    rest = read(chat.pk, site.site_id, welcome.cursor, NOON, notes=False)
    assert [cursor for cursor, _ in rest.messages] == [3, 4, 5, 6]


def test_who_is_gone_is_forgotten_at_the_next_push_and_staff_hear_it(site: World, wires: Wires) -> None:
    chat = site.open()
    page, staff = wires.visit(chat)[0], wires.attend(site, site.operator, chat.pk)
    gone = wires.attend(site, site.colleague, chat.pk)
    wires.lose(page)
    wires.lose(gone)
    said(site, chat, "Hello")
    assert loaded(chat).listeners == {f"o:{staff}"}
    assert [frame for frame in wires.take(staff) if frame["type"] == "presence"] == [
        {"type": "presence", "chat_id": chat.pk, "here": False}
    ]
    site.open()
    kept = accounts.site(site.site_id)
    assert kept
    assert kept.listeners == {f"o:{staff}"}


def test_who_leaves_is_forgotten_everywhere(site: World, wires: Wires) -> None:
    chat = site.open()
    page, tab = wires.visit(chat)[0], wires.visit(chat)[0]
    staff = wires.attend(site, site.operator, chat.pk)
    for connection in (page, tab):
        wires.take(staff)
        leave(connection, NOON)
    assert wires.take(staff) == [{"type": "presence", "chat_id": chat.pk, "here": False}]  # with the last of them
    leave(staff, NOON)
    assert not loaded(chat).listeners
    assert not accounts.site(site.site_id).listeners  # type: ignore[union-attr]
    with pytest.raises(Unauthorised):
        connections.heard(staff, NOON)
    leave(staff, NOON)  # again: nothing to do


def test_staff_see_whether_the_visitor_is_there(site: World, wires: Wires) -> None:
    staff = wires.attend(site, site.operator)
    chat = site.open()
    assert wires.take(staff)[0]["chat"]["here"] is False
    page = wires.visit(chat)[0]
    wires.visit(chat)
    assert wires.take(staff) == [{"type": "presence", "chat_id": chat.pk, "here": True}]  # once, for two tabs
    assert frames.chat(loaded(chat))["here"] is True
    assert wires.take(page) == []


def test_a_hello_misses_nothing_and_repeats_nothing_however_much_is_said_meanwhile(site: World, wires: Wires) -> None:
    """Pages drop and come back while others write, across page seals: what is said is in the welcome or is pushed,
    never both, never neither."""
    chat = site.open()
    writers, pages, rounds = 4, 3, 25
    known = 0
    for round_ in range(rounds):
        ready = Barrier(writers + pages)

        def write(writer: int, ready: Barrier = ready, round_: int = round_) -> None:
            ready.wait()
            said(site, chat, f"{round_}-{writer}")

        def come(_: int, ready: Barrier = ready, known: int = known) -> tuple[str, list[int]]:
            ready.wait()
            connection, welcome = wires.visit(chat, after=known)
            return connection, [cursor for cursor, _ in welcome.messages]

        with ThreadPoolExecutor(writers + pages) as pool:
            coming = [pool.submit(come, number) for number in range(pages)]
            list(pool.map(write, range(writers)))
        for page in coming:
            connection, welcomed = page.result()
            pushed = [frame["message"]["cursor"] for frame in wires.take(connection)]
            assert sorted(welcomed + pushed) == list(range(known + 1, known + writers + 1)), round_
            leave(connection, NOON)
        known += writers
    assert known > 3 * PAGE_MESSAGES

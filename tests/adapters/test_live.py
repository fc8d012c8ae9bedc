"""Who is connected hears what happens: on the emulator's tables, with wires of our own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from imchat.chat.assigning import assign, transfer
from imchat.chat.closing import close
from imchat.chat.copies import request_copy
from imchat.chat.correcting import correct
from imchat.chat.deleting import delete, delete_many
from imchat.chat.rating import rate
from imchat.chat.restricting import restrict
from imchat.errors import Conflict, InvalidInput
from imchat.live import attending, frames, subscribing
from imchat.live.presence import set_presence
from imchat.register.store import Reference
from imchat.stores import connections
from imchat.stores.chats import META
from tests.adapters.counted import counted
from tests.adapters.wires import Wires, loaded, said
from tests.adapters.worlds import NOON, World, answer, world

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def site() -> World:
    return world()


def test_what_is_said_reaches_everybody_but_the_page_that_said_it(site: World, wires: Wires) -> None:
    chat = site.open()
    page, other_tab = wires.visit(chat)[0], wires.visit(chat)[0]
    staff = wires.attend(site, site.operator, chat.pk)
    said(site, chat, "Hello", connection=page)
    assert wires.take(page) == []
    (frame,) = wires.take(other_tab)
    assert frame["chat_id"] == chat.pk
    assert (frame["message"]["cursor"], frame["message"]["text"], frame["message"]["client_id"]) == (
        1,
        "Hello",
        "c-Hello",
    )
    assert wires.kinds(staff) == ["message"]
    said(site, chat, "Yes?", by="operator", connection=staff)
    (heard,) = wires.take(page)
    assert heard["message"] | {"at": ""} == {"cursor": 2, "by": "operator", "text": "Yes?", "at": "", "name": "Olga"}
    assert wires.take(staff) == []


def test_a_repeat_of_a_message_is_not_told_again(site: World, wires: Wires) -> None:
    chat = site.open()
    page = wires.visit(chat)[0]
    for _ in range(2):
        said(site, chat, "once")
    assert wires.kinds(page) == ["message"]


def test_a_note_is_told_to_staff_only(site: World, wires: Wires) -> None:
    chat = site.open()
    page, staff = wires.visit(chat)[0], wires.attend(site, site.colleague, chat.pk)
    said(site, chat, "a regular", by="note")
    assert wires.take(page) == []
    assert [frame["message"]["by"] for frame in wires.take(staff)] == ["note"]


def test_N22_a_card_number_is_masked_before_it_is_told(site: World, wires: Wires) -> None:
    chat = site.open()
    staff = wires.attend(site, site.operator, chat.pk)
    said(site, chat, "4111 1111 1111 1111")
    assert wires.take(staff)[0]["message"]["text"] == "•••• •••• •••• ••••"


def test_a_post_that_is_pushed_is_still_one_call(site: World, wires: Wires) -> None:
    chat = site.open()
    page, staff = wires.visit(chat)[0], wires.attend(site, site.operator, chat.pk)
    with counted() as calls:
        said(site, chat, "Hello")
    assert calls == ["UpdateItem"]
    assert (wires.kinds(page), wires.kinds(staff)) == (["message"], ["message"])


def test_a_new_chat_rings_at_all_staff_of_its_site_and_at_nobody_else(site: World, wires: Wires) -> None:
    elsewhere = world()
    staff, stranger = wires.attend(site, site.operator), wires.attend(elsewhere, elsewhere.operator)
    with counted() as calls:
        chat = site.open(name="Ada", text="Hello", client_id="first")
    assert len(calls) <= 2
    (frame,) = wires.take(staff)
    assert frame == {"type": "chat", "chat": frames.unseen(chat), "unseen": True}
    assert wires.take(stranger) == []
    said(site, chat, "still there?")  # the chat began with who listens to the site
    assert wires.kinds(staff) == ["chat"]


def test_what_changes_a_chat_is_told_to_staff(site: World, wires: Wires) -> None:
    chat = site.open(name="Adda", email="ada@example.org")
    answer(chat)
    page, staff = wires.visit(chat)[0], wires.attend(site, site.operator, chat.pk)
    correct(chat.pk, site.site_id, {"name": "Ada"}, NOON)
    assign(chat.pk, site.site_id, site.operator, site.operator, NOON)
    transfer(chat.pk, site.site_id, site.operator, site.colleague, NOON)
    rate(chat.pk, site.site_id, 4, "quick", NOON)
    told = [frame["chat"] for frame in wires.take(staff)]
    assert [one["visitor"]["name"] for one in told] == ["Ada"] * 4
    assert [one["assigned_to"] for one in told] == [None, site.operator, site.colleague, site.colleague]
    assert [one["rating"] for one in told] == [None, None, None, {"score": 4, "comment": None}]
    assert wires.take(page) == []
    close(chat.pk, site.site_id, "visitor", NOON)
    (status,) = wires.take(page)
    assert (status["status"], status["transcript"]["state"]) == ("closed", "queued")
    assert wires.kinds(staff) == ["status", "chat"]


def test_where_the_copy_is_is_told(site: World, wires: Wires) -> None:
    chat = site.open(email="ada@example.org")
    answer(chat)
    page = wires.visit(chat)[0]
    request_copy(chat.pk, site.site_id, NOON)
    (frame,) = wires.take(page)
    assert (frame["type"], frame["transcript"]["state"]) == ("transcript", "queued")


def test_N18_a_deletion_is_told_and_takes_the_visitors_connections_with_it(site: World, wires: Wires) -> None:
    chat = site.open()
    page, staff = wires.visit(chat)[0], wires.attend(site, site.operator, chat.pk)
    heard = wires.heard[page]
    with counted() as calls:
        delete(chat.pk, site.site_id, "visitor", NOON)
    assert len(calls) <= 3
    assert heard == [{"type": "status", "chat_id": chat.pk, "status": "deleted"}]
    assert page not in wires.heard
    assert wires.take(staff) == heard


def test_N18_an_erasure_by_the_desk_takes_them_too(site: World, wires: Wires) -> None:
    chat = site.open(email="ada@example.org")
    page = wires.visit(chat)[0]
    list(delete_many([Reference("chats", chat.pk, META)], "desk", NOON))
    assert page not in wires.heard


def test_no_operator_hears_of_a_chat_whose_use_is_restricted(site: World, wires: Wires) -> None:
    chat = site.open()
    page, staff = wires.visit(chat)[0], wires.attend(site, site.operator, chat.pk)
    said(site, chat, "Hello")
    gone = wires.attend(site, site.colleague, chat.pk)
    wires.lose(gone)
    wires.take(page), wires.take(staff)
    assert restrict(chat.pk, "desk", NOON)
    assert [frame["status"] for frame in wires.take(page)] == ["closed"]
    assert wires.take(staff)[-1] == {"type": "status", "chat_id": chat.pk, "status": "restricted"}
    assert loaded(chat).connections("o") == [staff]
    attending.mark_read(chat.pk, site.site_id, "visitor", 1, NOON, but=page)
    rate(chat.pk, site.site_id, 1, None, NOON)
    assert wires.take(staff) == []
    with pytest.raises(Conflict):
        attending.mark_read(chat.pk, site.site_id, "staff", 1, NOON, but=staff)
    again = connections.heard(wires.attend(site, site.operator), NOON)
    assert subscribing.watch(again, [chat.pk], NOON) == {}


def test_a_push_that_fails_fails_nothing(site: World, wires: Wires) -> None:
    chat = site.open()
    page = wires.visit(chat)[0]
    wires.broken.add(page)
    assert said(site, chat, "Hello") == 1
    assert close(chat.pk, site.site_id, "visitor", NOON).status == "closed"
    assert loaded(chat).connections("v") == [page]  # not gone, only out of reach


def test_telling_that_breaks_fails_nothing(site: World, wires: Wires, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = site.open()
    page = wires.visit(chat)[0]

    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr("imchat.live.frames.message", broken)
    assert said(site, chat, "Hello") == 1
    assert wires.take(page) == []


def test_read_marks_never_go_back_nor_beyond_what_there_is(site: World, wires: Wires) -> None:
    chat = site.open()
    page, staff = wires.visit(chat)[0], wires.attend(site, site.operator, chat.pk)
    for number in range(3):
        said(site, chat, f"{number}", by="operator", connection=staff)
    wires.take(page)

    def mark(cursor: int) -> None:
        attending.mark_read(chat.pk, site.site_id, "visitor", cursor, NOON, but=page)

    for cursor in (2, 1, 2, 3, 3):
        mark(cursor)
    assert [frame["cursor"] for frame in wires.take(staff) if frame["type"] == "read"] == [2, 3]
    for wrong in (4, -1, 10**9):
        with pytest.raises(InvalidInput):
            mark(wrong)
    attending.mark_read(chat.pk, site.site_id, "staff", 1, NOON, but=staff)
    assert wires.take(page) == [{"type": "read", "chat_id": chat.pk, "by": "staff", "cursor": 1}]
    assert frames.read_marks(loaded(chat)) == {"visitor": 3, "staff": 1}


def test_typing_is_told_to_the_others_and_not_where_a_chat_has_ended(site: World, wires: Wires) -> None:
    chat = site.open()
    page, staff = wires.visit(chat)[0], wires.attend(site, site.operator, chat.pk)
    wires.take(staff)

    def type_at(by: str, name: str | None, but: str) -> None:
        attending.type_at(chat.pk, site.site_id, by, name, typing=True, now=NOON, but=but)

    type_at("visitor", None, page)
    type_at("operator", "Olga", staff)
    assert wires.take(staff) == [{"type": "typing", "chat_id": chat.pk, "by": "visitor", "typing": True}]
    assert wires.take(page) == [
        {"type": "typing", "chat_id": chat.pk, "by": "operator", "typing": True, "name": "Olga"}
    ]
    close(chat.pk, site.site_id, "visitor", NOON)
    wires.take(staff)
    type_at("visitor", None, page)
    assert wires.take(staff) == []


def test_visitors_hear_when_there_is_somebody_or_nobody_and_staff_who_it_is(site: World, wires: Wires) -> None:
    chat = site.open()
    page, staff = wires.visit(chat)[0], wires.attend(site, site.operator)
    for operator, present in (
        (site.operator, True), (site.operator, True), (site.colleague, True), (site.operator, False),
        (site.operator, False), (site.colleague, False),
    ):  # fmt: skip
        set_presence(site.site_id, operator, present, NOON)
    assert wires.take(page) == [{"type": "presence", "online": True}, {"type": "presence", "online": False}]
    told = wires.take(staff)
    assert [frame["online"] for frame in told] == [True, True, True, False]
    there = [{one["name"] for one in frame["operators"] if one["present"]} for frame in told]
    assert there == [{"Operator 0"}, {"Operator 0", "Operator 1"}, {"Operator 1"}, set()]


def test_of_two_who_leave_at_once_one_is_the_last(site: World, wires: Wires) -> None:
    page = wires.visit(site.open())[0]
    for round_ in range(10):
        for operator in (site.operator, site.colleague):
            set_presence(site.site_id, operator, True, NOON)
        wires.take(page)
        ready = Barrier(2)

        def go(operator: str, ready: Barrier = ready) -> None:
            ready.wait()
            set_presence(site.site_id, operator, False, NOON)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(go, (site.operator, site.colleague)))
        assert wires.take(page) == [{"type": "presence", "online": False}], round_


def test_what_is_refused_is_not_told(site: World, wires: Wires) -> None:
    chat = site.open()
    page, staff = wires.visit(chat)[0], wires.attend(site, site.operator, chat.pk)
    close(chat.pk, site.site_id, "visitor", NOON)
    wires.take(page), wires.take(staff)
    refused: list[Callable[[], Any]] = [
        lambda: said(site, chat, "too late"),
        lambda: assign(chat.pk, site.site_id, site.operator, site.operator, NOON),
        lambda: request_copy(chat.pk, site.site_id, NOON),
    ]
    for act in refused:
        with pytest.raises(Conflict):
            act()
    assert (wires.take(page), wires.take(staff)) == ([], [])

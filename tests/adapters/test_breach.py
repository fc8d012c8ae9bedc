"""After a breach: each person once, each by the way in which they can be told, and no more than was exposed."""

import os
import stat
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from imchat import clock
from imchat.chat.deleting import delete
from imchat.desk.calls import record_call
from imchat.periods import add_months
from imchat.register.store import Reference, Store
from imchat.stores.evidence import Entry, record_views
from operations.breach import NAME_ONLY, Assessment, Exposed, assess, contacts, references_in, with_personal_data
from operations.command import breach as command
from tests.adapters.people import MAKERS, fill, somebody
from tests.adapters.worlds import NOON, World, world

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def at_noon(tables: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def exposed(site: World, *names: str, now: datetime = NOON, **more: Any) -> Assessment:
    chosen: list[Store] = [store for name, store in with_personal_data().items() if name in names or not names]
    window = {"begins": NOON - HOUR, "ends": NOON + HOUR} | more
    return assess(Exposed(chosen, frozenset({site.site_id}), **window), now)


def test_each_person_counts_once_over_all_kinds_of_data() -> None:
    site, who, other = world(), somebody(), somebody()
    fill(site, who)
    fill(site, other)
    found = exposed(site)
    assert set(found.items) == set(MAKERS) - {"limits"}  # which belong to no website
    known = [one for one in found.people if "accounts" not in one.kinds]
    assert sorted(sorted(one.email) for one in known) == sorted([[who.email], [other.email]])
    assert {one.told_by for one in known} == {"email"}
    assert found.sites == {site.site_id: found.items.total()}


def test_two_who_turn_out_to_be_one_are_one_and_who_shares_a_name_alone_is_not() -> None:
    site, who = world(), somebody()
    site.open(name="Ada", email=who.email)
    site.open(name="Ada", phone=who.phone)
    site.open(name="Ada")
    assert len(exposed(site, "chats").people) == 3
    site.open(name="A. Lovelace", email=who.email, phone=who.phone)
    one, other = sorted(exposed(site, "chats").people, key=lambda one: one.told_by)
    assert (one.email, one.phone, one.name) == ({who.email}, {who.phone}, {"Ada", "A. Lovelace"})
    assert (other.told_by, other.name) == (NAME_ONLY, {"Ada"})


def test_a_chat_without_contact_details_names_nobody() -> None:
    site = world()
    site.open(text="Hello", client_id="c")
    found = exposed(site, "chats")
    assert (found.nobody, found.people, found.items["chats"]) == (1, [], 1)


def test_only_what_was_there_in_that_time_and_is_still_there_counts() -> None:
    site, who = world(), somebody()
    here, _, gone = (site.open(NOON + after, email=who.email) for after in (timedelta(), 2 * HOUR, timedelta()))
    delete(gone.pk, site.site_id, "visitor", NOON)
    assert [item["pk"]["S"] for item in exposed(site, "chats").shown["chats"]] == [here.pk]
    assert exposed(site, "chats", ends=NOON + 3 * HOUR).items["chats"] == 2
    assert not exposed(site, "chats", now=add_months(NOON, 13)).items
    assert not exposed(world(), "chats").items


def test_what_was_deleted_since_is_counted_from_the_log_and_its_people_can_be_told() -> None:
    site, who, other = world(), somebody(), somebody()
    chat = site.open(NOON, name=who.name, email=who.email)
    nameless = site.open(NOON, text="Hello", client_id="c")
    call = record_call(site.site_id, site.operator, about="A leak", at=NOON - HOUR, name=other.name, email=other.email,
                       phone=None, chat_id=None, now=NOON)  # fmt: skip
    before, later = site.open(NOON, email=other.email), site.open(NOON + 3 * HOUR, email=other.email)
    delete(before.pk, site.site_id, "visitor", NOON - 2 * HOUR)
    for gone in (chat, nameless, later):
        delete(gone.pk, site.site_id, "visitor", NOON + 4 * HOUR)
    correspondence = with_personal_data()["correspondence"]
    correspondence.erase([Reference("correspondence", call.pk)], site.operator, NOON + 4 * HOUR)
    found = exposed(site, "chats", "correspondence", now=NOON + 5 * HOUR)
    assert (found.items, found.deleted) == ({}, {"chats": 2, "correspondence": 1})
    # Of what staff did the log keeps no name: whose a deleted call was, nobody can tell.
    assert [one.email for one in found.people] == [{who.email}]
    assert (found.nobody, found.sites) == (2, {site.site_id: 3})
    assert exposed(site, "chats", references=frozenset({chat.pk})).deleted == {"chats": 1}
    assert exposed(site, "purchases").deleted == {}


def test_N19_whoever_takes_the_list_of_what_was_deleted_is_recorded_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, who = world(), somebody()
    chat = site.open(name=who.name, email=who.email)
    delete(chat.pk, site.site_id, "visitor", NOON)
    monkeypatch.setattr("infra.stacks.engineer", lambda: "engineer:AIDA")
    command._write(tmp_path / "tell.csv", exposed(site, "chats"), with_personal_data(), NOON)
    assert who.email in (tmp_path / "tell.csv").read_text()
    assert [entry.action for entry in Entry.query(chat.pk) if entry.actor == "engineer:AIDA"] == ["view"]


def test_references_in_any_log_name_what_was_exposed() -> None:
    site, who = world(), somebody()
    chat, other = site.open(email=who.email), site.open(name="Ada")
    call = record_call(site.site_id, site.operator, about="A leak", at=NOON - HOUR, name="Ada", email=None, phone=None,
                       chat_id=None, now=NOON)  # fmt: skip
    log = f'GET /{call.pk}/1 200\n{{"key": "parts/k7qf-2m3r-xa4c/found"}} chat={chat.pk}.'
    assert references_in(log) == {call.pk, chat.pk, "k7qf-2m3r-xa4c"}
    found = exposed(site, references=references_in(log))
    shown = {item["pk"]["S"] for name, items in found.shown.items() if name != "evidence" for item in items}
    assert shown == {chat.pk, call.pk}
    assert other.pk not in str(found.shown)


def test_views_of_that_time_are_counted_by_who_looked() -> None:
    site = world()
    chats = [site.open(name="Ada") for _ in range(3)]
    record_views(chats, site.operator, NOON)
    record_views(chats[:1], site.colleague, NOON + 5 * HOUR)
    assert exposed(site, "chats").views == {site.operator: 3}


def test_N19_a_list_of_whom_to_tell_is_for_its_owner_alone_and_recorded_with_each_item(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, who = world(), somebody(name="=Ada")
    chat = site.open(name=who.name, email=who.email)
    monkeypatch.setattr("infra.stacks.engineer", lambda: "engineer:AIDA")
    file = tmp_path / "tell.csv"
    command._write(file, exposed(site), with_personal_data(), NOON)
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    told = file.read_text()
    assert who.email in told
    assert ",=Ada" not in told
    assert [entry.action for entry in Entry.query(chat.pk) if entry.actor == "engineer:AIDA"] == ["view"]


def test_rows_begin_with_those_who_can_be_told_by_mail() -> None:
    site, who = world(), somebody()
    site.open(name="Eve")
    site.open(phone=who.phone)
    site.open(email=who.email)
    rows = list(contacts(exposed(site, "chats").people))
    assert [row[0] for row in rows] == ["tell by", "email", NAME_ONLY, "phone"]

"""What every store must be (DESIGN section 2): declared fields, five verbs that agree with each other, nobody else
touched. A new store is tested by being there."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from imchat import clock
from imchat.errors import InvalidInput
from imchat.register.fields import NotPersonal, Personal, Spelling
from imchat.register.store import Store
from imchat.register.stores import store as store_of
from imchat.register.stores import stores
from imchat.subjects import Subject
from tests.adapters.people import MAKERS, Person, fill, somebody
from tests.adapters.tables import items
from tests.adapters.worlds import NOON, world
from tests.held import certain, erase, search

pytestmark = pytest.mark.usefixtures("tables", "at_noon")
PERSONAL = [store.name for store in stores() if store.activity.categories]


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def everything() -> dict[str, dict[tuple[str, ...], str]]:
    return {store.name: items(store.name) for store in stores()}


def test_every_store_with_personal_data_has_a_maker_here() -> None:
    assert set(MAKERS) == set(PERSONAL)


def test_every_field_of_every_model_is_declared_and_nothing_else() -> None:
    for store in stores():
        attributes = {name for model in store.models for name in model.get_attributes()}
        assert not [name for name in attributes if store.field(name) is None], store.name
        assert not [
            name for name in store.fields if name[-1] != "*" and name not in attributes and store.name != "statistics"
        ], store.name
        for name, what in store.fields.items():
            if isinstance(what, Spelling):
                assert isinstance(store.fields[what.of], Personal), name
            if isinstance(what, NotPersonal):
                assert what.why, name


def test_an_activity_without_personal_data_declares_none_and_the_other_way_round() -> None:
    for store in stores():
        personal = any(isinstance(what, Personal) for what in store.fields.values())
        assert personal == bool(store.activity.categories), store.name


def test_no_table_holds_a_field_that_nobody_declared() -> None:
    """Over all that this and every test before it wrote."""
    fill(world(), somebody())
    for store in stores():
        for item in items(store.name).values():
            for name in json.loads(item):
                assert store.field(name) is not None, f"{store.name}: {name}"


def stored(store: Store, keys: Iterator[tuple[str, ...]], known: dict[tuple[str, ...], str]) -> set[str]:
    """Every personal value, as stored, of the items under these keys."""
    values: set[str] = set()
    for key in keys:
        for name, value in json.loads(known[key]).items():
            what = store.field(name)
            if isinstance(what, Personal) or name == "messages":
                values |= set(leaves(value))
    return values


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for kind, inner in value.items():
            if kind == "S":
                yield inner
            elif kind != "N":
                yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)


@pytest.mark.parametrize("name", PERSONAL)
def test_N12_N18_N19_what_is_shown_is_what_is_erased_and_what_the_receipt_retains(name: str) -> None:
    store, site, who = store_of(name), world(), somebody()
    MAKERS[name](site, who, NOON)
    references = store.find(who.subject(site))
    assert references
    before = items(name)
    exported = {str(item.reference): item for item in store.export(references, NOON)}
    assert set(exported) == {str(reference) for reference in references}
    # Every personal value that is stored is said, and nothing of an item is said that is not stored.
    for reference in references:
        keys = [key for key in before if key[0] == reference.pk and reference.sk in (None, "META", key[1])]
        said = "\n".join(fact.value for fact in exported[str(reference)].facts)
        for value in stored(store, iter(keys), before):
            if value not in ("visitor", "operator", "note", site.operator) and not re.fullmatch(r"[vno]:.*", value):
                assert value in said or name in ("accounts", "evidence"), (name, value)
    outcome = store.erase(references, "desk", NOON)
    assert {str(one) for one in outcome.removed} | {str(one.reference) for one in outcome.retained} == set(exported)
    assert not set(outcome.removed) & {one.reference for one in outcome.retained}
    after = items(name)
    for reference in outcome.removed:
        assert not [key for key in after if key[0] == reference.pk]
    for one in outcome.retained:
        key = (one.reference.pk, one.reference.sk or "")
        assert after[key] == retained(name, before[key])
        assert one.why
        assert one.until == exported[str(one.reference)].until
    assert bool(outcome.retained) == (store.activity.erasure == "retained")
    # Again: nothing more to remove, the same is retained.
    again = store.erase(references, "desk", NOON)
    assert not again.removed
    assert again.retained == outcome.retained


def retained(name: str, item: str) -> str:
    """What an erasure leaves of an item that it retains: of a purchase, no address and no number (N21)."""
    gone = {"email", "email_key", "phone", "phone_key"} if name == "purchases" else set()
    return json.dumps({field: value for field, value in json.loads(item).items() if field not in gone}, sort_keys=True)


def test_N18_erasing_one_person_leaves_every_other_item_byte_for_byte() -> None:
    site, who, other = world(), somebody(), somebody()
    fill(site, who)
    fill(site, other)
    found = search(who.subject(site))
    mine = {(one.store, one.pk) for one in certain(found)}
    before = everything()
    outcomes = erase(certain(found), "desk", NOON)
    after = everything()
    removed = {(one.store, one.pk) for outcome in outcomes.values() for one in outcome.removed}
    assert removed
    assert removed <= mine
    for name, known in before.items():
        for key, item in known.items():
            if (name, key[0]) not in removed and name not in ("statistics", "ledger"):
                left = retained(name, item) if (name, key[0]) in mine else item
                assert after[name].get(key) == left, (name, key)
    new = {name: set(after[name]) - set(before[name]) for name in after}
    assert {name for name, keys in new.items() if keys} == {"evidence", "ledger"}
    assert not [
        reference for reference in certain(search(who.subject(site))) if reference.store in ("chats", "correspondence")
    ]
    assert search(other.subject(site)).keys() == found.keys()


@pytest.mark.parametrize("name", PERSONAL)
def test_neighbours_are_not_taken_for_the_person(name: str) -> None:
    store, site, who = store_of(name), world(), somebody()
    near = Person(who.name + "s", f"x{who.email}", f"{who.phone}1")
    namesake = somebody(name=who.name)
    shouting = somebody(email=who.email.upper(), name=f"A. {who.name}")
    for person in (near, namesake, shouting):
        MAKERS[name](site, person, NOON)
    found = store.find(Subject.of(site.site_id, emails=[who.email], names=[who.name]))
    certainly = [one for one in found if not one.candidate]
    # The same name with another address: for staff to judge. The same address in another case: the same person.
    assert all(one.matched == {"name"} for one in found if one not in certainly)
    by_address = {str(one) for one in store.find(Subject.of(site.site_id, emails=[who.email]))}
    assert {str(one) for one in certainly} == by_address
    if name == "accounts":
        assert [one.candidate for one in found] == [True]
    else:
        assert by_address == {str(one) for one in store.find(Subject.of(site.site_id, emails=[shouting.email]))}
        assert by_address
    if name != "limits":
        assert any(one.candidate for one in found)
    known_near = {str(one) for one in store.find(Subject.of(site.site_id, emails=[near.email], names=[near.name]))}
    assert not known_near & {str(one) for one in found}


def test_another_sites_data_are_never_found() -> None:
    site, elsewhere, who = world(), world(), somebody()
    fill(elsewhere, who)
    found = search(who.subject(site))
    assert {one.store for one in certain(found)} <= {"limits"}  # a mailbox that refuses mail refuses it from everybody
    assert not [one for references in found.values() for one in references if one.store != "limits"]


@pytest.mark.parametrize(
    "blank",
    [
        {}, {"emails": []}, {"emails": [""]}, {"names": ["  "]}, {"phones": ["\t"]}, {"names": ["-"]},
        {"emails": ["ada@example.org", ""]}, {"names": ["\u200b"]},
    ],
)  # fmt: skip
def test_N7_N13_a_blank_search_is_refused_and_never_matches_all(blank: dict[str, list[str]]) -> None:
    with pytest.raises(InvalidInput):
        Subject.of("demo", **blank)


def test_N7_an_anonymous_chat_is_found_by_no_name_address_or_number() -> None:
    site = world()
    site.open(text="nobody knows me", client_id="c1")
    chats = store_of("chats")
    for subject in (
        Subject.of(site.site_id, names=["Anonymous"]),
        Subject.of(site.site_id, names=["None"], emails=["none@example.org"], phones=["00000"]),
    ):
        assert chats.find(subject) == []


def test_one_person_by_several_addresses_names_and_numbers() -> None:
    site, first, second = world(), somebody(), somebody()
    MAKERS["chats"](site, first, NOON)
    MAKERS["correspondence"](site, second, NOON)
    both = Subject.of(
        site.site_id, emails=[first.email, f" {second.email} "], names=[first.name.upper()], phones=[second.phone]
    )
    found = certain(search(both))
    assert {one.store for one in found} >= {"chats", "correspondence", "evidence"}
    assert {kind for one in found for kind in one.matched} == {"email", "name", "phone"}


@pytest.mark.parametrize("name", [name for name in PERSONAL if name not in ("accounts",)])
def test_N17_N10_N19_what_has_ended_is_invisible_from_that_second_and_swept(name: str, monkeypatch: Any) -> None:
    store, site, who = store_of(name), world(), somebody()
    MAKERS[name](site, who, NOON)
    subject = who.subject(site)
    references = store.find(subject)
    ends = {str(item.reference): item.until for item in store.export(references, NOON)}
    last = max(end for end in ends.values() if end)
    monkeypatch.setattr(clock, "now", lambda: last - timedelta(seconds=1))
    assert store.find(subject)
    monkeypatch.setattr(clock, "now", lambda: last)
    assert store.find(subject) == []
    assert list(store.export(references, last)) == []
    assert store.erase(references, "desk", last).removed == ()
    if name != "limits":  # DynamoDB's own expiry alone; its items end by themselves
        store.expire(last, lambda: True)
        assert not [key for key in items(name) if key[0] in {one.pk for one in references}]

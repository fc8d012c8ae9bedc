"""Staff ask too (UK GDPR Art 15): what they did with others' data is found by their account, told without anything of
the others, and stays as it is (Art 15(4), 17(3))."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from imchat import clock
from imchat.chat.assigning import assign
from imchat.chat.posting import Author, post
from imchat.desk import calls, disclosures, purchases
from imchat.desk.lookups import search as search_records
from imchat.errors import Conflict
from imchat.register.fields import NotPersonal
from imchat.register.store import Reference
from imchat.register.stores import store, stores
from imchat.rights import answer_address, given, handling, intake, review, steps
from imchat.stores import accounts
from imchat.stores.accounts_store import with_accounts
from imchat.stores.evidence import record_views
from imchat.stores.requests import Request
from imchat.subjects import Subject
from tests.adapters.answers import answering, reviewing, searching
from tests.adapters.people import Person, somebody
from tests.adapters.tables import items
from tests.adapters.worlds import NOON, World, world

pytestmark = pytest.mark.usefixtures("tables")
# Fields that hold the id of one of the staff and are found otherwise, or not for long.
FOUND_OTHERWISE = {
    "chats.assignment": "as assigned_to, with which it changes",
    "chats.listeners": "random references of connections",
    "chats.deleted_by": "while a chat is deleted nobody sees it",
    "chats.messages": "as operators: whoever writes is in both",
    "chats.seen": "ids of messages",
    "chats.seen_sealed": "ids of messages",
    "evidence.note": "to whom a chat was given: as assigned_to, in the chat",
    "evidence.sk": "as actor: the moment, the act and the actor",
    "accounts.sk": "the account itself is found",
    "accounts.operator_id": "the account itself is found",
    "accounts.present": "shown with the account",
    "connections.operator_id": "a live connection: hours",
}
STORES = ("chats", "evidence", "correspondence", "purchases", "requests", "disclosures")


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@dataclass(frozen=True)
class Member:
    """One of the staff: an account with a full name and an address for a user name."""

    staff_id: str
    name: str
    email: str


def member(site: World) -> Member:
    tag = secrets.token_hex(4)
    one = Member(f"op-{tag}", f"Olga Operator {tag}", f"olga.{tag}@staff.example")
    accounts.add_operator(site.site_id, one.staff_id, one.name, one.email)
    return one


def worked(site: World, one: Member, customer: Person) -> None:
    """The member has done whatever leaves their id somewhere."""
    me = one.staff_id
    chat = site.open(name=customer.name, email=customer.email, phone=customer.phone, text="the customer's words")
    assign(chat.pk, site.site_id, site.colleague, me, NOON)
    post(chat.pk, Author(site.site_id, "operator", me, one.name), "an answer", "a1", NOON)
    record_views([chat], me, NOON)
    calls.record_call(
        site.site_id, me, about="the customer's call", at=None, name=customer.name, email=customer.email, phone=None,
        chat_id=None, now=NOON,
    )  # fmt: skip
    sale = purchases.Sale(
        name=customer.name, address="the customer's address", email=customer.email, phone=None, what="Gold",
        amount="49.00", currency="GBP", bought_on=NOON.date().isoformat(), processor="paypal",
        processor_reference=f"PP{secrets.token_hex(6)}x",
    )  # fmt: skip
    made = purchases.record_purchase(site.site_id, me, sale, NOON)
    until = (NOON + timedelta(days=3000)).date().isoformat()
    purchases.hold(made.pk, site.site_id, me, until=until, because="a claim", now=NOON)
    for first, second in ((me, site.colleague), (site.colleague, me)):
        told = disclosures.propose(
            site.site_id, first, authority="the customer's police", legal_basis="Order", reference="R 1",
            data_given="the customer's chat", name=customer.name, email=customer.email, phone=None, untold_until=None,
            untold_because=None, now=NOON,
        )  # fmt: skip
        disclosures.approve(told.pk, site.site_id, second, NOON)
    handled = intake.take_in(
        site.site_id, me, kind="access", channel="letter", received_at=NOON, name=customer.name, email=customer.email,
        details="the customer's wish", identity=intake.Identity(True, "document", NOON), now=NOON,
    )  # fmt: skip
    answer_address.enter(
        handled.pk, site.site_id, me, email="a@law.example", post=None, name=None, authority="seen",
        untold_because=None, now=NOON,
    )  # fmt: skip
    for task in searching(handled.pk, NOON):
        task()
    reviewing(handled.pk)
    review.redact(handled.pk, site.site_id, me, item=f"chats:{chat.pk}:META", reason="others_rights", fact=0, now=NOON)
    handling.extend(handled.pk, site.site_id, me, "much", NOON)


def found(site: World, **known: Any) -> dict[str, list[Reference]]:
    subject = with_accounts(Subject.of(site.site_id, **known))
    return {name: store(name).find(subject) for name in STORES}


def said(references: dict[str, list[Reference]]) -> str:
    return json.dumps(
        [str(one) for name, some in references.items() for one in store(name).export(some, NOON)], ensure_ascii=False
    )


def test_N12_by_their_address_a_member_finds_what_they_did_in_every_store() -> None:
    site, customer = world(), somebody()
    one = member(site)
    worked(site, one, customer)
    references = found(site, emails=[one.email])
    fields = {
        name: set().union(*(one.matched for one in some)) - {"email", "name"} for name, some in references.items()
    }
    assert fields["chats"] == {"operators", "assigned_to"}
    assert fields["evidence"] == {"actor"}
    assert fields["correspondence"] == {"recorded_by"}
    assert fields["purchases"] == {"hold_by"}
    assert fields["disclosures"] == {"recorded_by", "approver"}
    assert fields["requests"] >= {"events.by", "reviewed_by", "redactions.by", "answer_to.by"}
    assert all("email" in one.matched and not one.candidate for some in references.values() for one in some)


def test_N12_what_they_are_told_holds_nothing_of_the_others() -> None:
    site, customer = world(), somebody()
    one = member(site)
    worked(site, one, customer)
    text = said(found(site, emails=[one.email]))
    assert "wrote in it; had it assigned" in text
    for theirs in ("the customer's", customer.name, customer.email, customer.phone, "a@law.example", "Gold"):
        assert theirs not in text


def test_a_full_name_makes_candidates_and_one_word_or_a_similar_name_nothing() -> None:
    site, customer = world(), somebody()
    one = member(site)
    worked(site, one, customer)
    by_name = found(site, names=[one.name.upper()])
    assert by_name["chats"]
    assert all(one.candidate for some in by_name.values() for one in some)
    accounts.change_operator(site.site_id, one.staff_id, name="Olga")
    assert not any(found(site, names=["Olga"]).values())
    accounts.change_operator(site.site_id, one.staff_id, name="Olga María Operator")
    assert not any(found(site, names=["Olga Maria Operator"]).values())


def test_who_is_no_member_or_of_another_site_finds_nothing_of_it() -> None:
    site, other = world(), world()
    one = member(site)
    worked(site, one, somebody())
    assert not any(found(other, emails=[one.email]).values())
    assert not any(found(site, emails=["nobody@staff.example"]).values())


def test_what_is_theirs_as_a_customer_comes_whole() -> None:
    site, customer = world(), somebody()
    one = member(site)
    chat = site.open(name=one.name, email=one.email, text="as a customer")
    assign(chat.pk, site.site_id, site.colleague, one.staff_id, NOON)
    (reference,) = found(site, emails=[one.email])["chats"]
    assert reference.matched == {"email"}
    assert "as a customer" in said({"chats": [reference]})
    assert customer


def test_at_the_desk_a_search_for_a_person_shows_no_records_that_they_only_dealt_with() -> None:
    site = world()
    one = member(site)
    worked(site, one, somebody())
    records: Any = store("correspondence")
    assert search_records(records, Subject.of(site.site_id, emails=[one.email]), "priya", NOON).items == []


def own(site: World, one: Member, kind: str) -> Request:
    request = intake.take_in(
        site.site_id, "peter", kind=kind, channel="in_person", received_at=NOON, name=one.name, email=one.email,
        identity=intake.Identity(True, "document", NOON), now=NOON,
    )  # fmt: skip
    for task in searching(request.pk, NOON):
        task()
    reviewing(request.pk)
    return Request.get(request.pk)


@pytest.mark.parametrize("kind", ["erasure", "restriction"])
def test_N18_their_erasure_or_restriction_leaves_others_data_and_says_so(kind: str) -> None:
    site, customer = world(), somebody()
    one = member(site)
    worked(site, one, customer)
    before = {name: set(items(name)) for name in ("chats", "correspondence")}
    request = own(site, one, kind)
    review.approve(request.pk, site.site_id, "priya", NOON)
    for task in answering(request.pk, NOON):
        task()
    after = {name: {key for key in items(name) if key in before[name]} for name in before}
    assert after == before
    done = Request.get(request.pk).done.as_dict()
    if kind == "erasure":
        assert [why for _, why, *_ in done["chats"]["kept"]] == [steps.OTHERS]
    assert (done["chats"]["changed"], done["correspondence"]["changed"]) == (0, 0)
    assert not any(
        "restricted" in json.loads(item) for item in items("correspondence").values() if site.site_id in item
    )


def test_their_correction_does_not_touch_others_records_and_their_search_holds_no_chat_of_others() -> None:
    from imchat.chat.holding import look

    site, customer = world(), somebody()
    one = member(site)
    worked(site, one, customer)
    request = own(site, one, "rectification")
    (chat,) = [item for item in next(given.references(request, "chats")) if store("chats").of_staff(item)]
    with pytest.raises(Conflict) as refused:
        review.correct(request.pk, site.site_id, "peter", item=str(chat), field="name", value="Another", now=NOON)
    assert refused.value.kind == "not_rectifiable"
    # Held by the customer's request, and by that alone.
    assert look(chat.pk, site.site_id).held
    assert not [one for one in items("chats").values() if f"{request.pk}#" in one]


def leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    for kind, inner in value.items():
        if kind == "S":
            yield path, inner
        elif kind == "SS":
            yield from ((path, one) for one in inner)
        elif kind == "L":
            for one in inner:
                yield from leaves(one, path)
        elif kind == "M":
            for name, one in inner.items():
                yield f"{path}.{name}", name
                yield from leaves(one, f"{path}.{name}")


def test_every_field_that_holds_the_id_of_a_member_is_searched() -> None:
    """Over all that a member can do here: a field that holds their id is looked at, or it is said why not."""
    site = world()
    one = member(site)
    worked(site, one, somebody())
    holds: set[str] = set()
    for each in stores():
        for item in items(each.name).values():
            for name, value in json.loads(item).items():
                for path, text in leaves(value, name):
                    if one.staff_id in text:
                        holds.add(f"{each.name}.{path}".replace(f".{one.staff_id}", ""))
    searched = {f"{each.name}.{field}" for each in stores() for field in each.staff_fields}
    left = {place for place in holds - searched if ".".join(place.split(".")[:2]) not in FOUND_OTHERWISE}
    assert left == set()
    assert len(holds & searched) >= 10


def test_every_field_that_is_declared_to_be_about_staff_is_searched() -> None:
    for each in stores():
        searched = {field.partition(".")[0] for field in each.staff_fields}
        for name, what in each.fields.items():
            about_staff = isinstance(what, NotPersonal) and "who of the staff" in what.why
            assert not about_staff or name in searched or f"{each.name}.{name}" in FOUND_OTHERWISE, name
        assert all(each.field(name) is not None for name in searched)


def test_members_of_the_desk_have_accounts_that_are_found_too() -> None:
    site, tag = world(), secrets.token_hex(4)
    accounts.admit(site.site_id, f"p-{tag}", "Priya Desk", f"priya.{tag}@staff.example")
    calls.record_call(
        site.site_id, f"p-{tag}", about="x", at=None, name="Bo", email=None, phone=None, chat_id=None, now=NOON
    )
    known: dict[str, Any] = {"emails": [f"priya.{tag}@staff.example"]}
    assert len(found(site, **known)["correspondence"]) == 1
    mine = store("accounts").find(Subject.of(site.site_id, **known))
    assert [one.pk for one in mine] == [accounts.partition(site.site_id)]
    assert "Priya Desk" in str(list(store("accounts").export(mine, NOON)))

"""The system log is not above the law (N19): one act by two people takes a person's details from their entries."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imchat import clock
from imchat.chat.assigning import assign
from imchat.chat.closing import close
from imchat.chat.correcting import correct
from imchat.chat.deleting import delete
from imchat.chat.posting import Author, post
from imchat.errors import Conflict, Forbidden, InvalidInput, Refused
from imchat.periods import add_months
from imchat.rights import review
from imchat.stores import evidence
from imchat.stores.chats import PAGE_MESSAGES
from imchat.stores.evidence import PSEUDONYMISED, Entry, record_views
from imchat.stores.requests import LOG_GROUNDS, Request
from tests.adapters.answers import answering, done, left, under_review
from tests.adapters.people import Person, fill, somebody
from tests.adapters.tables import items
from tests.adapters.worlds import NOON, World, items_of, world

pytestmark = pytest.mark.usefixtures("tables")
PROPOSAL: dict[str, Any] = {"ground": "objection_upheld", "because": "Their ex-partner works here.", "now": NOON}


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def names_of(who: Person) -> set[str]:
    """Every spelling of somebody that a table could hold."""
    return {who.name, who.name.casefold(), who.email, who.email.casefold(), who.phone}


def log_with(*words: str) -> dict[Any, Any]:
    return {key: item for key, item in items("evidence").items() if any(word in item for word in words)}


def acts() -> dict[Any, Any]:
    return {key: (key[1], item) for key, item in items("evidence").items()}


def approved(site: World, request: Request, decision: str | None = None) -> Request:
    review.approve(request.pk, site.site_id, "priya", NOON, decision=decision)
    for task in answering(request.pk, NOON):
        task()
    return Request.get(request.pk)


@pytest.mark.parametrize("ground", sorted(LOG_GROUNDS))
def test_N19_two_people_take_a_persons_details_from_the_log_and_act_and_time_stay(ground: str) -> None:
    site, who, neighbour = world(), somebody(), somebody()
    fill(site, who)
    fill(site, neighbour)
    chat = site.open(name=who.name, email=who.email)
    correct(chat.pk, site.site_id, {"email": f"other.{who.email}", "name": "Somebody new"}, NOON)
    others = log_with(*names_of(neighbour))
    request = under_review(site, who, "erasure", NOON)
    before = acts()
    review.propose_log_removal(request.pk, site.site_id, "paul", **(PROPOSAL | {"ground": ground}))
    request = approved(site, request)
    assert log_with(*names_of(who)) == {}
    assert set(before) <= set(acts())
    assert log_with(*names_of(neighbour)) == others
    ((number, why, until, _),) = done(request)["evidence"]["kept"]
    assert (number > 1, why, until > clock.milliseconds(NOON)) == (True, PSEUDONYMISED, True)
    assert left(site, who)["evidence"] >= number  # their entries are still found, by what stands for the keys
    assert request.status == "closed"


def test_N19_old_values_are_replaced_wherever_an_item_of_the_person_has_them() -> None:
    site, who, old = world(), somebody(), somebody()
    chat = site.open(name=old.name, email=old.email, phone=old.phone)
    correct(chat.pk, site.site_id, vars(who), NOON)
    close(chat.pk, site.site_id, "visitor", NOON)
    request = under_review(site, who, "erasure", NOON)
    review.propose_log_removal(request.pk, site.site_id, "paul", **PROPOSAL)
    approved(site, request)
    assert log_with(*names_of(who), *names_of(old)) == {}


@pytest.mark.parametrize(("kind", "decision", "chats_left"), [
    ("erasure", None, 0), ("erasure", "log", 2), ("objection", "log", 2), ("objection", "restriction", 2),
    ("objection", "erasure", 0),
])  # fmt: skip
def test_N19_the_log_is_changed_with_or_without_the_rest(kind: str, decision: str | None, chats_left: int) -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = under_review(site, who, kind, NOON)
    review.propose_log_removal(request.pk, site.site_id, "paul", **PROPOSAL)
    approved(site, request, decision)
    assert log_with(*names_of(who)) == {}
    assert left(site, who)["chats"] == chats_left


def test_N19_nobody_takes_anything_from_the_log_alone_or_without_a_ground() -> None:
    site, who = world(), somebody()
    fill(site, who)
    before = log_with(*names_of(who))
    request = under_review(site, who, "erasure", NOON)
    for wrong in ({"ground": "tidiness"}, {"because": " "}):
        with pytest.raises(InvalidInput):
            review.propose_log_removal(request.pk, site.site_id, "paul", **(PROPOSAL | wrong))
    with pytest.raises(Conflict, match="no_log_removal"):
        review.approve(request.pk, site.site_id, "priya", NOON, decision="log")
    review.propose_log_removal(request.pk, site.site_id, "paul", **PROPOSAL)
    for one in ("paul", "peter"):  # who proposed it, and who took the request in
        with pytest.raises(Forbidden, match="second_person_needed"):
            review.approve(request.pk, site.site_id, one, NOON)
    assert {key: item for key, item in log_with(*names_of(who)).items() if key in before} == before
    review.withdraw_log_removal(request.pk, site.site_id, "paul", NOON)
    request = approved(site, Request.get(request.pk))
    assert done(request)["evidence"]["kept"][0][1] == evidence.ACTIVITY.retained_because
    assert {key: item for key, item in log_with(*names_of(who)).items() if key in before} == before
    access = under_review(site, who, "access", NOON)
    with pytest.raises(Conflict, match="no_erasure"):
        review.propose_log_removal(access.pk, site.site_id, "paul", **PROPOSAL)


def test_N19_cut_at_any_write_the_act_goes_on_and_again_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    site, who = world(), somebody()
    for number in range(3):
        chat = site.open(name=who.name, email=who.email, phone=who.phone, text=f"chat {number}")
        correct(chat.pk, site.site_id, {"name": f"{who.name} again"}, NOON)
    references = evidence.STORE.find(who.subject(site))
    whole, written = evidence.transact, 0

    def cut(*parts: Any) -> None:
        nonlocal written
        written += 1
        if written == 2:
            raise ConnectionError
        whole(*parts)

    monkeypatch.setattr(evidence, "transact", cut)
    with pytest.raises(ConnectionError):
        evidence.STORE.pseudonymise(references, NOON)
    assert log_with(*names_of(who))
    monkeypatch.setattr(evidence, "transact", whole)
    first = evidence.STORE.pseudonymise(references, NOON)
    assert log_with(*names_of(who)) == {}
    after = items("evidence")
    assert evidence.STORE.pseudonymise(references, NOON + timedelta(days=1)) == first
    assert items("evidence") == after


def test_N19_a_long_chat_whose_deletion_was_cut_leaves_no_name_in_the_log_either() -> None:
    from imchat.chat import deleting

    site, who = world(), somebody()
    chat = site.open(name=who.name, email=who.email)
    for number in range(PAGE_MESSAGES + 1):
        post(chat.pk, Author(site.site_id), f"message {number}", f"c{number}", NOON)

    def cut(*_: Any) -> None:
        raise ConnectionError

    with pytest.MonkeyPatch.context() as patch, evidence.of_nobody():
        patch.setattr(deleting, "finish", cut)
        with pytest.raises(ConnectionError):
            delete(chat.pk, site.site_id, "priya", NOON)
    marked = type(chat).get(chat.pk, "META")
    deleting.finish(marked, NOON)
    (entry,) = [one for one in items_of(Entry, chat.pk) if one["action"]["S"] == "delete"]
    assert not {"name", "email", "name_key", "email_key"} & set(entry)


# The person's own acts


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(["assign", "reply", "note", "view", "close", "delete"]), st.integers(1, 300))
def test_N19_nothing_that_staff_or_the_system_do_prolongs_the_life_of_a_name(order: list[str], days: int) -> None:
    site, who = world(), somebody()
    chat = site.open(name=who.name, email=who.email, phone=who.phone)
    later = NOON + timedelta(days=days)
    staff = {
        "assign": lambda: assign(chat.pk, site.site_id, site.operator, site.colleague, later),
        "reply": lambda: post(chat.pk, Author(site.site_id, "operator", site.operator, "Olga"), "Yes?", "r", later),
        "note": lambda: post(chat.pk, Author(site.site_id, "note", site.operator, "Olga"), "A note", "n", later),
        "view": lambda: record_views([chat], site.operator, later),
        "close": lambda: close(chat.pk, site.site_id, site.operator, later),
        "delete": lambda: delete(chat.pk, site.site_id, site.operator, later, by_operator=True),
    }
    for act in order:
        with suppress(Refused):  # closed or deleted before: nothing is written
            staff[act]()
    end = int(add_months(NOON, 12).timestamp())
    named = [one for one in items_of(Entry, chat.pk) if {"name", "email"} & set(one)]
    assert [one["action"]["S"] for one in named] == ["open"]
    assert {int(one["expires_at"]["N"]) for one in named} == {end}
    for one in items_of(Entry, chat.pk):
        assert int(one["expires_at"]["N"]) == end or not any(word in str(one) for word in names_of(who))
    found = {one.pk for one in evidence.STORE.find(who.subject(site, names=[], phones=[]))}
    assert found == {chat.pk}


@pytest.mark.parametrize("act", ["correct", "close", "delete"])
def test_N19_each_of_the_persons_own_acts_keeps_the_name_for_twelve_months(act: str) -> None:
    site, who = world(), somebody()
    chat = site.open(name=who.name, email=who.email)
    later = NOON + timedelta(days=40)
    {
        "correct": lambda: correct(chat.pk, site.site_id, {"phone": who.phone}, later),
        "close": lambda: close(chat.pk, site.site_id, "visitor", later),
        "delete": lambda: delete(chat.pk, site.site_id, "visitor", later),
    }[act]()
    (entry,) = [one for one in items_of(Entry, chat.pk) if one["action"]["S"] == act]
    assert (entry["name"]["S"], entry["email"]["S"]) == (who.name, who.email)
    assert int(entry["expires_at"]["N"]) == int(add_months(later, 12).timestamp())

"""The flow that answers requests behind the approval: erased, corrected, restricted, given back."""

import re
from typing import Any

import pytest

from imchat import clock
from imchat.errors import Conflict, InvalidInput
from imchat.identifiers import email_key
from imchat.mail.letters import render
from imchat.register.stores import store
from imchat.rights import review, snapshot, steps
from imchat.rights.telling import written
from imchat.settings import settings
from imchat.stores import limits
from imchat.stores.evidence import Entry
from imchat.stores.requests import Request
from tests.adapters.answers import answered, answering, asked, done, left, objects, under_review
from tests.adapters.people import fill, somebody
from tests.adapters.worlds import NOON, world

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def test_N18_an_erasure_removes_all_that_may_go_and_says_of_the_rest_why_and_until_when() -> None:
    site, who, neighbour = world(), somebody(), somebody()
    fill(site, who)
    fill(site, neighbour)
    before = left(site, neighbour)
    request = answered(site, who, "erasure", NOON)
    assert done(request)["chats"] == {"changed": 2, "kept": []}
    assert done(request)["correspondence"] == {"changed": 1, "kept": []}
    # What "limits" holds names nobody, so no document proves whose it is.
    for name in ("evidence", "purchases", "requests", "disclosures"):
        ((number, why, until, law),) = done(request)[name]["kept"]
        assert number >= 1
        assert why == store(name).activity.retained_because
        assert until > clock.milliseconds(NOON)
        assert law == store(name).activity.retained_under
    assert request.ground == "no_longer_needed"
    assert (left(site, who)["chats"], left(site, who)["correspondence"]) == (0, 0)
    assert left(site, neighbour) == before
    assert (request.status, request.step) == ("closed", "done")
    assert request.told_to == {"Metropolitan Police"}
    assert [one.what for one in request.letters] == ["acknowledgement", "erased"]
    assert objects(settings().parts_bucket, request.pk) == []


def test_N14_a_rectification_corrects_what_was_approved_and_keeps_the_old_value_in_the_system_log_only() -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = under_review(site, who, "rectification", NOON)
    with pytest.raises(Conflict, match="nothing_to_correct"):
        review.approve(request.pk, site.site_id, "priya", NOON)
    call = next(item.reference for _, item in snapshot.items(request.pk, "correspondence", 1))
    note: dict[str, Any] = {"item": str(call), "field": "name", "value": " Ada Byron ", "now": NOON}
    with pytest.raises(Conflict, match="not_rectifiable"):
        review.correct(request.pk, site.site_id, "priya", **(note | {"field": "channel"}))
    with pytest.raises(InvalidInput):
        review.correct(request.pk, site.site_id, "priya", **(note | {"field": "email", "value": "nothing"}))
    review.correct(request.pk, site.site_id, "paul", **note)
    review.approve(request.pk, site.site_id, "priya", NOON)
    for task in answering(request.pk, NOON):
        task()
    request = Request.get(request.pk)
    assert done(request)["correspondence"]["changed"] == 1
    assert sum(one["changed"] for one in done(request).values()) == 1
    assert [one.what for one in request.letters] == ["acknowledgement", "rectified"]
    not_corrected = {name: [one[1] for one in counts["kept"]] for name, counts in done(request).items()}
    assert not_corrected["chats"] == [steps.UNCHANGED]
    assert not_corrected["correspondence"] == []
    assert not_corrected["evidence"] == [steps.AS_IT_WAS]
    (corrected,) = store("correspondence").export([call], NOON)
    assert {fact.value for fact in corrected.facts if fact.name == "Name"} == {"Ada Byron"}
    assert who.name not in str(corrected)
    entries = [one for one in Entry.query(f"correspondence#{call.pk}") if one.action == "rectify"]
    assert [(one.field, one.before) for one in entries] == [("name", who.name)]


def test_a_restriction_leaves_all_stored_and_nothing_to_be_read_by_operators() -> None:
    from imchat.chat.deleting import delete
    from imchat.chat.inbox import listing
    from imchat.chat.reading import read

    site, who = world(), somebody()
    fill(site, who)
    request = answered(site, who, "restriction", NOON)
    assert {name: one["changed"] for name, one in done(request).items() if one["changed"]} == {
        "chats": 2, "correspondence": 1,
    }  # fmt: skip
    in_use = {name: one["kept"] for name, one in done(request).items() if one["kept"]}
    assert set(in_use) == {"evidence", "purchases", "requests", "disclosures"}
    for name, ((number, why, until, law),) in in_use.items():
        assert number >= 1
        assert (why, law) == (store(name).activity.retained_because, "UK GDPR Article 18(2)")
        assert until > clock.milliseconds(NOON)
    chats = store("chats").find(who.subject(site))
    for one in chats:
        with pytest.raises(Conflict, match="restricted"):
            read(one.pk, site.site_id, 0, NOON, notes=True)
        with pytest.raises(Conflict, match="restricted"):
            delete(one.pk, site.site_id, site.operator, NOON, by_operator=True)
        assert read(one.pk, site.site_id, 0, NOON, notes=False)  # the visitor's own
    for status in ("open", "closed"):
        shown: Any = listing(site.site_id, site.operator, status=status, assigned="all", limit=50, start=None, now=NOON)  # type: ignore[arg-type]
        assert not {chat.pk for chat in shown.chats} & {one.pk for one in chats}
    lifted = store("chats").restrict(chats, restricted=False, actor="priya", now=NOON)
    assert lifted == chats
    assert read(chats[0].pk, site.site_id, 0, NOON, notes=True).messages is not None
    delete(chats[0].pk, site.site_id, site.operator, NOON, by_operator=True)


def test_restricting_twice_is_recorded_once() -> None:
    site, who = world(), somebody()
    fill(site, who)
    for name in ("chats", "correspondence"):
        found = store(name).find(who.subject(site))
        for _ in range(2):
            assert store(name).restrict(found, restricted=True, actor="priya", now=NOON) == found
        for one in found:
            about = one.pk if name == "chats" else f"{name}#{one.pk}"
            assert [entry.action for entry in Entry.query(about)].count("restrict") == 1


@pytest.mark.parametrize(("decision", "gone"), [("erasure", True), ("restriction", False)])
def test_an_objection_needs_a_decision_and_does_what_it_says(decision: str, gone: bool) -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = under_review(site, who, "objection", NOON)
    with pytest.raises(InvalidInput):
        review.approve(request.pk, site.site_id, "priya", NOON)
    request = answered(site, who, "objection", NOON, decision=decision)
    assert (left(site, who)["chats"] == 0) is gone
    assert request.letters[-1].what == "objection_upheld"
    assert request.ground == ("objected" if gone else None)
    text = render(written(request, request.letters[-1])).text
    assert ("Article 17(1)(c)" in text) is gone
    assert ("What is restricted stays stored" in text) is not gone
    for one in ("System log", "Purchases", "Disclosures required by law"):
        assert re.search(rf"- {one}: [0-9]+ left as it was until", text)
    assert "go to a court" in text


def test_what_was_deleted_before_a_restriction_came_to_it_is_said() -> None:
    from imchat.chat.deleting import delete

    site, who = world(), somebody()
    chats = [site.open(name=who.name, email=who.email, text="Hello") for _ in range(2)]
    request = under_review(site, who, "restriction", NOON)
    review.approve(request.pk, site.site_id, "priya", NOON)
    delete(chats[0].pk, site.site_id, "visitor", NOON)
    for task in answering(request.pk, NOON):
        task()
    assert done(Request.get(request.pk))["chats"] == {"changed": 1, "kept": [[1, steps.GONE, None, None]]}


def test_what_staff_did_not_do_of_a_request_stands_in_its_receipt_with_the_reason() -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = under_review(site, who, "erasure", NOON)
    not_done = "One chat stays: we need it for the claim that you made."
    review.approve(request.pk, site.site_id, "priya", NOON, ground="unlawful", not_done=not_done)
    for task in answering(request.pk, NOON):
        task()
    request = Request.get(request.pk)
    text = render(written(request, request.letters[-1])).text
    assert not_done in text
    assert "Chats: 2 deleted (it was used unlawfully: UK GDPR Article 17(1)(d))" in text


@pytest.mark.parametrize(
    ("kind", "more", "field"),
    [
        ("access", {"not_done": "x"}, "not_done"), ("portability", {"not_done": "x"}, "not_done"),
        ("access", {"ground": "objected"}, "ground"), ("restriction", {"ground": "objected"}, "ground"),
        ("objection", {"decision": "restriction", "ground": "objected"}, "ground"),
        ("erasure", {"ground": "because"}, "ground"), ("erasure", {"not_done": "x" * 4001}, "not_done"),
    ],
)  # fmt: skip
def test_an_approval_that_says_what_its_request_cannot_have_is_refused(
    kind: str, more: dict[str, Any], field: str
) -> None:
    site, who = world(), somebody()
    request = under_review(site, who, kind, NOON)
    with pytest.raises(InvalidInput) as refused:
        review.approve(request.pk, site.site_id, "priya", NOON, **more)
    assert refused.value.field == field
    assert Request.get(request.pk).approved_at is None


def test_N7_who_is_not_known_is_told_so_and_gets_no_empty_copy() -> None:
    site = world()
    request = under_review(site, somebody(), "access", NOON)
    request.update([Request.searched.set({})])
    review.approve(request.pk, site.site_id, "priya", NOON)
    assert steps.decide(request.pk, NOON) == steps.TELL
    request = Request.get(request.pk)
    assert request.letters[-1].what == "nothing_held"
    assert request.answered_at
    assert objects(settings().exports_bucket, f"data-{request.pk}") == []


@pytest.mark.parametrize("kind", ["access", "portability"])
def test_N7_who_asked_and_is_not_known_otherwise_is_told_that_nothing_is_held(kind: str) -> None:
    """What the asking itself left is not something that is held: the request, its mail and its log, our letters."""
    site, who = world(), somebody()
    limits.may_mail("letter", limits.address_hash(str(email_key(who.email))), "a letter", NOON)
    request = under_review(site, who, kind, NOON)
    found = request.searched.as_dict()
    assert all(int(found[name]["found"]) > 0 for name in ("requests", "evidence"))
    review.approve(request.pk, site.site_id, "priya", NOON)
    assert steps.decide(request.pk, NOON) == steps.TELL
    request = Request.get(request.pk)
    assert request.letters[-1].what == "nothing_held"
    text = render(written(request, request.letters[-1])).text
    assert "Beside this request" in text
    assert "go to a court" in text
    assert objects(settings().exports_bucket, f"data-{request.pk}") == []


@pytest.mark.parametrize("what", ["chat", "request"])
def test_N12_whatever_else_is_held_makes_a_copy(what: str) -> None:
    site, who = world(), somebody()
    if what == "chat":
        site.open(NOON, name=who.name, email=who.email, text="Hello")
    else:
        asked(site, who, "erasure", NOON)
    request = under_review(site, who, "access", NOON)
    review.approve(request.pk, site.site_id, "priya", NOON)
    assert steps.decide(request.pk, NOON) == steps.COPY_ALL


def test_a_restriction_is_lifted_by_a_request_of_its_own_and_the_person_is_told_before() -> None:
    site, who = world(), somebody()
    fill(site, who)
    answered(site, who, "restriction", NOON)
    request = under_review(site, who, "restriction", NOON)
    with pytest.raises(InvalidInput):
        review.approve(request.pk, site.site_id, "priya", NOON, decision="erasure")
    review.approve(request.pk, site.site_id, "priya", NOON, decision="lift")
    decide, *rest = answering(request.pk, NOON)
    decide()
    decide()
    told = Request.get(request.pk)
    assert [one.what for one in told.letters] == ["acknowledgement", "restriction_lifted"]
    assert all(
        "Use restricted" in str(one) for one in store("chats").export(store("chats").find(who.subject(site)), NOON)
    )
    for task in rest:
        task()
    assert Request.get(request.pk).status == "closed"
    assert not any(
        "Use restricted" in str(one) for one in store("chats").export(store("chats").find(who.subject(site)), NOON)
    )

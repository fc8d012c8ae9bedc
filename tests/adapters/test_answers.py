"""The flow that answers requests until the approval: searched and reviewed."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from imchat import clock
from imchat.bundle.contents import REASONS, reasons
from imchat.errors import Conflict, Forbidden, InvalidInput, NotFound
from imchat.register.stores import stores
from imchat.rights import given, handling, intake, review, snapshot, steps
from imchat.rights.intake import Identity
from imchat.settings import settings
from imchat.stores.requests import Redaction, Request
from infra.machine import names
from tests.adapters.answers import WEIGHED, asked, objects, under_review
from tests.adapters.answers import searching as tasks_of_search
from tests.adapters.people import fill, somebody
from tests.adapters.worlds import NOON, World, world

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


# The search


def test_N13_without_proof_no_task_searches_anything() -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = intake.take_in(
        site.site_id, "priya", kind="access", channel="letter", received_at=NOON, email=who.email, now=NOON
    )
    assert steps.begin(request.pk, NOON) == steps.WAIT
    assert steps.search(request.pk, "chats") == {"store": "chats"}
    assert Request.get(request.pk).searched is None
    assert objects(settings().parts_bucket, request.pk) == []


def test_N13_a_code_proves_an_address_so_only_that_is_searched() -> None:
    """Who shares the name or gave the same phone number is somebody else."""
    site, who = world(), somebody()
    fill(site, who)
    stranger = replace(who, email=f"x{who.email}")
    request = asked(site, stranger, "access", NOON)
    request.update([Request.identity_method.set("code")])
    assert steps.whose(request).names == steps.whose(request).phones == frozenset()
    for task in tasks_of_search(request.pk, NOON):
        task()
    found = Request.get(request.pk).searched.as_dict()
    # Their own request, and its entries in the system log, and nothing of the other's.
    assert {name for name, counts in found.items() if counts["found"]} == {"requests", "evidence"}


def test_a_search_counts_per_store_and_keeps_a_snapshot_that_is_not_made_again() -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = under_review(site, who, "access", NOON)
    counts = request.searched.as_dict()
    assert set(counts) == {one.name for one in stores() if one.activity.categories}
    assert (counts["chats"]["found"], counts["chats"]["candidates"]) == (2, 0)
    assert (counts["accounts"]["found"], counts["accounts"]["candidates"]) == (1, 1)
    before = [str(item) for _, item in snapshot.items(request.pk, "chats", 1)]
    fill(site, who)
    for task in tasks_of_search(request.pk, NOON + timedelta(days=1)):
        task()
    assert [str(item) for _, item in snapshot.items(request.pk, "chats", 1)] == before
    assert Request.get(request.pk).as_of == request.as_of


def test_what_some_stores_found_is_known_while_others_are_still_searched() -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = asked(site, who, "access", NOON)
    assert steps.found_so_far(Request.get(request.pk)) == {}
    begin, *searches = tasks_of_search(request.pk, NOON)
    begin()
    assert steps.found_so_far(Request.get(request.pk)) == {}
    searches[0]()
    assert steps.found_so_far(Request.get(request.pk)) == {names()[0]: {"found": 2, "candidates": 0}}
    for task in searches[1:]:
        task()
    assert steps.found_so_far(Request.get(request.pk)) == {}  # from here on the request knows it itself


def test_the_names_of_a_snapshot_hold_nothing_personal() -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = under_review(site, who, "access", NOON)
    for key in objects(settings().parts_bucket, request.pk):
        assert key.startswith(tuple(f"{request.pk}/{kind}" for kind in ("order", "counts/", "found/", "parts/")))
        assert not any(word in key for word in (who.email, who.name, who.phone))


# The review


def test_candidates_by_name_are_taken_only_when_staff_say_so_and_another_approves() -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = under_review(site, who, "erasure", NOON)
    (found,) = [item for _, item in snapshot.items(request.pk, "accounts", 1)]
    assert list(given.references(request, "accounts")) == []
    item = str(found.reference)
    taken = review.take(request.pk, site.site_id, "priya", item, NOON, taken=True)
    assert list(given.references(taken, "accounts")) == [[found.reference]]
    with pytest.raises(Forbidden, match="second_person_needed"):
        review.approve(request.pk, site.site_id, "priya", NOON)
    back = review.take(request.pk, site.site_id, "priya", item, NOON, taken=False)
    assert list(given.references(back, "accounts")) == []
    certain = next(item for _, item in snapshot.items(request.pk, "chats", 1))
    with pytest.raises(Conflict, match="no_candidate"):
        review.take(request.pk, site.site_id, "priya", str(certain.reference), NOON, taken=True)


@pytest.mark.parametrize("method", ["document", "known_to_us", "authority"])
def test_N13_what_was_not_proven_is_a_candidate_in_counts_copies_and_letters(method: str) -> None:
    """A namesake's address, a shared number under another name, the name alone."""
    site, who = world(), somebody()
    mine = site.open(name=who.name, email=who.email, text="Hello")
    site.open(name="Bob", email=who.email, text="Hello")
    site.open(name="Bob", phone=who.phone, text="Hello")
    site.open(name=who.name, email=f"x{who.email}", text="Hello")
    request = intake.take_in(
        site.site_id, "peter", kind="access", channel="letter", received_at=NOON, name=who.name, email=who.email,
        phone=who.phone, identity=Identity(True, method, NOON), now=NOON,
    )  # fmt: skip
    for task in tasks_of_search(request.pk, NOON):
        task()
    searched = Request.get(request.pk)
    certain = [f"chats:{mine.pk}:META"] if method == "document" else []
    counts = searched.searched.as_dict()["chats"]
    assert (counts["found"], counts["candidates"]) == (4, 4 - len(certain))
    assert [str(one.reference) for one in given.reviewed(searched, "chats")] == certain
    assert [str(one) for batch in given.references(searched, "chats") for one in batch] == certain
    assert given.at_most(searched, "chats") == len(certain)
    assert given.anything(searched) is bool(certain)


def test_N13_whoever_took_a_request_in_or_decided_who_asks_may_not_approve_it() -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = under_review(site, who, "access", NOON)
    with pytest.raises(Forbidden, match="second_person_needed"):
        review.approve(request.pk, site.site_id, "peter", NOON)
    review.approve(request.pk, site.site_id, "priya", NOON)


def redact(site: World, request: Request, **what: Any) -> Request:
    if what["reason"] == "other_person" and request.type == "access":
        what.setdefault("weighed", review.Weighing(**WEIGHED))  # type: ignore[arg-type]
    return review.redact(request.pk, site.site_id, "priya", now=NOON, **what)


def test_what_is_left_out_stays_out_whole_or_in_part_with_its_reason() -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = under_review(site, who, "access", NOON)
    mail = next(item for _, item in snapshot.items(request.pk, "correspondence", 1))
    number, fact = next((n, one) for n, one in enumerate(mail.facts) if one.value == "The kettle leaks.")
    item = str(mail.reference)
    redact(site, request, item=item, reason="other_person", fact=number, start=4, end=10)
    redact(site, request, item=item, reason="legal_privilege", fact=number, start=8, end=16)
    request = redact(site, request, item=item, reason="other_person", file=1)
    (copied,) = given.reviewed(request, "correspondence")
    assert copied.facts[number].value == f"The {given.LEFT_OUT}."
    assert copied.facts[number].left_out == ("legal_privilege", "other_person")
    assert [(one.name, one.left_out) for one in copied.files] == [(None, "other_person")]
    assert [one.value for n, one in enumerate(copied.facts) if n != number] == [
        one.value for n, one in enumerate(mail.facts) if n != number
    ]
    request = redact(site, request, item=item, reason="others_rights")
    assert list(given.reviewed(request, "correspondence")) == []
    assert given.not_given(request, "correspondence") == {"others_rights": 1}
    request = review.put_back(request.pk, site.site_id, "priya", 4, NOON)
    assert len(list(given.reviewed(request, "correspondence"))) == 1
    assert fact.value not in str(list(given.reviewed(request, "correspondence")))


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ({"fact": 999}, InvalidInput),
        ({"fact": -1}, InvalidInput),
        ({"fact": 0, "start": 0, "end": 10_000}, InvalidInput),
        ({"fact": 0, "start": 2, "end": 2}, InvalidInput),
        ({"fact": 0, "start": -1, "end": 2}, InvalidInput),
        ({"start": 0, "end": 2}, InvalidInput),
        ({"fact": 0, "start": 1}, InvalidInput),
        ({"file": 9}, InvalidInput),
        ({"fact": 0, "file": 1}, InvalidInput),
        ({"reason": "embarrassing"}, InvalidInput),
        ({"item": "chats:nothing:META"}, NotFound),
        ({"item": "correspondence"}, NotFound),
        ({"item": "nonsense:x"}, NotFound),
    ],
)
def test_a_redaction_outside_of_what_was_found_is_refused(what: dict[str, Any], error: type[Exception]) -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = under_review(site, who, "access", NOON)
    item = next(str(item.reference) for _, item in snapshot.items(request.pk, "correspondence", 1))
    with pytest.raises(error):
        redact(site, request, **({"item": item, "reason": "other_person"} | what))
    assert Request.get(request.pk).redactions == []


@pytest.mark.parametrize("kind", ["access", "portability"])
def test_something_is_left_out_only_for_a_reason_of_the_law_for_this_type_of_request(kind: str) -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = under_review(site, who, kind, NOON)
    item = next(str(item.reference) for _, item in snapshot.items(request.pk, "correspondence", 1))
    for number, reason in enumerate(("security", "embarrassing", *REASONS)):
        what = {"item": item, "reason": reason, "fact": number % 3, "weighed": None}
        if reason == "other_person" and kind == "access":
            what["weighed"] = review.Weighing(**WEIGHED)  # type: ignore[arg-type]
        if reason in reasons(kind):
            assert redact(site, request, **what).redactions[-1].reason == reason
            assert re.search(r"Schedule 2, paragraph \d+\)|Article (15|20)\(4\)\)", reasons(kind)[reason])
        else:
            with pytest.raises(InvalidInput) as refused:
                redact(site, request, **what)
            assert refused.value.field == "reason"
    assert set(reasons("portability")) < set(reasons("access"))


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("other_person", None), ("other_person", {"information": "gossip"}), ("other_person", {"consent": "given"}),
        ("crime", {}), ("others_rights", {}),
    ],
)  # fmt: skip
def test_what_is_about_another_person_is_left_out_only_once_the_circumstances_were_weighed(
    reason: str, changes: dict[str, str] | None
) -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = under_review(site, who, "access", NOON)
    item = next(str(item.reference) for _, item in snapshot.items(request.pk, "correspondence", 1))
    weighed = review.Weighing(**(WEIGHED | changes)) if changes is not None else None  # type: ignore[arg-type]
    with pytest.raises(InvalidInput) as refused:
        redact(site, request, item=item, reason=reason, weighed=weighed)
    assert refused.value.field == (next(iter(changes)) if changes else "weighed")
    kept = redact(site, request, item=item, reason="other_person")
    assert Request.get(kept.pk).redactions[0].weighed.as_dict() == WEIGHED


@pytest.mark.parametrize("reason", ["security", "other_person"])
def test_what_was_left_out_under_older_rules_is_decided_anew_before_anybody_approves(reason: str) -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = under_review(site, who, "access", NOON)
    item = next(str(item.reference) for _, item in snapshot.items(request.pk, "correspondence", 1))
    old = Redaction(number=1, item=item, reason=reason, by="paul", at=0)  # type: ignore[no-untyped-call]
    request.update([Request.redactions.set([old]), Request.redacted.set(1)])
    with pytest.raises(Conflict, match="no_such_reason"):
        review.approve(request.pk, site.site_id, "priya", NOON)
    review.put_back(request.pk, site.site_id, "paul", 1, NOON)
    review.approve(request.pk, site.site_id, "priya", NOON)


def test_nothing_can_be_approved_or_changed_before_the_review_while_paused_or_twice() -> None:
    site, who = world(), somebody()
    request = asked(site, who, "access", NOON)
    with pytest.raises(Conflict, match="not_under_review"):
        review.approve(request.pk, site.site_id, "priya", NOON)
    request = under_review(site, who, "access", NOON)
    handling.pause(request.pk, site.site_id, "priya", "which shop?", NOON)
    with pytest.raises(Conflict, match="paused"):
        review.approve(request.pk, site.site_id, "priya", NOON)
    handling.resume(request.pk, site.site_id, "priya", NOON)
    with pytest.raises(NotFound):
        review.approve(request.pk, world().site_id, "priya", NOON)
    with pytest.raises(InvalidInput):
        review.approve(request.pk, site.site_id, "priya", NOON, decision="erasure")
    review.approve(request.pk, site.site_id, "priya", NOON)
    with pytest.raises(Conflict, match="approved_already"):
        review.approve(request.pk, site.site_id, "priya", NOON)
    with pytest.raises(Conflict, match="being_answered"):
        handling.close(request.pk, site.site_id, "priya", "done", NOON)
    with pytest.raises(Conflict, match="answered_already"):
        handling.refuse(request.pk, site.site_id, "priya", "no", NOON)

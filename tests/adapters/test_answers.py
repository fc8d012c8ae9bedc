"""The tasks of the flow that answers requests: what they do, twice, and cut anywhere."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from imchat import aws, clock
from imchat.errors import Conflict, Forbidden, InvalidInput, NotFound
from imchat.register.stores import store, stores
from imchat.rights import flow, requests, review, snapshot, steps, tending
from imchat.rights.requests import Identity
from imchat.settings import settings
from imchat.stores.evidence import Entry
from imchat.stores.requests import Request
from infra.machine import names
from tests.adapters.answers import answered, answering, asked, reviewing, under_review
from tests.adapters.answers import searching as tasks_of_search
from tests.adapters.faults import When, cut
from tests.adapters.people import Person, fill, somebody
from tests.adapters.worlds import NOON, World, world
from tests.held import search

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def done(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = request.done.as_dict()
    return found


def left(site: World, who: Person) -> dict[str, int]:
    found = search(who.subject(site))
    return {name: len(references) for name, references in found.items()}


def objects(bucket: str, prefix: str) -> list[str]:
    return [one["Key"] for one in aws.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", ())]


# The search


def test_N13_without_proof_no_task_searches_anything() -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = requests.take_in(
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
    assert list(review.references(request, "accounts")) == []
    item = str(found.reference)
    taken = review.take(request.pk, site.site_id, "priya", item, NOON, taken=True)
    assert list(review.references(taken, "accounts")) == [[found.reference]]
    with pytest.raises(Forbidden, match="second_person_needed"):
        review.approve(request.pk, site.site_id, "priya", NOON)
    back = review.take(request.pk, site.site_id, "priya", item, NOON, taken=False)
    assert list(review.references(back, "accounts")) == []
    certain = next(item for _, item in snapshot.items(request.pk, "chats", 1))
    with pytest.raises(Conflict, match="no_candidate"):
        review.take(request.pk, site.site_id, "priya", str(certain.reference), NOON, taken=True)


def redact(site: World, request: Request, **what: Any) -> Request:
    return review.redact(request.pk, site.site_id, "priya", now=NOON, **what)


def test_what_is_left_out_stays_out_whole_or_in_part_with_its_reason() -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = under_review(site, who, "access", NOON)
    mail = next(item for _, item in snapshot.items(request.pk, "correspondence", 1))
    number, fact = next((n, one) for n, one in enumerate(mail.facts) if one.value == "The kettle leaks.")
    item = str(mail.reference)
    redact(site, request, item=item, reason="other_person", fact=number, start=4, end=10)
    redact(site, request, item=item, reason="crime", fact=number, start=8, end=16)
    request = redact(site, request, item=item, reason="other_person", file=1)
    (given,) = review.reviewed(request, "correspondence")
    assert given.facts[number].value == f"The {review.LEFT_OUT}."
    assert given.facts[number].left_out == ("crime", "other_person")
    assert [(one.name, one.left_out) for one in given.files] == [(None, "other_person")]
    assert [one.value for n, one in enumerate(given.facts) if n != number] == [
        one.value for n, one in enumerate(mail.facts) if n != number
    ]
    request = redact(site, request, item=item, reason="security")
    assert list(review.reviewed(request, "correspondence")) == []
    assert review.not_given(request, "correspondence") == {"security": 1}
    request = review.put_back(request.pk, site.site_id, "priya", 4, NOON)
    assert len(list(review.reviewed(request, "correspondence"))) == 1
    assert fact.value not in str(list(review.reviewed(request, "correspondence")))


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


def test_nothing_can_be_approved_or_changed_before_the_review_while_paused_or_twice() -> None:
    site, who = world(), somebody()
    request = asked(site, who, "access", NOON)
    with pytest.raises(Conflict, match="not_under_review"):
        review.approve(request.pk, site.site_id, "priya", NOON)
    request = under_review(site, who, "access", NOON)
    requests.pause(request.pk, site.site_id, "priya", "which shop?", NOON)
    with pytest.raises(Conflict, match="paused"):
        review.approve(request.pk, site.site_id, "priya", NOON)
    requests.resume(request.pk, site.site_id, "priya", NOON)
    with pytest.raises(NotFound):
        review.approve(request.pk, world().site_id, "priya", NOON)
    with pytest.raises(InvalidInput):
        review.approve(request.pk, site.site_id, "priya", NOON, decision="erasure")
    review.approve(request.pk, site.site_id, "priya", NOON)
    with pytest.raises(Conflict, match="approved_already"):
        review.approve(request.pk, site.site_id, "priya", NOON)
    with pytest.raises(Conflict, match="being_answered"):
        requests.close(request.pk, site.site_id, "priya", "done", NOON)
    with pytest.raises(Conflict, match="answered_already"):
        requests.refuse(request.pk, site.site_id, "priya", "no", NOON)


# What is done


def test_N18_an_erasure_removes_all_that_may_go_and_says_of_the_rest_why_and_until_when() -> None:
    site, who, neighbour = world(), somebody(), somebody()
    fill(site, who)
    fill(site, neighbour)
    before = left(site, neighbour)
    request = answered(site, who, "erasure", NOON)
    assert done(request)["chats"] == {"changed": 2, "kept": []}
    assert done(request)["correspondence"] == {"changed": 1, "kept": []}
    for name in ("evidence", "purchases", "requests", "disclosures", "limits"):
        ((number, why, until),) = done(request)[name]["kept"]
        assert number >= 1
        assert why == store(name).activity.retained_because
        assert until > clock.milliseconds(NOON)
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
    review.correct(request.pk, site.site_id, "priya", **note)
    review.approve(request.pk, site.site_id, "priya", NOON)
    for task in answering(request.pk, NOON):
        task()
    request = Request.get(request.pk)
    assert done(request)["correspondence"]["changed"] == 1
    assert sum(one["changed"] for one in done(request).values()) == 1
    assert [one.what for one in request.letters] == ["acknowledgement", "rectified"]
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


# Cuts


@pytest.mark.parametrize(("when", "step"), [("after", 1), ("before", 5)])
def test_N18_an_erasure_cut_anywhere_and_run_again_ends_as_one_that_was_not(when: When, step: int) -> None:
    """Each task is run again as the state machine does, after each call to AWS that may be the last one."""
    whole = done(_run(10**9, when)[1])
    for at in range(1, 1000, step):
        calls, request, site, who = _run(at, when)
        assert done(request) == whole, at
        assert (request.status, request.step) == ("closed", "done"), at
        assert [one.what for one in request.letters] == ["acknowledgement", "erased"], at
        assert [one.what for one in request.events].count("closed") == 1, at
        assert (left(site, who)["chats"], left(site, who)["correspondence"]) == (0, 0), at
        assert objects(settings().parts_bucket, request.pk) == [], at
        if calls < at:
            break
    assert at > 100


def _run(at: int, when: When) -> tuple[int, Request, World, Person]:
    site, who = world(), somebody()
    fill(site, who)
    request = asked(site, who, "erasure", NOON)
    with cut(at, when) as fault:
        _until_done(tasks_of_search(request.pk, NOON))
    reviewing(request.pk)
    if not Request.get(request.pk).approved_at:
        review.approve(request.pk, site.site_id, "priya", NOON)
    tasks = answering(request.pk, NOON)
    with cut(at - fault.calls, when) as more:
        _until_done(tasks)
    return fault.calls + more.calls, Request.get(request.pk), site, who


def _until_done(tasks: list[Callable[[], Any]]) -> None:
    for task in tasks:
        for attempt in range(4):
            try:
                task()
                break
            except aws.AWS_ERRORS:
                if attempt == 3:
                    raise


# What was cut between a decision and the word of it


def test_the_sweep_starts_and_wakes_what_was_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    started, woken = [], []
    monkeypatch.setattr(flow, "start", lambda reference, run=1: started.append(reference))
    monkeypatch.setattr(flow, "again", lambda request: woken.append(request.pk))
    site, who = world(), somebody()
    never_started = asked(site, who, "access", NOON)
    waiting = under_review(site, who, "access", NOON)
    waiting.update([Request.token.set("t")])
    approved = under_review(site, who, "access", NOON)
    approved.update([Request.token.set("t"), Request.approved_at.set(1)])
    started.clear()
    tending.nudge(NOON)
    assert never_started.pk in started
    assert approved.pk in woken
    assert waiting.pk not in woken + started


def test_N13_who_does_not_prove_who_they_are_in_30_days_is_refused_and_told() -> None:
    site, who = world(), somebody()
    made = requests.take_in(
        site.site_id, "priya", kind="access", channel="letter", received_at=NOON, email=who.email, now=NOON
    )
    requests.refuse_without_proof(NOON + timedelta(days=30))
    assert Request.get(made.pk).status == "awaiting_identity"
    requests.refuse_without_proof(NOON + timedelta(days=31))
    refused = Request.get(made.pk)
    assert (refused.status, refused.letters[-1].what) == ("refused", "no_proof")
    with pytest.raises(Conflict):
        requests.decide_identity(made.pk, site.site_id, "priya", Identity(True, "document", NOON), NOON)


def test_what_was_answered_thirty_days_ago_is_closed() -> None:
    site, who = world(), somebody()
    request = under_review(site, who, "access", NOON)
    request.update([Request.answered_at.set(clock.milliseconds(NOON))])
    requests.close_answered(NOON + timedelta(days=29))
    assert Request.get(request.pk).status == "in_progress"
    requests.close_answered(NOON + timedelta(days=30))
    closed = Request.get(request.pk)
    assert (closed.status, len(closed.letters)) == ("closed", 1)


@pytest.mark.parametrize("approved", [False, True])
def test_N18_what_is_deleted_meanwhile_is_in_no_snapshot_and_no_copy(approved: bool) -> None:
    from imchat.chat.deleting import delete

    site, who = world(), somebody()
    fill(site, who)
    request = under_review(site, who, "access", NOON)
    request.update([Request.token.set("t"), Request.redactions.set([])])
    if approved:
        review.approve(request.pk, site.site_id, "priya", NOON)
        for task in answering(request.pk, NOON):
            task()
        Request(request.pk).change([Request.step.set("delivery"), Request.token.set("t")])
        assert objects(settings().exports_bucket, f"data-{request.pk}")
    tending.nudge(NOON)
    assert Request.get(request.pk).searched
    delete(store("chats").find(who.subject(site))[0].pk, site.site_id, "visitor", NOON)
    tending.nudge(NOON)
    again = Request.get(request.pk)
    assert (again.searched, again.approved_at, again.copy) == (None, None, None)
    assert steps.decide(request.pk, NOON) == steps.AGAIN
    assert objects(settings().exports_bucket, f"data-{request.pk}") == []
    assert objects(settings().parts_bucket, request.pk) == []
    for task in tasks_of_search(request.pk, NOON):
        task()
    assert Request.get(request.pk).searched.as_dict()["chats"]["found"] == 1


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


@pytest.mark.parametrize(("when", "step"), [("after", 1), ("before", 5)])
def test_N12_a_copy_cut_anywhere_and_made_again_has_the_same_bytes(when: When, step: int) -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = under_review(site, who, "access", NOON)
    review.approve(request.pk, site.site_id, "priya", NOON)
    wanted, at, calls = None, 1, 0
    while wanted is None or calls >= at - step:
        Request(request.pk).change([Request.answered_at.remove(), Request.copy.remove(), Request.letters.set([])])
        tasks = answering(request.pk, NOON)
        with cut(at if wanted else 10**9, when) as fault:
            _until_done(tasks)
        made = Request.get(request.pk)
        copied = _copied(request.pk)
        wanted = wanted or copied
        assert copied == wanted, at
        assert [one.what for one in made.letters] == ["ready"], at
        calls, at = fault.calls, at + step if fault.calls < 10**8 else at
    assert at > 10


def _copied(reference: str) -> bytes:
    place = {"Bucket": settings().exports_bucket, "Key": f"data-{reference}.zip"}
    content: bytes = aws.client("s3").get_object(**place)["Body"].read()
    return content

"""What the hour does to open requests: told again, ended, searched again."""

from datetime import timedelta

import pytest

from imchat import clock
from imchat.errors import Conflict
from imchat.register.stores import store
from imchat.rights import flow, handling, intake, review, snapshot, steps, tending
from imchat.rights.intake import Identity
from imchat.settings import settings
from imchat.stores.requests import Request
from tests.adapters.answers import answering, asked, objects, under_review
from tests.adapters.answers import searching as tasks_of_search
from tests.adapters.people import fill, somebody
from tests.adapters.worlds import NOON, world

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def test_what_was_not_told_is_started_and_woken_within_the_hour(monkeypatch: pytest.MonkeyPatch) -> None:
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
    tending.tend(NOON)
    assert never_started.pk in started
    assert approved.pk in woken
    assert waiting.pk not in woken + started


def test_one_request_that_cannot_be_tended_does_not_keep_the_clock_from_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site, who = world(), somebody()
    made = [asked(site, who, "access", NOON) for _ in range(3)]
    started: list[str] = []

    def start(reference: str, run: int = 1) -> None:
        if reference == made[1].pk:
            raise RuntimeError
        started.append(reference)

    monkeypatch.setattr(flow, "start", start)
    done = tending.tend(NOON)
    assert done["requests_failed"] == 1
    assert {made[0].pk, made[2].pk} <= set(started)


def test_N13_who_does_not_prove_who_they_are_in_30_days_is_refused_and_told() -> None:
    site, who = world(), somebody()
    made = intake.take_in(
        site.site_id, "priya", kind="access", channel="letter", received_at=NOON, email=who.email, now=NOON
    )
    assert not handling.end_by_time(made, NOON + timedelta(days=30))
    assert Request.get(made.pk).status == "awaiting_identity"
    assert handling.end_by_time(made, NOON + timedelta(days=31))
    refused = Request.get(made.pk)
    assert (refused.status, refused.letters[-1].what) == ("refused", "no_proof")
    with pytest.raises(Conflict):
        intake.decide_identity(made.pk, site.site_id, "priya", Identity(True, "document", NOON), NOON)


def test_what_was_answered_thirty_days_ago_is_closed() -> None:
    site, who = world(), somebody()
    request = under_review(site, who, "access", NOON)
    request.update([Request.answered_at.set(clock.milliseconds(NOON))])
    assert not handling.end_by_time(Request.get(request.pk), NOON + timedelta(days=29))
    assert Request.get(request.pk).status == "in_progress"
    assert handling.end_by_time(Request.get(request.pk), NOON + timedelta(days=30))
    closed = Request.get(request.pk)
    assert (closed.status, len(closed.letters)) == ("closed", 1)


@pytest.mark.parametrize(("step", "searched"), [("review", False), ("delivery", True)])
def test_what_was_found_so_long_ago_that_it_has_ended_is_searched_again_unless_the_copy_is_made(
    step: str, searched: bool
) -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = under_review(site, who, "access", NOON)
    approved = Request.approved_at.set(1) if step == "delivery" else Request.approved_at.remove()
    request.update([Request.step.set(step), Request.token.set("t"), approved])
    snapshot.remove(request.pk)
    tending.tend(NOON)
    assert bool(Request.get(request.pk).searched) == searched


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
    tending.tend(NOON)
    assert Request.get(request.pk).searched
    delete(store("chats").find(who.subject(site))[0].pk, site.site_id, "visitor", NOON)
    tending.tend(NOON)
    again = Request.get(request.pk)
    assert (again.searched, again.approved_at, again.copy) == (None, None, None)
    assert steps.decide(request.pk, NOON) == steps.AGAIN
    assert objects(settings().exports_bucket, f"data-{request.pk}") == []
    assert objects(settings().parts_bucket, request.pk) == []
    for task in tasks_of_search(request.pk, NOON):
        task()
    assert Request.get(request.pk).searched.as_dict()["chats"]["found"] == 1

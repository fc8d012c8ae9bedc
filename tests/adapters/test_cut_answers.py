"""The tasks of the flow that answers requests, cut at any of their calls and run again."""

from collections.abc import Callable
from typing import Any

import pytest

from imchat import aws, clock
from imchat.rights import review
from imchat.settings import settings
from imchat.stores.requests import Request
from tests.adapters.answers import answering, asked, done, left, objects, reviewing, under_review
from tests.adapters.answers import searching as tasks_of_search
from tests.adapters.people import Person, fill, somebody
from tests.adapters.worlds import NOON, World, world
from tests.faults.faults import When, cut

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


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

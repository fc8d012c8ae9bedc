"""The copy as it is made from the snapshot of a search."""

from dataclasses import replace

import msgspec
import pytest

from bench.population import chats, write
from imchat import aws, clock, uploads
from imchat.rights import copying, given, intake, review, snapshot
from imchat.rights.intake import Identity
from imchat.settings import settings
from imchat.stores import accounts
from imchat.stores.requests import Request
from tests.adapters.answers import answering, reviewing, searching, under_review
from tests.adapters.counted import counted
from tests.adapters.people import disclosed, fill, somebody
from tests.adapters.worlds import NOON, world

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def test_an_access_request_of_500_chats_and_5000_messages_is_at_most_32_calls_of_dynamodb() -> None:
    here, email = world(), somebody().email
    site = accounts.site(here.site_id)
    assert site
    write(chats(site, 500, messages=10, opened=NOON, email=email))
    request = intake.take_in(
        site.site_id, "peter", kind="access", channel="form", received_at=NOON, email=email,
        identity=Identity(proven=True, method="code", at=NOON), now=NOON,
    )  # fmt: skip
    with counted() as searched:
        for task in searching(request.pk, NOON):
            task()
    reviewing(request.pk)
    review.approve(request.pk, site.site_id, "priya", NOON)
    tasks = answering(request.pk, NOON)
    with counted() as copied:
        for task in tasks:
            task()
    assert len(searched) + len(copied) <= 32
    assert len(list(given.reviewed(Request.get(request.pk), "chats"))) == 500
    assert Request.get(request.pk).copy


def test_an_item_of_a_snapshot_may_be_longer_than_what_is_read_at_once() -> None:
    here, who = world(), somebody()
    fill(here, who)
    request = under_review(here, who, "access", NOON)
    first, second = [item for _, item in snapshot.items(request.pk, "chats", 1)]
    said = replace(first.facts[-1], value="é" * 300_000)
    items = [replace(first, facts=(*first.facts, said)), second]
    lines = (msgspec.json.encode(item) + b"\n" for item in items)
    uploads.put(settings().parts_bucket, f"{request.pk}/parts/chats-000000", lines)
    assert [item for _, item in snapshot.items(request.pk, "chats", 1)] == items
    assert [item for _, item in snapshot.items(request.pk, "chats", 1, snapshot.Place(0, 1))] == [second]


@pytest.mark.parametrize("kind", ["access", "portability"])
def test_N12_the_copy_names_who_answered_for_the_chats_when_it_was_approved(kind: str) -> None:
    """So a copy that is made anew under the same approval says the same."""
    here, who = world(controller_name="Corner Shop Ltd", controller_contact="privacy@shop.example"), somebody()
    fill(here, who)
    request = under_review(here, who, kind, NOON)
    assert copying.contents(request).websites == ()
    review.approve(request.pk, here.site_id, "priya", NOON)
    accounts.change_site(here.site_id, {"controller_name": "Somebody Else Ltd"})
    (website,) = copying.contents(Request.get(request.pk)).websites
    assert (website.controller, website.contact) == ("Corner Shop Ltd", "privacy@shop.example")
    assert website.name == "Corner Shop"


@pytest.mark.parametrize("kind", ["access", "portability"])
def test_what_was_found_and_may_not_be_told_is_no_part_of_a_copy(kind: str) -> None:
    """Not an empty part either: that would hint at it."""
    here = world()
    for who, secret in ((somebody(), True), (somebody(), False)):
        disclosed(here, who, NOON, secret=secret)
        request = under_review(here, who, kind, NOON)
        assert request.searched.as_dict()["disclosures"]["found"] == (0 if secret else 1)
        parts = {section.activity.name for section in copying.contents(request).sections}
        assert ("disclosures" in parts) is not secret


def test_the_most_that_a_copy_may_hold_counts_candidates_only_once_staff_have_taken_them() -> None:
    here, who = world(), somebody()
    fill(here, who)
    request = under_review(here, who, "access", NOON)
    (candidate,) = [item for _, item in snapshot.items(request.pk, "accounts", 1)]
    assert given.at_most(request, "accounts") == 0
    assert given.at_most(request, "chats") == len(list(given.reviewed(request, "chats")))
    taken = review.take(request.pk, here.site_id, "priya", str(candidate.reference), NOON, taken=True)
    assert given.at_most(taken, "accounts") == len(list(given.reviewed(taken, "accounts"))) == 1


@pytest.mark.parametrize(("room", "reads"), [(snapshot.KEPT_BYTES, 1), (-1, 3)])
def test_a_part_is_read_once_for_a_copy_where_there_is_room_for_it(
    room: int, reads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "KEPT_BYTES", room)
    here, who = world(), somebody()
    fill(here, who)
    request = under_review(here, who, "access", NOON)
    read: list[str] = []
    events = aws.client("s3").meta.events
    note = lambda params, **_: read.append(params["Key"])  # noqa: E731 - to be taken away again
    events.register("provide-client-params.s3.GetObject", note)
    try:
        made = copying.contents(request)  # looks whether there is anything
        told = [[list(section.items()) for section in made.sections] for _ in range(2)]
    finally:
        events.unregister("provide-client-params.s3.GetObject", note)
    assert told[0] == told[1]
    assert told[0]
    told_of = {f"{request.pk}/parts/{section.activity.name}-000000" for section in made.sections}
    assert {read.count(key) for key in told_of} == {reads}

"""No tipping off (N15): what a person is given, told and counted is the same, to the byte, whether or not there is a
disclosure of which the law prohibits telling them."""

from collections.abc import Callable
from typing import Any

import pytest

from imchat import aws, clock
from imchat.bundle.naming import file_name
from imchat.rights import copying, snapshot
from imchat.settings import settings
from imchat.stores.disclosures import Disclosure
from imchat.stores.evidence import record_views
from imchat.stores.requests import Request
from tests.adapters.answers import answered, done, searching, under_review
from tests.adapters.people import Person, disclosed, fill, somebody
from tests.adapters.worlds import NOON, World, world

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def seen_and_given(site: World, who: Person, *, secret: bool) -> None:
    """A disclosure that was proposed, approved and looked at."""
    disclosed(site, who, NOON, secret=secret)
    found = [Disclosure.get(one.pk) for one in Disclosure.site_index.query(site.site_id)]
    record_views([one for one in found if bool(one.untold_until) is secret], site.operator, NOON)


def copied(request: Request) -> tuple[Any, bytes]:
    """What the search counted, and the copy."""
    snapshot.remove(request.pk)
    for task in searching(request.pk, NOON):
        task()
    searched = Request.get(request.pk)
    copying.make(searched, NOON)
    place = {"Bucket": settings().exports_bucket, "Key": file_name(request.pk)}
    return searched.searched.as_dict(), aws.client("s3").get_object(**place)["Body"].read()


@pytest.mark.parametrize("kind", ["access", "portability"])
def test_N15_a_copy_is_to_the_byte_that_of_somebody_without_a_disclosure(kind: str) -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = under_review(site, who, kind, NOON)
    before = copied(request)
    seen_and_given(site, who, secret=True)
    assert copied(request) == before
    seen_and_given(site, who, secret=False)
    after = copied(request)
    # Of a disclosure, the person provided nothing.
    assert (after[0] != before[0], after[1] != before[1]) == (True, kind == "access")


def _nothing(site: World, who: Person, *, secret: bool) -> None:
    pass


@pytest.mark.parametrize(
    ("kind", "decision"),
    [("erasure", None), ("restriction", None), ("objection", "erasure"), ("objection", "restriction")],
)
def test_N15_a_receipt_is_that_of_somebody_without_a_disclosure(kind: str, decision: str | None) -> None:
    receipts = []
    add: Callable[..., None]
    for add in (_nothing, seen_and_given):
        site, who = world(), somebody()
        site.open(NOON, name=who.name, email=who.email, text="Hello")
        add(site, who, secret=True)
        request = answered(site, who, kind, NOON, decision=decision)
        receipts.append((done(request), request.told_to, [one.what for one in request.letters]))
    assert receipts[0] == receipts[1]

"""Documents that prove who asks: they lie in the bucket only while their request waits for them, however late they are
sent. The bucket of these tests tells nobody of its objects, so that the tests say when one is looked at."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import urllib3

from functions.documents import settle_document
from imchat import aws, clock
from imchat.errors import Conflict, NotFound
from imchat.rights import asking, documents, handling, intake, steps, tending
from imchat.rights.asking import code_hash
from imchat.rights.documents import Upload
from imchat.rights.intake import Identity
from imchat.settings import settings
from imchat.stores.requests import DOCUMENT, Request
from tests.adapters.answers import objects
from tests.adapters.people import somebody
from tests.adapters.worlds import NOON, World, world
from tests.faults.faults import When, cut
from tests.faults.operations import Context

pytestmark = pytest.mark.usefixtures("tables", "own_bucket", "at_noon")
POOL = urllib3.PoolManager(retries=False, timeout=300)
BUCKET = "test-documents"
PROVEN, NOT_PROVEN = (Identity(proven, "document", NOON) for proven in (True, False))
CODE = "123456"


@pytest.fixture(scope="module")
def own_bucket(tables: dict[str, Any]) -> Iterator[None]:
    s3, before = aws.client("s3"), settings().identity_bucket
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    os.environ["IDENTITY_BUCKET"] = BUCKET
    settings.cache_clear()
    yield
    os.environ["IDENTITY_BUCKET"] = before
    settings.cache_clear()
    for key in objects(BUCKET, ""):
        s3.delete_object(Bucket=BUCKET, Key=key)
    s3.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    yield
    for key in objects(BUCKET, ""):
        aws.client("s3").delete_object(Bucket=BUCKET, Key=key)


@pytest.fixture(scope="module")
def site(tables: dict[str, Any]) -> World:
    return world()


def asked(site: World) -> Request:
    """A request that waits for proof, with a code on its way."""
    who = somebody()
    made = intake.take_in(
        site.site_id,
        "peter",
        kind="access",
        channel="letter",
        received_at=NOON,
        name=who.name,
        email=who.email,
        now=NOON,
    )
    until = int((NOON + timedelta(minutes=10)).timestamp())
    code = [Request.code_hash.set(code_hash(made.pk, CODE)), Request.code_until.set(until), Request.code_tries.set(0)]
    Request(made.pk).change(code)
    return made


def form(request: Request, **more: Any) -> Upload:
    return documents.upload(request.pk, "image/png", NOON, **more)


def send(form: Upload, content: bytes = b"a passport") -> None:
    answer = POOL.request("POST", form.url, fields={**form.fields, "file": ("passport.png", content)})
    assert answer.status in (200, 204), answer.data


def told(key: str) -> None:
    """EventBridge tells that an object is there."""
    settle_document({"key": key, "size": 10}, Context())


def stored(request: Request) -> list[str]:
    return objects(BUCKET, f"{request.pk}/")


def proven_by_document(site: World, request: Request) -> None:
    intake.decide_identity(request.pk, site.site_id, "priya", PROVEN, NOON)


def not_proven(site: World, request: Request) -> None:
    intake.decide_identity(request.pk, site.site_id, "priya", NOT_PROVEN, NOON)


def proven_by_code(site: World, request: Request) -> None:
    asking.prove(request.pk, CODE, NOON)


def withdrawn(site: World, request: Request) -> None:
    handling.withdraw(request.pk, site.site_id, "priya", "by phone", NOON)


def refused(site: World, request: Request) -> None:
    handling.refuse(request.pk, site.site_id, "priya", "excessive", NOON)


def ended(site: World, request: Request) -> None:
    withdrawn(site, request)
    steps.finish(request.pk)


def expired(site: World, request: Request) -> None:
    Request(request.pk).change([Request.expires_at.set(int(NOON.timestamp()))])


def gone(site: World, request: Request) -> None:
    Request(request.pk).delete()


def too_old(site: World, request: Request) -> None:
    before = int(NOON.timestamp())
    listed = Request.get(request.pk).documents
    for one in listed:
        one.until = before
    Request(request.pk).change([Request.documents.set(listed)])


DECISIONS = [
    proven_by_document, not_proven, proven_by_code, withdrawn, refused, ended, expired, gone, too_old,
]  # fmt: skip
_DECIDED = pytest.mark.parametrize("decide", DECISIONS, ids=lambda one: one.__name__)


def test_a_document_that_its_request_waits_for_stays(site: World) -> None:
    request = asked(site)
    first, second = form(request), form(request)
    for one in (first, second, first):  # the same form again: the same document, sent again
        send(one, b"a better picture")
        told(one.fields["key"])
    tending.tend(NOON)
    assert sorted(stored(request)) == sorted([first.fields["key"], second.fields["key"]])
    assert documents.link(request.pk, site.site_id, "priya", 2, NOON)


@_DECIDED
def test_a_document_that_is_sent_after_the_decision_is_deleted_at_once(
    site: World, decide: Callable[[World, Request], None]
) -> None:
    request = asked(site)
    used, unused = form(request), form(request)
    send(used)
    told(used.fields["key"])
    decide(site, request)
    for one in (used, unused, used):
        send(one)
        assert one.fields["key"] in stored(request)
        told(one.fields["key"])
        assert one.fields["key"] not in stored(request)
        told(one.fields["key"])  # told twice


@_DECIDED
def test_what_nobody_was_told_of_is_deleted_within_the_hour(
    site: World, decide: Callable[[World, Request], None]
) -> None:
    waiting, request = asked(site), asked(site)
    wanted, used, unused = form(waiting), form(request), form(request)
    send(wanted)
    send(used)
    decide(site, request)
    send(used)
    send(unused)
    done = tending.tend(NOON)
    assert done["documents_removed"] == 2
    assert not stored(request)
    assert stored(waiting) == [wanted.fields["key"]]


@pytest.mark.parametrize("decide", [proven_by_code, proven_by_document], ids=lambda one: one.__name__)
def test_before_anything_is_searched_the_documents_are_gone(
    site: World, decide: Callable[[World, Request], None]
) -> None:
    request = asked(site)
    send(form(request))
    late = form(request)
    decide(site, request)
    send(late)
    assert stored(request)
    steps.begin(request.pk, NOON)
    assert not stored(request)


def test_a_request_that_still_waits_keeps_its_documents_when_its_flow_looks_again(site: World) -> None:
    request = asked(site)
    send(form(request))
    assert steps.begin(request.pk, NOON) == steps.WAIT
    assert len(stored(request)) == 1


def test_after_proof_that_did_not_do_better_proof_can_be_sent(site: World) -> None:
    request = asked(site)
    old = form(request)
    send(old)
    not_proven(site, request)
    better = form(request)
    for one in (better, old):
        send(one)
        told(one.fields["key"])
    assert stored(request) == [better.fields["key"]]
    proven_by_document(site, request)
    assert not stored(request)


def test_whatever_else_lies_in_the_bucket_is_deleted(site: World) -> None:
    request = asked(site)
    listed = form(request).fields["key"]
    keys = [
        f"{request.pk}/aaaaaaaaaaaaaaaaaaaaaaaaaa",  # never listed
        f"{listed}/more", f"{listed}x", listed.upper(), request.pk, f"{request.pk}/", "/", "passport.png", "a b/c+d&é.png",
        "aaaa-bbbb-cccc/aaaaaaaaaaaaaaaaaaaaaaaaaa",  # of no request
        "x" * 1024,
    ]  # fmt: skip
    s3 = aws.client("s3")
    for look in (lambda: [told(key) for key in keys], lambda: tending.tend(NOON)):
        for key in (*keys, listed):
            s3.put_object(Bucket=BUCKET, Key=key, Body=b"a passport")
        look()
        assert objects(BUCKET, "") == [listed]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("decide", [proven_by_document, not_proven, proven_by_code], ids=lambda one: one.__name__)
def test_a_decision_that_is_cut_anywhere_leaves_no_document_for_longer_than_an_hour(
    site: World, decide: Callable[[World, Request], None], when: When
) -> None:
    calls = 0
    while True:
        calls += 1
        request = asked(site)
        send(form(request))
        with cut(calls, when) as faults:
            try:
                decide(site, request)
            except aws.AWS_ERRORS:
                pass
        decided = Request.get(request.pk)
        tending.tend(NOON)
        if not decided.documents:
            assert not stored(request), f"cut {when} call {calls}"
        else:  # it was not decided
            assert (decided.status, len(stored(request))) == ("awaiting_identity", 1), f"cut {when} call {calls}"
        if not faults.struck:
            break
    assert calls > 3


def test_one_document_that_cannot_be_deleted_keeps_neither_others_nor_requests_waiting(
    site: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = sorted((asked(site) for _ in range(3)), key=lambda one: str(one.pk))
    for one in requests:
        send(form(one))
        expired(site, one)
    load = documents.load_any

    def broken(reference: str) -> Any:
        if reference == requests[1].pk:
            raise RuntimeError
        return load(reference)

    monkeypatch.setattr(documents, "load_any", broken)
    before = tending.tend(NOON)
    assert [bool(stored(one)) for one in requests] == [False, True, False]
    assert before["requests_failed"] >= 1
    monkeypatch.undo()
    monkeypatch.setattr(clock, "now", lambda: NOON)
    tending.tend(NOON)
    assert not stored(requests[1])


def test_a_document_is_no_longer_seen_or_kept_than_two_weeks(site: World) -> None:
    request = asked(site)
    send(form(request))
    until = DOCUMENT.after(NOON)
    documents.remove(request.pk, until - timedelta(seconds=1))
    assert len(stored(request)) == 1
    documents.remove(request.pk, until)
    assert not stored(request)
    with pytest.raises(NotFound):
        documents.link(request.pk, site.site_id, "priya", 1, until)


@pytest.mark.parametrize(
    "decide", [one for one in DECISIONS if one not in (not_proven, too_old)], ids=lambda one: one.__name__
)
def test_no_form_is_given_after_the_decision(site: World, decide: Callable[[World, Request], None]) -> None:
    request = asked(site)
    decide(site, request)
    with pytest.raises((NotFound, Conflict)):
        form(request)

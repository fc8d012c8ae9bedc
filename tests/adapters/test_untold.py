"""No tipping off (N15): what a person is given, told and counted is the same, to the byte, whether or not there is a
disclosure of which the law prohibits telling them."""

import secrets
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest

from imchat import aws, clock
from imchat.bundle.naming import file_name
from imchat.desk import calls
from imchat.mail import ses
from imchat.mail.letters import render
from imchat.rights import copying, given, review, snapshot, steps, telling
from imchat.rights.telling import written
from imchat.settings import settings
from imchat.stores.disclosures import Disclosure
from imchat.stores.evidence import record_views
from imchat.stores.requests import NOT_WITHHELD, WITHHELD, Request
from tests.adapters.answers import WEIGHED, answered, done, reviewing, searching, under_review
from tests.adapters.people import MAKERS, Person, disclosed, fill, somebody
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


def left_out(request: Request, site: World, *items: str, reason: str = "crime") -> None:
    weighed = review.Weighing(**WEIGHED) if reason == "other_person" else None  # type: ignore[arg-type]
    for item in items:
        review.redact(request.pk, site.site_id, "paul", item=item, reason=reason, weighed=weighed, now=NOON)


@pytest.mark.parametrize("kind", ["access", "portability"])
def test_N15_what_is_withheld_for_a_crime_leaves_a_copy_to_the_byte_that_of_somebody_without_it(kind: str) -> None:
    site, who = world(), somebody()
    fill(site, who)
    request = under_review(site, who, kind, NOON)
    _, before = copied(request)
    chat = site.open(NOON, name=who.name, email=who.email, phone=who.phone, text="A secret")
    call = calls.record_call(
        site.site_id, site.operator, about="A secret", at=NOON, name=who.name, email=who.email, phone=who.phone,
        chat_id=chat.pk, now=NOON,
    )  # fmt: skip
    record_views([chat, call], site.operator, NOON)
    copied(request)
    assert copied(request)[1] != before
    reviewing(request.pk)
    left_out(request, site, f"chats:{chat.pk}:META", f"correspondence:{call.pk}")
    request = Request.get(request.pk)
    assert (given.not_given(request, "chats"), given.not_given(request, "correspondence")) == ({}, {})
    copying.make(request, NOON)
    place = {"Bucket": settings().exports_bucket, "Key": file_name(request.pk)}
    data = aws.client("s3").get_object(**place)["Body"].read()
    assert data == before
    # Nor is there a hint in the next copy that something was withheld, and put back, in this one.
    review.put_back(request.pk, site.site_id, "paul", int(request.redactions[0].number), NOON)
    assert [one.what for one in Request.get(request.pk).events][-3:] == [WITHHELD, WITHHELD, NOT_WITHHELD]
    again = under_review(site, who, "access", NOON)
    shown = str([*given.reviewed(again, "requests"), *given.reviewed(again, "evidence")])
    assert "withheld" not in shown
    left_out(again, site, f"chats:{chat.pk}:META", reason="other_person")
    assert given.not_given(Request.get(again.pk), "chats") == {"other_person": 1}


def test_N15_nothing_else_in_the_copy_names_an_item_that_is_withheld() -> None:
    site, who = world(), somebody()
    chat = site.open(NOON, name=who.name, email=who.email, text="A secret")
    calls.record_call(
        site.site_id, site.operator, about="Told", at=NOON, name=who.name, email=who.email, phone=None,
        chat_id=chat.pk, now=NOON,
    )  # fmt: skip
    record_views([chat], site.operator, NOON)
    request = under_review(site, who, "access", NOON)

    def shown() -> str:
        return str([list(given.reviewed(Request.get(request.pk), store)) for store in given.searched(request)])

    assert chat.pk in shown()
    left_out(request, site, f"chats:{chat.pk}:META")
    assert chat.pk not in shown()
    assert "Told" in shown()


def test_N15_who_has_nothing_but_what_is_withheld_is_answered_as_somebody_who_has_nothing() -> None:
    answers = []
    for has_a_chat in (True, False):
        site, who = world(), somebody()
        chat = site.open(NOON, name=who.name, email=who.email, text="A secret") if has_a_chat else None
        request = under_review(site, who, "access", NOON)
        if chat:
            left_out(request, site, f"chats:{chat.pk}:META")
        review.approve(request.pk, site.site_id, "priya", NOON)
        next_step = steps.decide(request.pk, NOON)
        request = Request.get(request.pk)
        text = render(written(request, request.letters[-1])).text
        answers.append(
            (next_step, [one.what for one in request.letters], text.replace(request.pk, "").replace(who.name, ""))
        )
    assert answers[0] == answers[1]


def _nothing(site: World, who: Person, *, secret: bool) -> None:
    pass


ANSWERS = pytest.mark.parametrize(
    ("kind", "decision"),
    [
        ("access", None), ("portability", None), ("erasure", None), ("restriction", None),
        ("objection", "erasure"), ("objection", "restriction"),
    ],
)  # fmt: skip


def each(kind: str, decision: str | None, name: str, email: str) -> Iterator[Request]:
    """The request of somebody of whom nothing was disclosed that they may not know, and that of somebody of the same
    name and address of whom something was: each on a website of their own, with something of theirs everywhere."""
    add: Callable[..., None]
    for add in (_nothing, seen_and_given):
        site, who = world(), Person(name, email, "+44 20 7946 0018")
        for store, make in MAKERS.items():
            if store != "limits":  # whose mails are stopped gets no letters
                make(site, who, NOON)
        add(site, who, secret=True)
        yield answered(site, who, kind, NOON, decision=decision)


@ANSWERS
def test_N15_a_receipt_is_that_of_somebody_without_a_disclosure(kind: str, decision: str | None) -> None:
    who = somebody()
    one, other = (
        (request.done and done(request), request.told_to, [letter.what for letter in request.letters])
        for request in each(kind, decision, who.name, who.email)
    )
    assert one == other


@ANSWERS
def test_N15_every_letter_is_to_the_byte_that_of_somebody_without_a_disclosure(
    kind: str, decision: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they are mailed, and as the desk prints them; all that differs is the reference of the request."""
    mailed: list[bytes] = []

    def send(raw: bytes, **_: Any) -> str:
        mailed.append(raw)
        return f"ses-{secrets.token_hex(8)}"

    monkeypatch.setattr(ses, "send", send)
    who, letters = somebody(), []
    for request in each(kind, decision, who.name, who.email):
        mailed.clear()
        outcomes = [telling.send(request.pk, number, NOON) for number in range(1, len(request.letters) + 1)]
        printed = [vars(render(telling.written(request, posted))) for posted in request.letters]
        letters.append((outcomes, [nameless(raw, request) for raw in mailed], str(printed).replace(request.pk, "")))
    assert letters[0] == letters[1]
    assert len(letters[0][1]) == len(letters[0][0]) >= 2


def nameless(raw: bytes, request: Request) -> bytes:
    """A mail without the reference of its request, as it was encoded."""
    mail = message_from_bytes(raw, policy=policy.default)
    parts = [part.get_payload(decode=True) or b"" for part in mail.walk()]
    fields = str([(name, str(value)) for name, value in mail.items()]).encode()
    return b"\n".join([fields, *parts]).replace(request.pk.encode(), b"")

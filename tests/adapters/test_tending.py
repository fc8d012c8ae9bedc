"""What the hour does to open requests: told again, ended, searched again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from imchat import clock
from imchat.chat import deleting
from imchat.chat.deleting import delete
from imchat.chat.posting import Author, post
from imchat.errors import Conflict
from imchat.mail.letters import render
from imchat.rights import documents, flow, given, handling, intake, review, snapshot, steps, tending
from imchat.rights.intake import Identity
from imchat.rights.reminding import reminders
from imchat.rights.telling import written
from imchat.settings import settings
from imchat.stores.chats import PAGE_MESSAGES, Chat
from imchat.stores.requests import MailAnswer, Request
from tests.adapters.answers import answering, asked, objects, under_review
from tests.adapters.counted import counted
from tests.adapters.people import fill, somebody
from tests.adapters.worlds import NOON, items_of, world

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


def unproven(received: datetime, now: datetime) -> Request:
    """A request by letter that waits for proof of who asks."""
    return intake.take_in(
        world().site_id, "priya", kind="access", channel="letter", received_at=received, email=somebody().email, now=now
    )


@pytest.mark.parametrize(
    ("received", "days"),
    [
        (datetime(2099, 3, 3, 12, tzinfo=UTC), 30), (datetime(2099, 4, 30, 12, tzinfo=UTC), 30),
        (datetime(2099, 2, 1, 12, tzinfo=UTC), 28), (datetime(2096, 2, 3, 12, tzinfo=UTC), 29),
        (datetime(2099, 1, 31, 12, tzinfo=UTC), 28), (datetime(2099, 1, 30, 0, 30, tzinfo=UTC), 29),
    ],
)  # fmt: skip
def test_N13_without_proof_a_request_is_refused_on_the_last_day_of_thirty_or_of_a_month(
    received: datetime, days: int
) -> None:
    made = unproven(received, received)
    assert f"before {(received + timedelta(days=days)).day} " in render(written(made, made.letters[0])).text
    assert not handling.end_by_time(made, received + timedelta(days=days - 1))
    assert handling.end_by_time(made, received + timedelta(days=days))
    refused = Request.get(made.pk)
    assert refused.status == "refused"
    text = render(written(refused, refused.letters[-1])).text
    assert "one of us, and no computer, looks at it again" in text
    assert "go to a court" in text


def test_N13_a_refusal_is_a_persons_where_something_came_or_proof_was_asked_for_late() -> None:
    made = unproven(NOON, NOON)
    documents.upload(made.pk, "image/png", NOON)
    answered = unproven(NOON, NOON)
    mail = {"correspondence_id": "c", "at": clock.milliseconds(NOON), "another": False}
    from_a_person = MailAnswer(automatic=False, **mail)  # type: ignore[no-untyped-call]
    answered.update([Request.answers.set([from_a_person])])
    asked_late = unproven(NOON, NOON + timedelta(days=6))
    for one in (made, answered, asked_late):
        request = Request.get(one.pk)
        assert not handling.end_by_time(request, NOON + timedelta(days=40))
        assert any(one.days_left < 0 for one in reminders([request], NOON + timedelta(days=40)))
        handling.refuse(one.pk, one.site_id, "priya", "Nothing that you sent shows who you are.", NOON)
    by_a_machine = unproven(NOON, NOON)
    from_a_machine = MailAnswer(automatic=True, **mail)  # type: ignore[no-untyped-call]
    by_a_machine.update([Request.answers.set([from_a_machine])])
    assert handling.end_by_time(Request.get(by_a_machine.pk), NOON + timedelta(days=30))


def test_N13_who_does_not_prove_who_they_are_in_30_days_is_refused_and_told() -> None:
    site, who = world(), somebody()
    made = intake.take_in(
        site.site_id, "priya", kind="access", channel="letter", received_at=NOON, email=who.email, now=NOON
    )
    assert not handling.end_by_time(made, NOON + timedelta(days=29))
    assert Request.get(made.pk).status == "awaiting_identity"
    assert handling.end_by_time(made, NOON + timedelta(days=30))
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


def deliver(reference: str, site_id: str) -> None:
    """The copy of a request under review waits for the person."""
    review.approve(reference, site_id, "priya", NOON)
    for task in answering(reference, NOON):
        task()
    Request(reference).change([Request.step.set("delivery"), Request.token.set("t")])


def messages(reference: str) -> list[str]:
    """What the copy would hold of chats, and what lies in the snapshot of them, by reference."""
    request = Request.get(reference)
    given_now = [str(one.reference) for one in given.reviewed(request, "chats")]
    assert given_now == [str(one.reference) for _, one in snapshot.items(reference, "chats", 1)]
    assert given_now == [str(one) for batch in given.references(request, "chats") for one in batch]
    assert int(request.searched.as_dict()["chats"]["found"]) == len(given_now)
    return given_now


def test_N18_a_deletion_makes_less_of_the_snapshot_and_takes_no_decision_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "again", lambda request: None)
    site, who = world(), somebody()
    fill(site, who)
    chats = [site.open(name=who.name, email=who.email, text=f"chat {number}") for number in range(3)]
    request = under_review(site, who, "access", NOON)
    request.update([Request.token.set("t")])
    all_chats = messages(request.pk)
    kept, lost = f"chats:{chats[0].pk}:META", f"chats:{chats[1].pk}:META"
    for item in (kept, lost):
        review.redact(request.pk, site.site_id, "paul", item=item, reason="others_rights", fact=0, now=NOON)
    (candidate,) = [item for _, item in snapshot.items(request.pk, "accounts", 1)]
    review.take(request.pk, site.site_id, "paul", str(candidate.reference), NOON, taken=True)
    for round_of_the_attack in range(2):
        opened = site.open(name=who.name, email=who.email, text="one more")
        delete(opened.pk, site.site_id, "visitor", NOON)
        if not round_of_the_attack:
            delete(chats[1].pk, site.site_id, "visitor", NOON)
        tending.tend(NOON)
        now = Request.get(request.pk)
        assert messages(request.pk) == [one for one in all_chats if one != lost]
        assert [(one.item, int(one.fact)) for one in now.redactions] == [(kept, 0)]
        assert now.taken == {str(candidate.reference)}
        assert now.reviewed_by == {"paul"}
        assert (now.step, now.as_of) == ("review", request.as_of)
    assert [one.what for one in Request.get(request.pk).events].count("deleted since it was found") == 1
    review.approve(request.pk, site.site_id, "priya", NOON)


def test_N18_a_copy_that_waits_is_made_anew_under_the_same_approval_without_what_was_deleted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(flow, "again", lambda request: woken.append(request.pk))
    site, who = world(), somebody()
    fill(site, who)
    request = under_review(site, who, "access", NOON)
    all_chats = messages(request.pk)
    deliver(request.pk, site.site_id)
    before = Request.get(request.pk)
    tending.tend(NOON)
    assert request.pk not in woken
    delete(all_chats[0].split(":")[1], site.site_id, "visitor", NOON)
    fill(site, who)
    for _ in range(2):  # also where waking was cut
        woken.clear()
        tending.tend(NOON + timedelta(hours=1))
        assert request.pk in woken
    assert Request.get(request.pk).copy is None
    assert steps.decide(request.pk, NOON) == steps.COPY_ALL
    assert objects(settings().exports_bucket, f"data-{request.pk}") == []
    for _ in range(2):
        steps.copy(request.pk, NOON + timedelta(hours=1))
    after = Request.get(request.pk)
    assert messages(request.pk) == all_chats[1:]
    assert after.copy.sha256 != before.copy.sha256
    assert (after.approved_by, after.approved_at, after.answered_at, after.copy.until) == (
        before.approved_by, before.approved_at, before.answered_at, before.copy.until,
    )  # fmt: skip
    assert [one.what for one in after.letters] == [one.what for one in before.letters]
    assert len(objects(settings().exports_bucket, f"data-{request.pk}")) == 1
    assert steps.decide(request.pk, NOON) == steps.TELL


def test_a_chat_that_an_open_request_found_is_deleted_by_its_visitor_and_by_no_operator() -> None:
    site, who = world(), somebody()
    chat, other = (site.open(name=who.name, email=who.email, text="Hello") for _ in range(2))
    namesakes = site.open(name=who.name, email=f"x{who.email}", text="Hello")
    stranger = site.open(name="Bob", email=f"y{who.email}", text="Hello")

    def operator_deletes(pk: str) -> None:
        delete(pk, site.site_id, site.operator, NOON, by_operator=True)

    first, second = (under_review(site, who, "access", NOON) for _ in range(2))
    for one in (chat, namesakes):
        with pytest.raises(Conflict, match="held_by_request") as refused:
            operator_deletes(one.pk)
        assert not any(word in str(refused.value) for word in (first.pk, who.name, who.email))
    operator_deletes(stranger.pk)
    steps.finish(first.pk)
    with pytest.raises(Conflict, match="held_by_request"):
        operator_deletes(chat.pk)
    delete(other.pk, site.site_id, "visitor", NOON)
    for _ in range(2):
        steps.finish(second.pk)
    operator_deletes(chat.pk)
    with pytest.raises(Chat.DoesNotExist):
        Chat.get(other.pk, "META")  # releasing brings nothing back


def test_a_chat_that_a_request_finds_while_an_operator_deletes_it_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search comes just after the operator's deletion has seen that nobody holds the chat."""
    site, who = world(), somebody()
    chat = site.open(name=who.name, email=who.email, text="Hello")
    looked = deleting.look

    def found_then(chat_id: str, site_id: str) -> Any:
        seen = looked(chat_id, site_id)
        monkeypatch.setattr(deleting, "look", looked)
        under_review(site, who, "access", NOON)
        return seen

    monkeypatch.setattr(deleting, "look", found_then)
    with pytest.raises(Conflict, match="held_by_request"):
        delete(chat.pk, site.site_id, site.operator, NOON, by_operator=True)
    assert Chat.get(chat.pk, "META").status == "open"


def test_a_deletion_by_an_operator_goes_on_where_others_are_held_and_words_are_said_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site, who = world(), somebody()
    site.open(name=who.name, email=who.email, text="Hello")
    chat = site.open(text="Hello", client_id="first")
    looked, rounds = deleting.look, iter([lambda: under_review(site, who, "access", NOON), lambda: fill_up(chat)])

    def then(chat_id: str, site_id: str) -> Any:
        seen = looked(chat_id, site_id)
        next(rounds, lambda: None)()
        return seen

    def fill_up(chat: Chat) -> None:
        for number in range(PAGE_MESSAGES + 1):
            post(chat.pk, Author(site.site_id), "one more", f"m-{number}", NOON)

    monkeypatch.setattr(deleting, "look", then)
    receipt = delete(chat.pk, site.site_id, site.operator, NOON, by_operator=True)
    assert dict(receipt.removed)["messages"] == PAGE_MESSAGES + 2
    assert items_of(Chat, chat.pk) == []


def test_a_deletion_by_an_operator_is_four_calls() -> None:
    site = world()
    chat = site.open(text="Hello", client_id="first")
    with counted() as calls:
        delete(chat.pk, site.site_id, site.operator, NOON, by_operator=True)
    assert calls == ["Query", "GetItem", "TransactWriteItems", "TransactWriteItems"]

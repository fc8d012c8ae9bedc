"""Rights requests at the desk: every step, its record, its clock."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from imchat import clock
from imchat.errors import Conflict, InvalidInput, NotFound
from imchat.housekeeping import sweep
from imchat.mail.letters import render
from imchat.periods import add_months
from imchat.register.stores import store
from imchat.rights import clocks, handling, intake, requests
from imchat.rights.intake import Authority, Identity
from imchat.rights.numbers import numbers
from imchat.rights.reminding import reminders
from imchat.rights.telling import written
from imchat.stores.evidence import Entry
from imchat.stores.requests import TYPES, Paused, Request
from imchat.subjects import Subject
from tests.adapters.worlds import World, items_of, world

pytestmark = pytest.mark.usefixtures("tables")
RECEIVED = datetime(2099, 6, 1, 9, tzinfo=UTC)  # a Monday


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def set_clock(now: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: now)

    set_clock(RECEIVED)
    return set_clock


def taken(site: World, now: datetime = RECEIVED, **fields: Any) -> Request:
    asked = {"kind": "access", "channel": "letter", "received_at": now, "email": "ada@example.org", "now": now}
    return intake.take_in(site.site_id, "priya", **(asked | fields))  # type: ignore[arg-type]


def proven(at: datetime = RECEIVED) -> Identity:
    return Identity(proven=True, method="document", at=at)


def what_was_done(request: Request) -> list[str]:
    return [one.what for one in Request.get(request.pk).events]


def test_a_request_waits_for_identity_then_the_clock_runs_from_the_last_of_what_is_needed() -> None:
    site = world()
    request = taken(site)
    assert request.status == "awaiting_identity"
    assert clocks.clock_of(request, RECEIVED) is None
    assert clocks.identity_due(request) == date(2099, 7, 1)
    later = RECEIVED + timedelta(days=9)
    decided = intake.decide_identity(request.pk, site.site_id, "priya", proven(later), later)
    assert decided.status == "in_progress"
    running = clocks.clock_of(decided, later)
    assert running
    assert (running.start, running.due) == (date(2099, 6, 10), date(2099, 7, 10))
    assert what_was_done(request) == ["received", "identity proven"]
    actions = {one["action"]["S"] for one in items_of(Entry, f"requests#{request.pk}")}
    assert actions == {"request_received", "request_identity_proven"}


def test_identity_that_is_not_proven_leaves_it_waiting() -> None:
    site = world()
    request = taken(site)
    doubtful = Identity(proven=False, method="document", at=RECEIVED)
    assert intake.decide_identity(request.pk, site.site_id, "priya", doubtful, RECEIVED).status == "awaiting_identity"
    assert clocks.clock_of(request, RECEIVED) is None
    with pytest.raises(Conflict):
        handling.close(request.pk, site.site_id, "priya", "sent", RECEIVED)
    refused = handling.refuse(request.pk, site.site_id, "priya", "no proof came", RECEIVED + timedelta(days=31))
    assert refused.status == "refused"


def received_on(at: datetime, site: World, now: datetime, **fields: Any) -> Request:
    return taken(site, now, received_at=at, **fields)


def test_only_proof_that_was_asked_for_in_time_moves_the_start_of_the_clock() -> None:
    site, sixth_day = world(), RECEIVED + timedelta(days=6)
    late = received_on(RECEIVED, site, sixth_day)
    running = clocks.clock_of(late, sixth_day)
    assert running
    assert (running.start, running.due) == (date(2099, 6, 1), date(2099, 7, 1))
    decided = intake.decide_identity(late.pk, site.site_id, "priya", proven(sixth_day), sixth_day)
    assert clocks.clock_of(decided, sixth_day) == running
    assert Request.get(late.pk).due_day == date(2099, 7, 1).toordinal()


def test_what_the_desk_knows_by_itself_does_not_move_the_start_of_the_clock() -> None:
    received, known = datetime(2026, 11, 6, 12, tzinfo=UTC), datetime(2026, 12, 1, 12, tzinfo=UTC)
    site = world()
    request = taken(site, received, received_at=received)
    assert clocks.clock_of(request, received) is None
    known_to_us = Identity(proven=True, method="known_to_us", at=known)
    decided = intake.decide_identity(request.pk, site.site_id, "priya", known_to_us, known)
    running = clocks.clock_of(decided, known)
    assert running
    assert (running.start, running.due) == (date(2026, 11, 6), date(2026, 12, 7))


def test_a_candidate_that_nobody_looks_at_has_a_clock_that_runs_and_the_desk_is_reminded_from_the_second_day() -> None:
    site = world()
    request = taken(site)
    request.update([Request.status.set("candidate"), Request.type.remove(), Request.proof_asked_at.remove()])
    running = clocks.clock_of(request, RECEIVED)
    assert running
    assert running.start == date(2099, 6, 1)
    told = {days: reminders([request], RECEIVED + timedelta(days=days)) for days in range(8)}
    assert [days for days, found in told.items() if found] == [2, 3, 4, 5]
    assert str(told[2][0]) == f"{request.pk}: the letter that asks for proof of identity is due in 3 days (6 June 2099)"
    intake.confirm(request.pk, site.site_id, "priya", "access", RECEIVED + timedelta(days=5))
    assert clocks.clock_of(Request.get(request.pk), RECEIVED + timedelta(days=5)) is None


def test_a_letter_that_came_last_week_counts_from_last_week() -> None:
    now = RECEIVED + timedelta(days=7)
    request = taken(world(), now, received_at=RECEIVED, identity=proven())
    running = clocks.clock_of(request, now)
    assert running
    assert (request.status, running.start, running.due) == ("in_progress", date(2099, 6, 1), date(2099, 7, 1))


def test_a_third_party_is_heard_from_when_the_authority_is_shown() -> None:
    shown = RECEIVED + timedelta(days=3)
    request = taken(
        world(), shown, received_at=RECEIVED, identity=proven(), authority=Authority("power of attorney", shown)
    )
    running = clocks.clock_of(request, shown)
    assert running
    assert running.start == date(2099, 6, 4)


def test_the_clock_stands_still_while_we_wait_for_an_answer_and_goes_on_after() -> None:
    site = world()
    request = taken(site, identity=proven())
    on_the_8th, on_the_12th = RECEIVED + timedelta(days=7), RECEIVED + timedelta(days=11)
    handling.pause(request.pk, site.site_id, "priya", "which site was it?", on_the_8th)
    with pytest.raises(Conflict):
        handling.pause(request.pk, site.site_id, "priya", "again?", on_the_8th)
    going_on = handling.resume(request.pk, site.site_id, "priya", on_the_12th)
    running = clocks.clock_of(going_on, on_the_12th)
    assert running
    assert (running.paused_days, running.due) == (5, date(2099, 7, 6))
    with pytest.raises(Conflict):
        handling.resume(request.pk, site.site_id, "priya", on_the_12th)
    assert Request.get(request.pk).due_day == date(2099, 7, 6).toordinal()


def test_only_the_clock_of_an_access_request_stands_still_and_the_reason_is_kept() -> None:
    site = world()
    for kind in TYPES:
        request = taken(site, kind=kind, identity=proven())
        before = clocks.clock_of(request, RECEIVED)
        if kind == "access":
            why, question = "There are chats of three years.", "Which of them?"
            paused = handling.pause(request.pk, site.site_id, "priya", why, RECEIVED, question=question)
            (stood,) = paused.pauses
            assert (stood.why, stood.question) == (why, question)
            assert paused.letters[-1].because == f"{why}\n\n{question}"
            (kept,) = handling.resume(request.pk, site.site_id, "priya", RECEIVED).pauses
            assert (kept.why, kept.question) == (why, question)
            continue
        with pytest.raises(Conflict, match="not_pausable"):
            handling.pause(request.pk, site.site_id, "priya", "which?", RECEIVED)
        for _ in range(2):  # sent again, it is asked once
            asked = handling.ask(request.pk, site.site_id, "priya", "Which of your addresses is wrong?", RECEIVED)
        assert [one.what for one in asked.letters] == ["acknowledgement", "inquiry"]
        assert clocks.clock_of(asked, RECEIVED) == before
        assert not clocks.waiting(asked)


def test_a_pause_of_another_type_that_was_made_before_moves_no_day() -> None:
    site = world()
    request = taken(site, kind="erasure", identity=proven())
    before = clocks.clock_of(request, RECEIVED)
    request.pauses = [Paused(asked="2099-06-01", answered="2099-06-10", why="which?")]  # type: ignore[no-untyped-call]
    assert clocks.clock_of(request, RECEIVED) == before


def test_a_question_that_was_answered_already_is_refused() -> None:
    site = world()
    request = taken(site, kind="erasure", identity=proven())
    request.update([Request.approved_at.set(1)])
    with pytest.raises(Conflict, match="answered_already"):
        handling.ask(request.pk, site.site_id, "priya", "which?", RECEIVED)


@pytest.mark.parametrize("day", [date(2099, 5, 30), date(2099, 6, 20)])
def test_a_pause_that_cannot_be_is_refused_and_changes_nothing(day: date) -> None:
    site = world()
    request = taken(site, identity=proven())
    with pytest.raises(InvalidInput) as refused:
        handling.pause(request.pk, site.site_id, "priya", "why?", RECEIVED, asked_on=day)
    assert refused.value.field == "asked_on"
    assert Request.get(request.pk).revision == 0


def test_an_extension_is_told_within_the_first_month_and_once() -> None:
    site = world()
    request = taken(site, identity=proven())
    extended = handling.extend(request.pk, site.site_id, "priya", "very much data", RECEIVED + timedelta(days=20))
    running = clocks.clock_of(extended, RECEIVED)
    assert running
    assert running.due == date(2099, 9, 1)
    with pytest.raises(Conflict):
        handling.extend(request.pk, site.site_id, "priya", "still more", RECEIVED + timedelta(days=21))
    late = taken(site, identity=proven())
    with pytest.raises(Conflict):
        handling.extend(late.pk, site.site_id, "priya", "too late", RECEIVED + timedelta(days=40))


def test_an_extension_is_for_a_complex_request_or_for_the_number_of_requests() -> None:
    site = world()
    letters_said = {"complexity": "for complex requests", "number": "where somebody makes many requests"}
    for ground, said in letters_said.items():
        request = taken(site, identity=proven())
        extended = handling.extend(request.pk, site.site_id, "priya", "much", RECEIVED, ground=ground)
        assert extended.extended_for == ground
        assert said in render(written(extended, extended.letters[-1])).text
    request = taken(site, identity=proven())
    with pytest.raises(InvalidInput) as refused:
        handling.extend(request.pk, site.site_id, "priya", "much", RECEIVED, ground="holidays")
    assert refused.value.field == "ground"


def test_a_complaint_needs_no_proof_and_is_due_after_thirty_days() -> None:
    site = world()
    request = taken(site, kind="complaint")
    running = clocks.clock_of(request, RECEIVED)
    assert running
    assert (request.status, running.due) == ("in_progress", date(2099, 7, 1))
    for act in (handling.pause, handling.extend):
        with pytest.raises(Conflict):
            act(request.pk, site.site_id, "priya", "no", RECEIVED)


def test_closed_it_ends_two_years_later_and_leaves_the_list() -> None:
    site = world()
    first, second = taken(site, identity=proven()), taken(site, RECEIVED - timedelta(days=3))
    assert [one.pk for one in requests.open_requests(site.site_id, RECEIVED)] == [second.pk, first.pk]
    closed_at = RECEIVED + timedelta(days=10)
    closed = handling.close(first.pk, site.site_id, "priya", "sent on a stick", closed_at)
    assert closed.expires_at == closed.due_at == add_months(closed_at, 24).timestamp()
    assert [one.pk for one in requests.open_requests(site.site_id, RECEIVED)] == [second.pk]
    assert first.pk not in [one.pk for one in requests.all_open(RECEIVED)]
    with pytest.raises(Conflict):
        handling.close(first.pk, site.site_id, "priya", "again", closed_at)
    running = clocks.clock_of(closed, RECEIVED + timedelta(days=400))
    assert running
    assert running.due == date(2099, 7, 1)


def test_what_is_open_shows_what_is_due_first_for_each_site_and_for_all(at: Any) -> None:
    site, other = world(), world()
    due = {
        taken(site, RECEIVED - timedelta(days=days), identity=proven(RECEIVED - timedelta(days=days))).pk: days
        for days in (5, 20, 1)
    }
    elsewhere = taken(other)
    assert [due[one.pk] for one in requests.open_requests(site.site_id, RECEIVED)] == [20, 5, 1]
    everybodys = [one.pk for one in requests.all_open(RECEIVED)]
    assert {*due, elsewhere.pk} <= set(everybodys)
    over = add_months(RECEIVED, 25)
    at(over)
    sweep(over)
    assert items_of(Request, elsewhere.pk) == []


def test_two_who_act_at_once_are_told() -> None:
    site = world()
    request = taken(site, identity=proven())
    stale = requests.load(request.pk, site.site_id, RECEIVED)
    handling.extend(request.pk, site.site_id, "priya", "much", RECEIVED)
    with pytest.raises(Conflict):
        requests.move(stale, {"extended_because": "other"}, "extended", "paul", RECEIVED)
    assert Request.get(request.pk).extended_because == "much"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "curiosity"}, "type"), ({"channel": "pigeon"}, "channel"), ({"email": None}, "name"),
        ({"received_at": RECEIVED + timedelta(hours=1)}, "received_at"), ({"details": "x" * 4001}, "details"),
        ({"identity": Identity(proven=True, method="a hunch", at=RECEIVED)}, "identity"),
        ({"identity": proven(RECEIVED + timedelta(days=1))}, "identity"), ({"email": "nothing"}, "email"),
        ({"authority": Authority("", RECEIVED)}, "authority"),
    ],
)  # fmt: skip
def test_a_request_that_cannot_be_taken_in_names_the_field(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        taken(world(), **fields)
    assert refused.value.field == field


def test_another_sites_requests_do_not_exist() -> None:
    request = taken(world(), identity=proven())
    for act in (handling.refuse, handling.close, handling.extend):
        with pytest.raises(NotFound):
            act(request.pk, world().site_id, "priya", "x", RECEIVED)


def test_N12_what_was_done_with_a_request_is_in_the_persons_own_copy() -> None:
    site = world()
    request = taken(site, identity=proven(), details="What do you hold about me?")
    handling.close(request.pk, site.site_id, "priya", "a copy was sent", RECEIVED)
    kept = store("requests")
    (shown,) = kept.export(kept.find(Subject.of(site.site_id, emails=["ADA@example.org"])), RECEIVED)
    facts = {fact.name: fact.value for fact in shown.facts}
    assert facts["What was asked"] == "What do you hold about me?"
    assert facts["How it ended"] == "a copy was sent"
    assert "received" in facts["What was done"]
    assert facts["How identity was proven"] == "document"


def test_reminders_come_at_14_7_and_2_days_and_every_day_once_overdue() -> None:
    site = world()
    request = taken(site, identity=proven())  # due on 1 July
    told = {
        days: [str(one) for one in reminders([request], RECEIVED + timedelta(days=30 - days))]
        for days in (20, 14, 13, 7, 3, 2, 1, 0, -1, -5)
    }
    assert {days for days, lines in told.items() if lines} == {14, 7, 2, 0, -1, -5}
    assert told[14] == [f"{request.pk}: the answer is due in 14 days (1 July 2099)"]
    assert told[0] == [f"{request.pk}: the answer is due today (1 July 2099)"]
    assert told[-1] == [f"{request.pk}: the answer is overdue by 1 day (1 July 2099)"]
    unproven = taken(site)
    assert str(reminders([unproven], RECEIVED + timedelta(days=28))[0]).startswith(f"{unproven.pk}: proof of identity")


def test_no_reminder_while_the_clock_stands_still() -> None:
    site = world()
    request = taken(site, identity=proven())
    paused = handling.pause(request.pk, site.site_id, "priya", "which site was it?", RECEIVED)
    assert reminders([paused], RECEIVED + timedelta(days=60)) == []


def test_the_desks_numbers_are_counts_of_how_requests_ended() -> None:
    site = world()
    empty = numbers(site.site_id, [], RECEIVED.date(), RECEIVED.date(), RECEIVED)
    assert (empty.on_time_percent, empty.median_days) == (None, None)
    for days, kind in ((3, "access"), (10, "erasure"), (20, "access"), (40, "access")):
        request = taken(site, kind=kind, identity=proven())
        handling.close(request.pk, site.site_id, "priya", "done", RECEIVED + timedelta(days=days))
    refused = taken(site)
    handling.refuse(refused.pk, site.site_id, "priya", "no proof", RECEIVED + timedelta(days=31))
    with pytest.raises(Conflict):
        handling.refuse(refused.pk, site.site_id, "priya", "again", RECEIVED + timedelta(days=31))
    taken(site)
    later = RECEIVED + timedelta(days=60)
    found = numbers(site.site_id, requests.open_requests(site.site_id, RECEIVED), RECEIVED.date(), later.date(), later)
    assert found.ended == {"closed": 4, "refused": 1}
    assert found.by_type == {"access": 4, "erasure": 1}
    assert (found.on_time_percent, found.median_days) == (75.0, 15.0)
    assert (dict(found.open), found.overdue) == ({"access": 1}, 1)


def test_what_was_answered_in_time_and_closed_late_counts_as_on_time() -> None:
    site = world()
    request = taken(site, identity=proven())
    request.update(
        [Request.approved_at.set(1), Request.answered_at.set(clock.milliseconds(RECEIVED + timedelta(days=9)))]
    )
    late = RECEIVED + timedelta(days=60)
    assert request.pk not in [one.reference for one in reminders(requests.open_requests(site.site_id, late), late)]
    handling.close(request.pk, site.site_id, "priya", "a copy was fetched", late)
    told = numbers(site.site_id, [], late.date(), late.date(), late)
    assert (told.on_time_percent, told.median_days) == (100.0, 9)

"""By when a request must be answered: the law's own examples, and what must hold on every day."""

from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imchat.rights.deadlines import Deadline, Pause, deadline, london, proof_due

FREE = holidays.country_holidays("GB", subdiv="ENG")
DAYS = st.dates(date(2024, 1, 1), date(2040, 12, 31))


def on(day: str) -> date:
    return date.fromisoformat(day)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-09-03", "2026-10-05"),  # 3 October is a Saturday
        ("2024-11-25", "2024-12-27"),  # Christmas
        ("2026-01-31", "2026-03-02"),  # the last of February is a Saturday
        ("2026-03-03", "2026-04-07"),  # Easter
        ("2024-01-31", "2024-02-29"),  # a leap year
        ("2026-06-01", "2026-07-01"),
    ],
)
def test_one_month_then_the_next_working_day(received: str, due: str) -> None:
    assert deadline(on(received), on(received)).due == on(due)


@given(DAYS)
def test_the_last_day_for_proof_is_never_behind_thirty_days_or_a_month(received: date) -> None:
    last = proof_due(received)
    assert timedelta(days=28) <= last - received <= timedelta(days=30)
    assert last == received + timedelta(days=30) or last.month == received.month % 12 + 1
    assert last <= deadline(received, received).due


@pytest.mark.parametrize(
    ("received", "last"),
    [
        ("2026-02-01", "2026-03-01"), ("2028-02-01", "2028-03-01"), ("2026-01-31", "2026-02-28"),
        ("2028-01-31", "2028-02-29"), ("2026-03-03", "2026-04-02"), ("2026-04-30", "2026-05-30"),
    ],
)  # fmt: skip
def test_the_last_day_for_proof_is_that_of_thirty_days_or_of_a_shorter_month(received: str, last: str) -> None:
    assert proof_due(on(received)) == on(last)


def test_the_clock_starts_with_the_last_of_what_is_needed() -> None:
    proof = {"proof_asked": on("2026-06-01"), "proof_given": on("2026-06-10")}
    found = deadline(on("2026-06-01"), on("2026-06-11"), **proof)
    assert (found.start, found.due) == (on("2026-06-10"), on("2026-07-10"))
    later = deadline(on("2026-06-01"), on("2026-06-11"), **proof, authority=on("2026-06-11"))
    assert later.start == on("2026-06-11")


@given(DAYS, st.integers(0, 40), st.integers(0, 40))
def test_only_proof_that_was_asked_for_within_five_days_moves_the_start(day: date, asked: int, given: int) -> None:
    asked_on, given_on = day + timedelta(days=asked), day + timedelta(days=given)
    assert deadline(day, given_on, proof_given=given_on).start == day
    assert deadline(day, given_on, proof_asked=asked_on).start == day
    found = deadline(day, given_on, proof_asked=asked_on, proof_given=given_on)
    assert found.start == (given_on if asked <= 5 else day)


def test_a_pause_for_clarification_adds_its_days_both_ends_counted() -> None:
    asked = Pause(on("2026-06-08"), on("2026-06-12"))
    found = deadline(on("2026-06-01"), on("2026-06-20"), pauses=[asked])
    assert (found.paused_days, found.due) == (5, on("2026-07-06"))


def test_while_we_wait_the_clock_moves_with_the_days() -> None:
    waiting = [Pause(on("2026-06-08"))]
    assert deadline(on("2026-06-01"), on("2026-06-08"), pauses=waiting).paused_days == 1
    assert deadline(on("2026-06-01"), on("2026-06-18"), pauses=waiting).paused_days == 11


def test_an_extension_is_three_months_and_must_be_told_within_the_first() -> None:
    found = deadline(on("2026-09-14"), on("2026-09-14"), extended=True)
    assert (found.due, found.tell_by) == (on("2026-12-14"), on("2026-10-14"))
    plain = deadline(on("2026-09-14"), on("2026-09-14"))
    assert (plain.due, plain.extended_due) == (on("2026-10-14"), on("2026-12-14"))


@pytest.mark.parametrize(
    "pauses",
    [
        [Pause(on("2026-05-30"), on("2026-06-02"))],
        [Pause(on("2026-06-08"), on("2026-06-12")), Pause(on("2026-06-12"), on("2026-06-14"))],
        [Pause(on("2026-06-08")), Pause(on("2026-06-12"))],
        [Pause(on("2026-06-08"), on("2026-06-07"))],
    ],
)
def test_pauses_that_cannot_be_are_refused(pauses: list[Pause]) -> None:
    with pytest.raises(ValueError, match="pauses"):
        deadline(on("2026-06-01"), on("2026-06-20"), pauses=pauses)


def plain_month(start: date, months: int) -> date:
    """The same day of a later month, or its last: reckoned by going back from the next month's first."""
    later = (start.replace(day=1) + timedelta(days=31 * months + 2)).replace(day=1)
    while (later.year * 12 + later.month) > start.year * 12 + start.month + months:
        later = (later - timedelta(days=1)).replace(day=1)
    last = (later + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return min(later + timedelta(days=start.day - 1), last)


@given(DAYS, st.booleans())
def test_due_is_a_working_day_and_never_before_the_plain_month(start: date, extended: bool) -> None:
    found = deadline(start, start, extended=extended)
    for day in (found.due, found.extended_due, found.tell_by):
        assert day.weekday() < 5
        assert day not in FREE
    plain = plain_month(start, 3 if extended else 1)
    assert plain <= found.due <= plain + timedelta(days=5)
    assert found.target <= found.tell_by <= found.extended_due


@given(DAYS, st.integers(0, 400), st.booleans())
def test_a_later_start_is_never_due_earlier(start: date, later: int, extended: bool) -> None:
    after = start + timedelta(days=later)
    assert deadline(start, start, extended=extended).due <= deadline(after, after, extended=extended).due


@given(DAYS, st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=4))
def test_a_pause_never_shortens_and_adds_at_least_its_days(start: date, gaps: list[tuple[int, int]]) -> None:
    pauses, day = [], start
    for before, length in gaps:
        asked = day + timedelta(days=before)
        pauses.append(Pause(asked, asked + timedelta(days=length)))
        day = asked + timedelta(days=length + 1)
    found: Deadline = deadline(start, day, pauses=pauses)
    total = sum(length + 1 for _, length in gaps)
    assert found.paused_days == total
    assert found.due >= deadline(start, day).due
    assert found.due >= plain_month(start, 1) + timedelta(days=total)
    assert found.days_left(found.due) == 0


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 6, 1, 22, 59, tzinfo=UTC), "2026-06-01"),
        (datetime(2026, 6, 1, 23, 0, tzinfo=UTC), "2026-06-02"),
        (datetime(2026, 12, 1, 23, 59, tzinfo=UTC), "2026-12-01"),
    ],
)
def test_days_are_londons(at: datetime, day: str) -> None:
    assert london(at) == on(day)

"""How long is twelve months (N17)."""

from datetime import UTC, datetime, timedelta, timezone
from math import ceil

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from imchat import clock
from imchat.periods import Period, add_months
from imchat.stores import evidence
from imchat.values import InvalidValue

# Hypothesis takes its bounds without a zone.
moments = st.datetimes(datetime(2000, 1, 1), datetime(2900, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
periods = st.builds(Period, st.integers(1, 60), st.just("month")) | st.builds(
    Period, st.integers(1, 2000), st.just("day")
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("begins", "months", "ends"),
    [
        ("2024-02-29 10:11:12", 12, "2025-02-28 10:11:12"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2027-01-31", 13, "2028-02-29"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-11-23 15:00", 12, "2027-11-23 15:00"),
        ("2026-12-01", 12, "2027-12-01"),
        ("2026-08-31", 1, "2026-09-30"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-03-31", 0, "2026-03-31"),
    ],
)
def test_N17_calendar_months(begins: str, months: int, ends: str) -> None:
    assert add_months(at(begins), months) == at(ends)


@given(moments, st.integers(1, 120))
def test_N17_months_keep_the_time_and_the_day_where_there_is_one(moment: datetime, months: int) -> None:
    ends = add_months(moment, months)
    assert ends.timetz() == moment.timetz()
    assert (ends.year * 12 + ends.month) - (moment.year * 12 + moment.month) == months
    assert ends.day == moment.day or (ends.day < moment.day and (ends + timedelta(days=1)).day == 1)


def test_days_are_those_of_utc() -> None:
    paris = timezone(timedelta(hours=1))
    assert add_months(datetime(2026, 3, 1, 0, 30, tzinfo=paris), 1) == at("2026-03-28 23:30")


@pytest.mark.parametrize("period", [Period(1, "month"), Period(1, "day")])
def test_a_moment_without_a_zone_is_nobodys(period: Period) -> None:
    with pytest.raises(ValueError, match="time zone"):
        period.after(datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "period"),
    [("12 months", Period(12, "month")), ("1 month", Period(1, "month")), ("30 days", Period(30, "day"))],
)
def test_a_period_in_words(text: str, period: Period) -> None:
    assert Period.parse(text) == period
    assert str(period) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12",
        "0 months",
        "-1 months",
        "12 years",
        "1.5 months",
        "12 months ",
        "１２ months",
        "10000 days",
        "x" * 9999,
    ],
)
def test_not_a_period(text: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        Period.parse(text)
    assert refusal.value.reason == "A period is a number of months or days, as “12 months”."


@pytest.mark.parametrize(("number", "unit"), [(0, "month"), (-3, "day"), (1, "year")])
def test_a_period_is_made_of_something(number: int, unit: str) -> None:
    with pytest.raises(ValueError, match="period"):
        Period(number, unit)


@given(periods, periods, moments)
def test_N17_what_counts_as_no_longer_never_ends_later(one: Period, other: Period, moment: datetime) -> None:
    assume(one.never_longer_than(other))
    assert one.after(moment) <= other.after(moment)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("365 days", "12 months", True),
        ("366 days", "12 months", False),
        ("12 months", "365 days", False),
        ("12 months", "366 days", True),
        ("28 days", "1 month", True),
        ("29 days", "1 month", False),
        ("1 month", "31 days", True),
        ("12 months", "12 months", True),
        ("13 months", "12 months", False),
        ("1460 days", "48 months", True),
        ("1461 days", "48 months", False),  # from 2097, over a century without its leap day
    ],
)
def test_N17_months_against_days(one: str, other: str, expected: bool) -> None:
    assert Period.parse(one).never_longer_than(Period.parse(other)) is expected


def test_N17_a_hundred_years_with_their_leap_days_and_without() -> None:
    century = Period(1200, "month")
    assert century.never_longer_than(Period(36_525, "day"))
    assert not century.never_longer_than(Period(36_524, "day"))
    assert Period(36_524, "day").never_longer_than(century)
    assert not Period(36_525, "day").never_longer_than(century)
    assert Period(4800, "month").never_longer_than(Period(146_097, "day"))


@given(st.integers(1, 30))
def test_N17_the_fewest_days_are_reached_and_one_more_is_too_many(months: int) -> None:
    fewest = max(
        days for days in range(1, 32 * months) if Period(days, "day").never_longer_than(Period(months, "month"))
    )
    starts = [datetime(2093, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(12 * 366)]
    assert fewest == min((add_months(start, months) - start).days for start in starts)


@given(moments, periods)
def test_N17_the_end_is_never_later_than_promised_and_less_than_a_second_early(
    moment: datetime, period: Period
) -> None:
    early = period.after(moment) - datetime.fromtimestamp(period.end(moment), UTC)
    assert timedelta(0) <= early < timedelta(seconds=1)


def test_N17_a_leap_day_ends_on_the_twenty_eighth() -> None:
    assert Period(12, "month").end(at("2024-02-29 23:59:59.999")) == int(at("2025-02-28 23:59:59").timestamp())


def test_now_is_what_is_stored_of_it() -> None:
    """An end that is reckoned from a moment, and one that is reckoned from the moment as it was stored, are one."""
    for _ in range(1000):
        now = clock.now()
        assert clock.moment(clock.milliseconds(now)) == now


@given(st.integers(0, 4_000_000_000_000))
def test_N19_an_entry_ends_on_the_first_whole_second_that_is_no_sooner(at: int) -> None:
    exactly = evidence.ACTIVITY.lasting.after(clock.moment(at)).timestamp()
    assert evidence.ends(clock.moment(at)) == ceil(exactly)

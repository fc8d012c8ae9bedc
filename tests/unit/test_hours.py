"""Opening hours, by the clocks of a place."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imchat.hours import DAYS, MOST_A_DAY, Hours
from imchat.values import InvalidValue

OFFICE = {day: [["09:00", "12:30"], ["13:30", "17:00"]] for day in DAYS[:5]}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_week_in_an_office() -> None:
    hours = Hours.parse("Europe/London", OFFICE)
    open_at = {
        "2026-01-05T08:59:59+00:00": False,
        "2026-01-05T09:00:00+00:00": True,
        "2026-01-05T12:29:59+00:00": True,
        "2026-01-05T12:30:00+00:00": False,
        "2026-01-05T16:59:59+00:00": True,
        "2026-01-05T17:00:00+00:00": False,
        "2026-01-10T10:00:00+00:00": False,
        # The same clocks in summer.
        "2026-07-06T08:00:00+00:00": True,
        "2026-07-06T16:00:00+00:00": False,
        "2026-07-06T05:00:00-04:00": True,
    }
    for at, expected in open_at.items():
        assert hours.within(moment(at)) is expected, at


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-01-05T07:00:00+00:00", "2026-01-05T09:00:00+00:00"),
        ("2026-01-05T10:00:00+00:00", None),
        ("2026-01-05T12:30:00+00:00", "2026-01-05T13:30:00+00:00"),
        ("2026-01-09T17:00:00+00:00", "2026-01-12T09:00:00+00:00"),
        # Over the night in which summer time begins: an hour sooner.
        ("2026-03-27T18:00:00+00:00", "2026-03-30T08:00:00+00:00"),
        ("2026-10-23T18:00:00+00:00", "2026-10-26T09:00:00+00:00"),
    ],
)
def test_when_an_office_opens_next(now: str, opens: str | None) -> None:
    assert Hours.parse("Europe/London", OFFICE).next_opening(moment(now)) == (moment(opens) if opens else None)


@pytest.mark.parametrize(
    ("zone", "days", "now", "opens"),
    [
        # Summer time skips 01:00 to 02:00 on 29 March 2026: what would begin in between begins with the jump.
        ("Europe/London", {"sun": [["01:30", "03:00"]]}, "2026-03-28T23:00:00+00:00", "2026-03-29T01:00:00+00:00"),
        # And what would be over by then is not that day.
        ("Europe/London", {"sun": [["01:15", "01:45"]]}, "2026-03-28T23:00:00+00:00", "2026-04-05T00:15:00+00:00"),
        # Winter time shows 01:00 to 02:00 twice on 25 October 2026.
        ("Europe/London", {"sun": [["01:30", "01:45"]]}, "2026-10-24T23:00:00+00:00", "2026-10-25T00:30:00+00:00"),
        ("Europe/London", {"sun": [["01:30", "01:45"]]}, "2026-10-25T00:50:00+00:00", "2026-10-25T01:30:00+00:00"),
        ("Europe/London", {"sun": [["00:30", "01:15"]]}, "2026-10-25T00:20:00+00:00", "2026-10-25T01:00:00+00:00"),
        # Half an hour of summer time.
        (
            "Australia/Lord_Howe",
            {"sun": [["02:10", "04:00"]]},
            "2026-10-03T15:00:00+00:00",
            "2026-10-03T15:30:00+00:00",
        ),
        # Samoa had no 30 December 2011, which would have been a Friday.
        ("Pacific/Apia", {"fri": [["09:00", "17:00"]]}, "2011-12-30T05:00:00+00:00", "2012-01-05T19:00:00+00:00"),
        ("Asia/Kathmandu", {"mon": [["00:00", "24:00"]]}, "2026-01-04T12:00:00+00:00", "2026-01-04T18:15:00+00:00"),
    ],
)
def test_where_the_clocks_jump(zone: str, days: dict[str, list[list[str]]], now: str, opens: str) -> None:
    assert Hours.parse(zone, days).next_opening(moment(now)) == moment(opens)


def test_what_is_never_open_never_opens() -> None:
    hours = Hours.parse("UTC", {})
    assert not hours.within(datetime(2026, 1, 1, tzinfo=UTC))
    assert hours.next_opening(datetime(2026, 1, 1, tzinfo=UTC)) is None
    always = Hours.parse("UTC", {day: [["00:00", "24:00"]] for day in DAYS})
    assert always.next_opening(datetime(2026, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    "days",
    [
        {"monday": [["09:00", "17:00"]]},
        {"mon": [["9:00", "17:00"]]},
        {"mon": [["09:00", "24:01"]]},
        {"mon": [["24:00", "24:00"]]},
        {"mon": [["09:00", "09:00"]]},
        {"mon": [["17:00", "09:00"]]},
        {"mon": [["09:00", "12:00"], ["11:00", "17:00"]]},
        {"mon": [["13:00", "17:00"], ["09:00", "12:00"]]},
        {"mon": [["09:00"]]},
        {"mon": [["09:00", "12:00", "17:00"]]},
        {"mon": [["٠٩:٠٠", "17:00"]]},
        {"mon": [["09:00\n", "17:00"]]},
        {"mon": [[f"{hour:02}:00", f"{hour:02}:30"] for hour in range(MOST_A_DAY + 1)]},
    ],
)
def test_what_is_no_week_is_refused(days: dict[str, list[list[str]]]) -> None:
    with pytest.raises(InvalidValue):
        Hours.parse("Europe/London", days)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "localtime", "../../etc/passwd", "Europe"])
def test_what_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(InvalidValue):
        Hours.parse(zone, OFFICE)


@st.composite
def weeks(draw: st.DrawFn) -> dict[str, list[list[str]]]:
    days = {}
    for day in draw(st.lists(st.sampled_from(DAYS), unique=True)):
        ends = sorted(draw(st.sets(st.integers(0, 96), min_size=2, max_size=6)))
        clocks = [f"{end // 4:02}:{end % 4 * 15:02}" for end in ends]
        days[day] = [list(span) for span in zip(clocks[::2], clocks[1::2], strict=False)]
    return days


# Around the nights in which these places change their clocks.
EDGES = {
    "Europe/London": ("2026-03-29T01:00", "2026-10-25T01:00"),
    "America/New_York": ("2026-03-08T07:00", "2026-11-01T06:00"),
    "Australia/Lord_Howe": ("2026-04-04T15:00", "2026-10-03T15:30"),
    "Africa/Casablanca": ("2026-02-15T02:00", "2026-03-22T02:00"),
    "Asia/Kathmandu": ("2026-01-01T00:00",),
}


@settings(max_examples=150)
@given(weeks(), st.sampled_from([(zone, at) for zone, edges in EDGES.items() for at in edges]), st.integers(-900, 900))
def test_it_opens_when_it_was_closed_until_then(
    days: dict[str, list[list[str]]], edge: tuple[str, str], off: int
) -> None:
    """Against looking at every quarter of an hour: nothing here begins, ends or jumps in between."""
    zone, at = edge
    hours = Hours.parse(zone, days)
    now = datetime.fromisoformat(at).replace(tzinfo=UTC) + timedelta(minutes=off)
    found = hours.next_opening(now)
    if hours.within(now):
        assert found is None
        return
    quarter = timedelta(minutes=15)
    looked = now.replace(minute=now.minute // 15 * 15) + quarter
    for _ in range(9 * 24 * 4):
        if hours.within(looked):
            break
        looked += quarter
    else:
        assert found is None or found > looked
        return
    assert found == looked


@given(weeks())
def test_a_week_is_spelled_as_it_was_read(days: dict[str, list[list[str]]]) -> None:
    hours = Hours.parse("Europe/Paris", days)
    assert Hours.parse("Europe/Paris", hours.spelled()) == hours
    assert hours.spelled() == {day: days[day] for day in DAYS if days.get(day)}
    assert ZoneInfo(hours.timezone).key == "Europe/Paris"

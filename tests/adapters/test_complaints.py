"""Complaints (DPA 2018, s 164A): a form without a search, an acknowledgement that is watched on paper too, letters of
progress, and an outcome that names the Commissioner and the court."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from imchat import clock
from imchat.errors import Conflict, InvalidInput
from imchat.mail.letters import render
from imchat.rights import asking, clocks, handling, intake, letters, telling
from imchat.rights.numbers import numbers
from imchat.rights.reminding import reminders
from imchat.rights.requests import open_requests
from imchat.stores.requests import Request
from tests.adapters.people import somebody
from tests.adapters.worlds import NOON, world

pytestmark = pytest.mark.usefixtures("tables")
POST = "Ann Example\n1 High Street\nLondon"


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    def set_clock(now: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: now)

    set_clock(NOON)
    monkeypatch.setattr("imchat.mail.ses.send", lambda raw, **to: "id")
    return set_clock


def complained(now: datetime = NOON, **fields: Any) -> Request:
    given: dict[str, Any] = {"name": None, "email": None, "phone": None, "details": "You did not answer me."}
    return asking.ask(kind="complaint", **(given | {"ip": somebody().email} | fields), now=now)


def taken(site_id: str, now: datetime = NOON, **fields: Any) -> Request:
    given: dict[str, Any] = {"channel": "letter", "received_at": now, "post": POST, "details": "You did not answer me."}
    return intake.take_in(site_id, "priya", kind="complaint", **(given | fields), now=now)


def mailed(request: Request, now: datetime = NOON) -> Request:
    for number, one in enumerate(Request.get(request.pk).letters, 1):
        if not one.outcome:
            assert telling.send(request.pk, number, now) == "sent"
    return Request.get(request.pk)


@pytest.mark.parametrize("way", [{"email": "ann@example.org"}, {"post": POST}, {"phone": "+44 20 7946 0958"}])
def test_whoever_complains_says_what_about_and_how_they_are_answered_and_nothing_to_search_by(
    way: dict[str, str],
) -> None:
    request = complained(**way)
    assert (request.status, request.type) == ("in_progress", "complaint")
    assert request.letters[0].outcome == (None if "email" in way else "to_post")


@pytest.mark.parametrize(
    ("fields", "kind", "field"),
    [
        ({"email": "a@example.org", "details": None}, "missing_field", "details"),
        ({"name": "Ann"}, "no_identifier", "email"), ({}, "no_identifier", "email"),
        ({"post": "x" * 2001}, "invalid_value", "post"),
    ],
)  # fmt: skip
def test_a_complaint_that_cannot_be_answered_or_says_nothing_is_refused(
    fields: dict[str, Any], kind: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        complained(**fields)
    assert (refused.value.kind, refused.value.field) == (kind, field)


@pytest.mark.parametrize("kind", ["access", "erasure", "objection"])
def test_only_a_complaint_goes_to_a_postal_address_that_nobody_approved(kind: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        intake.take_in(
            world().site_id, "priya", kind=kind, channel="letter", received_at=NOON, name="Ann", post=POST, now=NOON
        )
    assert refused.value.field == "post"


def test_an_acknowledgement_on_paper_is_watched_until_the_desk_says_that_it_was_posted() -> None:
    site = world()
    request = taken(site.site_id)
    assert "1 High Street" in render(telling.written(request, request.letters[0])).text
    assert clocks.told_on(request) is None
    told = {days: reminders([request], NOON + timedelta(days=days)) for days in (15, 16, 23, 28, 29, 30, 31, 40)}
    assert [days for days, found in told.items() if found] == [16, 23, 28, 30, 31, 40]
    assert str(told[28][0]) == f"{request.pk}: the acknowledgement is due in 2 days (2 April 2099)"
    on = NOON + timedelta(days=20)
    posted = letters.record_sent(request.pk, site.site_id, "priya", 1, on, on=on.date())
    assert clocks.told_on(posted) == on.date()
    running = clocks.clock_of(posted, on)
    assert running
    assert running.due == on.date() + timedelta(days=30)
    assert Request.get(request.pk).due_day == running.due.toordinal()


@pytest.mark.parametrize("outcome", ["bounced", "failed", "capped", None])
def test_an_acknowledgement_that_did_not_arrive_is_none(outcome: str | None) -> None:
    request = complained(email=somebody().email)
    request.letters[0].outcome = outcome
    assert clocks.told_on(request) is None


def test_who_complains_hears_how_it_goes_and_each_letter_gives_thirty_days() -> None:
    site = world()
    received = NOON - timedelta(days=12)
    request = mailed(taken(site.site_id, received_at=received, email=somebody().email))
    assert request.due_day == (NOON.date() + timedelta(days=30)).toordinal()
    later = NOON + timedelta(days=28)
    assert "word on the complaint" in str(reminders([request], later)[0])
    told = handling.progress(request.pk, site.site_id, "priya", "We have asked our mail provider.", later)
    assert told.letters[-1].what == "progress"
    assert "We have asked our mail provider." in render(telling.written(told, told.letters[-1])).text
    told = mailed(told, later)
    running = clocks.clock_of(told, later)
    assert running
    assert running.due == later.date() + timedelta(days=30)
    assert told.due_day == running.due.toordinal()
    assert reminders([told], later) == []


def test_of_nothing_but_a_complaint_the_person_is_told_how_it_goes() -> None:
    site = world()
    request = intake.take_in(
        site.site_id, "priya", kind="access", channel="letter", received_at=NOON, name="Ann",
        identity=intake.Identity(True, "document", NOON), now=NOON,
    )  # fmt: skip
    with pytest.raises(Conflict) as refused:
        handling.progress(request.pk, site.site_id, "priya", "slowly", NOON)
    assert refused.value.kind == "not_a_complaint"


@pytest.mark.parametrize("act", [handling.close, handling.refuse])
def test_the_outcome_names_the_commissioner_and_the_court_and_nobody_else_to_complain_to(act: Any) -> None:
    site = world()
    request = mailed(taken(site.site_id, email=somebody().email))
    ended = act(request.pk, site.site_id, "priya", "You were right, and we have mended it.", NOON)
    text = render(telling.written(ended, ended.letters[-1])).text
    assert "You were right, and we have mended it." in text
    assert "Information Commissioner" in text
    assert "court" in text
    assert "tell us first" not in text
    assert "right to complain to us" not in text


def test_an_ended_complaint_counts_as_on_time_by_what_was_due() -> None:
    site = world()
    first, second = (mailed(taken(site.site_id, email=somebody().email)) for _ in range(2))
    handling.close(first.pk, site.site_id, "priya", "done", NOON + timedelta(days=10))
    late = NOON + timedelta(days=31)
    handling.close(second.pk, site.site_id, "priya", "done", late)
    found = numbers(site.site_id, open_requests(site.site_id, NOON), NOON.date(), date(2099, 12, 1), late)
    assert found.on_time_percent == 50.0
    assert found.by_channel == {"letter": 2}

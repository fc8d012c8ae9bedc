"""A data-protection request that somebody makes in a chat, and the other ways by which one comes."""

from datetime import timedelta
from typing import Any

import pytest

from imchat import clock
from imchat.chat.correcting import correct
from imchat.chat.posting import Author, post
from imchat.chat.restricting import restrict
from imchat.desk import calls
from imchat.errors import Conflict, InvalidInput, NotFound
from imchat.rights import from_chat, handling, intake, steps
from imchat.rights.numbers import numbers
from imchat.rights.requests import open_requests
from imchat.stores.evidence import Entry
from imchat.stores.requests import CHANNELS, Request
from tests.adapters.answers import reviewing, searching
from tests.adapters.people import somebody
from tests.adapters.worlds import NOON, World, items_of, world

pytestmark = pytest.mark.usefixtures("tables")
LATER = NOON + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)


def passed_on(site: World, chat_id: str, **fields: Any) -> tuple[Request, bool]:
    given: dict[str, Any] = {"kind": "access", "details": "A copy of everything.", "now": LATER} | fields
    return from_chat.pass_on(chat_id, site.site_id, site.operator, **given)


def test_it_is_a_candidate_of_whom_the_chat_is_of_received_when_they_wrote_it() -> None:
    site, who = world(), somebody()
    chat = site.open(name=who.name, email=who.email, phone=who.phone, text="Send me my data")
    post(chat.pk, Author(site.site_id, "operator", site.operator, "Olga"), "I pass it on", "o1", LATER)
    request, new = passed_on(site, chat.pk)
    assert new
    assert (request.status, request.channel, request.chat_id) == ("candidate", "chat", chat.pk)
    assert (request.email, request.name_search, request.phone_key) == (chat.email, chat.name_search, chat.phone_key)
    assert int(request.at) == clock.milliseconds(NOON)
    assert [one.pk for one in open_requests(site.site_id, LATER)] == [request.pk]
    assert {one["action"]["S"] for one in items_of(Entry, f"requests#{request.pk}")} == {"request_received"}
    assert request.letters == []
    assert numbers(site.site_id, [request], LATER.date(), LATER.date(), LATER).open == {"candidate": 1}


def test_nothing_in_a_chat_is_proven_so_it_waits_for_proof_and_a_code_makes_its_address_sure() -> None:
    site, who = world(), somebody()
    chat = site.open(name=who.name, email=who.email, text="Send me my data")
    other = site.open(name=who.name, text="another of this name")
    request, _ = passed_on(site, chat.pk)
    confirmed = intake.confirm(request.pk, site.site_id, "priya", "access", LATER)
    assert (confirmed.status, confirmed.letters[0].what) == ("awaiting_identity", "acknowledgement")
    intake.decide_identity(request.pk, site.site_id, "priya", intake.Identity(True, "document", LATER), LATER)
    for task in searching(request.pk, LATER):
        task()
    reviewing(request.pk)
    found = steps.search(request.pk, "chats")
    assert (found["found"], found["candidates"]) == (2, 1)
    assert other.pk


def test_passed_on_again_it_is_the_same_and_knows_what_the_visitor_has_said_since() -> None:
    site, who = world(), somebody()
    chat = site.open(text="Send me my data")
    request, _ = passed_on(site, chat.pk)
    with pytest.raises(InvalidInput) as refused:
        intake.confirm(request.pk, site.site_id, "priya", "access", LATER)
    assert refused.value.kind == "no_identifier"
    correct(chat.pk, site.site_id, {"email": who.email}, LATER)
    again, new = passed_on(site, chat.pk, kind="erasure")
    assert (again.pk, new, again.email, again.type) == (request.pk, False, who.email, "access")
    assert Request.get(request.pk).email_key == who.email
    intake.confirm(request.pk, site.site_id, "priya", "access", LATER)
    correct(chat.pk, site.site_id, {"email": somebody().email}, LATER)
    passed_on(site, chat.pk)
    assert Request.get(request.pk).email == who.email


def test_once_it_has_ended_the_same_chat_can_ask_anew() -> None:
    site, who = world(), somebody()
    chat = site.open(email=who.email, text="Send me my data")
    request, _ = passed_on(site, chat.pk)
    intake.drop(request.pk, site.site_id, "priya", "It was a joke.", LATER)
    second, new = passed_on(site, chat.pk)
    assert new
    assert second.pk != request.pk


def test_another_sites_or_a_restricted_chat_is_not_passed_on() -> None:
    site = world()
    chat = site.open(email=somebody().email, text="Hello")
    with pytest.raises(NotFound):
        passed_on(world(), chat.pk)
    with pytest.raises(InvalidInput):
        passed_on(site, chat.pk, kind="curiosity")
    restrict(chat.pk, "priya", LATER)
    with pytest.raises(Conflict):
        passed_on(site, chat.pk)


def test_whoever_passed_it_on_does_not_approve_it() -> None:
    from imchat.rights.proof import let_in_by

    site = world()
    request, _ = passed_on(site, site.open(email=somebody().email, text="Hello").pk)
    assert let_in_by(request) == {site.operator}


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_is_kept_shown_and_counted(channel: str) -> None:
    site, who = world(), somebody()
    request = intake.take_in(
        site.site_id, "priya", kind="access", channel=channel, received_at=NOON, email=who.email,
        identity=intake.Identity(True, "document", NOON), now=NOON,
    )  # fmt: skip
    assert request.channel == channel
    handling.close(request.pk, site.site_id, "paul", "done", NOON)
    assert numbers(site.site_id, [], NOON.date(), NOON.date(), NOON).by_channel == {channel: 1}


def test_a_request_that_came_by_support_mail_or_call_leads_to_it() -> None:
    site, who = world(), somebody()
    call = calls.record_call(
        site.site_id, "priya", about="Wants a copy.", at=None, name=None, email=who.email, phone=None, chat_id=None,
        now=NOON,
    )  # fmt: skip
    given: dict[str, Any] = {"kind": "access", "channel": "support_mail", "received_at": NOON, "email": who.email}
    request = intake.take_in(site.site_id, "priya", **given, correspondence_id=call.pk, now=NOON)
    assert request.correspondence_id == call.pk
    other = world().site_id
    with pytest.raises(InvalidInput) as refused:
        intake.take_in(other, "priya", **given, correspondence_id=call.pk, now=NOON)
    assert refused.value.field == "correspondence_id"

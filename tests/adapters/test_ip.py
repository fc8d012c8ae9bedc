"""The IP address of a chat serves against abuse, and ends with the day (UTC) after the chat ended; the country stays
(N3)."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from imchat import clock
from imchat.chat.closing import close
from imchat.chat.copies import request_copy
from imchat.chat.deleting import delete
from imchat.chat.posting import Author, post
from imchat.chat.restricting import restrict
from imchat.chat.sending import send
from imchat.chat.sweeping import sweep
from imchat.live import frames
from imchat.register.stores import store
from imchat.stores.chats import META, Chat
from imchat.subjects import Subject
from tests.adapters.people import somebody
from tests.adapters.worlds import NOON, answer, items_of, world

pytestmark = pytest.mark.usefixtures("tables")
IP = "203.0.113.77"
MINUTE = timedelta(minutes=1)
MIDNIGHT = datetime(2099, 3, 5, tzinfo=UTC)  # the end of the day after NOON's


def kept(chat: Chat) -> str | None:
    """The IP address that is really in the table."""
    (item,) = [one for one in items_of(Chat, chat.pk) if one["sk"]["S"] == META]
    return item.get("ip", {}).get("S")


def shown(chat: Chat, at: datetime, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    """The IP address that an operator sees, and the one in a copy."""
    monkeypatch.setattr(clock, "now", lambda: at)
    found = Chat.load(chat.pk, META, now=at)
    assert found
    (reference,) = store("chats").find(Subject.of(chat.site_id, emails=[str(chat.email)]))
    (exported,) = store("chats").export([reference], at)
    return frames.chat(found)["visitor"]["ip"], next((f.value for f in exported.facts if f.name == "IP address"), None)


@pytest.mark.parametrize(
    ("closed", "ends"),
    [
        (NOON, MIDNIGHT),
        (datetime(2099, 3, 3, 23, 59, 59, 999_000, tzinfo=UTC), MIDNIGHT),
        (datetime(2099, 3, 4, tzinfo=UTC), MIDNIGHT + timedelta(days=1)),
        # Just after midnight in Berlin is still the day before by UTC; half past eleven in Lisbon is the next day in
        # none of them.
        (datetime(2099, 3, 4, 0, 30, tzinfo=timezone(timedelta(hours=1))), MIDNIGHT),
        (datetime(2099, 3, 3, 18, 0, tzinfo=timezone(timedelta(hours=-8))), MIDNIGHT + timedelta(days=1)),
        # London's clocks go forward in the night to 29 March 2099; the day is UTC's.
        (datetime(2099, 3, 28, 23, 30, tzinfo=UTC), datetime(2099, 3, 30, tzinfo=UTC)),
        (datetime(2099, 12, 31, 23, 30, tzinfo=UTC), datetime(2100, 1, 2, tzinfo=UTC)),
    ],
)
def test_N3_an_ip_address_ends_with_the_day_after_the_chat_ended(
    closed: datetime, ends: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = somebody()
    chat = world().open(NOON, email=who.email, ip=IP, country="GB")
    close(chat.pk, chat.site_id, "visitor", closed)
    before = ends - timedelta(milliseconds=1)
    assert shown(chat, before, monkeypatch) == (IP, IP)
    sweep(before)
    assert kept(chat) == IP
    assert shown(chat, ends, monkeypatch) == (None, None)  # whether or not the sweep came
    sweep(ends)
    assert kept(chat) is None
    assert Chat.get(chat.pk, META).country == "GB"


def test_N3_a_chat_that_nobody_closes_has_ended_with_the_last_that_was_said() -> None:
    site = world()
    chat = site.open(NOON, ip=IP, text="Hello")
    post(chat.pk, Author(site.site_id), "Still there?", "c1", NOON + timedelta(days=1))
    sweep(MIDNIGHT)
    assert kept(chat) == IP
    sweep(MIDNIGHT + timedelta(days=1))
    assert kept(chat) is None
    found = Chat.get(chat.pk, META)
    assert (found.status, found.counted) == ("open", None)
    post(chat.pk, Author(site.site_id), "Hello again", "c2", MIDNIGHT + timedelta(days=2))
    sweep(found_end := MIDNIGHT + timedelta(days=400))
    assert not items_of(Chat, chat.pk), found_end


@pytest.mark.parametrize("then", ["restricted", "copy asked for", "sent late", "queued for ever"])
def test_N3_whatever_happens_to_a_chat_its_ip_address_ends(then: str) -> None:
    site, who = world(), somebody()
    chat = site.open(NOON, ip=IP, email=who.email, text="Hello")
    answer(chat)
    close(chat.pk, site.site_id, "visitor", NOON)
    job = int(Chat.get(chat.pk, META).transcript_job)
    if then == "restricted":
        send(chat.pk, job, NOON, last=True)
        restrict(chat.pk, "priya", NOON)
    elif then == "copy asked for":
        send(chat.pk, job, NOON, last=True)
        request_copy(chat.pk, site.site_id, MIDNIGHT - MINUTE)
    elif then == "sent late":
        send(chat.pk, job, MIDNIGHT + MINUTE, last=True)
    for hours in range(3):
        sweep(MIDNIGHT + timedelta(hours=hours))
    assert kept(chat) is None
    assert Chat.get(chat.pk, META).due_at > MIDNIGHT.timestamp()


def test_N3_a_chat_that_is_deleted_takes_its_ip_address_along() -> None:
    chat = world().open(NOON, ip=IP)
    assert ("IP address", 1) in delete(chat.pk, chat.site_id, "visitor", NOON).removed
    assert not items_of(Chat, chat.pk)


def test_the_sweep_looks_once_at_a_chat_for_its_ip_address() -> None:
    chat = world().open(NOON, ip=IP)
    close(chat.pk, chat.site_id, "visitor", NOON)
    assert sweep(MIDNIGHT)["ip_removed"] >= 1
    found = Chat.get(chat.pk, META)
    assert found.due_at == found.expires_at


def test_a_chat_without_an_ip_address_waits_for_its_end_alone() -> None:
    site = world()
    chat = site.open(NOON, ip=None)
    close(chat.pk, site.site_id, "visitor", NOON)
    found = Chat.get(chat.pk, META)
    assert found.due_at == found.expires_at

"""The widget over a live connection: at once, both ways; and whatever happens to the connection, every message is there
once, in the server's order."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch
from tests.browser.driver import SENT, Widget
from tests.browser.fake_api import Fake

MESSAGES = ".*/messages"


@pytest.fixture
def live(widget: Widget, fake: Fake) -> Widget:
    """A chat that is live, at an interval of polling at which nothing would come in time."""
    fake.poll_interval_ms = 3_600_000
    widget.goto(fake.web_url).show().start("Hello")
    fake.wait_live()
    fake.wait_for(lambda: calls(fake), "it asks once where its first message stands")
    return widget


def settled(widget: Widget, fake: Fake, *texts: str) -> None:
    """The page and the server have the same, in the same order."""
    expect(widget.lines).to_have_count(len(texts))
    expect(widget.lines.last).to_have_class(SENT)
    assert widget.texts() == list(texts) == [one["text"] for one in fake.chat.messages if one["by"] != "note"]


def test_the_first_frame_says_who_we_are_and_from_where_on_and_the_address_nothing(
    live: Widget, fake: Fake, page: Page
) -> None:
    with page.expect_websocket() as opened:
        fake.drop()
    fake.wait_for(lambda: len(fake.frames("hello")) == 2, "another connection")
    assert opened.value.url == f"{fake.web_url.replace('http', 'ws')}/socket"
    assert all(connection.frames[0]["action"] == "hello" for connection in fake.connections)
    assert fake.frames("hello")[1] == {"action": "hello", "token": fake.chat.token, "after": 1}


def test_messages_come_and_go_at_once(live: Widget, fake: Fake) -> None:
    asked = calls(fake)
    fake.operator_says("Good morning")
    expect(live.lines).to_have_count(2)
    live.say("And to you")
    settled(live, fake, "Hello", "Good morning", "And to you")
    assert [frame["text"] for frame in fake.frames("post")] == ["And to you"]
    assert calls(fake) == asked, "nothing is asked beside the connection"


def calls(fake: Fake) -> int:
    """How often the API was asked about the chat; about the site it is, now and then."""
    return sum(one.path.startswith("/v1/chats/") for one in fake.requests)


def test_a_note_between_is_not_shown_and_not_in_the_way(live: Widget, fake: Fake) -> None:
    fake.chat.say("note", "difficult customer")
    fake.operator_says("Good morning")
    settled(live, fake, "Hello", "Good morning")
    fake.chat.say("note", "very")
    live.say("Thank you")
    settled(live, fake, "Hello", "Good morning", "Thank you")


def test_a_push_that_was_lost_is_missed_by_the_next_and_asked_for(live: Widget, fake: Fake) -> None:
    fake.operator_says("one", push=False)
    fake.operator_says("two")
    settled(live, fake, "Hello", "one", "two")


def test_a_last_push_that_was_lost_is_found_by_a_pong(page: Page, fake: Fake) -> None:
    page.clock.install()
    widget = Widget(page).goto(fake.web_url).show().start("Hello")
    fake.wait_live()
    fake.operator_says("one", push=False)
    page.clock.run_for(46_000)
    settled(widget, fake, "Hello", "one")


def test_pushes_in_the_wrong_order_and_twice_are_put_right(live: Widget, fake: Fake) -> None:
    with fake.changed:
        first, second = (fake.chat.say("operator", text, name="Olga") for text in ("one", "two"))
        for message in (second, first, second, first):
            fake.push("message", message=message)
    settled(live, fake, "Hello", "one", "two")


@pytest.mark.parametrize("fate", ["cut before", "cut after"])
@pytest.mark.parametrize("action", ["hello", "post", "typing", "read"])
def test_wherever_the_connection_breaks_nothing_is_missed_or_said_twice(
    live: Widget, fake: Fake, action: str, fate: str
) -> None:
    fake.fates[action] = fate
    if action == "hello":
        fake.drop()
    live.composer.press_sequentially("Once")
    live.composer.press("Enter")
    expect(live.lines.nth(1)).to_have_class(SENT)
    fake.operator_says("Twice?")
    expect(live.lines).to_have_count(3)
    fake.wait_for(lambda: not fake.fates, "the connection broke")
    fake.operator_says("Or more?")
    expect(live.lines).to_have_count(4)
    live.say("No")
    settled(live, fake, "Hello", "Once", "Twice?", "Or more?", "No")


def test_a_message_too_soon_is_said_later(live: Widget, fake: Fake) -> None:
    fake.fates["post"] = "refused"
    live.say("Once")
    live.say("Twice")
    settled(live, fake, "Hello", "Once", "Twice")


def test_a_message_into_a_chat_that_has_just_ended_is_not_lost(live: Widget, fake: Fake) -> None:
    with fake.changed:
        fake.chat.status, fake.chat.transcript = "closed", "no_address"  # and no push of it arrives
    live.say("one more thing")
    expect(live.window.get_by_role("region", name="This chat has ended.")).to_be_visible()
    live.button("Start a new chat").click()
    expect(live.field("message")).to_have_value("one more thing")


def test_after_a_drop_what_was_said_meanwhile_is_there(live: Widget, fake: Fake) -> None:
    for number in range(3):
        with fake.changed:
            fake.drop()
            fake.operator_says(f"while away {number}")
        fake.wait_for(lambda seen=number: len(fake.connections) > seen + 1, "another connection")
    fake.wait_live()
    fake.operator_says("and now")
    settled(live, fake, "Hello", "while away 0", "while away 1", "while away 2", "and now")


def test_without_live_connections_it_asks_by_itself_at_the_servers_interval(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello")
    fake.wait_live()
    with fake.changed:
        fake.live = False
        fake.drop()
    fake.operator_says("one", push=False)
    expect(widget.lines).to_have_count(2)
    widget.say("two")
    settled(widget, fake, "Hello", "one", "two")
    assert fake.calls("POST", MESSAGES)
    fake.live = True
    fake.wait_live()
    fake.operator_says("three")
    settled(widget, fake, "Hello", "one", "two", "three")


def test_a_policy_that_forbids_connections_leaves_the_chat_as_it_is(page: Page, fake: Fake, watch: Watch) -> None:
    fake.pages[
        "/strict"
    ] = f"""<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="Content-Security-Policy"
        content="default-src 'none'; script-src {fake.web_url}; connect-src {fake.web_url}/v1/">
        <title>Strict</title><script src="{fake.web_url}/widget.js" data-site="demo" async></script><body>"""
    widget = Widget(page).goto(f"{fake.web_url}/strict").show().start("Hello")
    fake.operator_says("Good morning")
    settled(widget, fake, "Hello", "Good morning")
    assert fake.connections == []
    assert all("connect-src" in error for error in watch.errors)
    watch.errors.clear()


def test_a_connection_that_says_nothing_any_more_is_made_again(page: Page, fake: Fake) -> None:
    page.clock.install()
    widget = Widget(page).goto(fake.web_url).show().start("Hello")
    fake.wait_live()
    page.clock.run_for(46_000)
    fake.wait_for(lambda: fake.frames("ping"), "a ping")
    fake.operator_says("Good morning")  # heard, and with it the answer to the ping can no longer come too late
    expect(widget.lines).to_have_count(2)
    fake.deaf = True
    page.clock.run_for(46_000)
    fake.wait_for(lambda: len(fake.frames("ping")) == 2, "another")
    page.clock.run_for(11_000)
    fake.deaf = False
    page.clock.run_for(3_000)
    fake.wait_for(lambda: len(fake.connections) == 2, "another connection")
    fake.operator_says("Still there?")
    expect(widget.lines).to_have_count(3)


def test_the_operator_is_seen_typing_until_they_stop_or_have_said_it(live: Widget, fake: Fake) -> None:
    typing = live.window.locator(".typing")
    expect(typing).to_be_hidden()
    fake.push("typing", by="operator", name="Olga", typing=True)
    expect(typing).to_have_text("Olga is writing…")
    fake.push("typing", by="operator", name="Olga", typing=False)
    expect(typing).to_be_hidden()
    fake.push("typing", by="operator", name="Olga", typing=True)
    expect(typing).to_be_visible()
    fake.operator_says("Here it is")
    expect(typing).to_be_hidden()
    fake.push("typing", by="operator", name="Olga", typing=True)
    expect(typing).to_be_visible()
    with fake.changed:
        fake.live = False
        fake.drop()
    expect(typing).to_be_hidden()


def test_that_the_visitor_is_typing_is_said_now_and_then(page: Page, live: Widget, fake: Fake) -> None:
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    live.composer.press_sequentially("I am looking")
    page.clock.run_for(2_900)
    live.composer.press_sequentially(" for a tea")
    page.clock.run_for(200)
    live.composer.press_sequentially("pot")
    live.composer.press("Enter")
    fake.wait_for(lambda: fake.frames("post"), "they have said it")
    said = [frame["typing"] for frame in fake.frames("typing")]
    assert said == [True, True], "neither with each key nor that they stopped: the message says that"
    live.composer.press_sequentially("x")
    fake.wait_for(lambda: len(fake.frames("typing")) == 3, "they are typing again")
    live.composer.press("Backspace")
    fake.wait_for(lambda: fake.chat.typing is False, "they have thought better of it")


def test_presence_follows_at_once(live: Widget, fake: Fake) -> None:
    presence = live.window.locator(".presence")
    expect(presence).to_have_text("Online now")
    fake.push("presence", online=False)
    expect(presence).to_have_text("Away just now")
    fake.push("presence", online=True)
    expect(presence).to_have_text("Online now")


def test_that_nobody_is_there_any_more_is_found_though_nobody_says_it(page: Page, fake: Fake) -> None:
    """A presence that lapses and opening hours that end are nobody's act: no push tells of them."""
    page.clock.install()
    widget = Widget(page).goto(fake.web_url)
    page.clock.run_for(61_000)
    assert len(fake.calls("GET", "/v1/sites/.*")) == 1, "who does not open the window asks no more"
    widget.show()
    presence = widget.window.locator(".presence")
    expect(presence).to_have_text("Online now")
    fake.wait_for(lambda: len(fake.calls("GET", "/v1/sites/.*")) == 2, "it asks, for what it knows is old")
    fake.online = False
    page.clock.run_for(61_000)
    expect(presence).to_have_text("Away just now")
    expect(widget.window.get_by_role("heading", name="Leave us a message")).to_be_visible()
    widget.start("Hello")
    fake.wait_live()
    fake.online = True
    page.clock.run_for(61_000)
    expect(presence).to_have_text("Online now")
    widget.button("Close the chat window").click()
    asked = len(fake.calls("GET", "/v1/sites/.*"))
    page.clock.run_for(120_000)
    assert len(fake.calls("GET", "/v1/sites/.*")) == asked


def test_what_was_seen_is_marked_on_both_sides(live: Widget, fake: Fake) -> None:
    live.say("Anybody?")
    settled(live, fake, "Hello", "Anybody?")
    expect(live.log.get_by_text("Seen")).to_have_count(0)
    fake.push("read", by="staff", cursor=1)
    expect(live.lines.first.get_by_text("Seen")).to_be_visible()
    fake.push("read", by="staff", cursor=2)
    expect(live.lines.last.get_by_text("Seen")).to_be_visible()
    expect(live.log.get_by_text("Seen")).to_have_count(1)
    fake.operator_says("Yes")
    fake.wait_for(lambda: fake.chat.read["visitor"] == 3, "the visitor has read it")
    live.button("Close the chat window").click()
    fake.operator_says("Are you there?")
    expect(live.root.locator(".badge")).to_have_text("1")
    assert fake.chat.read["visitor"] == 3, "not while the window is closed"
    live.show()
    fake.wait_for(lambda: fake.chat.read["visitor"] == 4, "the visitor has read it")


def test_the_end_and_the_copys_way_come_at_once(live: Widget, fake: Fake) -> None:
    fake.push("transcript", transcript={"state": "queued", "at": None})
    expect(live.window.get_by_text("A copy is on its way to your email address.")).to_be_visible()
    fake.operator_ends("no_address")
    expect(live.window.get_by_role("region", name="This chat has ended.")).to_be_visible()
    fake.wait_for(lambda: not fake.sockets(), "a chat that has ended needs no connection")


def test_a_chat_that_the_operator_deletes_gives_way_to_a_clean_start(live: Widget, fake: Fake) -> None:
    live.composer.fill("half a")
    with fake.changed:
        [chat_id] = fake.chats
        fake.push("status", status="deleted")
        del fake.chats[chat_id]
    expect(live.window.get_by_text("That chat is no longer here.")).to_be_in_viewport()
    expect(live.field("message")).to_have_value("half a")
    assert live.stored()["session"] == {}


def test_a_tab_that_is_not_looked_at_for_long_lets_its_connection_go(page: Page, fake: Fake) -> None:
    page.clock.install()
    widget = Widget(page).goto(fake.web_url).show().start("Hello")
    fake.wait_live()
    look = "(hidden) => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true}); document.dispatchEvent(new Event('visibilitychange')) }"
    page.evaluate(look, True)
    page.clock.run_for(301_000)
    fake.wait_for(lambda: not fake.sockets(), "the connection is let go")
    fake.operator_says("one")
    page.evaluate(look, False)
    fake.wait_live()
    settled(widget, fake, "Hello", "one")

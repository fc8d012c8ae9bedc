"""The widget when the network or the API fails and there is no live connection: nothing typed is lost, nothing is said
twice. With one: test_live.py."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.driver import LATE, REFUSED, SENT, Widget
from tests.browser.fake_api import Fake

MESSAGES = ".*/messages"


@pytest.fixture(autouse=True)
def by_asking(fake: Fake) -> None:
    """The API takes no live connections."""
    fake.live = False


@pytest.mark.parametrize(
    "how",
    [
        {"status": 500},
        {"status": 503},
        {"status": 429, "headers": {"Retry-After": "1"}},
        {"cut": "before"},
        {"cut": "after"},
    ],
)
def test_a_message_that_failed_is_sent_again_and_arrives_once(
    widget: Widget, fake: Fake, how: dict[str, object]
) -> None:
    widget.show().start("Hello")
    fake.fail("POST", MESSAGES, **how)
    widget.say("Once")
    widget.say("Twice")
    expect(widget.lines).to_have_count(3)
    expect(widget.lines.nth(1)).to_have_class(SENT)
    expect(widget.lines.nth(2)).to_have_class(SENT)
    assert [one["text"] for one in fake.chat.messages] == ["Hello", "Once", "Twice"]
    assert widget.texts() == ["Hello", "Once", "Twice"]
    assert len({one.body["client_id"] for one in fake.calls("POST", MESSAGES)}) == 2


def test_a_late_message_says_so(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello")
    fault = fake.fail("POST", MESSAGES, status=503, times=1000)
    widget.say("Later")
    expect(widget.lines.last).to_have_class(LATE)
    expect(widget.log.get_by_text("Not sent yet. Trying again…")).to_be_visible()
    fake.faults.remove(fault)
    expect(widget.lines.last).to_have_class(SENT)


@pytest.mark.parametrize("how", [{"status": 502}, {"cut": "before"}, {"cut": "after"}])
def test_an_opening_that_failed_is_tried_again_and_opens_one_chat(
    widget: Widget, fake: Fake, how: dict[str, object]
) -> None:
    fake.fail("POST", "/v1/chats", **how)
    widget.show().start("Hello")
    assert len(fake.chats) == 1
    assert widget.texts() == ["Hello"]
    assert len({one.body["client_id"] for one in fake.calls("POST", "/v1/chats")}) == 1


def test_an_opening_that_is_refused_keeps_what_was_typed(widget: Widget, fake: Fake) -> None:
    fake.fail("POST", "/v1/chats", status=429, headers={"Retry-After": "9"})
    widget.show()
    widget.field("message").fill("Hello")
    widget.button("Start chat").click()
    expect(widget.window.get_by_text("The API was told to refuse this.")).to_be_visible()
    expect(widget.field("message")).to_have_value("Hello")
    assert widget.stored()["session"] == {}
    widget.button("Start chat").click()
    expect(widget.lines).to_have_count(1)


def test_polling_goes_on_after_failures_and_misses_nothing(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello")
    fault = fake.fail("GET", MESSAGES, cut="before", times=1000)
    expect(widget.window.get_by_text("No connection. Trying again…")).to_be_visible()
    fake.operator_says("one")
    fake.operator_says("two")
    fake.faults.remove(fault)
    expect(widget.lines).to_have_count(3)
    expect(widget.window.get_by_text("No connection. Trying again…")).to_be_hidden()
    assert widget.texts() == ["Hello", "one", "two"]


def test_answers_that_are_lost_repeat_nothing(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello")
    for number in range(3):
        fake.fail("GET", MESSAGES, cut="after")
        fake.operator_says(f"answer {number}")
    fake.wait_for(lambda: all(fault.times == 0 for fault in fake.faults), "all answers are lost")
    expect(widget.lines).to_have_count(4)
    assert widget.texts() == ["Hello", "answer 0", "answer 1", "answer 2"]


def test_without_a_network_what_is_written_waits(widget: Widget, fake: Fake, page: Page) -> None:
    widget.show().start("Hello")
    page.context.set_offline(True)
    widget.say("from the train")
    expect(widget.lines.last).to_have_class(LATE)
    page.context.set_offline(False)
    expect(widget.lines.last).to_have_class(SENT)
    assert [one["text"] for one in fake.chat.messages] == ["Hello", "from the train"]


def test_a_slow_api_keeps_the_order(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello")
    with fake.holding("POST", MESSAGES):
        for text in ("one", "two", "three"):
            widget.say(text)
        expect(widget.lines).to_have_count(4)
        assert widget.texts() == ["Hello", "one", "two", "three"]
        expect(widget.log.get_by_text("Sending…")).to_have_count(1)
        fake.wait_for(lambda: fake.calls("POST", MESSAGES), "the first is on its way")
        assert len(fake.calls("POST", MESSAGES)) == 1
    expect(widget.lines.last).to_have_class(SENT)
    assert [one["text"] for one in fake.chat.messages] == ["Hello", "one", "two", "three"]


def test_a_refused_message_can_be_written_anew(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello")
    fake.fail("POST", MESSAGES, status=400)
    widget.say("not like this")
    expect(widget.lines.last).to_have_class(REFUSED)
    expect(widget.log.get_by_text("Not sent. The API was told to refuse this.")).to_be_visible()
    widget.button("Edit").click()
    expect(widget.composer).to_have_value("not like this")
    expect(widget.composer).to_be_focused()
    widget.say("but like this")
    expect(widget.lines.last).to_have_class(SENT)
    assert widget.texts() == ["Hello", "but like this"]


def test_a_message_into_a_chat_that_has_just_ended_is_not_lost(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello")
    with fake.holding("GET", MESSAGES):
        fake.operator_ends()
        widget.say("one more thing")
        expect(widget.lines.last).to_have_class(REFUSED)
    widget.button("Start a new chat").click()
    expect(widget.field("message")).to_have_value("one more thing")


@pytest.mark.parametrize("status", [401, 404])
def test_a_chat_that_is_gone_gives_way_to_a_clean_start(widget: Widget, fake: Fake, status: int) -> None:
    widget.show().start("Hello")
    widget.composer.fill("half a")
    fake.fail("GET", MESSAGES, status=status)
    expect(widget.window.get_by_text("That chat is no longer here. You can start a new one.")).to_be_visible()
    assert widget.stored()["session"] == {}
    expect(widget.field("message")).to_have_value("half a")
    widget.start("Hello again")
    assert len(fake.chats) == 2


def test_an_expired_token_of_the_page_before_gives_way_to_a_clean_start(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello")
    widget.page.goto("about:blank")
    fake.chat.token = "another"
    widget.goto(fake.web_url)
    expect(widget.window.get_by_text("That chat is no longer here.")).to_be_visible()
    assert widget.stored()["session"] == {}


def test_a_broken_entry_in_session_storage_is_no_chat(widget: Widget, fake: Fake, page: Page) -> None:
    page.evaluate("sessionStorage.setItem('imchat', '{\"chat_id\": 1')")
    widget.goto(fake.web_url)
    widget.show().start("Hello")


def test_without_session_storage_one_can_still_chat(page: Page, fake: Fake) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
    )
    Widget(page).goto(fake.web_url).show().start("Hello")


def test_a_deletion_that_failed_says_so_and_can_be_repeated(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello")
    fake.fail("DELETE", ".*", status=503)
    widget.choose("Delete my chat")
    widget.button("Delete for good").click()
    expect(widget.window.get_by_text("We cannot be reached just now.")).to_be_visible()
    widget.button("Delete for good").click()
    expect(widget.window.get_by_role("heading", name="Your chat is deleted")).to_be_visible()


def test_a_window_that_did_not_load_loads_when_pressed_again(widget: Widget, page: Page) -> None:
    def refuse(route: Route) -> None:
        route.abort()

    page.route("**/widget/main-*", refuse)
    widget.launcher.click()
    expect(widget.root.locator(".unreached")).to_be_visible()
    page.unroute("**/widget/main-*", refuse)
    widget.launcher.click()
    expect(widget.window).to_be_visible()

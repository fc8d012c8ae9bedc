"""One chat in several tabs of a website; nothing of it in what a browser keeps for longer."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Watch
from tests.browser.driver import SENT, Widget
from tests.browser.fake_api import Fake


@pytest.fixture
def context(page: Page) -> BrowserContext:
    """Both tabs' browser."""
    return page.context


@pytest.fixture(params=[True, False], ids=["live", "by asking"])
def first(request: pytest.FixtureRequest, widget: Widget, fake: Fake) -> Widget:
    """The tab in which the chat begins."""
    fake.live = request.param
    return widget


def another(first: Widget, fake: Fake, watch: Watch) -> Widget:
    """A tab whose address was typed in."""
    return Widget(watch.over(first.page.context.new_page())).goto(fake.web_url)


def test_a_new_tab_takes_up_the_chat_and_both_go_on(first: Widget, fake: Fake, watch: Watch) -> None:
    first.show().start("Hello")
    second = another(first, fake, watch)
    second.show()
    expect(second.lines).to_have_count(1)
    second.say("from the second")
    expect(first.lines).to_have_count(2)
    first.say("from the first")
    fake.operator_says("to both")
    for tab in (first, second):
        expect(tab.lines).to_have_count(4)
        expect(tab.lines.last).to_have_class(SENT)
        assert tab.texts() == [one["text"] for one in fake.chat.messages]
    assert len(fake.chats) == 1
    for tab in (first, second):
        assert list(tab.stored()["session"]) == ["imchat"]
        assert (tab.stored()["local"], tab.stored()["cookies"]) == ({}, "")


def test_a_tab_that_was_there_before_hears_of_the_chat_and_keeps_what_is_written(
    first: Widget, fake: Fake, watch: Watch
) -> None:
    second = another(first, fake, watch).show()
    second.field("message").fill("I was about to say")
    third = another(first, fake, watch)
    assert second.stored()["session"] == {}
    first.show().start("Hello")
    expect(second.lines).to_have_count(1)
    expect(second.composer).to_have_value("I was about to say")
    first.button("Close the chat window").click()
    second.button("Close the chat window").click()
    fake.operator_says("Good morning")
    for tab in (first, second, third):
        expect(tab.root.locator(".badge")).to_have_text("1")
    third.show()
    for tab in (first, second):
        expect(tab.root.locator(".badge")).to_be_hidden()


def test_an_end_in_one_is_an_end_in_both_and_nothing_stays(first: Widget, fake: Fake, watch: Watch) -> None:
    first.show().start("Hello")
    second = another(first, fake, watch).show()
    expect(second.lines).to_have_count(1)
    first.choose("End chat")
    first.window.locator(".sheet").get_by_role("button", name="End chat").click()
    for tab in (first, second):
        expect(tab.window.get_by_role("region", name="This chat has ended.")).to_be_visible()
        assert tab.stored() == {"session": {}, "local": {}, "cookies": ""}
    fresh = another(first, fake, watch).show()
    expect(fresh.field("message")).to_be_visible()


def test_N18_a_deletion_in_one_leaves_nothing_in_the_other(first: Widget, fake: Fake, watch: Watch) -> None:
    first.show().start("Hello")
    second = another(first, fake, watch).show()
    expect(second.lines).to_have_count(1)
    first.choose("Delete my chat")
    first.button("Delete for good").click()
    expect(first.window.locator(".receipt")).to_be_visible()
    expect(second.window.get_by_text("That chat is no longer here.")).to_be_visible()
    for tab in (first, second):
        assert tab.stored() == {"session": {}, "local": {}, "cookies": ""}
        assert tab.log.count() == 0


def test_a_link_to_another_tab_takes_the_chat_along(
    first: Widget, fake: Fake, watch: Watch, context: BrowserContext
) -> None:
    fake.pages["/links"] = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Links</title>
        <a href="/" target="_blank" rel="opener">the shop</a><script src="/widget.js" data-site="demo" async></script>"""
    first.goto(f"{fake.web_url}/links").show().start("Hello")
    with context.expect_page() as opened:
        first.page.get_by_role("link", name="the shop").click()
    second = Widget(watch.over(opened.value))
    expect(second.lines).to_have_count(1)


def test_a_browser_without_channels_chats_in_one_tab(page: Page, fake: Fake) -> None:
    page.add_init_script("delete window.BroadcastChannel")
    Widget(page).goto(fake.web_url).show().start("Hello")

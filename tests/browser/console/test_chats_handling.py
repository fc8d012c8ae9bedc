"""Handling the console itself: by keyboard, several chats at once, on a phone."""

from playwright.sync_api import Request, expect

from tests.browser.console.chats import Chats
from tests.browser.console.conftest import OpenConsole
from tests.flow.sites import TestSite


def test_several_chats_by_keyboard_alone(site: TestSite, open_console: OpenConsole) -> None:
    ada, bob, cleo = (site.visitor() for _ in range(3))
    for visitor, name in ((ada, "Ada"), (bob, "Bob"), (cleo, "Cleo")):
        visitor.open(text=f"I am {name}", name=name)
    console = open_console(site.operator, "chats")
    chats, page = Chats(console).live(), console.page
    press = page.keyboard.press
    expect(chats.row("I am Cleo")).to_be_visible()
    assert chats.names() == ["Cleo", "Bob", "Ada"]
    chats.titled(3)

    press("j")
    chats.said("I am Cleo")
    press("Alt+ArrowDown")
    chats.said("I am Bob")
    press("k")
    chats.said("I am Cleo")
    chats.titled(1)

    # What has been begun stays with its chat; letters are letters while one writes.
    press("r")
    expect(chats.reply).to_be_focused()
    page.keyboard.type("just the text? ")
    press("Alt+ArrowDown")
    press("n")
    page.keyboard.type("en note")
    press("Alt+ArrowUp")
    expect(chats.reply).to_have_value("just the text? ")
    press("Alt+ArrowDown")
    expect(chats.note).to_have_value("en note")

    # Whoever writes comes to the top, unread; the others stay as they are.
    ada.say("Still here")
    expect(chats.row("Still here")).to_contain_text("2 unread")
    assert chats.names() == ["Ada", "Cleo", "Bob"]
    press("Escape")
    press("t")
    expect(chats.row("I am Bob")).to_contain_text("You")
    press("s")
    page.keyboard.type("still")
    expect(chats.inbox.locator(".row-name")).to_have_text(["Ada"])
    page.keyboard.type(" not")
    expect(chats.inbox.get_by_text("No chat matches")).to_be_visible()
    assert console.violations() == []
    chats.inbox.get_by_role("button", name="Clear the search").press("Enter")
    expect(chats.inbox.locator(".row-name")).to_have_count(3)

    # The keys are listed, and the letters can be switched off.
    press("?")
    keys = console.dialog("Keyboard shortcuts")
    expect(keys.get_by_text("Take the chat")).to_be_visible()
    assert console.violations() == []
    keys.get_by_label("Single letters are shortcuts").press("Space")
    press("Escape")
    expect(keys).to_have_count(0)
    press("?")
    press("e")
    expect(page.get_by_role("dialog")).to_have_count(0)

    # The sound: a switch that this tab remembers.
    chats.inbox.get_by_role("button", name="Sound is on").press("Enter")
    page.reload()
    expect(chats.inbox.get_by_role("button", name="Sound is off")).to_have_attribute("aria-pressed", "true")


def test_who_is_present_says_so_each_minute_until_they_go(site: TestSite, open_console: OpenConsole) -> None:
    console = open_console()
    chats, page = Chats(console), console.page
    page.clock.install()
    console.goto("chats").sign_in(site.operator)

    def says_so(asked: Request) -> bool:
        return asked.method == "PUT" and asked.url.endswith("/v1/operator/presence")

    chats.live()
    with page.expect_event("requestfinished", says_so):  # the minute begins with the answer
        chats.here.click()
    expect(chats.here).to_be_checked()
    with page.expect_request(says_so) as said:
        page.clock.fast_forward(61_000)
    assert said.value.post_data_json == {"present": True}
    page.reload()
    expect(chats.here).to_be_checked()
    chats.present(wanted=False)
    assert site.colleague("GET", "/v1/operator/presence").json["online"] is False


def test_on_a_phone_one_thing_at_a_time(site: TestSite, open_console: OpenConsole) -> None:
    visitor = site.visitor()
    visitor.open(text="مرحبا", name="Ada")
    for dark in (False, True):
        console = open_console(site.operator, "chats", phone=True, dark=dark)
        chats, page = Chats(console).live(), console.page
        expect(chats.row("Ada")).to_be_visible()
        expect(chats.details).to_have_count(0)
        assert console.violations() == []
        chats.open("Ada").said("مرحبا")
        expect(chats.inbox).not_to_be_visible()
        expect(page.get_by_role("heading", name="Ada")).to_be_focused()
        assert chats.log.get_by_text("مرحبا").evaluate("(text) => getComputedStyle(text).direction") == "rtl"
        assert console.violations() == []
        console.button("Details").click()
        expect(chats.details.get_by_text("deleted by itself")).to_be_visible()
        expect(chats.log).not_to_be_visible()
        assert console.violations() == []
        chats.details.get_by_role("link", name="Back to the conversation").click()
        chats.said("مرحبا")
        page.get_by_role("link", name="Back to the inbox").click()
        expect(chats.row("Ada")).to_be_focused()
        page.go_back()
        chats.said("مرحبا")


def test_more_chats_than_a_page_and_those_that_ended(site: TestSite, open_console: OpenConsole) -> None:
    for number in range(53):
        visitor = site.visitor()
        visitor.open(text=f"question {number}")
        if number > 50:
            visitor.close()
    console = open_console(site.operator, "chats")
    chats = Chats(console).live()
    rows = chats.inbox.locator(".row")
    expect(rows).to_have_count(50)
    expect(chats.inbox.get_by_role("button", name="All 50+")).to_be_visible()
    console.button("Show more").click()
    expect(rows).to_have_count(51)
    expect(chats.inbox.get_by_role("button", name="All 51")).to_be_visible()
    expect(console.button("Show more")).to_have_count(0)
    console.button("Mine 0").click()
    expect(chats.inbox.get_by_text("None are yours")).to_be_visible()
    console.button("All 51").click()
    console.button("Ended").click()
    expect(rows).to_have_count(2)

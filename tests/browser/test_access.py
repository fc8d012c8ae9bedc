"""The widget by keyboard, by ear, on a phone, enlarged, in the dark."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_MS, Watch
from tests.browser.driver import SENT, Widget
from tests.browser.fake_api import Fake

ACTIVE = "() => { const at = document.activeElement?.shadowRoot?.activeElement; return at?.id || at?.getAttribute('aria-label') || at?.textContent }"


def test_a_whole_chat_by_keyboard_alone(widget: Widget, fake: Fake, page: Page) -> None:
    keys = page.keyboard

    def tab_to(name: str) -> None:
        visited = []
        for _ in range(30):
            keys.press("Tab")
            visited.append(page.evaluate(ACTIVE))
            if visited[-1] == name:
                return
        raise AssertionError(f"{name} was not met on the way: {visited}")

    tab_to("Chat with Corner Shop")
    keys.press("Enter")
    expect(widget.window.get_by_role("heading", name="How can we help?")).to_be_focused()
    tab_to("Privacy notice (opens in a new tab)")
    tab_to("message")
    keys.type("Hello")
    tab_to("name")
    keys.type("Ada")
    tab_to("Start chat")
    keys.press("Enter")
    expect(widget.composer).to_be_focused()
    keys.type("By keyboard")
    keys.press("Enter")
    expect(widget.lines.last).to_have_class(SENT)
    expect(widget.composer).to_be_focused()

    keys.press("Escape")
    expect(widget.window).to_be_hidden()
    expect(widget.launcher).to_be_focused()
    expect(widget.launcher).to_have_attribute("aria-expanded", "false")
    keys.press("Enter")
    expect(widget.composer).to_be_focused()

    keys.press("Shift+Tab")
    tab_to("Write a message")
    for _ in range(8):
        keys.press("Shift+Tab")
        if page.evaluate(ACTIVE) == "Chat options":
            break
    keys.press("Enter")
    assert page.evaluate(ACTIVE) == "My details"
    keys.press("Escape")
    assert page.evaluate(ACTIVE) == "Chat options"
    expect(widget.window).to_be_visible()
    keys.press("Enter")
    tab_to("Delete my chat")
    keys.press("Enter")
    assert page.evaluate(ACTIVE) == "Cancel"
    keys.press("Escape")
    expect(widget.window.locator(".sheet")).to_have_count(0)
    assert page.evaluate(ACTIVE) == "Chat options"
    assert [one["text"] for one in fake.chat.messages] == ["Hello", "By keyboard"]


def test_the_focus_stays_where_it_is_when_a_page_brings_the_chat_along(widget: Widget, fake: Fake, page: Page) -> None:
    widget.show().start("Hello")
    widget.goto(fake.web_url)
    expect(widget.window).to_be_visible()
    assert page.evaluate("document.activeElement === document.body")


def test_what_a_screen_reader_finds(widget: Widget, fake: Fake) -> None:
    expect(widget.root.get_by_role("button", name="Chat with Corner Shop")).to_have_attribute("aria-haspopup", "dialog")
    widget.show()
    expect(widget.root.get_by_role("dialog", name="Corner Shop")).to_be_visible()
    for name in ("Name optional", "Email optional", "Phone optional", "Message"):
        expect(widget.window.get_by_role("textbox", name=name, exact=True)).to_be_visible()
    widget.start("Hello")
    expect(widget.window.get_by_role("log", name="Conversation")).to_have_attribute("aria-live", "polite")
    fake.operator_says("one")
    fake.operator_says("two")
    expect(widget.lines).to_have_count(3)
    assert [line.split(" · ")[0] for line in widget.lines.locator("p:first-child").all_text_contents()] == [
        "You",
        "Olga",
        "Olga",
    ]


def test_a_line_keeps_its_node_when_it_is_sent(widget: Widget, fake: Fake) -> None:
    """Else it would be read out twice."""
    widget.show().start("Hello")
    with fake.holding("POST", ".*/messages"):
        widget.say("one")
        line = widget.lines.last.element_handle()
    expect(widget.lines.last).to_have_class(SENT)
    assert widget.lines.last.evaluate("(now, then) => now === then", line)


def test_on_a_phone_it_fills_the_screen(browser: Browser, fake: Fake, watch: Watch) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MS)
    widget = Widget(watch.over(context.new_page())).goto(fake.web_url).show()
    assert widget.window.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert widget.window.evaluate("(one) => one.matches(':modal')")
    expect(widget.window).to_be_focused()  # no field: the keyboard would cover the notice
    widget.start("Hello")
    assert widget.composer.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)") >= 16
    widget.goto(fake.web_url)
    expect(widget.window).to_be_hidden()  # the page that was gone to is not covered
    context.close()


def test_enlarged_twice_and_four_times_all_of_it_can_be_reached(page: Page, fake: Fake) -> None:
    widget = Widget(page).goto(fake.web_url)
    for width, height in ((640, 400), (320, 200)):
        page.set_viewport_size({"width": width, "height": height})
        if widget.window.is_hidden():
            widget.show()
        widget.button("Start chat").scroll_into_view_if_needed()
        expect(widget.button("Start chat")).to_be_in_viewport()
        assert widget.window.evaluate("(one) => one.scrollWidth <= one.clientWidth")
        assert widget.window.locator(".scroll").evaluate("(one) => one.scrollWidth <= one.clientWidth")


def test_who_wants_less_motion_gets_none(page: Page, fake: Fake) -> None:
    page.emulate_media(reduced_motion="reduce")
    widget = Widget(page).goto(fake.web_url).show().start("Hello")
    assert page.evaluate("document.getAnimations().length") == 0
    assert widget.window.evaluate("(one) => getComputedStyle(one).animationName") == "none"


def test_dark_where_the_visitor_wants_it_dark(page: Page, fake: Fake) -> None:
    page.emulate_media(color_scheme="dark")
    widget = Widget(page).goto(fake.web_url).show()
    assert widget.window.evaluate("(one) => getComputedStyle(one).backgroundColor") == "rgb(21, 27, 27)"

"""axe-core finds no violation in any state of the widget, in light and dark, on a phone, right to left."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PATIENCE_MS, Watch
from tests.browser.console.driver import AXE
from tests.browser.driver import Widget
from tests.browser.fake_api import Fake

RUN = """async () => (await axe.run({include: ['imchat-widget']}, {resultTypes: ['violations']})).violations
    .map((one) => [one.id, one.nodes.map((node) => [node.target.join(' '), node.failureSummary])])"""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize(
    ("scheme", "language", "colour", "screen"),
    [
        ("light", "en", None, {}),
        ("dark", "en", None, {}),
        ("light", "ar", None, PHONE),
        ("dark", "de", "#ffd400", PHONE),
        ("light", "fr", "#0b57d0", {}),
    ],
)
def test_nothing_is_found_in_any_state(
    browser: Browser, fake: Fake, watch: Watch, scheme: Any, language: str, colour: str | None, screen: dict[str, Any]
) -> None:
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce", **screen)
    context.set_default_timeout(PATIENCE_MS)
    page = watch.over(context.new_page())
    fake.colour = colour
    widget = Widget(page).goto(f"{fake.web_url}/?lang={language}")
    page.evaluate(AXE.read_text())

    def clean(state: str) -> None:
        found = page.evaluate(RUN)
        assert found == [], (state, found)

    clean("closed")
    widget.show()
    clean("before a chat")
    widget.window.locator(".start").click()
    expect(widget.window.locator("#message-error")).not_to_be_empty()
    clean("a field is wrong")
    widget.start("Hello", name="Ada", email="ada@example.org")
    fake.wait_live()
    fake.operator_says("Good morning https://shop.example 🫖")
    fake.push("read", by="staff", cursor=1)
    fake.push("typing", by="operator", name="Olga", typing=True)
    expect(widget.window.locator(".typing")).not_to_be_empty()
    clean("a chat")
    widget.say("x" * 4001)
    expect(widget.window.locator(".composer .error")).not_to_be_empty()
    clean("too long")
    options = widget.window.locator(".head .round").first
    options.click()
    clean("the menu")
    widget.window.locator(".menu button").first.click()
    expect(widget.window.locator(".sheet #name")).to_have_value("Ada")
    clean("a question")
    page.keyboard.press("Escape")
    fake.operator_ends("queued")
    expect(widget.window.locator(".ended")).to_be_visible()
    widget.window.locator(".stars label").nth(2).click()
    clean("ended")
    widget.window.locator(".ended .danger").click()
    widget.window.locator(".sheet .bad").click()
    expect(widget.window.locator(".receipt")).to_be_visible()
    clean("the receipt")
    context.close()

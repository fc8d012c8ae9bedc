"""The widget as a visitor uses it: by what things are called, in any language."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

# How a line stands, by its class.
SENT, LATE, REFUSED = (re.compile(rf"(^|\s){state}(\s|$)") for state in ("sent", "late", "refused"))
_STORED = "() => ({session: {...sessionStorage}, local: {...localStorage}, cookies: document.cookie})"

# As Safari does at the end of a composition: the Enter that ends it comes as a key of its own, no longer composing.
END_OF_COMPOSITION = """(field) => {
    field.dispatchEvent(new CompositionEvent("compositionstart", {bubbles: true, composed: true}));
    field.dispatchEvent(new CompositionEvent("compositionend", {bubbles: true, composed: true, data: field.value}));
    const key = {key: "Enter", keyCode: 229, bubbles: true, composed: true, cancelable: true};
    return field.dispatchEvent(new KeyboardEvent("keydown", key));
}"""


class Widget:
    """The widget on a page. What is looked for by name can be handed other words for other languages."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.locator("imchat-widget")
        self.launcher = self.root.locator("button.launcher")
        self.window = self.root.locator("dialog.panel")
        self.log = self.window.get_by_role("log")
        self.lines = self.log.locator(".row")
        self.composer = self.window.locator(".composer textarea")

    def goto(self, url: str) -> "Widget":
        """Open a page and wait for the button."""
        self.page.goto(url)
        expect(self.launcher).to_be_visible()
        return self

    def show(self) -> "Widget":
        """Press the button."""
        self.launcher.click()
        expect(self.window).to_be_visible()
        return self

    def field(self, name: str) -> Locator:
        """A field by its name in the API, or ``message``."""
        return self.window.locator(f"#{name}")

    def start(self, text: str, **details: str) -> "Widget":
        """Fill in the form, send it, and wait until the first message has its place."""
        for name, value in {**details, "message": text}.items():
            self.field(name).fill(value)
        self.window.locator("form .button[type=submit]").click()
        expect(self.lines.first).to_have_class(SENT)
        return self

    def say(self, text: str) -> None:
        """Write in the composer and press Enter."""
        self.composer.fill(text)
        self.composer.press("Enter")

    def choose(self, item: str) -> None:
        """Choose from the menu."""
        self.window.get_by_role("button", name="Chat options").click()
        self.window.locator(".menu").get_by_role("button", name=item).click()

    def button(self, name: str) -> Locator:
        """A button of the window."""
        return self.window.get_by_role("button", name=name, exact=True)

    def texts(self) -> list[str]:
        """What the log shows, in order."""
        return self.lines.locator(".text").all_text_contents()

    def stored(self) -> Any:
        """What the page's browser keeps."""
        return self.page.evaluate(_STORED)

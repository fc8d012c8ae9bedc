"""The operators' console as an operator uses it."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.console.driver import Console

# How many tones the page has sounded since this ran.
_LISTEN = """() => {
  window.tones = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) { window.tones++; return start.apply(this, when); };
}"""


class Chats:
    """Inbox, conversation and details of a console that stands at its chats."""

    def __init__(self, console: Console) -> None:
        self.console, self.page = console, console.page
        self.inbox = self.page.get_by_role("region", name="Inbox")
        self.log = self.page.get_by_role("log", name="Conversation")
        self.reply = self.page.get_by_label("Reply to the visitor")
        self.note = self.page.get_by_label("Note for colleagues")
        self.details = self.page.get_by_role("complementary", name="Details of the visitor")
        self.here = self.inbox.get_by_role("switch")

    def live(self) -> "Chats":
        """Once the line is there and the inbox known."""
        expect(self.inbox.get_by_text("Live", exact=True)).to_be_visible()
        return self

    def present(self, wanted: bool = True) -> "Chats":
        """Be there, or away, whatever it was before; once the server knows."""
        expect(self.here).to_be_enabled()
        if (self.here.get_attribute("aria-checked") == "true") != wanted:
            self.here.click()
        expect(self.here).to_be_checked(checked=wanted)
        return self

    def row(self, what: str) -> Locator:
        """The chat whose row says this."""
        return self.inbox.get_by_role("link").filter(has_text=what)

    def names(self) -> list[str]:
        """Who stands in the list, from the top."""
        return self.inbox.locator(".row-name").all_text_contents()

    def open(self, what: str) -> "Chats":
        """Choose a chat, and wait until it has been read."""
        self.row(what).click()
        expect(self.log).to_be_visible()
        return self

    def say(self, text: str) -> "Chats":
        """Write a reply and press Enter."""
        self.console.button("Reply").click()
        self.reply.fill(text)
        self.reply.press("Enter")
        return self

    def remark(self, text: str) -> "Chats":
        """Leave a note."""
        self.console.button("Note").click()
        self.note.fill(text)
        self.note.press("Enter")
        return self

    def said(self, *texts: str) -> None:
        """Wait until the conversation shows exactly these, in this order, all of them in their place."""
        expect(self.log.locator(".text")).to_have_text(list(texts))
        expect(self.log.locator(".waiting")).to_have_count(0)

    def titled(self, count: int) -> None:
        """Wait until the tab's title counts so many chats that call."""
        counted = rf"(● )?\({count}\) " if count else ""
        expect(self.page).to_have_title(re.compile(f"^{counted}Chats · Chat console$"))

    def listen(self) -> None:
        """Count from here on what sounds."""
        self.page.evaluate(_LISTEN)

    def rings(self) -> None:
        """Wait until something has sounded since the last time."""
        self.page.wait_for_function("() => window.tones > 0")
        self.page.evaluate("() => { window.tones = 0 }")

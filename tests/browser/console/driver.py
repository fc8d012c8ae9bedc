"""The consoles as staff use them: by what things are called."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from infra.web import SOURCE
from tests.flow.client import Member

AXE = SOURCE / "node_modules" / "axe-core" / "axe.min.js"
# What turns for ever never ends.
_FINISH = """() => document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime !== Infinity).forEach((one) => one.finish())"""
_CHECK = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"


class Console:
    """The consoles' page in one tab."""

    def __init__(self, page: Page, web_url: str) -> None:
        self.page = page
        self.address = f"{web_url}/console/"

    def goto(self, *place: str) -> "Console":
        """Go to a place, as ``goto("chats", chat_id)``."""
        self.page.goto(f"{self.address}#/{'/'.join(place)}")
        return self

    def sign_in(self, member: Member) -> "Console":
        """Fill in the sign-in that is shown, and wait until it is gone."""
        button = self.page.get_by_role("button", name="Sign in", exact=True)
        expect(button).to_be_visible()
        username = self.page.get_by_label("User name")
        if username.is_editable():
            username.fill(member.username)
        self.page.get_by_label("Password").fill(member.password)
        button.click()
        expect(button).to_have_count(0)
        return self

    def button(self, name: str) -> Locator:
        """A button by its whole name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def dialog(self, title: str) -> Locator:
        """The window over the page that has this title."""
        return self.page.get_by_role("dialog", name=title)

    def violations(self) -> list[str]:
        """What axe-core finds wrong with the page as it stands: rule and element of each."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        # Colours are judged as they will be, not on their way there.
        self.page.evaluate(_FINISH)
        found: list[dict[str, Any]] = self.page.evaluate(_CHECK)
        return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]

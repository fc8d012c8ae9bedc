"""Signing in with a second factor: set up, asked for, and what a wrong code costs, which is nothing."""

import re
import time

from playwright.sync_api import expect

from operations.prove.totp import code_of
from tests.browser.console.chats import Chats
from tests.browser.console.conftest import OpenConsole
from tests.flow.pages import wrong_code
from tests.flow.sites import TestSite


def test_two_steps_are_set_up_on_the_page_and_asked_for_from_then_on(site: TestSite, open_console: OpenConsole) -> None:
    console = open_console(site.operator, "chats")
    page = console.page
    Chats(console).live()
    console.button("Two-step sign-in").click()
    dialog = console.dialog("Two-step sign-in")
    expect(dialog.get_by_role("img", name="QR code")).to_be_visible()
    secret = re.sub(r"\s", "", dialog.locator(".key code").inner_text())
    code = dialog.get_by_label("Six digits from the app")
    assert console.violations() == []
    code.fill(wrong_code(secret, time.time()))
    dialog.get_by_role("button", name="Turn on").click()
    expect(dialog.get_by_text("This code is wrong or too old.")).to_be_visible()
    assert console.violations() == []
    code.fill(code_of(secret, time.time()))
    dialog.get_by_role("button", name="Turn on").click()
    expect(page.get_by_text("Two-step sign-in is on.")).to_be_visible()
    expect(dialog).to_have_count(0)

    console.button("Sign out").click()
    console.sign_in(site.operator)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    assert console.violations() == []
    asked = page.get_by_label("Six digits from your authenticator app")
    expect(asked).to_be_focused()
    asked.fill(wrong_code(secret, time.time()))
    console.button("Go on").click()
    expect(page.get_by_text("This code is wrong or too old.")).to_be_visible()
    asked.fill(code_of(secret, time.time()))
    asked.press("Enter")
    Chats(console).live()
    page.reload()  # who is signed in stays so
    Chats(console).live()

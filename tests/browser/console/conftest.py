"""Signed-in pages of the consoles on the running stack; each test has a site and staff of its own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import PATIENCE_MS, Watch
from tests.browser.console.driver import Console
from tests.flow.client import Member
from tests.flow.sites import TestSite, make_site

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

OpenConsole = Callable[..., Console]


@pytest.fixture
def site(stack: dict[str, Any], tables: dict[str, Any]) -> TestSite:
    """A site without a single chat."""
    return make_site(stack)


@pytest.fixture
def open_console(browser: Browser, stack: dict[str, Any], watch: Watch) -> Iterator[OpenConsole]:
    """Opens the consoles in a browser profile of its own: ``open_console(site.operator, "chats")`` signed in and at
    that place; without a member at the sign-in. ``phone`` and ``dark`` say how it looks."""
    contexts = []

    def opened(member: Member | None = None, *place: str, phone: bool = False, dark: bool = False) -> Console:
        context = browser.new_context(
            locale="en-GB",
            timezone_id="Europe/London",
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
            color_scheme="dark" if dark else "light",
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        console = Console(watch.over(context.new_page()), stack["web_url"]).goto(*place)
        return console.sign_in(member) if member else console

    yield opened
    for context in contexts:
        context.close()

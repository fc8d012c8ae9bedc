"""A browser for the tests in this folder: the system's Chromium or Chrome, watched for what a page must never do."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from infra.web import build_web
from tests.browser.driver import Widget
from tests.browser.fake_api import Fake

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
_MISSING = "No Chromium or Chrome was found. This gets it: sudo apt-get install -y chromium"
# Generous: nothing waits for it but a test that fails.
PATIENCE_MS = 60_000


def program() -> str | None:
    """The path of the system's Chromium or Chrome."""
    return next(filter(None, map(shutil.which, _PROGRAMS)), None)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The browser; without one, skipped here and failed in CI."""
    path = program()
    if not path:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(_MISSING)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What pages did: hosts they asked, errors and refusals of the security policy they met."""

    hosts: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    def over(self, page: Page) -> Page:
        """Watch a page."""
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        page.on("websocket", lambda socket: self.hosts.add(urlsplit(socket.url).netloc))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if "Content Security" in said.text else None)
        page.add_init_script(
            "addEventListener('securitypolicyviolation', (e) => console.error('Content Security: ' + e.violatedDirective))"
        )
        return page


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Watches every page of the test; an error of a script or a violation of the page's policy fails the test."""
    watch = Watch()
    yield watch
    assert watch.errors == []


@pytest.fixture
def page(browser: Browser, watch: Watch) -> Iterator[Page]:
    """A tab of a new browser profile."""
    context = browser.new_context(locale="en-GB", timezone_id="Europe/London", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE_MS)
    yield watch.over(context.new_page())
    context.close()


@pytest.fixture(scope="session")
def built() -> None:
    """The pages, built from their sources."""
    build_web(log=lambda *_: None)


@pytest.fixture
def fake(built: None) -> Iterator[Fake]:
    """An API of its own for this test, and the pages that use it."""
    fake = Fake()
    yield fake
    fake.stop()


@pytest.fixture
def widget(page: Page, fake: Fake) -> Widget:
    """The widget on the demo shop's page, not yet opened."""
    return Widget(page).goto(fake.web_url)

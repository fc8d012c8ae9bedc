"""What holds on every page there is."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.conftest import PATIENCE_MS, Watch
from tests.browser.console.driver import Console
from tests.browser.pages import PLACES, Place
from tests.browser.world import World, populate
from tests.flow.sites import make_site

pytestmark = pytest.mark.usefixtures("tables")
WAYS = ("nobody", "operator", "owner", "privacy")
# It would run where it became part of a page.
SCRIPT = '<img src=x onerror="window.hurt = true">'
# Pages that show a field in which it stands.
SHOWING = {"chat", "findings", "request-review", "call", "purchase", "disclosure"}
# As wide as a page of 1,280 pixels is at 400% (WCAG 1.4.10).
NARROW = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def world(stack: dict[str, Any]) -> World:
    """What strangers and staff wrote holds a script, wherever it may hold any text."""
    return populate(make_site(stack), SCRIPT)


@pytest.fixture(params=WAYS, scope="module")
def round_(request: pytest.FixtureRequest, browser: Browser, stack: dict[str, Any], world: World) -> Iterator[Any]:
    """A browser profile of somebody of each kind, and the pages they see."""
    context = browser.new_context(locale="en-GB", color_scheme="light", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE_MS)
    if request.param != "nobody":
        Console(context.new_page(), stack["web_url"]).goto().sign_in(getattr(world.site, request.param))
    yield context, [place for place in PLACES if place.who == request.param]
    context.close()


def faults(context: BrowserContext, place: Place, stack: dict[str, Any], world: World, watch: Watch) -> list[str]:
    """What is wrong with a page: what axe-core finds by day and by night; a script that ran; what stands outside a narrow
    window. A script that is not shown as it was written fails at once."""
    page = watch.over(context.new_page())
    place.go(page, stack["web_url"], world)
    if place.name in SHOWING:
        expect(page.locator("body")).to_contain_text(SCRIPT, use_inner_text=True)
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{scheme}: {one}" for one in Console(page, stack["web_url"]).violations()]
    if page.evaluate("window.hurt"):
        found.append("a script ran")
    page.set_viewport_size(NARROW)
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > NARROW["width"]:
        found.append(f"{width} wide in a window of {NARROW['width']}")
    page.close()
    return [f"{place.name}: {one}" for one in found]


def test_N16_no_page_asks_a_host_that_is_not_ours_hinders_anybody_or_takes_text_for_more(
    round_: tuple[BrowserContext, list[Place]], stack: dict[str, Any], world: World, watch: Watch
) -> None:
    """Every page there is contacts our own address and no other; axe-core finds nothing on it; a script in any field is
    text; and it fits into a window of 320 pixels."""
    context, places = round_
    assert places
    assert [line for place in places for line in faults(context, place, stack, world, watch)] == []
    assert watch.hosts - {""} == {urlsplit(stack["web_url"]).netloc}

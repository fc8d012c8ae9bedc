"""What holds on every page there is."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.conftest import Watch
from tests.browser.console.driver import Console
from tests.browser.pages import PLACES, Place
from tests.browser.world import World, populate
from tests.flow.sites import make_site

pytestmark = pytest.mark.usefixtures("tables")
WAYS = ("nobody", "operator", "owner", "privacy")


@pytest.fixture(scope="module")
def world(stack: dict[str, Any]) -> World:
    return populate(make_site(stack))


@pytest.fixture(params=WAYS, scope="module")
def round_(request: pytest.FixtureRequest, browser: Browser, stack: dict[str, Any], world: World) -> Iterator[Any]:
    """A browser profile of somebody of each kind, and the pages they see."""
    context = browser.new_context(locale="en-GB", color_scheme="light", viewport={"width": 1280, "height": 800})
    if request.param != "nobody":
        Console(context.new_page(), stack["web_url"]).goto().sign_in(getattr(world.site, request.param))
    yield context, [place for place in PLACES if place.who == request.param]
    context.close()


def violations(context: BrowserContext, place: Place, stack: dict[str, Any], world: World, watch: Watch) -> list[str]:
    """What axe-core finds on a page, by day and by night."""
    page = watch.over(context.new_page())
    place.go(page, stack["web_url"], world)
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{place.name} ({scheme}): {one}" for one in Console(page, stack["web_url"]).violations()]
    page.close()
    return found


def test_N16_no_page_asks_a_host_that_is_not_ours_and_none_hinders_anybody(
    round_: tuple[BrowserContext, list[Place]], stack: dict[str, Any], world: World, watch: Watch
) -> None:
    """Every page there is contacts our own address and no other, and axe-core finds nothing on it."""
    context, places = round_
    assert places
    assert [line for place in places for line in violations(context, place, stack, world, watch)] == []
    assert watch.hosts - {""} == {urlsplit(stack["web_url"]).netloc}

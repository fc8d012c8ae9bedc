"""``make screens``: every page as a picture, on a phone and on a desktop, by day and by night, into .local/screens/."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, expect, sync_playwright

from bench.ports import free_port
from infra.local.run import running
from tests.browser.conftest import ARGUMENTS, PATIENCE_MS, program
from tests.browser.console.driver import Console
from tests.browser.pages import PLACES, Who
from tests.browser.world import World, populate
from tests.flow.sites import make_site

ROOT = Path(__file__).resolve().parent.parent
SCREENS = ROOT / ".local" / "screens"
SIZES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1360, "height": 860}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "has_touch": True,
        "device_scale_factor": 2,
    },
}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main(only: list[str]) -> None:
    """Take them all, or those named."""
    expect.set_options(timeout=PATIENCE_MS)
    shutil.rmtree(SCREENS, ignore_errors=True)
    SCREENS.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder, running(free_port(), free_port(), Path(folder)) as stack:
        world = populate(make_site(stack))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program(), args=ARGUMENTS)
            for size, options in SIZES.items():
                for scheme in SCHEMES:
                    _round(browser, stack, world, f"{size}-{scheme}", {**options, "color_scheme": scheme}, only)
            browser.close()
    print(f"{len(list(SCREENS.iterdir()))} pictures in {SCREENS.relative_to(ROOT)}/")


def _round(
    browser: Browser, stack: dict[str, Any], world: World, kind: str, options: dict[str, Any], only: list[str]
) -> None:
    members = {"operator": world.site.operator, "owner": world.site.owner, "privacy": world.site.privacy}
    whos: tuple[Who, ...] = ("nobody", "operator", "owner", "privacy")
    for who in whos:
        places = [place for place in PLACES if place.who == who and (not only or place.name in only)]
        if not places:
            continue
        context = browser.new_context(locale="en-GB", timezone_id="Europe/London", reduced_motion="reduce", **options)
        if who != "nobody":
            Console(context.new_page(), stack["web_url"]).goto().sign_in(members[who])
        for place in places:
            page = context.new_page()
            place.go(page, stack["web_url"], world)
            page.screenshot(path=SCREENS / f"{place.name}-{kind}.png")
            page.close()
        context.close()


if __name__ == "__main__":
    main(sys.argv[1:])

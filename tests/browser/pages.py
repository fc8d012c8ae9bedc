"""Every page there is: who sees it, and how one gets there. For looking at all of them, and for what holds on each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from playwright.sync_api import Page, expect

from tests.browser.driver import Widget
from tests.browser.world import World

Who = Literal["nobody", "operator", "owner", "privacy"]


@dataclass(frozen=True)
class Place:
    """A page in one of its states. ``go`` brings a page there and returns once it stands; one of the staff is signed in
    before."""

    name: str
    who: Who
    go: Callable[[Page, str, World], Any]


def _at(path: str) -> Callable[[Page, str, World], None]:
    def go(page: Page, web_url: str, world: World) -> None:
        page.goto(web_url + path)
        expect(page.locator("h1").first).to_be_visible()

    return go


def _console(hash_of: Callable[[World], str], heading: str | None = None) -> Callable[[Page, str, World], None]:
    def go(page: Page, web_url: str, world: World) -> None:
        page.goto(f"{web_url}/console/#/{hash_of(world)}")
        expect(page.locator("#main")).to_be_visible()
        if heading:
            expect(page.get_by_role("heading", name=heading).first).to_be_visible()
        expect(page.locator(".loading")).to_have_count(0)

    return go


def _widget(page: Page, web_url: str) -> Widget:
    return Widget(page).goto(web_url)


def _talking(page: Page, web_url: str, world: World) -> None:
    _widget(page, web_url).show().start("Does the teapot come with a lid?", name="Ada")


def _ended(page: Page, web_url: str, world: World) -> None:
    widget = _widget(page, web_url).show()
    widget.start("Thank you!")
    widget.choose("End chat")
    widget.window.locator(".sheet .button[type=submit]").click()
    expect(widget.composer).to_have_count(0)


def _api(page: Page, web_url: str, world: World) -> None:
    page.goto(f"{web_url}/api.html")
    page.get_by_label("Find a call").fill("post /v1/chats open")
    page.locator("summary").click()
    expect(page.get_by_role("heading", name="Problems")).to_be_visible()
    page.get_by_label("Find a call").fill("")


PLACES = (
    Place("shop", "nobody", lambda page, web_url, world: _widget(page, web_url)),
    Place("widget-form", "nobody", lambda page, web_url, world: _widget(page, web_url).show()),
    Place("widget-chat", "nobody", _talking),
    Place("widget-ended", "nobody", _ended),
    Place("notice", "nobody", _at("/notice")),
    Place("ask", "nobody", _at("/ask.html")),
    Place("your-request", "nobody", _at("/your-request.html")),
    Place("api", "nobody", _api),
    Place("demo", "nobody", _at("/demo")),
    Place("mailbox", "nobody", _at("/mailbox")),
    Place("sign-in", "nobody", _at("/console/")),
    Place("chats", "operator", _console(lambda world: "chats")),
    Place("chat", "operator", _console(lambda world: f"chats/{world.long_chat}")),
    Place("statistics", "owner", _console(lambda world: "site/statistics")),
    Place("settings", "owner", _console(lambda world: "site/settings")),
    Place("operators", "owner", _console(lambda world: "site/operators")),
    Place("requests", "privacy", _console(lambda world: "desk/requests")),
    Place("request-new", "privacy", _console(lambda world: "desk/requests/new")),
    Place("findings", "privacy", _console(lambda world: f"desk/requests/{world.review}/review/chats")),
    Place("request-review", "privacy", _console(lambda world: f"desk/requests/{world.review}")),
    Place("request-receipt", "privacy", _console(lambda world: f"desk/requests/{world.erased}")),
    Place("request-unproven", "privacy", _console(lambda world: f"desk/requests/{world.unproven}")),
    Place("correspondence", "privacy", _console(lambda world: "desk/correspondence")),
    Place("call", "privacy", _console(lambda world: f"desk/correspondence/{world.call}")),
    Place("purchases", "privacy", _console(lambda world: "desk/purchases")),
    Place("purchase", "privacy", _console(lambda world: f"desk/purchases/{world.purchase}")),
    Place("disclosures", "privacy", _console(lambda world: "desk/disclosures")),
    Place("disclosure", "privacy", _console(lambda world: f"desk/disclosures/{world.disclosure}")),
    Place("restricted", "privacy", _console(lambda world: "desk/restricted")),
    Place("views", "privacy", _console(lambda world: "desk/views")),
    Place("register", "privacy", _console(lambda world: "desk/register")),
    Place("proof", "privacy", _console(lambda world: "desk/proof")),
)

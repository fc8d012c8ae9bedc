"""When the widget's parts are asked for, and what waits for them: the page for nothing, the visitor for little."""

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route, expect

from tests.browser.driver import Widget
from tests.browser.fake_api import Fake

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">
    <script src="{chat}/widget.js" data-site="demo" crossorigin async></script>{more}<body><h1>A page</h1>"""


def _elsewhere(fake: Fake, more: str = "") -> str:
    """A page of another host that carries the widget."""
    fake.pages["/elsewhere"] = PAGE.format(chat=fake.web_url, more=more)
    return f"{fake.web_url.replace('127.0.0.1', 'localhost')}/elsewhere"


def _files(page: Page) -> list[str]:
    """The parts of the widget that are asked for from now on, by their names."""
    asked: list[str] = []

    def note(request: Any) -> None:
        path = urlsplit(request.url).path
        if path.startswith("/widget/"):
            asked.append(path.removeprefix("/widget/").partition("-")[0])

    page.on("request", note)
    return asked


def test_the_page_is_loaded_though_the_chat_does_not_answer(page: Page, fake: Fake) -> None:
    with fake.holding("GET", "/v1/sites/demo"):
        page.goto(_elsewhere(fake), wait_until="load")
        assert page.locator("imchat-widget").count() == 0
    expect(Widget(page).launcher).to_be_visible()


def test_the_pages_content_does_not_wait_for_the_script(page: Page, fake: Fake) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/widget.js", hold)
    with page.expect_request("**/widget.js"):
        page.goto(_elsewhere(fake), wait_until="domcontentloaded")
    expect(page.locator("h1")).to_be_visible()
    held[0].continue_()
    expect(Widget(page).launcher).to_be_visible()


def test_the_site_is_asked_for_while_the_page_is_still_coming(page: Page, fake: Fake) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/slow.js", hold)
    with page.expect_response("**/v1/sites/demo"), page.expect_request("**/slow.js"):
        page.goto(_elsewhere(fake, '<script src="/slow.js"></script>'), wait_until="commit")
    assert page.evaluate("document.body") is None
    held[0].fulfill(body="")
    expect(Widget(page).launcher).to_be_visible()


def test_the_button_is_there_after_one_connection_to_our_host(page: Page, fake: Fake) -> None:
    connections = set()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on(
        "Network.responseReceived",
        lambda event: (
            connections.add(event["response"]["connectionId"])
            if event["response"]["url"].startswith(fake.web_url)
            else None
        ),
    )
    Widget(page).goto(_elsewhere(fake))
    assert len(connections) == 1


def test_what_the_press_needs_is_there_once_the_button_is_pointed_at(page: Page, fake: Fake) -> None:
    widget = Widget(page).goto(_elsewhere(fake))
    files = _files(page)
    with page.expect_response("**/widget/main-*"), page.expect_response("**/widget/en-*"):
        widget.launcher.hover()
    assert sorted(files) == ["en", "main"]
    expect(widget.window).to_have_count(0)
    widget.show()
    assert sorted(files) == ["en", "main"]


def test_the_keyboard_points_too(page: Page, fake: Fake) -> None:
    widget = Widget(page).goto(_elsewhere(fake))
    with page.expect_response("**/widget/main-*"):
        widget.launcher.focus()
    page.keyboard.press("Enter")
    expect(widget.window).to_be_visible()


def test_what_could_not_be_had_beforehand_is_asked_for_again_by_the_press(page: Page, fake: Fake) -> None:
    widget = Widget(page).goto(_elsewhere(fake))
    page.route("**/widget/main-*", lambda route: route.abort(), times=1)
    with page.expect_event("requestfailed"):
        widget.launcher.hover()
    widget.show()
    expect(widget.root.locator(".unreached")).to_have_count(0)

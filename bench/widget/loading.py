"""The way from a page with the snippet to the first message: what is asked for, and what the page waits for."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Route, expect

from bench.figures import Figure
from bench.widget.traffic import Request, Traffic
from bench.widget.website import Website
from tests.browser.driver import Widget

FIRST_LOAD_BYTES = 12 * 1024
_SHIFTS = """
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) window.shifted += one.value;
  }).observe({ type: "layout-shift", buffered: true });
"""


def figures(browser: Browser, web_url: str, owner: Website) -> Iterator[Figure]:
    """Requests and bytes by stage, on a first visit and on the next page; what the page waits for."""
    button = "until the button can be pressed"
    window = "until the window can be written in, besides"
    message = "until the first message has its place, besides"
    with _visitor(browser, web_url) as (page, traffic):
        page.add_init_script(_SHIFTS)
        widget = Widget(page).goto(owner.page)
        first = traffic.since()
        yield _bytes(button, first, FIRST_LOAD_BYTES)
        yield Figure(f"{button}: files", _files(first), "files", 1)
        yield Figure(f"{button}: connections", len({one.connection for one in first}), "connections", 1)
        widget.show()
        widget.field("message").fill("Is the blue kettle in stock?")
        opened = traffic.since()
        calls = sum(one.is_call for one in [*first, *opened])
        yield Figure("before the first act: calls of the API", calls, "calls", 1)
        yield _bytes(window, opened)
        yield Figure(f"{window}: files", _files(opened), "files", 2)
        widget.start("Is the blue kettle in stock?")
        sent = traffic.since()
        yield _bytes(message, sent)
        asked = ", ".join(one.method for one in sent)
        yield Figure(f"{message}: requests", len(sent), "requests", None, f"{asked}; and one socket")
        yield Figure("layout shift, all the way", page.evaluate("window.shifted"), "of the screen", 0)
        widget.goto(owner.page)
        expect(widget.lines.first).to_be_attached()
        yield Figure("on the next page: files from the wire", _files(traffic.since()), "files", 0)
    heap = _heap(browser, web_url, owner.page, "imchat-widget") - _heap(browser, web_url, owner.plain, "h1")
    yield Figure("JavaScript heap, until the button", heap, "KB")
    yield from _waiting(browser, web_url, owner)


def _waiting(browser: Browser, web_url: str, owner: Website) -> Iterator[Figure]:
    """What the page waits for, by holding everything else; and the visitor, where they pointed at the button first."""
    with _visitor(browser, web_url) as (page, traffic), _held(page, f"{web_url}/**"):
        page.goto(owner.page, wait_until="domcontentloaded")
        yield Figure("the page's content waits for", len(traffic.arrived()), "requests", 0)
    with _visitor(browser, web_url) as (page, traffic), _held(page, f"{web_url}/v1/**"):
        page.goto(owner.page, wait_until="load")
        yield Figure(
            "the page's load event waits for",
            len(traffic.arrived()),
            "requests",
            1,
            "the file, as for any async script",
        )
    with _visitor(browser, web_url) as (page, traffic):
        widget = Widget(page).goto(owner.page)
        traffic.since()
        widget.launcher.hover()
        page.wait_for_load_state("networkidle")
        traffic.since()
        widget.show()
        yield Figure("files asked for by the press, once the button was pointed at", len(traffic.since()), "files", 0)


@contextmanager
def _visitor(browser: Browser, web_url: str) -> Iterator[tuple[Page, Traffic]]:
    """A page in a new profile, and what it asks of the chat's host."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    yield page, Traffic(page, urlsplit(web_url).netloc)
    context.close()


@contextmanager
def _held(page: Page, pattern: str) -> Iterator[None]:
    """No answer to what fits ``pattern``, until the context ends."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(pattern, hold)
    yield
    for one in held:
        one.abort()


def _bytes(what: str, requests: list[Request], budget: int | None = None) -> Figure:
    each = ", ".join(f"{one.path.rpartition('/')[2]} {one.size}" for one in requests if not one.is_call)
    calls = sum(one.size or 0 for one in requests if one.is_call)
    aside = "; ".join(filter(None, (each, calls and f"answers of the API {calls}")))
    return Figure(f"{what}: bytes", sum(one.size or 0 for one in requests), "bytes", budget, aside)


def _files(requests: list[Request]) -> int:
    return sum(not one.is_call for one in requests)


def _heap(browser: Browser, web_url: str, url: str, shown: str) -> float:
    """KB of a page's JavaScript heap, once what ``shown`` selects is there and what is of no use is gone."""
    with _visitor(browser, web_url) as (page, _):
        page.goto(url)
        page.wait_for_function("(shown) => document.querySelector(shown)", arg=shown)
        session = page.context.new_cdp_session(page)
        session.send("HeapProfiler.collectGarbage")
        return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1024

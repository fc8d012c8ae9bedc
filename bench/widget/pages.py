"""The inbox of an operator and the notice, opened for the first time: what they take. No budgets: who opens them came
for them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, StorageState, expect

from bench.figures import Figure
from bench.population import chats, write
from bench.widget.traffic import Traffic
from imchat import clock
from imchat.stores import accounts
from tests.browser.console.driver import Console
from tests.flow.client import Member

OPEN_CHATS = 50


def figures(browser: Browser, stack: dict[str, Any]) -> Iterator[Figure]:
    """Requests, bytes and main-thread time of each."""
    site = accounts.site(stack["site_id"])
    assert site
    write(chats(site, OPEN_CHATS, messages=5, opened=clock.now() - timedelta(hours=1), closed=False))
    context = browser.new_context()
    member = Member(stack, **stack["staff"]["operator"])
    Console(context.new_page(), stack["web_url"]).goto().sign_in(member)
    signed_in = context.storage_state()
    context.close()
    inbox = f"inbox of {OPEN_CHATS} open chats"
    yield _opened(browser, stack["web_url"], inbox, "/console/#/chats", ".inbox .row", signed_in=signed_in)
    yield _opened(browser, stack["web_url"], "the notice", "/notice", "h1")


def _opened(
    browser: Browser, web_url: str, what: str, path: str, shown: str, *, signed_in: StorageState | None = None
) -> Figure:
    context = browser.new_context(storage_state=signed_in)
    page = context.new_page()
    traffic = Traffic(page, urlsplit(web_url).netloc)
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(web_url + path)
    expect(page.locator(shown).first).to_be_visible()
    requests = traffic.since()
    spent = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    context.close()
    calls = sum(one.is_call for one in requests)
    aside = f"{len(requests)} requests, {calls} of them calls; main thread {spent['TaskDuration'] * 1000:.0f} ms"
    return Figure(f"{what}, opened for the first time", sum(one.size or 0 for one in requests), "bytes", None, aside)

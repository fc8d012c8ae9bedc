"""The widget in Chromium, on a page of another host, as it is in life; and an operator's inbox and the notice: what
they take from the wire and from the page. Bytes are packed, as the address serves them, and headers are among them."""

import secrets
from collections.abc import Iterator

from playwright.sync_api import expect, sync_playwright

from bench.figures import Figure
from bench.ports import free_port
from bench.stack import local_stack
from bench.widget import loading, pages, working
from bench.widget.website import website
from imchat.stores import accounts
from tests.browser.conftest import ARGUMENTS, program

# Generous: nothing that is measured waits for it.
PATIENCE_MS = 120_000


def figures() -> Iterator[Figure]:
    """Requests and bytes by stage, what the page waits for, main-thread time, and the other pages."""
    with local_stack() as stack, sync_playwright() as playwright:
        port, site_id = free_port(), f"bench-{secrets.token_hex(4)}"
        browser = playwright.chromium.launch(executable_path=program(), args=ARGUMENTS)
        expect.set_options(timeout=PATIENCE_MS)
        snippet = f'<script src="{stack["web_url"]}/widget.js" data-site="{site_id}" crossorigin async></script>'
        with website(snippet, port) as owner:
            accounts.create_site(site_id, name="Corner Shop", origins=[owner.url], opens_per_minute=1000)
            yield from loading.figures(browser, stack["web_url"], owner)
            yield from working.figures(browser, stack["web_url"], owner, site_id)
            yield from pages.figures(browser, stack)
        browser.close()

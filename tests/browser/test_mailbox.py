"""The developers' mailbox: what was sent, as a mail program shows it."""

import secrets
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.flow.client import Api, mail_to, until
from tests.flow.rights import person
from tests.flow.sites import make_site

pytestmark = pytest.mark.usefixtures("tables")


def receive(stack: dict[str, Any], text: str) -> str:
    """Have a transcript sent; the address that it went to."""
    site = make_site(stack)
    visitor, email = site.visitor(), f"ada.{secrets.token_hex(5)}@example.org"
    visitor.open(name="Ada", email=email, text=text)
    site.operator.say(visitor.chat_id, "Yes?")
    visitor.close()
    until(lambda: mail_to(stack, email))
    return email


def test_a_mail_is_shown_as_a_page_in_which_nothing_runs_and_as_text(page: Page, stack: dict[str, Any]) -> None:
    email = receive(stack, "<script>top.document.title = 'run'</script> 1 < 2")
    page.goto(stack["mailbox_url"])
    page.get_by_role("navigation").get_by_role("link").filter(has_text=email).click()
    expect(page.locator("#to")).to_have_text(email)
    expect(page.locator("#subject")).to_be_focused()
    expect(page.frame_locator("#page").locator("body")).to_contain_text("1 < 2")
    page.get_by_role("button", name="As text").click()
    expect(page.get_by_role("region", name="The mail as text")).to_contain_text("<script>top.document.title")
    assert page.title().endswith("· Mailbox")


def test_what_comes_is_on_top_and_what_one_reads_stays(page: Page, stack: dict[str, Any]) -> None:
    first = receive(stack, "the first")
    page.goto(stack["mailbox_url"])
    links = page.get_by_role("navigation").get_by_role("link")
    expect(links.first).to_contain_text(first)
    links.first.click()
    frame = page.frame_locator("#page").locator("body")
    expect(frame).to_contain_text("the first")
    address = page.url
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    second = receive(stack, "the second")
    expect(links.first).to_contain_text(second)
    expect(links.nth(1)).to_have_attribute("aria-current", "true")
    assert not [url for url in asked if url.endswith("/html")], "the mail that is read was loaded again"
    page.reload()
    expect(frame).to_contain_text("the first")
    assert page.url == address


def test_the_links_of_a_mail_open_beside_it(page: Page, stack: dict[str, Any]) -> None:
    email = person()
    assert Api(stack)("POST", "/v1/rights-requests", {"type": "access", "email": email}).status == 202
    until(lambda: mail_to(stack, email))
    page.goto(stack["mailbox_url"])
    page.get_by_role("navigation").get_by_role("link").filter(has_text=email).first.click()
    with page.expect_popup() as opened:
        page.frame_locator("#page").get_by_role("link", name="your-request").first.click()
    expect(opened.value.get_by_role("heading", name="Your data-protection request")).to_be_visible()
    expect(opened.value.get_by_label("Code from our mail")).to_be_focused()


def test_on_a_phone_it_is_one_thing_at_a_time(page: Page, stack: dict[str, Any]) -> None:
    email = receive(stack, "on a phone")
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto(stack["mailbox_url"])
    link = page.get_by_role("navigation").get_by_role("link").filter(has_text=email)
    expect(page.get_by_role("main")).to_be_hidden()
    link.click()
    expect(link).to_be_hidden()
    expect(page.frame_locator("#page").locator("body")).to_contain_text("on a phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("link", name="All mail").click()
    expect(link).to_be_visible()

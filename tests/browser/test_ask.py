"""The public form by which somebody asks about their data, on the deployed stack."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from imchat import clock
from imchat.stores.limits import Limit
from imchat.stores.requests import Request
from infra.local.mailbox import sent_mail
from tests.flow.client import Visitor, until
from tests.flow.rights import code_to, person

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture(autouse=True)
def on_the_form(page: Page, stack: dict[str, Any]) -> None:
    for asked in Limit.scan(Limit.pk.startswith("request#")):  # the tests all ask from one address
        asked.delete()
    page.goto(f"{stack['web_url']}/ask.html")


def send(page: Page) -> None:
    page.get_by_role("button", name="Send my request").click()


def test_N11_N13_from_the_notice_to_the_form_to_a_proven_address(page: Page, stack: dict[str, Any]) -> None:
    email = person()
    page.goto(f"{stack['web_url']}/notice")
    page.get_by_role("link", name="Ask about your data").click()
    page.get_by_label("A copy of what you hold about me").check()
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Anything that helps us").fill("I wrote in March.")
    send(page)
    expect(page.get_by_role("heading", name="We have your request")).to_be_focused()
    expect(page.locator("form")).to_be_hidden()
    reference = page.locator(".reference").inner_text()
    assert re.fullmatch(r"[a-z2-7]{4}(-[a-z2-7]{4}){2}", reference)
    code = code_to(stack, email)
    page.get_by_role("link", name="Enter the code").click()
    expect(page.get_by_label("Reference")).to_have_value(reference)
    page.get_by_label("Code from our mail").fill(code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("the address is yours")
    assert email not in page.url


def test_N7_the_key_of_a_chat_goes_with_the_request_and_a_wrong_one_is_said_at_its_field(
    page: Page, stack: dict[str, Any]
) -> None:
    chat = Visitor(stack, stack["site_id"], origin=stack["web_url"])
    chat.open(text="Where is my kettle?")
    page.get_by_label("A copy of what you hold about me").check()
    page.get_by_label("Email address").fill(person())
    page.get_by_label("Key of a chat").fill("none")
    send(page)
    expect(page.get_by_label("Key of a chat")).to_be_focused()
    expect(page.locator("#problem")).to_contain_text("none of ours")
    page.get_by_label("Key of a chat").fill(chat.api.token or "")
    send(page)
    expect(page.get_by_role("heading", name="We have your request")).to_be_focused()
    asked = Request.load(page.locator(".reference").inner_text(), now=clock.now())
    assert asked is not None
    assert asked.chat_keys == {chat.chat_id}


def test_without_an_address_the_next_step_is_another(page: Page) -> None:
    page.get_by_label("Delete what you hold about me").check()
    page.get_by_label("Name", exact=True).fill('<img src=x onerror="document.title=1"> O\'Hara')
    send(page)
    expect(page.get_by_role("status")).to_contain_text("in another way that it is you")
    expect(page.get_by_role("link", name="Enter the code")).to_have_count(0)
    assert page.title() == "Ask about your data"


def test_what_is_missing_or_wrong_is_said_where_it_is_and_nothing_typed_is_lost(
    page: Page, stack: dict[str, Any]
) -> None:
    page.get_by_label("Complain").check()
    expect(page.get_by_text("What shall we search by?")).to_have_count(0)
    page.get_by_label("What is your complaint about?").fill("You did not answer.")
    expect(page.get_by_label("Key of a chat")).to_be_hidden()
    send(page)
    expect(page.get_by_role("status")).to_contain_text("an email address, a postal address or a phone number")
    expect(page.get_by_label("Email address")).to_be_focused()
    page.get_by_label("Phone number").fill("not a number")
    send(page)
    expect(page.get_by_label("Phone number")).to_be_focused()
    expect(page.get_by_label("Phone number")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Phone number").fill("")
    page.get_by_label("Email address").fill(email := person())
    page.route("**/v1/rights-requests", lambda route: route.abort())
    send(page)
    expect(page.get_by_role("status")).to_contain_text("The connection failed")
    expect(page.get_by_label("What is your complaint about?")).to_have_value("You did not answer.")
    page.unroute("**/v1/rights-requests")
    send(page)
    expect(page.get_by_role("heading", name="We have your complaint")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Within 30 days we tell you that we have it")
    expect(page.get_by_role("status")).to_contain_text("looks into your complaint")
    expect(page.get_by_role("status")).not_to_contain_text("code")
    mails = until(lambda: [mail for mail in sent_mail(stack["endpoint_url"]) if mail["To"][0] == email])
    assert len(mails) == 1


@pytest.mark.parametrize("width", [320, 1280])
def test_the_form_fits_and_can_be_used_by_keyboard(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("A copy of what you hold about me").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("What I gave you, as a file for another service")).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Email address")).to_be_focused()
    page.keyboard.type("x")
    page.keyboard.press("Enter")
    expect(page.locator("form")).to_be_visible()  # the browser says what is wrong with the address
    expect(page.get_by_role("status")).to_be_empty()


@pytest.mark.parametrize("width", [320, 1280])
def test_whoever_complains_is_asked_how_to_answer_and_nothing_to_search_by(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    expect(page.get_by_label("Postal address")).to_be_hidden()
    page.get_by_label("Complain").check()
    page.get_by_label("Postal address").fill("1 High Street\nLondon")
    send(page)
    expect(page.get_by_label("What is your complaint about?")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("what your complaint is about")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("A copy of what you hold about me").check()
    expect(page.get_by_label("Postal address")).to_be_hidden()
    expect(page.get_by_text("What shall we search by?")).to_be_visible()
    page.get_by_label("Complain").check()
    expect(page.get_by_label("Postal address")).to_have_value("1 High Street\nLondon")
    page.get_by_label("What is your complaint about?").fill("You did not answer.")
    send(page)
    expect(page.get_by_role("heading", name="We have your complaint")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("by post or by telephone")

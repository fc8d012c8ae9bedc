"""An access request from the public form to the copy, as the person and two of the desk see it."""

import secrets
import zipfile
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from imchat.stores.limits import Limit
from tests.browser.console.conftest import OpenConsole
from tests.browser.console.desk import confirm, fact, select_with_mouse, step_of_request, taken_in, weigh
from tests.flow.client import POOL, Api, Visitor, staff
from tests.flow.rights import NOW, at_step, code_to, person
from tests.flow.sites import TestSite

pytestmark = pytest.mark.usefixtures("tables")


def asks_for_a_copy(page: Page, stack: dict[str, Any], email: str) -> str:
    """Somebody asks by the form and proves their address; the reference."""
    for asked in Limit.scan(Limit.pk.startswith("request#")):  # the tests all ask from one address
        asked.delete()
    page.goto(f"{stack['web_url']}/ask.html")
    page.get_by_label("A copy of what you hold about me").check()
    page.get_by_label("Email address").fill(email)
    page.get_by_role("button", name="Send my request").click()
    reference = page.locator(".reference").inner_text()
    page.get_by_role("link", name="Enter the code").click()
    return reference


def prove(page: Page, code: str) -> None:
    page.get_by_label("Code from our mail").fill(code)
    page.get_by_role("button", name="Go on").click()


def test_N12_N13_asked_by_the_form_proven_redacted_by_selecting_approved_by_another_fetched_and_closed(
    page: Page, open_console: OpenConsole, stack: dict[str, Any]
) -> None:
    email, secret = person(), f"secret-{secrets.token_hex(6)}"
    visitor = Visitor(stack, stack["site_id"], stack["web_url"])
    assert visitor.open(email=email, name="Ann Example", text="Which lamp 🪔 is in stock?").status == 201
    staff(stack, "operator").say(visitor.chat_id, f"The 🏮 that {secret} has ordered. It costs 40 pounds.")
    reference = asks_for_a_copy(page, stack, email)

    desk = open_console(staff(stack, "privacy"), "desk", "requests")
    desk.page.get_by_role("searchbox").fill(reference)
    desk.page.get_by_role("link", name=reference).click()
    expect(step_of_request(desk.page, "Identity")).to_be_visible()
    expect(desk.page.get_by_role("table")).to_have_count(0)
    assert email not in desk.page.url + desk.page.title()
    prove(page, code_to(stack, email))
    expect(page.get_by_role("status")).to_contain_text("the address is yours")
    desk.page.reload()  # from here on the page follows by itself
    expect(step_of_request(desk.page, "Review")).to_be_visible()
    expect(desk.page.get_by_role("row", name="Chats")).to_contain_text("Done1")
    desk.page.get_by_role("link", name="Review what was found").click()
    expect(desk.page.get_by_text("Which lamp 🪔 is in stock?")).to_be_visible()
    select_with_mouse(desk.page, fact(desk.page, secret).locator(".value"), secret)
    desk.button("Leave out the selected text").click()
    window = desk.dialog("Leave out the selected text")
    expect(window.get_by_role("status")).to_have_text(f"Left out: {secret}")
    assert desk.violations() == []
    window.get_by_role("button", name="Leave it out").click()
    expect(window.get_by_label("What it is about")).to_be_focused()
    weigh(window)
    window.get_by_role("button", name="Leave it out").click()
    expect(window).to_have_count(0)
    expect(fact(desk.page, secret).locator("del")).to_have_text(secret)
    desk.button("Approve").click()
    window = desk.dialog("Approve")
    expect(window).to_contain_text("somebody else has to approve")
    expect(window.get_by_role("button", name="Approve")).to_have_count(0)
    window.get_by_role("button", name="Close").last.click()

    second = open_console(staff(stack, "privacy2"), "desk", "requests", reference)
    second.button("Approve").click()
    confirm(second, "Approve", "Approve")
    expect(step_of_request(second.page, "Delivered")).to_be_visible()
    second.button("Make a download link").click()
    confirm(second, "Make a download link", "Make the link")
    expect(second.page.get_by_text("1 link was made so far")).to_be_visible()
    with second.page.expect_download() as downloading:
        second.page.get_by_role("link", name="Download the copy").click()
    with zipfile.ZipFile(downloading.value.path()) as copy:
        assert copy.testzip() is None
        texts = "".join(copy.read(name).decode("utf-8", "replace") for name in copy.namelist())
    assert secret not in texts
    assert "The 🏮 that [left out] has ordered. It costs 40 pounds." in texts

    page.reload()
    page.get_by_role("button", name="Send me a code").click()
    prove(page, code_to(stack, email, before=1))
    with page.expect_download():
        page.get_by_role("link", name="Download your copy").click()
    second.page.reload()
    expect(second.page.get_by_role("heading", name="The person has fetched their copy")).to_be_visible()
    second.button("Close the request").click()
    confirm(second, "Close the request", "Close it", How_it_was_answered="A copy was fetched.")
    expect(second.page.get_by_role("heading", name="It was answered: A copy was fetched.")).to_be_visible()
    expect(second.page.get_by_text("The person fetched their copy")).to_be_visible()
    assert second.violations() == []


def test_a_candidate_is_taken_and_a_part_left_out_by_the_keyboard_and_put_back(
    open_console: OpenConsole, site: TestSite
) -> None:
    email = person()
    assert site.visitor().open(email=email, name="Ann Example", text="Line one 🪔\nis mine, Bob's is not").status == 201
    assert site.visitor().open(email=person(), name="Ann Example", text="Perhaps another Ann").status == 201
    reference = taken_in(site, "access", NOW, email=email, name="Ann Example")
    at_step(site.privacy, f"/v1/desk/requests/{reference}", "review")
    desk = open_console(site.privacy, "desk", "requests", reference, "review", "chats")
    other = desk.page.get_by_role("article").filter(has_text="Perhaps another Ann")
    expect(other.get_by_role("button", name="Leave out")).to_have_count(0)
    other.get_by_role("button", name="It is theirs").click()
    expect(other.get_by_role("button", name="It is not theirs")).to_be_visible()

    line = fact(desk.page, "Bob's")
    line.get_by_role("button").press("Enter")
    field = desk.dialog("Leave out").get_by_role("textbox")
    expect(field).to_be_focused()
    for key in ("Control+Home", "ArrowDown", "End", *["Shift+ArrowLeft"] * len("Bob's is not")):
        desk.page.keyboard.press(key)
    desk.page.keyboard.press("x")
    expect(field).to_have_value("Line one 🪔\nis mine, Bob's is not")
    expect(desk.dialog("Leave out").get_by_role("status")).to_have_text("Left out: Bob's is not")
    assert desk.violations() == []
    desk.page.route("**/redactions", lambda route: route.abort())
    desk.dialog("Leave out").get_by_label("Why").select_option(label="It is covered by legal privilege")
    desk.button("Leave it out").click()
    expect(desk.dialog("Leave out").get_by_role("alert")).to_contain_text("The server does not answer")
    desk.page.unroute("**/redactions")
    desk.button("Leave it out").click()
    expect(line.locator("del")).to_have_text("Bob's is not")
    expect(line).to_contain_text("legal privilege")
    left_out = site.privacy("GET", f"/v1/desk/requests/{reference}").json["redactions"]
    assert (left_out[0]["start"], left_out[0]["end"]) == (20, 32)

    desk.button("Put back number 1").click()
    expect(line.locator("del")).to_have_count(0)
    other.get_by_role("button", name="Leave out all of this").click()
    window = desk.dialog("Leave out all of this item")
    window.get_by_label("Why").select_option(label="It would hinder the prevention or detection of crime")
    expect(window.get_by_label("Did they expressly refuse?")).to_have_count(0)
    expect(window).to_contain_text("no trace of it")
    window.get_by_label("Why").select_option(label="It is about another person, who has not agreed")
    weigh(window)
    confirm(desk, "Leave out all of this item", "Leave it out")
    expect(other).to_contain_text("Left out whole")
    assert desk.violations() == []


def test_a_request_by_phone_with_a_document_that_is_judged(
    open_console: OpenConsole, site: TestSite, stack: dict[str, Any]
) -> None:
    email = person()
    desk = open_console(site.privacy, "desk", "requests")
    expect(desk.page.get_by_role("heading", name="No requests are open")).to_be_visible()
    desk.button("Take in a request").click()
    desk.button("Take it in").click()
    expect(desk.page.get_by_label("What is asked for")).to_be_focused()
    desk.page.get_by_label("What is asked for").select_option("portability")
    desk.page.get_by_label("What the person said or wrote").fill("My data, please. <b>All</b> of it.")
    desk.page.get_by_label("Email address").fill("no address")
    desk.button("Take it in").click()
    expect(desk.page.get_by_label("Email address")).to_be_focused()
    expect(desk.page.get_by_label("What the person said or wrote")).to_have_value("My data, please. <b>All</b> of it.")
    desk.page.get_by_label("Email address").fill(email)
    desk.page.get_by_label("Somebody else asks for the person").check()
    desk.page.get_by_label("By what authority").fill("A signed letter to her solicitor")
    assert desk.violations() == []
    desk.button("Take it in").click()
    expect(desk.page.get_by_role("heading", name="Portability")).to_be_visible()
    expect(desk.page.get_by_text("My data, please. <b>All</b> of it.")).to_be_visible()
    expect(desk.page.get_by_text("The clock has not started")).to_be_visible()
    reference = desk.page.url.rpartition("/")[2]

    api = Api(stack)
    form = api("POST", f"/v1/rights-requests/{reference}/documents", {"content_type": "image/png"}).json
    sent = {**form["fields"], "file": ("passport.png", b"a picture")}
    assert POOL.request("POST", form["url"], fields=sent).status in (200, 204)
    desk.page.reload()
    desk.button("Make a link to see it").click()
    link = desk.page.get_by_role("link", name="Open document 1").get_attribute("href")
    assert POOL.request("GET", str(link)).data == b"a picture"
    desk.button("Decide on the identity").first.click()
    window = desk.dialog("Decide on the identity")
    window.get_by_label("Yes, it is proven").check()
    window.get_by_label("By what").select_option(label="A document, seen by us")
    assert desk.violations() == []
    confirm(desk, "Decide on the identity", "It is proven")
    expect(step_of_request(desk.page, "Review")).to_be_visible()
    expect(desk.page.get_by_text("A document was opened")).to_be_visible()
    expect(desk.page.get_by_text("with the authority")).to_have_count(0)
    assert POOL.request("GET", str(link)).status == 404

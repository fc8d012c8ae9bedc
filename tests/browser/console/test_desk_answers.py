"""Where an answer goes, by which way a request came, and complaints, as the desk and the operators see them."""

import pytest
from playwright.sync_api import expect

from tests.browser.console.conftest import OpenConsole
from tests.browser.console.desk import confirm, taken_in
from tests.flow.client import until
from tests.flow.rights import NOW, at_step, person
from tests.flow.sites import TestSite

pytestmark = pytest.mark.usefixtures("tables")


def test_an_answer_address_is_entered_by_one_approved_by_another_and_the_copy_sent_by_the_desk(
    open_console: OpenConsole, site: TestSite
) -> None:
    email = person()
    assert site.visitor().open(email=email, name="Ann Example", text="hello").status == 201
    reference = taken_in(site, "access", NOW, email=email, name="Ann Example")
    at_step(site.privacy, f"/v1/desk/requests/{reference}", "review")
    desk = open_console(site.privacy2, "desk", "requests", reference)
    desk.button("Answer at another address").click()
    window = desk.dialog("Answer at another address")
    window.get_by_role("button", name="Enter it").click()
    expect(window.get_by_label("Postal address")).to_be_focused()
    window.get_by_label("is not told").check()
    expect(window.get_by_label("Whom it would endanger")).to_be_visible()
    window.get_by_label("is told where the answer goes").check()
    assert desk.violations() == []
    confirm(
        desk, "Answer at another address", "Enter it", Postal_address="Counsel & Co\n1 Temple Lane\nLondon",
        Whose_it_is="Counsel & Co", What_shows_that_the_answer_may_go_there="Signed authority of 1 March.",
    )  # fmt: skip
    expect(desk.page.get_by_text("You entered it, so somebody else has to approve it")).to_be_visible()
    expect(desk.button("Approve this address")).to_have_count(0)

    desk = open_console(site.privacy, "desk", "requests", reference, phone=True)
    desk.button("Approve").click()
    window = desk.dialog("Approve")
    expect(window).to_contain_text("1 Temple Lane")
    expect(window).to_contain_text("Signed authority of 1 March.")
    window.get_by_role("button", name="Cancel").click()
    desk.button("Approve this address").click()
    expect(desk.page.get_by_text("Approved. Letters go there")).to_be_visible()
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert desk.violations() == []
    desk.button("Approve").click()
    confirm(desk, "Approve", "Approve")
    expect(desk.page.get_by_role("heading", name="Print the letter, make a link to the copy")).to_be_visible()
    desk.page.get_by_role("button", name="Read the letter “The copy is ready”").click()
    expect(desk.page.get_by_label("The letter", exact=True)).to_contain_text("1 Temple Lane")
    desk.page.get_by_role("dialog").locator("footer").get_by_role("button", name="Close").click()
    desk.page.get_by_role("button", name="Say that the letter “The copy is ready” was sent").click()
    confirm(desk, "The letter and the copy were sent", "Record it", How="Special Delivery")
    expect(desk.page.get_by_role("heading", name="The letter and the copy were sent")).to_be_visible()
    expect(desk.page.get_by_text("Special Delivery")).to_be_visible()


def test_a_complaint_on_paper_is_acknowledged_told_how_it_goes_and_ended(
    open_console: OpenConsole, site: TestSite
) -> None:
    desk = open_console(site.privacy, "desk", "requests", "new")
    desk.page.get_by_label("What is asked for").select_option("complaint")
    expect(desk.page.get_by_label("Who asks is proven already")).to_have_count(0)
    desk.page.get_by_label("How it came").select_option("in_person")
    desk.page.get_by_label("What the person said or wrote").fill("You did not answer me.")
    desk.page.get_by_label("Postal address").fill("Ann Example\n1 High Street\nLondon")
    assert desk.violations() == []
    desk.button("Take it in").click()
    expect(desk.page.get_by_role("heading", name="Acknowledge the complaint")).to_be_visible()
    expect(desk.page.get_by_text("In person,")).to_be_visible()
    desk.page.get_by_role("button", name="Say that the letter “We have your request” was sent").click()
    confirm(desk, "The letter was sent", "Record it")
    expect(desk.page.get_by_role("heading", name="Look into the complaint")).to_be_visible()
    desk.button("Tell how it goes").click()
    confirm(desk, "Tell how the complaint stands", "Send it", How_it_stands="We have asked our mail provider.")
    desk.page.get_by_role("button", name="Read the letter “How the complaint stands”").click()
    expect(desk.page.get_by_label("The letter", exact=True)).to_contain_text("1 High Street")
    assert desk.violations() == []
    desk.page.get_by_role("dialog").locator("footer").get_by_role("button", name="Close").click()
    desk.button("Answer and close").click()
    confirm(desk, "Answer and close", "Answer and close it", Your_answer_to_the_person="You were right.")
    expect(desk.page.get_by_role("heading", name="It was answered: You were right.")).to_be_visible()


@pytest.mark.parametrize("phone", [False, True])
def test_an_operator_passes_a_request_on_and_the_desk_confirms_it(
    open_console: OpenConsole, site: TestSite, phone: bool
) -> None:
    visitor = site.visitor()
    email = person()
    assert visitor.open(email=email, text="Please send me all that you have about me.").status == 201
    place = ("details",) if phone else ()
    console = open_console(site.operator, "chats", visitor.chat_id, *place, phone=phone)
    console.button("It is a data-protection request").click()
    window = console.dialog("A data-protection request")
    window.get_by_role("button", name="Pass it on").click()
    expect(window.get_by_label("What the visitor asks for")).to_be_focused()
    window.get_by_label("What the visitor asks for").select_option("access")
    window.get_by_label("In their words").fill("All of it.")
    assert console.violations() == []
    confirm(console, "A data-protection request", "Pass it on")
    expect(console.page.get_by_text("The privacy desk has it.")).to_be_visible()
    requests = until(lambda: site.privacy("GET", "/v1/desk/requests").json["requests"])
    assert [(one["channel"], one["state"], one["chat_id"]) for one in requests] == [
        ("chat", "candidate", visitor.chat_id)
    ]
    desk = open_console(site.privacy, "desk", "requests", phone=phone)
    row = desk.page.locator("li.candidate")
    expect(row).to_contain_text("in a chat")
    row.get_by_role("button", name="It is a request").click()
    window = desk.dialog("What is asked for?")
    expect(window).to_contain_text("All of it.")
    expect(window.get_by_label("What is asked for")).to_have_value("access")
    confirm(desk, "What is asked for?", "Confirm as a request")
    expect(row).to_have_count(0)
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= (390 if phone else 1440)


def test_a_call_leads_to_a_request_with_what_is_known(open_console: OpenConsole, site: TestSite) -> None:
    call = site.privacy("POST", "/v1/desk/correspondence", {"about": "Wants a copy.", "name": "Ann", "email": person()})
    desk = open_console(site.privacy, "desk", "correspondence", call.json["id"])
    desk.page.get_by_role("link", name="It is a data-protection request").click()
    expect(desk.page.get_by_label("Name")).to_have_value("Ann")
    expect(desk.page.get_by_label("How it came")).to_have_value("phone")
    desk.page.get_by_label("What is asked for").select_option("access")
    desk.button("Take it in").click()
    expect(desk.page.get_by_text("The call in which it was said")).to_be_visible()

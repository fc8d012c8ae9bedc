"""What else the desk does with a request: erasure with its receipt, corrections, the clock, refusals, mails that may be
requests; and two who act at once."""

import secrets
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from imchat.desk.mails import PRIVACY_PREFIX
from imchat.register.controller import CONTACT
from tests.browser.console.conftest import OpenConsole
from tests.browser.console.desk import confirm, step_of_request, taken_in
from tests.flow.client import Api, staff, until
from tests.flow.rights import NOW, at_step, person
from tests.flow.sites import TestSite

pytestmark = pytest.mark.usefixtures("tables")


def test_N14_N18_an_erasure_asks_first_and_shows_its_receipt(open_console: OpenConsole, site: TestSite) -> None:
    email = person()
    visitor = site.visitor()
    assert visitor.open(email=email, name="Ann Example", text="please delete me").status == 201
    given = {
        "authority": "Police",
        "legal_basis": "a court order",
        "reference": "P1",
        "data_given": "a chat",
        "name": "Ann Example",
    }
    told = site.privacy("POST", "/v1/desk/disclosures", {**given, "email": email}).json["id"]
    assert site.privacy2("POST", f"/v1/desk/disclosures/{told}/approve").status == 200
    reference = taken_in(site, "erasure", NOW, email=email, name="Ann Example")
    desk = open_console(site.privacy, "desk", "requests", reference)
    expect(step_of_request(desk.page, "Review")).to_be_visible()
    desk.button("Approve").click()
    window = desk.dialog("Approve")
    expect(window).to_contain_text("deleted, for good")
    window.get_by_label("On which ground").select_option("objected")
    window.get_by_label("What of it is not done").fill("One call stays: you have made a claim.")
    assert desk.violations() == []
    window.get_by_role("button", name="Approve, and delete").click()
    expect(desk.page.get_by_role("heading", name="It was answered")).to_be_visible()
    receipt = desk.page.get_by_role("table", name="The receipt")
    expect(receipt.get_by_role("row", name="Chats")).to_contain_text("1nothing")
    expect(receipt.get_by_role("row", name="System log")).to_contain_text("evidence of use, until")
    expect(receipt.get_by_role("row", name="System log")).to_contain_text("UK GDPR Article 17(3)(e)")
    expect(desk.page.get_by_text("One call stays: you have made a claim.")).to_be_visible()
    expect(desk.page.get_by_role("heading", name="Who else has to be told")).to_be_visible()
    expect(desk.page.get_by_role("listitem").filter(has_text="Police")).to_be_visible()
    assert visitor.poll().status == 404
    desk.page.get_by_role("button", name="Read the letter “Receipt of the erasure”").click()
    letter = desk.page.get_by_label("The letter", exact=True)
    expect(letter).to_contain_text("Chats: 1 deleted (you object")
    expect(letter).to_contain_text("you can go to a court")
    assert desk.violations() == []


def test_N14_a_correction_is_noted_and_made_once_approved(open_console: OpenConsole, site: TestSite) -> None:
    email = person()
    assert site.visitor().open(email=email, name="Ann Exmple", text="my name is wrong").status == 201
    reference = taken_in(site, "rectification", NOW, email=email, name="Ann Exmple")
    at_step(site.privacy, f"/v1/desk/requests/{reference}", "review")
    # Whoever took the request in may note what is wrong, and neither of these may be who approves it.
    desk = open_console(site.privacy2, "desk", "requests", reference, "review")
    desk.button("Correct something here").click()
    window = desk.dialog("Correct something")
    expect(window).to_contain_text("It is now: Ann Exmple")
    window.get_by_label("What is wrong").select_option(label="Email address")
    window.get_by_label("What is right").fill("not an address")
    window.get_by_role("button", name="Note the correction").click()
    expect(window.get_by_label("What is right")).to_be_focused()
    window.get_by_label("What is wrong").select_option(label="Name")
    confirm(desk, "Correct something", "Note the correction", What_is_right="Ann Example")
    expect(desk.page.get_by_role("complementary")).to_contain_text("name becomes Ann Example")
    desk = open_console(site.privacy, "desk", "requests", reference, "review")
    desk.button("Approve").click()
    confirm(desk, "Approve", "Approve")
    expect(desk.page.get_by_role("heading", name="It was answered")).to_be_visible()
    found = site.privacy("POST", "/v1/desk/evidence/views", {"emails": [email]})
    assert found.status == 200


def test_the_clock_is_stopped_goes_on_is_extended_and_the_request_refused(
    open_console: OpenConsole, site: TestSite
) -> None:
    reference = taken_in(site, "access", datetime.now(UTC).isoformat(), email=person())
    path = f"/v1/desk/requests/{reference}"
    at_step(site.privacy, path, "review")
    desk = open_console(site.privacy, "desk", "requests", reference)
    plain = site.privacy("GET", path).json["clock"]
    desk.button("Stop the clock").click()
    window = desk.dialog("Stop the clock")
    window.get_by_role("button", name="Ask, and stop the clock").click()
    expect(window.get_by_label("What the person is asked")).to_be_focused()
    confirm(
        desk,
        "Stop the clock",
        "Ask, and stop the clock",
        What_the_person_is_asked="Which of your accounts?",
        Why_it_is_needed_to_find_their_data="Three of them share the name.",
    )
    (pause,) = site.privacy("GET", path).json["pauses"]
    assert (pause["why"], pause["question"]) == ("Three of them share the name.", "Which of your accounts?")
    expect(desk.page.get_by_text("Clock stopped")).to_be_visible()
    expect(desk.button("Approve")).to_have_count(0)
    desk.button("The answer has come").click()
    window = desk.dialog("Let the clock go on")
    expect(window).to_contain_text("Which of your accounts?")
    long_ago = (datetime.now(UTC) - timedelta(days=5)).date().isoformat()
    window.get_by_label("The answer came on").fill(long_ago)
    window.get_by_role("button", name="Let it go on").click()
    expect(window.get_by_text("does not fit the request's other days")).to_be_visible()
    asked = site.privacy("GET", path).json["pauses"][-1]["asked"]  # whatever day it is by now
    confirm(desk, "Let the clock go on", "Let it go on", The_answer_came_on=asked)
    expect(desk.page.get_by_text("1 day", exact=True)).to_be_visible()

    desk.button("Take two months more").click()
    desk.dialog("Take two months more").get_by_label("The law allows it because").select_option("number")
    confirm(
        desk, "Take two months more", "Extend, and tell the person", Why_it_takes_longer="Three systems <i>hold</i> it."
    )
    expect(desk.page.get_by_text("Three systems <i>hold</i> it.")).to_be_visible()
    extended = site.privacy("GET", path).json["clock"]
    assert extended["days_left"] > plain["days_left"] + 50
    assert site.privacy("GET", path).json["extended_for"] == "number"
    expect(desk.button("Take two months more")).to_have_count(0)

    desk.button("Refuse it").click()
    window = desk.dialog("Refuse the request")
    window.get_by_label("Why it is refused").fill("It is manifestly unfounded: the words of somebody who types a lot.")
    assert site.privacy2("POST", f"{path}/withdraw", {"because": "by phone"}).status == 200
    window.get_by_role("button", name="Refuse it").click()
    expect(window.get_by_role("alert")).to_contain_text("withdrawn")
    expect(window.get_by_label("Why it is refused")).to_have_value(
        "It is manifestly unfounded: the words of somebody who types a lot."
    )
    window.get_by_role("button", name="Cancel").click()
    expect(desk.page.get_by_role("heading", name="The person withdrew it: by phone")).to_be_visible()
    expect(desk.button("Refuse it")).to_have_count(0)


def test_a_mail_is_confirmed_as_a_request_and_another_put_aside(
    open_console: OpenConsole, stack: dict[str, Any]
) -> None:
    names = [f"Jo {secrets.token_hex(4)}" for _ in range(2)]
    for name in names:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"{name} <{person()}>", CONTACT, "<script>alert(1)</script>"
        mail["Message-ID"] = f"<{secrets.token_hex(8)}@example.org>"
        mail.set_content("Please send me all of it.")
        key = f"{PRIVACY_PREFIX}{secrets.token_hex(8)}"
        Api(stack).client("s3").put_object(Bucket=stack["buckets"]["inbound"], Key=key, Body=mail.as_bytes())
    member = staff(stack, "privacy")
    until(lambda: all(name in member("GET", "/v1/desk/requests").body.decode() for name in names))
    desk = open_console(member, "desk", "requests", phone=True)
    rows = [desk.page.locator("li.candidate").filter(has_text=name) for name in names]
    rows[0].get_by_role("button", name="It is a request").click()
    window = desk.dialog("What is asked for?")
    expect(window.get_by_text("<script>alert(1)</script>")).to_be_visible()
    window.get_by_role("button", name="Confirm as a request").click()
    expect(window.get_by_label("What is asked for")).to_be_focused()
    window.get_by_label("What is asked for").select_option("access")
    assert desk.violations() == []
    confirm(desk, "What is asked for?", "Confirm as a request")
    expect(rows[0]).to_have_count(0)
    expect(desk.page.locator(".request-row").filter(has_text=names[0])).to_contain_text("Waiting for proof")
    rows[1].get_by_role("button", name="It is not").click()
    confirm(desk, "It is not a request", "Put it aside", Why_it_is_none="A thank-you note.")
    expect(rows[1]).to_have_count(0)
    desk.button("All, newest first").click()
    # However many others there are: the list looks through older pages until something fits.
    desk.page.get_by_label("Reference, name or address").fill(names[1])
    expect(desk.page.locator(".request-row").filter(has_text=names[1])).to_contain_text("Not a request")
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_objection_is_decided_on_and_a_restriction_of_it_done(open_console: OpenConsole, site: TestSite) -> None:
    email = person()
    visitor = site.visitor()
    assert visitor.open(email=email, name="Ann Example", text="stop it").status == 201
    reference = taken_in(site, "objection", NOW, email=email, name="Ann Example")
    at_step(site.privacy, f"/v1/desk/requests/{reference}", "review")
    desk = open_console(site.privacy, "desk", "requests", reference)
    expect(desk.button("Stop the clock")).to_have_count(0)
    desk.button("Ask the person").click()
    window = desk.dialog("Ask the person")
    window.get_by_role("button", name="Ask").click()
    expect(window.get_by_label("What the person is asked")).to_be_focused()
    confirm(desk, "Ask the person", "Ask", What_the_person_is_asked="Which use do you object to?")
    expect(desk.page.get_by_text("A question went to the person; the clock runs on")).to_be_visible()
    desk.button("Decide and approve").click()
    window = desk.dialog("Approve")
    window.get_by_role("button", name="Approve").click()
    expect(window.get_by_text("Please choose what is done.")).to_be_visible()
    window.get_by_label("keep their data, and no longer use them").check()
    assert desk.violations() == []
    confirm(desk, "Approve", "Approve")
    expect(desk.page.get_by_role("heading", name="It was answered")).to_be_visible()
    expect(desk.page.get_by_role("table", name="The receipt").get_by_role("row", name="Chats")).to_contain_text("1")
    assert site.operator.read(visitor.chat_id).status == 409


def test_what_failed_is_said_and_tried_again(open_console: OpenConsole, site: TestSite) -> None:
    reference = taken_in(site, "access", NOW, email=person())
    path = f"/v1/desk/requests/{reference}"
    at_step(site.privacy, path, "review")
    desk = open_console(site.privacy)
    desk.page.wait_for_url("**#/desk/requests")  # where they are taken first

    def failed(route: Route) -> None:
        body = site.privacy("GET", path).json
        body["progress"] |= {"step": "attention", "failed": "export"}
        route.fulfill(json=body)

    desk.page.route(f"**{path}", failed)
    desk.goto("desk", "requests", reference)
    expect(desk.page.get_by_text("Needs attention")).to_be_visible()
    expect(desk.page.get_by_role("heading", name="Something failed while reading the findings")).to_be_visible()
    assert desk.violations() == []
    desk.page.route(f"**{path}/retry", lambda route: route.fulfill(json=site.privacy("GET", path).json))
    desk.button("Try again").click()
    expect(step_of_request(desk.page, "Review")).to_be_visible()
    desk.page.unroute(f"**{path}/retry")
    desk.page.unroute(f"**{path}")
    desk.page.route(f"**{path}", lambda route: route.abort())
    desk.page.reload()
    expect(desk.page.get_by_role("alert")).to_contain_text("The server does not answer")
    desk.page.unroute(f"**{path}")
    desk.button("Try again").click()
    expect(step_of_request(desk.page, "Review")).to_be_visible()

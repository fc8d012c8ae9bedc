"""Correspondence, purchases, disclosures, who looked, the register: as the desk uses them."""

import csv
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from imchat import clock, references
from imchat.clock import milliseconds
from imchat.places import MOST
from imchat.stores.chats import META, Chat
from imchat.stores.correspondence import ACTIVITY, EMAIL, Correspondence
from imchat.stores.evidence import record_views
from tests.browser.console.conftest import OpenConsole
from tests.browser.console.desk import confirm
from tests.flow.rights import person
from tests.flow.sites import TestSite

pytestmark = pytest.mark.usefixtures("tables")
SCRIPT = '<img src=x onerror="document.title=1">'


def test_N9_N11_a_call_is_noted_found_and_linked_to_its_chat(open_console: OpenConsole, site: TestSite) -> None:
    email, long_word = person(), "x" * 4000
    visitor = site.visitor()
    assert visitor.open(email=email, text="hello").status == 201
    desk = open_console(site.privacy, "desk", "correspondence", phone=True)
    desk.button("Note down a call").click()
    window = desk.dialog("Note down a call")
    window.get_by_label("Phone number").fill("not a number")
    window.get_by_label("What it was about").fill(f"{SCRIPT} {long_word}"[:3990])
    window.get_by_role("button", name="Note it down").click()
    expect(window.get_by_label("Phone number")).to_be_focused()
    window.get_by_label("Phone number").fill("020 7946 0018")
    window.get_by_label("Email address").fill(email)
    assert desk.violations() == []
    confirm(desk, "Note down a call", "Note it down", Name=SCRIPT)
    expect(desk.page.get_by_role("link").filter(has_text=email)).to_contain_text(SCRIPT)
    assert site.privacy("POST", "/v1/desk/correspondence", {"about": "another", "name": SCRIPT}).status == 201

    desk.page.get_by_role("search").get_by_label("Email address").fill(email)
    desk.page.get_by_role("search").get_by_label("Name").fill(SCRIPT)
    with desk.page.expect_request("**/correspondence/search") as searched:
        desk.button("Find").click()
    assert email not in searched.value.url
    expect(desk.page.get_by_text("2 calls or mails found")).to_be_visible()
    expect(desk.page.get_by_role("link").filter(has_text="another")).to_contain_text("Candidate: same name only")
    desk.page.get_by_role("link").filter(has_text=email).click()
    desk.button("Link to a chat").click()
    confirm(desk, "Which chat it belongs to", "Save", Chat=f"{desk.address}#/chats/{visitor.chat_id}")
    expect(desk.page.get_by_text(visitor.chat_id)).to_be_visible()
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert "1" not in desk.page.title()
    assert email not in desk.page.url
    assert desk.violations() == []


def of_several(site: TestSite) -> Correspondence:
    """A mail that came through a list: it is not sure whose it is."""
    who, now = person(), clock.now()
    mail = Correspondence(
        references.of(who), site_id=site.site.site_id, at=milliseconds(now), channel=EMAIL, subject="The kettle",
        text="It leaks.", choices=[who, "list@example.org"], from_email="list@example.org",
        from_key="list@example.org", email_key=who,
    )  # fmt: skip
    mail.end_at(ACTIVITY.expires_at(now))
    mail.save()
    return mail


def test_whose_a_mail_is_is_chosen_among_its_addresses_and_can_be_chosen_anew(
    open_console: OpenConsole, site: TestSite
) -> None:
    mail = of_several(site)
    who = mail.choices[0]
    desk = open_console(site.privacy, "desk", "correspondence", phone=True)
    row = desk.page.get_by_role("link").filter(has_text="The kettle")
    expect(row).to_contain_text("Whose is it?")
    row.click()
    desk.button("Choose whose it is").click()
    window = desk.dialog("Whose mail it is")
    choice = window.get_by_label("It belongs to")
    expect(choice.locator("option")).to_have_text(
        ["Please choose", who, "list@example.org (sent from)", "None of these"]
    )
    window.get_by_role("button", name="Save").click()
    expect(window.get_by_text("Please choose whose mail it is.")).to_be_visible()
    assert desk.violations() == []
    choice.select_option(who)
    window.get_by_role("button", name="Save").click()
    expect(window).to_have_count(0)
    expect(desk.page.get_by_text("Chosen by")).to_be_visible()
    assert site.privacy("GET", f"/v1/desk/correspondence/{mail.pk}").json["email"] == who

    desk.button("Choose anew whose it is").click()
    expect(choice).to_have_value(who)
    choice.select_option("None of these")
    window.get_by_role("button", name="Save").click()
    expect(window).to_have_count(0)
    assert site.privacy("GET", f"/v1/desk/correspondence/{mail.pk}").json["email"] is None
    assert desk.violations() == []
    assert who not in desk.page.url


def test_N21_N22_purchases_by_hand_and_by_file_each_refused_line_named_and_one_held(
    open_console: OpenConsole, site: TestSite, tmp_path: Path
) -> None:
    desk = open_console(site.privacy, "desk", "purchases")
    desk.button("Record a purchase").click()
    window = desk.dialog("Record a purchase")
    for label, value in (("Name of the buyer", "Ann"), ("What was bought", "4111 1111 1111 1111"), ("Amount", "49"), ("Reference of the payment", "PP-1")):  # fmt: skip
        window.get_by_label(label).fill(value)
    window.get_by_role("button", name="Record it").click()
    expect(window.get_by_label("What was bought")).to_be_focused()
    expect(window.get_by_text("card number, and those are never kept")).to_be_visible()
    confirm(desk, "Record a purchase", "Record it", What_was_bought="A lamp")
    expect(desk.page.get_by_role("link").filter(has_text="A lamp")).to_contain_text("49 GBP")

    file = tmp_path / "sales.csv"
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["name", "what", "amount", "currency", "bought_on", "processor", "processor_reference"])
        writer.writerow(["Bob", "A mug", "7.50", "GBP", "2026-05-01", "paypal", f"PP-{secrets.token_hex(4)}"])
        writer.writerow(["Carl", "A plant", "many", "GBP", "2026-05-01", "paypal", "PP-3"])
        writer.writerow(["Ann", "A lamp", "49", "GBP", "2026-05-01", "bank", "PP-1"])
    desk.button("Import a CSV file").click()
    window = desk.dialog("Import purchases")
    window.get_by_role("button", name="Import").click()
    expect(window.get_by_role("alert")).to_have_text("Please choose a file.")
    window.get_by_label("File").set_input_files(file)
    window.get_by_role("button", name="Import").click()
    expect(window.get_by_role("status")).to_contain_text("2 lines were refused")
    expect(window.get_by_role("row").filter(has_text="amount")).to_contain_text("3")
    assert desk.violations() == []
    window.get_by_role("button", name="Done").click()
    desk.page.get_by_role("link").filter(has_text="A mug").click()
    desk.button("Hold it for longer").click()
    window = desk.dialog("Hold this purchase")
    window.get_by_label("Until").fill("1999-01-01")
    window.get_by_label("Why").fill("A claim")
    window.get_by_role("button", name="Hold it").click()
    expect(window.get_by_label("Until")).to_be_focused()
    confirm(desk, "Hold this purchase", "Hold it", Until="2040-03-31")
    expect(desk.page.get_by_text("31 Mar 2040").first).to_be_visible()
    assert desk.violations() == []


def test_N15_a_disclosure_takes_two_people_and_is_not_told_for_a_time(
    open_console: OpenConsole, site: TestSite
) -> None:
    desk = open_console(site.privacy, "desk", "disclosures")
    desk.button("Record a disclosure").click()
    window = desk.dialog("Record a disclosure")
    window.get_by_label("The law forbids to tell the person").check()
    window.get_by_label("Until the end of").fill("2030-01-31")
    fields = {"Authority": "The police", "Its reference": "MP-1", "Legal basis": "A court order", "What is given": "A name", "By what rule": "Section 9", "Name of the person": SCRIPT}  # fmt: skip
    for label, value in fields.items():
        window.get_by_label(label).fill(value)
    assert desk.violations() == []
    window.get_by_role("button", name="Record it for approval").click()
    expect(desk.page.get_by_role("heading", name="Somebody else than you has to approve")).to_be_visible()
    expect(desk.page.get_by_text("Do not tell until 31 Jan 2030")).to_be_visible()
    expect(desk.button("Approve")).to_have_count(0)
    second = open_console(site.privacy2, *desk.page.url.partition("#/")[2].split("/"))
    second.button("Approve").click()
    confirm(second, "Approve this disclosure", "Approve it")
    expect(second.page.get_by_role("heading", name="Somebody else has approved it")).to_be_visible()
    expect(second.page.get_by_text("by you")).to_be_visible()
    expect(second.page.get_by_text(SCRIPT)).to_be_visible()
    assert second.violations() == []


def test_N19_more_looks_than_a_page_holds_are_shown_page_by_page(open_console: OpenConsole, site: TestSite) -> None:
    email, now = person(), datetime.now(UTC)
    visitor = site.visitor()
    assert visitor.open(email=email, text="hello").status == 201
    chat = Chat.get(visitor.chat_id, META)
    for hour in range(MOST + 5):
        record_views([chat], site.operator_id, now - timedelta(hours=hour))
    desk = open_console(site.privacy, "desk", "views")
    desk.page.get_by_role("search").get_by_label("Email address").fill(email)
    desk.button("Find").click()
    expect(desk.page.get_by_text(f"{MOST} looks were shown, newest first.")).to_be_visible()
    desk.button("Show more looks").click()
    expect(desk.page.get_by_text(f"{MOST + 5} looks were recorded, newest first.")).to_be_visible()
    expect(desk.page.locator("tbody tr")).to_have_count(MOST + 5)
    expect(desk.button("Show more looks")).to_have_count(0)
    assert email not in desk.page.url
    assert desk.violations() == []


def test_N19_who_looked_is_shown_and_the_register_read_and_taken_away(
    open_console: OpenConsole, site: TestSite
) -> None:
    email = person()
    visitor = site.visitor()
    assert visitor.open(email=email, text="hello").status == 201
    assert site.operator.read(visitor.chat_id).status == 200
    desk = open_console(site.privacy, "desk", "views")
    desk.button("Find").click()
    expect(desk.page.get_by_label("Email address")).to_be_focused()
    desk.page.get_by_label("Email address").fill(email)
    desk.page.keyboard.press("Enter")
    row = desk.page.get_by_role("row").filter(has_text=visitor.chat_id)
    expect(row).to_contain_text("Olga")
    assert desk.violations() == []
    desk.page.get_by_role("link", name="Register").click()
    expect(desk.page.get_by_role("heading", name="Purchases")).to_be_visible()
    with desk.page.expect_download() as downloading:
        desk.button("Download as CSV").click()
    with Path(downloading.value.path()).open(newline="", encoding="utf-8") as taken:
        lines = list(csv.DictReader(taken))
    assert "Chats" in {line["title"] for line in lines}

"""What the desk does by two people: taking somebody from the system log, and unlocking what is restricted."""

import pytest
from playwright.sync_api import expect

from imchat.stores.correspondence import Correspondence
from imchat.stores.evidence import Entry
from tests.adapters.worlds import items_of
from tests.browser.console.conftest import OpenConsole
from tests.browser.console.desk import confirm, taken_in
from tests.flow.rights import NOW, at_step, person
from tests.flow.sites import TestSite

pytestmark = pytest.mark.usefixtures("tables")


def test_N19_names_go_from_the_system_log_when_one_proposes_it_and_another_approves(
    open_console: OpenConsole, site: TestSite
) -> None:
    email = person()
    visitor = site.visitor()
    assert visitor.open(email=email, name="Ann Example", text="please delete me").status == 201
    reference = taken_in(site, "erasure", NOW, email=email, name="Ann Example")
    at_step(site.privacy, f"/v1/desk/requests/{reference}", "review")
    desk = open_console(site.privacy2, "desk", "requests", reference, "review")
    desk.button("Take their details from it").click()
    window = desk.dialog("Take their details from the system log")
    window.get_by_role("button", name="Propose it").click()
    expect(window.get_by_label("The reason")).to_be_focused()
    window.get_by_label("Why").select_option(label="A court or the Commissioner orders it")
    confirm(desk, "Take their details from the system log", "Propose it", The_reason="Order <b>17</b> of 3 May")
    expect(desk.page.get_by_text("Order <b>17</b> of 3 May")).to_be_visible()
    assert desk.violations() == []
    assert email in str(items_of(Entry, visitor.chat_id))
    desk = open_console(site.privacy, "desk", "requests", reference, "review")
    desk.button("Approve").click()
    window = desk.dialog("Approve")
    window.get_by_label("Delete their data, and take their details from the system log").check()
    window.get_by_role("button", name="Approve, and delete").click()
    expect(desk.page.get_by_role("heading", name="It was answered")).to_be_visible()
    row = desk.page.get_by_role("table", name="The receipt").get_by_role("row", name="System log")
    expect(row).to_contain_text("replaced by keyed hashes")
    entries = items_of(Entry, visitor.chat_id)
    assert {"open", "delete"} <= {one["action"]["S"] for one in entries}
    assert email not in str(entries)
    assert "Ann Example" not in str(entries)


def test_what_is_restricted_is_found_by_reference_and_shown_once_two_people_unlocked_it(
    open_console: OpenConsole, site: TestSite
) -> None:
    email = person()
    call = site.privacy("POST", "/v1/desk/correspondence", {"about": "The kettle leaks.", "email": email}).json["id"]
    Correspondence(call).change([Correspondence.restricted.set(True)])
    assert site.privacy("POST", "/v1/desk/correspondence/search", {"emails": [email]}).json["items"] == []
    assert site.privacy("GET", f"/v1/desk/correspondence/{call}").status == 409
    desk = open_console(site.privacy, "desk", "restricted")
    desk.page.get_by_label("Email address").fill(email)
    desk.button("Find").click()
    expect(desk.page.get_by_text("1 item is restricted.")).to_be_visible()
    assert "kettle" not in desk.page.content()
    desk.button("Propose to unlock it").click()
    confirm(desk, "Propose to unlock it", "Propose it", The_reason="They sue us.")
    expect(desk.page.get_by_text("Somebody else than you has to approve it.")).to_be_visible()
    expect(desk.button("Approve")).to_have_count(0)
    desk = open_console(site.privacy2, "desk", "restricted")
    desk.page.get_by_label("Email address").fill(email)
    desk.button("Find").click()
    desk.button("Approve").click()
    confirm(desk, "Unlock this item", "Unlock it")
    desk.button("Show it").click()
    expect(desk.page.get_by_text("The kettle leaks.")).to_be_visible()
    assert desk.violations() == []
    assert len(site.privacy("POST", "/v1/desk/correspondence/search", {"emails": [email]}).json["items"]) == 1
    desk.button("Lock it again").click()
    expect(desk.page.get_by_text("The kettle leaks.")).to_have_count(0)
    assert site.privacy("POST", "/v1/desk/correspondence/search", {"emails": [email]}).json["items"] == []

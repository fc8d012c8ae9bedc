"""The owner's settings: seen by the widget's API once saved; nothing typed is lost until then."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.console.conftest import OpenConsole
from tests.browser.console.driver import Console
from tests.flow.client import Api
from tests.flow.sites import ORIGIN, TestSite

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def settings(site: TestSite, open_console: OpenConsole) -> Console:
    console = open_console(site.owner, "site", "settings")
    expect(console.page.get_by_label("Name", exact=True)).to_have_value("Corner Shop")
    return console


def widgets(site: TestSite, language: str = "en") -> Any:
    """What the widget is told of the site."""
    return Api(site.stack, origin=ORIGIN)("GET", f"/v1/sites/{site.site.site_id}", Accept_Language=language).json


def kept(site: TestSite) -> Any:
    """The settings as the owner's API has them."""
    return site.owner("GET", "/v1/account/sites").json["sites"][0]


def save(console: Console) -> Any:
    """Save, and what was sent."""
    with console.page.expect_request(lambda request: request.method == "PATCH") as sending:
        console.button("Save changes").click()
    return sending.value.post_data_json


def saved(console: Console) -> None:
    expect(console.page.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(console.button("Save changes")).to_have_count(0)


def day(console: Console, name: str) -> Locator:
    return console.page.get_by_role("group", name=name, exact=True)


def test_what_the_owner_sets_is_what_visitors_get_and_only_that_is_sent(site: TestSite, settings: Console) -> None:
    page = settings.page
    assert settings.violations() == []
    preview = page.get_by_role("region", name="Preview")
    page.get_by_label("Name", exact=True).fill(f"Tea & Cake {HOSTILE}")
    expect(preview).to_contain_text(f"Tea & Cake {HOSTILE}")
    page.get_by_label("Colour", exact=True).fill("#6D28D9")
    expect(page.get_by_text("White text on it")).to_be_visible()
    expect(preview.locator(".mock-head")).to_have_css("background-color", "rgb(109, 40, 217)")
    page.get_by_label("Español").uncheck()
    page.get_by_label("Welcome", exact=True).fill("Ask us about tea.")
    expect(preview).to_contain_text("Ask us about tea.")
    settings.button("العربية").click()
    page.get_by_label("Welcome", exact=True).fill("اسألنا عن الشاي.")
    expect(preview.locator(".mock")).to_have_attribute("dir", "rtl")
    page.get_by_label("Chats are kept for").select_option("30 days")
    page.get_by_label("Your own privacy policy").fill("https://tea.example/privacy?of=chats")
    expect(
        page.get_by_text("Not saved yet: name, colour, languages, texts, privacy policy, and period.")
    ).to_be_visible()
    assert settings.violations() == []
    assert save(settings).keys() == {"name", "colour", "languages", "texts", "policy_url", "period"}
    saved(settings)

    told = widgets(site)
    assert (told["name"], told["colour"]) == (f"Tea & Cake {HOSTILE}", "#6d28d9")
    assert told["languages"] == ["en", "fr", "de", "ar"]
    assert told["notice"]["site_policy_url"] == "https://tea.example/privacy?of=chats"
    assert "30 days" in told["notice"]["text"]
    assert told["texts"] == {"welcome": "Ask us about tea.", "away": None}
    assert widgets(site, "ar")["texts"]["welcome"] == "اسألنا عن الشاي."
    assert (kept(site)["origins"], kept(site)["region"]) == (list(site.site.origins), "GB")
    page.reload()
    expect(page.get_by_label("Name", exact=True)).to_have_value(f"Tea & Cake {HOSTILE}")
    expect(page.get_by_label("Colour", exact=True)).to_have_value("#6d28d9")


def test_N5_the_owner_says_who_answers_for_the_chats(site: TestSite, settings: Console) -> None:
    page = settings.page
    page.get_by_label("Company or person").fill(f"Tea {HOSTILE} Ltd")
    page.get_by_label("Postal address").fill("1 High Street\nAnytown")
    page.get_by_label("Contact", exact=True).fill("shop.example")
    assert save(settings).keys() == {"controller_name", "controller_address", "controller_contact"}
    expect(page.get_by_label("Contact", exact=True)).to_have_attribute("aria-invalid", "true")
    assert settings.violations() == []
    page.get_by_label("Contact", exact=True).fill("privacy@tea.example")
    save(settings)
    saved(settings)
    told = widgets(site)["notice"]
    assert (told["controller"], told["address"], told["contact"]) == (
        f"Tea {HOSTILE} Ltd", "1 High Street\nAnytown", "privacy@tea.example",
    )  # fmt: skip
    page.get_by_label("Company or person").fill("")
    page.get_by_label("Contact", exact=True).fill("")
    save(settings)
    saved(settings)
    assert widgets(site)["notice"]["controller"] == kept(site)["name"]


def test_what_is_refused_stands_at_its_field_and_all_that_was_typed_stays(site: TestSite, settings: Console) -> None:
    page = settings.page
    origins = list(site.site.origins)
    settings.button("Add a website").click()
    typed = page.get_by_role("textbox", name=f"Website {len(origins) + 1}")
    expect(typed).to_be_focused()
    typed.fill("https://www.tea.example/shop/")
    page.get_by_label("Name", exact=True).fill("Typed and not lost")
    save(settings)
    expect(typed).to_have_attribute("aria-invalid", "true")
    expect(typed).to_be_focused()
    expect(page.get_by_role("textbox", name="Website 1")).not_to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Typed and not lost")
    assert settings.violations() == []
    settings.button("Use that").click()
    expect(typed).to_have_value("https://www.tea.example")

    page.get_by_label("Colour", exact=True).fill("red")
    save(settings)
    expect(page.get_by_label("Colour", exact=True)).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Colour", exact=True).fill("")

    page.get_by_label("Chats are kept for").select_option("another period …")
    page.get_by_label("How many").fill("13")
    assert save(settings)["period"] == "13 months"
    expect(page.get_by_label("How many")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("How many").fill("2")

    page.route("**/v1/account/sites/*", lambda route: route.abort())
    save(settings)
    expect(page.get_by_role("alert").filter(has_text="does not answer")).to_be_visible()
    page.unroute("**/v1/account/sites/*")
    assert kept(site)["name"] == "Corner Shop"
    save(settings)
    saved(settings)
    assert kept(site)["origins"] == [*origins, "https://www.tea.example"]
    assert (kept(site)["name"], kept(site)["period"], kept(site)["colour"]) == ("Typed and not lost", "2 months", None)


def test_opening_hours_by_weekday(site: TestSite, settings: Console) -> None:
    page = settings.page
    page.get_by_label("Only within these hours").check()
    monday = day(settings, "Monday")
    settings.button("Add hours on Monday").click()
    monday.get_by_label("Monday, to").first.fill("14:00")
    save(settings)
    expect(monday.get_by_label("Monday, to").first).to_have_attribute("aria-invalid", "true")
    expect(day(settings, "Tuesday").get_by_label("Tuesday, to")).not_to_have_attribute("aria-invalid", "true")
    monday.get_by_label("Monday, to").first.fill("12:30")
    settings.button("Copy Monday to other days").click()
    dialog = settings.dialog("Copy Monday to")
    for name in ("Tuesday", "Wednesday", "Thursday"):
        dialog.get_by_label(name).uncheck()
    dialog.get_by_label("Saturday").check()
    assert settings.violations() == []
    dialog.get_by_role("button", name="Copy").click()
    settings.button("Remove Thursday, 09:00 to 17:00").click()
    expect(day(settings, "Thursday")).to_contain_text("Closed")
    day(settings, "Tuesday").get_by_label("Tuesday, to").fill("00:00")
    page.get_by_label("Time zone").select_option("Asia/Riyadh")
    assert settings.violations() == []
    save(settings)
    saved(settings)
    split = [["09:00", "12:30"], ["13:00", "17:00"]]
    assert kept(site)["opening_hours"] == {
        "timezone": "Asia/Riyadh",
        "days": {"mon": split, "tue": [["09:00", "24:00"]], "wed": [["09:00", "17:00"]], "fri": split, "sat": split},
    }
    page.get_by_label("Whenever an operator is present").check()
    assert save(settings) == {"opening_hours": None}
    saved(settings)


def test_nobody_leaves_unsaved_changes_by_mistake(site: TestSite, open_console: OpenConsole) -> None:
    console = open_console(site.owner, "site", "settings", phone=True, dark=True)
    page = console.page
    name = page.get_by_label("Name", exact=True)
    name.fill("Half a thought")
    console.button("Navigation").click()
    page.get_by_role("link", name="Operators").click()
    dialog = console.dialog("Leave without saving?")
    assert console.violations() == []
    dialog.get_by_role("button", name="Stay here").click()
    expect(name).to_have_value("Half a thought")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page).to_have_url(re.compile("#/site/settings$"))
    page.evaluate("location.hash = '#/site/operators'")
    dialog.get_by_role("button", name="Leave without saving").click()
    expect(page.get_by_role("heading", name="Operators")).to_be_visible()
    console.goto("site", "settings")
    expect(name).to_have_value("Corner Shop")
    name.fill("Another")
    console.button("Discard").click()
    expect(name).to_have_value("Corner Shop")
    console.goto("site", "operators")
    expect(page.get_by_role("heading", name="Operators")).to_be_visible()
    assert console.violations() == []

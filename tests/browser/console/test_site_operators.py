"""The owner's operators: invited, renamed, disabled, enabled."""

from playwright.sync_api import Locator, expect

from imchat.stores.accounts import OPERATORS_AT_ONCE, Operator, partition
from tests.browser.console.conftest import OpenConsole
from tests.browser.console.driver import Console
from tests.flow.client import Member
from tests.flow.sites import TestSite

HOSTILE = "<img src=x onerror=alert(1)>"
OWN_PASSWORD = "Tea-and-cake-at-4"


def row(console: Console, name: str) -> Locator:
    return console.page.get_by_role("listitem").filter(has_text=name)


def test_an_operator_is_invited_signs_in_answers_and_is_disabled(site: TestSite, open_console: OpenConsole) -> None:
    owner = open_console(site.owner, "site", "operators")
    expect(row(owner, "Olga")).to_contain_text("Away")
    assert owner.violations() == []
    username = f"tess-{site.site.site_id}"
    owner.button("Invite an operator").click()
    dialog = owner.dialog("Invite an operator")
    dialog.get_by_label("User name").fill("Not A User Name")
    dialog.get_by_label("Public name").fill(f"Tess {HOSTILE}")
    owner.button("Invite").click()
    expect(dialog.get_by_label("User name")).to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_label("Public name")).to_have_value(f"Tess {HOSTILE}")
    assert owner.violations() == []
    dialog.get_by_label("User name").fill(site.operator.username)
    owner.button("Invite").click()
    expect(dialog.get_by_role("alert").or_(dialog.locator(".wrong"))).not_to_have_count(0)
    dialog.get_by_label("User name").fill(username)
    owner.button("Invite").click()
    shown = owner.dialog(f"Tess {HOSTILE} is invited")
    expect(shown).to_contain_text("This password is shown only now.")
    password = shown.locator(".handed-password code").inner_text()
    assert owner.violations() == []
    owner.page.keyboard.press("Escape")
    expect(shown.get_by_role("alert")).to_contain_text("cannot be shown again")
    owner.button("I have handed it over").click()
    expect(owner.page.get_by_text(password)).to_have_count(0)
    expect(row(owner, HOSTILE)).to_contain_text(username)

    invited = open_console(None, "chats")
    invited.page.get_by_label("User name").fill(username)
    invited.page.get_by_label("Password").fill(password)
    invited.button("Sign in").click()
    invited.page.get_by_label("New password").fill(OWN_PASSWORD)
    invited.button("Go on").click()
    expect(invited.page.get_by_role("navigation", name="Console").get_by_role("link", name="Chats")).to_have_attribute(
        "aria-current", "page"
    )

    owner.button(f"Rename Tess {HOSTILE}").click()
    dialog = owner.dialog("Rename")
    dialog.get_by_label("Public name").fill("  ")
    owner.button("Save").click()
    expect(dialog.get_by_label("Public name")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Public name").fill("Theresa")
    owner.button("Save").click()
    expect(row(owner, "Theresa")).to_be_visible()

    owner.button("Disable Theresa").click()
    owner.dialog("Disable Theresa?").get_by_role("button", name="Disable").click()
    expect(row(owner, "Theresa")).to_contain_text("Disabled")
    tess = Member(site.stack, username, OWN_PASSWORD)
    refused = open_console(None, "chats")
    refused.page.get_by_label("User name").fill(tess.username)
    refused.page.get_by_label("Password").fill(tess.password)
    refused.button("Sign in").click()
    expect(refused.page.get_by_role("alert")).to_contain_text("password")
    owner.button("Enable Theresa").click()
    owner.dialog("Enable Theresa?").get_by_role("button", name="Enable").click()
    expect(row(owner, "Theresa")).to_contain_text("Away")
    refused.sign_in(tess)
    expect(refused.page.get_by_role("navigation", name="Console")).to_be_visible()


def test_on_a_phone_operators_fit_and_others_have_no_way_here(site: TestSite, open_console: OpenConsole) -> None:
    owner = open_console(site.owner, "site", "operators", phone=True, dark=True)
    expect(row(owner, "Otto")).to_be_visible()
    assert owner.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert owner.violations() == []
    operator = open_console(site.operator, "site", "operators")
    expect(operator.page.get_by_role("link", name="Chats")).to_be_visible()
    expect(operator.page.get_by_role("link", name="Operators")).to_have_count(0)


def test_more_operators_than_a_page_holds_are_all_shown_by_name(site: TestSite, open_console: OpenConsole) -> None:
    site_id = site.site.site_id
    with Operator.batch_write() as writer:
        for number in range(OPERATORS_AT_ONCE + 3):
            writer.save(
                Operator(
                    partition(site_id), f"OPERATOR#many-{number:03}", operator_id=f"many-{number:03}",
                    name=f"Zoe {999 - number}", username=f"many-{number}", disabled=True,
                )
            )  # fmt: skip
    owner = open_console(site.owner, "site", "operators")
    expect(owner.page.locator(".operators > li")).to_have_count(OPERATORS_AT_ONCE + 5)
    names = owner.page.locator(".operators strong").all_inner_texts()
    assert names[:2] == ["Olga", "Otto"]
    assert names[2:] == sorted(names[2:])

"""What somebody does who has never seen it: by what the demo's pages say, and nothing else."""

import re
import secrets
import zipfile
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from imchat.stores.limits import Limit
from tests.browser.console.chats import Chats
from tests.browser.console.conftest import OpenConsole
from tests.browser.driver import Widget
from tests.flow.client import Member

pytestmark = pytest.mark.usefixtures("tables")


def member(guide: Page, stack: dict[str, Any], name: str) -> Member:
    """Somebody of the staff, with the user name and password that stand on the page."""
    shown = guide.locator("dl").filter(has_text=f"{name}: user name").locator("dd")
    return Member(stack, shown.nth(0).inner_text(), shown.nth(1).inner_text())


def newest_mail(mailbox: Page, to: str, subject: str) -> str:
    """The text of the newest mail to an address, once there is one with this subject."""
    row = (
        mailbox.get_by_role("navigation", name="Mails").get_by_role("link").filter(has_text=to).filter(has_text=subject)
    )
    row.first.click()
    mailbox.get_by_role("button", name="As text").click()
    text = mailbox.get_by_role("region", name="The mail as text")
    expect(text).not_to_be_empty()
    return text.inner_text()


def test_N6_N12_N13_talk_to_yourself_get_the_mail_find_the_chat_at_the_desk_and_fetch_your_copy(
    page: Page, open_console: OpenConsole, stack: dict[str, Any]
) -> None:
    """From the guide's page on: a chat in two windows, the transcript in the mailbox, the request, the copy."""
    for asked in Limit.scan(Limit.pk.startswith("request#")):  # the tests all ask from one address
        asked.delete()
    email, secret = f"you-{secrets.token_hex(4)}@example.org", f"blue {secrets.token_hex(3)}"
    guide = page
    guide.goto(f"{stack['web_url']}/demo")

    with guide.expect_popup() as opening:
        guide.get_by_role("link", name="the shop").click()
    visitor = Widget(opening.value).show().start(f"Do you have the {secret} lamp?", name="You", email=email)
    desk = Chats(open_console(member(guide, stack, "Olga"), "chats")).live()
    desk.present()
    desk.open(secret).say("Yes, and it is on the shelf.")
    expect(visitor.lines.last).to_contain_text("Yes, and it is on the shelf.")
    visitor.choose("End chat")
    visitor.window.locator(".sheet .button[type=submit]").click()
    expect(visitor.composer).to_have_count(0)

    with guide.expect_popup() as opening:
        guide.get_by_role("link", name="the mailbox").first.click()
    mailbox = opening.value
    transcript = newest_mail(mailbox, email, "Corner Shop")
    assert f"Do you have the {secret} lamp?" in transcript
    assert "Yes, and it is on the shelf." in transcript

    with guide.expect_popup() as opening:
        guide.get_by_role("link", name="the form for everybody").click()
    form = opening.value
    form.get_by_label("A copy of what you hold about me").check()
    form.get_by_label("Email address").fill(email)
    form.get_by_role("button", name="Send my request").click()
    reference = form.locator(".reference").inner_text()
    form.get_by_role("link", name="Enter the code").click()
    code = re.findall(r"^\s+(\d{6})\s*$", newest_mail(mailbox, email, reference), re.MULTILINE)
    form.get_by_label("Code from our mail").fill(code[-1])
    form.get_by_role("button", name="Go on").click()
    expect(form.get_by_role("status")).to_contain_text("the address is yours")

    privacy = open_console(member(guide, stack, "Priya"), "desk", "requests")
    privacy.page.get_by_role("searchbox").fill(reference)
    privacy.page.get_by_role("link", name=reference).click()
    privacy.page.get_by_role("link", name="Review what was found").click()
    expect(privacy.page.get_by_text(f"Do you have the {secret} lamp?")).to_be_visible()
    privacy.button("Approve").click()
    privacy.dialog("Approve").get_by_role("button", name="Approve", exact=True).click()
    privacy.button("Make a download link").click()
    privacy.dialog("Make a download link").get_by_role("button", name="Make the link").click()
    with privacy.page.expect_download() as downloading:
        privacy.page.get_by_role("link", name="Download the copy").click()
    with zipfile.ZipFile(downloading.value.path()) as copy:
        assert f"Do you have the {secret} lamp?".encode() in copy.read("export.json")

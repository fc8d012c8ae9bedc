"""The developers' mailbox: what was sent, as text and as a mail program shows it."""

import secrets
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.flow.client import mail_to, until
from tests.flow.sites import make_site

pytestmark = pytest.mark.usefixtures("tables")


def test_a_mail_is_shown_as_text_and_as_a_page_in_which_nothing_runs(page: Page, stack: dict[str, Any]) -> None:
    visitor, email = make_site(stack).visitor(), f"ada.{secrets.token_hex(5)}@example.org"
    visitor.open(name="Ada", email=email, text="<script>top.document.title = 'run'</script> 1 < 2")
    visitor.close()
    until(lambda: mail_to(stack, email))
    page.goto(stack["mailbox_url"])
    mail = page.locator("article").filter(has_text=email)
    expect(mail.locator("pre")).to_contain_text("1 < 2")
    mail.get_by_text("As a mail program shows it").click()
    expect(mail.frame_locator("iframe").locator("body")).to_contain_text("1 < 2")
    expect(mail.locator("iframe")).to_have_attribute("sandbox", "")
    assert page.title() == "Mailbox"

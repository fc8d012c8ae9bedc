"""An operator's day: from the first chat to its end, alone and with a colleague."""

import secrets
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.console.chats import Chats
from tests.browser.console.conftest import OpenConsole
from tests.browser.driver import END_OF_COMPOSITION, Widget
from tests.flow.client import Api, staff, until
from tests.flow.sites import TestSite


def test_the_first_chat_from_its_ring_to_its_receipt(site: TestSite, open_console: OpenConsole) -> None:
    console = open_console(site.operator, "chats")
    chats, page = Chats(console).live(), console.page
    expect(chats.inbox.get_by_text("Waiting for the first chat")).to_be_visible()
    expect(chats.inbox.get_by_text(f'data-site="{site.site.site_id}"')).to_be_visible()
    assert console.violations() == []

    # Present: visitors see it.
    chats.present()
    visitor = site.visitor()
    assert Api(site.stack)("GET", f"/v1/sites/{site.site.site_id}").json["online"]

    # A new chat appears, sounds, and counts in the title, which names nobody.
    chats.listen()
    visitor.open(text="Is the blue kettle in stock?", name="Ada Lovelace", email="ada@example.org", locale="fr")
    row = chats.row("Ada Lovelace")
    expect(row).to_contain_text("Is the blue kettle in stock?")
    expect(row).to_contain_text("Unassigned · French")
    chats.rings()
    chats.titled(1)

    chats.open("Ada Lovelace").said("Is the blue kettle in stock?")
    chats.titled(0)
    console.button("Take").click()
    expect(row).to_contain_text("You · French")
    chats.say("Yes, three are left.").remark("A regular of ours")
    chats.said("Is the blue kettle in stock?", "Yes, three are left.", "A regular of ours")
    expect(chats.log.get_by_text("Note, for colleagues only")).to_be_visible()
    visitor.poll()
    assert [one["text"] for one in visitor.seen] == ["Is the blue kettle in stock?", "Yes, three are left."]
    assert console.violations() == []

    # What is known of her, and until when.
    for known in ("ada@example.org", "127.0.0.1", "French"):
        expect(chats.details.get_by_text(known, exact=True)).to_be_visible()
    expect(chats.details).to_contain_text("All of this is deleted by itself on")

    console.button("End chat").click()
    ending = console.dialog("End this chat?")
    expect(ending).to_contain_text("The visitor is sent a copy of it.")
    ending.get_by_role("button", name="End chat").click()
    expect(page.get_by_text("This chat ended on")).to_be_visible()
    expect(chats.reply).to_have_count(0)
    assert visitor.rate(5, comment="Quick!").status == 200
    expect(chats.details.get_by_text("5 of 5")).to_be_visible()
    expect(chats.details.get_by_text("Sent", exact=True)).to_be_visible()
    console.button("Ended").click()
    expect(row).to_be_visible()

    console.button("Delete chat").click()
    asked = console.dialog("Delete this chat?")
    assert console.violations() == []
    asked.get_by_role("button", name="Delete chat").click()
    receipt = console.dialog("The chat is deleted")
    expect(receipt).to_contain_text("messages (2)")
    expect(receipt).to_contain_text("Why: evidence of use. Until")
    assert console.violations() == []
    receipt.get_by_role("button", name="Done").click()
    expect(row).to_have_count(0)
    expect(page.get_by_text("Choose a chat").or_(page.get_by_text("Nothing to answer"))).to_be_visible()
    assert visitor.poll().status == 404


def test_two_operators_share_the_work(site: TestSite, open_console: OpenConsole) -> None:
    olga, otto = (Chats(open_console(who, "chats")).live() for who in (site.operator, site.colleague))
    olga.present()
    expect(otto.inbox.get_by_text("Also present: Olga")).to_be_visible()
    visitor = site.visitor()
    visitor.open(text="Hello", name="Ada")
    olga.open("Ada")
    olga.console.button("Take").click()
    expect(otto.row("Ada")).to_contain_text("Olga")

    # What one writes the other sees, the note too; what one has read is read.
    otto.open("Ada")
    olga.reply.press_sequentially("Good")
    expect(otto.log.get_by_text("Olga is typing")).to_be_visible()
    olga.say("Good morning!")
    otto.said("Hello", "Good morning!")
    # That she types goes another way, and may come after the message: then it goes by itself.
    expect(otto.log.get_by_text("Olga is typing")).to_have_count(0)
    olga.remark("She means the kettle")
    otto.said("Hello", "Good morning!", "She means the kettle")
    olga.console.button("Hand over").click()
    olga.console.dialog("Hand the chat over").get_by_role("button", name="Otto").click()
    expect(olga.row("Ada")).to_contain_text("Otto")
    expect(otto.row("Ada")).to_contain_text("You")
    expect(otto.inbox.get_by_role("button", name="Mine 1")).to_be_visible()

    # It calls him now and no longer her.
    other = site.visitor()
    other.open(text="Hello too", name="Bob")
    for one in (olga, otto):
        one.open("Bob")
    visitor.say("Still there?")
    otto.titled(1)
    expect(olga.row("Still there?")).to_be_visible()
    olga.titled(0)
    visitor.delete()
    for one in (olga, otto):
        expect(one.row("Ada")).to_have_count(0)
    otto.titled(0)


def test_the_enter_that_ends_a_composition_sends_nothing(site: TestSite, open_console: OpenConsole) -> None:
    site.visitor().open(text="Hello?", name="Ada")
    chats = Chats(open_console(site.operator, "chats")).live()
    chats.open("Ada").said("Hello?")
    chats.reply.fill("にほんご")
    assert chats.reply.evaluate(END_OF_COMPOSITION), "the key keeps what it does in the field"
    expect(chats.reply).to_have_value("にほんご")
    chats.reply.press("Enter")
    chats.said("Hello?", "にほんご")


def test_canned_replies_are_kept_used_and_dropped(site: TestSite, open_console: OpenConsole) -> None:
    visitor = site.visitor()
    visitor.open(text="Hello", name="Ada")
    console = open_console(site.operator, "chats", visitor.chat_id)
    chats, page = Chats(console), console.page
    chats.inbox.get_by_role("button", name="Canned replies").click()
    kept = console.dialog("Canned replies")
    expect(kept.get_by_text("None yet")).to_be_visible()
    for shortcut, text in (("hello", "Good morning! What can I do for you?"), ("hours", "We are open until six.")):
        kept.get_by_role("button", name="New reply").click()
        new = console.dialog("New canned reply")
        new.get_by_label("Shortcut").fill(f"{shortcut} !" if shortcut == "hello" else shortcut)
        new.get_by_label("Text").fill(text)
        new.get_by_role("button", name="Keep it").click()
        if shortcut == "hello":
            expect(new.get_by_label("Shortcut")).to_have_accessible_description(
                "Letters, digits, - and _, as: hello A shortcut is 1 to 40 letters, digits, - or _."
            )
            new.get_by_label("Shortcut").fill("/hello")
            new.get_by_role("button", name="Keep it").click()
        expect(kept.get_by_text(f"/{shortcut}")).to_be_visible()
    assert console.violations() == []
    kept.get_by_role("button", name="Done").click()

    options = page.get_by_role("listbox", name="Canned replies").get_by_role("option")
    chats.reply.press_sequentially("One moment. /h")
    expect(options).to_have_count(2)
    assert console.violations() == []
    chats.reply.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    chats.reply.press("Enter")
    expect(chats.reply).to_have_value("One moment. We are open until six.")
    chats.reply.press("Enter")
    chats.said("Hello", "One moment. We are open until six.")
    chats.reply.press_sequentially("/zzz")
    expect(page.get_by_text("No canned reply has this in it.")).to_be_visible()
    chats.reply.press("Escape")
    expect(chats.reply).to_have_value("/zzz")

    page.get_by_role("button", name="Manage canned replies").click()
    kept.get_by_role("button", name="Change /hours").click()
    console.dialog("Change a canned reply").get_by_label("Text").fill("We are open until seven.")
    console.button("Keep it").click()
    expect(kept.get_by_text("We are open until seven.")).to_be_visible()
    kept.get_by_role("button", name="Remove /hello").click()
    kept.get_by_role("button", name="Remove", exact=True).click()
    expect(kept.get_by_text("/hello")).to_have_count(0)
    left = until(lambda: site.operator("GET", "/v1/operator/canned").json["canned"])
    assert [(one["shortcut"], one["text"]) for one in left] == [("hours", "We are open until seven.")]


def test_operator_and_visitor_talk_live(stack: dict[str, Any], open_console: OpenConsole, page: Page) -> None:
    """In the demo shop, where the widget stands; others may have chats there too."""
    ada = f"Ada {secrets.token_hex(4)}"
    chats = Chats(open_console(staff(stack, "operator"), "chats")).live()
    chats.present()
    widget = Widget(page).goto(stack["web_url"]).show()
    widget.start("Hello", name=ada)
    chats.open(ada).said("Hello")
    expect(chats.page.get_by_text("on the page now")).to_be_visible()

    widget.composer.press_sequentially("I am look")
    expect(chats.log.get_by_text(f"{ada} is typing")).to_be_visible()
    expect(chats.row("Typing …")).to_be_visible()
    widget.say("I am looking for a kettle")
    chats.said("Hello", "I am looking for a kettle")
    expect(chats.log.get_by_text(f"{ada} is typing")).to_have_count(0)
    chats.reply.press_sequentially("The blue")
    expect(widget.window.get_by_text("Olga is writing")).to_be_visible()
    chats.remark("Wants the blue one").say("The blue one?")
    expect(widget.lines).to_have_count(3)
    assert widget.texts() == ["Hello", "I am looking for a kettle", "The blue one?"]
    expect(chats.log.locator(".group.operator").get_by_text("Seen", exact=True)).to_be_visible()

    widget.choose("End chat")
    widget.window.locator(".sheet .button[type=submit]").click()
    expect(chats.page.get_by_text("This chat ended on")).to_be_visible()
    expect(chats.row(ada)).to_have_count(0)
    chats.present(wanted=False)

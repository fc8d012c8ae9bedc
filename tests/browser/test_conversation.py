"""A chat in the widget: what is said, what stays, how it ends."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driver import END_OF_COMPOSITION, SENT, Widget
from tests.browser.fake_api import Fake

HOSTILE = [
    "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'>",
    "javascript:alert(1) data:text/html,<b>x</b>",
    "{{constructor.constructor('pwned=1')()}} ${pwned} &lt;b&gt;",
    "two\nlines   and spaces",
    "مرحبا \u202eevil\u202c עברית",
    "👩🏽‍🚀🏴󠁧󠁢󠁷󠁬󠁳󠁿 𝕳𝖊𝖑𝖑𝖔",
    "word" * 1000,
]


def test_what_people_write_is_shown_as_text(widget: Widget, fake: Fake, page: Page) -> None:
    widget.show().start(HOSTILE[0], name=HOSTILE[0][:60])
    for text in HOSTILE:
        fake.operator_says(text, name="<b>Olga</b>")
    for text in HOSTILE[1:3]:
        widget.say(text)
    expect(widget.lines).to_have_count(1 + len(HOSTILE) + 2)
    shown = widget.texts()
    assert sorted(shown) == sorted([HOSTILE[0], *HOSTILE, *HOSTILE[1:3]])
    assert page.evaluate("window.pwned") is None
    assert widget.window.locator("script, img, b").count() == 0
    expect(widget.log.get_by_text("<b>Olga</b>").first).to_be_visible()
    assert widget.window.locator(".scroll").evaluate("(one) => one.scrollWidth <= one.clientWidth")


def test_before_anything_is_written_people_are_asked_to_write_only_what_is_needed(widget: Widget) -> None:
    message = widget.show().field("message")
    asked = widget.window.get_by_text("write nothing about your health")
    expect(asked).to_be_visible()
    expect(message).to_have_accessible_description(re.compile("write nothing about your health"))
    above, field = asked.bounding_box(), message.bounding_box()
    assert above
    assert field
    assert above["y"] + above["height"] <= field["y"]


def test_a_line_does_not_move_when_its_time_is_known(widget: Widget, fake: Fake) -> None:
    fake.live = False
    widget.show()
    with fake.holding("GET", r"/v1/chats/.*/messages"):
        widget.field("message").fill("Hello")
        widget.button("Start chat").click()
        expect(widget.lines).to_have_class(re.compile("sending"))
        before = widget.lines.locator(".text").bounding_box()
    expect(widget.lines).to_have_class(SENT)
    assert widget.lines.locator(".text").bounding_box() == before


def test_links_are_safe(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello")
    fake.operator_says(
        "See (https://shop.example/a_(b)?c=d&e=f#g), or HTTP://x.example. Not javascript:alert(1) or https://"
    )
    expect(widget.lines).to_have_count(2)
    links = widget.log.get_by_role("link")
    assert links.all_text_contents() == ["https://shop.example/a_(b)?c=d&e=f#g", "HTTP://x.example"]
    for link in links.all():
        expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
        expect(link).to_have_attribute("target", "_blank")


def test_both_sides_in_the_order_of_the_server(widget: Widget, fake: Fake) -> None:
    widget.show().start("one")
    fake.operator_says("two")
    expect(widget.lines).to_have_count(2)
    widget.say("three")
    widget.say("four")
    fake.wait_for(lambda: len(fake.chat.messages) == 4, "both messages arrive")
    fake.operator_says("five")
    expect(widget.lines).to_have_count(5)
    assert widget.texts() == [one["text"] for one in fake.chat.messages]
    expect(widget.log.get_by_text("Olga").first).to_be_visible()
    assert len({one["client_id"] for one in fake.chat.messages if "client_id" in one}) == 3


def test_an_answer_takes_its_place_before_what_was_written_later(widget: Widget, fake: Fake) -> None:
    """The message is shown at once; the operator's, stored before it, arrives after it and stands above it."""
    fake.live = False
    widget.show().start("one")
    with fake.holding("GET", ".*/messages"):
        fake.wait_for(lambda: fake.faults[0].times < 1000, "a poll waits")
        fake.operator_says("two")
        widget.say("three")
        expect(widget.lines.last).to_have_class(SENT)
        assert widget.texts() == ["one", "three"]
    expect(widget.lines).to_have_count(3)
    assert widget.texts() == ["one", "two", "three"]


def test_internal_notes_are_not_shown(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello")
    fake.chat.say("note", "difficult customer")
    fake.operator_says("Good morning")
    expect(widget.lines).to_have_count(2)
    assert widget.texts() == ["Hello", "Good morning"]


def test_a_new_line_by_shift_and_enter(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello")
    widget.composer.press_sequentially("two")
    widget.composer.press("Shift+Enter")
    widget.composer.press_sequentially("lines")
    widget.composer.press("Enter")
    fake.wait_for(lambda: len(fake.chat.messages) == 2, "the message arrives")
    assert fake.chat.messages[1]["text"] == "two\nlines"
    expect(widget.composer).to_have_value("")


def test_too_long_a_text_is_not_lost(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello")
    widget.say("x" * 4001)
    expect(widget.window.get_by_text("at most 4,000 characters; this one has 4,001")).to_be_visible()
    expect(widget.composer).to_have_value("x" * 4001)
    widget.say("🫖" * 4000)
    fake.wait_for(lambda: len(fake.chat.messages) == 2, "4,000 characters are not too many, whatever their bytes")


@pytest.mark.parametrize("path", ["/", "/shop-policy.html"])
def test_reload_and_page_change_keep_the_chat(widget: Widget, fake: Fake, path: str) -> None:
    widget.show().start("Hello")
    fake.operator_says("Good morning")
    expect(widget.lines).to_have_count(2)
    widget.goto(fake.web_url + path)
    expect(widget.window).to_be_visible()
    expect(widget.lines).to_have_count(2)
    assert widget.texts() == ["Hello", "Good morning"]
    widget.say("Still here")
    fake.wait_for(lambda: len(fake.chat.messages) == 3, "the message arrives")
    assert len(fake.chats) == 1


def test_unread_messages_are_counted_until_they_are_seen(widget: Widget, fake: Fake) -> None:
    badge = widget.root.locator(".badge")
    widget.show().start("Hello")
    widget.window.get_by_role("button", name="Close the chat window").click()
    expect(widget.window).to_be_hidden()
    fake.operator_says("one")
    fake.operator_says("two")
    expect(badge).to_have_text("2")
    expect(widget.launcher).to_have_attribute("aria-label", "Chat with Corner Shop, 2 unread")
    expect(widget.root.get_by_role("status").filter(has_text="New message from Olga")).to_have_count(1)
    widget.goto(fake.web_url)
    expect(badge).to_have_text("2")
    widget.show()
    expect(badge).to_be_hidden()
    widget.goto(fake.web_url)
    expect(widget.lines).to_have_count(3)
    expect(badge).to_be_hidden()


def test_the_visitor_ends_the_chat(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello", email="ada@example.org")
    fake.operator_says("Yes?")
    widget.choose("End chat")
    widget.window.locator(".sheet").get_by_role("button", name="End chat").click()
    ended = widget.window.get_by_role("region", name="This chat has ended.")
    expect(ended).to_be_visible()
    expect(ended).to_contain_text("A copy is on its way to your email address.")
    assert widget.stored()["session"] == {}
    fake.chat.transcript = "sent"
    expect(ended).to_contain_text("A copy was sent to your email address.")
    fake.chat.transcript = "bounced"
    expect(ended).to_contain_text("that address takes no mail")
    widget.goto(fake.web_url).show()
    expect(widget.field("message")).to_be_visible()


def test_N7_an_end_without_an_address_says_that_no_copy_is_sent(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello")
    fake.operator_ends()
    expect(widget.window.get_by_text("No copy is sent, because there is no email address.")).to_be_visible()


def test_what_was_being_written_when_the_operator_ended_the_chat_goes_into_the_next(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello")
    widget.composer.fill("but what about")
    fake.operator_ends()
    widget.button("Start a new chat").click()
    expect(widget.field("message")).to_have_value("but what about")


def test_the_chat_is_rated_once_it_has_ended(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello")
    fake.operator_ends()
    widget.window.locator(".stars label").nth(3).click()
    expect(widget.window.get_by_role("radio", name="4 of 5")).to_be_checked()
    widget.window.get_by_role("textbox", name="Anything to add?").fill("Kind and quick")
    widget.button("Send rating").click()
    expect(widget.window.get_by_text("Thank you for your rating.")).to_be_visible()
    assert fake.chat.rating == {"score": 4, "comment": "Kind and quick"}


def test_N6_a_copy_goes_to_the_chats_own_address(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello", email="ada@example.org")
    fake.operator_says("Yes?")
    widget.choose("Send me a copy")
    expect(widget.window.get_by_text("A copy is on its way to your email address.")).to_be_visible()
    assert fake.chat.transcript == "queued"


def test_N6_before_an_operator_wrote_the_end_offers_a_download_and_no_copy(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello", email="ada@example.org")
    said = "Nobody has answered yet, so no copy is sent by email. You can download it."
    widget.choose("Send me a copy")
    sheet = widget.window.locator(".sheet")
    expect(sheet.get_by_text(said)).to_be_visible()
    with widget.page.expect_download():
        sheet.get_by_role("button", name="Download").click()
    widget.choose("End chat")
    expect(sheet).to_contain_text(said)
    sheet.get_by_role("button", name="Cancel").click()
    fake.operator_says("Here I am")
    expect(widget.lines).to_have_count(2)
    widget.choose("End chat")
    expect(sheet).to_contain_text("a copy goes to it")


def test_N6_where_there_is_no_address_it_is_asked_for(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello")
    fake.operator_says("Yes?")
    widget.choose("Send me a copy")
    sheet = widget.window.locator(".sheet")
    expect(sheet.locator("#email")).to_be_focused()
    sheet.get_by_role("button", name="Send me a copy").click()
    expect(sheet.get_by_text("Please write an email address.")).to_be_visible()
    sheet.locator("#email").fill("ada@example.org")
    sheet.get_by_role("button", name="Send me a copy").click()
    expect(sheet).to_have_count(0)
    assert (fake.chat.visitor["email"], fake.chat.transcript) == ("ada@example.org", "queued")


def test_N6_a_copy_too_many_is_refused_with_a_sentence(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello", email="ada@example.org")
    fake.fail("POST", ".*/transcript", status=429, headers={"Retry-After": "3600"})
    widget.choose("Send me a copy")
    expect(widget.window.locator(".sheet .error")).to_have_text("The API was told to refuse this.")


def test_N14_the_visitor_corrects_who_they_are(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello", name="Ada", phone="020 7946 0000")
    widget.goto(fake.web_url)
    widget.choose("My details")
    sheet = widget.window.locator(".sheet")
    expect(sheet.locator("#name")).to_have_value("Ada")
    sheet.locator("#name").fill("Ada Lovelace")
    sheet.locator("#phone").fill("")
    sheet.get_by_role("button", name="Save").click()
    expect(sheet).to_have_count(0)
    assert fake.chat.visitor == {"name": "Ada Lovelace", "email": None, "phone": None}
    assert fake.calls("PATCH", ".*")[-1].body == {"name": "Ada Lovelace", "phone": None}


def test_N18_deleting_asks_first_then_shows_the_receipt_and_leaves_nothing(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello")
    widget.choose("Delete my chat")
    widget.button("Cancel").click()
    assert len(fake.chats) == 1
    widget.choose("Delete my chat")
    widget.button("Delete for good").click()
    receipt = widget.window.locator(".receipt")
    expect(receipt.get_by_role("heading", name="Your chat is deleted")).to_be_focused()
    expect(receipt).to_contain_text(
        re.compile(r"Removed.*messages.*1.*Still kept.*evidence of use · until \d+ \w+ \d{4}", re.DOTALL)
    )
    assert fake.chats == {}
    assert widget.stored()["session"] == {}
    assert widget.log.count() == 0
    asked = len(fake.calls("POST", ".*"))
    widget.button("Start a new chat").click()
    expect(widget.field("message")).to_have_value("")
    assert len(fake.calls("POST", ".*")) == asked


def test_how_long_it_is_kept_stands_below(widget: Widget) -> None:
    widget.show().start("Hello")
    expect(widget.window.get_by_text(re.compile(r"Kept until \d+ \w+ \d{4}, then deleted"))).to_be_visible()


def test_the_enter_that_ends_a_composition_sends_nothing(widget: Widget, fake: Fake) -> None:
    widget.show().start("Hello")
    widget.composer.fill("にほんご")
    assert widget.composer.evaluate(END_OF_COMPOSITION), "the key keeps what it does in the field"
    expect(widget.composer).to_have_value("にほんご")
    widget.composer.press("Enter")
    fake.wait_for(lambda: len(fake.chat.messages) == 2, "the message arrives")
    assert [one["text"] for one in fake.chat.messages] == ["Hello", "にほんご"]


LISTEN = """(kinds) => {
    window.heard = [];
    for (const kind of kinds) document.addEventListener(kind, (event) => window.heard.push(kind));
}"""
TYPED = "keydown keypress keyup beforeinput input compositionstart compositionend copy cut paste focusin focusout"


@pytest.mark.parametrize("width", [1280, 390], ids=["desktop", "phone"])
def test_what_is_done_in_our_fields_is_not_the_pages_to_hear(
    widget: Widget, fake: Fake, page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    widget.show()
    page.evaluate(LISTEN, TYPED.split())
    widget.field("name").press_sequentially("Ada /?jk")
    widget.field("message").press_sequentially("s: Hello")
    for key in ("Control+a", "Control+c", "Control+x", "Control+v", "Tab", "Shift+Tab"):
        page.keyboard.press(key)
    widget.field("message").evaluate(END_OF_COMPOSITION)
    assert page.evaluate("window.heard") == []
    expect(widget.field("name")).to_have_value("Ada /?jk")
    expect(widget.field("message")).to_have_value("s: Hello")


def test_a_window_of_the_page_that_holds_the_focus_leaves_it_in_our_fields(widget: Widget, page: Page) -> None:
    widget.show()
    page.evaluate("""() => {
        const modal = document.createElement("div");
        modal.tabIndex = -1;
        modal.textContent = "Our newsletter";
        document.body.append(modal);
        modal.focus();
        document.addEventListener("focusin", (event) => modal.contains(event.target) || modal.focus());
    }""")
    widget.field("name").click()
    page.keyboard.type("Ada")
    expect(widget.field("name")).to_have_value("Ada")
    expect(widget.field("name")).to_be_focused()

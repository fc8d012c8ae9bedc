"""What a page with the widget does before anybody chats, and what it takes to carry it."""

import gzip

import pytest
from playwright.sync_api import Page, expect

from infra.web import SOURCE
from tests.browser.conftest import Watch
from tests.browser.driver import Widget
from tests.browser.fake_api import Fake
from tests.browser.fake_servers import BUILT

_KILOBYTE = 1024
LANGUAGES = ("en", "fr", "ar", "de", "es")


def _gzipped(pattern: str) -> int:
    """The size of the only built file that fits."""
    [file] = BUILT.glob(pattern)
    return len(gzip.compress(file.read_bytes(), 9))


def test_the_first_load_is_small(built: None) -> None:
    first = _gzipped("widget.js")
    assert first <= 4 * _KILOBYTE, "what every page pays; 12 KB are allowed"
    for language in LANGUAGES:
        whole = first + _gzipped("widget/main-*.js") + _gzipped(f"widget/{language}-*.js")
        assert whole <= 20 * _KILOBYTE, f"all of it, in {language}"


def test_N2_one_request_before_the_first_act_and_nothing_kept(widget: Widget, fake: Fake) -> None:
    assert [one.path for one in fake.requests] == ["/v1/sites/demo"]
    widget.show()
    widget.field("name").fill("Ada")
    widget.field("message").fill("Hello")
    assert [one.path for one in fake.requests] == ["/v1/sites/demo"]
    assert "Cookie" not in fake.requests[0].headers
    assert "Referer" not in fake.requests[0].headers
    assert widget.stored() == {"session": {}, "local": {}, "cookies": ""}


def test_N2_from_the_first_act_one_entry_of_session_storage(widget: Widget, fake: Fake, page: Page) -> None:
    widget.show().start("Hello", name="Ada", email="ada@example.org")
    stored = widget.stored()
    assert list(stored["session"]) == ["imchat"]
    assert (stored["local"], stored["cookies"], page.context.cookies()) == ({}, "", [])
    for personal in ("Ada", "ada@example.org", "Hello"):
        assert personal not in stored["session"]["imchat"]
    assert page.evaluate("indexedDB.databases()") == []
    assert page.evaluate("caches.keys()") == []


def test_N2_N5_the_notice_and_both_policies_stand_before_the_fields(widget: Widget, fake: Fake) -> None:
    notice = widget.show().window.locator(".notice")
    expect(notice).to_contain_text(fake.site("en")["notice"]["text"])
    expect(notice.get_by_role("link", name="Privacy notice (")).to_have_attribute("href", f"{fake.web_url}/notice")
    policy = notice.get_by_role("link", name="Privacy policy of Corner Shop")
    expect(policy).to_have_attribute("href", f"{fake.web_url}/shop-policy.html")
    order = widget.window.locator(".notice, input, textarea").evaluate_all(
        "(found) => found.map((one) => one.className || one.id)"
    )
    assert order == ["notice", "message", "name", "email", "phone"]


def test_N2_N5_who_answers_for_the_chats_stands_before_the_fields(page: Page, fake: Fake) -> None:
    fake.controller, fake.address = "<b>Corner Shop</b> Ltd", "1 High Street\nAnytown"
    widget = Widget(page).goto(fake.web_url).show()
    notice = widget.window.locator(".notice")
    expect(notice).to_contain_text("“We” are <b>Corner Shop</b> Ltd, and IMsupporting LTD")
    expect(notice.locator(".reach")).to_have_text(
        "<b>Corner Shop</b> Ltd, 1 High Street, Anytown · privacy@shop.example"
    )
    mail = notice.get_by_role("link", name="privacy@shop.example (")
    expect(mail).to_have_attribute("href", "mailto:privacy@shop.example")
    fake.contact = "https://shop.example/write"
    widget.goto(fake.web_url).show()
    expect(notice.get_by_role("link", name="https://shop.example/write (")).to_be_visible()
    fake.contact = fake.address = None
    widget.goto(fake.web_url).show()
    expect(notice.locator(".reach")).to_have_count(0)
    expect(notice).to_contain_text("“We” are <b>Corner Shop</b> Ltd")


def test_N4_every_field_but_the_message_may_stay_blank(widget: Widget, fake: Fake) -> None:
    widget.show()
    widget.button("Start chat").click()
    expect(widget.field("message")).to_be_focused()
    expect(widget.window.get_by_text("Please write a message first.")).to_be_visible()
    assert not fake.chats
    widget.start("Hello")
    assert fake.chat.visitor == {"name": None, "email": None, "phone": None}


def test_N4_only_the_form_of_an_address_is_checked(widget: Widget, fake: Fake) -> None:
    widget.show()
    widget.field("email").fill("nobody at nowhere")
    widget.field("message").fill("Hello")
    widget.button("Start chat").click()
    expect(widget.field("email")).to_be_focused()
    expect(widget.field("email")).to_have_attribute("aria-invalid", "true")
    expect(widget.window.locator("#email-error")).to_have_text("This is not an email address.")
    expect(widget.field("message")).to_have_value("Hello")
    widget.start("Hello", email="invented@nowhere.example", name="Nobody")
    assert fake.chat.visitor["name"] == "Nobody"


def test_what_goes_with_the_opening(widget: Widget, fake: Fake) -> None:
    widget.goto(f"{fake.web_url}/shop-policy.html?basket=secret#place")
    widget.show().start("Hello")
    opened = fake.chat.opened
    assert opened["page_url"] == f"{fake.web_url}/shop-policy.html"
    assert (opened["timezone"], opened["locale"]) == ("Europe/London", "en-GB")
    assert len(opened["client_id"]) >= 20


def test_N16_only_our_own_hosts_are_asked(widget: Widget, fake: Fake, watch: Watch) -> None:
    widget.show().start("Hello")
    widget.say("https://elsewhere.example/picture.png")
    expect(widget.lines).to_have_count(2)
    widget.goto(f"{fake.web_url}/shop-policy.html")
    assert watch.hosts == {fake.web_url.removeprefix("http://")}


def test_N24_a_strict_policy_of_somebody_elses_page_is_enough(page: Page, fake: Fake) -> None:
    """The page is of another host than the script; its policy allows the script's host and the API's, nothing else."""
    fake.pages["/elsewhere"] = f"""<!doctype html><html lang="en"><meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src {fake.web_url};
            connect-src {fake.web_url} {fake.web_url.replace("http", "ws")}; require-trusted-types-for 'script'; trusted-types 'none'">
        <title>Elsewhere</title><script src="{fake.web_url}/widget.js" data-site="demo" async></script><body>"""
    elsewhere = fake.web_url.replace("127.0.0.1", "localhost")
    Widget(page).goto(f"{elsewhere}/elsewhere").show().start("Hello from elsewhere")
    assert fake.chat.messages[0]["text"] == "Hello from elsewhere"


def test_N24_a_nonce_is_enough_too(page: Page, fake: Fake) -> None:
    fake.pages["/nonce"] = f"""<!doctype html><html lang="en"><meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-r4nd0m'; connect-src {fake.web_url} {fake.web_url.replace("http", "ws")}">
        <title>Nonce</title><body><script nonce="r4nd0m" src="/widget.js" data-site="demo" async></script>"""
    Widget(page).goto(f"{fake.web_url}/nonce").show().start("Hello")


def test_the_pages_styles_cannot_break_it(page: Page, fake: Fake) -> None:
    fake.pages["/rough"] = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Rough</title><style>
        html { font-size: 40px; } * { display: none !important; color: red !important; font-family: fantasy !important; }
        html, body { display: block !important; } button, dialog, imchat-widget { visibility: hidden; opacity: 0; } </style>
        <body><script src="/widget.js" data-site="demo" async></script>"""
    widget = Widget(page).goto(f"{fake.web_url}/rough").show()
    button = widget.button("Start chat")
    expect(button).to_be_visible()
    assert button.evaluate("(one) => getComputedStyle(one).fontSize") == "15px"
    assert widget.root.evaluate("(one) => getComputedStyle(one).opacity") == "1"


def test_away_asks_for_a_message_and_an_address(page: Page, fake: Fake) -> None:
    fake.online = False
    widget = Widget(page).goto(fake.web_url).show()
    expect(widget.window.get_by_role("heading", name="Leave us a message")).to_be_visible()
    expect(widget.window.get_by_text("Away just now")).to_be_visible()
    expect(widget.button("Leave message")).to_be_visible()
    widget.start("Please write to me", email="ada@example.org")
    expect(widget.window.get_by_text("We will answer as soon as we are back.")).to_be_visible()


def test_a_site_that_is_not_known_gets_no_button(page: Page, fake: Fake) -> None:
    fake.pages["/unknown"] = (
        """<!doctype html><title>x</title><body><script src="/widget.js" data-site="nobody" async></script>"""
    )
    with page.expect_console_message(lambda message: message.text.startswith("imchat: no chat on this page")):
        page.goto(f"{fake.web_url}/unknown")
    assert page.locator("imchat-widget").count() == 0


@pytest.mark.parametrize(
    ("tag", "speaks", "direction", "start", "heading"),
    [
        ("fr-CA", "fr", "ltr", "Commencer", "Comment pouvons-nous aider ?"),
        ("ar", "ar", "rtl", "ابدأ المحادثة", "كيف يمكننا مساعدتك؟"),
        ("de-AT", "de", "ltr", "Chat beginnen", "Wie können wir Ihnen helfen?"),
        ("es", "es", "ltr", "Iniciar el chat", "¿En qué podemos ayudarle?"),
        ("pl", "en", "ltr", "Start chat", "How can we help?"),
        ("not a tag", "en", "ltr", "Start chat", "How can we help?"),
    ],
)
def test_it_speaks_the_pages_language(
    page: Page, fake: Fake, tag: str, speaks: str, direction: str, start: str, heading: str
) -> None:
    widget = Widget(page).goto(f"{fake.web_url}/?lang={tag}").show()
    assert fake.requests[0].headers["Accept-Language"] == (speaks if tag == "not a tag" else tag.partition("-")[0])
    root = widget.root.locator(".root")
    expect(root).to_have_attribute("dir", direction)
    expect(root).to_have_attribute("lang", speaks)
    expect(widget.window.get_by_role("heading", name=heading)).to_be_visible()
    expect(widget.window.locator(".notice")).to_contain_text(fake.site(speaks)["notice"]["text"])
    expect(widget.button(start)).to_be_visible()
    assert "undefined" not in widget.window.inner_text()
    button = widget.launcher.bounding_box()
    assert button
    assert (button["x"] < 640) == (direction == "rtl")


def test_every_language_has_the_same_words() -> None:
    names = {
        file.name: {
            line.split(":")[0].strip()
            for line in file.read_text().splitlines()
            if line.startswith("  ") and line[2] != " "
        }
        for file in SOURCE.glob("widget/words/*.ts")
    }
    assert {f"{language}.ts" for language in LANGUAGES} == set(names)
    own = {"fields", "what", "why", "}", "},"}
    assert len({frozenset(found - own) for found in names.values()}) == 1, names


def test_a_sites_colour_is_readable(page: Page, fake: Fake) -> None:
    fake.colour = "#ffd400"
    widget = Widget(page).goto(fake.web_url).show()
    colours = widget.button("Start chat").evaluate(
        "(one) => [getComputedStyle(one).backgroundColor, getComputedStyle(one).color]"
    )
    assert colours == ["rgb(255, 212, 0)", "rgb(0, 0, 0)"]

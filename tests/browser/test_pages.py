"""The widget and the page it is on: pages that change without being loaded, what is being written, page views, files."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from imchat.register.notice import VISITS_BUTTON, VISITS_ENTRY
from tests.browser.conftest import Watch
from tests.browser.driver import SENT, Widget
from tests.browser.fake_api import Fake

SPA = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>One page</title><script src="/widget.js" data-site="demo" async {more}></script><body><h1>One page</h1>"""
REPLACED = {
    "its address": "history.pushState({}, '', '/elsewhere')",
    "its body": "document.body.replaceWith(document.createElement('body'))",
    "all of it": "document.documentElement.replaceChildren(document.createElement('head'), document.createElement('body'))",
    "the document": "document.replaceChild(document.createElement('html'), document.documentElement).id",
}


@pytest.fixture
def spa(page: Page, fake: Fake) -> Widget:
    """The widget on a page that is one for all addresses."""
    fake.pages["/spa"] = SPA.format(more="")
    return Widget(page).goto(f"{fake.web_url}/spa")


@pytest.mark.parametrize("width", [1280, 390], ids=["desktop", "phone"])
@pytest.mark.parametrize("what", REPLACED)
def test_a_page_that_replaces_itself_keeps_the_chat(spa: Widget, fake: Fake, page: Page, what: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    spa.show().start("Hello")
    for number in range(30):
        fake.operator_says(f"line {number}")
    expect(spa.lines).to_have_count(31)
    spa.composer.fill("half a")
    page.evaluate(REPLACED[what])
    expect(spa.window).to_be_visible()
    expect(spa.lines.last).to_be_in_viewport()
    expect(spa.composer).to_have_value("half a")
    spa.composer.press("Enter")
    expect(spa.lines.last).to_have_class(SENT)
    assert len(fake.chats) == 1
    assert spa.window.evaluate("(one) => one.matches(':modal')") == (width == 390)


def test_a_script_that_runs_again_puts_no_second_button(spa: Widget, fake: Fake, page: Page) -> None:
    again = """() => new Promise((done) => { const one = document.createElement('script'); one.src = '/widget.js';
        one.dataset.site = 'demo'; one.onload = done; document.body.append(one) })"""
    page.evaluate(again)
    assert page.locator("imchat-widget").count() == 1
    assert len(fake.calls("GET", "/v1/sites/demo")) == 1


def test_what_is_being_written_stays_when_the_window_closes_and_goes_along_to_the_next_page(
    widget: Widget, fake: Fake
) -> None:
    widget.show()
    widget.field("message").fill("not yet")
    widget.button("Close the chat window").click()
    assert widget.stored()["session"] == {}
    widget.show()
    expect(widget.field("message")).to_have_value("not yet")
    widget.start("Hello")
    widget.composer.fill("half a")
    widget.button("Close the chat window").click()
    widget.show()
    expect(widget.composer).to_have_value("half a")
    widget.goto(f"{fake.web_url}/shop-policy.html")
    expect(widget.composer).to_have_value("half a")
    widget.composer.press("Enter")
    expect(widget.lines).to_have_count(2)
    assert "half a" not in widget.stored()["session"]["imchat"]


def views(fake: Fake) -> list[dict[str, str]]:
    return [one.body for one in fake.calls("POST", "/v1/visits")]


def test_N1_each_page_view_is_counted_once_when_it_ends_by_its_path_alone(
    widget: Widget, fake: Fake, page: Page
) -> None:
    page.goto(f"{fake.web_url}/shop-policy.html?who=ada#place")
    expect(widget.launcher).to_be_visible()
    fake.wait_for(lambda: len(views(fake)) == 1, "the first view")
    page.goto("about:blank")
    fake.wait_for(lambda: len(views(fake)) == 2, "the second view")
    assert views(fake) == [{"site_id": "demo", "path": "/"}, {"site_id": "demo", "path": "/shop-policy.html"}]
    for call in fake.calls("POST", "/v1/visits"):
        assert not {"Cookie", "Referer", "Authorization"} & set(call.headers)


def test_N1_of_where_somebody_came_from_only_the_host_is_told(page: Page, fake: Fake) -> None:
    fake.pages["/spa"] = SPA.format(more="")
    other = fake.web_url.replace("127.0.0.1", "localhost")
    fake.pages["/from"] = (
        """<!doctype html><title>x</title><meta name="referrer" content="unsafe-url"><a href="%s/spa">go</a>"""
    )
    fake.pages["/from"] %= fake.web_url
    page.goto(f"{other}/from?secret=1")
    page.get_by_role("link").click()
    expect(Widget(page).launcher).to_be_visible()
    page.goto("about:blank")
    fake.wait_for(lambda: views(fake), "the view")
    assert views(fake) == [{"site_id": "demo", "path": "/spa", "referrer": other}]


def test_N1_a_page_that_changes_its_address_is_another_view(spa: Widget, fake: Fake, page: Page) -> None:
    page.evaluate("history.pushState({}, '', '/one?q=1')")
    page.evaluate("history.replaceState({}, '', '/one?q=2')")
    page.evaluate("history.pushState({}, '', '/two')")
    fake.wait_for(lambda: len(views(fake)) == 2, "the views that ended")
    assert {one["path"] for one in views(fake)} == {"/spa", "/one"}


@pytest.mark.parametrize(
    "how", ["attribute", "navigator.globalPrivacyControl", "navigator.doNotTrack"], ids=lambda one: one.split(".")[-1]
)
def test_N1_who_does_not_want_to_be_counted_is_not(page: Page, fake: Fake, how: str) -> None:
    fake.pages["/spa"] = SPA.format(more='data-visits="off"' if how == "attribute" else "")
    if how != "attribute":
        value = "'1'" if how.endswith("Track") else "true"
        page.add_init_script(f"Object.defineProperty(navigator, '{how.split('.')[1]}', {{value: {value}}})")
    Widget(page).goto(f"{fake.web_url}/spa")
    page.evaluate("history.pushState({}, '', '/one')")
    Widget(page).goto(f"{fake.web_url}/spa").show().start("Hello")
    assert views(fake) == []


UNCOUNTED = {VISITS_ENTRY: "1"}
FOUR_VIEWS = "for (const one of ['/a', '/b', '/c', '/d']) history.pushState({}, '', one)"


def test_N1_a_line_of_the_menu_stops_the_counting_on_this_website_and_starts_it_again(
    spa: Widget, fake: Fake, page: Page
) -> None:
    spa.show().choose("Do not count my visits")
    expect(spa.window.get_by_role("dialog")).to_contain_text("never who visits them")
    assert spa.stored()["local"] == {}, "it was only asked"
    spa.window.get_by_role("dialog").get_by_role("button", name="Do not count my visits").click()
    expect(spa.window.get_by_role("dialog")).to_have_count(0)
    assert spa.stored() == {"session": {}, "local": UNCOUNTED, "cookies": ""}
    page.evaluate(FOUR_VIEWS)
    spa.goto(f"{fake.web_url}/spa").show().start("Hello")
    page.goto("about:blank")
    assert views(fake) == [], "neither this view, nor those after it, nor the page before"
    spa.goto(f"{fake.web_url}/spa")
    spa.choose("Count my visits again")
    spa.window.get_by_role("dialog").get_by_role("button", name="Count my visits again").click()
    expect(spa.window.get_by_role("dialog")).to_have_count(0)
    assert spa.stored()["local"] == {}
    page.evaluate("history.pushState({}, '', '/again')")
    fake.wait_for(lambda: views(fake), "the view")
    assert views(fake) == [{"site_id": "demo", "path": "/spa"}]


def test_N1_what_one_tab_says_holds_in_the_others_at_once(spa: Widget, fake: Fake, page: Page) -> None:
    other = page.context.new_page()
    Widget(other).goto(f"{fake.web_url}/spa")
    other.evaluate(f"localStorage.setItem('{VISITS_ENTRY}', '1')")
    page.evaluate(FOUR_VIEWS)
    spa.show().start("Hello")
    assert views(fake) == []
    other.close()


@pytest.mark.parametrize("widget_on_it", [False, True], ids=["without the widget", "with the widget"])
def test_N1_the_notices_button_for_a_websites_own_policy_page_stops_the_counting(
    page: Page, fake: Fake, widget_on_it: bool
) -> None:
    fake.pages["/spa"] = SPA.format(more="")
    tag = '<script src="/widget.js" data-site="demo" async></script>' if widget_on_it else ""
    fake.pages["/policy"] = f"<!doctype html><title>Policy</title><body>{VISITS_BUTTON}{tag}"
    page.goto(f"{fake.web_url}/policy")
    if widget_on_it:
        expect(Widget(page).launcher).to_be_visible()
    page.get_by_role("button", name="Do not count my visits").click()
    expect(page.get_by_role("button", name="Your visits are not counted")).to_be_disabled()
    assert page.evaluate("({...localStorage})") == UNCOUNTED
    Widget(page).goto(f"{fake.web_url}/spa").show()
    page.evaluate(FOUR_VIEWS)
    Widget(page).start("Hello")
    assert views(fake) == []


@pytest.mark.parametrize(
    "how", ["storage", "attribute", "navigator.globalPrivacyControl"], ids=lambda one: one.split(".")[-1]
)
def test_N1_where_nobody_is_counted_the_menu_has_no_such_line(page: Page, fake: Fake, how: str) -> None:
    """A browser that keeps nothing could not keep a "no" either, so it is not counted."""
    fake.pages["/spa"] = SPA.format(more='data-visits="off"' if how == "attribute" else "")
    if how == "storage":
        page.add_init_script(
            "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('', 'SecurityError') }})"
        )
    elif how != "attribute":
        page.add_init_script(f"Object.defineProperty(navigator, '{how.split('.')[1]}', {{value: true}})")
    widget = Widget(page).goto(f"{fake.web_url}/spa").show()
    expect(widget.button("Chat options")).to_be_hidden()
    page.evaluate(FOUR_VIEWS)
    widget.start("Hello")
    widget.button("Chat options").click()
    expect(widget.window.locator(".menu").get_by_role("button").last).to_have_text("Delete my chat")
    assert views(fake) == []


def test_N1_a_browser_without_room_says_that_the_no_could_not_be_kept(spa: Widget, page: Page) -> None:
    page.evaluate("Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') }; null")
    spa.show().choose("Do not count my visits")
    sheet = spa.window.get_by_role("dialog")
    sheet.get_by_role("button", name="Do not count my visits").click()
    expect(sheet.get_by_role("alert")).to_have_text("Something went wrong. Please try again.")


def test_a_copy_to_keep_is_made_on_the_page(widget: Widget, fake: Fake, page: Page, tmp_path: Path) -> None:
    widget.show().start("Hello <b>“there”</b>")
    fake.operator_says("صباح الخير\n🫖")
    expect(widget.lines).to_have_count(2)
    fake.live = False
    asked = [one for one in fake.requests if "/messages" not in one.path]
    before = datetime.now(UTC).date()
    with page.expect_download() as saved:
        widget.choose("Download")
    days = (before, datetime.now(UTC).date())  # midnight may come between
    assert saved.value.suggested_filename in [f"chat-{day}.txt" for day in days]
    saved.value.save_as(tmp_path / "chat.txt")
    text = (tmp_path / "chat.txt").read_text("utf-8-sig")
    assert text.startswith("Corner Shop · ")
    places = [text.index(part) for part in ("You · ", "\nHello <b>“there”</b>\n", "Olga · ", "\nصباح الخير\n🫖\n")]
    assert places == sorted(places)
    assert [one for one in fake.requests if "/messages" not in one.path] == asked


def test_N7_the_key_of_the_chat_can_be_copied_and_is_kept_nowhere_else(widget: Widget, fake: Fake, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    widget.show().start("Hello")
    held = page.evaluate("sessionStorage.getItem('imchat')")
    widget.choose("Key of this chat")
    expect(widget.field("key")).to_have_value(json.loads(held)["token"])
    widget.button("Copy the key").click()
    expect(widget.field("key")).to_have_count(0)
    assert page.evaluate("navigator.clipboard.readText()") == json.loads(held)["token"]
    assert page.evaluate("[localStorage.length, Object.keys(sessionStorage)]") == [0, ["imchat"]]
    assert json.loads(held)["token"] not in page.url


def test_N7_where_nothing_can_be_copied_the_key_is_there_to_be_selected(widget: Widget, fake: Fake, page: Page) -> None:
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    widget.show().start("Hello")
    widget.choose("Key of this chat")
    widget.button("Copy the key").click()
    expect(widget.window.get_by_role("dialog").get_by_text("copy it yourself")).to_be_visible()
    expect(widget.field("key")).to_have_count(1)


def test_an_ended_chat_can_still_be_downloaded(widget: Widget, fake: Fake, page: Page) -> None:
    widget.show().start("Hello")
    fake.operator_ends()
    with page.expect_download():
        widget.button("Download").click()


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (0, "Back today at 23:59"),
        (2, "Back on Wednesday at 09:00"),
        (30, "Back on Wednesday 23 December at 09:00"),
    ],
)
def test_away_says_when_somebody_is_back_in_the_sites_words(page: Page, fake: Fake, days: int, says: str) -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    back = (now + timedelta(days=days)).replace(hour=9) if days else now.replace(hour=23, minute=59)
    page.clock.install(time=now)
    fake.online, fake.opens_at = False, back.isoformat()
    widget = Widget(page).goto(fake.web_url).show()
    expect(widget.window.locator(".presence")).to_have_text(says)
    expect(widget.window.locator(".hint").first).to_contain_text(says)
    fake.texts = {"welcome": "Ask us anything.", "away": "We are at the fair. <b>"}
    widget.goto(fake.web_url).show()
    expect(widget.window.locator(".hint").first).to_have_text("We are at the fair. <b>")
    fake.online = True
    widget.goto(fake.web_url).show()
    expect(widget.window.locator(".hint").first).to_have_text("Ask us anything.")


def test_the_form_learns_by_itself_that_somebody_has_come(page: Page, fake: Fake) -> None:
    page.clock.install()
    fake.online = False
    widget = Widget(page).goto(fake.web_url).show()
    presence = widget.window.locator(".presence")
    expect(presence).to_have_text("Away just now")
    widget.field("message").fill("Is anybody there?")
    fake.online = True
    page.clock.run_for(16_000)
    expect(presence).to_have_text("Online now")
    expect(widget.button("Start chat")).to_be_visible()
    expect(widget.field("message")).to_have_value("Is anybody there?")
    widget.button("Close the chat window").click()
    asked = len(fake.calls("GET", "/v1/sites/demo"))
    page.clock.run_for(60_000)
    assert len(fake.calls("GET", "/v1/sites/demo")) == asked, "nobody looks at it"


@pytest.mark.parametrize(
    ("tag", "own", "languages", "speaks"),
    [
        ("fr", "en", ["en", "de"], "en"),
        ("fr", "de", ["de"], "de"),
        ("ar", "en", ["en", "ar"], "ar"),
        ("pl", "es", None, "es"),
    ],
)
def test_a_site_may_speak_fewer_languages_and_has_its_own(
    page: Page, fake: Fake, tag: str, own: str, languages: list[str] | None, speaks: str
) -> None:
    fake.language, fake.languages = own, languages
    widget = Widget(page).goto(f"{fake.web_url}/?lang={tag}")
    expect(widget.root.locator(".root")).to_have_attribute("lang", speaks)


def test_how_it_looks_is_the_pages_choice(page: Page, fake: Fake) -> None:
    fake.colour = "#123456"
    more = 'data-colour="#ffd400" data-colour-dark="#003322" data-position="left"'
    fake.pages["/look"] = SPA.format(more=more)
    fake.pages["/dark"] = SPA.format(more=f'{more} data-theme="dark"')
    colours = "(one) => [getComputedStyle(one).backgroundColor, getComputedStyle(one).color]"
    widget = Widget(page).goto(f"{fake.web_url}/look")
    assert widget.launcher.evaluate(colours) == ["rgb(255, 212, 0)", "rgb(0, 0, 0)"]
    boxes = [widget.launcher.bounding_box(), widget.show().window.bounding_box()]
    assert [box and box["x"] for box in boxes] == [20, 20]
    widget.goto(f"{fake.web_url}/dark").show()
    assert widget.launcher.evaluate(colours) == ["rgb(0, 51, 34)", "rgb(255, 255, 255)"]
    assert widget.window.evaluate(colours)[0] == "rgb(21, 27, 27)"


def test_N2_what_the_browser_itself_counts_before_the_first_act(page: Page, fake: Fake, watch: Watch) -> None:
    """The script and one request, as the browser timed them; the second part only when the button is pointed at."""
    fake.pages["/spa"] = SPA.format(more="")
    widget = Widget(page).goto(f"{fake.web_url}/spa")
    # The browser asks for the page's icon by itself, when it likes.
    seen = """() => performance.getEntriesByType('resource')
        .map((one) => new URL(one.name).pathname).filter((path) => path !== '/favicon.ico')"""
    before = page.evaluate(seen)
    assert sorted(before) == ["/v1/sites/demo", "/widget.js"]
    widget.show()
    opened = page.evaluate(seen)[len(before) :]
    assert sorted(name.split("-")[0] for name in opened) == ["/widget/en", "/widget/main"]
    assert watch.hosts == {fake.web_url.removeprefix("http://")}
    assert json.dumps(widget.stored()) == json.dumps({"session": {}, "local": {}, "cookies": ""})

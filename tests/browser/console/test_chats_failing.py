"""What goes wrong, and what an operator loses by it: nothing."""

import re
from typing import Any

from playwright.sync_api import Route, WebSocketRoute, expect

from imchat import clock
from imchat.chat.restricting import restrict
from tests.browser.console.chats import Chats
from tests.browser.console.conftest import OpenConsole
from tests.flow.sites import TestSite

_POSTS = re.compile(r"/v1/operator/chats/[^/]+/messages$")


def test_what_is_written_while_the_line_is_down_is_said_once_and_in_order(
    site: TestSite, open_console: OpenConsole
) -> None:
    visitor = site.visitor()
    visitor.open(text="Hello", name="Ada")
    chats = Chats(open_console(site.operator, "chats", visitor.chat_id)).live()
    page = chats.page
    chats.said("Hello")

    # Nothing goes out, and nothing comes in: what the visitor says meanwhile is asked for afterwards.
    page.context.set_offline(True)
    expect(chats.inbox.get_by_text("No connection.")).to_be_visible()
    chats.say("one").say("two")
    expect(chats.log.get_by_text("Not sent yet.")).to_have_count(1)
    visitor.say("Are you there?")
    visitor.say("Hello?")
    assert chats.console.violations() == []
    page.context.set_offline(False)
    chats.said("Hello", "Are you there?", "Hello?", "one", "two")
    visitor.poll()
    assert [one["text"] for one in visitor.seen] == ["Hello", "Are you there?", "Hello?", "one", "two"]
    chats.live()

    # What the server will not have stays, with the reason, and can be taken back.
    page.route(_POSTS, lambda route: route.fulfill(status=409, json=_refusal("chat_closed")))
    chats.say("five")
    expect(chats.log.get_by_text("This is refused.")).to_be_visible()
    assert chats.console.violations() == []
    chats.log.get_by_role("button", name="Take back").click()
    expect(chats.reply).to_have_value("five")


def _refusal(kind: str) -> dict[str, Any]:
    return {"type": f"/problems/{kind}", "title": "No", "status": 409, "detail": "This is refused."}


def test_without_a_live_line_it_is_asked_for(site: TestSite, open_console: OpenConsole) -> None:
    visitor = site.visitor()
    visitor.open(text="one", name="Ada")
    console = open_console()
    chats, page = Chats(console), console.page
    down = True
    page.route("**/v1/operator/socket", lambda route: route.abort() if down else route.continue_())
    console.goto("chats", visitor.chat_id).sign_in(site.operator)
    expect(chats.inbox.get_by_text("Looking every 3 seconds")).to_be_visible()
    chats.said("one")
    visitor.say("two")
    chats.said("one", "two")
    other = site.visitor()
    other.open(text="Me too", name="Bob")
    expect(chats.row("Bob")).to_be_visible()
    chats.titled(1)

    # A server in trouble: said, and over when it is.
    page.route("**/v1/operator/chats?**", lambda route: route.fulfill(status=503, json=_refusal("unavailable")))
    expect(chats.inbox.get_by_role("alert")).to_contain_text("This is refused.")
    expect(chats.inbox.get_by_text("No connection.")).to_be_visible()
    expect(chats.row("Bob")).to_be_visible()
    page.unroute("**/v1/operator/chats?**")
    expect(chats.inbox.get_by_role("alert")).to_have_count(0)

    # The server takes a reply and its answer is lost: it is sent again as the same, and said once.
    reading = re.compile(rf"/chats/{visitor.chat_id}\?after=")
    page.route(reading, lambda route: route.fulfill(status=503, json=_refusal("unavailable")))
    sent: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        sent.append(route.request.post_data_json["client_id"])
        if len(sent) == 1:
            route.fetch()
            route.abort()
        else:
            page.unroute(reading)
            route.continue_()

    page.route(_POSTS, lose_the_first_answer)
    chats.say("three")
    chats.said("one", "two", "three")
    assert len(sent) == 2
    assert len(set(sent)) == 1
    visitor.poll()
    assert [one["text"] for one in visitor.seen] == ["one", "two", "three"]

    # The line is there again.
    down = False
    page.context.set_offline(True)
    page.context.set_offline(False)
    chats.live()
    visitor.say("four")
    chats.said("one", "two", "three", "four")


def test_pushes_that_are_lost_doubled_and_late(site: TestSite, open_console: OpenConsole) -> None:
    visitor = site.visitor()
    visitor.open(text="one", name="Ada")
    console = open_console()
    pushed: list[str] = []
    held: list[str] = []

    def unruly(line: WebSocketRoute) -> None:
        server = line.connect_to_server()

        def hear(frame: str | bytes) -> None:
            if '"type":"message"' not in str(frame):
                line.send(frame)
                return
            pushed.append(str(frame))
            if '"two"' in pushed[-1] or '"four"' in pushed[-1]:
                held.append(pushed[-1])
                return
            for late in (pushed[-1], pushed[-1], *held):
                line.send(late)
            held.clear()

        server.on_message(hear)

    console.page.route_web_socket("**/socket", unruly)
    console.goto("chats", visitor.chat_id).sign_in(site.operator)
    chats = Chats(console).live()
    chats.said("one")
    for text in ("two", "three", "four", "five"):
        visitor.say(text)
    chats.said("one", "two", "three", "four", "five")
    chats.say("six").said("one", "two", "three", "four", "five", "six")
    visitor.say("seven")
    chats.said("one", "two", "three", "four", "five", "six", "seven")
    assert pushed


def test_a_session_that_ends_loses_nothing(site: TestSite, open_console: OpenConsole) -> None:
    visitor = site.visitor()
    visitor.open(text="Hello", name="Ada")
    console = open_console(site.operator, "chats", visitor.chat_id)
    chats, page = Chats(console).live(), console.page
    chats.say("Good morning!").said("Hello", "Good morning!")
    chats.reply.fill("I was just about to")
    place = page.url
    ended = {"type": "/problems/unauthorised", "title": "Not signed in", "status": 401}
    page.route("**/v1/operator/chats/*/notes", lambda route: route.fulfill(status=401, json=ended), times=1)
    chats.remark("Nice to talk to")
    expect(page.get_by_role("heading", name="Please sign in again")).to_be_visible()
    assert console.violations() == []
    console.sign_in(site.operator)
    expect(chats.note).to_be_focused()  # where one was
    chats.said("Hello", "Good morning!", "Nice to talk to")
    console.button("Reply").click()
    expect(chats.reply).to_have_value("I was just about to")
    assert page.url == place


def test_bad_input_shows_as_text_and_breaks_nothing(site: TestSite, open_console: OpenConsole) -> None:
    script, image = "<script>alert(1)</script>", "<img src=x onerror=alert(1)>"
    visitor = site.visitor()
    visitor.open(text=script, name=image, page_url="https://shop.example/<b>kettles</b>", locale="ar")
    visitor.say("javascript:alert(1) https://shop.example/a?b=c. http://user:pass@example.org")
    long = "x" * 4000
    visitor.say(long)
    visitor.rate(1, comment=image)
    for phone in (False, True):
        console = open_console(site.operator, "chats", phone=phone)
        chats, page = Chats(console), console.page
        chats.open(image)
        chats.said(script, "javascript:alert(1) https://shop.example/a?b=c. http://user:pass@example.org", long)
        links = chats.log.get_by_role("link").all()
        assert [link.get_attribute("href") for link in links] == [
            "https://shop.example/a?b=c",
            "http://user:pass@example.org/",
        ]
        assert {link.get_attribute("rel") for link in links} == {"noopener noreferrer nofollow"}
        wide = "() => document.documentElement.scrollWidth - innerWidth"
        assert page.evaluate(wide) <= 0
        assert chats.log.evaluate("(log) => log.scrollWidth - log.clientWidth") <= 0

    # Too long to send: said, nothing lost, and sent once it fits.
    chats.reply.fill("y" * 4001)
    expect(page.get_by_text("1 character too many: at most 4,000 can be sent.")).to_be_visible()
    chats.reply.press("Enter")
    assert console.violations() == []
    expect(chats.reply).to_have_value("y" * 4001)
    chats.reply.press("Backspace")
    chats.reply.press("Enter")
    expect(chats.log.locator(".group.operator .text")).to_have_text("y" * 4000)
    expect(chats.log.locator(".waiting")).to_have_count(0)
    visitor.poll()
    assert visitor.seen[-1]["text"] == "y" * 4000


def test_a_preview_is_cut_at_its_end_whichever_way_it_is_written(site: TestSite, open_console: OpenConsole) -> None:
    visitor = site.visitor()
    visitor.open(text="مرحبا " + "https://shop.example/kettles " * 4, name="ليلى")
    chats = Chats(open_console(site.operator, "chats")).live()
    preview = chats.row("ليلى").locator(".preview bdi")
    begins = """(text) => { const range = document.createRange(); range.setStart(text.firstChild, 0); range.setEnd(
        text.firstChild, 5); const word = range.getBoundingClientRect(), box = text.getBoundingClientRect();
        return word.left >= box.left && word.right <= box.right + 1 }"""
    assert preview.evaluate(begins), "the first word is seen"


def test_chats_that_cannot_be_read_say_why(site: TestSite, open_console: OpenConsole) -> None:
    kept, deleted = site.visitor(), site.visitor()
    for visitor in (kept, deleted):
        visitor.open(text="Hello", name="Ada")
    assert restrict(kept.chat_id, "privacy", clock.now())
    deleted.delete()
    console = open_console(site.operator, "chats", kept.chat_id)
    expect(console.page.get_by_role("heading", name="This chat is restricted")).to_be_visible()
    assert console.violations() == []
    console.goto("chats", deleted.chat_id)
    expect(console.page.get_by_role("heading", name="This chat is not here any more")).to_be_visible()
    expect(Chats(console).details).to_be_hidden()
    console.page.get_by_role("link", name="Back to the inbox").click()
    expect(console.page.get_by_text("All quiet").or_(console.page.get_by_text("Waiting for the first"))).to_be_visible()


def _by_a_clock_of_ours(site: TestSite, open_console: OpenConsole, chat_id: str) -> Chats:
    """An operator's page at a chat, whose time passes as the test says."""
    console = open_console()
    console.page.clock.install()
    return Chats(console.goto("chats", chat_id).sign_in(site.operator)).live()


def test_N17_what_nobody_may_see_any_more_goes_from_the_pages_that_show_it(
    site: TestSite, open_console: OpenConsole
) -> None:
    ada, bob = site.visitor(), site.visitor()
    ada.open(text="a word of Ada", name="Ada", email="ada@example.org")
    bob.open(text="a word of Bob", name="Bob")
    chats = _by_a_clock_of_ours(site, open_console, ada.chat_id)
    page = chats.page
    chats.said("a word of Ada")
    expect(chats.row("Bob")).to_be_visible()

    assert restrict(ada.chat_id, "privacy", clock.now())
    expect(page.get_by_role("heading", name="This chat is restricted")).to_be_visible()
    expect(page.get_by_text("Ada")).to_have_count(0)
    expect(page.get_by_text("ada@example.org")).to_have_count(0)

    # Its twelve months are over while the page is open, and no server says so.
    chats.open("Bob").said("a word of Bob")
    page.context.set_offline(True)
    page.clock.fast_forward(366 * 24 * 3600 * 1000)
    expect(page.get_by_role("heading", name="This chat is not here any more")).to_be_visible()
    expect(page.get_by_text("Bob")).to_have_count(0)


def test_when_somebody_else_has_signed_in_beside_nothing_goes_out_under_their_name(
    site: TestSite, open_console: OpenConsole
) -> None:
    visitor = site.visitor()
    visitor.open(text="Hello", name="Ada")
    chats = _by_a_clock_of_ours(site, open_console, visitor.chat_id)
    console, page = chats.console, chats.page
    chats.said("Hello")
    page.route(_POSTS, lambda route: route.abort())
    chats.say("from Olga")
    expect(chats.log.get_by_text("Not sent yet.")).to_be_visible()
    page.unroute(_POSTS)
    page.on("dialog", lambda dialog: dialog.accept())  # what is not sent may be left

    # In another tab, which has the same cookies; and the token of this one ends.
    credentials = {"username": site.colleague.username, "password": site.colleague.password}
    origin = {"Origin": console.address.removesuffix("/console/")}
    beside = page.request.post(f"{origin['Origin']}/v1/sign-in", data=credentials, headers=origin)
    assert beside.ok
    page.clock.fast_forward(31 * 60 * 1000)
    expect(page.get_by_role("navigation", name="Console").get_by_text("Otto", exact=True)).to_be_visible()
    expect(chats.log.get_by_text("Hello")).to_be_visible()
    expect(chats.log.get_by_text("from Olga")).to_have_count(0)
    visitor.poll()
    assert [one["text"] for one in visitor.seen] == ["Hello"]


def test_who_could_not_be_signed_out_is_told_so(site: TestSite, open_console: OpenConsole) -> None:
    console = open_console(site.operator, "chats")
    page = console.page
    Chats(console).live()
    page.route("**/v1/sign-in", lambda route: route.abort(), times=1)
    console.button("Sign out").click()
    expect(page.get_by_text("You are still signed in.")).to_be_visible()
    console.button("Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(f"{console.address}#/%E0%A4%A")  # no address of ours
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

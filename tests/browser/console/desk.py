"""The privacy desk as its staff use it."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.console.driver import Console
from tests.flow.sites import TestSite

_RECTANGLE = """(value, text) => {
  const range = document.createRange(), walker = document.createTreeWalker(value, NodeFilter.SHOW_TEXT);
  let node;
  while ((node = walker.nextNode()) && !node.data.includes(text));
  const start = node.data.indexOf(text);
  range.setStart(node, start);
  range.setEnd(node, start + text.length);
  const {left, right, top, bottom} = range.getBoundingClientRect();
  return {left, right, middle: (top + bottom) / 2};
}"""


def select_with_mouse(page: Page, value: Locator, text: str) -> None:
    """Drag over ``text``, which stands on one line in ``value``."""
    value.scroll_into_view_if_needed()
    at = value.evaluate(_RECTANGLE, text)
    page.mouse.move(at["left"] + 0.5, at["middle"])
    page.mouse.down()
    page.mouse.move(at["right"] - 0.5, at["middle"], steps=4)
    page.mouse.up()


def fact(page: Page, text: str) -> Locator:
    """The line of a finding that holds ``text``."""
    return page.locator(".fact").filter(has_text=text)


def step_of_request(page: Page, name: str) -> Locator:
    """The step of a request's progress that it is at, if it is ``name``."""
    return page.locator("li[aria-current=step]").filter(has_text=name)


def confirm(console: Console, title: str, button: str, **fields: str) -> None:
    """Fill in the window with this title, press its button, and see it go."""
    window = console.dialog(title)
    for label, value in fields.items():
        window.get_by_label(label.replace("_", " ")).fill(value)
    window.get_by_role("button", name=button, exact=True).click()
    expect(window).to_have_count(0)


def weigh(window: Locator) -> None:
    """Say what was weighed about the other person, in the window that leaves something out."""
    window.get_by_label("What it is about").select_option(label="Their private life")
    window.get_by_label("Do we owe them confidence?").select_option(label="Yes")
    window.get_by_label("What was done to get their consent").select_option(label="We could not ask them")
    window.get_by_label("Are they capable of consenting?").select_option(label="Yes")
    window.get_by_label("Did they expressly refuse?").select_option(label="No")


def taken_in(site: TestSite, kind: str, received_at: str, *, proven: bool = True, **more: Any) -> str:
    """A request that came by letter, and was taken in by ``privacy2``; its reference."""
    proof = {"identity": {"decision": "proven", "method": "document", "at": received_at}} if proven else {}
    body = {"type": kind, "channel": "letter", "received_at": received_at} | proof | more
    made = site.privacy2("POST", "/v1/desk/requests", body)
    assert made.status == 201, made.body
    return str(made.json["reference"])

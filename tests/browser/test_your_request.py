"""The page where a person proves an address and fetches the copy of their data, on the deployed stack."""

import zipfile
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.flow.rights import at_step, code_to, person, take_in
from tests.flow.sites import TestSite, make_site

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture(scope="module")
def site(stack: dict[str, Any]) -> TestSite:
    return make_site(stack)


def enter(page: Page, code: str) -> None:
    page.get_by_label("Code from our mail").fill(code)
    page.get_by_role("button", name="Go on").click()


def test_N13_a_code_proves_the_address_and_another_fetches_the_copy(
    page: Page, site: TestSite, stack: dict[str, Any]
) -> None:
    email = person()
    site.visitor().open(email=email, text="hello there")
    path = take_in(site, "access", email, identity=None)
    page.goto(f"{stack['web_url']}/your-request.html?reference={path.rpartition('/')[2]}")
    enter(page, "000000" if (code := code_to(stack, email)) != "000000" else "000001")
    expect(page.get_by_role("status")).to_contain_text("This code is wrong")
    enter(page, code)
    expect(page.get_by_role("status")).to_contain_text("the address is yours")
    expect(page.locator("form")).to_be_hidden()
    at_step(site.privacy, path, "review")
    page.reload()
    enter(page, code)
    expect(page.get_by_role("status")).to_contain_text("This code is wrong")
    assert site.privacy("POST", f"{path}/approve").status == 200
    at_step(site.privacy, path, "delivery")
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("status")).to_contain_text("on its way")
    enter(page, code_to(stack, email, before=1))
    expect(page.get_by_role("link", name="Download your copy")).to_be_focused()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download your copy").click()
    with zipfile.ZipFile(downloading.value.path()) as copy:
        assert b"hello there" in copy.read("export.json")
    assert site.privacy("GET", path).json["fetched_at"]


@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_fits_and_can_be_used_by_keyboard(page: Page, stack: dict[str, Any], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{stack['web_url']}/your-request.html?reference=abcd-efgh-ijkl")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.get_by_label("Reference")).to_have_value("abcd-efgh-ijkl")
    expect(page.get_by_label("Code from our mail")).to_be_focused()
    page.keyboard.type("123456")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("This code is wrong")
    page.goto(f"{stack['web_url']}/your-request.html?reference=<b>x</b>")
    expect(page.get_by_label("Reference")).to_have_value("")

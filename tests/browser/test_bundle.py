"""The copy of a person's data as people open it: unpacked, with a double click, without a network."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watch
from tests.unit.bundles import everything, unpacked, write

CHAT = "transcripts/aaaaaaaaaaaaaaaaaaaaaaaaab.html"
PAGES = ("index.html", "response.html", CHAT, "records/correspondence-0001.html", "records/evidence-0001.html")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked copy."""
    folder = tmp_path_factory.mktemp("copy")
    for name, content in unpacked(write(everything())).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder


@pytest.fixture
def console(page: Page) -> Iterator[list[str]]:
    """Whatever the pages wrote to the console: nothing."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    yield said
    assert said == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [360, 1280])
def test_N12_the_copy_opens_without_a_network_on_any_screen(
    page: Page, watch: Watch, folder: Path, console: list[str], name: str, width: int
) -> None:
    """Nothing is asked of any host, nothing is wrong, and nothing runs out of the screen."""
    page.set_viewport_size({"width": width, "height": 740})
    page.goto((folder / name).as_uri())
    expect(page.locator("h1")).to_be_visible()
    assert watch.hosts == {""}
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_everything_is_reached_from_the_first_page(page: Page, watch: Watch, folder: Path, console: list[str]) -> None:
    page.goto((folder / "index.html").as_uri())
    page.get_by_role("link", name="Our answer to you").click()
    expect(page.get_by_role("heading", name="1. What we hold")).to_be_visible()
    page.get_by_role("link", name="All your data").click()
    page.get_by_role("link", name="Chat of 3 December 2025, 15:07 GMT").click()
    expect(page.get_by_text("My parcel has not come.")).to_be_visible()
    page.get_by_role("link", name="All your data").click()
    page.get_by_role("link", name="Read 130 records").click()
    page.get_by_role("link", name="Page 2 →").click()
    expect(page.get_by_role("heading", name="Evidence 130")).to_be_visible()
    page.get_by_role("link", name="← Page 1").click()
    expect(page.get_by_role("heading", name="Evidence 1", exact=True)).to_be_visible()
    assert watch.hosts == {""}


def test_what_somebody_wrote_is_shown_and_never_run(page: Page, folder: Path, console: list[str]) -> None:
    page.goto((folder / CHAT).as_uri())
    expect(page.get_by_text("It is 4711 <script>alert('x')</script> & thanks 😀")).to_be_visible()
    arabic = page.get_by_text("شكرا جزيلا")
    assert arabic.evaluate("(one) => getComputedStyle(one).direction") == "rtl"
    first = page.get_by_text("My parcel has not come.")
    assert "come.\nIt was sent" in first.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(browser: Browser, folder: Path, scheme: str) -> None:
    """A contrast of 4.5 at least, in the light and in the dark (WCAG 2.2, 1.4.3)."""
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    for name in (CHAT, "response.html", "index.html"):
        page.goto((folder / name).as_uri())
        assert page.evaluate(_LEAST_CONTRAST) >= 4.5
    context.close()


# The least contrast of any text with the nearest background that is not transparent.
_LEAST_CONTRAST = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = parts(colour).slice(0, 3).map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (parts(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  let least = 21;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!walker.currentNode.data.trim()) continue;
    const one = walker.currentNode.parentElement;
    const [a, b] = [light(getComputedStyle(one).color), light(behind(one))].sort((x, y) => y - x);
    least = Math.min(least, (a + 0.05) / (b + 0.05));
  }
  return least;
}"""

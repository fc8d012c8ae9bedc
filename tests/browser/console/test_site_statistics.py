"""The owner's statistics: charts, the numbers behind each, the days chosen, the file."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, expect
from pynamodb.expressions.operand import Path

from imchat.stores.statistics import Day
from imchat.stores.tallies import month_key
from imchat.stores.visits import VisitDay
from imchat.visits.counting import DISTINCT_A_DAY, PATH_BYTES
from tests.browser.console.conftest import OpenConsole
from tests.browser.console.driver import Console
from tests.flow.sites import TestSite

# Long ago, so that no preset reaches it.
FIRST, LAST = date(2021, 3, 1), date(2021, 3, 30)
HOSTILE = "/<img src=x onerror=alert(1)>"


def count(site: TestSite, day: date, **counts: int) -> None:
    named = {name.replace("__", ":"): number for name, number in counts.items()}
    Day(site.site.site_id, day.isoformat()).change([Path([name]).add(number) for name, number in named.items()])


@pytest.fixture
def counted(site: TestSite) -> TestSite:
    """A site with the counts of two days, and of one day in the period before."""
    usual = {"country__GB": 2, "browser__chrome": 1, "browser__firefox": 2, "outcome__closed": 3}
    count(
        site, FIRST, chats=3, messages__visitor=4, messages__operator=8, waiting__30=2, waiting__unanswered=1,
        duration__300=3, rating__5=1, rating__2=1, country__FR=1, **usual,
    )  # fmt: skip
    count(
        site, LAST, chats=5, messages__visitor=6, messages__operator=6, waiting__10=1, waiting__60=4, duration__600=4,
        duration__longer=1, rating__5=2, country__unknown=3, **usual,
    )  # fmt: skip
    count(site, FIRST - timedelta(days=3), chats=4, waiting__600=4, duration__60=4, rating__4=1)
    VisitDay(
        site.site.site_id, LAST.isoformat(), views=9, visitors=4, bots=2, paths={"/": 6, HOSTILE: 2, "other": 1},
        referrers={"news.example": 3},
    ).save()  # fmt: skip
    return site


def card(console: Console, title: str) -> Locator:
    return console.page.get_by_role("region", name=title, exact=True)


def numbers(console: Console, title: str) -> dict[str, list[str]]:
    """The table behind a chart, by what each row is about."""
    console.button(f"Table of {title}").click()
    rows = card(console, title).locator("tbody tr")
    return {row.get_by_role("rowheader").inner_text(): row.get_by_role("cell").all_inner_texts() for row in rows.all()}


def figure(console: Console, words: str) -> list[str]:
    """A figure at the top: its value, and how it stands beside the days before."""
    return console.page.locator(".figure", has_text=words).inner_text().replace("\xa0", " ").split("\n")[1:]


def test_N20_charts_say_what_was_counted_and_the_tables_behind_them_hold_it(
    counted: TestSite, open_console: OpenConsole
) -> None:
    console = open_console(counted.owner, "site", "statistics", FIRST.isoformat(), LAST.isoformat())
    expect(console.page.get_by_text("no number here stands for anybody")).to_be_visible()
    expect(console.page.locator(".figures")).to_be_visible()
    assert console.violations() == []
    assert figure(console, "Chats") == ["8", "100% more than 4"]
    assert figure(console, "Answered") == ["88%", "100% before"]
    assert figure(console, "Typical wait") == ["≤ 1 min", "≤ 10 min before"]
    assert figure(console, "Typical length") == ["≤ 10 min", "≤ 1 min before"]
    assert figure(console, "Rating") == ["4.3 of 5", "4.0 before"]
    assert figure(console, "Messages a chat") == ["3.0", "0.0 before"]
    assert figure(console, "Page visits") == ["9", "none before"]

    chart = card(console, "Chats a day")
    chart.get_by_role("img").focus()
    console.page.keyboard.press("End")
    expect(chart.locator("[aria-live]")).to_have_text("Tue, 30 Mar 2021: Chats 5, Before 0")
    console.page.keyboard.press("Home")
    expect(chart.locator("[aria-live]")).to_contain_text("1 Mar 2021: Chats 3, Before 0")

    days = numbers(console, "Chats a day")
    assert len(days) == 30
    assert days["Mon, 1 Mar 2021"] == ["3", "0"]
    assert days["Sun, 28 Mar 2021"] == ["0", "4"]
    assert days["Tue, 30 Mar 2021"] == ["5", "0"]
    waiting = {
        name.replace("\xa0", " "): cells for name, cells in numbers(console, "Waiting for the first reply").items()
    }
    assert {name: cells for name, cells in waiting.items() if cells != ["0", "0"]} == {
        "up to 10 s": ["1", "0"],
        "up to 30 s": ["2", "0"],
        "up to 1 min": ["4", "0"],
        "up to 10 min": ["0", "4"],
        "no reply": ["1", "0"],
    }
    assert list(numbers(console, "How long chats lasted").values())[-1] == ["1", "0"]
    assert numbers(console, "Ratings") == {
        f"{score} of 5": [str(n)] for score, n in zip(range(5, 0, -1), (3, 0, 0, 1, 0), strict=True)
    }
    assert numbers(console, "Countries") == {"United Kingdom": ["4"], "Not known": ["3"], "France": ["1"]}
    assert numbers(console, "Browsers") == {"Firefox": ["4"], "Chrome": ["2"]}
    assert numbers(console, "Visits a day")["Tue, 30 Mar 2021"] == ["9", "4", "2"]
    assert numbers(console, "Most seen pages") == {"/": ["6"], HOSTILE: ["2"], "all other pages": ["1"]}
    assert numbers(console, "Where they came from") == {"news.example": ["3"]}
    assert console.violations() == []


def test_N20_what_was_too_few_for_its_day_is_shown_with_its_month(site: TestSite, open_console: OpenConsole) -> None:
    count(site, date(2021, 3, 5), chats=6, country__GB=6, waiting__30=6)
    month = Day(site.site.site_id, month_key(date(2021, 3, 1)))
    month.change([Path([name]).add(number) for name, number in {"chats": 14, "country:other": 9}.items()])
    console = open_console(site.owner, "site", "statistics", "2021-03-02", "2021-03-31")
    expect(console.page.get_by_label("Added to months and years")).to_contain_text("March 2021: 14 chats")
    expect(console.page.get_by_text("What is fewer than five on a day is not shown there")).to_be_visible()
    assert figure(console, "Chats")[0] == "20"
    assert figure(console, "Answered")[0] == "100%"
    assert numbers(console, "Countries") == {"All others": ["9"], "United Kingdom": ["6"]}
    assert console.violations() == []


def test_the_owner_chooses_other_days_and_takes_them_away_as_a_file(
    counted: TestSite, open_console: OpenConsole
) -> None:
    console = open_console(counted.owner, "site", "statistics", FIRST.isoformat(), LAST.isoformat())
    page = console.page
    page.get_by_label("From", exact=True).fill("2019-01-01")
    console.button("Show these days").click()
    expect(page.get_by_label("To", exact=True)).to_have_accessible_description("Choose at most 400 days.")
    page.get_by_label("From", exact=True).fill(LAST.isoformat())
    console.button("Show these days").click()
    expect(page.locator(".figure", has_text="Chats").first).to_contain_text("5")
    expect(page).to_have_url(re.compile(f"/{LAST}/{LAST}$"))
    with page.expect_download() as downloading:
        console.button("Chats, CSV").click()
    heading, line = downloading.value.path().read_text("utf-8").split()
    counts = dict(zip(heading.split(","), line.split(","), strict=True))
    assert (counts["day"], counts["chats"], counts["waiting:60"]) == (LAST.isoformat(), "5", "4")
    with page.expect_download() as downloading:
        console.button("Visits, CSV").click()
    assert f"{LAST},visitors,,4" in downloading.value.path().read_text("utf-8").splitlines()
    page.go_back()
    expect(page.locator(".figure", has_text="Chats").first).to_contain_text("8")
    page.get_by_role("link", name="90 days").click()
    expect(page.get_by_role("heading", name="Nothing was counted in these days")).to_be_visible()
    expect(page.get_by_role("link", name="90 days")).to_have_attribute("aria-current", "page")


def test_on_a_phone_in_the_dark_it_fits_and_a_failure_can_be_tried_again(
    counted: TestSite, open_console: OpenConsole
) -> None:
    console = open_console(counted.owner, "site", "operators", phone=True, dark=True)
    page = console.page
    page.route(
        "**/v1/account/visits*", lambda route: route.fulfill(status=503, json={"title": "Too busy", "status": 503})
    )
    console.goto("site", "statistics", FIRST.isoformat(), LAST.isoformat())
    expect(page.get_by_role("alert")).to_contain_text("Too busy")
    page.unroute("**/v1/account/visits*")
    console.button("Try again").click()
    expect(page.get_by_role("heading", name="Visits a day")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert console.violations() == []
    console.goto("site", "statistics")
    expect(page.get_by_role("heading", name="Nothing was counted in these days")).to_be_visible()
    assert console.violations() == []


def test_days_that_one_answer_does_not_hold_are_counted_all_the_same(site: TestSite, open_console: OpenConsole) -> None:
    """As many pages a day as are kept, of the longest paths."""
    paths = {f"/{number:04}{'x' * (PATH_BYTES - 5)}": 5 for number in range(DISTINCT_A_DAY)}
    days = [FIRST + timedelta(days=number) for number in range(20)]
    for day in days:
        VisitDay(site.site.site_id, day.isoformat(), views=5 * len(paths), visitors=9, paths=paths).save()
    api = site.owner("GET", f"/v1/account/visits?from={FIRST}&to={LAST}").json
    assert api["next"]
    assert len(api["days"]) < len(days)
    console = open_console(site.owner, "site", "statistics", FIRST.isoformat(), LAST.isoformat())
    expect(console.page.locator(".figures")).to_be_visible()
    assert figure(console, "Page visits")[0] == f"{5 * len(paths) * len(days):,}"
    assert len(numbers(console, "Visits a day")) == 30

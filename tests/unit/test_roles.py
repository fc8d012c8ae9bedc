"""Who answers for which data, who works for us and where, and what the notice and the record say of it."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from imchat.register.activity import Activity
from imchat.register.controller import _REGIONS, CONTROLLER, EDGES, Website, particulars, processors, transfers
from imchat.register.notice import STAFF_COOKIE, STAFF_STORAGE, STAFF_STORAGE_KEYS, STORAGE, notice
from imchat.register.notice_page import notice_html
from imchat.register.record import record, record_csv
from imchat.register.stores import activities
from imchat.register.words import LANGUAGES, widget_text
from infra.build import ROOT

NOW = datetime(2026, 12, 1, tzinfo=UTC)
ASK = "https://chat.example/ask.html"
SHOP = Website(
    site_id="shop", name="Corner Shop", controller="Corner Shop Ltd", address="1 High Street\nAnytown",
    contact="privacy@shop.example", policy_url="https://shop.example/privacy",
)  # fmt: skip
ROLES = {
    "chats": "processor", "evidence": "controller", "correspondence": "controller", "purchases": "controller",
    "requests": "controller", "disclosures": "controller", "statistics": "processor", "visits": "processor",
    "accounts": "controller", "limits": "controller", "connections": "processor", "ledger": "controller",
}  # fmt: skip


@pytest.fixture(autouse=True)
def deployment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A stage in London that was told nothing of us."""
    for variable in ("POSTAL_ADDRESS", "COMPANY_NUMBER", "DATA_PROTECTION_OFFICER", "REPRESENTATIVE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-west-2")
    particulars.cache_clear()
    yield monkeypatch
    particulars.cache_clear()


class Sections(HTMLParser):
    """The text of each section of the page, by its id, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.links: list[str] = []
        self.tags: list[str] = []
        self._in = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.tags.append(tag)
        if tag == "section":
            self._in = known["id"] or ""
        if tag == "a":
            self.links.append(known["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "section":
            self._in = ""

    def handle_data(self, data: str) -> None:
        self.texts[self._in] = f"{self.texts.get(self._in, '')} {data}"

    def text(self, section: str) -> str:
        return " ".join(self.texts[section].split())


def page(website: Website | None = None) -> Sections:
    return Sections(notice_html(NOW, ASK, website))


def test_each_activity_says_whether_we_are_controller_or_processor() -> None:
    assert {one.name: one.role for one in activities()} == ROLES
    assert {one["name"]: one["role"] for one in notice(NOW)["activities"]} == ROLES
    assert {one["name"]: one["role"] for one in record()["activities"]} == ROLES


@pytest.mark.parametrize("activity", activities(), ids=lambda one: one.name)
def test_N5_the_notice_names_who_answers_for_each_kind_of_data(activity: Activity) -> None:
    words = {
        "controller": f"Who answers for it we, {CONTROLLER} (controller)",
        "processor": "Who answers for it Corner Shop Ltd (controller); we act for it (processor)",
    }
    assert words[activity.role] in page(SHOP).text(activity.name)
    anybodys = page().text(activity.name)
    assert ("the website that you visit (controller)" in anybodys) == (activity.role == "processor")
    own = page(replace(SHOP, controller=CONTROLLER)).text(activity.name)
    assert f"Who answers for it we, {CONTROLLER} (controller)" in own


def test_N5_the_notice_opened_on_a_website_names_it_with_address_and_contact() -> None:
    said = page(SHOP)
    for words in ("Corner Shop Ltd", "1 High Street, Anytown", "privacy@shop.example", "https://shop.example/privacy"):
        assert words in said.text("who")
    assert {"mailto:privacy@shop.example", "https://shop.example/privacy"} <= set(said.links)
    assert notice(NOW, SHOP)["website"] == vars(SHOP)
    assert notice(NOW)["website"] is None
    assert "Whoever runs the website on which you chat answers for its chats" in page().text("who")
    assert "https://shop.example/write" in page(replace(SHOP, contact="https://shop.example/write")).links


@given(name=st.text(min_size=1), address=st.text(), contact=st.text())
def test_N23_what_a_website_says_of_itself_is_text_on_the_page(name: str, address: str, contact: str) -> None:
    plain = page(replace(SHOP, controller="x", name="x"))
    said = page(replace(SHOP, controller=name, name=name, address=address, contact=f"a@{contact}"))
    assert [tag for tag in said.tags if tag not in ("a", "dt", "dd", "br")] == [
        tag for tag in plain.tags if tag not in ("a", "dt", "dd", "br")
    ]
    assert " ".join(name.split()) in said.text("who")
    assert all(re.match(r"https://|mailto:|#|/proof$", link) for link in said.links)


@pytest.mark.parametrize("language", LANGUAGES)
def test_N2_the_first_line_of_the_widget_names_who_we_are(language: str) -> None:
    text = widget_text(language, controller="Corner Shop {us} Ltd")
    first, _, rest = text.partition(". ")
    assert "Corner Shop {us} Ltd" in first
    assert CONTROLLER in first
    own = widget_text(language)
    assert own.partition(". ")[0].count(CONTROLLER) == 1
    assert own.partition(". ")[2] == rest


@pytest.mark.parametrize("region", [*_REGIONS, "xx-nowhere-9", ""])
def test_recipients_and_transfers_are_those_of_the_stages_region(deployment: pytest.MonkeyPatch, region: str) -> None:
    deployment.delenv("AWS_DEFAULT_REGION", raising=False)
    deployment.setenv("AWS_REGION", region)
    where = _REGIONS[region][0] if region in _REGIONS else region
    said, text = notice(NOW), page().text("processors")
    aws, edge = said["processors"]
    for one in (aws, edge):
        for fact in (one["name"], one["what"], one["where"], one["safeguard"]):
            assert fact in text
            assert fact.strip()
    assert where in aws["where"]
    assert where in said["transfers"]
    assert said["transfers"] == record()["transfers_to_third_countries"] == transfers(region)
    assert [vars(one) for one in processors(region)] == said["processors"]
    # That nothing leaves the country is said of London alone.
    assert ("stay in the United Kingdom" in aws["safeguard"]) == (region == "eu-west-2")
    assert "Article 4" in aws["safeguard"] or region == "eu-west-2"
    assert edge["where"] in said["transfers"]


def test_the_edges_that_are_named_are_those_of_the_template() -> None:
    stack = yaml.safe_load((ROOT / "infra" / "stack" / "web.yaml").read_text())
    config = stack["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    assert [config["PriceClass"]] == list(EDGES)
    assert "Logging" not in config, "the notice says that the edge keeps no log of who asked"


def test_N15_N16_beside_those_who_work_for_us_nobody_gets_anything_but_where_the_law_requires_it() -> None:
    said = " ".join(notice(NOW)["sharing"])
    assert "Beside those who work for us, who are named here, they are disclosed to others only where the law" in said
    assert "HSBC UK and PayPal" in page().text("sharing")


def test_N23_the_right_to_object_has_a_section_of_its_own_that_names_all_that_it_is_about() -> None:
    """Art 21(4): clearly, and apart from everything else."""
    titles = {one.title for one in activities() if "6(1)(f)" in one.lawful_basis}
    assert {"Chats", "System log", "Accounts", "Visits to pages"} <= titles
    assert set(notice(NOW)["right_to_object"]["activities"]) == titles
    text = page().text("object")
    assert text.startswith("Your right to object You can object at any time")
    assert all(title in text for title in titles)
    others = {one.title for one in activities()} - titles
    assert not [title for title in others if title in text]
    order = list(page().texts)
    assert order.index("object") < order.index("chats"), "before the details, not below them"


@pytest.mark.parametrize("variable", ["POSTAL_ADDRESS", "COMPANY_NUMBER", "DATA_PROTECTION_OFFICER", "REPRESENTATIVE"])
def test_N23_what_the_deployment_was_told_of_us_is_said_and_nothing_else(
    deployment: pytest.MonkeyPatch, variable: str
) -> None:
    assert "Data-protection officer none" in page().text("who")
    for term in ("Company number", "Representative"):
        assert term not in page().text("who")
    deployment.setenv(variable, " Zephyr <b> ")
    particulars.cache_clear()
    assert "Zephyr <b>" in page().text("who")
    assert "Zephyr <b>" in str(record())
    assert ("officer none" in page().text("who")) == (variable != "DATA_PROTECTION_OFFICER")


def test_N23_of_all_that_people_give_themselves_it_is_said_whether_they_must() -> None:
    """Art 13(2)(e)."""
    for activity in activities():
        by_hand = activity.categories and re.search("the person|the owner", activity.source)
        if by_hand and "authority" not in activity.source:
            assert activity.obligation, activity.name
            assert activity.obligation in page().text(activity.name)
    [purchases] = [one for one in activities() if one.name == "purchases"]
    assert purchases.obligation.startswith("Yes")


def test_lawful_bases_are_those_that_hold() -> None:
    found = {one.name: one for one in activities()}
    for name in ("accounts", "visits"):
        assert "6(1)(f)" in found[name].lawful_basis
    assert "17(3)(e)" in (found["disclosures"].retained_under or "")
    assert "legal claims" in (found["disclosures"].retained_because or "")
    assert not [one.name for one in found.values() if "6(1)(b)" in one.lawful_basis]


def test_N23_backups_hold_seven_days_and_thirty_five_when_the_service_ends() -> None:
    said = notice(NOW)["backups"]
    assert "for 7 days" in said
    assert "35 days" in said


def test_N23_the_storage_of_staff_pages_is_named() -> None:
    console = ROOT / "web" / "console" / "src"
    source = "".join(file.read_text() for file in console.rglob("*.ts*"))
    assert "localStorage" not in source
    assert len(re.findall(r"sessionStorage\.setItem", source)) == len(STAFF_STORAGE_KEYS)
    assert all(f'"{key}"' in source for key in STAFF_STORAGE_KEYS)
    sign_in = (ROOT / "functions" / "sign_in.py").read_text()
    assert f'COOKIE = "{STAFF_COOKIE}"' in sign_in
    assert "12 * 3600" in sign_in
    for name in (STAFF_COOKIE, *STAFF_STORAGE_KEYS):
        assert name in STAFF_STORAGE
    assert "staff" not in STORAGE
    assert STAFF_STORAGE in page().text("cookies")


def test_the_record_has_its_half_of_a_processor() -> None:
    """Art 30(2)(a) to (d)."""
    half = record(SHOP)["as_processor"]
    assert half["processor"] == CONTROLLER
    assert half["on_behalf_of"] == [vars(SHOP)]
    assert record()["as_processor"]["on_behalf_of"] == []
    categories = " ".join(half["categories_of_processing"])
    for activity in activities():
        assert (f"{activity.title}: " in categories) == (activity.role == "processor")
    assert half["sub_processors"] == notice(NOW)["processors"]
    assert half["transfers_to_third_countries"]
    assert half["safeguards"]
    lines = list(csv.DictReader(io.StringIO(record_csv(SHOP))))
    for line in lines:
        assert line["role"] == ROLES[line["name"]]
        assert ("Corner Shop Ltd" in line["on_behalf_of"]) == (line["role"] == "processor")


def test_the_processing_agreement_holds_all_that_art_28_3_asks_for() -> None:
    agreement = (ROOT / "docs" / "processing-agreement.md").read_text()
    for letter in "abcdefgh":
        assert f"28(3)({letter})" in agreement, letter
    for activity in activities():
        if activity.role == "processor":
            assert f"*{activity.title}*" in agreement, activity.title
    for one in processors("eu-west-2"):
        assert one.name in agreement
    for heading in ("Sub-processors", "A breach", "The end"):
        assert f"## {heading}" in agreement

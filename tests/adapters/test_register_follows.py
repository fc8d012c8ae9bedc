"""Everything follows from the register: a new kind of data is one store module, a changed period is one change."""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import imchat.stores
from imchat import aws, clock
from imchat.bundle.contents import Section
from imchat.chat.opening import known_site
from imchat.clock import milliseconds
from imchat.housekeeping import sweep
from imchat.people import Details
from imchat.periods import Period
from imchat.register.notice import notice
from imchat.register.notice_page import notice_html
from imchat.register.record import record, record_csv
from imchat.register.stores import store, stores
from imchat.register.words import kept_in_words, widget_text
from imchat.rights import copying, intake, steps
from imchat.stores.chats import ACTIVITY as CHATS
from imchat.stores.requests import Request
from infra import tables as infra_tables
from tests.adapters.answers import searching, under_review
from tests.adapters.people import Person, fill, somebody
from tests.adapters.worlds import NOON, ORIGIN, World, world
from tests.held import certain, erase, search

pytestmark = pytest.mark.usefixtures("tables", "at_noon")

GIFTS = """
from pynamodb.attributes import UnicodeAttribute

from imchat.periods import Period
from imchat.register.activity import Activity
from imchat.register.fields import Personal
from imchat.stores.records import Record, Records, person_fields


class Gift(Record):
    TABLE = "gifts"

    class Meta:
        table_name = ""

    wish = UnicodeAttribute()


class Gifts(Records):
    activity = Activity(
        name="gifts", title="Wishes for gifts", place=65, purpose="To give people what they wish for.",
        lawful_basis="Consent", people="people who wish", categories=("name and wish",), source="the person",
        recipients=("elves",), period=Period(3, "month"), period_starts="the wish", at_end="burnt", erasure="erased",
    )
    model = Gift
    fields = person_fields() | {"wish": Personal("Wish", given=True)}


STORE = Gifts()
"""


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def gifts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """One store module more, and the table that the template would have for it."""
    (tmp_path / "gifts.py").write_text(GIFTS)
    monkeypatch.setattr(imchat.stores, "__path__", [*imchat.stores.__path__, str(tmp_path)])
    made = store("gifts")
    client = aws.dynamodb().client
    table = f"gifts-{tmp_path.name}"
    client.create_table(TableName=table, **infra_tables.definition(made))
    monkeypatch.setenv("GIFTS_TABLE", table)
    yield made
    client.delete_table(TableName=table)


def test_N12_N17_N23_one_store_module_more_is_in_notice_record_export_erasure_expiry_and_template(gifts: Any) -> None:
    site, who = world(), somebody()
    fill(site, who)
    for days in (0, 40):
        at = NOON + timedelta(days=days)
        gift = gifts.model(
            f"gift{days}{site.site_id}", site_id=site.site_id, at=milliseconds(at), wish="a kettle",
            **vars(Details.of(who.name, who.email, None, "GB")),
        )  # fmt: skip
        gift.end_at(gifts.activity.expires_at(at))
        gift.save()

    said = next(one for one in notice(NOON)["activities"] if one["name"] == "gifts")
    assert said["kept"] == "3 months from the wish; then burnt"
    assert "Wishes for gifts" in notice_html(NOON, "/ask.html")
    assert "gifts" in [one["name"] for one in record()["activities"]]
    assert "gifts" in [line["name"] for line in csv.DictReader(io.StringIO(record_csv()))]
    assert "GiftsTable" in infra_tables.template()["Resources"]
    assert "GIFTS_TABLE" in infra_tables.template()["Globals"]["Function"]["Environment"]["Variables"]

    found = search(who.subject(site))
    assert len(found["gifts"]) == 2
    section = sections(site, who)["gifts"]
    assert kept_in_words(section.activity) == said["kept"]
    assert [fact.value for item in section.items() for fact in item.facts].count("a kettle") == 2

    over = datetime(2099, 6, 3, 12, tzinfo=UTC)
    assert sweep(over)["gifts_expired"] == 1
    outcome = erase(certain(found), "desk", over)["gifts"]
    assert [one.pk for one in outcome.removed] == [f"gift40{site.site_id}"]
    assert search(who.subject(site))["gifts"] == []


def sections(site: World, who: Person) -> dict[str, Section]:
    """What the person's copy is made from, by store."""
    made = copying.contents(under_review(site, who, "access", NOON))
    return {section.activity.name: section for section in made.sections}


def test_N12_N17_N23_a_changed_period_changes_notice_items_and_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    site, who = world(), somebody()
    before = site.open(name=who.name, email=who.email)
    object.__setattr__(CHATS, "period", Period(6, "month"))
    try:
        said = next(one for one in notice(NOON)["activities"] if one["name"] == "chats")
        assert said["kept_for"] == "6 months"
        assert "6 months from the opening of the chat" in notice_html(NOON, "/ask.html")
        assert "6 months" in widget_text("en")
        assert (
            "6 months from the opening"
            in next(one for one in record()["activities"] if one["name"] == "chats")["time_limit"]
        )
        after = site.open(name=who.name, email=who.email)
        assert after.expires_at == datetime(2099, 9, 3, 12, tzinfo=UTC).timestamp()
        assert before.expires_at == datetime(2100, 3, 3, 12, tzinfo=UTC).timestamp()
        section = sections(site, who)["chats"]
        assert kept_in_words(section.activity).startswith("6 months from the opening of the chat")
        assert {item.until for item in section.items()} == {
            datetime.fromtimestamp(int(chat.expires_at), UTC) for chat in (before, after)
        }
    finally:
        object.__setattr__(CHATS, "period", Period(12, "month"))
    assert known_site(site.site_id, ORIGIN).expires_at(NOON) == before.expires_at


def test_N12_an_answer_says_what_why_for_whom_how_long_and_gives_a_copy() -> None:
    site, who = world(), somebody()
    fill(site, who)
    groups = {name: list(section.items()) for name, section in sections(site, who).items()}
    assert set(groups) == {"chats", "evidence", "correspondence", "purchases", "requests", "disclosures"}
    for items in groups.values():
        assert items
        for item in items:
            assert item.title
            assert all(fact.name and fact.value for fact in item.facts)
    facts = {fact.name: fact.value for item in groups["chats"] for fact in item.facts}
    assert facts["Name"] == who.name
    assert facts["Rating"] == "4 of 5"
    assert facts["Opened"] == "2099-03-03T12:00:00.000+00:00"
    assert facts["You wrote, 2099-03-03T12:00:00.000+00:00"]
    assert "an internal note" in facts.values()
    purchase = {fact.name: fact.value for item in groups["purchases"] for fact in item.facts}
    assert (purchase["Amount"], purchase["Currency"], purchase["Paid through"]) == ("49.00", "GBP", "paypal")


def test_N13_without_proof_of_identity_nothing_is_given_nor_read(monkeypatch: pytest.MonkeyPatch) -> None:
    site, who = world(), somebody()
    fill(site, who)
    asked = intake.take_in(
        site.site_id, "priya", kind="access", channel="letter", received_at=NOON, email=who.email, now=NOON
    )
    for one in stores():
        for verb in ("find", "export"):
            monkeypatch.setattr(one, verb, lambda *_: pytest.fail("searched without proof"))
    for task in searching(asked.pk, NOON):
        task()
    assert steps.decide(asked.pk, NOON) == steps.AGAIN
    assert steps.copy(asked.pk, NOON) == steps.TELL
    shown = Request.get(asked.pk)
    assert (shown.status, shown.searched, shown.copy) == ("awaiting_identity", None, None)


def test_N16_no_activity_sells_advertises_or_mails_lists() -> None:
    for one in stores():
        words = f"{one.activity.purpose} {' '.join(one.activity.recipients)}".lower()
        assert not [word for word in ("advert", "marketing", "newsletter", "partner", "sold", "sell") if word in words]


def test_N8_social_media_is_outside_and_no_store_keeps_it() -> None:
    assert any("social media" in sentence for sentence in notice(NOON)["sharing"])
    for one in stores():
        assert not [name for name in one.fields if any(word in name for word in ("twitter", "facebook", "social"))]

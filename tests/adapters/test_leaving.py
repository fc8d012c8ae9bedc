"""A website leaves: everything of it as files, then nothing of it, and of others nothing less."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from imchat import aws, clock
from imchat.chat.restricting import restrict
from imchat.errors import Conflict, NotFound
from imchat.periods import add_months
from imchat.register.stores import stores
from imchat.rights import intake
from imchat.rights.restoring import forget_again
from imchat.settings import table_name
from imchat.staff.sites import own
from imchat.stores.base import Stale
from imchat.stores.evidence import ACTIVITY as EVIDENCE
from imchat.stores.evidence import Entry
from operations import accounts
from operations.export import MANIFEST, export
from operations.offboarding import remove_site
from tests.adapters.people import Person, fill, somebody
from tests.adapters.tables import items
from tests.adapters.worlds import NOON, ORIGIN, World, world

ENGINEER = "engineer:AIDA"
SITE = {"name": "Corner Shop", "origins": [ORIGIN]}


@pytest.fixture(autouse=True)
def at_noon(tables: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def outputs(tables: dict[str, Any]) -> dict[str, str]:
    return {"StackName": "imchat-dev"} | {f"{name.title()}Bucket": bucket for name, bucket in tables["buckets"].items()}


def filled() -> tuple[World, Person]:
    site, who = world(), somebody()
    fill(site, who)
    return site, who


def of(site_id: str) -> dict[str, list[dict[str, Any]]]:
    """The website's raw items of every table, by looking for its id, and its chats' pages."""
    found: dict[str, list[dict[str, Any]]] = {}
    for store in stores():
        all_items = [json.loads(item) for item in items(store.name).values()]
        chats = {item["pk"]["S"] for item in all_items if item.get("site_id", {}).get("S") == site_id}
        found[store.name] = [
            item
            for item in all_items
            if item["pk"]["S"] in chats or site_id in item["pk"]["S"].replace("#", " ").split()
        ]
    return found


def taken(folder: Path, outputs: dict[str, str], site_id: str | None) -> dict[str, Any]:
    return export(folder, outputs, site_id, engineer=ENGINEER, now=NOON, say=lambda _: None)


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_an_export_holds_every_item_and_file_of_the_website_and_of_no_other(
    tmp_path: Path, outputs: dict[str, str]
) -> None:
    (site, who), (_, other) = filled(), filled()
    before = of(site.site_id)
    manifest = taken(tmp_path / "out", outputs, site.site_id)
    for store in stores():
        written = lines(tmp_path / "out" / f"{store.name}.jsonl")
        assert manifest["tables"][store.name]["items"] == len(written)
        if store.name != "evidence":  # which grows by the views
            assert len(written) == len(before[store.name]), store.name
    everything = "".join(file.read_text() for file in (tmp_path / "out").glob("*.json*"))
    assert who.email in everything
    assert who.phone in everything
    assert other.email not in everything
    (attached,) = manifest["objects"]
    assert (tmp_path / "out" / attached["file"]).read_bytes() == b"jpg"
    assert attached["sha256"] == hashlib.sha256(b"jpg").hexdigest()
    assert json.loads((tmp_path / "out" / MANIFEST).read_text())["complete"]
    said = json.loads((tmp_path / "out" / "register.json").read_text())
    chats = next(one for one in said["activities"] if one["name"] == "chats")
    assert chats["fields"]["email"] == "Email address"


def test_an_export_is_its_owners_alone_and_can_be_made_again(tmp_path: Path, outputs: dict[str, str]) -> None:
    site, _ = filled()
    first = taken(tmp_path / "out", outputs, site.site_id)
    assert taken(tmp_path / "out", outputs, site.site_id)["tables"]["chats"] == first["tables"]["chats"]
    for file in (one for one in (tmp_path / "out").rglob("*") if one.is_file()):
        assert file.stat().st_mode & 0o077 == 0, file
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0
    for folder, asked in ((tmp_path / "out", None), (tmp_path, site.site_id)):
        with pytest.raises(Conflict, match="not_empty"):
            taken(folder, outputs, asked)


def test_N19_an_export_is_recorded_as_a_view_of_each_item_about_a_person(
    tmp_path: Path, outputs: dict[str, str]
) -> None:
    site, _ = filled()
    taken(tmp_path / "out", outputs, site.site_id)
    seen = {entry.pk for entry in Entry.scan(Entry.actor == ENGINEER) if entry.site_id == site.site_id}
    held = of(site.site_id)
    expected = {item["pk"]["S"] for item in held["chats"]}
    for name in ("correspondence", "purchases", "requests", "disclosures"):
        expected |= {f"{name}#{item['pk']['S']}" for item in held[name]}
    assert seen == expected


def test_what_is_restricted_leaves_with_its_mark_and_the_manifest_counts_it(
    tmp_path: Path, outputs: dict[str, str]
) -> None:
    site, _ = filled()
    chat = site.open(name="Ada")
    assert restrict(chat.pk, "desk", NOON)
    told = taken(tmp_path / "out", outputs, site.site_id)["tables"]
    assert {name: one["restricted"] for name, one in told.items() if one["restricted"]} == {"chats": 1}
    marked = [one["pk"] for one in lines(tmp_path / "out" / "chats.jsonl") if one.get("restricted")]
    assert marked == [chat.pk]


def test_N17_an_export_has_nothing_that_has_ended(tmp_path: Path, outputs: dict[str, str]) -> None:
    site, who = filled()
    later = add_months(NOON, 12)
    manifest = export(tmp_path / "out", outputs, site.site_id, engineer=ENGINEER, now=later, say=lambda _: None)
    assert manifest["tables"]["chats"]["items"] == 0
    assert who.email not in (tmp_path / "out" / "chats.jsonl").read_text()
    assert manifest["tables"]["purchases"]["items"] == 1


def test_N18_N21_a_removed_website_is_gone_but_for_what_the_receipt_says(tables: dict[str, Any]) -> None:
    (site, _), (beside, _) = filled(), filled()
    cognito = aws.client("cognito-idp")
    accounts.add_staff(
        cognito, {"UserPool": tables["user_pool_id"]}, username=f"olga-{site.site_id}", password=None,
        site_id=site.site_id, name="Olga", groups=["operator"],
    )  # fmt: skip
    others = of(beside.site_id)
    receipt = remove_site(site.site_id, ENGINEER, NOON)
    left = of(site.site_id)
    assert left["accounts"] == left["chats"] == left["correspondence"] == []
    assert accounts.staff(site.site_id) == []
    for line in receipt:
        assert bool(line.retained) == bool(line.why), line
    (log,) = [line for line in receipt if line.title == "System log"]
    assert log.why == "evidence of use: our own log, as controller, which shows that we did what we promise"
    assert "stays for its period when a website leaves" in EVIDENCE.purpose
    kept = {line.title: line.retained for line in receipt if line.retained}
    for store in stores():
        if store.activity.categories and store.name not in ("evidence", "limits", "accounts"):
            assert kept.get(store.activity.title, 0) == len(left[store.name]), store.name
    assert len(left["purchases"]) == len(left["requests"]) == len(left["disclosures"]) == 1
    assert of(beside.site_id) == others
    again = remove_site(site.site_id, ENGINEER, NOON)
    assert sum(line.removed for line in again) == 0
    with pytest.raises(NotFound):
        remove_site(f"{site.site_id}-x", ENGINEER, NOON)


def test_a_removed_website_does_not_come_back_by_a_restore_and_its_id_is_free_only_when_backups_are_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site_id = world().site_id
    before = of(site_id)["accounts"]
    remove_site(site_id, ENGINEER, NOON)
    for item in before:
        aws.client("dynamodb").put_item(TableName=table_name("accounts"), Item=item)
    assert forget_again("accounts", table_name("accounts")) >= len(before)
    assert of(site_id)["accounts"] == []
    with pytest.raises(Conflict, match="removed_lately"):
        accounts.create_site(site_id, SITE)
    later = NOON.replace(day=NOON.day + 8)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert accounts.create_site(site_id, SITE).site_id == site_id


def test_a_website_stays_while_people_wait_there_for_an_answer(tables: dict[str, Any]) -> None:
    site = world()
    intake.take_in(
        site.site_id, site.operator, kind="access", channel="letter", received_at=NOON, name="Ada", email=None,
        phone=None, details="What do you hold?", identity=None, authority=None, now=NOON,
    )  # fmt: skip
    with pytest.raises(Conflict, match="requests_open"):
        remove_site(site.site_id, ENGINEER, NOON)
    with pytest.raises(Conflict, match="mail_site"):
        remove_site(tables["site_id"], ENGINEER, NOON)
    assert own(site.site_id)


def test_what_a_person_had_restricted_outlives_the_website() -> None:
    site = world()
    chat = site.open(name="Ada")
    assert restrict(chat.pk, "desk", NOON)
    (line,) = [one for one in remove_site(site.site_id, ENGINEER, NOON) if one.title == "Chats"]
    assert (line.removed, line.retained) == (0, 1)
    assert "restricted" in line.why
    assert [item["pk"]["S"] for item in of(site.site_id)["chats"]] == [chat.pk]


def test_a_website_is_made_once_and_only_as_its_rules_want() -> None:
    site_id = world().site_id
    with pytest.raises(Conflict, match="site_exists"):
        accounts.create_site(site_id, SITE)
    with pytest.raises(Stale):
        accounts.accounts.create_site(site_id, **SITE)
    assert site_id in {one.site_id for one in accounts.all_sites()}
    secret = accounts.identity_secret(site_id)
    assert accounts.new_identity_secret(site_id) == accounts.identity_secret(site_id) != secret

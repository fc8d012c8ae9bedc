"""After a restore, what was erased is erased again (N18)."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from imchat import aws, clock
from imchat.chat.deleting import delete
from imchat.chat.posting import Author, post
from imchat.errors import Conflict
from imchat.periods import add_months
from imchat.register.stores import stores
from imchat.rights.restoring import forget_again
from imchat.settings import settings, table_name
from imchat.stores.chats import Chat
from imchat.stores.ledger import Erased
from infra import STAGES
from infra.tables import definition
from operations.restore import Restored, mend, restore, take_over
from tests.adapters.people import fill, somebody
from tests.adapters.tables import items
from tests.adapters.worlds import NOON, items_of, world
from tests.held import certain, erase, search

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def restored(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Copies of a site's items of every table of personal data, as a backup would bring them back; made when called."""
    monkeypatch.setattr(clock, "now", lambda: NOON)
    client, made = aws.dynamodb().client, []

    def copies(site_id: str) -> dict[str, str]:
        tables = {}
        for store in stores():
            if store.activity.categories:
                copy = f"restored-{store.name}-{secrets.token_hex(4)}"
                client.create_table(TableName=copy, **definition(store))
                made.append(copy)
                pages = client.get_paginator("scan").paginate(TableName=table_name(store.name))
                known = [item for page in pages for item in page["Items"]]
                mine = {item["pk"]["S"] for item in known if item.get("site_id", {}).get("S") == site_id}
                for item in known:
                    if item["pk"]["S"] in mine:
                        client.put_item(TableName=copy, Item=item)
                tables[store.name] = copy
        return tables

    yield copies
    for table in made:
        client.delete_table(TableName=table)


def test_N18_a_restored_backup_forgets_again_what_was_erased_and_nothing_else(
    restored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, who, other = world(), somebody(), somebody()
    fill(site, who)
    fill(site, other)
    single = site.open(name="Eve")
    copies = restored(site.site_id)
    outcomes = erase(certain(search(who.subject(site))), "desk", NOON)
    delete(single.pk, site.site_id, "visitor", NOON)
    gone = {(name, one.pk) for name, outcome in outcomes.items() for one in outcome.removed} | {("chats", single.pk)}
    assert {name for name, _ in gone} == {"chats", "correspondence"}
    for name, copy in copies.items():
        live = items(name)
        monkeypatch.setenv("COPY_TABLE", copy)
        before = items("copy")
        erased_items = [key for key in before if (name, key[0]) in gone]
        assert forget_again(name, copy) == len(erased_items)
        after = items("copy")
        assert after == {key: item for key, item in before.items() if key not in erased_items}
        # No more than what the live table still has, but for what was kept as it was.
        assert set(after) <= set(live)
        assert forget_again(name, copy) == 0


def test_N17_N18_a_restore_puts_back_what_was_lost_and_neither_what_was_deleted_nor_what_has_ended(
    restored: Any,
) -> None:
    site, who = world(), somebody()
    lost, kept, deleted, ended = (site.open(name=who.name, text=f"chat {number}", client_id="c") for number in range(4))
    post_many(lost.pk, site)
    whole = items_of(Chat, lost.pk)
    assert len(whole) > 1
    copy = restored(site.site_id)["chats"]
    table = table_name("chats")
    for item in whole:
        aws.client("dynamodb").delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})
    aws.client("dynamodb").delete_item(TableName=table, Key={"pk": {"S": ended.pk}, "sk": {"S": "META"}})
    Chat(kept.pk).change([Chat.comment.set("newer than the backup")])
    delete(deleted.pk, site.site_id, "visitor", NOON)
    end(copy, ended.pk)
    done = take_over("chats", copy, NOON, lambda _: None)
    assert done == Restored(deleted=1, back=len(whole))
    assert items_of(Chat, lost.pk) == whole
    assert items_of(Chat, kept.pk)[0]["comment"] == {"S": "newer than the backup"}
    assert items_of(Chat, deleted.pk) == items_of(Chat, ended.pk) == []
    # Cut anywhere, it is said again.
    assert take_over("chats", copy, NOON, lambda _: None) == Restored(deleted=0, back=0)


def test_N18_what_is_deleted_while_a_restore_goes_on_stays_deleted(
    restored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = world()
    chat = site.open(name="Eve")
    copy = restored(site.site_id)["chats"]
    steps: list[str] = []

    def say(step: str) -> None:
        steps.append(step)
        if len(steps) == 2:  # the copy has forgotten, and nothing is put back yet
            delete(chat.pk, site.site_id, "visitor", NOON)

    assert take_over("chats", copy, NOON, say) == Restored(deleted=0, back=0)
    assert items_of(Chat, chat.pk) == []


def test_a_restore_leaves_no_second_table_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    client = aws.dynamodb().client
    before = client.list_tables()["TableNames"]
    said: list[str] = []
    # The emulator restores the present state: nothing is missing.
    assert restore("disclosures", NOON, NOON, said.append).back == 0
    assert client.list_tables()["TableNames"] == before
    assert any("personal data" in line for line in said)
    with pytest.raises(Conflict, match="not_recoverable"):
        restore("limits", NOON, NOON, said.append)


@pytest.fixture
def stage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The stage that the library is at work on."""
    monkeypatch.setenv("STAGE", request.param)
    settings.cache_clear()
    yield request.param
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize("stage", STAGES, indirect=True)
def test_a_table_made_anew_forgets_and_expires_can_be_restored_again_and_is_protected_as_the_stage_is(
    stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, name = aws.dynamodb().client, f"anew-{secrets.token_hex(4)}"
    store = next(one for one in stores() if one.name == "chats")
    site = world()
    monkeypatch.setattr(clock, "now", lambda: NOON)
    chat = site.open(name="Eve")
    (item,) = items_of(Chat, chat.pk)
    delete(chat.pk, site.site_id, "visitor", NOON)
    client.create_table(TableName=name, **definition(store))
    client.put_item(TableName=name, Item=item)
    monkeypatch.setenv("CHATS_TABLE", name)
    assert mend("chats") == 1
    assert client.scan(TableName=name)["Count"] == 0
    assert client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED"
    backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert client.describe_table(TableName=name)["Table"]["DeletionProtectionEnabled"] == (stage != "dev")
    client.update_table(TableName=name, DeletionProtectionEnabled=False)
    client.delete_table(TableName=name)


def post_many(chat_id: str, site: Any) -> None:
    """So much that a page is sealed."""
    for number in range(30):
        post(chat_id, Author(site.site_id), f"message {number}", f"c{number}", NOON)


def end(table: str, pk: str) -> None:
    """The item has ended by now."""
    aws.client("dynamodb").update_item(
        TableName=table,
        Key={"pk": {"S": pk}, "sk": {"S": "META"}},
        UpdateExpression="SET expires_at = :now",
        ExpressionAttributeValues={":now": {"N": str(int(NOON.timestamp()))}},
    )


def test_the_ledger_holds_nothing_personal_and_ends_when_the_data_would_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    site, who = world(), somebody()
    before = set(items("ledger"))
    chat = site.open(name=who.name, email=who.email)
    delete(chat.pk, site.site_id, "visitor", NOON + timedelta(days=3))
    new = {key: item for key, item in items("ledger").items() if key not in before}
    (key,) = new
    assert set(items_of(Erased, key[0])[0]) == {"pk", "expires_at"}
    assert len(key[0]) == 64
    assert chat.pk not in str(new)
    assert int(items_of(Erased, key[0])[0]["expires_at"]["N"]) == add_months(NOON, 12).timestamp()

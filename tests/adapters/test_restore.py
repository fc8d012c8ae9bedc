"""After a restore, what was erased is erased again (N18)."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from imchat import aws, clock
from imchat.chat.correcting import correct
from imchat.chat.deleting import delete
from imchat.chat.posting import Author, post
from imchat.desk import calls, purchases
from imchat.errors import Conflict
from imchat.periods import add_months
from imchat.register.store import Reference
from imchat.register.stores import store, stores
from imchat.rights.restoring import forget_again, told
from imchat.settings import settings, table_name
from imchat.stores import evidence
from imchat.stores.chats import Chat
from imchat.stores.evidence import Entry
from imchat.stores.ledger import Erased
from infra import STAGES
from infra.tables import definition
from operations.restore import Restored, mend, restore, take_over
from tests.adapters.people import Person, fill, somebody
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
        for one in stores():
            if one.activity.categories:
                copy = f"restored-{one.name}-{secrets.token_hex(4)}"
                client.create_table(TableName=copy, **definition(one))
                made.append(copy)
                pages = client.get_paginator("scan").paginate(TableName=table_name(one.name))
                known = [item for page in pages for item in page["Items"]]
                mine = {item["pk"]["S"] for item in known if item.get("site_id", {}).get("S") == site_id}
                for item in known:
                    if item["pk"]["S"] in mine:
                        client.put_item(TableName=copy, Item=item)
                tables[one.name] = copy
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
    site = world()
    monkeypatch.setattr(clock, "now", lambda: NOON)
    chat = site.open(name="Eve")
    (item,) = items_of(Chat, chat.pk)
    delete(chat.pk, site.site_id, "visitor", NOON)
    client.create_table(TableName=name, **definition(store("chats")))
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


# Restrictions, corrections, and names that went from the log


def lose(model: Any, *keys: str) -> None:
    """The live table has lost these items."""
    for key in keys:
        for item in items_of(model, key):
            place = {name: item[name] for name in ("pk", "sk") if name in item}
            aws.client("dynamodb").delete_item(TableName=table_name(model.TABLE), Key=place)


LATER = NOON + timedelta(hours=1)


@pytest.mark.parametrize("name", ["chats", "correspondence"])
@pytest.mark.parametrize("closed", [False, True])
def test_after_a_restore_restrictions_hold_again_and_those_that_ended_do_not(
    restored: Any, name: str, closed: bool
) -> None:
    from imchat.chat.closing import close

    site, kept, freed, other = world(), somebody(), somebody(), somebody()
    for who in (kept, freed, other):
        chat = site.open(name=who.name, email=who.email)
        call_of(site, who)
        if closed:
            close(chat.pk, site.site_id, "visitor", NOON)
    (first,), (second,), (third,) = (store(name).find(who.subject(site)) for who in (kept, freed, other))
    store(name).restrict([second], restricted=True, actor="priya", now=NOON)
    copy = restored(site.site_id)[name]
    store(name).restrict([first], restricted=True, actor="priya", now=LATER)
    store(name).restrict([second], restricted=False, actor="priya", now=LATER)
    model = store(name).models[0]
    keys = [one.pk for one in (first, second, third)]
    as_it_was = {key: items_of(model, key) for key in keys}
    lose(model, *keys)
    assert take_over(name, copy, LATER, lambda _: None, NOON).back == 3
    for key in keys:
        (item,), (before,) = items_of(model, key), as_it_was[key]
        for field in ("restricted", "inbox", "assignment", "status"):
            assert item.get(field) == before.get(field), (key, field)
    assert items_of(model, keys[0])[0]["restricted"] == {"BOOL": True}
    assert take_over(name, copy, LATER, lambda _: None, NOON).back == 0


def test_N14_after_a_restore_no_corrected_detail_comes_back_and_the_desk_gets_a_list_without_values(
    restored: Any,
) -> None:
    site, who, new = world(), somebody(), somebody()
    chat, kept = site.open(name=who.name, email=who.email, phone=who.phone), site.open(name=who.name, email=who.email)
    call, sale = call_of(site, who), sold_to(site, who)
    correct(kept.pk, site.site_id, {"name": new.name}, NOON)
    copies = restored(site.site_id)
    correct(chat.pk, site.site_id, {"name": new.name, "phone": ""}, LATER)
    correct(kept.pk, site.site_id, {"email": new.email}, LATER)  # its live item stays
    for name, item, field in (("correspondence", call, "email"), ("purchases", sale, "address")):
        value = new.email if field == "email" else "2 New Road"
        store(name).rectify(Reference(name, item.pk), field, value, "priya", LATER)
    lose(Chat, chat.pk)
    lose(type(call), call.pk)
    lose(type(sale), sale.pk)
    done = {
        name: take_over(name, copies[name], LATER, lambda _: None, NOON)
        for name in ("chats", "correspondence", "purchases")
    }
    blank = {(one.reference, one.field, one.by) for result in done.values() for one in result.blank}
    assert blank == {
        (chat.pk, "name", "visitor"), (chat.pk, "phone", "visitor"), (call.pk, "email", "priya"),
        (sale.pk, "address", "priya"),
    }  # fmt: skip
    (left,) = items_of(Chat, chat.pk)
    assert not {"name", "name_key", "name_search", "phone", "phone_key"} & set(left)
    assert left["email"] == {"S": who.email}
    assert items_of(Chat, kept.pk)[0]["email"] == {"S": new.email}
    assert not {"email", "email_key"} & set(items_of(type(call), call.pk)[0])
    assert "address" not in items_of(type(sale), sale.pk)[0]
    lines = " ".join(told(one for result in done.values() for one in result.blank))
    for value in (*vars(who).values(), *vars(new).values(), "High Street", "New Road"):
        assert value not in lines
        assert value not in str(items("ledger"))


def test_N14_what_was_corrected_before_the_backup_stays_corrected(restored: Any) -> None:
    site, who, new = world(), somebody(), somebody()
    chat = site.open(name=who.name, email=who.email)
    correct(chat.pk, site.site_id, {"name": new.name}, NOON - timedelta(hours=1))
    copy = restored(site.site_id)["chats"]
    lose(Chat, chat.pk)
    assert take_over("chats", copy, LATER, lambda _: None, NOON).blank == ()
    assert items_of(Chat, chat.pk)[0]["name"] == {"S": new.name}


def test_N21_an_address_and_a_number_that_an_erasure_took_from_a_purchase_do_not_come_back(restored: Any) -> None:
    site, who = world(), somebody()
    sale = sold_to(site, who)
    copy = restored(site.site_id)["purchases"]
    store("purchases").erase([Reference("purchases", sale.pk)], "priya", LATER)
    (before,) = items_of(type(sale), sale.pk)
    lose(type(sale), sale.pk)
    assert take_over("purchases", copy, LATER, lambda _: None, NOON) == Restored(deleted=0, back=1)
    assert items_of(type(sale), sale.pk) == [before]


def test_N19_names_that_two_people_took_from_the_log_do_not_come_back_with_it(restored: Any) -> None:
    site, who, other = world(), somebody(), somebody()
    chat, third = site.open(name=who.name, email=who.email), site.open(name=other.name, email=other.email)
    correct(chat.pk, site.site_id, {"email": f"new.{who.email}"}, NOON)
    copy = restored(site.site_id)["evidence"]
    evidence.STORE.pseudonymise(evidence.STORE.find(who.subject(site)), LATER)
    before = items_of(Entry, chat.pk)
    lose(Entry, chat.pk, third.pk)
    take_over("evidence", copy, LATER, lambda _: None, NOON)
    assert items_of(Entry, chat.pk) == before
    assert who.email not in str(before)
    assert items_of(Entry, third.pk)[0]["email"] == {"S": other.email}


def test_a_table_made_anew_is_restricted_and_blanked_where_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    client, name = aws.dynamodb().client, f"anew-{secrets.token_hex(4)}"
    monkeypatch.setattr(clock, "now", lambda: NOON)
    site, who, new = world(), somebody(), somebody()
    chats = [site.open(name=who.name, email=who.email) for _ in range(3)]
    backup = [item for chat in chats for item in items_of(Chat, chat.pk)]
    store("chats").restrict([Reference("chats", chats[0].pk, "META")], restricted=True, actor="priya", now=NOON)
    correct(chats[1].pk, site.site_id, {"name": new.name}, NOON)
    client.create_table(TableName=name, **definition(store("chats")))
    for item in backup:
        client.put_item(TableName=name, Item=item)
    monkeypatch.setenv("CHATS_TABLE", name)
    said: list[str] = []
    for _ in range(2):
        assert mend("chats", NOON - timedelta(minutes=1), said.append) == 0
    assert [line for line in said if chats[1].pk in line] == [said[1]]
    found = {item["pk"]["S"]: item for item in client.scan(TableName=name)["Items"]}
    assert found[chats[0].pk]["restricted"] == {"BOOL": True}
    assert "inbox" not in found[chats[0].pk]
    assert "name" not in found[chats[1].pk]
    assert found[chats[2].pk] == backup[2]
    client.update_table(TableName=name, DeletionProtectionEnabled=False)
    client.delete_table(TableName=name)


def call_of(site: Any, who: Person) -> Any:
    """A call of somebody's."""
    return calls.record_call(
        site.site_id, "priya", about="The kettle leaks.", at=None, **vars(who), chat_id=None, now=NOON
    )


def sold_to(site: Any, who: Person) -> Any:
    """A purchase of somebody's."""
    sale = purchases.Sale(
        **vars(who), address="1 High Street", what="Gold", amount="49.00", currency="GBP", bought_on="2098-12-24",
        processor="paypal", processor_reference=f"PP{secrets.token_hex(6)}x",
    )  # fmt: skip
    return purchases.record_purchase(site.site_id, "priya", sale, NOON)

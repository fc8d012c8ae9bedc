"""After a restore, what was erased is erased again (N18)."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from imchat import aws, clock
from imchat.chat.deleting import delete
from imchat.periods import add_months
from imchat.register.stores import stores
from imchat.settings import table_name
from imchat.stores.ledger import Erased
from infra.restore import forget
from infra.tables import definition
from tests.adapters.people import fill, somebody
from tests.adapters.test_stores import items
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
        assert forget(name, copy) == len(erased_items)
        after = items("copy")
        assert after == {key: item for key, item in before.items() if key not in erased_items}
        # No more than what the live table still has, but for what was kept as it was.
        assert set(after) <= set(live)
        assert forget(name, copy) == 0


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

"""Deployed functions while DynamoDB is busy: a chosen few, each under its own role (tests/adapters/test_busy.py has what
the library does)."""

from typing import Any

import pytest

from imchat.stores.chats import PAGE_MESSAGES, Chat
from imchat.stores.evidence import Entry
from tests.adapters.worlds import items_of
from tests.flow.busy import BATCHES, busy
from tests.flow.client import run
from tests.flow.sites import TestSite

pytestmark = pytest.mark.usefixtures("tables")


def test_N17_N18_a_chat_is_listed_read_deleted_and_swept_while_dynamodb_is_busy(
    stack: dict[str, Any], site: TestSite
) -> None:
    visitors = [site.visitor() for _ in range(3)]
    with busy(stack, "OperatorHandler", "APIHandler", "Sweeper"):
        for visitor in visitors:
            assert visitor.open(text="message").status == 201
        talker = visitors[0]
        for _ in range(PAGE_MESSAGES + 2):
            assert talker.say("message").status == 201
        inbox = site.operator("GET", "/v1/operator/chats")
        assert {chat["chat_id"] for chat in inbox.json["chats"]} == {visitor.chat_id for visitor in visitors}
        assert int(inbox.headers[BATCHES]) > 3
        shown = site.operator.read(talker.chat_id).json
        assert len(shown["messages"]) == PAGE_MESSAGES + 3
        assert talker.delete().status == 200
        assert items_of(Chat, talker.chat_id) == []
        entries = [item for visitor in visitors for item in items_of(Entry, visitor.chat_id)]
        assert len(entries) > len(visitors)
        for item in entries:
            Entry(item["pk"]["S"], item["sk"]["S"]).update([Entry.due_at.set(1)])
        done = run(stack, "Sweeper")
        # One by one, where PynamoDB would have given up.
        assert int(done[BATCHES]) > 3
        assert done["evidence_expired"] >= len(entries)
    assert [items_of(Entry, visitor.chat_id) for visitor in visitors] == [[]] * len(visitors)
    assert BATCHES not in site.operator("GET", "/v1/operator/chats").headers

"""The operators' API on the deployed stack, with IAM enforced."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from imchat.stores import statistics
from imchat.stores.evidence import Entry
from tests.adapters.worlds import items_of
from tests.flow.client import Api, staff
from tests.flow.sites import TestSite, make_site

pytestmark = pytest.mark.usefixtures("tables")


def test_the_inbox_by_status_and_assignment(site: TestSite) -> None:
    visitors = [site.visitor() for _ in range(4)]
    for number, visitor in enumerate(visitors):
        visitor.open(text=f"question {number}", name=f"Visitor {number}")
    ids = [visitor.chat_id for visitor in visitors]
    assert site.operator("POST", f"/v1/operator/chats/{ids[0]}/assign").status == 200
    assert site.colleague("POST", f"/v1/operator/chats/{ids[1]}/assign").status == 200
    visitors[2].close()

    def inbox(query: str = "") -> list[str]:
        answer = site.operator("GET", f"/v1/operator/chats{query}")
        assert answer.status == 200, answer.body
        return [chat["chat_id"] for chat in answer.json["chats"]]

    assert inbox() == [ids[3], ids[1], ids[0]]
    assert inbox("?assigned=mine") == [ids[0]]
    assert inbox("?assigned=unassigned") == [ids[3]]
    assert inbox("?status=closed") == [ids[2]]
    first = site.operator("GET", "/v1/operator/chats?limit=2").json
    second = site.operator("GET", f"/v1/operator/chats?limit=2&next={first['next']}").json
    assert [chat["chat_id"] for chat in first["chats"] + second["chats"]] == [ids[3], ids[1], ids[0]]
    shown = first["chats"][0]
    assert shown["waiting"] is True
    assert shown["last_message"]["text"] == "question 3"
    assert shown["visitor"]["name"] == "Visitor 3"


def test_the_inbox_says_who_waits_since_when_and_what_nobody_has_read(site: TestSite) -> None:
    visitor = site.visitor()

    def shown() -> tuple[bool, str | None, int]:
        chats = site.operator("GET", "/v1/operator/chats").json["chats"]
        chat = next(one for one in chats if one["chat_id"] == visitor.chat_id)
        return chat["waiting"], chat["waiting_since"], chat["unread"]

    visitor.open()
    assert shown() == (False, None, 0)
    first = visitor.say("Hello").json["message"]["at"]
    site.operator.say(visitor.chat_id, "Knows us", kind="notes")
    visitor.say("Anybody there?")
    assert shown() == (True, first, 2)
    site.operator.say(visitor.chat_id, "Yes")
    assert shown() == (False, None, 0)
    again = visitor.say("Good").json["message"]["at"]
    assert shown() == (True, again, 1)
    visitor.close()
    closed = site.operator.read(visitor.chat_id).json["chat"]
    assert (closed["waiting"], closed["waiting_since"]) == (False, None)


def test_N19_whoever_reads_a_chat_is_recorded(site: TestSite) -> None:
    visitor = site.visitor()
    visitor.open(text="Hello", name="Ada", email="ada@example.org")
    for _ in range(3):
        assert site.operator.read(visitor.chat_id).status == 200
    entries = items_of(Entry, visitor.chat_id)
    views = [entry for entry in entries if entry["action"]["S"] == "view"]
    assert [view["actor"]["S"] for view in views] == [site.operator_id]
    assert {entry["action"]["S"] for entry in entries} == {"open", "view"}
    assert not {"email", "name", "phone"} & set(views[0])
    for entry in (entry for entry in entries if entry not in views):
        assert entry["email"] == {"S": "ada@example.org"}
        assert entry["name"] == {"S": "Ada"}


def test_notes_stay_among_operators(site: TestSite) -> None:
    visitor = site.visitor()
    visitor.open(text="Hello")
    note = site.operator.say(visitor.chat_id, "Looks like a reseller", kind="notes")
    assert note.json["message"]["by"] == "note"
    assert [one["by"] for one in site.colleague.read(visitor.chat_id).json["messages"]] == ["visitor", "note"]
    assert [one["by"] for one in visitor.poll().json["messages"]] == ["visitor"]


def test_a_reply_sent_twice_is_said_once(site: TestSite) -> None:
    visitor = site.visitor()
    visitor.open(text="Hello")
    assert site.operator.say(visitor.chat_id, "Hi", "r1").status == 201
    assert site.operator.say(visitor.chat_id, "Hi", "r1").status == 200
    assert site.colleague.say(visitor.chat_id, "Hi", "r1").status == 201
    assert [one["text"] for one in visitor.poll().json["messages"]] == ["Hello", "Hi", "Hi"]


def test_assigning_and_handing_over(site: TestSite, elsewhere: TestSite) -> None:
    visitor = site.visitor()
    visitor.open(text="Hello")
    path = f"/v1/operator/chats/{visitor.chat_id}"
    taken = site.operator("POST", f"{path}/assign")
    assert taken.json["chat"]["assigned_to"] == site.operator_id
    refused = site.colleague("POST", f"{path}/assign", {})
    assert (refused.status, refused.json["type"]) == (409, "/problems/assigned_already")
    handed = site.operator("POST", f"{path}/transfer", {"operator_id": site.colleague_id})
    assert handed.json["chat"]["assigned_to"] == site.colleague_id
    stranger = site.operator("POST", f"{path}/transfer", {"operator_id": elsewhere.operator_id})
    assert (stranger.status, stranger.json["field"]) == (400, "operator_id")
    actions = [entry["action"]["S"] for entry in items_of(Entry, visitor.chat_id)]
    assert [action for action in actions if action != "view"] == ["open", "assign", "transfer"]
    visitor.close()
    assert site.operator("POST", f"{path}/assign", {"operator_id": site.operator_id}).status == 409


def test_canned_replies(site: TestSite, elsewhere: TestSite) -> None:
    made = site.operator("POST", "/v1/operator/canned", {"shortcut": "hi", "text": "Good morning!"})
    assert made.status == 201
    path = f"/v1/operator/canned/{made.json['id']}"
    assert site.colleague("GET", "/v1/operator/canned").json["canned"] == [made.json]
    assert elsewhere.operator("GET", "/v1/operator/canned").json["canned"] == []
    assert elsewhere.operator("PUT", path, {"shortcut": "hi", "text": "Bah"}).status == 404
    assert elsewhere.operator("DELETE", path).status == 404
    changed = site.operator("PUT", path, {"shortcut": "hello", "text": "Good evening!"})
    assert changed.json == {"id": made.json["id"], "shortcut": "hello", "text": "Good evening!"}
    assert site.operator("POST", "/v1/operator/canned", {"shortcut": "a b", "text": "x"}).json["field"] == "shortcut"
    assert site.operator("DELETE", path).status == 204
    assert site.operator("DELETE", path).status == 404
    assert site.operator("GET", "/v1/operator/canned").json["canned"] == []


def test_a_site_is_online_while_somebody_is_present(stack: dict[str, Any]) -> None:
    site = make_site(stack)

    def online() -> bool:
        return bool(Api(stack)("GET", f"/v1/sites/{site.site.site_id}").json["online"])

    assert not online()
    shown = site.operator("PUT", "/v1/operator/presence", {"present": True}).json
    assert shown["present"] is True
    assert shown["online"] is True
    assert {(one["name"], one["present"]) for one in shown["operators"]} == {("Olga", True), ("Otto", False)}
    assert online()
    assert site.colleague("GET", "/v1/operator/presence").json["present"] is False
    site.operator("PUT", "/v1/operator/presence", {"present": False})
    assert not online()
    visitor = site.visitor()
    assert visitor.open(text="Please write back", email="ada@example.org").status == 201


def test_staff_of_another_site_see_nothing(site: TestSite, elsewhere: TestSite) -> None:
    visitor = site.visitor()
    visitor.open(text="Hello")
    path = f"/v1/operator/chats/{visitor.chat_id}"
    stranger = elsewhere.operator
    unknown = stranger.read("a" * 26)
    tries = [
        stranger.read(visitor.chat_id),
        stranger.say(visitor.chat_id, "Hi"),
        stranger.say(visitor.chat_id, "Hi", kind="notes"),
        stranger("POST", f"{path}/assign"),
        stranger("POST", f"{path}/transfer", {"operator_id": elsewhere.operator_id}),
        stranger("POST", f"{path}/close"),
        stranger("DELETE", path),
    ]
    assert [(answer.status, answer.body) for answer in tries] == [(404, unknown.body)] * len(tries)
    assert visitor.chat_id not in str(stranger("GET", "/v1/operator/chats").json)
    assert visitor.poll().json["status"] == "open"


def test_only_operators_answer_and_only_owners_count(site: TestSite, stack: dict[str, Any]) -> None:
    assert site.owner("GET", "/v1/operator/chats").status == 403
    assert staff(stack, "privacy")("GET", "/v1/operator/chats").status == 403
    assert site.operator("GET", "/v1/account/statistics").status == 403
    assert Api(stack)("GET", "/v1/operator/chats").status == 401
    forged = Api(stack, token=site.operator.api.token + "x")
    assert forged("GET", "/v1/operator/chats").status == 401
    visitor = site.visitor()
    visitor.open()
    assert visitor.api("GET", "/v1/operator/chats").status == 401


def test_N20_statistics_count_each_chat_once(stack: dict[str, Any]) -> None:
    site = make_site(stack)
    closed, deleted, rated = (site.visitor() for _ in range(3))
    closed.open(text="one", name="Ada")
    site.operator.say(closed.chat_id, "two")
    closed.close()
    closed.close()
    closed.delete()
    deleted.open(text="one")
    deleted.delete()
    rated.open(text="one")
    rated.rate(2)
    rated.rate(4)
    rated.close()
    today = datetime.now(UTC).date()
    shown = site.owner("GET", "/v1/account/statistics").json
    assert (shown["days"], shown["longer"], shown["total"]) == ([], [], {})  # fewer than five are not shown
    total = statistics.total(statistics.read(site.site.site_id, today - timedelta(days=1), today))
    assert total["chats"] == 3
    assert total["messages:visitor"] == 3
    assert total["messages:operator"] == 1
    assert (total["outcome:closed"], total["outcome:deleted"]) == (2, 1)
    assert (total["waiting:unanswered"], total["waiting:10"]) == (2, 1)
    assert total["rating:4"] == 1
    assert total["rating:2"] == 0
    assert total["country:unknown"] == total["browser:bot"] == 3
    assert site.owner("GET", "/v1/account/statistics?from=tomorrow").json["field"] == "from"

"""Anonymous chats through the deployed API: by the key in the tab, and as the person remembers them (N7)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from imchat import clock, tokens
from imchat.chat.opening import Opening, open_chat
from imchat.stores.chats import Chat
from tests.flow.client import Api, Member
from tests.flow.rights import at_step, code_to, person
from tests.flow.sites import ORIGIN, TestSite, make_site

pytestmark = pytest.mark.usefixtures("tables")


def chat(site: TestSite, text: str) -> Chat:
    return open_chat(Opening(site.site.site_id, text=text, origin=ORIGIN), clock.now())


def test_N7_anonymous_chats_are_found_by_their_key_and_by_what_the_person_remembers(stack: dict[str, Any]) -> None:
    site, email = make_site(stack), person()
    mine, remembered = chat(site, "Hello"), chat(site, "The teapot arrived cracked this morning")
    key = tokens.issue(mine.pk, mine.site_id, ORIGIN, now=clock.now(), expires_at=int(mine.expires_at))
    refused = Api(stack)("POST", "/v1/rights-requests", {"type": "access", "email": email, "chat_key": f"{key}x"})
    assert (refused.status, refused.json["field"]) == (400, "chat_key")
    asked = Api(stack)("POST", "/v1/rights-requests", {"type": "access", "email": email, "chat_key": key})
    reference = asked.json["reference"]
    desk = Member(stack, **stack["staff"]["privacy"])
    path = f"/v1/desk/requests/{reference}"
    now = datetime.now(UTC)
    description = {
        "since": (now - timedelta(hours=1)).isoformat(), "until": (now + timedelta(hours=1)).isoformat(),
        "words": "teapot arrived cracked", "website": site.site.site_id,
    }  # fmt: skip
    described = desk("POST", f"{path}/descriptions", description)
    assert described.status == 201, described.body
    assert Api(stack)("POST", f"/v1/rights-requests/{reference}/code", {"code": code_to(stack, email)}).status == 200
    at_step(desk, path, "review")
    found = {item["item"]: item for item in desk("GET", f"{path}/findings?store=chats").json["items"]}
    by_key, by_words = found[f"chats:{mine.pk}:META"], found[f"chats:{remembered.pk}:META"]
    assert (by_key["matched"], by_key["candidate"]) == (["key"], False)
    assert (by_words["matched"], by_words["candidate"], by_words["taken"]) == (["described"], True, False)
    without = desk("POST", f"{path}/candidates", {"item": by_words["item"], "taken": True})
    assert (without.status, without.json["field"]) == (400, "because")
    taken = desk("POST", f"{path}/candidates", {"item": by_words["item"], "taken": True, "because": "knows the order"})
    assert [one["because"] for one in taken.json["judged"]] == ["knows the order"]
    assert desk("POST", f"{path}/approve", {}).status == 403
    other = Member(stack, **stack["staff"]["privacy2"])
    assert other("POST", f"{path}/approve", {}).status == 200
    at_step(other, path, "delivery")

"""Rights requests from the first word to the end, on the deployed stack: the state machine, its tasks under their own
roles, the desk, the person's mailbox."""

import secrets
from typing import Any

import pytest

from tests.flow.client import Member, mail_to, until
from tests.flow.sites import TestSite, make_site

pytestmark = pytest.mark.usefixtures("tables")
NOW = "2026-11-01T10:00:00+00:00"


@pytest.fixture(scope="module")
def site(stack: dict[str, Any]) -> TestSite:
    return make_site(stack)


def person() -> str:
    return f"ann.{secrets.token_hex(6)}@example.org"


def take_in(site: TestSite, kind: str, email: str, **more: Any) -> str:
    """A request by letter of somebody whose identity staff have proven; its path."""
    made = site.privacy(
        "POST",
        "/v1/desk/requests",
        {"type": kind, "channel": "letter", "received_at": NOW, "email": email}
        | {"identity": {"decision": "proven", "method": "document", "at": NOW}}
        | more,
    )
    assert made.status == 201, made.body
    return f"/v1/desk/requests/{made.json['reference']}"


def at_step(member: Member, path: str, step: str) -> Any:
    """The request, once its flow has come to ``step``."""

    def there() -> Any:
        found = member("GET", path)
        assert found.status == 200, found.body
        assert found.json["progress"]["failed"] is None or step == "attention", found.json["progress"]
        return found.json if found.json["progress"]["step"] == step else None

    return until(there)


def test_N18_an_erasure_is_searched_reviewed_done_in_every_store_and_receipted(
    site: TestSite, stack: dict[str, Any]
) -> None:
    email = person()
    visitor = site.visitor()
    visitor.open(email=email, name="Ann Example", text="please delete me")
    path = take_in(site, "erasure", email, name="Ann Example")
    found = at_step(site.privacy, path, "review")
    chats = next(one for one in found["progress"]["stores"] if one["store"] == "chats")
    assert (chats["found"], chats["candidates"]) == (1, 0)
    assert visitor.poll().status == 200
    assert site.privacy("POST", f"{path}/approve").status == 200
    done = at_step(site.privacy, path, "done")
    assert done["state"] == "closed"
    receipt = {one["store"]: one for one in done["receipt"]}
    assert receipt["chats"]["changed"] == 1
    assert [one["why"] for one in receipt["evidence"]["kept"]] == ["evidence of use"]
    assert visitor.poll().status == 404
    mails = until(lambda: [one for one in mail_to(stack, email) if "deleted" in one["Subject"]])
    assert "Chats: 1 deleted" in mails[0]["BodyText"]

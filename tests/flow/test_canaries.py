"""Personal data is where it belongs and nowhere else: unique values planted in every field, every flow run, everything
searched (DESIGN section 7)."""

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.web import sent_mail
from tests.flow.client import POOL, Api, mail_to, until
from tests.flow.sites import TestSite, make_site

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture(scope="module")
def site(stack: dict[str, Any]) -> TestSite:
    return make_site(stack)


def canary(what: str) -> str:
    return f"{what}canary{secrets.token_hex(6)}"


def log_lines(stack: dict[str, Any]) -> Iterator[str]:
    """Every line of every log group, metrics among them."""
    logs = Api(stack).client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
            yield from (event["message"] for event in page["events"])


def table_items(stack: dict[str, Any], table: str) -> list[dict[str, Any]]:
    dynamodb = Api(stack).client("dynamodb")
    pages = dynamodb.get_paginator("scan").paginate(TableName=stack["tables"][table])
    return [item for page in pages for item in page["Items"]]


def test_N18_N19_after_a_deletion_only_the_system_log_knows_name_and_email(
    site: TestSite, stack: dict[str, Any]
) -> None:
    planted = {
        "name": canary("Ada"),
        "email": f"{canary('ada')}@example.org",
        "phone": "+44 20 7946 " + f"{secrets.randbelow(10_000):04}",
        "text": canary("said"),
        "page_url": f"https://shop.example/{canary('page')}?q={canary('query')}",
    }
    corrected, reply, note, comment = canary("Grace"), canary("reply"), canary("note"), canary("comment")
    visitor = site.visitor()
    assert visitor.open(**planted, client_id=secrets.token_hex(16)).status == 201
    token = visitor.api.token or ""
    site.operator.say(visitor.chat_id, reply)
    site.operator.say(visitor.chat_id, note, kind="notes")
    site.operator.read(visitor.chat_id)
    visitor.say("x" * 4001 + canary("refused"))
    visitor.api("POST", f"/v1/chats/{visitor.chat_id}/messages", {"text": "a", canary("field"): canary("value")})
    visitor.api("GET", f"/v1/chats/{visitor.chat_id}/messages?after={canary('after')}")
    site.visitor().open(email=f"{canary('bad')} address", name=canary("badname"))
    site.visitor().open(identity=canary("identity"))
    visitor.correct(name=corrected)
    visitor.rate(5, comment=comment)
    visitor.close()
    until(lambda: mail_to(stack, planted["email"]))
    until(lambda: visitor.poll().json["transcript"]["state"] == "sent")
    digits = planted["phone"].replace(" ", "")

    queues = POOL.request("GET", f"{stack['endpoint_url']}/_ministack/sqs/messages").data.decode()
    logs = "\n".join(log_lines(stack))
    assert visitor.chat_id in logs  # the search does search
    for place in (logs, queues):
        assert "canary" not in place.lower()
        assert digits not in place
        assert planted["phone"] not in place
        assert token not in place

    assert visitor.delete().status == 200
    for table in ("chats", "statistics", "accounts", "limits"):
        assert "canary" not in str(table_items(stack, table)).lower()
    left = [item for item in table_items(stack, "evidence") if "canary" in str(item).lower()]
    assert {item["pk"]["S"] for item in left} == {visitor.chat_id}
    for item in left:
        known = json.dumps(item, ensure_ascii=False)
        assert not any(value in known for value in (planted["text"], reply, note, comment, "pagecanary", "querycanary"))
        assert digits not in known or item["action"]["S"] == "correct"
    assert [one["To"] for one in sent_mail(stack["endpoint_url"]) if "canary" in str(one).lower()] == [
        [planted["email"]]
    ]

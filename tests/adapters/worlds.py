"""What adapter tests build: a site of their own in the emulator's tables, and chats on it."""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from imchat import aws
from imchat.chat.opening import Opening, open_chat
from imchat.chat.posting import Author, post
from imchat.settings import settings, table_name
from imchat.stores import accounts
from imchat.stores.base import Item
from imchat.stores.chats import Chat

# Far from now, so that no clock of the emulator (its expiry is real) meets the clocks of the tests.
NOON = datetime(2099, 3, 3, 12, 0, tzinfo=UTC)
ORIGIN = "https://shop.example"


@dataclass(frozen=True)
class World:
    """A site with two operators."""

    site_id: str
    operator: str
    colleague: str

    def open(self, now: datetime = NOON, **fields: Any) -> Chat:
        """A chat on this site."""
        fields.setdefault("ip", secrets.token_hex(8))
        return open_chat(Opening(site_id=self.site_id, origin=ORIGIN, **fields), now)


def answer(chat: Chat, now: datetime = NOON) -> None:
    """An operator writes in a chat: from then on copies of it are mailed."""
    post(chat.pk, Author(chat.site_id, "operator", "olga", "Olga"), "How can I help?", "answer", now)


def world(**fields: Any) -> World:
    """A new site; ``fields`` are Site's."""
    site_id = f"site-{secrets.token_hex(6)}"
    usual = {"name": "Corner Shop", "opens_per_minute": 10_000}
    accounts.create_site(site_id, origins=[ORIGIN], **{**usual, **fields})
    operators = [f"op-{secrets.token_hex(4)}" for _ in range(2)]
    for number, operator in enumerate(operators):
        accounts.add_operator(site_id, operator, f"Operator {number}", f"{operator}@staff.example")
    return World(site_id, *operators)


def items_of(model: type[Item], chat_id: str) -> list[dict[str, Any]]:
    """All raw items of a partition, expired or not: what is really in the table."""
    table = table_name(model.TABLE)
    found = aws.client("dynamodb").query(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": chat_id}},
        ConsistentRead=True,
    )
    items: list[dict[str, Any]] = found["Items"]
    return items


def jobs_of(chat_id: str) -> list[int]:
    """Numbers of the transcript jobs of a chat that are on the queue, which is emptied."""
    queue = settings().transcript_queue_url
    found = []
    while True:
        messages = aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        if not messages:
            return found
        for message in messages:
            body = json.loads(message["Body"])
            assert set(body) in ({"chat_id", "job"}, {"request", "mail"})
            if body.get("chat_id") == chat_id:
                found.append(body["job"])
            aws.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])

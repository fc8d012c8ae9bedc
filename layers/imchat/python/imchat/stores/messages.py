"""What is said in a chat, and how a list of it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pynamodb.attributes import Attribute

By = Literal["visitor", "operator", "note"]


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said. ``id`` is its author's client id, prefixed so that authors cannot meet; ``at`` epoch ms;
    ``operator`` is who wrote it when it was not the visitor. A note is for operators only."""

    id: str
    by: By
    text: str
    at: int
    operator: str | None = None

    @property
    def client_id(self) -> str:
        """The id as its author's client gave it."""
        return self.id.split(":", 2)[2] if self.operator else self.id.split(":", 1)[1]

    @property
    def size(self) -> int:
        """Bytes that it adds to the item: text, id (also in ``seen``) and the names of its fields."""
        return len(self.text.encode()) + 2 * len(self.id) + len(self.operator or "") + 48


class Messages(Attribute[list[Message]]):
    """A list of messages as DynamoDB's own list of maps."""

    attr_type = "L"

    def serialize(self, value: Sequence[Message]) -> list[dict[str, Any]]:
        """DynamoDB's form of ``value``."""
        stored = []
        for message in value:
            fields = {
                "id": {"S": message.id},
                "by": {"S": message.by},
                "text": {"S": message.text},
                "at": {"N": str(message.at)},
            }
            if message.operator:
                fields["operator"] = {"S": message.operator}
            stored.append({"M": fields})
        return stored

    def deserialize(self, value: list[dict[str, Any]]) -> list[Message]:
        """The messages of DynamoDB's form."""
        return [
            Message(
                id=entry["M"]["id"]["S"],
                by=entry["M"]["by"]["S"],
                text=entry["M"]["text"]["S"],
                at=int(entry["M"]["at"]["N"]),
                operator=entry["M"]["operator"]["S"] if "operator" in entry["M"] else None,
            )
            for entry in value
        ]

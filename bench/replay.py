"""What AWS answered, to be answered again: handed to botocore at ``before-send``, so that nothing waits for a store."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """An answer as botocore's parsers want it."""

    status_code: int
    headers: Any
    content: bytes

    @classmethod
    def heard(cls, response: dict[str, Any]) -> "Answer":
        """The answer of which ``response-received`` tells."""
        return cls(response["status_code"], response["headers"], response["body"])

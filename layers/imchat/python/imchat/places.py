"""Where a list goes on: what is given out with a page, and taken back."""

import base64
import binascii
from typing import Any

from imchat.errors import InvalidInput


def spelled(key: dict[str, Any], order: str) -> str:
    """The place behind a page, from DynamoDB's last key; ``order`` is the index's range key."""
    return base64.urlsafe_b64encode(f"{key[order]['N']}.{key['pk']['S']}".encode()).decode().rstrip("=")


def key_of(place: str, order: str, **fixed: str) -> dict[str, Any]:
    """DynamoDB's key of a place; ``fixed`` are the rest of it, the index's partition among them, so that it is always
    the caller's own. Raises InvalidInput for a place that was not given out."""
    try:
        number, pk = base64.urlsafe_b64decode(place + "=" * (-len(place) % 4)).decode("ascii").split(".")
        return {name: {"S": value} for name, value in fixed.items()} | {"pk": {"S": pk}, order: {"N": str(int(number))}}
    except (ValueError, binascii.Error):
        raise InvalidInput("bad_cursor", "This place in the list is not one that was given out.", "next") from None

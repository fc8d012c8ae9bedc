"""Where a list goes on: what is given out with a page, and taken back."""

import base64
import binascii
import re
from collections.abc import Iterable
from typing import Any

from imchat.errors import InvalidInput

MOST = 100
# A list is never above 1 MB (DESIGN section 8); what stands around its items has the rest.
MOST_BYTES = 900_000
# A moment, and what happened then.
_PLACE = re.compile(r"([0-9]{1,16})\.([a-z0-9-]{1,64})")


def fitting(sizes: Iterable[int]) -> int:
    """How many things of these sizes in bytes, in this order, one answer holds: one at least."""
    fit = total = 0
    for size in sizes:
        total += size
        if fit and total > MOST_BYTES:
            break
        fit += 1
    return fit


def bounded(limit: int) -> int:
    """How many of a list to show at once: 1 to MOST. Raises InvalidInput."""
    if not 1 <= limit <= MOST:
        raise InvalidInput("invalid_value", f"The limit is a whole number from 1 to {MOST}.", "limit")
    return limit


def spelled(key: dict[str, Any], order: str) -> str:
    """The place behind a page, from DynamoDB's last key; ``order`` is the index's range key."""
    return base64.urlsafe_b64encode(f"{key[order]['N']}.{key['pk']['S']}".encode()).decode().rstrip("=")


def spelled_pair(first: str, second: str) -> str:
    """The place behind a page whose last thing is known by these two, which hold no line end."""
    return base64.urlsafe_b64encode(f"{first}\n{second}".encode()).decode().rstrip("=")


def pair_of(place: str) -> tuple[str, str]:
    """What spelled_pair() spelled. Raises InvalidInput for a place that was not given out."""
    try:
        first, line_end, second = base64.urlsafe_b64decode(place + "=" * (-len(place) % 4)).decode().partition("\n")
    except (ValueError, binascii.Error):
        line_end = ""
    if not line_end:
        raise not_given_out()
    return first, second


def not_given_out() -> InvalidInput:
    """The refusal of a place in a list that is none."""
    return InvalidInput("bad_cursor", "This place in the list is not one that was given out.", "next")


def key_of(place: str, order: str, **fixed: str) -> dict[str, Any]:
    """DynamoDB's key of a place; ``fixed`` are the rest of it, the index's partition among them, so that it is always
    the caller's own. Raises InvalidInput for a place that was not given out."""
    try:
        given = _PLACE.fullmatch(base64.urlsafe_b64decode(place + "=" * (-len(place) % 4)).decode("ascii"))
    except (ValueError, binascii.Error):
        given = None
    if not given:
        raise not_given_out()
    return {name: {"S": value} for name, value in fixed.items()} | {"pk": {"S": given[2]}, order: {"N": given[1]}}

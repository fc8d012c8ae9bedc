"""Unique values to plant in the fields of personal data, and where they are found."""

import secrets
from collections.abc import Iterable
from typing import Any

from infra.traces import traces

# Nothing personal ever reaches these.
FORBIDDEN = {"queue", "log", "metric", "execution", "function", "rule"}


def canary(what: str) -> str:
    return f"{what}canary{secrets.token_hex(6)}"


def holders(stack: dict[str, Any], values: Iterable[str]) -> dict[str, set[str]]:
    """For each value the tables, buckets and mailboxes that hold it. Fails where it stands in a forbidden place."""
    held = {}
    for value, places in traces(stack, values).items():
        assert not {place for place in places if place.kind in FORBIDDEN}, value
        held[value] = {place.name.split(".")[0] if place.kind == "index" else place.name for place in places}
    return held

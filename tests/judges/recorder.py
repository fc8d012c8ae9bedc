"""Remembers what tests ask of DynamoDB, one request of each shape, so that another judge looks at them in seconds."""

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.judges.node import ask

Params = Mapping[str, Any]
# Dynalite knows no transactions. Each part is what a call of its own would be; a check asks for what a deletion does.
_PARTS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "DeleteItem"}
_JUDGED = {
    "GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "BatchWriteItem",
    "TransactWriteItems",
}  # fmt: skip


class Recorder:
    """What was asked for, by its shape."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, str]] = {}

    def note(self, operation: str, params: Params) -> None:
        """A request that the emulator took."""
        for name, part in _apart(operation, params):
            shape = f"{name} {_shape(part)}"
            if shape not in self._kept:
                self._kept[shape] = name, json.dumps(part, default=_plain)

    def __len__(self) -> int:
        return len(self._kept)

    def problems(self) -> list[str]:
        """What the judge has to say of all that was noted, by its shape."""
        calls = [(operation, json.loads(text)) for operation, text in self._kept.values()]
        said = ask("dynamodb.js", calls) if calls else []
        return [f"{shape}: {problem}" for shape, problem in zip(self._kept, said, strict=True) if problem]


def _apart(operation: str, params: Params) -> Iterator[tuple[str, Params]]:
    if operation == "TransactWriteItems":
        for item in params["TransactItems"]:
            for kind, part in item.items():
                yield _PARTS[kind], part
    elif operation in _JUDGED:
        yield operation, params


def _shape(value: Any, name: str = "") -> str:
    """``value`` without what it says: of attributes their types, and whether they are empty; of many alike, one."""
    if isinstance(value, Mapping):
        if len(value) == 1 and (kind := next(iter(value))) in _TYPES:
            return _TYPES[kind](value[kind])
        return "{" + ",".join(f"{key}:{_shape(one, key)}" for key, one in sorted(value.items())) + "}"
    if isinstance(value, list):
        return "[" + ",".join(sorted({_shape(one) for one in value})) + "]"
    return str(value) if name.endswith("Expression") or name.startswith("#") or isinstance(value, bool) else name


def _of_scalar(kind: str) -> Any:
    return lambda held: kind if held not in ("", b"", [], set()) else f"{kind}, empty"


_TYPES: dict[str, Any] = {kind: _of_scalar(kind) for kind in ("S", "N", "B", "SS", "NS", "BS", "BOOL", "NULL")}
_TYPES["L"] = lambda held: "L" + _shape(held)
_TYPES["M"] = lambda held: "M" + _shape(held)


def _plain(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else sorted(value)

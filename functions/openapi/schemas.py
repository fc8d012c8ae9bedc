"""JSON Schemas of forms and shapes, with the library's rules spelled out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from functions.openapi.rules import Schema, rules

_PLACE = "#/components/schemas/"


@dataclass(frozen=True)
class Components:
    """The schema of each type that was asked for, and all the named ones that they stand on."""

    of: dict[Any, Schema]
    named: dict[str, Schema]


def components(types: Iterable[Any], suffix: str = "") -> Components:
    """The schemas of ``types``; ``suffix`` sets names apart that other types have too. Objects hold nothing that is not
    declared. Raises ValueError where two types have one name."""
    wanted = list(types)
    found, named = msgspec.json.schema_components(wanted, ref_template=f"{_PLACE}{{name}}{suffix}")
    if doubled := [name for name in named if "." in name]:
        raise ValueError(f"two types have one name: {', '.join(doubled)}")
    return Components(
        {one: _spelled(schema) for one, schema in zip(wanted, found, strict=True)},
        {f"{name}{suffix}": _spelled(schema) for name, schema in named.items()},
    )


def _spelled(node: Any) -> Any:
    """A schema without our own words in it."""
    if isinstance(node, list):
        return [_spelled(one) for one in node]
    if not isinstance(node, dict):
        return node
    told = {name: _spelled(value) for name, value in node.items() if name not in ("x-rule", "title", "properties")}
    if rule := node.get("x-rule"):
        told |= rules()[rule]
    if "properties" in node:
        told["properties"] = {name: _spelled(value) for name, value in node["properties"].items()}
        told = _closed(told)
    return told


def _closed(told: Schema) -> Schema:
    closed = told | {"additionalProperties": False}
    if not closed.get("required"):
        closed.pop("required", None)
    if "description" in closed:
        closed["description"] = closed["description"].replace("``", "`")
    return closed


def example(schema: Schema, named: dict[str, Schema]) -> Any:
    """A value of a form's schema: what is required, and what there is an example of. None where there is none."""
    if "$ref" in schema:
        schema = named[schema["$ref"].removeprefix(_PLACE)]
    if "anyOf" in schema:
        return example(schema["anyOf"][0], named)
    for key in ("examples", "enum"):
        if key in schema:
            return schema[key][0]
    if schema.get("type") == "object":
        values = {name: example(one, named) for name, one in schema.get("properties", {}).items()}
        required = schema.get("required", ())
        return {
            name: "..." if value is None else value
            for name, value in values.items()
            if value is not None or name in required
        }
    if schema.get("type") == "array":
        item = example(schema["items"], named)
        return [] if item is None else [item]
    plain: dict[Any, Any] = {"boolean": True, "date": "2026-01-31"}
    return plain.get(schema.get("format")) or plain.get(schema.get("type"))

"""DynamoDB's request units by its published rules, from the items themselves (the emulator does not size reads, nor
does it charge indexes): https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

Item = Mapping[str, Mapping[str, Any]]
_WRITTEN, _READ = 1024, 4096
# Each element of a list or map, and the list or map itself, has an overhead.
_ELEMENT, _CONTAINER = 1, 3


def size(item: Item | None) -> int:
    """Bytes of an item in DynamoDB's JSON: names and values."""
    return sum(len(name.encode()) + _value(value) for name, value in (item or {}).items())


def _value(value: Mapping[str, Any]) -> int:
    ((kind, held),) = value.items()
    if kind == "S":
        return len(held.encode())
    if kind == "N":
        digits = held.lstrip("-").replace(".", "").strip("0")
        return ceil(len(digits) / 2) + 1
    if kind in ("BOOL", "NULL"):
        return 1
    if kind == "B":
        return len(held)
    if kind in ("SS", "NS", "BS"):
        return sum(_value({kind[0]: one}) for one in held)
    if kind == "L":
        return _CONTAINER + sum(_ELEMENT + _value(one) for one in held)
    return _CONTAINER + sum(_ELEMENT + len(name.encode()) + _value(one) for name, one in held.items())


@dataclass(frozen=True)
class Table:
    """Keys of a table, and of each of its indexes, which hold keys only."""

    keys: tuple[str, ...]
    indexes: tuple[tuple[str, ...], ...]

    def key(self, item: Item) -> dict[str, Any]:
        """The key of an item."""
        return {name: item[name] for name in self.keys}

    def entry(self, index: tuple[str, ...], item: Item | None) -> dict[str, Any] | None:
        """What an index holds of an item; None where it holds nothing."""
        if not item or any(name not in item for name in index):
            return None
        return {name: item[name] for name in (*index, *self.keys)}

    def write_units(self, before: Item | None, after: Item | None, *, transaction: bool = False) -> int:
        """What a write costs that found ``before`` and left ``after``; twice in a transaction, the indexes once."""
        units = _rounded(max(size(before), size(after)), _WRITTEN) * (2 if transaction else 1)
        for index in self.indexes:
            old, new = self.entry(index, before), self.entry(index, after)
            if old != new:
                units += sum(_rounded(size(one), _WRITTEN) for one in (old, new) if one)
        return units


def read_units(sizes: Iterable[int], *, consistent: bool, together: bool = False) -> float:
    """What reading items of these sizes costs: each by itself, or ``together`` as a query's."""
    each = [sum(sizes)] if together else list(sizes)
    return sum(_rounded(one, _READ) for one in each) * (1 if consistent else 0.5)


def _rounded(bytes_: int, unit: int) -> int:
    return max(1, ceil(bytes_ / unit))

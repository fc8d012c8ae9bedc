"""The threshold rule of small counts (N1, N20): what is fewer than five stands for somebody, and is not kept by itself.

Counters are named ``group:value`` (a class: ``country:GB``) or by one word (a measure: ``chats``)."""

from collections import defaultdict
from collections.abc import Mapping

FEWEST = 5
OTHER = "other"
# Sums over chats. They are kept only with the chats that they are of, and have no "other".
_SUMS = {"messages": "chats"}
# Robots are no people: their number is kept with the views of the people, however small.
_ROBOTS, _WITH = "bots", "views"


def split(counts: Mapping[str, int], *, over: bool) -> tuple[dict[str, int], dict[str, int]]:
    """(what may be kept by itself, the rest, which goes to the longer period). Both add up to ``counts``.

    Kept is each counter of FEWEST or more. ``over``: the period has ended, so the classes below FEWEST are added to
    their group's "other", if they make FEWEST together.
    """
    kept = {name: number for name, number in counts.items() if number >= FEWEST}
    for name in [name for name in kept if kept.get(_SUMS.get(_group(name), name), 0) < FEWEST]:
        del kept[name]
    if _WITH in kept and counts.get(_ROBOTS):
        kept[_ROBOTS] = counts[_ROBOTS]
    rest = {name: number for name, number in counts.items() if number and name not in kept}
    for group, small in _small(rest).items() if over else ():
        together = sum(small.values())
        if together >= FEWEST:
            other = f"{group}:{OTHER}"
            kept[other] = kept.get(other, 0) + together
            rest = {name: number for name, number in rest.items() if name not in small}
    return kept, rest


def nameless(rest: Mapping[str, int]) -> dict[str, int]:
    """``rest`` with all classes of a group in its "other": what stays where no longer period can take it."""
    classes = _small(rest)
    named = {name for small in classes.values() for name in small}
    left = {name: number for name, number in rest.items() if name not in named}
    left |= {f"{group}:{OTHER}": sum(small.values()) for group, small in classes.items()}
    return {name: number for name, number in left.items() if number}


def _small(counts: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """The classes of ``counts``, by group."""
    classes: dict[str, dict[str, int]] = defaultdict(dict)
    for name, number in counts.items():
        group = _group(name)
        if group != name and group not in _SUMS:
            classes[group][name] = number
    return dict(classes)


def _group(name: str) -> str:
    return name.partition(":")[0]

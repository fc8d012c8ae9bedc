"""A day that is over becomes one item with what the threshold rule lets stand of its counts; the rest is added to the
month. Its parts, and the key of its sketch, are destroyed. It can be cut anywhere: the counts are taken once, in the
transaction that marks the parts as folded and deletes the first of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from imchat.stores import tallies
from imchat.stores.base import Cancelled, delete, due_keys, due_shard, put, transact
from imchat.stores.visits import Part, VisitDay, VisitTally
from imchat.thresholds import split
from imchat.visits import salt, sketch

_FOLDED = "folded"


@dataclass
class Counts:
    """What the parts of a day add up to, and their sort keys."""

    counters: dict[str, int] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)

    def unfolded(self) -> dict[str, int]:
        """The counters, but those that were taken already."""
        return {} if _FOLDED in self.keys else self.counters


def fold(now: datetime, time_left: Callable[[], bool] = lambda: True) -> Counter[str]:
    """Fold all days, months and years that are over at ``now``. Answers how many days, as "visit_days_folded"."""
    done: Counter[str] = Counter()
    salt.destroy(now)
    days: set[str] = set()
    for _ in tallies.ROUNDS:
        keys = [key for key in due_keys(Part, now) if key.pk not in days]
        for key in keys:
            if not time_left():
                done["unfinished"] = 1
                return done
            if key.sk.endswith(tallies.OPEN):
                tallies.fold(VisitTally, key.pk, key.sk, now)
            elif key.pk not in days:
                days.add(key.pk)
                _fold(key.pk, now)
                done["visit_days_folded"] += 1
        if not keys:
            break
    return done


def counts(pk: str) -> Counts:
    """What was counted on a day that is not folded yet."""
    registers: list[int] = []
    found = Counts()
    named: Counter[str] = Counter()
    for item in _parts(pk):
        sk = item["sk"]["S"]
        found.keys.append(sk)
        kind, _, name = sk.partition("#")
        if kind == "sketch":
            registers += [int(value["N"]) for register, value in item.items() if register[0] == "r"]
        elif kind in ("path", "referrer"):
            name = name.partition("#")[0]  # behind it, which of those beside a counter (imchat.visits.counting)
            named[f"{kind}:{name or 'other'}"] += int(item["number"]["N"])
        elif kind == "bots":
            named["bots"] += int(item["number"]["N"])
    views = sum(number for name, number in named.items() if name.startswith("path:"))
    found.counters = {"views": views, "visitors": sketch.estimate(registers), "bots": 0, **named}
    return found


def visit_day(site_id: str, day: str, counters: Mapping[str, int]) -> VisitDay:
    """The item of a day with these counters."""
    return VisitDay(
        site_id,
        day,
        views=counters.get("views", 0),
        visitors=counters.get("visitors", 0),
        bots=counters.get("bots", 0),
        paths=_named(counters, "path:"),
        referrers=_named(counters, "referrer:"),
    )


def counters_of(day: VisitDay) -> dict[str, int]:
    """The counters of a day's item."""
    found = {name: int(getattr(day, name)) for name in ("views", "visitors", "bots")}
    for prefix, named in (("path:", day.paths), ("referrer:", day.referrers)):
        found |= {f"{prefix}{name}": int(number) for name, number in named.as_dict().items()}
    return found


def _fold(pk: str, now: datetime) -> None:
    site_id, _, day = pk.rpartition("#")
    found = counts(pk)
    if found.keys and _FOLDED not in found.keys:
        kept, rest = split(found.counters, over=True)
        if kept and _is_there(site_id, day):
            kept, rest = {}, {name: number for name, number in found.counters.items() if number}
        first = Part(pk, found.keys[0])
        marked = Part(pk, _FOLDED, due_shard=due_shard(pk), due_at=int(now.timestamp()))
        parts = [delete(first, Part.pk.exists()), put(marked, Part.pk.does_not_exist())]
        if kept:
            parts.append(put(visit_day(site_id, day, kept), VisitDay.pk.does_not_exist()))
        month = tallies.month_key(date.fromisoformat(day))
        try:
            transact(*parts, *tallies.carry(VisitTally, site_id, month, rest))
        except Cancelled:  # another sweep folds it, or the month: the next one looks again
            return
    with Part.batch_write() as writer:
        for sk in found.keys:
            if sk != _FOLDED:
                writer.delete(Part(pk, sk))
    Part(pk, _FOLDED).delete()


def _is_there(site_id: str, day: str) -> bool:
    try:
        VisitDay.get(site_id, day, consistent_read=True)
    except VisitDay.DoesNotExist:
        return False
    return True


def _named(counters: Mapping[str, int], prefix: str) -> dict[str, int]:
    return {name.removeprefix(prefix): number for name, number in counters.items() if name.startswith(prefix)}


def _parts(pk: str) -> Iterable[dict[str, Any]]:
    start = None
    while True:
        page = Part._get_connection().query(pk, consistent_read=True, exclusive_start_key=start)
        yield from page["Items"]
        start = page.get("LastEvaluatedKey")
        if not start:
            return

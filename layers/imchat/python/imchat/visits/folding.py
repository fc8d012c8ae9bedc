"""A day that is over becomes one item of counts; its parts, and the key of its sketch, are destroyed. It can be cut
anywhere: the counts are written once, before the first part goes."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from imchat.stores.base import Cancelled, due_keys, put, transact
from imchat.stores.visits import Part, VisitDay
from imchat.visits import salt, sketch


def fold(now: datetime, time_left: Callable[[], bool] = lambda: True) -> Counter[str]:
    """Fold all days that are over at ``now``. Answers how many, as "visit_days_folded"."""
    done: Counter[str] = Counter()
    salt.destroy(now)
    for pk in dict.fromkeys(key.pk for key in due_keys(Part, now)):
        if not time_left():
            done["unfinished"] = 1
            return done
        _fold(pk)
        done["visit_days_folded"] += 1
    return done


def counts(pk: str) -> tuple[VisitDay, list[str]]:
    """What the parts of a day add up to, and their sort keys."""
    site_id, _, day = pk.rpartition("#")
    registers: list[int] = []
    numbers: Counter[str] = Counter()
    keys = []
    for item in _parts(pk):
        keys.append(item["sk"]["S"])
        if keys[-1].startswith("sketch#"):
            registers += [int(value["N"]) for name, value in item.items() if name[0] == "r"]
        else:
            numbers[keys[-1]] = int(item["number"]["N"])
    paths = _named(numbers, "path#")
    day_of_visits = VisitDay(
        site_id,
        day,
        views=sum(paths.values()),
        visitors=sketch.estimate(registers),
        bots=numbers["bots"],
        paths=paths,
        referrers=_named(numbers, "referrer#"),
    )
    return day_of_visits, keys


def _fold(pk: str) -> None:
    day, keys = counts(pk)
    try:
        transact(put(day, VisitDay.pk.does_not_exist()))
    except Cancelled:  # written before a cut; some parts are gone since
        pass
    with Part.batch_write() as writer:
        for sk in keys:
            writer.delete(Part(pk, sk))


def _named(numbers: Counter[str], prefix: str) -> dict[str, int]:
    return {key.removeprefix(prefix) or "other": number for key, number in numbers.items() if key.startswith(prefix)}


def _parts(pk: str) -> Iterable[dict[str, Any]]:
    start = None
    while True:
        page = Part._get_connection().query(pk, consistent_read=True, exclusive_start_key=start)
        yield from page["Items"]
        start = page.get("LastEvaluatedKey")
        if not start:
            return

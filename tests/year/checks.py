"""Every promise about time, after a day: what must be there is there, and nothing else."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from imchat.clock import midnight_after
from imchat.stores.chats import META, Chat
from tests.adapters.worlds import World
from tests.year.model import Model
from tests.year.tables import bucket, items, objects


def ended_are_unreadable(model: Model, now: datetime) -> None:
    """N17: from that second, before any sweep."""
    for chat_id, chat in model.chats.items():
        if chat.ends <= now:
            assert Chat.load(chat_id, META, now=now) is None, chat_id


def all_is_as_promised(model: Model, site: World, now: datetime) -> None:
    """After the sweep at ``now``. Raises AssertionError naming what differs."""
    _chats(model, now)
    for name, known in model.records.items():
        found = {item["pk"]: _moment(item["expires_at"]) for item in items(name, "pk", "expires_at")}
        assert found == known, _difference(name, found, known)
    assert Counter(key.split("/")[0] for key in objects(bucket("correspondence"))) == Counter(
        {pk: number for pk, number in model.files.items() if number}
    )
    assert objects(bucket("inbound")) == []
    entries = {
        (item["pk"], item["action"], datetime.fromtimestamp(item["at"] / 1000, UTC)): _moment(item["expires_at"])
        for item in items("evidence", "pk", "action", "at", "expires_at")
    }
    assert entries == model.evidence, _difference("evidence", entries, model.evidence)
    assert sorted(_moment(item["expires_at"]) for item in items("ledger", "expires_at")) == sorted(
        [*model.ledger, *model.marks.values()]
    )
    _counts(model, site, now)


def _chats(model: Model, now: datetime) -> None:
    found: dict[str, dict[str, object]] = {}
    messages: Counter[str] = Counter()
    # What was said takes long to read; it is looked at every tenth day.
    said = ("messages",) if now.toordinal() % 10 == 0 else ()
    times = ("expires_at", "opened_at", "closed_at", "last_at")
    for item in items("chats", "pk", "sk", "name", "email", "ip", "status", *times, *said):
        messages[item["pk"]] += len(item["messages"]) if said else 0
        assert _moment(item["expires_at"]) > now, item["pk"]
        if item.get("ip"):  # N3: to the end of the day after the chat ended
            ended = item.get("closed_at") or item.get("last_at") or item["opened_at"]
            assert midnight_after(_moment(ended // 1000)) + timedelta(days=1) > now, item["pk"]
        if item["sk"] == META:
            found[item["pk"]] = {key: item.get(key) for key in ("name", "email", "status", "expires_at", "opened_at")}
    known = {
        chat_id: {
            "name": chat.name,
            "email": chat.email,
            "status": chat.status,
            "expires_at": int(chat.ends.timestamp()),
            "opened_at": int(chat.opened.timestamp() * 1000),
        }
        for chat_id, chat in model.chats.items()
    }
    assert found == known, _difference("chats", found, known)
    assert not said or messages == Counter({chat_id: chat.messages for chat_id, chat in model.chats.items()})


def _counts(model: Model, site: World, now: datetime) -> None:
    """N20: every ended chat counted once, and N1: every visit; no kept count below five."""
    groups: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for item in items("statistics"):
        counters = _counters(item, now)
        named.update(counters)
        groups.update(_groups(counters))
    assert groups["chats"] == groups["outcome"] == sum(model.outcomes.values())
    assert groups["rating"] == sum(model.ratings.values())
    for name, number in model.outcomes.items():
        assert number - named["outcome:other"] <= named[f"outcome:{name}"] <= number
    folded = [item for item in items("visits") if item["pk"] == site.site_id]
    seen: Counter[str] = Counter()
    for item in folded:
        seen.update(_groups(_counters(item | _flat(item), now)))
    # Yesterday's are folded at one o'clock of today.
    yesterday = (now - timedelta(days=1)).date().isoformat()
    views = sum(sum(paths.values()) for day, paths in model.visits.items() if day < yesterday)
    bots = sum(number for day, number in model.bots.items() if day < yesterday)
    assert (seen["views"], seen["path"], seen["bots"]) == (views, views, bots)
    salts = [item for item in items("limits") if item["pk"].startswith("salt#")]
    assert len(salts) <= 1


_BOOKKEEPING = ("revision", "due_at")


def _counters(item: dict[str, Any], now: datetime) -> dict[str, int]:
    """An item's counters; a kept one is five at least, an open one is not left open."""
    counters = {name: value for name, value in item.items() if isinstance(value, int) and name not in _BOOKKEEPING}
    if not item["sk"].endswith("#open"):
        small = {name: number for name, number in counters.items() if number < 5 and name != "bots"}
        assert not small, f"{item['sk']}: {small}"
    elif item.get("due_at"):
        assert _moment(item["due_at"]) > now, f"{item['sk']} is open"
    return counters


def _groups(counters: dict[str, int]) -> Counter[str]:
    total: Counter[str] = Counter()
    for name, number in counters.items():
        total[name.partition(":")[0]] += number
    return total


def _flat(item: dict[str, Any]) -> dict[str, Any]:
    """The maps of a day of visits as counters."""
    named = (("path", item.get("paths", {})), ("referrer", item.get("referrers", {})))
    flat = {f"{kind}:{name}": number for kind, numbers in named for name, number in numbers.items()}
    zero = {name: None for name in ("views", "visitors", "bots") if not item.get(name)}
    return flat | zero


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _difference(what: str, found: dict, known: dict) -> str:  # type: ignore[type-arg]
    too_much = {key: value for key, value in found.items() if known.get(key) != value}
    missing = {key: value for key, value in known.items() if found.get(key) != value}
    return f"{what}: there but not as it must be {too_much}; missing {missing}"

"""Every promise about time, after a day: what must be there is there, and nothing else."""

from collections import Counter
from datetime import UTC, datetime

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
    assert sorted(_moment(item["expires_at"]) for item in items("ledger", "expires_at")) == sorted(model.ledger)
    _counts(model, site)


def _chats(model: Model, now: datetime) -> None:
    found: dict[str, dict[str, object]] = {}
    messages: Counter[str] = Counter()
    # What was said takes long to read; it is looked at every tenth day.
    said = ("messages",) if now.toordinal() % 10 == 0 else ()
    for item in items("chats", "pk", "sk", "name", "email", "status", "expires_at", "opened_at", *said):
        messages[item["pk"]] += len(item["messages"]) if said else 0
        assert _moment(item["expires_at"]) > now, item["pk"]
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


def _counts(model: Model, site: World) -> None:
    """N20: every ended chat counted once, and N1: every visit."""
    total: Counter[str] = Counter()
    for day in items("statistics"):
        total.update({name: value for name, value in day.items() if isinstance(value, int)})
    outcomes = {name.partition(":")[2]: number for name, number in total.items() if name.startswith("outcome:")}
    assert outcomes == dict(model.outcomes)
    assert total["chats"] == sum(model.outcomes.values())
    ratings = {int(name.partition(":")[2]): number for name, number in total.items() if name.startswith("rating:")}
    assert +Counter(ratings) == +model.ratings
    folded = {item["sk"]: item for item in items("visits") if item["pk"] == site.site_id}
    paths = {day: Counter(item["paths"]) for day, item in folded.items() if item["views"]}
    today = max([*model.visits, *model.bots, ""])
    assert paths == {day: counts for day, counts in model.visits.items() if day in folded}
    assert set(folded) >= ({*model.visits, *model.bots} - {today})
    assert {day: item["bots"] for day, item in folded.items() if item["bots"]} == {
        day: number for day, number in model.bots.items() if day in folded
    }
    salts = [item for item in items("limits") if item["pk"].startswith("salt#")]
    assert len(salts) <= 1


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _difference(what: str, found: dict, known: dict) -> str:  # type: ignore[type-arg]
    too_much = {key: value for key, value in found.items() if known.get(key) != value}
    missing = {key: value for key, value in known.items() if found.get(key) != value}
    return f"{what}: there but not as it must be {too_much}; missing {missing}"

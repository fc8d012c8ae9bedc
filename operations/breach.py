"""After a breach: what was exposed, how many people it concerns, how each can be told, and who of the staff looked at
what (UK GDPR Art 33 and 34)."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from imchat.clock import milliseconds
from imchat.register.store import Store
from imchat.register.stores import stores
from imchat.stores.accounts import ACTIVITY as ACCOUNTS
from imchat.stores.chats import ACTIVITY as CHATS
from imchat.stores.chats import META
from imchat.stores.evidence import ACTIVITY as EVIDENCE
from imchat.stores.evidence import DELETED, VIEW
from operations.scanning import raw_items, site_of

# UK GDPR Art 33(1): from the moment on which the controller is aware of it.
TO_THE_ICO = timedelta(hours=72)
NAME_ONLY = "name only"
LOG = EVIDENCE.name
# References of ours, wherever they stand in a text: of items, and of requests.
_REFERENCE = re.compile(r"(?<![a-z2-7-])(?:[a-z2-7]{26}|[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4})(?![a-z2-7-])")


@dataclass(frozen=True)
class Exposed:
    """What somebody may have seen: these stores, of these websites (all where empty), from ``begins`` to ``ends``; only
    the items of these ``references``, where it is known which."""

    stores: Sequence[Store]
    sites: frozenset[str]
    begins: datetime
    ends: datetime
    references: frozenset[str] | None = None


@dataclass
class Person:
    """Somebody, by all that stands about them in the exposed items; ``kinds`` are the stores it was in."""

    site: set[str] = field(default_factory=set)
    name: set[str] = field(default_factory=set)
    email: set[str] = field(default_factory=set)
    phone: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)

    @property
    def told_by(self) -> str:
        """How they can be told."""
        return "email" if self.email else "phone" if self.phone else NAME_ONLY


@dataclass
class Assessment:
    """``items`` by store and by site; ``deleted``: those that were deleted since, by store; ``people``, each once;
    ``nobody``: items that name no one; ``views``: items that members of staff (by id) looked at in that time;
    ``shown``: the raw items of the people, by store."""

    items: Counter[str] = field(default_factory=Counter)
    deleted: Counter[str] = field(default_factory=Counter)
    sites: Counter[str] = field(default_factory=Counter)
    people: list[Person] = field(default_factory=list)
    nobody: int = 0
    views: Counter[str] = field(default_factory=Counter)
    shown: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def with_personal_data() -> dict[str, Store]:
    """The stores that hold any, by name."""
    return {store.name: store for store in stores() if store.activity.categories}


def references_in(text: str) -> frozenset[str]:
    """The references of items and requests that stand anywhere in a text, as a log of what was fetched."""
    return frozenset(_REFERENCE.findall(text))


def assess(exposed: Exposed, now: datetime) -> Assessment:
    """What there is of it now, and what the system log tells of what was deleted since. What has ended by its period
    is not found any more."""
    found, known = Assessment(), _Known()

    def add(store: str, item: dict[str, Any], site: str, *, kind: str) -> None:
        person = known.person(_ids(store, item, site))
        if person is None:
            found.nobody += 1
            return
        found.shown.setdefault(store, []).append(item)
        person.site.add(site)
        person.kinds.add(kind)
        for detail, value in _details(store, item).items():
            getattr(person, detail).add(value)

    for store in exposed.stores:
        for item in raw_items(store.name, now):
            if not _is_about_somebody(store.name, item) or not _is_exposed(store.name, item, exposed):
                continue
            site = site_of(store.name, item) or ""
            found.items[store.name] += 1
            found.sites[site] += 1
            add(store.name, item, site, kind=store.name)
    for about, entries in _deleted_since(exposed, now).items():
        store, site = _store(about), entries[0]["site_id"]["S"]
        found.deleted[store] += 1
        found.sites[site] += 1
        naming = [entry for entry in entries if _ids(LOG, entry, site)]
        found.nobody += not naming
        for entry in naming:
            add(LOG, entry, site, kind=store)
    found.people = known.everybody()
    found.views = _views(exposed, now)
    return found


def _deleted_since(exposed: Exposed, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """The log's entries on each item that was there at the time and was deleted after it began, by what the log calls
    it. Reads the log twice, to hold no more than these."""
    begins, ends = milliseconds(exposed.begins), milliseconds(exposed.ends)
    names = {store.name for store in exposed.stores}
    gone: dict[str, list[dict[str, Any]]] = {
        item["pk"]["S"]: []
        for item in _logged_at(exposed, now)
        if item["action"]["S"] in DELETED and int(item["at"]["N"]) > begins and _store(item["pk"]["S"]) in names
        and (exposed.references is None or item["pk"]["S"].rpartition("#")[2] in exposed.references)
    }  # fmt: skip
    for item in _logged_at(exposed, now) if gone else ():
        if item["pk"]["S"] in gone and item["action"]["S"] != VIEW:
            gone[item["pk"]["S"]].append(item)
    return {about: entries for about, entries in gone.items() if min(int(one["at"]["N"]) for one in entries) <= ends}


def _store(about: str) -> str:
    """The store of an item by what the log calls it, which is of a chat its id alone."""
    return about.rpartition("#")[0] or CHATS.name


def _views(exposed: Exposed, now: datetime) -> Counter[str]:
    begins, ends = milliseconds(exposed.begins), milliseconds(exposed.ends)
    return Counter(
        item["actor"]["S"]
        for item in _logged_at(exposed, now)
        if item["action"]["S"] == VIEW and begins <= int(item["at"]["N"]) <= ends
    )


def _logged_at(exposed: Exposed, now: datetime) -> Iterator[dict[str, Any]]:
    """The log's entries of these websites."""
    for item in raw_items(LOG, now):
        if not exposed.sites or item["site_id"]["S"] in exposed.sites:
            yield item


def _is_about_somebody(store: str, item: Mapping[str, Any]) -> bool:
    """Not a page of a chat, which is counted with it, nor the settings of a website, nor a view by staff, which names
    nobody."""
    sk = item.get("sk", {}).get("S", "")
    if store == ACCOUNTS.name:
        return bool(sk.startswith("OPERATOR#"))
    if store == LOG:
        return bool(item["action"]["S"] != VIEW)
    return store != CHATS.name or sk == META


def _is_exposed(store: str, item: Mapping[str, Any], exposed: Exposed) -> bool:
    if exposed.sites and site_of(store, item) not in exposed.sites:
        return False
    if exposed.references is not None and not exposed.references & set(item["pk"]["S"].split("#")):
        return False
    at = item.get("opened_at") or item.get("at")
    return at is None or int(at["N"]) <= milliseconds(exposed.ends)


def _details(store: str, item: Mapping[str, Any]) -> dict[str, str]:
    """Name, email and phone, as far as they stand in the item; an operator may sign in by an address."""
    found = {detail: item[detail]["S"] for detail in ("name", "email", "phone") if "S" in item.get(detail, {})}
    username = item.get("username", {}).get("S", "")
    return found | ({"email": username} if "@" in username else {})


def _ids(store: str, item: Mapping[str, Any], site: str) -> list[tuple[str, ...]]:
    """By what two items are the same person's: address or number, anywhere; a name alone, on its own website."""
    if store == ACCOUNTS.name:
        return [("staff", item["sk"]["S"])]
    # The log has no number, and of what staff did no name and address either: keyed hashes stand there instead.
    if store == LOG:
        item = {key: value for key, value in item.items() if key.removesuffix("_key") in item}
    keys = ("email_key", "phone_key")
    certain = [(key, item[key]["S"]) for key in keys if "S" in item.get(key, {})]
    by_name = [("name_key", site, item["name_key"]["S"])] if "S" in item.get("name_key", {}) else []
    return certain or by_name


class _Known:
    """People by what they are known by. Two who turn out to be one, by an item that has the address of the one and the
    number of the other, become one."""

    def __init__(self) -> None:
        self._by: dict[tuple[str, ...], Person] = {}

    def person(self, ids: Sequence[tuple[str, ...]]) -> Person | None:
        """The person of these ids, new where none is known; None without an id."""
        if not ids:
            return None
        one, *others = {id(found): found for found in (self._by.get(one) for one in ids) if found}.values() or [
            Person()
        ]
        for other in others:
            for detail, values in vars(other).items():
                getattr(one, detail).update(values)
            for known in [known for known, person in self._by.items() if person is other]:
                self._by[known] = one
        self._by.update(dict.fromkeys(ids, one))
        return one

    def everybody(self) -> list[Person]:
        """Each person once."""
        return list({id(person): person for person in self._by.values()}.values())


@dataclass(frozen=True)
class Logged:
    """What an entry of the system log is about, as a view of it is recorded (``imchat.stores.evidence.view``)."""

    about: str
    site_id: str
    email_key: str | None
    name_key: str | None
    phone_key: None = None


def logged(entries: Sequence[Mapping[str, Any]]) -> Iterator[Logged]:
    """What raw entries of the system log are about."""
    for item in entries:
        keys = (item.get(key, {}).get("S") for key in ("email_key", "name_key"))
        yield Logged(item["pk"]["S"], item["site_id"]["S"], *keys)


def contacts(people: Sequence[Person]) -> Iterator[list[str]]:
    """The rows of a list of whom to tell, with its head."""
    yield ["tell by", "name", "email", "phone", "website", "kinds of data"]
    for one in sorted(people, key=lambda one: (one.told_by, sorted(one.email), sorted(one.phone), sorted(one.name))):
        parts = (one.name, one.email, one.phone, one.site, one.kinds)
        yield [one.told_by, *("; ".join(sorted(part)) for part in parts)]

"""Counting one visit: a path's counter, and a register of the day's sketch. What says that it is a
bot, or not what it is, is counted apart."""

import re
import secrets
import unicodedata
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import digest
from typing import Any
from urllib.parse import urlsplit

from pynamodb.expressions.operand import Path

from imchat import browser
from imchat.cards import contains_card
from imchat.chat.opening import known_site
from imchat.clock import midnight_after
from imchat.errors import InvalidInput
from imchat.stores.base import Cancelled, Contended, Stale, due_shard, put, transact, update
from imchat.stores.visits import Part, part_key
from imchat.visits import sketch
from imchat.visits.paths import cut, decoded
from imchat.visits.salt import salt_of

# Paths and hosts of a site and day, each of at most so many bytes: what is beyond is counted together.
DISTINCT_A_DAY = 500
PATH_BYTES = 200
LONGEST = 4000
# Beside a counter that many count at once, so many more; what reads a day adds them up.
ASIDE = 16
# A day is folded an hour after its end, when no visit can be on its way any more.
_FOLDED_AFTER = timedelta(hours=1)
_ADDRESS = re.compile("[0-9.]+")
_EMAIL = re.compile(r"[^/]@|%40", re.IGNORECASE)


def count_visit(
    site_id: str,
    path: str,
    referrer: str | None,
    *,
    origin: str | None,
    ip: str | None,
    user_agent: str | None,
    now: datetime,
) -> None:
    """Count one visit of a page. Raises InvalidInput, NotFound, Forbidden as opening a chat does."""
    page = _path(path)
    known_site(site_id, origin)
    pk = part_key(site_id, now.date().isoformat())
    due = int((midnight_after(now) + _FOLDED_AFTER).timestamp())
    if not user_agent or browser.family(user_agent) == "bot":
        _count(pk, {"bots": None}, due)
        return
    # First: the register says no more than what is true, should the rest be cut off.
    _sketch(pk, due, digest(salt_of(now).encode(), f"{site_id}\0{ip}\0{user_agent}".encode("utf-8", "replace"), sha256))
    host = _host(referrer, origin)
    _count(pk, {"path#": page} | ({"referrer#": host} if host else {}), due)


def _path(given: str) -> str | None:
    """A path without its query and without what may name somebody (visits/paths.py), None for one that is only counted
    among others: too long, or with what may be an address or a card number in it."""
    if not given.startswith("/") or len(given) > LONGEST:
        raise InvalidInput("invalid_value", f"A path begins with / and has at most {LONGEST} characters.", "path")
    path = re.split(r"[?#;]", given, maxsplit=1)[0]
    if any(unicodedata.category(character)[0] == "C" for character in path):
        raise InvalidInput("invalid_value", "A path holds no control characters.", "path")
    meaning = decoded(path)
    if len(path.encode()) > PATH_BYTES or _EMAIL.search(path) or _EMAIL.search(meaning) or contains_card(meaning):
        return None
    return cut(path)


def _host(referrer: str | None, origin: str | None) -> str | None:
    """The host that a visitor came from, where it is another than the page's own and no bare IP address."""
    try:
        host = urlsplit(referrer or "").hostname
        own = urlsplit(origin or "").hostname
    except ValueError:
        return None
    if not host or host == own or ":" in host or _ADDRESS.fullmatch(host):
        return None
    return host if len(host) <= PATH_BYTES and host.isascii() else None


def _count(pk: str, counters: dict[str, str | None], due: int) -> None:
    """One more of each counter, all at once: a kind and a name, None where it is counted with the others of its kind.
    Where others count the same just now, it is counted beside them, in one of ASIDE counters of the same name: a page
    that many visit at once would lose visits. What is not there yet waits for its turn: so DISTINCT_A_DAY holds."""
    try:
        _count_in_place(pk, counters, due, tries=1)
    except Contended:
        if all(_is_there(pk, f"{kind}{name}") for kind, name in counters.items() if name):
            aside = secrets.randbelow(ASIDE)
            transact(
                *(update(Part(pk, f"{kind}{name or ''}#{aside}"), _more(pk, due)) for kind, name in counters.items())
            )
        else:
            _count_in_place(pk, counters, due)


def _is_there(pk: str, sk: str) -> bool:
    try:
        Part.get(pk, sk, consistent_read=True, attributes_to_get=["pk"])
    except Part.DoesNotExist:
        return False
    return True


def _count_in_place(pk: str, counters: dict[str, str | None], due: int, **more: int) -> None:
    """A transaction, for botocore asks again where an answer is lost, and a transaction that was done is not done
    twice. New names are taken while there are fewer than DISTINCT_A_DAY. Two that are new at the same moment meet: one
    makes it, the other finds it. ``more`` is for ``transact``. Raises Contended."""
    unknown: list[str] = []
    while True:
        known = [kind for kind in counters if kind not in unknown]
        parts = [
            put(
                Part(pk, f"{kind}{counters[kind]}", number=1, due_shard=due_shard(pk), due_at=due),
                Part.pk.does_not_exist(),
            )
            for kind in unknown
        ]
        if unknown:
            room = Part.number.does_not_exist() | (Part.number <= DISTINCT_A_DAY - len(unknown))
            parts.append(update(Part(pk, "distinct"), _more(pk, due, len(unknown)), room))
        for kind in known:
            there = Part.pk.exists() if counters[kind] else None
            parts.append(update(Part(pk, f"{kind}{counters[kind] or ''}"), _more(pk, due), there))
        try:
            transact(*parts, **more)
            return
        except Cancelled as cancelled:
            failed = iter(cancelled.failed)
        met = {kind for kind in unknown if next(failed)}
        if full := bool(unknown) and next(failed):
            counters = counters | dict.fromkeys(unknown)
        missing = [kind for kind in known if next(failed)]
        unknown = [kind for kind in unknown if not full and kind not in met] + missing


def _more(pk: str, due: int, number: int = 1) -> list[Any]:
    return [Part.number.add(number), *_due(pk, due)]


def _due(pk: str, due: int) -> list[Any]:
    return [Part.due_shard.set(due_shard(pk)), Part.due_at.set(due)]


def _sketch(pk: str, due: int, visitor: bytes) -> None:
    place, value = sketch.register(visitor)
    shard, number = divmod(place, sketch.IN_A_SHARD)
    register: Any = Path([f"r{number}"])
    try:
        Part(pk, f"sketch#{shard:03}").change(
            [register.set(value), *_due(pk, due)], register.does_not_exist() | (register < value)
        )
    except Stale:  # it holds as much already
        pass

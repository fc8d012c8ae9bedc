"""Chats that open data-protection requests have found: operators cannot delete them, so that nobody takes away what
somebody has asked for. Their visitor still can (N18), and they end by their time (N17)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from imchat.errors import Conflict
from imchat.stores.base import Cancelled, Part, check, transact, update
from imchat.stores.chats import ACTIVITY, COUNT, Hold, holds_key
from imchat.stores.verbs import batches

# Far below what an item may hold.
_AT_ONCE = 1000


def held() -> Conflict:
    """The refusal of what may not be done with a chat that is held. It says nothing of who asked for what."""
    return Conflict("held_by_request", "A data-protection request is open: this chat cannot be deleted until it ends.")


def hold(chats: Iterable[str], site_id: str, request: str, now: datetime) -> None:
    """Hold the chats for a request; again changes nothing. No chat lasts longer than the hold. A deletion that is being
    done has to look again (``unchanged``)."""
    for number, batch in enumerate(batches(chats, _AT_ONCE)):
        ends = Hold.expires_at.set(ACTIVITY.expires_at(now))
        place = Hold(holds_key(site_id), f"{request}#{number:06d}")
        chosen = set(batch)
        another = Hold.held.does_not_exist() | (Hold.held != chosen)
        try:
            transact(
                update(place, [Hold.held.set(chosen), ends], another),
                update(Hold(holds_key(site_id), COUNT), [Hold.holds.add(1), ends]),
            )
        except Cancelled as cancelled:
            if _is_held(place, chosen, now):  # this was done before, and its answer was lost
                continue
            raise cancelled


def _is_held(place: Hold, chats: set[str], now: datetime) -> bool:
    there = Hold.load(place.pk, place.sk, now=now)
    return bool(there and there.held and set(there.held) == chats)


def release(site_id: str, request: str, now: datetime) -> None:
    """End what ``hold`` did for a request. Another one may hold the same chats."""
    for place in Hold.query(holds_key(site_id), Hold.sk.startswith(f"{request}#"), consistent_read=True):
        place.change([Hold.held.remove(), Hold.expires_at.set(int(now.timestamp()))])


@dataclass(frozen=True)
class Holds:
    """Whether a chat is held, and how many times anything of its website had been when that was read."""

    held: bool
    count: int | None


def look(chat_id: str, site_id: str) -> Holds:
    """Whether an open request has found this chat of the website. One query, which reads the count before the holds: a
    hold that it does not see changes the count."""
    wanted = Hold.held.contains(chat_id) | Hold.holds.exists()
    found = list(Hold.query(holds_key(site_id), filter_condition=wanted, consistent_read=True))
    count = next((int(one.holds) for one in found if one.sk == COUNT), None)
    return Holds(any(one.sk != COUNT for one in found), count)


def unchanged(site_id: str, seen: Holds, now: datetime) -> Part:
    """The part of a transaction that lets it happen only where nothing of the website was held since ``look``."""
    if seen.count is None:
        same = Hold.holds.does_not_exist() | (Hold.expires_at <= int(now.timestamp()))
    else:
        same = Hold.holds == seen.count
    return check(Hold(holds_key(site_id), COUNT), same)

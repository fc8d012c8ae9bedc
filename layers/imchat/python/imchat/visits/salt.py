"""The key that visitors are counted with: made with the first visit of a day (UTC), destroyed when the day is over. It
lies in a table without backups."""

import secrets
from datetime import datetime, timedelta

from imchat.clock import midnight_after
from imchat.stores.base import Stale
from imchat.stores.limits import Limit

_known: dict[str, str] = {}


def salt_of(now: datetime) -> str:
    """The salt of the day that ``now`` is in."""
    day = now.date().isoformat()
    if day not in _known:
        _known.clear()  # of days before, nothing is remembered
        _known[day] = _stored(day, now)
    return _known[day]


def destroy(now: datetime) -> None:
    """Destroy the salts of the two days before ``now``, should DynamoDB's own expiry not have done so."""
    with Limit.batch_write() as writer:
        for back in (1, 2):
            writer.delete(Limit(_place((now - timedelta(days=back)).date().isoformat())))


def _place(day: str) -> str:
    return f"salt#{day}"


def _stored(day: str, now: datetime) -> str:
    made = Limit(_place(day), salt=secrets.token_hex(32), expires_at=int(midnight_after(now).timestamp()))
    try:
        made.change([Limit.salt.set(made.salt), Limit.expires_at.set(made.expires_at)], Limit.pk.does_not_exist())
    except Stale as stale:
        return str(stale.item.salt)
    return str(made.salt)

"""Counters that end by themselves: how often something was done from one place in one window, and addresses to which
no more mail may go. What they stand for is known only as a keyed hash."""

import hmac
from datetime import datetime
from hashlib import sha256

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from imchat.register.activities import LIMITS
from imchat.stores.base import ExpiringItem, Part, update


class Limit(ExpiringItem):
    """A counter or a mark."""

    TABLE = "limits_table"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    number = NumberAttribute(null=True)
    reason = UnicodeAttribute(null=True)


def keyed(key: str, value: str) -> str:
    """What stands for ``value`` here: its HMAC-SHA256, hex."""
    return hmac.new(key.encode(), value.encode("utf-8", "replace"), sha256).hexdigest()


def count_within(what: str, whose: str, *, now: datetime, seconds: int, most: int) -> Part:
    """The part of a transaction that counts one more of ``what`` by ``whose`` (a keyed hash), on condition that it
    stays within ``most`` in this window of ``seconds``."""
    window = int(now.timestamp()) // seconds * seconds
    return update(
        Limit(f"{what}#{whose}#{window}"),
        [Limit.number.add(1), Limit.expires_at.set(window + 2 * seconds)],
        Limit.number.does_not_exist() | (Limit.number < most),
    )


def seconds_left(now: datetime, seconds: int) -> int:
    """Whole seconds until the next window begins."""
    return seconds - int(now.timestamp()) % seconds


def suppress(address_hash: str, reason: str, now: datetime) -> None:
    """Send no more mail to this address: it bounced, or its owner complained. Ends as the register says."""
    Limit(f"suppressed#{address_hash}", reason=reason, expires_at=LIMITS.expires_at(now)).save()


def suppressed(address_hash: str, now: datetime) -> str | None:
    """Why no mail may go to this address, or None."""
    limit = Limit.load(f"suppressed#{address_hash}", now=now)
    return limit.reason if limit else None

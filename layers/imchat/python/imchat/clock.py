"""The one place that asks what time it is. Rules take ``now`` as an argument; entry points get it here."""

from datetime import UTC, datetime, timedelta

from imchat.values import InvalidValue

# Of times that people tell us; all that is reckoned from one of these is a time too.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """The present moment, aware, in UTC, to the millisecond: what is reckoned from it is the same as what is reckoned
    from it once stored."""
    at = datetime.now(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def milliseconds(at: datetime) -> int:
    """Epoch milliseconds of an aware moment: how moments are stored where order matters."""
    return round(at.timestamp() * 1000)


def hour_of(milliseconds: int) -> int:
    """The hour, counted from the epoch, that stored epoch milliseconds lie in: a view is recorded once in each."""
    return milliseconds // 3_600_000


def moment(milliseconds: int) -> datetime:
    """The aware UTC moment of stored epoch milliseconds."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def rfc3339(at: datetime | int) -> str:
    """A moment (aware, or stored epoch milliseconds) as the API shows it: RFC 3339, milliseconds, with offset."""
    if isinstance(at, int):
        at = moment(at)
    return at.isoformat(timespec="milliseconds")


def midnight_after(at: datetime) -> datetime:
    """The end of the UTC day that ``at`` is in."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def plausible(at: datetime) -> datetime:
    """An aware moment that somebody told us, in UTC. Raises InvalidValue where it cannot be meant."""
    if not EARLIEST <= at < LATEST:
        raise InvalidValue(f"A time lies in the years {EARLIEST.year} to {LATEST.year - 1}.")
    return at.astimezone(UTC)

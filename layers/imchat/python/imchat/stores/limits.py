"""Counters that end by themselves: how often something was done from one place in one window, and addresses to which
no more mail may go. What they stand for is known only as a keyed hash."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from imchat import aws, clock
from imchat.clock import moment
from imchat.hashes import keyed
from imchat.periods import Period
from imchat.register.activity import Activity
from imchat.register.fields import NotPersonal, Personal
from imchat.register.store import Exported, Outcome, Reference, Retained, Store
from imchat.settings import settings
from imchat.stores import verbs
from imchat.stores.base import ExpiringItem, Part, update
from imchat.subjects import Subject

ACTIVITY = Activity(
    name="limits",
    title="Protection against floods",
    place=85,
    purpose="To stop floods of chats and guesses of passwords, and to send no mail to addresses that refuse it.",
    lawful_basis="Legitimate interests (UK GDPR Article 6(1)(f)): keeping the service usable",
    people="visitors who open a chat, operators who sign in, and people to whom mail could not be delivered",
    categories=(
        "keyed hashes of IP addresses and user names, for minutes",
        "keyed hashes of addresses that refused mail",
    ),
    source="our own system",
    recipients=(),
    period=Period(12, "month"),
    period_starts="the refusal",
    at_most=Period(12, "month"),
    at_end="deleted",
    erasure="retained",
    retained_because="an address that refused mail must be known in order to send it none",
    recoverable=False,
)
_SUPPRESSED = "suppressed#"


class Limit(ExpiringItem):
    """A counter or a mark."""

    TABLE = "limits"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    number = NumberAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    salt = UnicodeAttribute(null=True)


def count_within(what: str, whose: str, *, now: datetime, seconds: int, most: int) -> Part:
    """The part of a transaction that counts one more of ``what`` by ``whose`` (a keyed hash), on condition that it
    stays within ``most`` in this window of ``seconds``."""
    window = _window(now, seconds)
    return update(
        Limit(f"{what}#{whose}#{window}"),
        [Limit.number.add(1), Limit.expires_at.set(window + 2 * seconds)],
        Limit.number.does_not_exist() | (Limit.number < most),
    )


def take_back(what: str, whose: str, *, now: datetime, seconds: int) -> Part:
    """The part of a transaction that counts one less of what was counted in the window of ``now``."""
    return update(Limit(f"{what}#{whose}#{_window(now, seconds)}"), [Limit.number.add(-1)], Limit.number > 0)


def _window(now: datetime, seconds: int) -> int:
    return int(now.timestamp()) // seconds * seconds


def seconds_left(now: datetime, seconds: int) -> int:
    """Whole seconds until the next window begins."""
    return seconds - int(now.timestamp()) % seconds


def address_hash(email_key: str) -> str:
    """What stands here for an address (its key)."""
    return keyed(aws.secret(settings().address_secret_id), email_key)


def suppress(address_hash: str, reason: str, now: datetime) -> None:
    """Send no more mail to this address: it bounced, or its owner complained. Ends as the register says."""
    Limit(_SUPPRESSED + address_hash, reason=reason, expires_at=ACTIVITY.expires_at(now)).save()


def suppressed(address_hash: str, now: datetime) -> str | None:
    """Why no mail may go to this address, or None."""
    limit = Limit.load(_SUPPRESSED + address_hash, now=now)
    return limit.reason if limit else None


class Limits(Store):
    """Marks of addresses that refused mail. Counters stand under hashes of IP addresses and user names, for two of
    their windows: no name, address or number leads to them."""

    activity = ACTIVITY
    models = (Limit,)
    fields = {
        "pk": NotPersonal("a keyed hash"),
        "number": NotPersonal("a count within minutes"),
        "salt": NotPersonal("a random key, for a day"),
        "reason": Personal("This address refused mail"),
        "expires_at": NotPersonal("when it ends; shown as “kept until”"),
    }

    def find(self, subject: Subject) -> list[Reference]:
        """As Store's: by email. An address that refused mail did so for every website."""
        places = [_SUPPRESSED + address_hash(key) for key in sorted(subject.emails)]
        references = [Reference(self.name, place, matched=frozenset({"email"})) for place in places]
        return [reference for reference, _ in verbs.load(Limit, references, clock.now())]

    def export(self, references: Iterable[Reference], now: datetime) -> Iterator[Exported]:
        """As Store's."""
        for reference, limit in verbs.load(Limit, references, now):
            yield verbs.exported(self, reference, "Mark against sending mail", limit)

    def erase(self, references: Sequence[Reference], actor: str, now: datetime) -> Outcome:
        """As Store's: without the mark, mail would be sent again."""
        kept = [
            Retained(reference, ACTIVITY.retained_because or "", moment(int(limit.expires_at) * 1000))
            for reference, limit in verbs.load(Limit, references, now)
        ]
        return Outcome(retained=tuple(kept))


STORE = Limits()

"""The system log (N19): who used what, when. Each entry keeps the name and email it was made with for twelve months
from its own moment: not shortened by an erasure, not prolonged by anything. An entry of a view holds neither,
only keyed hashes by which it is found; nor does any entry hold a phone number."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from imchat import aws, clock
from imchat.clock import milliseconds, moment
from imchat.hashes import keyed
from imchat.periods import Period
from imchat.register.activity import Activity
from imchat.register.fields import BOOKKEEPING, REFERENCE, SITE, NotPersonal, Personal, Spelling, at_milliseconds
from imchat.register.store import Exported, Outcome, Reference, Retained, Store
from imchat.settings import settings
from imchat.stores import verbs
from imchat.stores.base import Named, due_shard, keys_only_index, put, transact
from imchat.subjects import Subject

ACTIVITY = Activity(
    name="evidence",
    title="System log",
    place=20,
    role="controller",
    purpose="To show who used the chat, and when: opening, closing, copies, corrections and deletions, and every view "
    "of personal data by staff. The log is ours and not the websites': it shows that we did what we promise here, and "
    "so it stays for its period when a website leaves.",
    lawful_basis="Legitimate interests (UK GDPR Article 6(1)(f)): evidence of use",
    people="visitors who open a chat, people who contact us, customers, and staff",
    categories=(
        "name and email address, as far as given",
        "which detail was corrected, and what a name or email address was before",
        "keyed hashes of name, email address and phone number, to find who looked and what was corrected",
        "what was done, by whom and when",
    ),
    source="our own system",
    recipients=("data-protection staff",),
    period=Period(12, "month"),
    period_starts="the entry in the log",
    at_most=Period(12, "month"),
    at_end="deleted",
    erasure="retained",
    retained_because="evidence of use",
)
# What a transaction takes.
_WRITE_AT_ONCE = 100
# How the entries on a disclosure begin (Item.about).
_OF_A_DISCLOSURE = "disclosures#"
_HOUR = 3_600_000
VIEW = "view"
# What of an entry says that a view is recorded already.
VIEW_OUTLINE = ("pk", "sk", "expires_at")


class Entry(Named):
    """One entry. ``pk`` is what it is about (a chat's id; of other items, their store and id), ``sk`` the moment (epoch
    ms, 13 digits) and the action."""

    TABLE = "evidence"

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    site_id = UnicodeAttribute()
    at = NumberAttribute()
    action = UnicodeAttribute()
    # "visitor", "system", or the operator's id.
    actor = UnicodeAttribute()
    name = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    email_key = UnicodeAttribute(null=True)
    phone_key = UnicodeAttribute(null=True)
    # Which fields were corrected, and what name or address stood there.
    field = UnicodeAttribute(null=True)
    before = UnicodeAttribute(null=True)
    # What happened beside the action, in fixed words and ids: never text that a person wrote.
    note = UnicodeAttribute(null=True)
    due_shard = UnicodeAttribute()
    due_at = NumberAttribute()

    email_index = keys_only_index("email", "email_key", "sk", UnicodeAttribute)
    name_index = keys_only_index("name", "name_search", "sk", UnicodeAttribute)
    phone_index = keys_only_index("phone", "phone_key", "sk", UnicodeAttribute)
    actor_index = keys_only_index("actor", "actor", "sk", UnicodeAttribute)
    due_index = keys_only_index("due", "due_shard", "due_at")


def ends(at: datetime) -> int:
    """Epoch second at which an entry made at ``at`` ends, to the next whole second: no sooner (N19)."""
    return ACTIVITY.expires_at(at + timedelta(microseconds=999_999))


def entry(item: Any, action: str, actor: str, at: datetime, *, note: str | None = None, **more: Any) -> Entry:
    """The entry of ``action`` on ``item`` (a chat or a record), with its name and email as they are now (or
    ``more``'s), not yet written. The same action at the same moment is the same entry, so writing it again changes
    nothing."""
    expires_at = ends(at)
    identity = {field: getattr(item, field) for field in ("name", "email", "name_key", "email_key")} | more
    return Entry(
        item.about,
        f"{milliseconds(at):013d}#{action}",
        site_id=item.site_id,
        at=milliseconds(at),
        action=action,
        actor=actor,
        note=note,
        expires_at=expires_at,
        due_shard=due_shard(item.about),
        due_at=expires_at,
        **identity,
    )


def hidden(kind: str, key: str | None) -> str | None:
    """What stands for a search key (of ``kind`` email, name or phone) where the log may not hold the key itself: a
    keyed hash, by which a search finds the entry. None for None."""
    return keyed(aws.secret(settings().ledger_secret_id), f"evidence\0{kind}\0{key}") if key else None


def view(item: Any, operator: str, at: datetime) -> Entry:
    """The entry that ``operator`` looked at the item, not yet written: who, when, and keyed hashes of the item's search
    keys; no name, address or number. Looking again within the hour is the same view: the same entry."""
    expires_at = ends(at)
    keys: dict[str, Any] = {
        f"{kind}_key": hidden(kind, getattr(item, f"{kind}_key")) for kind in ("email", "name", "phone")
    }
    return Entry(
        item.about,
        _view_key(operator, at),
        site_id=item.site_id,
        at=milliseconds(at),
        action=VIEW,
        actor=operator,
        expires_at=expires_at,
        due_shard=due_shard(item.about),
        due_at=expires_at,
        **keys,
    )


def _view_key(operator: str, at: datetime) -> str:
    hour = milliseconds(at) // _HOUR * _HOUR
    return f"{hour:013d}#{VIEW}#{operator}"


def view_place(about: str, operator: str, at: datetime) -> tuple[str, str]:
    """The key of the entry that ``operator`` looked in this hour at the item that the log calls ``about``."""
    return about, _view_key(operator, at)


def record_views(items: Iterable[Any], operator: str, at: datetime, seen: Collection[str] | None = None) -> None:
    """Record that ``operator`` looked at each of the items; what this hour's log says already is not written again.
    ``seen`` names the items (as the log calls them) of which it does, where the caller knows. Not in batch writes: who
    may make those may delete, and nobody who looks may take from the log."""
    for batch in verbs.batches(items, _WRITE_AT_ONCE):
        looked = {item.about: item for item in batch}
        known = _seen(looked, operator, at) if seen is None else seen
        new = [view(item, operator, at) for about, item in looked.items() if about not in known]
        if new:
            transact(*(put(entry) for entry in new))


def _seen(abouts: Iterable[str], operator: str, at: datetime) -> set[str]:
    places = [view_place(about, operator, at) for about in abouts]
    return {entry.pk for entry in Entry.batch_get(places, attributes_to_get=list(VIEW_OUTLINE))}


class Evidence(Store):
    """The system log's entries about a person."""

    activity = ACTIVITY
    models = (Entry,)
    fields = {
        "pk": REFERENCE,
        "sk": NotPersonal("the moment and the action, shown as such"),
        "site_id": SITE,
        "at": Personal("When", show=at_milliseconds),
        "action": Personal("What was done"),
        "actor": Personal("By whom", show=lambda actor: actor if actor in ("visitor", "system") else "staff"),
        "name": Personal("Name", given=True),
        "email": Personal("Email address", given=True),
        "name_key": Spelling("name"),
        "name_search": Spelling("name"),
        "email_key": Spelling("email"),
        "phone_key": NotPersonal("a keyed hash"),
        "field": Personal("What was corrected"),
        "before": Personal("What it was before", given=True),
        "note": NotPersonal("fixed words and references of staff"),
        "due_shard": BOOKKEEPING,
        "due_at": BOOKKEEPING,
        "expires_at": NotPersonal("when it ends; shown as “kept until”"),
    }

    def find(self, subject: Subject) -> list[Reference]:
        """As Store's: by the person's search keys, and by what stands for these."""
        known = {
            f"{kind}s": getattr(subject, f"{kind}s") | {str(hidden(kind, key)) for key in getattr(subject, f"{kind}s")}
            for kind in ("email", "name", "phone")
        }
        return verbs.find(Entry, replace(subject, **known), clock.now())

    def tellable(self, references: Sequence[Reference], now: datetime) -> list[Reference]:
        """As Store's: not what was done with a disclosure of which they may not be told."""
        from imchat.stores.disclosures import tellable

        about = {
            one: one.pk.removeprefix(_OF_A_DISCLOSURE) for one in references if one.pk.startswith(_OF_A_DISCLOSURE)
        }
        told = tellable(set(about.values()), now) if about else set()
        return [one for one in references if one not in about or about[one] in told]

    def export(self, references: Iterable[Reference], now: datetime) -> Iterator[Exported]:
        """As Store's."""
        for reference, item in verbs.load(Entry, references, now):
            yield verbs.exported(self, reference, f"{item.action}, {at_milliseconds(item.at)}", item)

    def erase(self, references: Sequence[Reference], actor: str, now: datetime) -> Outcome:
        """As Store's: an erasure does not shorten evidence (N19)."""
        kept = [
            Retained(reference, ACTIVITY.retained_because or "", moment(int(item.expires_at) * 1000))
            for reference, item in verbs.load(Entry, references, now)
        ]
        return Outcome(retained=tuple(kept))

    def expire(self, now: datetime, time_left: Callable[[], bool]) -> Counter[str]:
        """As Store's."""
        return verbs.expire(Entry, now, time_left)


STORE = Evidence()

"""The system log (N19): who used what, when. An entry of the person's own act keeps the name and email it was made with
for twelve months from its own moment: not shortened by an erasure, not prolonged by anything. An entry of what staff or
the system did holds neither, only keyed hashes by which it is found: it would prolong the life of a name. No entry
holds a phone number. Where a person's interests outweigh ours, or a court or the Commissioner orders it, two people
have the names in their entries replaced by keyed hashes (UK GDPR Art 17(1)(c), (d), 21(1), 58(2)(g))."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from imchat import aws, clock
from imchat.clock import hour_of, milliseconds, moment
from imchat.errors import Unavailable
from imchat.hashes import keyed
from imchat.periods import Period
from imchat.register.activity import Activity
from imchat.register.fields import BOOKKEEPING, REFERENCE, SITE, NotPersonal, Personal, Spelling, at_milliseconds
from imchat.register.store import Exported, Outcome, Reference, Retained, Store
from imchat.settings import settings
from imchat.stores import ledger, verbs
from imchat.stores.base import Cancelled, Named, due_shard, keys_only_index, named, put, transact
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
        "keyed hashes of name, email address and phone number, to find who looked, what was corrected and what our "
        "staff and our system did",
        "what was done, by whom and when",
    ),
    source="our own system",
    recipients=("data-protection staff",),
    period=Period(12, "month"),
    period_starts="the entry in the log; name and email address only from each of the person's own acts",
    at_most=Period(12, "month"),
    at_end="deleted, and no sooner unless your interests outweigh ours or a court or the Commissioner orders otherwise",
    erasure="retained",
    retained_because="evidence of use",
    retained_under="UK GDPR Article 17(3)(e)",
)
# What a transaction takes.
_WRITE_AT_ONCE = 100
# How the entries on a disclosure begin (Item.about).
_OF_A_DISCLOSURE = "disclosures#"
# Whose acts are the person's own.
_THE_PERSON = ("visitor", "requester")
# Why an entry stays without the person's details.
PSEUDONYMISED = (
    "what was done and when, as evidence of use; your name, address, number and old values were replaced by keyed "
    "hashes"
)
_TRIES = 5
_nobody: ContextVar[bool] = ContextVar("nobody", default=False)
VIEW = "view"
# What was done last to an item that is gone: by its visitor or an operator, or by a person's request.
DELETED = frozenset({"delete", "erase"})
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
    # When the details were replaced by keyed hashes (epoch ms), and the one of what stood there before.
    pseudonymised = NumberAttribute(null=True)
    before_hash = UnicodeAttribute(null=True)
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


def entry(
    item: Any,
    action: str,
    actor: str,
    at: datetime,
    *,
    note: str | None = None,
    own: bool | None = None,
    **more: Any,
) -> Entry:
    """The entry of ``action`` on ``item`` (a chat or a record), not yet written. Of the person's ``own`` act (where
    None: as ``actor`` says) it holds their name and email as they are now (or ``more``'s), otherwise keyed hashes of
    their search keys; nothing of them where their entries have been pseudonymised. The same action at the same moment
    is the same entry, so writing it again changes nothing."""
    expires_at = ends(at)
    identity = {field: getattr(item, field) for field in ("name", "email", "name_key", "email_key")} | more
    if not identity["email"]:
        identity["email_key"] = None  # a mail of which nobody knows whose it is has one, to be found as a candidate
    if _nobody.get() or getattr(item, "pseudonymous", None):
        identity |= dict.fromkeys(("name", "email", "name_key", "email_key", "phone_key", "before"))
    elif not (actor in _THE_PERSON if own is None else own):
        identity |= _hashes(identity)
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


def of_request(what: str) -> str:
    """The action of an entry on a data-protection request with which ``what`` was done."""
    return f"request_{what.replace(' ', '_')}"


def hashes_of(item: Any) -> dict[str, Any]:
    """The hashes that ``entry`` takes as ``more``, with ``own``, for an act that is not the person's. For an act that
    cannot be done twice, as sending a mail: to read the key of the hashes may fail, so it is read before."""
    return _hashes({field: getattr(item, field) for field in ("name_key", "email_key")})


def _hashes(identity: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in an entry instead of a name and an email."""
    keys = {f"{kind}_key": hidden(kind, identity.get(f"{kind}_key")) for kind in ("name", "email")}
    return {"name": None, "email": None, **keys}


@contextmanager
def of_nobody() -> Iterator[None]:
    """Entries that are made meanwhile hold nothing of the person: for what is done while theirs are pseudonymised."""
    token = _nobody.set(True)
    try:
        yield
    finally:
        _nobody.reset(token)


def makes_nobody() -> bool:
    """Whether entries hold nothing of the person just now (of_nobody)."""
    return _nobody.get()


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
    hour = hour_of(milliseconds(at)) * 3_600_000
    return f"{hour:013d}#{VIEW}#{operator}"


def is_view(reference: Reference) -> bool:
    """Whether the entry of this reference is one of a view."""
    return f"#{VIEW}#" in str(reference.sk)


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
        "before_hash": NotPersonal("a keyed hash"),
        "pseudonymised": Personal("Name and address replaced by keyed hashes", show=at_milliseconds),
        "note": NotPersonal("fixed words and references of staff"),
        "due_shard": BOOKKEEPING,
        "due_at": BOOKKEEPING,
        "expires_at": NotPersonal("when it ends; shown as “kept until”"),
    }

    staff_fields = {"actor": "did it"}

    def find(self, subject: Subject) -> list[Reference]:
        """As Store's: by the person's search keys, and by what stands for these."""
        known = {
            f"{kind}s": getattr(subject, f"{kind}s") | {str(hidden(kind, key)) for key in getattr(subject, f"{kind}s")}
            for kind in ("email", "name", "phone")
        }
        now = clock.now()

        def all_of_staff() -> Iterator[Any]:
            for account in subject.acting:
                yield from Entry.actor_index.query(account.staff_id)

        found = verbs.find(Entry, replace(subject, **known), now)
        return verbs.found_as_staff(self, subject, all_of_staff, found, now)

    def tellable(self, references: Sequence[Reference], now: datetime) -> list[Reference]:
        """As Store's: not what was done with a disclosure of which they may not be told, nor that something was left
        out of a copy without a mark."""
        from imchat.stores.disclosures import tellable
        from imchat.stores.requests import UNTOLD_ACTS

        untold = {of_request(what) for what in UNTOLD_ACTS}
        references = [one for one in references if str(one.sk).partition("#")[2] not in untold]
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
            Retained(
                reference, ACTIVITY.retained_because or "", moment(int(item.expires_at) * 1000), ACTIVITY.retained_under
            )
            for reference, item in verbs.load(Entry, references, now)
        ]
        return Outcome(retained=tuple(kept))

    def pseudonymise(self, references: Sequence[Reference], now: datetime) -> Outcome:
        """Replace name, address and old values by keyed hashes in every entry on the items that ``references`` are
        about; act and time stay, and what the ledger needs to do it again after a restore. Doing it again finds nothing
        more to do; what was cut goes on."""
        for about in dict.fromkeys(one.pk for one in references):
            _pseudonymise(about, now)
        kept = [
            Retained(reference, PSEUDONYMISED, moment(int(item.expires_at) * 1000))
            for reference, item in verbs.load(Entry, references, now)
        ]
        return Outcome(retained=tuple(kept))

    def expire(self, now: datetime, time_left: Callable[[], bool]) -> Counter[str]:
        """As Store's."""
        return verbs.expire(Entry, now, time_left)


def _pseudonymise(about: str, now: datetime) -> None:
    for _ in range(_TRIES):
        naming = [one for one in Entry.query(about, consistent_read=True) if one.name or one.email or one.before]
        last = max((int(one.expires_at) for one in naming), default=0)
        try:
            for batch in verbs.batches(naming, _WRITE_AT_ONCE - 1):
                mark = ledger.mark(ledger.PSEUDONYMISED, Entry.TABLE, about, now, last)
                transact(mark, *(put(without_details(one, now), Entry.pk.exists()) for one in batch))
            return
        except Cancelled:  # the sweep took one of them
            continue
    raise Unavailable


def without_details(one: Entry, at: datetime) -> Entry:
    """The entry with keyed hashes instead of what it says of a person, as of ``at``; not yet written. One that holds no
    name and no address has hashes already."""
    if one.name or one.email:
        hashes = _hashes({field: getattr(one, field) for field in ("name_key", "email_key")})
        for field, value in (hashes | named(hashes["name_key"])).items():
            setattr(one, field, value)
    one.before_hash = hidden("before", one.before)
    one.before = None
    one.pseudonymised = milliseconds(at)
    return one


STORE = Evidence()

"""What a store is: five verbs, and the rest of the system knows only these (DESIGN section 2)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from imchat.errors import Conflict, NotFound
from imchat.fields import checked
from imchat.register.activity import Activity
from imchat.register.fields import Field
from imchat.subjects import Subject

if TYPE_CHECKING:
    from imchat.stores.base import Item


# What lets data be used that the person wants restricted: legal claims, the rights of others, an important public
# interest.
USED_ON = "UK GDPR Article 18(2)"


def unsure(matched: frozenset[str]) -> bool:
    """Whether nothing matched that is a person's own: an address, a number or the key of their chat."""
    return bool(matched) and not matched & {"email", "phone", "key"}


@dataclass(frozen=True, order=True)
class Reference:
    """One item, without anything personal: it may travel through queues and state machines. ``matched`` says by what of
    the person it was found: "email", "phone", "name", "similar_name", where the item's name is another, but may be the
    same person's (identifiers.similar_name), "from", where they sent what belongs to somebody else, "key", where they
    showed the key of a chat, or "described", where a chat fits what they remember. Where they are in it as one of the
    staff, it names the fields that say so too (Store.staff_fields). ``site_id`` is the website that the item belongs
    to, if a search said so."""

    store: str
    pk: str
    sk: str | None = None
    matched: frozenset[str] = frozenset()
    site_id: str | None = field(default=None, compare=False)

    @property
    def candidate(self) -> bool:
        """Whether nothing matches that is the person's for sure: for staff to judge, never taken by itself."""
        return unsure(self.matched)

    def __str__(self) -> str:
        return f"{self.store}:{self.pk}" + (f":{self.sk}" if self.sk else "")


@dataclass(frozen=True)
class Said:
    """Who said something, and when. ``by`` is "visitor", "operator" or "note"; ``name`` what they are called in public,
    if anything."""

    by: str
    name: str | None
    at: datetime


@dataclass(frozen=True)
class Fact:
    """One name and value, in plain words. ``given`` marks what the person provided; ``said`` what was said in a
    conversation. ``left_out`` holds the reasons for which parts of the value do not stand there."""

    name: str
    value: str
    given: bool
    said: Said | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class File:
    """A file that belongs to an item; ``number`` is its place among the item's files, from 1; ``left_out`` is why it is
    not given, if it is not."""

    number: int
    name: str | None
    content_type: str
    size: int
    left_out: str | None = None


@dataclass(frozen=True)
class Exported:
    """One item for the person: what it is, its facts, until when it is kept (None: as its activity says), and the files
    that belong to it. ``website`` is the name of the website that answers for it, where a copy says so."""

    reference: Reference
    title: str
    facts: tuple[Fact, ...]
    until: datetime | None
    files: tuple[File, ...] = ()
    website: str | None = None


@dataclass(frozen=True)
class Retained:
    """An item with which something was not done: why, until when it is kept, and what in the law allows that."""

    reference: Reference
    why: str
    until: datetime | None
    law: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What was done with some items (``removed``, or whatever else was asked), and with which not."""

    removed: tuple[Reference, ...] = ()
    retained: tuple[Retained, ...] = ()


class Store:
    """One activity's data. ``models`` are the kinds of item in its table, ``fields`` what each field of them is; a name
    that ends in * stands for all that begin so."""

    activity: Activity
    models: Sequence["type[Item]"]
    fields: Mapping[str, Field]
    # What may be corrected, each with the rule that a new value must pass.
    rectifiable: ClassVar[Mapping[str, Callable[[str], str | None]]] = {}
    # The fields that hold ids of staff, by what the answer to that member's own request says of each; "events.by" is
    # the field ``by`` of each of the ``events``.
    staff_fields: ClassVar[Mapping[str, str]] = {}

    @property
    def name(self) -> str:
        """The activity's."""
        return self.activity.name

    def field(self, name: str) -> Field | None:
        """What the field is, None where nobody declared it."""
        return self.fields.get(name) or next(
            (what for pattern, what in self.fields.items() if pattern[-1] == "*" and name.startswith(pattern[:-1])),
            None,
        )

    def find(self, subject: Subject) -> list[Reference]:
        """What there is about the person on the websites that are searched, candidates by name alone among it (marked);
        of staff also what they did with others' data."""
        return []

    def of_staff(self, reference: Reference) -> bool:
        """Whether the person is in an item as one of the staff only: then it is somebody else's, of which they get no
        more than what they did, and of which nothing is changed for them."""
        return any(field in reference.matched for field in self.staff_fields)

    def hold(self, references: Sequence[Reference], site_id: str, request: str, now: datetime) -> None:
        """Keep from deletion by operators what an open data-protection request found, where they can delete any."""

    def release(self, site_id: str, request: str, now: datetime) -> None:
        """End what ``hold`` did for this request."""

    def tellable(self, references: Sequence[Reference], now: datetime) -> list[Reference]:
        """Those of the references that the person may be told of. Of the others nothing may hint, a count neither
        (N15)."""
        return list(references)

    def export(self, references: Iterable[Reference], now: datetime) -> Iterator[Exported]:
        """What the person is shown of each item that is still there."""
        return iter(())

    def read_file(self, reference: Reference, number: int) -> Iterator[bytes]:
        """The content of one of an item's files, in pieces. Raises NotFound."""
        raise NotFound("file")

    def erase(self, references: Sequence[Reference], actor: str, now: datetime) -> Outcome:
        """Remove what may be removed; say of each of the others why it is kept, and until when. Doing it again finds
        nothing more to do."""
        return Outcome()

    def rectify(self, reference: Reference, field: str, value: str | None, actor: str, now: datetime) -> None:
        """Correct one field; the value before goes nowhere but the system log (N14). None clears it. Raises
        InvalidInput, NotFound, Conflict where the field is none that can be corrected."""
        raise Conflict("not_rectifiable", f"Nothing of this can be corrected: {self.activity.title}.")

    def corrected(self, field: str, value: str | None) -> str | None:
        """A new value for a field, checked and spelled as it is stored. Raises InvalidInput, Conflict where the field
        is none that can be corrected."""
        if field not in self.rectifiable:
            raise Conflict("not_rectifiable", f"This cannot be corrected: {self.activity.title}.")
        return checked(field, self.rectifiable[field], value) if value is not None else None

    def restrict(
        self, references: Sequence[Reference], *, restricted: bool, actor: str, now: datetime
    ) -> list[Reference]:
        """Have the items stored and no longer used (UK GDPR Art 18), or end that. Answers those that are now as they
        should be; nothing of a store that the law itself wants used."""
        return []

    def unrestricted(self, references: Sequence[Reference], now: datetime) -> list[Retained]:
        """Those of the references that ``restrict`` leaves in use, each with its reason (UK GDPR Art 18(2))."""
        if self.activity.erasure != "retained":
            return []
        why = self.activity.retained_because or ""
        return [Retained(one.reference, why, one.until, USED_ON) for one in self.export(references, now)]

    def expire(self, now: datetime, time_left: Callable[[], bool]) -> Counter[str]:
        """Remove what has ended, as long as ``time_left``. Answers what was done, by kind; "unfinished" is 1 when time
        ran out."""
        return Counter()

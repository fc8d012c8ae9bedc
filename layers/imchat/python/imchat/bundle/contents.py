"""What a bundle is made from. Nothing of it is read before it is gone through, and it can be gone through again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from imchat.register.activity import Activity
from imchat.register.controller import Website
from imchat.register.store import Exported, Reference

# Why something that belongs to somebody else, or to a secret that the law protects, does not stand in a copy.
REASONS = {
    "other_person": "It is about another person, whose rights would be affected (UK GDPR Article 15(4); Data "
    "Protection Act 2018, Schedule 2, paragraph 16).",
    "security": "It would weaken the security of a system that protects other people's data.",
    "legal_privilege": "It is covered by legal professional privilege (Data Protection Act 2018, Schedule 2, paragraph "
    "19).",
    "crime": "Telling it would hinder the prevention or detection of crime (Data Protection Act 2018, Schedule 2, "
    "paragraph 2).",
}


@dataclass(frozen=True)
class Section:
    """What one store holds of the person: ``at_most`` so many items, read anew each time that ``items`` is called.
    ``not_given`` counts items by the reason (of REASONS) for which they are left out whole."""

    activity: Activity
    at_most: int
    items: Callable[[], Iterator[Exported]]
    not_given: dict[str, int]


@dataclass(frozen=True)
class Contents:
    """An answer. ``reference`` is the request's; ``asked_on`` the day it came; ``as_of`` the moment at which the data
    were read; ``searched_by`` says in plain words by what, as "the email address ann@example.org"; ``searched`` are
    all the stores that were searched, in the order of the notice, whether or not they held anything; ``sections`` those
    that did. ``read_file`` gives the content of an item's file, in pieces. ``websites`` are those that were
    searched."""

    reference: str
    kind: Literal["access", "portability"]
    asked_on: date
    as_of: datetime
    searched_by: tuple[str, ...]
    searched: tuple[Activity, ...]
    sections: tuple[Section, ...]
    read_file: Callable[[Reference, int], Iterator[bytes]]
    websites: tuple[Website, ...] = ()

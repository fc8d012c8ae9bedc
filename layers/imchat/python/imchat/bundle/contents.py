"""What a bundle is made from. Nothing of it is read before it is gone through, and it can be gone through again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from imchat.register.activity import Activity
from imchat.register.controller import Website
from imchat.register.store import Exported, Reference

_SCHEDULE = "Data Protection Act 2018, Schedule 2, paragraph"
OTHER_PERSON, CRIME = "other_person", "crime"
# Why something does not stand in a copy that answers a request for access: each reason has a law behind it.
REASONS = {
    OTHER_PERSON: f"It is about another person, who has not agreed, and whose rights weigh more here ({_SCHEDULE} 16).",
    "others_rights": "A copy of it would harm the rights and freedoms of others, such as their trade secrets (UK GDPR "
    "Article 15(4)).",
    "legal_privilege": f"It is covered by legal professional privilege ({_SCHEDULE} 19).",
    "self_incrimination": "It would show that somebody has committed an offence, and expose them to proceedings for it "
    f"({_SCHEDULE} 20).",
    "forecast": f"It serves our planning, which would suffer if it were known ({_SCHEDULE} 22).",
    "negotiation": f"It shows what we want in negotiations with you, which would suffer if it were known ({_SCHEDULE} "
    "23).",
    CRIME: "Telling it would hinder the prevention or detection of crime, the prosecution of offenders, or the "
    f"collection of a tax ({_SCHEDULE} 2).",
}
# Of a copy to take elsewhere. The other exceptions of Schedule 2 do not reach Article 20.
PORTABILITY_REASONS = {
    OTHER_PERSON: "It is about another person, whose rights it would affect (UK GDPR Article 20(4)).",
    "others_rights": "A copy of it would harm the rights and freedoms of others (UK GDPR Article 20(4)).",
    CRIME: REASONS[CRIME],
}
# Of what is left out for these, a copy holds neither a mark nor a count: that alone would tell.
UNTOLD = frozenset({CRIME})


def reasons(kind: str) -> dict[str, str]:
    """For which reasons something may stay out of the copy that answers a request of this type, in words."""
    return PORTABILITY_REASONS if kind == "portability" else REASONS


@dataclass(frozen=True)
class Section:
    """What one store holds of the person: ``at_most`` so many items, read anew each time that ``items`` is called.
    ``not_given`` counts items by the reason (of ``reasons``) for which they are left out whole."""

    activity: Activity
    at_most: int
    items: Callable[[], Iterator[Exported]]
    not_given: dict[str, int]


@dataclass(frozen=True)
class Contents:
    """An answer. ``reference`` is the request's; ``asked_on`` the day it came; ``as_of`` the moment at which the data
    were read; ``searched_by`` says in plain words by what, as "the email address ann@example.org"; ``searched`` are
    all the stores that were searched, in the order of the notice, whether or not they held anything; ``sections`` those
    that did. ``read_file`` gives the content of an item's file, in pieces. ``everywhere``: all websites for which we
    answer were searched; ``elsewhere`` are (name, contact) of those that answer themselves, to which the request was
    passed on; ``websites`` are those that were searched and hold something, with who answers for their chats."""

    reference: str
    kind: Literal["access", "portability"]
    asked_on: date
    as_of: datetime
    searched_by: tuple[str, ...]
    searched: tuple[Activity, ...]
    sections: tuple[Section, ...]
    read_file: Callable[[Reference, int], Iterator[bytes]]
    websites: tuple[Website, ...] = ()
    everywhere: bool = False
    elsewhere: tuple[tuple[str, str], ...] = ()

    @property
    def reasons(self) -> dict[str, str]:
        """For which reasons something may visibly be left out, in words."""
        return {reason: why for reason, why in reasons(self.kind).items() if reason not in UNTOLD}

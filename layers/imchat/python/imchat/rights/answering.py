"""The answer to an access request (N12, UK GDPR Art 15): a description of what is held, why, to whom it could be
disclosed, for how long, and a copy that can be read. Without proof of identity there is none (N13)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from imchat.errors import Forbidden
from imchat.register.activity import Activity
from imchat.register.store import Exported, Reference
from imchat.register.stores import stores
from imchat.register.words import kept_in_words


@dataclass(frozen=True)
class Proof:
    """That the person is who they say: how it was established, by whom (a reference), and when."""

    method: Literal["code", "document", "authority"]
    decided_by: str
    at: datetime


@dataclass(frozen=True)
class Group:
    """One store's part of the answer. ``items`` are read while they are gone through."""

    activity: Activity
    what: tuple[str, ...]
    why: str
    lawful_basis: str
    source: str
    could_be_disclosed_to: tuple[str, ...]
    kept: str
    items: Iterator[Exported]


def answer(references: Iterable[Reference], proof: Proof | None, now: datetime) -> Iterator[Group]:
    """The groups of stores that hold something of ``references``. Raises Forbidden without proof, before anything is
    read."""
    if proof is None:
        raise Forbidden("identity_not_proven", "Without proof of identity nothing can be given.")
    wanted: dict[str, list[Reference]] = {}
    for reference in references:
        wanted.setdefault(reference.store, []).append(reference)
    return _groups(wanted, now)


def _groups(wanted: dict[str, list[Reference]], now: datetime) -> Iterator[Group]:
    for store in stores():
        if store.name in wanted:
            activity = store.activity
            yield Group(
                activity=activity,
                what=activity.categories,
                why=activity.purpose,
                lawful_basis=activity.lawful_basis,
                source=activity.source,
                could_be_disclosed_to=activity.recipients,
                kept=kept_in_words(activity),
                items=store.export(wanted[store.name], now),
            )

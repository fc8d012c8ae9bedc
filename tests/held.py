"""What all stores together hold about a person, and its erasure: as the flow of a request does it, without the flow."""

from collections.abc import Iterable
from datetime import datetime

from imchat.register.store import Outcome, Reference
from imchat.register.stores import stores
from imchat.subjects import Subject


def search(subject: Subject) -> dict[str, list[Reference]]:
    """What each store that holds personal data has, candidates by name alone among it."""
    return {store.name: store.find(subject) for store in stores() if store.activity.categories}


def certain(found: dict[str, list[Reference]]) -> list[Reference]:
    """All but the candidates."""
    return [reference for references in found.values() for reference in references if not reference.candidate]


def erase(references: Iterable[Reference], actor: str, now: datetime) -> dict[str, Outcome]:
    """What became of the references, by store."""
    wanted: dict[str, list[Reference]] = {}
    for reference in references:
        wanted.setdefault(reference.store, []).append(reference)
    return {store.name: store.erase(wanted[store.name], actor, now) for store in stores() if store.name in wanted}

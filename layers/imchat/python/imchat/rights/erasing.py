"""Erasing what is held about a person, over all stores: what is removed, and what is retained, why and until when."""

from collections.abc import Iterable
from datetime import datetime

from imchat.register.store import Outcome, Reference
from imchat.register.stores import stores


def erase(references: Iterable[Reference], actor: str, now: datetime) -> dict[str, Outcome]:
    """What became of the references, by store, in the order of the notice. Doing it again goes on where it was cut."""
    wanted: dict[str, list[Reference]] = {}
    for reference in references:
        wanted.setdefault(reference.store, []).append(reference)
    return {store.name: store.erase(wanted[store.name], actor, now) for store in stores() if store.name in wanted}

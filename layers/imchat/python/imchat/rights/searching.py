"""Finding what is held about a person, over all stores."""

from imchat.register.store import Reference
from imchat.register.stores import stores
from imchat.subjects import Subject


def search(subject: Subject) -> dict[str, list[Reference]]:
    """What each store that holds personal data has about the person, by store, in the order of the notice; candidates
    by name alone are among it, marked."""
    return {store.name: store.find(subject) for store in stores() if store.activity.categories}


def certain(found: dict[str, list[Reference]]) -> list[Reference]:
    """What is the person's without doubt: all but the candidates."""
    return [reference for references in found.values() for reference in references if not reference.candidate]

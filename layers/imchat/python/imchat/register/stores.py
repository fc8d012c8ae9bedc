"""All stores there are: the STORE of each module in imchat.stores. A new kind of personal data is one such module, and
notice, record, export, erasure and expiry follow from it."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from imchat import stores as modules
from imchat.register.activity import Activity
from imchat.register.store import Store


def stores() -> list[Store]:
    """Every store, in the order of the notice. Raises ValueError where two have one name."""
    return list(_found(tuple(modules.__path__)))


@cache
def _found(folders: tuple[str, ...]) -> tuple[Store, ...]:
    """The stores in ``folders``, looked for once: a flow asks for one of them many times."""
    names = sorted(module.name for module in iter_modules(folders))
    loaded = (import_module(f"{modules.__name__}.{name}") for name in names)
    found = [module.STORE for module in loaded if hasattr(module, "STORE")]
    if len({store.name for store in found}) != len(found):
        raise ValueError("two stores have the same name")
    return tuple(sorted(found, key=lambda store: (store.activity.place, store.name)))


def store(name: str) -> Store:
    """The store of that name. Raises KeyError."""
    return {one.name: one for one in stores()}[name]


def activities() -> list[Activity]:
    """Every activity, in the order of the notice."""
    return [one.activity for one in stores()]

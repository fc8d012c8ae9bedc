"""Which hits of a search are certain: only what was proven makes one so (N13)."""

from dataclasses import dataclass

from imchat.register.store import Reference
from imchat.stores.requests import Request

# By these an item is found beside the name. Any other word that a search may say makes a candidate.
_ADDRESSES = frozenset({"email", "phone"})
# What staff do to let a request in: whoever did one of these may not approve it.
_LET_IN = ("received", "confirmed", "identity proven", "identity not proven")


@dataclass(frozen=True)
class Proof:
    """How it was established who asks: the ``method``, and whether somebody else asks by an ``authority``."""

    method: str | None = None
    authority: bool = False

    @classmethod
    def of(cls, request: Request) -> "Proof":
        """The proof of a request."""
        return cls(request.identity_method if request.identity else None, bool(request.authority))

    def covers(self, matched: frozenset[str]) -> bool:
        """Whether an item that was found by ``matched`` (Reference.matched) is certainly the person's. A code proves
        the address, the key of a chat that it was in their tab. A document proves the name, so the item must hold that
        and the request's address or number too.
        That we know somebody, or that somebody else may ask for them, proves neither: staff judge each item."""
        if self.authority:
            return False
        if self.method and "key" in matched:
            return True
        if self.method == "code":
            return "email" in matched
        return self.method == "document" and "name" in matched and bool(matched & _ADDRESSES)


def is_candidate(request: Request, reference: Reference) -> bool:
    """Whether staff must say that the item is the person's before it is given, changed or counted."""
    return not Proof.of(request).covers(reference.matched)


def put_aside(request: Request) -> bool:
    """Whether candidates were found that staff did not take for the person's."""
    found = request.searched.as_dict().values() if request.searched else ()
    return sum(int(counts["candidates"]) for counts in found) > len(request.taken or ())


def let_in_by(request: Request) -> set[str]:
    """Who of the staff took the request in, or decided on who asks."""
    return {one.by for one in request.events if one.what in _LET_IN}

"""Who answers for the chats that a request searches: what a copy says of their websites (UK GDPR Art 4(7)). It is noted
at the approval, so that a copy that is made anew under the same approval says the same."""

from typing import Any

from imchat.register.controller import Website
from imchat.rights import given
from imchat.stores import accounts
from imchat.stores.requests import ACCESS, PORTABILITY, Request


def noted(request: Request) -> dict[str, Any]:
    """What an approval keeps of them with the request: of its own website, and of those on which something is the
    person's; nothing where no copy is made. A website that is gone is not named, nor one on which only somebody else
    may have something, or on which all is withheld (N15)."""
    if request.type not in (ACCESS, PORTABILITY):
        return {}
    searched = list(request.websites.as_dict()) if request.websites else []
    others = set(searched) - {request.site_id}
    theirs = given.websites(request) if others else set()
    names = [request.site_id, *(one for one in searched if one in others & theirs)]
    known = accounts.sites(names)
    return {"controllers": [vars(known[one].website) for one in names if one in known]}


def told(request: Request) -> tuple[Website, ...]:
    """The websites that a copy names, as the approval kept them."""
    return tuple(Website(**one) for one in request.controllers or ())

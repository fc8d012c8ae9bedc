"""Who answers for the chats that a request searches: what a copy says of their websites (UK GDPR Art 4(7)). It is noted
at the approval, so that a copy that is made anew under the same approval says the same."""

from typing import Any

from imchat.register.controller import Website
from imchat.stores import accounts
from imchat.stores.requests import ACCESS, PORTABILITY, Request


def noted(request: Request) -> dict[str, Any]:
    """What an approval keeps of them with the request; nothing where no copy is made. A website that is gone is not
    named."""
    if request.type not in (ACCESS, PORTABILITY):
        return {}
    searched = [accounts.website(site_id) for site_id in (request.site_id,)]
    return {"controllers": [vars(website) for website in searched if website]}


def told(request: Request) -> tuple[Website, ...]:
    """The websites that a copy names, as the approval kept them."""
    return tuple(Website(**one) for one in request.controllers or ())

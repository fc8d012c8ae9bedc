"""Sites of the bench's own, and the moment at which everything on them happens: the same in every run, so that items
are of the same size, and far from now, so that nothing expires by itself."""

import secrets
from datetime import UTC, datetime

from imchat import clock
from imchat.stores import accounts
from imchat.stores.accounts import Site

NOON = datetime(2098, 3, 3, 12, tzinfo=UTC)
EMAIL = "ada@example.org"


def at(moment: datetime) -> None:
    """Have the library believe that it is now ``moment``."""
    clock.now = lambda: moment


def site() -> Site:
    """A new site, on which as many chats may be opened in a minute as one likes."""
    return accounts.create_site(f"bench-{secrets.token_hex(4)}", name="Bench", origins=[], opens_per_minute=10_000_000)

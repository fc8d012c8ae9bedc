"""Who of a site's staff is there. That an operator comes or goes is told to the staff, and to visitors where there is
somebody again, or nobody any more."""

from datetime import datetime

from imchat.errors import NotFound
from imchat.live import telling
from imchat.stores import accounts
from imchat.stores.accounts import Operator, Site
from imchat.stores.base import Stale


def set_presence(site_id: str, operator_id: str, present: bool, now: datetime) -> tuple[Site, list[Operator]]:
    """Say that an operator is there (for two minutes; to be said again) or has gone; the site and its operators.
    Raises NotFound."""
    try:
        before, after = accounts.set_presence(site_id, operator_id, present, now)
    except Stale:
        raise NotFound("site") from None
    operators = accounts.operators(site_id)
    if before.is_present(operator_id, now) != present:
        telling.staff_present(after, operators, now)
    if before.online(now) != after.online(now):
        telling.online(after, now)
    return after, operators

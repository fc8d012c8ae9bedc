"""Who of a site's staff is there, and that it is told: to the staff whenever an operator comes or goes, to visitors
when there is somebody again or nobody any more."""

from datetime import datetime

from imchat.chat.inbox import MOST, listing
from imchat.errors import NotFound
from imchat.live.pushing import push
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
        _tell_staff(after, operators, now)
    if before.online(now) != after.online(now):
        _tell_visitors(after, now)
    return after, operators


def shown(site: Site, operators: list[Operator], now: datetime) -> dict[str, object]:
    """Who is there, as staff see it."""
    return {
        "online": site.online(now),
        "operators": [
            {"operator_id": one.operator_id, "name": one.name, "present": site.is_present(one.operator_id, now)}
            for one in operators
        ],
    }


def _tell_staff(site: Site, operators: list[Operator], now: datetime) -> None:
    frame = {"type": "presence", **shown(site, operators, now)}
    gone = push({listener.partition(":")[2]: [frame] for listener in site.listeners or ()})
    if gone:
        accounts.unlisten(site.site_id, {f"o:{one}" for one in gone})


def _tell_visitors(site: Site, now: datetime) -> None:
    """The visitors of the newest open chats; the others hear it when they ask."""
    newest = listing(site.site_id, "", status="open", assigned="all", limit=MOST, start=None, now=now).chats
    frame = {"type": "presence", "online": site.online(now)}
    push({connection: [frame] for chat in newest for connection in chat.connections("v")})

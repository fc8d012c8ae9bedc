"""A website leaves: what is about its visitors goes by the stores' own verbs, with what they say of each; then it is
nobody's. Its counts stay: they stand for nobody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from imchat.clock import moment
from imchat.errors import Conflict, NotFound
from imchat.register.activity import RECOVERY
from imchat.register.store import Reference, Store
from imchat.register.stores import stores
from imchat.rights.requests import open_requests
from imchat.settings import settings
from imchat.stores import accounts, ledger
from imchat.stores.base import delete, transact
from imchat.stores.chats import ACTIVITY as CHATS
from imchat.stores.chats import META
from imchat.stores.evidence import ACTIVITY as EVIDENCE
from imchat.stores.verbs import batches
from operations.accounts import remove, staff
from operations.scanning import raw_items

_AT_ONCE = 500
# The log is no data of the website's that Art 28(3)(g) wants back: stores/evidence.py says the purpose.
_OURS = "our own log, as controller, which shows that we did what we promise"
_RESTRICTED = "its use is restricted at the person's request"


@dataclass(frozen=True)
class Line:
    """What became of one kind of data; where some is retained, why, and until when the last of it."""

    title: str
    removed: int
    retained: int = 0
    why: str = ""
    until: str = ""


def remove_site(site_id: str, actor: str, now: datetime) -> list[Line]:
    """Delete a website: first nobody can open a chat there or sign in, then what it holds goes. Done again, it finishes
    what was cut. Raises NotFound; Conflict while people wait there for an answer that the law demands, or where mail to
    us is read."""
    _refuse(site_id, now)
    found = _accounts(site_id, now)
    lines = [Line(accounts.ACTIVITY.title, found), Line("Staff who could sign in", _staff(site_id))]
    for store in stores():
        if store.activity.categories and store.name != accounts.ACTIVITY.name:
            lines += _erase(store, site_id, actor, now)
    if not any(line.removed or line.retained for line in lines):
        raise NotFound("site")
    return lines


def _refuse(site_id: str, now: datetime) -> None:
    if site_id == settings().mail_site_id:
        raise Conflict("mail_site", "Mail to us is read by this website's desk: deploy with another MAIL_SITE first.")
    waiting = len(open_requests(site_id, now))
    if waiting:
        raise Conflict(
            "requests_open", f"{waiting} data-protection requests are open there: answer or close them first."
        )


def _accounts(site_id: str, now: datetime) -> int:
    """Remove the website's own items; how many there were. The ledger knows for as long as a backup could bring them
    back. The site itself goes first, with its note in the ledger."""
    pk = accounts.partition(site_id)
    until = int((now + timedelta(days=RECOVERY.number + 1)).timestamp())
    keys = [item["sk"]["S"] for item in raw_items(accounts.ACTIVITY.name, now, site_id)]
    if keys:
        transact(delete(accounts.Site(pk)), ledger.record(accounts.ACTIVITY.name, pk, until))
    for sk in keys:
        if sk != accounts.SITE:
            accounts.Operator(pk, sk).remove()
    return len(keys)


def _staff(site_id: str) -> int:
    members = staff(site_id)
    for member in members:
        remove(member)
    return len(members)


def _erase(store: Store, site_id: str, actor: str, now: datetime) -> Iterator[Line]:
    """Erase a website's items of a store, batch by batch; a line for what is gone, and one for each reason to keep."""
    removed = 0
    kept: dict[str, list[str]] = {}
    free: list[Reference] = []
    for item in raw_items(store.name, now, site_id):
        if store.name == CHATS.name and item["sk"]["S"] != META:
            continue
        if store.activity.erasure == "erased" and "restricted" in item:
            kept.setdefault(_RESTRICTED, []).append(_day(moment(1000 * int(item["expires_at"]["N"]))))
        else:
            free.append(Reference(store.name, item["pk"]["S"], item.get("sk", {}).get("S")))
    for batch in batches(free, _AT_ONCE):
        outcome = store.erase(batch, actor, now)
        removed += len(outcome.removed)
        for one in outcome.retained:
            why = f"{one.why}: {_OURS}" if store.name == EVIDENCE.name else one.why
            kept.setdefault(why, []).append(_day(one.until) if one.until else "")
    if removed:
        yield Line(store.activity.title, removed)
    for why, days in kept.items():
        yield Line(store.activity.title, 0, len(days), why, max(days))


def _day(at: datetime) -> str:
    return at.date().isoformat()

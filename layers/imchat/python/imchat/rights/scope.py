"""Whose data a request searches: one website's, or those of all websites for which we answer; and what became of it on
each (UK GDPR Art 15, 17, 28(3)(e))."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby

from pynamodb.expressions.condition import size

from imchat.register.store import Outcome, Reference
from imchat.register.stores import stores
from imchat.rights import letters, snapshot
from imchat.rights.letters import PASSED_ON
from imchat.rights.proof import Proof
from imchat.rights.snapshot import Website
from imchat.settings import settings
from imchat.stores import accounts
from imchat.stores.base import Stale
from imchat.stores.requests import IN_PROGRESS, Elsewhere, Request

# How a request comes that searches all websites: the notice's own form, and mail to the notice's own address.
FROM_THE_NOTICE = ("form", "mail")
# How many websites a request names by their names; of others it says their ids. An item of DynamoDB is finite.
MOST_NAMED = 100
_ROUNDS = 5
# How the desk names a website among what it judges.
WEBSITE = "websites:"


def everywhere(request: Request) -> bool:
    """Whether the request searches all websites for which we answer: it came by the notice's own form or mail. At the
    desk of any other website, it searches that one."""
    return request.site_id == settings().mail_site_id and request.channel in FROM_THE_NOTICE


def sorted_out(found: Sequence[Reference], site_id: str, proof: Proof) -> tuple[list[Reference], dict[str, Website]]:
    """What of that which a search found is ours to answer, and the other websites that it belongs to. ``site_id`` is
    the request's own website, for which its desk answers in any case."""
    others = {one.site_id for one in found if one.site_id and one.site_id != site_id}
    known = accounts.sites(others)
    certain = {hit.site_id for hit in found if proof.covers(hit.matched)}
    websites: dict[str, Website] = {}
    for one in others:
        # A website that is gone cannot answer: we do.
        site = known.get(one)
        name, contact = (site.name, site.requests_contact) if site else (one, None)
        websites[one] = Website(name, contact, one in certain)
    ours = [one for one in found if not one.site_id or one.site_id not in websites or not websites[one.site_id].contact]
    return ours, websites


def by_website(references: Iterable[Reference]) -> Iterator[tuple[str, list[Reference]]]:
    """The references of each website, in no order of websites; those that belong to none are left out."""
    known = sorted((one for one in references if one.site_id), key=lambda one: str(one.site_id))
    for site_id, group in groupby(known, key=lambda one: str(one.site_id)):
        yield site_id, list(group)


def note_websites(request: Request, names: Iterable[str]) -> Request:
    """Keep with the request on which websites the stores of these ``names`` found something, and which of them answer
    themselves. Answers the request as it then is."""
    found = snapshot.websites(request.pk, names)
    ours = {site_id: one.name for site_id, one in sorted(found.items()) if not one.contact}
    theirs = {site_id: one for site_id, one in sorted(found.items()) if one.contact}
    named = dict(list(({request.site_id: _own_name(request)} | ours).items())[:MOST_NAMED])
    elsewhere = [
        Elsewhere(site_id=site_id, name=one.name, contact=one.contact, certain=one.certain)  # type: ignore[no-untyped-call]
        for site_id, one in sorted(theirs.items(), key=lambda pair: (not pair[1].certain, pair[0]))[:MOST_NAMED]
    ]
    try:
        noted = request.change(
            [Request.websites.set(named), Request.elsewhere.set(elsewhere)], Request.status == IN_PROGRESS
        )
    except Stale as stale:
        return stale.item or request
    return noted


def searched(request: Request) -> set[str]:
    """The websites on which a search may have found something that is ours to answer."""
    websites = set(request.websites.as_dict()) if request.websites else set()
    if everywhere(request):
        websites |= set(snapshot.websites(request.pk, [store.name for store in stores()]))
    return websites | {request.site_id}


def _own_name(request: Request) -> str:
    """The name of the website at whose desk the request is."""
    known = request.websites.as_dict() if request.websites else {}
    if request.site_id in known:
        return str(known[request.site_id])
    site = accounts.sites([request.site_id]).get(request.site_id)
    return site.name if site else str(request.site_id)


def answering_themselves(request: Request) -> list[Elsewhere]:
    """The websites that answer themselves and hold something of the person's: for certain, or as staff judged."""
    taken = request.taken or ()
    return [one for one in request.elsewhere if one.certain or f"{WEBSITE}{one.site_id}" in taken]


def pass_on(request: Request, now: datetime) -> Request:
    """Pass the request on to each website that answers itself, once (UK GDPR Art 28(3)(e)): a letter to each."""
    for _ in range(_ROUNDS):
        passed = {one.website for one in request.letters if one.what == PASSED_ON}
        theirs = [one.site_id for one in answering_themselves(request) if one.site_id not in passed]
        if not theirs or request.status != IN_PROGRESS:
            break
        new = Request.letters.append([letters.to_website(site_id, now) for site_id in theirs])
        unchanged = (Request.status == IN_PROGRESS) & (size(Request.letters) == len(request.letters))
        try:
            request = request.change([Request.letters.set(new)], unchanged)
        except Stale as stale:  # another letter was added meanwhile
            request = stale.item or request
    letters.send_waiting(request)
    return request


def counts(outcome: Outcome) -> list[list[str | int]]:
    """Of what was done in a store, for each website: its id, how many items were changed, how many are kept. Websites
    beyond MOST_NAMED are counted together, under a blank id."""
    changed = Counter(one.site_id for one in outcome.removed if one.site_id)
    kept = Counter(one.reference.site_id for one in outcome.retained if one.reference.site_id)
    rows: list[list[str | int]] = [[str(one), changed[one], kept[one]] for one in sorted({*changed, *kept}, key=str)]
    named, others = rows[:MOST_NAMED], rows[MOST_NAMED:]
    if others:
        named.append(["", sum(int(row[1]) for row in others), sum(int(row[2]) for row in others)])
    return named


def name_of(request: Request, site_id: str | None) -> str | None:
    """What a website is called in an answer. Who answers for its chats is in ``controllers``."""
    if site_id is None:
        return None
    names = request.websites.as_dict() if request.websites else {}
    return str(names.get(site_id, site_id))

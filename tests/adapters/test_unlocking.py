"""What is restricted is hidden from the desk too, until two people unlock it for a ground of UK GDPR Art 18(2)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

import app
from functions.http import ROUTES
from imchat import clock
from imchat.chat import inbox, reading
from imchat.desk import calls, files, lookups, unlocking
from imchat.desk.purchases import hold
from imchat.errors import Conflict, Forbidden, InvalidInput, NotFound
from imchat.register.stores import store
from imchat.rights.requests import open_page
from imchat.stores.chats import META, Chat
from imchat.stores.correspondence import Attached, Correspondence
from imchat.stores.evidence import Entry
from imchat.stores.records import Record, Records
from imchat.stores.requests import Request
from imchat.stores.unlocks import GROUNDS, LASTS
from tests.adapters.people import MAKERS, Person, fill, somebody
from tests.adapters.worlds import NOON, World, items_of, world

pytestmark = pytest.mark.usefixtures("tables", "at_noon")
RECORDS = ("correspondence", "purchases", "disclosures", "requests")
PROPOSAL: dict[str, Any] = {"ground": "legal_claims", "because": "They sue us.", "now": NOON}


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def set_clock(now: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: now)

    set_clock(NOON)
    return set_clock


def records(name: str) -> Any:
    kept = store(name)
    assert isinstance(kept, Records)
    return kept


def restricted(site: World, who: Person, name: str) -> Any:
    """An item of a person in a store, restricted; in whichever store, for no list may rely on what others do."""
    MAKERS[name](site, who, NOON)
    (*_, found) = store(name).find(who.subject(site))
    if name == "chats":
        assert store(name).restrict([found], restricted=True, actor="priya", now=NOON) == [found]
        return Chat.get(found.pk, META)
    item: Record = records(name).model.get(found.pk)
    item.change([type(item).restricted.set(True)])
    return item


def listed(site: World, name: str) -> set[str]:
    found = lookups.listing(records(name), site.site_id, "priya", limit=50, start=None, now=clock.now())
    return {item.pk for item, _ in found.items}


def searched(site: World, who: Person, name: str) -> set[str]:
    return {item.pk for item, _ in lookups.search(records(name), who.subject(site), "priya", clock.now()).items}


def in_inbox(site: World) -> set[str]:
    pages = [
        inbox.listing(
            site.site_id,
            site.operator,
            status=status,  # type: ignore[arg-type]
            assigned=assigned,  # type: ignore[arg-type]
            limit=50,
            start=None,
            now=clock.now(),
        )
        for status in ("open", "closed")
        for assigned in ("all", "mine", "unassigned")
    ]
    return {chat.pk for page in pages for chat in page.chats}


# Every route of staff that names no item: a list, a search or a count; what shows whether the item of a store is in
# it, or why it can show nothing of one.
LISTS: dict[str, tuple[str, Callable[[World, Person], set[str]]] | str] = {
    "GET /v1/operator/chats": ("chats", lambda site, _: in_inbox(site)),
    **{
        f"GET /v1/desk/{name}": (name, lambda site, _, name=name: listed(site, name))
        for name in ("correspondence", "purchases", "disclosures")
    },
    **{
        f"POST /v1/desk/{name}/search": (name, lambda site, who, name=name: searched(site, who, name))
        for name in ("correspondence", "purchases", "disclosures")
    },
    "GET /v1/desk/requests": (
        "requests",
        lambda site, _: listed(site, "requests") | {one.pk for one in open_page(site.site_id, None, clock.now())[0]},
    ),
    "POST /v1/desk/restricted/search": "references only: what there is to unlock",
    "POST /v1/desk/evidence/views": "references only: who looked, and when",
    "GET /v1/desk/numbers": "counts of requests, which no restriction can hide: their clock runs",
    "GET /v1/desk/staff": "names of colleagues",
    "GET /v1/desk/register": "the register",
    "GET /v1/desk/proof": "what the prover found, which is about nobody",
    "POST /v1/desk/requests/drop": "references that were sent",
    **dict.fromkeys(
        ("POST /v1/desk/correspondence", "POST /v1/desk/purchases", "POST /v1/desk/disclosures",
         "POST /v1/desk/requests"), "what was just recorded",
    ),
    "POST /v1/desk/purchases/import": "numbers of lines",
    **dict.fromkeys(("GET /v1/operator/canned", "POST /v1/operator/canned"), "the site's own texts"),
    **dict.fromkeys(("GET /v1/operator/presence", "PUT /v1/operator/presence"), "names of colleagues"),
    "POST /v1/operator/socket": "a ticket",
    "GET /v1/account/sites": "settings",
    **dict.fromkeys(("GET /v1/account/operators", "POST /v1/account/operators"), "names of colleagues"),
    **dict.fromkeys(("GET /v1/account/statistics", "GET /v1/account/visits"), "counts that stand for nobody"),
}  # fmt: skip
PROBED = {route: probe for route, probe in LISTS.items() if not isinstance(probe, str)}


def test_every_list_search_and_count_of_staff_says_how_it_hides_what_is_restricted() -> None:
    assert app.app.routes
    there = {f"{one.method} {one.path}" for one in ROUTES if one.by.group and "{" not in one.path}
    assert set(LISTS) == there


@pytest.mark.parametrize("route", PROBED)
def test_what_is_restricted_is_in_no_list_and_no_search_until_it_is_unlocked(
    route: str, at_noon: Callable[[datetime], None]
) -> None:
    name, probe = PROBED[route]
    site, who, other = world(), somebody(), somebody()
    MAKERS[name](site, other, NOON)
    free = {one.pk for one in store(name).find(other.subject(site))}
    item = restricted(site, who, name)
    assert item.pk not in probe(site, who)
    if not route.endswith("/search"):
        assert free <= probe(site, who)
    if name in unlocking.STORES and name != "chats":
        unlocking.propose(name, item.pk, site.site_id, "priya", **PROPOSAL)
        assert item.pk not in probe(site, who)
        unlocking.approve(name, item.pk, site.site_id, "paul", NOON)
        assert item.pk in probe(site, who)
        at_noon(LASTS.after(NOON))
        assert item.pk not in probe(site, who)


def test_a_page_of_what_is_hidden_leads_on_to_what_is_not() -> None:
    site, who = world(), somebody()
    for _ in range(101):
        calls.record_call(site.site_id, "priya", about="A leak.", at=None, **vars(who), chat_id=None, now=NOON).change(
            [Correspondence.restricted.set(True)]
        )
    calls.record_call(
        site.site_id, "priya", about="A leak.", at=NOON - timedelta(days=1), **vars(who), chat_id=None, now=NOON
    )
    page, shown = lookups.search(records("correspondence"), who.subject(site), "priya", NOON), 0
    while True:
        shown += len(page.items)
        if not page.next:
            break
        page = lookups.search(records("correspondence"), who.subject(site), "priya", NOON, page.next)
    assert shown == 1


def test_nobody_uses_a_restricted_item_that_they_know_by_its_reference() -> None:
    site, who = world(), somebody()
    for name in RECORDS:
        item = restricted(site, who, name)
        with pytest.raises(Conflict, match="restricted"):
            lookups.one(records(name), item.pk, site.site_id, "priya", NOON)
    call = records("correspondence").model.get(restricted(site, who, "correspondence").pk)
    call.change([Correspondence.attachments.set([Attached(content_type="text/plain", size=1)])])  # type: ignore[no-untyped-call]
    with pytest.raises(Conflict, match="restricted"):
        calls.link(call.pk, site.site_id, "priya", None, NOON)
    with pytest.raises(Conflict, match="restricted"):
        files.file_link(call.pk, 1, site.site_id, "priya", NOON)
    purchase = restricted(site, somebody(), "purchases")
    with pytest.raises(Conflict, match="restricted"):
        hold(purchase.pk, site.site_id, "priya", until="2099-12-31", because="a claim", now=NOON)


@pytest.mark.parametrize("name", ["chats", "correspondence"])
@pytest.mark.parametrize("ground", sorted(GROUNDS))
def test_two_people_unlock_an_item_for_a_ground_of_the_law_and_it_ends_by_itself(name: str, ground: str) -> None:
    site, who = world(), somebody()
    item = restricted(site, who, name)
    where = (name, item.pk, site.site_id)
    with pytest.raises(Conflict, match="no_unlock"):
        unlocking.approve(*where, "paul", NOON)
    with pytest.raises(Conflict, match="restricted"):
        unlocking.read(*where, "priya", now=NOON)
    for wrong in ({"ground": "curiosity"}, {"because": " "}):
        with pytest.raises(InvalidInput):
            unlocking.propose(*where, "priya", **(PROPOSAL | wrong))
    for _ in range(2):
        unlocking.propose(*where, "priya", **(PROPOSAL | {"ground": ground}))
    with pytest.raises(Forbidden, match="second_person_needed"):
        unlocking.approve(*where, "priya", NOON)
    with pytest.raises(Conflict, match="restricted"):
        unlocking.read(*where, "priya", now=NOON)
    for _ in range(2):
        unlocking.approve(*where, "paul", NOON)
    with pytest.raises(Conflict, match="unlocked_already"):
        unlocking.propose(*where, "priya", **PROPOSAL)
    read = unlocking.read(*where, "pia", now=NOON)
    assert who.name in {fact.value for fact in read.facts}
    entries = [one["action"]["S"] for one in items_of(Entry, item.about)]
    assert (entries.count("propose_unlock"), entries.count("unlock")) == (1, 1)
    assert "pia" in {one["actor"]["S"] for one in items_of(Entry, item.about) if one["action"]["S"] == "view"}
    last = LASTS.after(NOON)
    assert unlocking.read(*where, "pia", now=last - timedelta(seconds=1)).facts
    with pytest.raises(Conflict, match="restricted"):
        unlocking.read(*where, "pia", now=last)
    with pytest.raises(Conflict, match="no_unlock"):
        unlocking.approve(*where, "pia", last)
    unlocking.propose(*where, "paul", **(PROPOSAL | {"now": last}))
    unlocking.approve(*where, "priya", last)
    unlocking.end(*where, "priya", last)
    with pytest.raises(Conflict, match="restricted"):
        unlocking.read(*where, "pia", now=last)
    with pytest.raises(NotFound):
        unlocking.propose(name, item.pk, world().site_id, "priya", **PROPOSAL)


def test_an_unlocked_chat_is_the_desks_and_stays_no_operators() -> None:
    site, who = world(), somebody()
    chat = restricted(site, who, "chats")
    unlocking.propose("chats", chat.pk, site.site_id, "priya", **PROPOSAL)
    unlocking.approve("chats", chat.pk, site.site_id, "paul", NOON)
    with pytest.raises(Conflict, match="restricted"):
        reading.read(chat.pk, site.site_id, 0, NOON, notes=True)
    assert chat.pk not in in_inbox(site)
    said = unlocking.read("chats", chat.pk, site.site_id, "priya", now=NOON)
    assert "message 29" in str(said.facts)


def test_what_a_person_has_restricted_is_found_by_its_references_alone() -> None:
    site, who = world(), somebody()
    fill(site, who)
    for name in ("chats", "correspondence"):
        found = store(name).find(who.subject(site))
        store(name).restrict(found, restricted=True, actor="priya", now=NOON)
    there = unlocking.search(who.subject(site), NOON).items
    wanted = {
        (one.store, one.pk) for name in ("chats", "correspondence") for one in store(name).find(who.subject(site))
    }
    assert {(name, item.pk) for name, item in there} == wanted
    assert not unlocking.search(who.subject(world()), NOON).items


def test_what_is_restricted_is_listed_page_by_page_and_a_place_that_is_none_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site, who = world(), somebody()
    fill(site, who)
    for name in ("chats", "correspondence"):
        store(name).restrict(store(name).find(who.subject(site)), restricted=True, actor="priya", now=NOON)
    whole = unlocking.search(who.subject(site), NOON).items
    assert len(whole) > 1
    monkeypatch.setattr(unlocking.places, "MOST", 1)
    page, shown = unlocking.search(who.subject(site), NOON), []
    while True:
        shown += page.items
        if page.next is None:
            break
        page = unlocking.search(who.subject(site), NOON, page.next)
    assert [item.pk for _, item in shown] == [item.pk for _, item in whole]
    with pytest.raises(InvalidInput, match="bad_cursor"):
        unlocking.search(who.subject(site), NOON, "x")


def test_an_unlock_goes_with_its_restriction_and_the_person_is_told_of_it() -> None:
    site, who = world(), somebody()
    for name in ("chats", "correspondence"):
        item = restricted(site, who, name)
        unlocking.propose(name, item.pk, site.site_id, "priya", **PROPOSAL)
        unlocking.approve(name, item.pk, site.site_id, "paul", NOON)
        found = [one for one in store(name).find(who.subject(site)) if one.pk == item.pk]
        (told,) = store(name).export(found, NOON)
        assert GROUNDS["legal_claims"] in str([fact for fact in told.facts if fact.name == "Used though restricted"])
        for restrict in (False, True):
            assert store(name).restrict(found, restricted=restrict, actor="priya", now=NOON + timedelta(hours=1))
        with pytest.raises(Conflict, match="restricted"):
            unlocking.read(name, item.pk, site.site_id, "priya", now=NOON + timedelta(hours=1))


def test_requests_are_never_restricted() -> None:
    site, who = world(), somebody()
    MAKERS["requests"](site, who, NOON)
    (one,) = store("requests").find(who.subject(site))
    assert store("requests").restrict([one], restricted=True, actor="priya", now=NOON) == []
    assert not Request.get(one.pk).restricted

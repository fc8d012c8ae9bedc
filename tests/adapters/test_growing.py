"""What people can make more and more of has an end, told before anything is lost: canned replies, operators, what is done
with one request, the lines of a file. What has none comes in pages."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from imchat import places
from imchat.chat import canned, inbox
from imchat.desk.purchases_csv import COLUMNS, MOST_LINES, import_csv
from imchat.errors import BodyTooLarge, Conflict, ImchatError, NotFound
from imchat.live import frames
from imchat.rights import handling, intake, requests
from imchat.rights.intake import Identity
from imchat.staff import operators
from imchat.stores import accounts, verbs
from imchat.stores.purchases import Purchase
from imchat.stores.requests import Request
from imchat.text import MESSAGE_LENGTH, NAME_LENGTH, URL_LENGTH
from tests.adapters.worlds import NOON, ORIGIN, world

pytestmark = pytest.mark.usefixtures("tables")
LONGEST = "🦜" * MESSAGE_LENGTH
ITEM_BYTES = 400 * 1024


def refused(act: Any, *args: Any, **more: Any) -> str | None:
    """The kind of the refusal of an act; None where it was done."""
    try:
        act(*args, **more)
    except ImchatError as error:
        return error.kind
    return None


def canned_bytes(site_id: str) -> int:
    return sum(map(verbs.stored, accounts.canned_replies(site_id)))


# Canned replies


def test_canned_replies_take_as_much_text_as_one_answer_holds() -> None:
    site = world()
    kinds = []
    while not (kinds and kinds[-1]):
        kinds.append(refused(canned.add, site.site_id, f"long-{len(kinds)}", LONGEST))
    assert kinds[-1] == "too_many_canned_replies"
    assert len(accounts.canned_replies(site.site_id)) == len(kinds) - 1
    assert places.MOST_BYTES * 0.9 < canned_bytes(site.site_id) <= places.MOST_BYTES


def test_at_the_limit_a_canned_reply_may_be_repeated_made_shorter_and_dropped_and_then_there_is_room() -> None:
    site = world()
    made = [canned.add(site.site_id, f"s-{number}", LONGEST) for number in range(30)]
    small = canned.add(site.site_id, "small", "Hello")
    while not refused(canned.add, site.site_id, f"more-{canned_bytes(site.site_id)}", LONGEST):
        pass
    assert refused(canned.change, site.site_id, small.canned_id, "small", LONGEST) == "too_many_canned_replies"
    assert canned.add(site.site_id, "s-0", LONGEST).canned_id == made[0].canned_id
    assert canned.change(site.site_id, made[0].canned_id, "s-0", "Shorter").text == "Shorter"
    canned.remove(site.site_id, made[1].canned_id)
    assert canned.change(site.site_id, small.canned_id, "small", LONGEST).text == LONGEST


def test_there_are_as_many_canned_replies_as_somebody_can_look_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canned, "MOST_REPLIES", 3)
    site = world()
    for number in range(3):
        canned.add(site.site_id, f"s-{number}", "Hello")
    assert refused(canned.add, site.site_id, "s-3", "Hello") == "too_many_canned_replies"
    assert refused(canned.add, site.site_id, "s-2", "Hello") is None


def test_of_those_who_add_canned_replies_at_once_no_more_come_in_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(canned, "MOST_REPLIES", 4)
    site = world()
    with ThreadPoolExecutor(8) as pool:
        kinds = list(pool.map(lambda number: refused(canned.add, site.site_id, f"s-{number}", "Hello"), range(8)))
    assert sorted(map(str, kinds)) == ["None"] * 4 + ["too_many_canned_replies"] * 4
    assert len(accounts.canned_replies(site.site_id)) == 4


def test_a_canned_reply_that_is_not_there_cannot_be_changed() -> None:
    site = world()
    with pytest.raises(NotFound):
        canned.change(site.site_id, "a" * 26, "s", "Hello")
    assert accounts.canned_replies(site.site_id) == []


# Operators


def test_no_more_operators_answer_than_one_frame_can_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "MOST_OPERATORS", 3)
    site = world()
    accounts.add_operator(site.site_id, "third", "Third", "third")
    assert refused(operators.invite, site.site_id, "fourth", "Fourth") == "too_many_operators"
    accounts.change_operator(site.site_id, "third", disabled=True)
    accounts.add_operator(site.site_id, "fourth", "Fourth", "fourth")
    change = {"name": None, "disabled": False, "now": NOON}
    assert refused(operators.change, site.site_id, "owner", "third", **change) == "too_many_operators"
    assert accounts.operator(site.site_id, "third") is None


def test_all_operators_of_a_site_come_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "OPERATORS_AT_ONCE", 3)
    site = world()
    for number in range(6):
        accounts.add_operator(site.site_id, f"many-{number}", f"Operator {number}", f"many-{number}")
    accounts.change_operator(site.site_id, "many-3", disabled=True)
    seen: list[str] = []
    found, place = accounts.operators_page(site.site_id)
    seen += [one.operator_id for one in found]
    while place:
        assert len(found) <= 3
        found, place = accounts.operators_page(site.site_id, place)
        seen += [one.operator_id for one in found]
    assert sorted(seen) == sorted([*(f"many-{number}" for number in range(6)), site.operator, site.colleague])


# One request


def in_progress(site_id: str, **fields: Any) -> Request:
    now = datetime.now(UTC) - timedelta(hours=1)
    identity = Identity(proven=True, method="document", at=now)
    said = {"kind": "access", "channel": "letter", "received_at": now, "name": "🦜" * NAME_LENGTH}
    return intake.take_in(site_id, "priya", **(said | fields), identity=identity, now=now)  # type: ignore[arg-type]


def test_what_is_done_with_a_request_ends_before_its_item_is_full_and_it_can_still_be_ended() -> None:
    """The longest texts there are; each pause is told in a letter too."""
    site, now = world(), datetime.now(UTC)
    request = in_progress(site.site_id, details=LONGEST)
    kinds: list[str | None] = []
    while not (kinds and kinds[-1]):
        now += timedelta(days=2)
        kinds.append(refused(handling.pause, request.pk, site.site_id, "priya", LONGEST, now))
        if not kinds[-1]:
            handling.resume(request.pk, site.site_id, "priya", now)
    assert kinds[-1] == "request_full"
    assert len(kinds) > 3
    found = Request.get(request.pk)
    assert len(found.pauses) == len(kinds) - 1
    assert verbs.stored(found) <= requests.FULL_BYTES + 20_000
    ended = handling.refuse(request.pk, site.site_id, "priya", LONGEST, now)
    assert ended.status == "refused"
    assert verbs.stored(Request.get(request.pk)) < ITEM_BYTES


def test_a_clock_that_stood_still_when_the_request_became_full_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    site, now = world(), datetime.now(UTC)
    request = in_progress(site.site_id)
    handling.pause(request.pk, site.site_id, "priya", "Which account?", now)
    monkeypatch.setattr(requests, "FULL_BYTES", 1)
    assert handling.resume(request.pk, site.site_id, "priya", now).pauses[-1].answered


def test_what_makes_a_full_request_smaller_is_done() -> None:
    site, now = world(), datetime.now(UTC)
    request = in_progress(site.site_id)
    small = verbs.stored(request)
    full = requests.move(request, {"ended_because": LONGEST}, "much", "priya", now)
    assert refused(requests.move, full, {"decision": "x"}, "more", "priya", now, most=small) == "request_full"
    full = Request.get(request.pk)
    assert requests.move(full, {"ended_because": None}, "less", "priya", now, most=small).revision == 2


def test_what_the_person_and_the_flow_do_with_a_full_request_is_done() -> None:
    site, now = world(), datetime.now(UTC)
    request = in_progress(site.site_id)
    for by in ("system", "requester", "visitor"):
        requests.move(request, {}, "done", by, now, most=1)
    with pytest.raises(Conflict):
        requests.move(request, {}, "done", "priya", now, most=1)


# The inbox


def test_an_inbox_page_holds_no_more_than_an_answer_and_the_rest_follows() -> None:
    site = world()
    page_url = f"{ORIGIN}/" + "🦜" * (URL_LENGTH - len(ORIGIN) - 1)
    opened = [
        site.open(
            NOON + timedelta(seconds=number), name="🦜" * NAME_LENGTH, text=LONGEST, page_url=page_url, locale="en-GB"
        ).pk
        for number in range(places.MOST)
    ]
    seen: list[str] = []
    place = None
    for _ in range(places.MOST):
        found = inbox.listing(
            site.site_id, site.operator, status="open", assigned="all", limit=places.MOST, start=place,
            now=NOON + timedelta(hours=1),
        )  # fmt: skip
        shown = [frames.listed(one) for one in found.chats]
        assert len(frames_text(shown).encode()) < 1_000_000
        seen += [one.pk for one in found.chats]
        place = found.next
        if place is None:
            break
    assert seen == opened[::-1]


def frames_text(shown: Any) -> str:
    from functions.http import as_text

    return as_text({"chats": shown, "next": "x" * 100})


# A file


def test_a_file_of_too_many_lines_is_refused_before_any_of_it_is_recorded() -> None:
    site = world()
    heading = ",".join(COLUMNS)
    line = ",".join(["Ada", "", "", "", "Teapot", "49.00", "GBP", "2099-01-31", "bank", "PAY-1"])
    with pytest.raises(BodyTooLarge) as too_many:
        import_csv(site.site_id, "priya", "\n".join([heading, line, *[""] * MOST_LINES]), NOON)
    assert too_many.value.kind == "too_many_lines"
    assert list(Purchase.site_index.query(site.site_id)) == []
    report = import_csv(site.site_id, "priya", "\n".join([heading, line, *["x"] * (MOST_LINES - 2)]), NOON)
    assert (report.imported, len(report.refused)) == (1, MOST_LINES - 2)

"""What people can make more and more of has an end, told before anything is lost: canned replies, operators, what is done
with one request, the lines of a file. What has none comes in pages."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pynamodb.expressions.operand import Path

from functions.http import as_text
from imchat import places
from imchat.chat import canned, inbox, posting
from imchat.chat.posting import Author
from imchat.desk.purchases_csv import COLUMNS, MOST_LINES, import_csv
from imchat.errors import BodyTooLarge, Conflict, ImchatError, InvalidInput, NotFound
from imchat.live import frames
from imchat.rights import handling, intake, requests
from imchat.rights.intake import Identity
from imchat.staff import operators
from imchat.stores import accounts, statistics, tallies, verbs
from imchat.stores.purchases import Purchase
from imchat.stores.requests import Request
from imchat.stores.visits import Part, VisitDay, VisitTally, part_key
from imchat.text import MESSAGE_LENGTH, NAME_LENGTH, URL_LENGTH
from imchat.visits import reading as visits_reading
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
        assert len(as_text({"chats": shown, "next": "x" * 100}).encode()) < 1_000_000
        seen += [one.pk for one in found.chats]
        place = found.next
        if place is None:
            break
    assert seen == opened[::-1]


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


# Counts of the longest ranges


def stored_days(site_id: str, days: dict[str, dict[str, int]]) -> None:
    """Kept counters as folding leaves them, by their keys."""
    with statistics.Day.batch_write() as writer:
        for key in days:
            writer.save(statistics.Day(site_id, key))
    for key, counters in days.items():
        statistics.Day(site_id, key).change([Path([name]).set(number) for name, number in counters.items()])


def joined(page: Any) -> list[Any]:
    """All pages of ``page``, which answers one from a place on, and where it goes on."""
    rows: list[Any] = []
    place = None
    for _ in range(100):
        found, place = page(place)
        rows += found
        if place is None:
            return rows
    raise AssertionError("it goes on for ever")


@pytest.mark.parametrize("most", [1, 150, 400, 10**6])
def test_statistics_come_in_pages_and_together_they_are_what_there_is(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Days, months and years among them; those that still run stand at the end."""
    site_id, today = world().site_id, date(2098, 12, 30)
    keys = [f"2098-12-{day:02}" for day in range(20, 31)]
    keys += ["2098-11-30", "2098-11-30#month", "2098-12-31#month", "2098-12-31#year", "2098-12-31", "2098-12-25#open"]
    stored_days(site_id, {key: {"chats": 10 + number, "country:GB": 7} for number, key in enumerate(keys)})
    first = date(2098, 11, 30)
    whole = statistics.shown(site_id, first, today, today)
    assert [label for label, _ in whole][-3:] == ["2098-12-30", "2098-12", "2098"]
    monkeypatch.setattr(places, "MOST_BYTES", most)
    pages: list[int] = []

    def page(place: str | None) -> Any:
        found, following = statistics.page(site_id, first, today, today, place)
        pages.append(len(found))
        return found, following

    assert joined(page) == whole
    assert (len(pages) > 1) == (most < 10**6)


@pytest.mark.parametrize("most", [1, 500, 10**6])
def test_visits_come_in_pages_and_together_they_are_what_there_is(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those of a day that is not folded yet, before, between and behind what is stored."""
    site_id, now = world().site_id, NOON
    today, yesterday = NOON.date(), (NOON - timedelta(days=1)).date()
    for day in ("2099-02-27", "2099-02-28", "2099-03-02"):
        VisitDay(site_id, day, views=10, visitors=8, paths={"/": 6, "/teapots": 5}, referrers={"a.example": 5}).save()
    month = {"views": 9, "path:/old": 9}
    VisitTally(site_id, "2099-02-28#month").change([Path([name]).set(number) for name, number in month.items()])
    for day in (yesterday, today):
        Part(part_key(site_id, day.isoformat()), "path#/", number=6).save()
    first = date(2099, 2, 27)
    whole = [(one.sk, one.views) for one in visits_reading.each_shown(site_id, first, today, now)]
    assert whole == [
        ("2099-02-27", 10), ("2099-02-28", 10), ("2099-02", 9), ("2099-03-02", 16), ("2099-03-03", 6),
    ]  # fmt: skip
    monkeypatch.setattr(places, "MOST_BYTES", most)

    def page(place: str | None) -> Any:
        found = visits_reading.shown(site_id, first, today, now, place)
        rows = sorted([*found.days, *found.longer], key=lambda one: tallies.key_of(one.sk))
        return [(one.sk, one.views) for one in rows], found.next

    assert joined(page) == whole
    assert [(one.sk, one.views) for one in visits_reading.read(site_id, first, today, now)] == whole


def test_a_page_of_visits_reads_no_more_than_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    site_id = world().site_id
    days = [(date(2099, 1, 1) + timedelta(days=number)).isoformat() for number in range(30)]
    for day in days:
        VisitDay(site_id, day, views=10, paths={"/": 10}).save()
    monkeypatch.setattr(places, "MOST_BYTES", 1)
    taken: list[str] = []
    raw_items = tallies.raw_items

    def counted_items(*given: Any, **more: Any) -> Any:
        for item in raw_items(*given, **more):
            taken.append(item["sk"]["S"])
            yield item

    monkeypatch.setattr(tallies, "raw_items", counted_items)
    found = visits_reading.shown(site_id, date(2099, 1, 1), date(2099, 1, 30), NOON, days[10])
    assert [one.sk for one in found.days] == [days[10]]
    assert found.next == days[11]
    assert taken[0] == days[10]
    assert len(taken) <= 4


@pytest.mark.parametrize(
    "place", ["x", "2099", "99", "2099-13", "2099-02-30", "2099-1-1", "20990101", "2099-W01-1", "٢٠٩٩"]
)
def test_a_place_among_the_counts_that_was_not_given_out_is_refused(place: str) -> None:
    """A year is one; what is none of day, month and year is not."""
    if place == "2099":
        assert tallies.place(place) == "2099-12-31#year"
        return
    with pytest.raises(InvalidInput) as wrong:
        tallies.place(place)
    assert (wrong.value.kind, wrong.value.field) == ("bad_cursor", "next")


# A chat


def test_so_many_operators_write_in_one_chat_and_those_who_did_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "MOST_OPERATORS", 3)
    site = world()
    chat = site.open(text="Hello?")

    def say(operator: str, client_id: str) -> str | None:
        author = Author(site.site_id, "operator", operator, f"Operator {operator}")
        return refused(posting.post, chat.pk, author, "Hello", client_id, NOON)

    assert [say(str(number), f"m{number}") for number in range(5)] == [None, None, None, "chat_full", "chat_full"]
    assert say("1", "m9") is None
    assert refused(posting.post, chat.pk, Author(site.site_id), "Still there?", "v1", NOON) is None
    note = Author(site.site_id, "note", "4", "Operator 4")
    assert refused(posting.post, chat.pk, note, "Reseller", "n1", NOON) == "chat_full"

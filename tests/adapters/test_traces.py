"""Who looked at what leaves a trace that leads to the person (N19); what was corrected, deleted or vouched for leaves
no more than is said."""

import json
import random
import secrets
from contextlib import suppress
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import jwt
import pytest

from functions.mailer import send_transcripts
from imchat import clock, places, tokens
from imchat.chat import inbox
from imchat.chat.assigning import assign, transfer
from imchat.chat.closing import close
from imchat.chat.copies import request_copy
from imchat.chat.correcting import correct
from imchat.chat.deleting import delete, delete_many
from imchat.chat.opening import Opening, open_chat
from imchat.chat.posting import Author, post
from imchat.chat.rating import rate
from imchat.clock import hour_of, milliseconds
from imchat.desk import lookups
from imchat.errors import Conflict, InvalidInput
from imchat.live import frames, subscribing
from imchat.register.store import Reference
from imchat.register.stores import stores
from imchat.rights import review
from imchat.rights.snapshot import Place
from imchat.stores import accounts, evidence, limits
from imchat.stores.chats import META, PAGE_MESSAGES, Chat
from imchat.stores.connections import Connection
from imchat.stores.evidence import Entry, record_views
from infra.local.feedback import published
from tests.adapters.answers import under_review
from tests.adapters.counted import counted
from tests.adapters.people import fill, somebody
from tests.adapters.tables import items
from tests.adapters.test_mailer import queued, queued_by_feedback
from tests.adapters.wires import Wires, loaded
from tests.adapters.worlds import NOON, ORIGIN, World, items_of, world
from tests.faults.operations import Context, sqs_record

pytestmark = pytest.mark.usefixtures("tables")
IDENTITY = ("name", "email", "phone")
LONG_ID = "x" * 24


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def site() -> World:
    return world()


def views_of(about: str) -> list[dict[str, Any]]:
    return [one for one in items_of(Entry, about) if one["action"]["S"] == "view"]


def listing(site: World, **more: Any) -> inbox.Listing:
    asked = {"status": "open", "assigned": "all", "limit": 50, "start": None, "now": NOON} | more
    return inbox.listing(site.site_id, site.operator, **asked)


# Views


def test_N19_a_view_is_found_by_each_key_of_the_item_and_holds_none_of_them(site: World) -> None:
    who = somebody()
    chat = site.open(name=who.name, email=who.email, phone=who.phone)
    record_views([chat], site.operator, NOON)
    (entry,) = views_of(chat.pk)
    for value in (who.name, who.email, who.phone, chat.name_key, chat.email_key, chat.phone_key):
        assert str(value) not in str(entry)
    assert not set(entry) & set(IDENTITY)
    for subject in (
        who.subject(site, names=[], phones=[]),
        who.subject(site, emails=[], names=[]),
        who.subject(site, emails=[], phones=[]),
    ):
        assert [(one.pk, one.actor) for one in lookups.views(subject, NOON).entries] == [(chat.pk, site.operator)]


def test_N19_all_views_of_a_person_come_in_pages_and_one_that_ends_meanwhile_takes_no_other_with_it(
    site: World,
) -> None:
    who = somebody()
    chats = [site.open(name=who.name, email=who.email) for _ in range(3)]
    hours = [NOON + timedelta(hours=hour) for hour in range(35)]
    for hour in hours:
        for operator in (site.operator, site.colleague):
            record_views(chats, operator, hour)
    subject = who.subject(site, names=[], phones=[])
    later = hours[-1]
    first = lookups.views(subject, later)
    assert len(first.entries) == places.MOST
    Entry(first.entries[-1].pk, first.entries[-1].sk).delete()
    rest, place = [], first.next
    while place:
        page = lookups.views(subject, later, place)
        assert 0 < len(page.entries) <= places.MOST
        rest, place = rest + page.entries, page.next
    seen = [(one.sk, one.pk) for one in first.entries + rest]
    assert len(seen) == len(set(seen)) == len(hours) * 2 * len(chats)
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("place", ["x", "e", "=", "bm8", "💥", "a" * 3000])
def test_a_place_among_the_views_that_was_not_given_out_is_refused(place: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        places.pair_of(place)
    assert (refused.value.kind, refused.value.field) == ("bad_cursor", "next")


def test_N19_the_inbox_records_each_view_once_an_hour_and_is_two_calls_then(site: World) -> None:
    chats = [site.open(name=f"Ada {number}") for number in range(50)]
    with counted() as calls:
        listing(site)
    assert len(calls) <= 4
    assert all(len(views_of(chat.pk)) == 1 for chat in chats)
    with counted() as calls:
        assert len(listing(site, now=NOON + timedelta(minutes=59)).chats) == 50
    assert calls == ["Query", "BatchGetItem"]
    listing(site, now=NOON + timedelta(minutes=60))
    assert all(len(views_of(chat.pk)) == 2 for chat in chats)


def test_N19_who_listens_for_a_chat_over_the_socket_has_looked_at_it(site: World, wires: Wires) -> None:
    chats = [site.open(name="Ada") for _ in range(3)]
    wires.attend(site, site.operator, *(chat.pk for chat in chats))
    assert [[one["actor"]["S"] for one in views_of(chat.pk)] for chat in chats] == [[site.operator]] * 3


def hours_of(chat_id: str, operator: str) -> set[int]:
    """In which hours the log says that an operator looked at a chat."""
    return {hour_of(int(one["at"]["N"])) for one in views_of(chat_id) if one["actor"]["S"] == operator}


@pytest.mark.parametrize("seed", range(6))
def test_N19_in_every_hour_in_which_the_staff_are_pushed_something_of_a_visitor_a_view_is_recorded(
    site: World, wires: Wires, seed: int
) -> None:
    """A site's day: chats are opened, go on for hours, change and end, while staff come, watch now and then, and lose
    their line. Whatever shows something of a visitor goes only where the log says who looks."""
    chance, now = random.Random(seed), NOON
    on: dict[str, str] = {}  # the operator of each connection
    chats: list[Chat] = []
    pushed = told = 0

    def opened() -> None:
        tag = f"canary{secrets.token_hex(4)}"
        url = f"https://shop.example/{tag}"
        chats.append(site.open(now, name=tag, email=f"{tag}@example.org", text=tag, client_id="first", page_url=url))

    def watches() -> None:
        if on and chats:
            connection = chance.choice(list(on))
            some = [chat.pk for chat in chance.sample(chats, chance.randint(1, len(chats)))]
            subscribing.watch(Connection.get(connection), some, now)

    def comes() -> None:
        operator = chance.choice([site.operator, site.colleague])
        on[wires.attend(site, operator)] = operator

    def goes() -> None:
        if on:
            connection = chance.choice(list(on))
            del on[connection]
            chance.choice([wires.lose, lambda one: subscribing.leave(one, NOON)])(connection)

    def acts() -> None:
        if not chats:
            return
        chat = chance.choice(chats)
        chance.choice([
            lambda: post(chat.pk, Author(site.site_id), "canary", secrets.token_hex(8), now),
            lambda: post(chat.pk, Author(site.site_id, "note", site.operator, "O"), "canary", secrets.token_hex(8), now),
            lambda: correct(chat.pk, site.site_id, {"name": f"canary{secrets.token_hex(4)}"}, now),
            lambda: rate(chat.pk, site.site_id, 5, "canary", now),
            lambda: close(chat.pk, site.site_id, "visitor", now),
        ])()  # fmt: skip

    often = [opened, watches, watches, comes, goes, acts, acts, acts]
    for act in [comes, opened, watches, acts, *(chance.choice(often) for _ in range(56))]:
        with suppress(Conflict):
            act()
        for connection, operator in on.items():
            for frame in wires.take(connection):
                told += 1
                if "canary" in str(frame):
                    pushed += 1
                    chat_id = frame.get("chat_id") or frame["chat"]["chat_id"]
                    assert hour_of(milliseconds(now)) in hours_of(chat_id, operator), frame
        now += timedelta(minutes=chance.choice([0, 0, 1, 10, 25, 45]))
    assert told > pushed > 0


def test_N19_whoever_looked_in_an_hour_is_shown_a_chat_to_its_end_and_then_told_to_look_again(
    site: World, wires: Wires
) -> None:
    chat = site.open(name="Ada", text="Hello", client_id="first")
    staff = wires.attend(site, site.operator, chat.pk)
    last = NOON.replace(minute=59, second=59, microsecond=999_000)
    post(chat.pk, Author(site.site_id), "still the same hour", "m-1", last)
    with counted() as calls:
        post(chat.pk, Author(site.site_id), "the next", "m-2", last + timedelta(milliseconds=1))
    assert calls == ["UpdateItem"]
    shown, unseen = wires.take(staff)
    assert shown["message"]["text"] == "still the same hour"
    assert unseen == {"type": "chat", "chat": frames.unseen(loaded(chat)), "unseen": True}
    again = last + timedelta(seconds=1)
    watched = subscribing.watch(Connection.get(staff), [chat.pk], again)
    assert watched == {chat.pk: 3}
    assert frames.listed(watched.chats[0])["last_message"]["text"] == "the next"
    post(chat.pk, Author(site.site_id), "and on", "m-3", again)
    assert [frame["message"]["text"] for frame in wires.take(staff)] == ["and on"]
    assert len(views_of(chat.pk)) == 2


def test_N19_a_chat_is_not_shown_where_the_view_could_not_be_recorded(
    site: World, wires: Wires, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = site.open(name="Ada")
    staff = wires.attend(site, site.operator)

    def broken(*_: Any, **__: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(evidence, "record_views", broken)
        with pytest.raises(ConnectionError):
            subscribing.watch(Connection.get(staff), [chat.pk], NOON)
    post(chat.pk, Author(site.site_id), "canary", "m-1", NOON)
    assert "canary" not in str(wires.take(staff))


def test_N19_no_post_of_anybody_and_no_poll_of_the_visitor_writes_to_the_log(site: World) -> None:
    from imchat.chat.reading import read

    chat = site.open(name="Ada")
    before = items_of(Entry, chat.pk)
    post(chat.pk, Author(site.site_id), "Hello", "m-1", NOON)
    post(chat.pk, Author(site.site_id, "operator", site.operator, "Olga"), "Yes?", "m-2", NOON)
    read(chat.pk, site.site_id, 0, NOON, notes=False)
    assert items_of(Entry, chat.pk) == before


def test_N19_findings_are_recorded_by_the_found_items_own_keys(site: World) -> None:
    who = somebody()
    fill(site, who)
    namesake = somebody(name=who.name)
    other = site.open(name=namesake.name, email=namesake.email, phone=namesake.phone)
    request = under_review(site, who, "access", NOON)
    review.findings(request.pk, site.site_id, "priya", store="chats", place=Place(0, 0), limit=50, now=NOON)
    assert "priya" in {one["actor"]["S"] for one in views_of(other.pk)}
    seen = lookups.views(namesake.subject(site, names=[], phones=[]), NOON).entries
    assert [(one.pk, one.actor) for one in seen] == [(other.pk, "priya")]
    for name in ("correspondence", "purchases", "disclosures", "requests"):
        _, page, _ = review.findings(
            request.pk, site.site_id, "priya", store=name, place=Place(0, 0), limit=50, now=NOON
        )
        for finding in page:
            assert "priya" in {one["actor"]["S"] for one in views_of(f"{name}#{finding.item.reference.pk}")}


def test_the_inbox_and_what_is_pushed_show_no_address_or_number_and_few_of_the_last_words(
    site: World, wires: Wires
) -> None:
    who = somebody()
    chat = site.open(name=who.name, email=who.email, phone=who.phone, ip="203.0.113.77", text="w" * 4000)
    staff = wires.attend(site, site.operator, chat.pk)
    rate(chat.pk, site.site_id, 5, "a remark", NOON)
    correct(chat.pk, site.site_id, {"name": "Eve"}, NOON)
    shown = [frames.listed(one) for one in listing(site).chats] + [
        frame["chat"] for frame in wires.take(staff) if frame["type"] == "chat"
    ]
    assert len(shown) == 3
    for one in shown:
        assert len(one["last_message"]["text"]) == frames.LAST_WORDS == 120
        for value in (who.email, who.phone, "203.0.113.77", "a remark"):
            assert value not in str(one)


# Corrections and deletions


@pytest.mark.parametrize("field", IDENTITY)
def test_N14_the_log_says_which_field_was_corrected_and_keeps_no_number(site: World, field: str) -> None:
    who, now = somebody(), somebody()
    chat = site.open(name=who.name, email=who.email, phone=who.phone)
    correct(chat.pk, site.site_id, {field: getattr(now, field)}, NOON)
    (entry,) = [one for one in items_of(Entry, chat.pk) if one["action"]["S"] == "correct"]
    assert entry["field"]["S"] == field
    assert who.phone not in str(entry)
    assert str(chat.phone_key) not in str(entry)
    assert (entry["name"]["S"], entry["email"]["S"]) == (who.name, who.email)
    assert ("phone_key" in entry) == (field == "phone")


def test_N18_after_a_deletion_every_table_holds_only_what_the_receipt_says(site: World, wires: Wires) -> None:
    tag = secrets.token_hex(5)
    before, after = somebody(), somebody()
    chat = site.open(
        name=before.name, email=before.email, phone=before.phone, text=f"first {tag}", client_id=LONG_ID,
        ip=f"203.0.113.{tag}", country="GB", user_agent="Mozilla/5.0 Firefox/130.0",
        page_url=f"https://shop.example/{tag}", identity=statement(site, {"name": before.name}),
    )  # fmt: skip
    page, _ = wires.visit(chat)
    wires.attend(site, site.operator, chat.pk)
    for number in range(PAGE_MESSAGES + 5):
        post(chat.pk, Author(site.site_id, "operator", site.operator, "Olga"), f"{tag} {number}", f"c{number}", NOON)
    post(chat.pk, Author(site.site_id, "note", site.operator, "Olga"), f"note {tag}", "n", NOON)
    assign(chat.pk, site.site_id, site.operator, site.operator, NOON)
    transfer(chat.pk, site.site_id, site.operator, site.colleague, NOON + timedelta(seconds=1))
    listing(site)
    record_views([Chat.get(chat.pk, META)], site.colleague, NOON)
    correct(chat.pk, site.site_id, vars(after), NOON)
    rate(chat.pk, site.site_id, 4, f"remark {tag}", NOON)
    request_copy(chat.pk, site.site_id, NOON)
    chat = close(chat.pk, site.site_id, "visitor", NOON)
    queued()
    job = {"chat_id": chat.pk, "job": int(chat.transcript_job)}
    assert send_transcripts({"Records": [sqs_record(json.dumps(job))]}, Context()) == {"batchItemFailures": []}
    for body in queued_by_feedback(published("bounce", str(chat.email), chat.pk, int(chat.transcript_job))):
        assert send_transcripts({"Records": [sqs_record(body)]}, Context()) == {"batchItemFailures": []}
    chat = Chat.get(chat.pk, META)
    address = limits.address_hash(str(chat.email_key))
    assert (chat.transcript, limits.suppressed("letter", address, NOON)) == ("bounced", "bounced")
    receipt = delete(chat.pk, site.site_id, "visitor", NOON + timedelta(seconds=2))
    assert page not in wires.heard
    canaries = {
        tag, before.phone, after.phone, *(f"{one.phone}" for one in (before, after)), str(chat.phone_key),
        before.name, before.email, after.name, after.email,
    }  # fmt: skip
    said = " ".join(one.what for one in receipt.retained)
    for words in ("name and email", "refused mail", "how many mails", "reference", "counts", "Amazon SES"):
        assert words in said
    # What stands in the log of this chat, and how the receipt calls it.
    entries = {
        "open": "opened", "assign": "given to staff", "transfer": "given to staff", "view": "staff looked",
        "correct": "corrected", "close": "closed", "transcript_sent": "sent", "transcript_bounced": "sent",
        "delete": "deleted",
    }  # fmt: skip
    assert {one["action"]["S"] for one in items_of(Entry, chat.pk)} == set(entries)
    assert {one["actor"]["S"] for one in views_of(chat.pk)} == {site.operator, site.colleague}
    assert all(words in said for words in ("system log", *entries.values()))
    held = {
        (model.TABLE, canary)
        for model in {model.TABLE: model for store in stores() for model in store.models}.values()
        for item in items(model.TABLE).values()
        for canary in canaries
        if canary in item
    }
    assert held == {("evidence", one) for one in (before.name, before.email, after.name, after.email)}


def test_N18_the_receipt_names_the_list_of_the_mail_service_where_an_address_was_given(site: World) -> None:
    """Whether it stands there is told to nobody: somebody may have typed another person's address."""
    for email, bounced in ((None, False), (somebody().email, False), (somebody().email, True)):
        chat = site.open(name="Ada", email=email)
        if email and bounced:
            limits.suppress(limits.address_hash(str(chat.email_key)), "bounced", NOON)
        receipt = delete(chat.pk, site.site_id, "visitor", NOON)
        named = [one for one in receipt.retained if "Amazon SES" in one.what]
        assert [one.until for one in named] == [limits.ACTIVITY.lasting.after(NOON)] * bool(email)


@pytest.mark.parametrize(("reason", "named"), [("bounced", True), ("complained", False)])
def test_N18_an_erasure_says_that_the_list_of_the_mail_service_holds_an_address_that_bounced(
    reason: str, named: bool, site: World
) -> None:
    who = somebody()
    limits.suppress(limits.address_hash(who.email), reason, NOON)
    limits.may_mail("transcript", limits.address_hash(who.email), "copy", NOON)
    found = limits.STORE.find(who.subject(site))
    assert len(found) == 2
    kept = limits.STORE.erase(found, "priya", NOON).retained
    assert {one.reference for one in kept} == set(found)
    assert [one.until for one in kept if "Amazon SES" in one.why] == [limits.ACTIVITY.lasting.after(NOON)] * named


# Vouching


def statement(site: World, who: dict[str, str]) -> str:
    found = accounts.site(site.site_id)
    assert found
    claims = {"aud": site.site_id, "sub": "17", "exp": int(NOON.timestamp()) + 600, **who}
    return jwt.encode(claims, tokens.identity_secret(site.site_id, found.identity_nonce), "HS256")


@pytest.mark.parametrize("number", range(8))
def test_vouching_covers_exactly_the_fields_of_the_statement(site: World, number: int) -> None:
    who = somebody()
    said = {field: getattr(who, field) for place, field in enumerate(IDENTITY) if number >> place & 1}
    typed = {field: getattr(who, field) for field in IDENTITY}
    chat = site.open(**typed, identity=statement(site, said))
    assert frames.person(chat)["verified"] == sorted(said)
    for field in IDENTITY:
        corrected = correct(chat.pk, site.site_id, {field: getattr(who, field)}, NOON)
        assert sorted(corrected.vouched or ()) == sorted(said)  # the same again is no correction
    left = dict(said)
    for field in IDENTITY:
        new = getattr(somebody(), field)
        correct(chat.pk, site.site_id, {field: new}, NOON)
        left.pop(field, None)
        assert sorted(Chat.get(chat.pk, META).vouched or ()) == sorted(left)


# Openings and messages sent again

OPENING: dict[str, Any] = {
    "name": "Ada", "email": "ada@example.org", "phone": "+44 20 7946 0001", "text": "Hello", "client_id": LONG_ID,
    "locale": "en-GB", "page_url": "https://shop.example/a", "timezone": "Europe/London", "identity": None,
    "origin": ORIGIN, "ip": "203.0.113.9", "country": "GB", "user_agent": "Firefox",
}  # fmt: skip
OTHER: dict[str, Any] = {
    "name": "Eve", "email": "eve@example.org", "phone": "+44 20 7946 0002", "text": "Hi", "client_id": "y" * 24,
    "locale": "fr-FR", "page_url": "https://shop.example/b", "timezone": "Europe/Paris", "origin": None,
    "ip": "203.0.113.10", "country": "FR", "user_agent": "Chrome",
}  # fmt: skip


@pytest.mark.parametrize("field", [one.name for one in fields(Opening)])
def test_an_opening_that_differs_in_any_field_is_another_chat(site: World, field: str) -> None:
    opening = Opening(site_id=site.site_id, **OPENING)
    first = open_chat(opening, NOON)
    assert open_chat(opening, NOON).pk == first.pk
    other = OTHER | {"site_id": world().site_id, "identity": statement(site, {})}
    assert open_chat(replace(opening, **{field: other[field]}), NOON).pk != first.pk


@pytest.mark.parametrize("together", [False, True])
def test_an_opening_sent_again_does_not_bring_a_deleted_chat_back(site: World, together: bool) -> None:
    opening = Opening(site_id=site.site_id, **OPENING)
    chat = open_chat(opening, NOON)
    if together:
        assert list(delete_many([Reference("chats", chat.pk, META)], "desk", NOON))
    else:
        delete(chat.pk, site.site_id, "visitor", NOON)
    before = items_of(Entry, chat.pk)
    with counted() as calls, pytest.raises(InvalidInput) as refused:
        open_chat(opening, NOON)
    assert refused.value.kind == "client_id_used"
    assert len(calls) <= 2
    assert items_of(Chat, chat.pk) == []
    assert items_of(Entry, chat.pk) == before
    with counted() as calls:
        assert open_chat(replace(opening, client_id="z" * 24), NOON).pk != chat.pk
    assert len(calls) <= 2


def test_a_message_is_known_by_its_id_until_a_page_of_others_was_written(site: World) -> None:
    chat = site.open()

    def say(number: int) -> Any:
        return post(chat.pk, Author(site.site_id), f"message {number}", f"m-{number}", NOON)

    for number in range(3 * PAGE_MESSAGES):
        assert say(number).created
        again = say(max(0, number - PAGE_MESSAGES + 1))
        assert not again.created
        assert again.cursor == max(0, number - PAGE_MESSAGES + 1) + 1

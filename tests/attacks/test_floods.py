"""Too much of what is allowed: mails, frames, pages. What is stopped elsewhere: openings (tests/flow/test_visitor_api.py),
passwords (tests/adapters/test_guesses.py), requests and codes (tests/adapters/test_asking.py), pages of one chat
(tests/adapters/test_listening.py)."""

import json
import secrets
from datetime import timedelta
from typing import Any

import pytest

from functions import sockets
from imchat import clock, tokens
from imchat.chat import correcting, posting, sending
from imchat.chat.closing import close
from imchat.chat.copies import request_copy
from imchat.chat.correcting import correct
from imchat.chat.posting import Author, post
from imchat.chat.sending import NotNow
from imchat.errors import Conflict, TooMany, Unauthorised
from imchat.live import subscribing
from imchat.mail.errors import TemporaryMailError
from imchat.rights import asking, handling, intake, requests, telling
from imchat.settings import settings
from imchat.stores import connections, limits
from imchat.stores.accounts import MOST_LISTENERS, Site, partition
from imchat.stores.chats import META, PAGE_MESSAGES, Chat
from imchat.stores.connections import MOST_FRAMES, MOST_FRAMES_OF_STAFF, WINDOW_SECONDS, Connection
from imchat.stores.limits import MAILS_A_DAY, Limit
from imchat.stores.requests import Request
from tests.adapters.counted import counted
from tests.adapters.wires import Wires
from tests.adapters.worlds import NOON, World, answer, world
from tests.flow.sites import make_site
from tests.flow.sockets import PATIENCE, visiting

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whom SES would have mail for; the library's clock stands at NOON."""
    monkeypatch.setattr(clock, "now", lambda: NOON)
    to: list[str] = []
    monkeypatch.setattr("imchat.mail.ses.send", lambda _, *, recipient, **__: to.append(recipient) or "id")
    return to


def victim() -> str:
    return f"victim.{secrets.token_hex(6)}@example.org"


def mailed(site: World, email: str) -> str:
    """What becomes of the transcript of one more chat with this address."""
    chat = site.open(email=email, text="Hello")
    answer(chat)
    close(chat.pk, site.site_id, "visitor", NOON)
    return sending.send(chat.pk, 1, clock.now(), last=True)


def test_one_address_gets_so_many_mails_a_day_however_many_chats_and_websites_name_it(
    sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sites, email = [world(), world()], victim()
    spellings = [email, email.upper(), email.title()]
    outcomes = [mailed(sites[number % 2], spellings[number % 3]) for number in range(MAILS_A_DAY + 2)]
    assert outcomes == ["sent"] * MAILS_A_DAY + ["capped"] * 2
    assert len(sent) == MAILS_A_DAY
    assert mailed(sites[0], victim()) == "sent"
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(days=1))
    assert mailed(sites[0], email) == "sent"


def test_a_chat_whose_copy_was_one_too_many_shows_that_it_was_not_sent(sent: list[str]) -> None:
    site, email = world(), victim()
    chat = site.open(email=email, text="Hello")
    answer(chat)
    close(chat.pk, site.site_id, "visitor", NOON)
    known = limits.address_hash(email)
    assert all(limits.may_mail("transcript", known, str(number), NOON) for number in range(MAILS_A_DAY))
    assert sending.send(chat.pk, 1, NOON, last=False) == "capped"
    shown = Chat.load(chat.pk, META, now=NOON)
    assert shown
    assert shown.transcript == "failed"
    assert sent == []


def test_a_mail_that_is_tried_again_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    site, email = world(), victim()
    chat = site.open(email=email, text="Hello")
    answer(chat)
    close(chat.pk, site.site_id, "visitor", NOON)

    def later(*_: Any, **__: Any) -> str:
        raise TemporaryMailError("throttled")

    monkeypatch.setattr("imchat.mail.ses.send", later)
    for _ in range(5):
        with pytest.raises(NotNow):
            sending.send(chat.pk, 1, NOON, last=False)
    window = int(NOON.timestamp()) // 86400 * 86400
    counter = Limit.load(f"mailed#{limits.address_hash(email)}#{window}", now=NOON)
    assert counter
    assert len(counter.mails) == 1
    assert chat.pk not in str(counter.attribute_values)


def asked(email: str) -> Request:
    return asking.ask(
        kind="access", name=None, email=email, phone=None, details=None, ip=secrets.token_hex(8), now=NOON
    )


def outcomes(request: Request) -> list[str | None]:
    return [one.outcome for one in requests.load_any(request.pk).letters]  # type: ignore[union-attr]


def test_requests_in_somebodys_name_bring_them_no_more_mails_and_tell_nobody(sent: list[str]) -> None:
    email = victim()
    made = [asked(email) for _ in range(MAILS_A_DAY + 1)]
    done = [telling.send(one.pk, 1, NOON) for one in made]
    assert done == ["sent"] * MAILS_A_DAY + ["capped"]
    assert outcomes(made[-1]) == ["capped"]
    for reference in (made[-1].pk, "aaaa-aaaa-aaaa"):
        assert asking.ask_for_code(reference, NOON) is None  # the same, whatever there is
    assert telling.send(made[-1].pk, 2, NOON) == "capped"
    assert mailed(world(), email) == "sent"  # transcripts have a budget of their own
    assert len(sent) == MAILS_A_DAY + 1


def test_transcripts_and_complaints_about_them_leave_a_person_their_codes(sent: list[str]) -> None:
    site, email = world(), victim()
    assert [mailed(site, email) for _ in range(MAILS_A_DAY + 1)] == ["sent"] * MAILS_A_DAY + ["capped"]
    limits.suppress(limits.address_hash(email), "complained", NOON)
    assert mailed(site, email) == "bounced"
    assert telling.send(asked(email).pk, 1, NOON) == "sent"
    limits.suppress(limits.address_hash(email), "bounced", NOON)
    assert telling.send(asked(email).pk, 1, NOON) == "bounced"


def test_a_site_writes_first_to_so_many_addresses_an_hour(sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FIRST_MAILS_AN_HOUR", 2)
    site, known = world(), victim()
    assert [mailed(site, email) for email in (known, victim(), victim())] == ["sent", "sent", "capped"]
    assert mailed(site, known) == "sent"  # not the first
    assert mailed(world(), victim()) == "sent"
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(hours=1))
    assert mailed(site, victim()) == "sent"


def test_N6_nothing_is_mailed_to_an_address_before_an_operator_wrote(sent: list[str]) -> None:
    site, email = world(), victim()
    chat = site.open(email=email, text="Buy at https://spam.example")
    with pytest.raises(Conflict) as refused:
        request_copy(chat.pk, site.site_id, NOON)
    assert refused.value.kind == "no_operator_yet"
    post(chat.pk, Author(site.site_id, "note", site.operator, "Olga"), "spam", "n1", NOON)
    assert close(chat.pk, site.site_id, "visitor", NOON).transcript == "no_operator"
    Chat(chat.pk).change([Chat.transcript.set("queued"), Chat.transcript_job.set(1)])  # by whatever mistake
    assert sending.send(chat.pk, 1, NOON, last=True) == "no_operator"
    assert sent == []


def test_N6_once_an_operator_wrote_the_copy_goes(sent: list[str]) -> None:
    site, email = world(), victim()
    chat = site.open(email=email, text="Hello")
    answer(chat)
    assert request_copy(chat.pk, site.site_id, NOON).transcript == "queued"
    assert sending.send(chat.pk, 1, NOON, last=True) == "sent"
    assert sent == [email]


def test_a_chat_takes_so_much_and_no_more_and_staff_can_still_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "MOST_PAGES", 1)
    monkeypatch.setattr(posting, "MOST_PAGES_OF_STAFF", 2)
    chat = world().open()
    visitor = Author(chat.site_id)
    for number in range(PAGE_MESSAGES):
        post(chat.pk, visitor, "flood", f"c{number}", NOON)
    with pytest.raises(Conflict) as refused:
        post(chat.pk, visitor, "flood", "one-more", NOON)
    assert refused.value.kind == "chat_full"
    assert not post(chat.pk, visitor, "flood", "c0", NOON).created  # a repeat is still answered
    answer(chat)


def test_a_visitor_corrects_so_often_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correcting, "MOST_CORRECTIONS", 2)
    chat = world().open(name="Ada")
    for name in ("Bea", "Cleo"):
        correct(chat.pk, chat.site_id, {"name": name}, NOON)
    with pytest.raises(Conflict) as refused:
        correct(chat.pk, chat.site_id, {"name": "Dora"}, NOON)
    assert refused.value.kind == "too_many_corrections"
    assert correct(chat.pk, chat.site_id, {"name": "Dora"}, NOON, actor="priya").name == "Dora"


def test_hellos_are_frames_too(page: str) -> None:
    me = connections.heard(page, NOON)
    many_frames(page, MOST_FRAMES - 1)
    connections.greet(page, str(me.site_id), NOON, chat_id=me.chat_id)
    for chat_id in (str(me.chat_id), "another"):
        with pytest.raises(TooMany):
            connections.greet(page, str(me.site_id), NOON, chat_id=chat_id)


def test_openings_are_limited_by_the_network_of_an_ipv6_address() -> None:
    site = world(opens_per_minute=2)
    site.open(ip="2001:db8:7:7::1")
    site.open(ip="2001:db8:7:7:ffff::2")
    with pytest.raises(TooMany):
        site.open(ip="2001:db8:7:7:aaaa:bbbb:cccc:dddd")
    site.open(ip="2001:db8:7:8::1")


def test_whoever_has_proven_who_they_are_gets_every_letter(sent: list[str]) -> None:
    """The law's deadlines hold, whatever somebody else does with the address."""
    email = victim()
    request = asked(email)
    known = limits.address_hash(email)
    assert all(limits.may_mail("letter", known, str(number), NOON) for number in range(MAILS_A_DAY))
    assert telling.send(request.pk, 1, NOON) == "capped"
    identity = intake.Identity(proven=True, method="document", at=NOON)
    site_id = settings().mail_site_id
    intake.decide_identity(request.pk, site_id, "staff", identity, NOON)
    handling.extend(request.pk, site_id, "staff", "very much data", NOON)
    assert telling.send(request.pk, 2, NOON) == "sent"
    assert outcomes(request) == ["capped", "sent"]


@pytest.fixture
def page(wires: Wires) -> str:
    return wires.visit(world().open())[0]


def many_frames(connection: str, number: int) -> None:
    window = int(NOON.timestamp()) // WINDOW_SECONDS * WINDOW_SECONDS
    Connection(connection).change([Connection.window.set(window), Connection.frames.set(number)])


def test_a_page_sends_so_many_frames_in_a_while_and_no_more(page: str) -> None:
    many_frames(page, MOST_FRAMES - 1)
    assert connections.heard(page, NOON).frames == MOST_FRAMES
    with pytest.raises(TooMany) as refused:
        connections.heard(page, NOON)
    assert 0 < refused.value.retry_after <= WINDOW_SECONDS
    assert connections.heard(page, NOON + timedelta(seconds=WINDOW_SECONDS)).frames == 1


def test_an_operator_may_send_more_for_they_answer_many(wires: Wires) -> None:
    site = world()
    staff = wires.attend(site, site.operator)
    many_frames(staff, MOST_FRAMES)
    assert connections.heard(staff, NOON).frames == MOST_FRAMES + 1
    many_frames(staff, MOST_FRAMES_OF_STAFF)
    with pytest.raises(TooMany):
        connections.heard(staff, NOON)


def test_counting_frames_costs_no_call_but_one_for_each_while(page: str) -> None:
    for now, calls in (
        (NOON, ["UpdateItem"]),
        (NOON + timedelta(seconds=WINDOW_SECONDS), ["UpdateItem"] * 2),
        (NOON + timedelta(seconds=WINDOW_SECONDS + 1), ["UpdateItem"]),
    ):
        with counted() as made:
            connections.heard(page, now)
        assert made == calls
    with pytest.raises(Unauthorised):
        connections.heard(page, NOON + timedelta(hours=3))


def test_frames_that_are_none_are_counted_too(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    many_frames(page, MOST_FRAMES - 1)
    assert sockets._greeted(page)
    assert not sockets._greeted(page)  # and so it is closed


def test_a_page_that_sends_too_much_is_told_and_closed(stack: dict[str, Any]) -> None:
    visitor = make_site(stack).visitor()
    visitor.open(text="Hello")
    with visiting(visitor) as there:
        (listener,) = Chat.load(visitor.chat_id, META, now=clock.now()).listeners  # type: ignore[union-attr]
        for _ in range(2):  # should one while end and another begin just now
            window = int(clock.now().timestamp()) // WINDOW_SECONDS * WINDOW_SECONDS
            Connection(listener[2:]).change([Connection.window.set(window), Connection.frames.set(MOST_FRAMES)])
            there.send(action="ping")
            answer = json.loads(there.connection.recv(timeout=PATIENCE))
            if answer["type"] == "problem":
                break
        assert answer["problem"]["type"] == "/problems/too_many_frames"
        assert there.ended() == []


def test_a_sites_staff_connect_so_many_pages_and_visitors_still_theirs(wires: Wires) -> None:
    site = world()
    everybody = {f"o:{number}" for number in range(MOST_LISTENERS - 1)}
    Site(partition(site.site_id)).change([Site.listeners.set(everybody)])
    wires.attend(site, site.operator)
    chat = site.open()
    Site(partition(site.site_id)).change([Site.listeners.set(everybody | {"o:last"})])
    with pytest.raises(TooMany) as refused:
        subscribing.greet_staff(wires.connect(None), tokens.issue_ticket(site.operator, site.site_id, NOON), NOON)
    assert refused.value.kind == "too_many_connections"
    assert wires.visit(chat)[0]

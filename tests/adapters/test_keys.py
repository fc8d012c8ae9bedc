"""Who is found by a search, whatever was typed, and to whom mail goes."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.mailer import send_transcripts
from imchat import clock
from imchat.chat.closing import close
from imchat.chat.correcting import correct
from imchat.chat.deleting import delete
from imchat.desk import lookups
from imchat.mail import ses
from imchat.register.store import Reference
from imchat.register.stores import store
from imchat.rights import asking, intake, telling
from imchat.rights.steps import whose
from imchat.stores.chats import META, Chat
from imchat.stores.requests import Request
from imchat.subjects import Subject
from tests.adapters.counted import counted
from tests.adapters.people import MAKERS, Person, somebody
from tests.adapters.test_mailer import Context, record
from tests.adapters.worlds import NOON, World, answer, world

pytestmark = pytest.mark.usefixtures("tables")
FOUND_BY_NAME = [name for name in MAKERS if name != "limits"]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    recipients: list[str] = []

    def send(raw: bytes, *, recipient: str, **_: Any) -> str:
        recipients.append(recipient)
        return "m-1"

    monkeypatch.setattr(ses, "send", send)
    return recipients


def found(site: World, name: str, **known: Any) -> set[tuple[str, frozenset[str], bool]]:
    references = store(name).find(Subject.of(site.site_id, **known))
    return {(one.pk, one.matched, one.candidate) for one in references}


@pytest.mark.parametrize("name", FOUND_BY_NAME)
def test_a_similar_name_makes_a_candidate_in_every_store_and_the_same_name_says_so(name: str) -> None:
    site, who = world(), somebody(name="José O’Neil-García")
    MAKERS[name](site, who, NOON)
    for typed in ("José O`Neil‐García", "JOSÉ O'NEIL-GARCÍA", "\u200bJose\u0301 O´Neil–García"):
        assert {(by, candidate) for _, by, candidate in found(site, name, names=[typed])} == {
            (frozenset({"name"}), True)
        }
    for typed in ("Garcia, Jose ONeil", "jose oneil garcia"):
        assert {(by, candidate) for _, by, candidate in found(site, name, names=[typed])} == {
            (frozenset({"similar_name"}), True)
        }
    assert found(site, name, names=["Jose Garcia"]) == set()


def test_a_similar_name_at_the_proven_address_is_sure_and_both_are_said() -> None:
    site, who = world(), somebody(name="Юлия Иванова")
    MAKERS["chats"](site, who, NOON)
    ((_, by, candidate),) = found(site, "chats", names=["Yuliya Ivanova"], emails=[who.email])
    assert (by, candidate) == ({"email", "similar_name"}, False)


def test_a_search_by_a_name_that_is_like_others_is_as_many_calls_as_before() -> None:
    site = world()
    site.open(name="José García")
    with counted() as calls:
        assert len(store("chats").find(Subject.of(site.site_id, names=["Garcia Jose", "Jose García"]))) == 1
    assert calls == ["Query", "BatchGetItem"]


def test_a_corrected_name_is_found_by_what_is_like_it_and_a_deleted_one_by_nothing() -> None:
    site = world()
    chat = site.open(name="Zoë Müller", email="zoe@shop.example")
    correct(chat.pk, site.site_id, {"name": "Søren Ångström"}, NOON + timedelta(seconds=1))
    assert found(site, "chats", names=["Zoe Mueller"]) == set()
    assert {by for _, by, _ in found(site, "chats", names=["Angstrom, Soeren"])} == {frozenset({"similar_name"})}
    store("chats").rectify(Reference("chats", chat.pk, META), "name", "Ada King", "priya", NOON + timedelta(seconds=2))
    assert len(found(site, "chats", names=["King, Ada"])) == 1
    correct(chat.pk, site.site_id, {"name": ""}, NOON + timedelta(seconds=3))
    assert found(site, "chats", names=["Ada King"]) == set()
    assert Chat.get(chat.pk, META).name_search is None
    delete(chat.pk, site.site_id, "visitor", NOON + timedelta(seconds=4))


def test_a_record_whose_name_was_corrected_is_found_by_what_is_like_the_new_one() -> None:
    site, who = world(), somebody(name="Zoë Müller")
    MAKERS["purchases"](site, who, NOON)
    (reference,) = store("purchases").find(who.subject(site))
    store("purchases").rectify(reference, "name", "Jörg Groß", "priya", NOON + timedelta(seconds=1))
    assert found(site, "purchases", names=["Zoe Muller"]) == set()
    assert len(found(site, "purchases", names=["Gross, Joerg"])) == 1


def test_the_desks_search_takes_names_numbers_and_addresses_as_they_are_pasted() -> None:
    site = world()
    who = Person("Seán O’Brien", "sean@shop.example", "020 7946 0958 ext 99")
    MAKERS["purchases"](site, who, NOON)
    for known in (
        {"names": ["Sean O'Brien"]},
        {"phones": ["tel:+44-20-7946-0958;ext=99"]},
        {"phones": ["0044 20 7946 0958 x 99"]},
        {"emails": ["<mailto:Sean@shop.example>"]},
    ):
        subject = Subject.of(site.site_id, **known)
        assert len(lookups.search(store("purchases"), subject, "priya", NOON).items) == 1, known  # type: ignore[arg-type]
    for phone in ("020 7946 0958", "020 7946 0958 x 98"):
        assert found(site, "purchases", phones=[phone]) == set()


def test_two_persons_do_not_share_a_line_by_accident() -> None:
    site = world()
    for number, phone in enumerate(("+447700900123", "+7700900123", "020 7946 0958 x 99", "020 7946 0958")):
        site.open(email=f"p{number}@shop.example", phone=phone)
    for phone in ("+447700900123", "+7700900123", "020 7946 0958 x 99", "020 7946 0958"):
        assert len(found(site, "chats", phones=[phone])) == 1


def test_a_number_without_a_country_code_belongs_to_the_site_in_a_request_and_in_a_correction_too() -> None:
    site, number = world(region="FR"), "06 12 34 56 78"
    chat = site.open(phone=number)
    request = intake.take_in(
        site.site_id, site.operator, kind="access", channel="letter", received_at=NOON, phone=number, now=NOON,
        identity=intake.Identity(True, "document", NOON),
    )  # fmt: skip
    assert whose(request).phones == {"+33612345678"}
    assert [pk for pk, _, _ in found(site, "chats", phones=["+33 6 12 34 56 78"])] == [chat.pk]
    who = somebody()
    MAKERS["purchases"](site, who, NOON)
    (reference,) = store("purchases").find(who.subject(site))
    store("purchases").rectify(reference, "phone", "06 12 34 56 79", "priya", NOON + timedelta(seconds=1))
    assert len(found(site, "purchases", phones=["0033 6 12 34 56 79"])) == 1


def test_N13_a_copy_goes_to_no_mailbox_but_the_one_that_is_searched(sent: list[str]) -> None:
    site = world()
    for key, outcome in (("other@shop.example", "failed"), ("info@xn--vxaejoc4c.com", "sent")):
        chat = site.open(email="info@κόσμοϲ.com", text="Hello")
        answer(chat)
        chat.update([Chat.email_key.set(key)])
        close(chat.pk, site.site_id, "visitor", NOON)
        job = json.dumps({"chat_id": chat.pk, "job": 1})
        assert send_transcripts({"Records": [record(job)]}, Context()) == {"batchItemFailures": []}
        assert Chat.get(chat.pk, META).transcript == outcome
    assert sent == ["info@κόσμοϲ.com"]


def test_N13_no_code_goes_to_a_mailbox_that_is_not_the_one_that_is_searched(sent: list[str]) -> None:
    for number, (key, outcome) in enumerate((("other@shop.example", "failed"), ("jane@shop.example", "sent"))):
        request = asking.ask(
            kind="access", name=None, email="Jane@shop.example", phone=None, details=None, ip=f"keys-{number}", now=NOON
        )
        request.update([Request.email_key.set(key)])
        assert telling.send(request.pk, 1, NOON) == outcome
    assert sent == ["Jane@shop.example"]

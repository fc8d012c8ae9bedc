"""A request that comes by the notice's own form or mail searches all websites for which we answer (UK GDPR Art 15, 17,
28(3)(e)); any other searches the website at whose desk it is."""

from io import BytesIO
from json import loads
from typing import Any
from zipfile import ZipFile

import pytest

from imchat import aws, clock
from imchat.bundle.naming import file_name
from imchat.chat.holding import look
from imchat.errors import Forbidden, InvalidInput, NotFound
from imchat.rights import asking, review, steps, telling
from imchat.rights.intake import Identity, decide_identity, take_in
from imchat.rights.letters import PASSED_ON
from imchat.rights.snapshot import Place
from imchat.settings import settings
from imchat.staff import sites
from imchat.stores import accounts
from imchat.stores.chats import Chat
from imchat.stores.evidence import Entry, record_views
from imchat.stores.requests import Request
from infra.machine import names
from tests.adapters.answers import answering, reviewing, searching
from tests.adapters.counted import counted
from tests.adapters.people import Person, somebody
from tests.adapters.test_cut_answers import _until_done as until_done
from tests.adapters.worlds import NOON, World, items_of, world
from tests.faults.faults import cut

pytestmark = pytest.mark.usefixtures("tables")
CONTACT = "privacy@tea.example"


def by_form(who: Person, kind: str = "access") -> Request:
    """A request by the notice's form of somebody who proved their address, searched to the end."""
    made = asking.ask(kind=kind, name=who.name, email=who.email, phone=who.phone, details=None, ip=who.email, now=NOON)
    return searched(proven(made))


def proven(made: Request, method: str = "code") -> Request:
    """The request, with proof of who asks."""
    return decide_identity(made.pk, made.site_id, "peter", Identity(proven=True, method=method, at=NOON), NOON)


def searched(made: Request) -> Request:
    """The request, under review."""
    for task in searching(made.pk, NOON):
        task()
    reviewing(made.pk)
    return Request.get(made.pk)


def answered(request: Request, **more: Any) -> Request:
    """The request, approved and answered."""
    review.approve(request.pk, request.site_id, "priya", NOON, **more)
    for task in answering(request.pk, NOON):
        task()
    return Request.get(request.pk)


def copied(request: Request) -> ZipFile:
    """The copy of a request."""
    found = aws.client("s3").get_object(Bucket=settings().exports_bucket, Key=file_name(request.pk))
    return ZipFile(BytesIO(found["Body"].read()))


def findings(request: Request, store: str = "chats") -> dict[str, str | None]:
    """What the desk sees: the item and its website."""
    _, page, _ = review.findings(
        request.pk, request.site_id, "peter", store=store, place=Place(0, 0), limit=50, now=NOON
    )
    return {one.item.reference.pk: one.item.reference.site_id for one in page}


def letter(request: Request, what: str) -> str:
    """The text of the last letter of a kind."""
    from imchat.mail.letters import render

    posted = [one for one in request.letters if one.what == what][-1]
    return render(telling.written(request, posted)).text


def test_a_chat_on_another_website_asked_for_by_the_form_is_in_the_copy_which_names_the_website() -> None:
    one, two, who = world(name="Corner Shop"), world(name="Tea House"), somebody()
    first, second = one.open(email=who.email, text="A kettle"), two.open(email=who.email, text="A cup")
    request = by_form(who)
    assert findings(request) == {first.pk: one.site_id, second.pk: two.site_id}
    zipped = copied(answered(request))
    export = loads(zipped.read("export.json"))
    items = {
        item["reference"]: item["website"]
        for group in export["groups"] if group["name"] == "chats"
        for item in group["items"]
    }  # fmt: skip
    assert items == {f"chats:{first.pk}:META": "Corner Shop", f"chats:{second.pk}:META": "Tea House"}
    assert export["websites"]["all_searched"] is True
    assert {"Corner Shop", "Tea House"} <= set(export["websites"]["answered_for"])
    answer = zipped.read("response.html").decode()
    assert all(said in answer for said in ("Corner Shop", "Tea House", "We searched all websites"))
    assert b"Tea House" in zipped.read("csv/chats.csv")


@pytest.mark.parametrize("kind", ["erasure", "objection", "restriction", "rectification"])
def test_what_is_asked_by_the_form_is_done_on_all_websites_with_a_receipt_for_each(kind: str) -> None:
    one, two, who = world(name="Corner Shop"), world(name="Tea House"), somebody()
    first, second = one.open(email=who.email, text="A kettle"), two.open(email=who.email, text="A cup")
    request = by_form(who, kind)
    if kind == "rectification":
        for chat in (first, second):
            item = f"chats:{chat.pk}:META"
            review.correct(request.pk, request.site_id, "peter", item=item, field="name", value="Ada King", now=NOON)
    ended = answered(request, decision={"objection": "erasure", "restriction": "restriction"}.get(kind))
    left = {chat.pk: items_of(Chat, chat.pk) for chat in (first, second)}
    if kind in ("erasure", "objection"):
        assert not any(left.values())
    elif kind == "restriction":
        assert all(items[0]["restricted"]["BOOL"] for items in left.values())
    else:
        assert all(items[0]["name"]["S"] == "Ada King" for items in left.values())
    told = {row[0]: row[1:] for row in ended.done.as_dict()["chats"]["websites"]}
    assert told == {one.site_id: [1, 0], two.site_id: [1, 0]}
    text = letter(ended, ended.letters[-1].what if ended.letters[-1].what != PASSED_ON else ended.letters[-2].what)
    assert all(f"{name}: Chats, 1" in text for name in ("Corner Shop", "Tea House"))
    assert not any(look(chat.pk, chat.site_id).held for chat in (first, second))


def letter_at_the_desk(site_id: str, who: Person, channel: str) -> Request:
    """A request that staff take in."""
    return take_in(
        site_id, "peter", kind="access", channel=channel, received_at=NOON, name=who.name, email=who.email,
        identity=Identity(True, "document", NOON), now=NOON,
    )  # fmt: skip


@pytest.mark.parametrize("channel", ["form", "mail", "letter", "phone"])
def test_a_request_at_another_websites_desk_searches_that_website_alone(channel: str) -> None:
    one, two, who = world(name="Corner Shop"), world(), somebody()
    first = one.open(name=who.name, email=who.email)
    two.open(name=who.name, email=who.email)
    accounts.add_operator(two.site_id, "op-elsewhere", who.name, who.email)
    request = searched(letter_at_the_desk(one.site_id, who, channel))
    assert findings(request) == {first.pk: one.site_id}
    assert findings(request, "accounts") == {}
    copy = copied(answered(request))
    export = loads(copy.read("export.json"))
    assert export["websites"] == {
        "all_searched": False, "answered_for": ["Corner Shop"], "answering_themselves": []
    }  # fmt: skip


@pytest.mark.parametrize("channel", ["letter", "phone"])
def test_only_the_form_and_the_mail_of_the_notice_search_all_websites(channel: str) -> None:
    two, who = world(), somebody()
    two.open(name=who.name, email=who.email)
    request = searched(letter_at_the_desk(settings().mail_site_id, who, channel))
    assert request.searched.as_dict()["chats"]["found"] == 0


def test_operators_of_all_websites_are_found_by_the_form() -> None:
    one, who = world(), somebody()
    accounts.add_operator(one.site_id, "op-ada", who.name, who.email)
    assert findings(by_form(who), "accounts") == {accounts.partition(one.site_id): one.site_id}


def answers_itself(**fields: Any) -> World:
    """A website that answers requests itself."""
    made = world(name="Tea House", **fields)
    sites.change(made.site_id, {"requests_contact": CONTACT})
    return made


def test_a_website_that_answers_itself_is_named_and_the_request_is_passed_on_to_it_once() -> None:
    ours, theirs, who = world(name="Corner Shop"), answers_itself(), somebody()
    first, second = ours.open(email=who.email), theirs.open(email=who.email, text="A secret of the tea house")
    request = by_form(who)
    assert findings(request) == {first.pk: ours.site_id}
    assert [(one.site_id, one.contact, one.certain) for one in request.elsewhere] == [(theirs.site_id, CONTACT, True)]
    steps.searched(request.pk, [steps.search(request.pk, name) for name in names()])  # a task that is done again
    request = Request.get(request.pk)
    (number,) = [number for number, one in enumerate(request.letters, start=1) if one.what == PASSED_ON]
    assert telling.send(request.pk, number, NOON) == "sent"
    assert telling.send(request.pk, number, NOON) == "done"
    passed = letter(Request.get(request.pk), PASSED_ON)
    assert all(said in passed for said in (who.email, "Hello Tea House"))
    assert who.name not in passed
    assert "passed_on" in {(one.note or "").split(" ")[0] for one in Entry.query(f"requests#{request.pk}")}
    zipped = copied(answered(Request.get(request.pk)))
    told = loads(zipped.read("export.json"))["websites"]["answering_themselves"]
    assert told == [{"name": "Tea House", "contact": CONTACT}]
    assert CONTACT in zipped.read("response.html").decode()
    assert not any(b"A secret of the tea house" in zipped.read(name) for name in zipped.namelist())
    assert items_of(Chat, second.pk)
    assert CONTACT in letter(Request.get(request.pk), "ready")


@pytest.mark.parametrize("step", [5])
def test_a_search_of_all_websites_cut_anywhere_and_run_again_passes_the_request_on_once(
    step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    at, calls = 1, 10**9
    while calls >= at:
        ours, theirs, who = world(), answers_itself(), somebody()
        ours.open(email=who.email)
        theirs.open(email=who.email)
        made = proven(
            asking.ask(kind="access", name=None, email=who.email, phone=None, details=None, ip=who.email, now=NOON)
        )
        with cut(at, "after") as fault:
            until_done(searching(made.pk, NOON))
        found = Request.get(made.pk)
        assert [one.website for one in found.letters if one.what == PASSED_ON] == [theirs.site_id], at
        assert [one.site_id for one in found.elsewhere] == [theirs.site_id], at
        assert found.searched.as_dict()["chats"]["found"] == 1, at
        calls, at = fault.calls, at + step
    assert at > 20


def test_an_erasure_by_the_form_leaves_what_a_website_answers_itself_and_says_so() -> None:
    theirs, who = answers_itself(), somebody()
    chat = theirs.open(email=who.email)
    ended = answered(by_form(who, "erasure"))
    assert items_of(Chat, chat.pk)
    assert f"Tea House: {CONTACT}" in letter(ended, "erased")
    assert not look(chat.pk, theirs.site_id).held


def test_where_only_a_website_that_answers_itself_holds_anything_the_answer_names_it() -> None:
    theirs, who = answers_itself(), somebody()
    theirs.open(email=who.email)
    request = by_form(who)
    assert request.searched.as_dict()["chats"]["found"] == 0
    assert [one.what for one in request.letters].count(PASSED_ON) == 1


def test_a_namesakes_website_is_neither_named_nor_told_until_two_people_judged_it() -> None:
    theirs, who = answers_itself(), somebody()
    theirs.open(name=who.name, email=somebody().email)
    made = asking.ask(kind="access", name=who.name, email=who.email, phone=None, details=None, ip="i", now=NOON)
    request = searched(proven(made, "document"))
    assert [one.certain for one in request.elsewhere] == [False]
    assert PASSED_ON not in [one.what for one in request.letters]
    item = f"websites:{theirs.site_id}"
    with pytest.raises(NotFound):
        review.take(request.pk, request.site_id, "paula", "websites:another", NOON, taken=True)
    review.take(request.pk, request.site_id, "paula", item, NOON, taken=True)
    with pytest.raises(Forbidden):
        review.approve(request.pk, request.site_id, "paula", NOON)
    ended = answered(Request.get(request.pk))
    assert [(one.what, one.website) for one in ended.letters if one.website] == [(PASSED_ON, theirs.site_id)]
    other = searched(proven(
        asking.ask(kind="access", name=who.name, email=somebody().email, phone=None, details=None, ip="j", now=NOON),
        "document",
    ))  # fmt: skip
    assert PASSED_ON not in [one.what for one in answered(other).letters]


def by_document(who: Person, kind: str = "access") -> Request:
    """A request by the notice's form of somebody whose name is proven too, searched to the end."""
    made = asking.ask(kind=kind, name=who.name, email=who.email, phone=None, details=None, ip=who.email, now=NOON)
    return searched(proven(made, "document"))


def names_tea(request: Request) -> bool:
    """Whether the copy of a request names the Tea House, or who answers for it."""
    zipped = copied(answered(request))
    return any(b"Tea " in zipped.read(name) for name in zipped.namelist())


def test_a_copy_names_nobody_who_answers_for_the_chats_of_a_namesake() -> None:
    """Who answers for the chats of a website is told to whom these are, and to nobody else (UK GDPR Art 5(1)(f))."""
    ours, theirs, who = world(name="Corner Shop"), world(name="Tea House", controller_name="Tea Ltd"), somebody()
    ours.open(name=who.name, email=who.email)
    chat = theirs.open(name=who.name, email=somebody().email)
    request = by_document(who)
    assert theirs.site_id in request.websites.as_dict()
    assert not names_tea(request)
    again = by_document(who)
    review.take(again.pk, again.site_id, "paula", f"chats:{chat.pk}:META", NOON, taken=True)
    assert names_tea(again)


def test_N15_a_copy_names_nobody_who_answers_for_a_chat_that_is_withheld_for_a_crime() -> None:
    ours, theirs, who = world(name="Corner Shop"), world(name="Tea House", controller_name="Tea Ltd"), somebody()
    ours.open(email=who.email)
    chat = theirs.open(email=who.email)
    record_views([chat], theirs.operator, NOON)
    request = by_form(who)
    review.redact(request.pk, request.site_id, "paul", item=f"chats:{chat.pk}:META", reason="crime", now=NOON)
    assert not names_tea(request)


def test_the_website_at_whose_desk_a_request_is_is_answered_for_there_whatever_it_set() -> None:
    theirs, who = answers_itself(), somebody()
    chat = theirs.open(name=who.name, email=who.email)
    request = searched(letter_at_the_desk(theirs.site_id, who, "letter"))
    assert findings(request) == {chat.pk: theirs.site_id}


def test_a_website_that_is_gone_cannot_answer_so_we_do() -> None:
    theirs, who = answers_itself(), somebody()
    chat = theirs.open(email=who.email)
    accounts.Site(accounts.partition(theirs.site_id)).remove()
    assert findings(by_form(who)) == {chat.pk: theirs.site_id}


@pytest.mark.parametrize("contact", ["no address", "a@b@c", "josé@tea.example", "x" * 70 + "@tea.example", ""])
def test_requests_are_passed_on_to_addresses_that_mail_reaches(contact: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        sites.change(world().site_id, {"requests_contact": contact})
    assert refused.value.field == "requests_contact"


def test_a_view_by_the_notices_desk_is_recorded_for_the_website_of_the_item() -> None:
    two, who = world(), somebody()
    chat = two.open(email=who.email)
    findings(by_form(who))
    views = [one for one in Entry.query(chat.pk) if one.action == "view"]
    assert [(one.site_id, one.actor) for one in views] == [(two.site_id, "peter")]


def test_a_search_asks_for_websites_once_for_a_hundred_of_them() -> None:
    who = somebody()
    few, many = somebody(), somebody()

    def calls(person: Person, websites: int) -> list[str]:
        for _ in range(websites):
            world().open(email=person.email)
        made = proven(
            asking.ask(
                kind="access", name=None, email=person.email, phone=None, details=None, ip=person.email, now=NOON
            )
        )
        steps.begin(made.pk, NOON)
        with counted() as found:
            steps.search(made.pk, "chats")
        return found

    assert calls(who, 0).count("BatchGetItem") == 0
    one, ten = calls(few, 1), calls(many, 10)
    assert one.count("BatchGetItem") == ten.count("BatchGetItem") == 2  # the chats, the websites
    assert ten.count("TransactWriteItems") - one.count("TransactWriteItems") == 9  # the hold of each website's chats
    assert ten.count("Query") == one.count("Query")

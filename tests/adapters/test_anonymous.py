"""Chats without contact details: found for certain by the key in their tab, as candidates by website, day, time and
words that are the person's; never by a time or an IP address alone, never before identity (N7, N13)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from imchat import tokens
from imchat.chat.closing import close
from imchat.chat.deleting import delete
from imchat.chat.posting import Author, post
from imchat.errors import Conflict, Forbidden, InvalidInput
from imchat.rights import asking, intake, review, steps
from imchat.rights.intake import Authority, Identity, decide_identity
from imchat.rights.snapshot import order
from imchat.settings import settings
from imchat.stores.chats import PAGE_MESSAGES, Chat
from imchat.stores.requests import Request
from tests.adapters.answers import answering, reviewing, searching
from tests.adapters.people import Person, somebody
from tests.adapters.worlds import NOON, World, world

pytestmark = pytest.mark.usefixtures("tables")
WORDS = "the teapot arrived cracked"
HOUR = timedelta(hours=1)
AFTER = NOON + timedelta(days=3)


def letter(site_id: str, who: Person, kind: str = "access", **more: Any) -> Request:
    """A request by letter, not proven yet."""
    return intake.take_in(
        site_id, "peter", kind=kind, channel="letter", received_at=AFTER, name=who.name, email=who.email, now=AFTER,
        **more,
    )  # fmt: skip


def remembered(request: Request, **fields: Any) -> Request:
    """The request, with a chat that the person remembers."""
    given = {"website": None, "since": NOON - HOUR, "until": NOON + HOUR, "words": WORDS} | fields
    return review.describe(request.pk, request.site_id, "peter", **given, now=AFTER)


def proven(request: Request, method: str = "document") -> Request:
    """The request, under review."""
    decide_identity(request.pk, request.site_id, "peter", Identity(True, method, AFTER), AFTER)
    return searched(request)


def searched(request: Request) -> Request:
    for task in searching(request.pk, AFTER):
        task()
    reviewing(request.pk)
    return Request.get(request.pk)


def chats(request: Request) -> tuple[int, int]:
    """How many chats were found, and how many of them are to be judged."""
    counts = request.searched.as_dict()["chats"]
    return int(counts["found"]), int(counts["candidates"])


def _long(site: World) -> Chat:
    chat = site.open(text=WORDS)
    for number in range(PAGE_MESSAGES + 2):
        post(chat.pk, Author(site.site_id), f"message {number}", f"c{number}", NOON)
    return chat


def _by_operator(site: World) -> Chat:
    chat = site.open(text="Hello")
    post(chat.pk, Author(site.site_id, "operator", site.operator, "Olga"), WORDS, "o1", NOON)
    return chat


def _closed(site: World) -> Chat:
    chat = site.open(text=WORDS)
    close(chat.pk, site.site_id, "visitor", NOON)
    return chat


def _deleted(site: World) -> Chat:
    chat = site.open(text=WORDS)
    delete(chat.pk, site.site_id, "visitor", NOON)
    return chat


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda site: site.open(text=WORDS), True),
        (_closed, True),
        (_long, True),
        (lambda site: site.open(NOON - HOUR, text=WORDS), True),
        (lambda site: site.open(NOON + HOUR, text=WORDS), False),
        (lambda site: site.open(NOON - timedelta(days=1), text=WORDS), False),
        (lambda site: site.open(text="the teapot is fine"), False),
        (lambda _: world().open(text=WORDS), False),
        (_by_operator, False),
        (_deleted, False),
        (lambda site: site.open(text=WORDS, email=somebody().email), False),
        (lambda site: site.open(text=WORDS, phone=somebody().phone), False),
        (lambda site: site.open(text=WORDS, name=somebody().name), False),
    ],
    ids=[
        "open", "closed", "on a sealed page", "as the time begins", "as the time ends", "another day", "other words",
        "another website", "an operator's words", "deleted", "with an address", "with a number", "with a name",
    ],
)  # fmt: skip
def test_N7_an_anonymous_chat_is_a_candidate_by_website_time_and_words_together(
    make: Callable[[World], Chat], found: bool
) -> None:
    site, who = world(), somebody()
    make(site)
    assert chats(proven(remembered(letter(site.site_id, who)))) == (int(found), int(found))


def test_N7_an_anonymous_chat_is_not_found_by_its_time_or_its_ip_address() -> None:
    site, who = world(), somebody()
    site.open(text=WORDS, ip="203.0.113.9")
    assert chats(proven(letter(site.site_id, who))) == (0, 0)


def test_N13_nothing_that_is_remembered_is_searched_before_identity() -> None:
    site = world()
    site.open(text=WORDS)
    request = remembered(letter(site.site_id, somebody()))
    assert steps.begin(request.pk, AFTER) == "wait"
    assert steps.search(request.pk, "chats") == {"store": "chats"}
    assert order(request.pk) is None


def test_N7_two_people_judge_what_is_remembered_and_the_reason_is_kept() -> None:
    site, who = world(), somebody()
    chat = site.open(text=WORDS)
    request = proven(remembered(letter(site.site_id, who, "erasure")))
    item = f"chats:{chat.pk}:META"
    with pytest.raises(InvalidInput) as refused:
        review.take(request.pk, site.site_id, "paula", item, AFTER, taken=True)
    assert refused.value.kind == "reason_needed"
    review.take(request.pk, site.site_id, "paula", item, AFTER, taken=True, because="knows the order's number")
    with pytest.raises(Forbidden):
        review.approve(request.pk, site.site_id, "paula", AFTER)
    review.approve(request.pk, site.site_id, "priya", AFTER)
    for task in answering(request.pk, AFTER):
        task()
    ended = Request.get(request.pk)
    assert [(one.item, one.because, one.by) for one in ended.judged] == [(item, "knows the order's number", "paula")]
    assert Chat.load(chat.pk, "META", now=AFTER) is None


def test_N7_what_nobody_took_is_not_touched() -> None:
    site, who = world(), somebody()
    chat = site.open(text=WORDS)
    request = proven(remembered(letter(site.site_id, who, "erasure")))
    review.approve(request.pk, site.site_id, "priya", AFTER)
    for task in answering(request.pk, AFTER):
        task()
    assert Chat.load(chat.pk, "META", now=AFTER)


def test_what_is_remembered_during_the_review_is_searched_anew() -> None:
    site, who = world(), somebody()
    site.open(text=WORDS)
    request = proven(letter(site.site_id, who))
    assert chats(request) == (0, 0)
    again = remembered(request)
    assert again.searched is None
    assert steps.decide(request.pk, AFTER) == "again"
    assert chats(searched(request)) == (1, 1)


def test_what_is_remembered_twice_is_noted_once_and_not_without_end() -> None:
    request = letter(world().site_id, somebody())
    for _ in range(2):
        request = remembered(request)
    assert len(request.described) == 1
    for number in range(review.MOST_DESCRIBED - 1):
        request = remembered(request, words=f"{WORDS} number {number}")
    with pytest.raises(Conflict) as refused:
        remembered(request, words=f"{WORDS} again")
    assert refused.value.kind == "too_many_descriptions"


def test_only_websites_that_the_request_searches_can_be_described() -> None:
    one, two = world(), world()
    two.open(text=WORDS)
    with pytest.raises(InvalidInput) as refused:
        remembered(letter(one.site_id, somebody()), website=two.site_id)
    assert refused.value.field == "website"
    asked = by_form(somebody())
    with pytest.raises(InvalidInput):
        remembered(asked, website="no-such-site")
    assert chats(proven(remembered(asked, website=two.site_id), "code")) == (1, 1)


def by_form(who: Person, **fields: Any) -> Request:
    """A request by the notice's form, not proven yet."""
    return asking.ask(
        kind="access", name=who.name, email=who.email, phone=None, details=None, ip=who.email, now=AFTER, **fields
    )


def key_of(chat: Chat) -> str:
    """The key in the tab."""
    return tokens.issue(chat.pk, chat.site_id, None, now=NOON, expires_at=int(chat.expires_at))


@pytest.mark.parametrize(("method", "certain"), [("code", True), ("document", True)])
def test_N7_the_key_in_the_tab_makes_a_certain_hit_on_any_website(method: str, certain: bool) -> None:
    site, who = world(), somebody()
    chat = site.open(text="anything")
    site.open(text="anything")
    request = proven(by_form(who, chat_key=key_of(chat)), method)
    assert chats(request) == (1, 0 if certain else 1)


def test_N13_a_key_opens_nothing_before_identity_and_nothing_for_whoever_asks_by_authority() -> None:
    site, who = world(), somebody()
    chat = site.open(text="anything")
    asked = by_form(who, chat_key=key_of(chat))
    assert steps.begin(asked.pk, AFTER) == "wait"
    assert order(asked.pk) is None
    taken = letter(
        settings().mail_site_id, who, authority=Authority("a power of attorney", AFTER),
        identity=Identity(True, "document", AFTER),
    )  # fmt: skip
    Request(taken.pk).change([Request.chat_keys.set({site.open(text="other").pk})])
    assert chats(searched(taken)) == (0, 0)  # a letter searches one website


@pytest.mark.parametrize("key", ["", "x", "a.b.c"])
def test_a_key_that_is_none_of_ours_is_refused(key: str) -> None:
    if not key:
        assert by_form(somebody(), chat_key=key).chat_keys is None
        return
    with pytest.raises(InvalidInput) as refused:
        by_form(somebody(), chat_key=key)
    assert (refused.value.kind, refused.value.field) == ("wrong_chat_key", "chat_key")


def test_a_key_that_is_too_old_is_refused() -> None:
    chat = world().open(NOON - timedelta(days=30))
    old = tokens.issue(chat.pk, chat.site_id, None, now=NOON - timedelta(days=30), expires_at=int(chat.expires_at))
    with pytest.raises(InvalidInput):
        by_form(somebody(), chat_key=old)

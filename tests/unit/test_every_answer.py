"""Every route's largest answer fits: lists 1 MB, anything 6 MB, also as Lambda carries it. What is in an answer is as large
as the API's own limits let anybody make it; each limit is taken from where it is kept."""

import json
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

import app
from functions import reading as reading_of_bodies
from functions import request_views, staff_views, views
from functions.answers import MOST_BYTES as FILE_BYTES
from functions.forms.desk import SearchPage
from functions.forms.requests import Drop
from functions.http import ROUTES, as_text
from functions.reading import BODY_BYTES, MOST_DAYS
from imchat import hours, places, tabular
from imchat.chat import canned, deleting, inbox, reading
from imchat.desk import purchases, purchases_csv, unlocking
from imchat.desk.lookups import Found
from imchat.errors import BodyTooLarge, InvalidInput, NotFound
from imchat.live import frames
from imchat.mail import incoming, incoming_parts, letters
from imchat.prover.checks import CHECKS
from imchat.prover.finding import MOST_TECHNICAL, Finding, Outcome
from imchat.prover.history import Span
from imchat.prover.proof import proof
from imchat.prover.sentences import LONGEST as LONGEST_SENTENCE
from imchat.register.promises import PROMISES
from imchat.register.store import Exported, Fact, File, Reference
from imchat.register.stores import stores
from imchat.register.words import LANGUAGES
from imchat.rights import requests, review, scope
from imchat.rights.numbers import Numbers
from imchat.rights.review import MOST_REDACTIONS
from imchat.settings import Settings, settings
from imchat.staff import operators, sites
from imchat.staff.sign_in import Challenge, SignedIn
from imchat.stores import accounts, chats, correspondence, disclosures, statistics, verbs
from imchat.stores import purchases as purchases_store
from imchat.stores import requests as stored_requests
from imchat.stores.accounts import CannedReply, Operator, Site
from imchat.stores.chats import PAGE_BYTES, PAGE_MESSAGES, Chat
from imchat.stores.correspondence import Attached, Correspondence
from imchat.stores.disclosures import Disclosure
from imchat.stores.evidence import Entry
from imchat.stores.limits import Limit
from imchat.stores.messages import Message
from imchat.stores.purchases import Purchase
from imchat.stores.requests import Copy, Event, Link, Paused, Posted, Redaction, Request
from imchat.stores.unlocks import Unlock
from imchat.stores.visits import VisitDay
from imchat.text import COMMENT_LENGTH, LOCALE_LENGTH, MESSAGE_LENGTH, NAME_LENGTH, TIMEZONE_LENGTH, URL_LENGTH
from imchat.visits import counting
from imchat.visits import reading as visits_reading

assert app.app.routes
NOW = datetime(2026, 3, 3, tzinfo=UTC)
# DESIGN section 8; and what Lambda carries, DynamoDB keeps in an item, and API Gateway sends in one message of a socket.
LIST_BYTES, ANSWER_BYTES, ITEM_BYTES, PUSHED_BYTES = 1_000_000, 6_000_000, 400 * 1024, 128 * 1024
# Four bytes; two, in JSON and in JSON within JSON four; two in UTF-8 and six in ASCII.
CHARACTERS = ("🦜", '"', "ي")
ID, KEY, STAFF = "k" * 26, "h" * 64, "0" * 36
EMAIL_LENGTH = 254
BIG = 10**12
LINK = "https://" + "x" * 4_000
TOKEN = "x" * 4_000


def fits(body: Any, *, most: int) -> int:
    """The size of an answer, which must be within ``most`` and within what Lambda carries, in its worse encoding."""
    text = body if isinstance(body, str) else as_text(body)
    size = len(text.encode())
    carried = len(json.dumps({"statusCode": 200, "body": text, "multiValueHeaders": {"Vary": ["Origin"] * 20}}))
    assert size <= most, f"{size:,} bytes"
    assert carried < ANSWER_BYTES, f"{carried:,} bytes as Lambda carries them"
    return size


# The largest items


def record(model: Any, **fields: Any) -> Any:
    """A record with all that every record has."""
    common = {
        "site_id": "s" * 63, "at": BIG, "email_key": KEY, "phone_key": KEY, "due_shard": "due#1", "due_at": BIG,
        "expires_at": 4_000_000_000, "restricted": True, "phone": "+" + "4" * 15,
    }  # fmt: skip
    return model(ID, **(common | fields))


def person(c: str) -> dict[str, Any]:
    return {"name": c * NAME_LENGTH, "name_key": c * NAME_LENGTH, "email": c * EMAIL_LENGTH}


@cache
def mail(c: str) -> Correspondence:
    attached = Attached(  # type: ignore[no-untyped-call]
        filename=c * incoming_parts._NAME_LENGTH, content_type="x" * 255, size=BIG
    )
    return record(  # type: ignore[no-any-return]
        Correspondence,
        **person(c),
        channel="email",
        subject=c * incoming._SUBJECT_LENGTH,
        text=c * incoming.TEXT_LENGTH,
        chat_id=ID,
        recorded_by=STAFF,
        sent_at=BIG,
        message_id=c * incoming._ID_LENGTH,
        attachments=[attached] * incoming.MOST_ATTACHMENTS,
        automatic=True,
        bounce=True,
        problem=" ".join([incoming_parts._UNDECODED.format(999)] * incoming_parts._MOST_PARTS),
        from_email=c * EMAIL_LENGTH,
        choices=[c * EMAIL_LENGTH] * (incoming._MOST_REPLY_TO + 1),
        request_id="aaaa-aaaa-aaaa",
        from_another=True,
        spam=True,
    )


@cache
def purchase(c: str) -> Purchase:
    return record(  # type: ignore[no-any-return]
        Purchase,
        **person(c),
        address=c * COMMENT_LENGTH,
        what=c * MESSAGE_LENGTH,
        amount="9" * 40,
        currency="GBP",
        bought_on="2026-01-31",
        processor=max(purchases.PROCESSORS, key=len),
        processor_reference="x" * 64,
        period_ends=4_000_000_000,
        hold_until="2026-01-31",
        hold_because=c * MESSAGE_LENGTH,
        hold_by=STAFF,
    )


@cache
def disclosure(c: str) -> Disclosure:
    return record(  # type: ignore[no-any-return]
        Disclosure,
        **person(c),
        authority=c * NAME_LENGTH,
        legal_basis=c * MESSAGE_LENGTH,
        reference=c * NAME_LENGTH,
        data_given=c * MESSAGE_LENGTH,
        status="approved",
        recorded_by=STAFF,
        approver=STAFF,
        approved_at=BIG,
        untold_until=4_000_000_000,
        untold_because=c * MESSAGE_LENGTH,
    )


@cache
def request(c: str) -> Request:
    """One with which staff have done all that they may, and which then ended."""
    text = c * MESSAGE_LENGTH
    found = record(
        Request,
        **person(c),
        type="rectification",
        status="in_progress",
        channel="letter",
        details=text,
        authority=text,
        authority_at=BIG,
        identity=True,
        identity_method="document",
        identity_at=BIG,
        extended_because=text,
        revision=BIG,
    )
    found.redactions = [request_redaction(number) for number in range(1, MOST_REDACTIONS + 1)]
    found.copy = Copy(sha256=KEY, size=BIG, at=BIG, until=BIG)  # type: ignore[no-untyped-call]
    pause = Paused(asked="2026-01-01", answered="2026-01-02", why=text)  # type: ignore[no-untyped-call]
    question = Posted(what="question", at=BIG, because=text)  # type: ignore[no-untyped-call]
    event = Event(at=BIG, what="link made", by=STAFF)  # type: ignore[no-untyped-call]
    link = Link(at=BIG, by=STAFF)  # type: ignore[no-untyped-call]
    _fill(found, requests.FULL_BYTES, pauses=pause, letters=question)
    _fill(found, requests.LEADING_ON_BYTES, events=event, links=link)
    # One a day, each begun when the last had ended.
    for number, one in enumerate(found.pauses):
        found.pauses[number] = Paused(  # type: ignore[no-untyped-call]
            asked=(NOW + timedelta(days=2 * number)).date().isoformat(),
            answered=(NOW + timedelta(days=2 * number + 1)).date().isoformat(),
            why=one.why,
        )
    found.ended_because = text
    found.letters.append(Posted(what="refused", at=BIG, because=text, outcome="sent"))  # type: ignore[no-untyped-call]
    return found  # type: ignore[no-any-return]


def _fill(found: Request, most: int, **more: Any) -> None:
    """Add to lists of a request, one of each at a time, until it is larger than ``most``."""

    def add(times: int) -> None:
        for name, one in more.items():
            getattr(found, name).extend([one] * times)

    before = verbs.stored(found)
    add(1)
    each = verbs.stored(found) - before
    add(max(0, (most - before) // each))
    while verbs.stored(found) <= most:
        add(1)


def request_redaction(number: int) -> Any:
    return Redaction(  # type: ignore[no-untyped-call]
        number=number, item=f"correspondence:{ID}", fact=1, start=1, end=2, reason="third_party", by=STAFF, at=BIG
    )


@cache
def operator(c: str) -> Operator:
    longest = next(
        f"a{'b' * length}" for length in range(200, 0, -1) if operators.USERNAME.fullmatch(f"a{'b' * length}")
    )
    return Operator(
        "SITE#s", f"OPERATOR#{STAFF}", operator_id=STAFF, name=c * NAME_LENGTH, username=longest, disabled=True
    )


@cache
def site(c: str) -> Site:
    return Site(
        "SITE#s",
        site_id="s" * 63,
        name=c * NAME_LENGTH,
        origins=["https://" + "x" * 260] * sites.MOST_ORIGINS,
        policy_url="https://x/" + c * (URL_LENGTH - 10),
        language="en",
        languages=list(LANGUAGES),
        texts={one: dict.fromkeys(sites.KINDS_OF_TEXT, c * sites.TEXT_LENGTH) for one in LANGUAGES},
        opening_hours={
            "timezone": "Europe/London",
            "days": {day: [[f"{n:02}:00", f"{n:02}:30"] for n in range(hours.MOST_A_DAY)] for day in hours.DAYS},
        },
        colour="#ffffff",
        period="12 months",
    )


def chat(c: str, by: Any = "operator") -> Chat:
    """One whose open end is as full as can be: the last text came when there was still room for one."""
    count = PAGE_MESSAGES
    said = [Message(f"o:{STAFF}:{'c' * 50}{n:014}", by, c * MESSAGE_LENGTH, BIG, STAFF) for n in range(count)]
    one = Chat(
        ID,
        "META",
        site_id="s" * 63,
        status="open",
        opened_at=BIG,
        closed_at=BIG,
        expires_at=4_000_000_000,
        **person(c),
        phone="+" + "4" * 15,
        vouched=set(chats.VOUCHED),
        ip="f" * 39,
        country="GB",
        browser="samsung",
        language="x" * LOCALE_LENGTH,
        timezone="x" * TIMEZONE_LENGTH,
        page_url="https://x/" + c * (URL_LENGTH - 10),
        assigned_to=STAFF,
        messages=said,
        rating=5,
        comment=c * COMMENT_LENGTH,
        transcript="no_operator",
        transcript_at=BIG,
        corrections=chats.MOST_CORRECTIONS,
        transcript_job=BIG,
        due_shard="due#1",
        due_at=BIG,
    )
    names = {f"{n:036}": c * NAME_LENGTH for n in range(chats.MOST_OPERATORS - 1)} | {STAFF: c * NAME_LENGTH}
    one.operators = names  # type: ignore[assignment]
    return one


# The largest answers


def page_of_records(store: Any, item: Any) -> Any:
    """As many as a page takes of the largest."""
    fit = places.fitting([verbs.size(item)] * places.MOST)
    matched = frozenset({"email", "from", "name", "phone", "similar_name"})
    return views.found(store, Found([(item, matched)] * fit, "x" * 200))


def one_record(store: Any, item: Any) -> Any:
    return views.record(store, item, frozenset({"email", "name", "phone"}))


def requests_page(c: str) -> Any:
    one = request(c)
    fit = places.fitting([verbs.size(one)] * places.MOST)
    return {"requests": [request_views.listed(one, NOW)] * fit, "next": "x" * 200}


def one_request(c: str) -> Any:
    mark = Limit("x", reason="complained", at=BIG)
    return request_views.with_mail(request(c), {"letter": mark, "transcript": mark}, NOW)


def inbox_page(c: str) -> Any:
    one = chat(c)
    fit = places.fitting([inbox._size(one)] * places.MOST)
    return {"chats": [frames.listed(one)] * fit, "next": "x" * 200}


def read_chat(c: str, *, staff: bool) -> Any:
    one = chat(c)
    pages = LIST_BYTES // (PAGE_BYTES // 2)
    one.messages *= pages  # of sealed pages
    found = reading.behind(one, 0, notes=True)
    told = {"chat": frames.chat(one)} if staff else {}
    return {**told, **views.reading(found, staff=staff)}


def posted(c: str, *, staff: bool) -> Any:
    one = chat(c)
    return {"message": frames.message(BIG, one.messages[0], one, staff=staff)}


def canned_replies(c: str) -> Any:
    reply = CannedReply(
        "SITE#s", f"CANNED#{ID}", canned_id=ID, shortcut="ي" * canned.SHORTCUT_LENGTH, text=c * MESSAGE_LENGTH
    )
    small = CannedReply("SITE#s", f"CANNED#{ID}", canned_id=ID, shortcut="x", text="x")
    some = [reply] * min(canned.MOST_REPLIES, places.MOST_BYTES // verbs.stored(reply))
    some += [small] * min(
        canned.MOST_REPLIES - len(some),
        (places.MOST_BYTES - len(some) * verbs.stored(reply)) // verbs.stored(small),
    )
    return {"canned": [views.canned(one) for one in some]}


def presence(c: str) -> Any:
    # Two who were let in at the same moment may be one too many.
    everybody = [operator(c)] * (accounts.MOST_OPERATORS + 1)
    return views.presence(site(c), everybody, STAFF, NOW)


def days_of(first: date, many: int) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range(many))


def labels() -> list[str]:
    """All days, months and years of the longest range."""
    days = [day.isoformat() for day in days_of(date(2024, 1, 1), MOST_DAYS)]
    return sorted({*days, *(day[:7] for day in days), *(day[:4] for day in days)})


def counts() -> dict[str, int]:
    """Every counter that there can be; a country is two letters."""
    letters = [chr(ord("A") + number) for number in range(26)]
    names = ["chats", "messages:visitor", "messages:operator", "country:unknown", "country:other"]
    names += [f"country:{one}{two}" for one in letters for two in letters]
    names += [f"waiting:{end}" for end in (*statistics.WAITING_SECONDS, "longer", "unanswered", "other")]
    names += [f"duration:{end}" for end in (*statistics.DURATION_SECONDS, "longer", "other")]
    names += [f"browser:{one}" for one in ("chrome", "firefox", "safari", "edge", "opera", "samsung", "bot", "other")]
    names += [f"outcome:{one}" for one in ("closed", "deleted", "expired", "other")]
    names += [f"rating:{one}" for one in (1, 2, 3, 4, 5, "other")]
    return dict.fromkeys(names, 10**7)


def statistics_pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    rows = [(label, counts()) for label in labels()]
    monkeypatch.setattr(
        statistics, "shown", lambda *given: rows[[one for one, _ in rows].index(given[4] or rows[0][0]) :]
    )
    monkeypatch.setattr(statistics.tallies, "place", lambda label: label)
    place, seen = None, 0
    while True:
        found, place = statistics.page("s", date(2024, 1, 1), date(2025, 2, 3), date(2026, 1, 1), place)
        seen += len(found)
        yield {**staff_views.statistics(found), "total": statistics.total(found), "next": place}
        if place is None:
            assert seen == len(rows)
            return


@cache
def visit_days(c: str) -> list[VisitDay]:
    byte = len(c.encode())
    paths = {
        f"/{number:05}" + c * ((counting.PATH_BYTES - 6) // byte): 10**7 for number in range(counting.DISTINCT_A_DAY)
    }
    day = VisitDay("s" * 63, "x", views=10**9, visitors=10**9, bots=10**9, paths=paths, referrers={"other": 10**9})
    return [VisitDay(**(day.attribute_values | {"sk": label})) for label in labels()]


def visits_pages(c: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    rows = visit_days(c)
    monkeypatch.setattr(
        visits_reading,
        "each_shown",
        lambda *given: iter(rows[[one.sk for one in rows].index(given[4] or rows[0].sk) :]),
    )
    monkeypatch.setattr(visits_reading.tallies, "place", lambda label: label)
    place, seen = None, 0
    while True:
        found = visits_reading.shown("s", date(2024, 1, 1), date(2025, 2, 3), NOW, place)
        place = found.next
        seen += len(found.days) + len(found.longer)
        yield {
            "days": [views.visits(day) for day in found.days],
            "longer": [views.longer_visits(one) for one in found.longer],
            "next": place,
        }
        if place is None:
            assert seen == len(rows)
            return


def csv_of(rows: Callable[[], Any]) -> str:
    """A file, or what is said where it would be too long: then nothing goes out."""
    try:
        return tabular.lines(rows(), FILE_BYTES)
    except tabular.TooLong:
        return "too_many_days"


def views_page() -> Any:
    entry = Entry(f"correspondence#{ID}", "x", actor=STAFF, at=BIG)
    return {"views": [views.viewed(entry)] * places.MOST, "next": "x" * 2_000}


def refused_lines() -> Any:
    longest = max((len(column) for column in purchases_csv.COLUMNS), default=0)
    line = {"line": BIG, "column": "x" * longest, "detail": "x" * 400}
    return {"imported": BIG, "already_there": BIG, "refused": [line] * purchases_csv.MOST_LINES}


def dropped() -> Any:
    """References stand in the body that was sent, so they are no longer than that."""
    hint = Drop.__annotations__["references"]
    most = hint.__metadata__[0].max_length
    refusal = NotFound("request")
    sent = BODY_BYTES // most
    refused = {"reference": "x" * sent, "kind": refusal.kind, "detail": refusal.detail}
    return {"dropped": ["x" * sent] * most, "refused": [refused] * most}


def finding(c: str) -> Any:
    """The page of the largest slices is proven by test_answers_fit; here one whole page of one item."""
    facts = tuple(Fact("You wrote", c * MESSAGE_LENGTH, True) for _ in range(2_500))
    files = tuple(File(n, c * incoming_parts._NAME_LENGTH, "x" * 255, BIG) for n in range(incoming.MOST_ATTACHMENTS))
    item = Exported(Reference("chats", ID, "META"), c * NAME_LENGTH, facts, NOW, files)
    taken, _ = review._that_fit(item, places.MOST_BYTES, [])
    one = Request("k7qf-2m9r-xa4c", redactions=[])
    cut = Exported(item.reference, item.title, facts[:taken], NOW, files)
    slice_ = review.Slice(review.Place(0, 0), cut, True)
    return {
        "store": "chats",
        "items": [request_views.finding(one, slice_)],
        "correctable": request_views.correctable("chats"),
        "next": "x" * 30,
    }


def locked_mail(c: str) -> Any:
    """A mail that is restricted, with the longest reason to unlock it."""
    found = mail(c)
    found.unlock = Unlock(  # type: ignore[no-untyped-call]
        ground="legal_claims", because=c * MESSAGE_LENGTH, by=STAFF, at=BIG, approver=STAFF, until=int(NOW.timestamp())
    )
    return found


def one_restricted(c: str) -> Any:
    return views.restricted("correspondence", locked_mail(c), NOW)


def restricted_page(c: str) -> Any:
    item = locked_mail(c)
    fit = places.fitting([unlocking._listed_bytes(item)] * places.MOST)
    return {"items": [one_restricted(c)] * fit, "next": "x" * 100}


def unlocked(c: str) -> Any:
    facts = [Fact("What you wrote", c * MESSAGE_LENGTH, given=True)] * 2_500
    fit = places.fitting(unlocking._sizes(facts))
    shown = [{"name": fact.name, "value": fact.value} for fact in facts[:fit]]
    return one_restricted(c) | {"title": c * NAME_LENGTH, "facts": shown, "next": "x" * 30}


def letter(c: str) -> list[Any]:
    """Each letter, with all that any may say; as many recipients as a request has room for."""
    recipients = (c * NAME_LENGTH,) * ((ITEM_BYTES - requests.LEADING_ON_BYTES) // NAME_LENGTH)
    done = tuple(
        letters.Done(
            title=one.activity.title, changed=BIG, kept=(letters.Kept(BIG, "x" * 500, NOW.date(), "x" * 100),) * 5
        )
        for one in stores()
    )
    written = [
        letters.Letter(
            what=what, reference="k7qf-2m9r-xa4c", kind="access", asked_on=NOW.date(), notice_url=LINK, code="123456",
            name=c * NAME_LENGTH, due=NOW.date(), because=c * MESSAGE_LENGTH, link=LINK, until=NOW.date(), done=done,
            recipients=recipients, proof_wanted=True, not_done=c * MESSAGE_LENGTH, post=c * COMMENT_LENGTH,
            answer_name=c * NAME_LENGTH, passed_to=c * NAME_LENGTH, searched_by=(c * 300,) * 3, everywhere=True,
            elsewhere=((c * NAME_LENGTH, "x" * EMAIL_LENGTH),) * scope.MOST_NAMED,
            websites=(letters.OnWebsite(c * NAME_LENGTH, "x" * 100, BIG, BIG),) * scope.MOST_NAMED,
        )
        for what in letters.LETTERS
    ]  # fmt: skip
    return [{"subject": one.subject, "text": one.text, "html": one.html} for one in map(letters.render, written)]


def receipt(c: str) -> Any:
    return views.receipt(deleting._receipt(chat(c), NOW))


def tokens() -> Any:
    return [
        staff_views.sign_in(SignedIn(TOKEN, TOKEN, TOKEN, BIG)),
        # The user name is what was sent.
        staff_views.sign_in(Challenge("totp_setup", TOKEN, '"' * BODY_BYTES, "x" * 200)),
    ]


def numbers() -> Any:
    kinds = [*stored_requests.TYPES, "candidate", "none", "other"]
    ends = [
        stored_requests.CLOSED,
        stored_requests.REFUSED,
        stored_requests.WITHDRAWN,
        stored_requests.DROPPED,
        "other",
    ]
    found = Numbers(
        open=dict.fromkeys(kinds, BIG), overdue=BIG, ended=dict.fromkeys(ends, BIG), by_type=dict.fromkeys(kinds, BIG),
        by_channel=dict.fromkeys(stored_requests.CHANNELS, BIG), on_time_percent=99.9, median_days=99.5,
    )  # fmt: skip
    return request_views.numbers(found, NOW.date(), NOW.date())


_LINK_ONLY = {"url": LINK, "valid_seconds": BIG}
_NOTHING: list[Any] = [""]


Answers = Callable[[str], list[Any]]


def always(*answers: Any) -> Answers:
    """What is not made of anything that somebody wrote."""
    return lambda _: list(answers)


def _request(c: str) -> list[Any]:
    return [one_request(c), request_views.rights_request(request(c), NOW)]


def _chat_only(c: str) -> list[Any]:
    return [{"chat": frames.chat(chat(c))}]


def _corrected(c: str) -> list[Any]:
    return [{"visitor": frames.person(chat(c))}]


def _operator_only(c: str) -> list[Any]:
    return [{"operator": staff_views.operator(operator(c), site(c), NOW)}]


def _register(_: str) -> list[Any]:
    from imchat.register.record import record, record_csv

    return [record(), record_csv()]


def _notice(_: str) -> list[Any]:
    from imchat.register.notice import notice

    return [notice(NOW)]


def _notice_page(_: str) -> list[Any]:
    from imchat.register.notice_page import notice_html

    return [notice_html(NOW, LINK)]


def _description(_: str) -> list[Any]:
    from functions.openapi.document import document

    return [document(settings().web_url)]


def _operators(c: str) -> list[Any]:
    shown = [staff_views.operator(operator(c), site(c), NOW)] * accounts.OPERATORS_AT_ONCE
    return [{"operators": shown, "next": STAFF}]


def _staff(c: str) -> list[Any]:
    one = operator(c)
    shown = [{"operator_id": one.operator_id, "name": one.name}] * accounts.OPERATORS_AT_ONCE
    return [{"staff": shown, "next": STAFF}]


def _proof(c: str) -> list[Any]:
    findings = {one.name: Finding(Outcome.NOT_KEPT, c * MOST_TECHNICAL) for one in CHECKS}
    at = "2026-12-01T02:00:00+00:00"
    history = {number: [Span(Outcome.NOT_KEPT, at, at)] for number in PROMISES}
    sentences = dict.fromkeys(((number, at) for number in PROMISES), c * LONGEST_SENTENCE)
    made = proof(CHECKS, findings, history, sentences=sentences, release=c * 12, made_at=datetime.now(UTC))
    return [views.proof(made, findings)]


_CLOSED = {"status": "closed", "transcript": "no_operator"}
_OPENED = {
    "chat_id": ID, "token": TOKEN, "cursor": BIG, "status": "closed", "websocket_url": LINK, "expires_at": "x" * 40,
}  # fmt: skip
_UPLOAD = {"url": LINK, "fields": dict.fromkeys(map(str, range(20)), TOKEN), "valid_seconds": BIG}
_ONE = "/v1/desk/requests/{reference}"
_DESK, _CHATS, _CHAT = "/v1/desk", "/v1/operator/chats", "/v1/operator/chats/{chat_id}"

# Each route: (how much it may be, its largest answers, made of a character). What stands in PAGES is proven there.
ROUTES_ANSWERS: dict[tuple[str, str], tuple[int, Answers]] = {
    ("GET", "/v1/account/sites"): (LIST_BYTES, lambda c: [{"sites": [staff_views.site(site(c))]}]),
    ("PATCH", "/v1/account/sites/{site_id}"): (ANSWER_BYTES, lambda c: [staff_views.site(site(c))]),
    ("GET", "/v1/account/operators"): (LIST_BYTES, _operators),
    ("POST", "/v1/account/operators"): (
        ANSWER_BYTES, lambda c: [{**_operator_only(c)[0], "temporary_password": "x" * 256}],
    ),
    ("PATCH", "/v1/account/operators/{operator_id}"): (ANSWER_BYTES, _operator_only),
    ("GET", "/v1/desk/correspondence"): (LIST_BYTES, lambda c: [page_of_records(correspondence.STORE, mail(c))]),
    ("POST", "/v1/desk/correspondence"): (ANSWER_BYTES, lambda c: [one_record(correspondence.STORE, mail(c))]),
    ("POST", "/v1/desk/correspondence/search"): (
        LIST_BYTES, lambda c: [page_of_records(correspondence.STORE, mail(c))],
    ),
    ("GET", "/v1/desk/correspondence/{reference}"): (
        ANSWER_BYTES, lambda c: [one_record(correspondence.STORE, mail(c))],
    ),
    ("PATCH", "/v1/desk/correspondence/{reference}"): (
        ANSWER_BYTES, lambda c: [one_record(correspondence.STORE, mail(c))],
    ),
    ("POST", "/v1/desk/correspondence/{reference}/owner"): (
        ANSWER_BYTES, lambda c: [one_record(correspondence.STORE, mail(c))],
    ),
    ("GET", "/v1/desk/correspondence/{reference}/files/{number}"): (ANSWER_BYTES, always(_LINK_ONLY)),
    ("GET", "/v1/desk/purchases"): (LIST_BYTES, lambda c: [page_of_records(purchases_store.STORE, purchase(c))]),
    ("POST", "/v1/desk/purchases"): (ANSWER_BYTES, lambda c: [one_record(purchases_store.STORE, purchase(c))]),
    ("POST", "/v1/desk/purchases/search"): (
        LIST_BYTES, lambda c: [page_of_records(purchases_store.STORE, purchase(c))],
    ),
    ("POST", "/v1/desk/purchases/import"): (LIST_BYTES, lambda _: [refused_lines()]),
    ("GET", "/v1/desk/purchases/{reference}"): (
        ANSWER_BYTES, lambda c: [one_record(purchases_store.STORE, purchase(c))],
    ),
    ("POST", "/v1/desk/purchases/{reference}/hold"): (
        ANSWER_BYTES, lambda c: [one_record(purchases_store.STORE, purchase(c))],
    ),
    ("GET", "/v1/desk/disclosures"): (LIST_BYTES, lambda c: [page_of_records(disclosures.STORE, disclosure(c))]),
    ("POST", "/v1/desk/disclosures"): (ANSWER_BYTES, lambda c: [one_record(disclosures.STORE, disclosure(c))]),
    ("POST", "/v1/desk/disclosures/search"): (
        LIST_BYTES, lambda c: [page_of_records(disclosures.STORE, disclosure(c))],
    ),
    ("GET", "/v1/desk/disclosures/{reference}"): (
        ANSWER_BYTES, lambda c: [one_record(disclosures.STORE, disclosure(c))],
    ),
    ("POST", "/v1/desk/disclosures/{reference}/approve"): (
        ANSWER_BYTES, lambda c: [one_record(disclosures.STORE, disclosure(c))],
    ),
    ("POST", "/v1/desk/evidence/views"): (LIST_BYTES, lambda _: [views_page()]),
    ("GET", "/v1/desk/staff"): (LIST_BYTES, _staff),
    ("GET", "/v1/desk/register"): (LIST_BYTES, _register),
    ("GET", "/v1/desk/proof"): (LIST_BYTES, _proof),
    ("PUT", "/v1/desk/proof/{number}"): (ANSWER_BYTES, lambda _: _NOTHING),
    ("POST", _ONE + "/links"): (ANSWER_BYTES, always({**_LINK_ONLY, "count": BIG})),
    ("GET", "/v1/signing-key"): (ANSWER_BYTES, always({"pem": "x" * 2_000, "fingerprint": KEY, "proofs": {"pem": "x" * 2_000, "fingerprint": KEY}})),
    ("POST", "/v1/rights-requests/{reference}/copy"): (ANSWER_BYTES, always(_LINK_ONLY)),
    ("GET", _CHATS): (LIST_BYTES, lambda c: [inbox_page(c)]),
    ("GET", _CHAT): (LIST_BYTES, lambda c: [read_chat(c, staff=True)]),
    ("POST", _CHAT + "/messages"): (ANSWER_BYTES, lambda c: [posted(c, staff=True)]),
    ("POST", _CHAT + "/notes"): (ANSWER_BYTES, lambda c: [posted(c, staff=True)]),
    ("POST", _CHAT + "/assign"): (ANSWER_BYTES, _chat_only),
    ("POST", _CHAT + "/transfer"): (ANSWER_BYTES, _chat_only),
    ("POST", _CHAT + "/close"): (ANSWER_BYTES, always(_CLOSED)),
    ("POST", _CHAT + "/request"): (ANSWER_BYTES, always({"reference": "k7qf-2m9r-xa4c"})),
    ("DELETE", _CHAT): (ANSWER_BYTES, lambda c: [receipt(c)]),
    ("GET", "/v1/operator/canned"): (LIST_BYTES, lambda c: [canned_replies(c)]),
    ("POST", "/v1/operator/canned"): (ANSWER_BYTES, lambda c: canned_replies(c)["canned"][:1]),
    ("PUT", "/v1/operator/canned/{canned_id}"): (ANSWER_BYTES, lambda c: canned_replies(c)["canned"][:1]),
    ("DELETE", "/v1/operator/canned/{canned_id}"): (ANSWER_BYTES, lambda _: _NOTHING),
    ("GET", "/v1/operator/presence"): (LIST_BYTES, lambda c: [presence(c)]),
    ("PUT", "/v1/operator/presence"): (LIST_BYTES, lambda c: [presence(c)]),
    ("POST", "/v1/operator/socket"): (
        ANSWER_BYTES, always({"ticket": TOKEN, "websocket_url": LINK, "expires_in": BIG}),
    ),
    ("GET", "/v1/desk/requests"): (LIST_BYTES, lambda c: [requests_page(c)]),
    ("POST", "/v1/desk/requests"): (ANSWER_BYTES, _request),
    ("GET", _ONE): (ANSWER_BYTES, _request),
    ("POST", "/v1/desk/requests/drop"): (LIST_BYTES, lambda _: [dropped()]),
    **{
        ("POST", f"{_ONE}/{act}"): (ANSWER_BYTES, _request)
        for act in (
            "confirm", "drop", "identity", "pause", "resume", "extend", "refuse", "withdraw", "close", "candidates",
            "redactions", "corrections", "approve", "retry", "question", "progress", "descriptions", "log-removal",
            "answer-address/approve", "letters/{number}/sent",
        )
    },
    ("DELETE", _ONE + "/log-removal"): (ANSWER_BYTES, _request),
    ("PUT", _ONE + "/answer-address"): (ANSWER_BYTES, _request),
    ("DELETE", _ONE + "/answer-address"): (ANSWER_BYTES, _request),
    ("POST", "/v1/desk/restricted/search"): (LIST_BYTES, lambda c: [restricted_page(c)]),
    ("GET", "/v1/desk/restricted/{store}/{reference}"): (LIST_BYTES, lambda c: [unlocked(c)]),
    ("POST", "/v1/desk/restricted/{store}/{reference}/unlock"): (ANSWER_BYTES, lambda c: [one_restricted(c)]),
    ("POST", "/v1/desk/restricted/{store}/{reference}/unlock/approve"): (ANSWER_BYTES, lambda c: [one_restricted(c)]),
    ("DELETE", "/v1/desk/restricted/{store}/{reference}/unlock"): (ANSWER_BYTES, lambda c: [one_restricted(c)]),
    ("DELETE", _ONE + "/suppression"): (ANSWER_BYTES, _request),
    ("DELETE", _ONE + "/redactions/{number}"): (ANSWER_BYTES, _request),
    ("DELETE", _ONE + "/approve"): (ANSWER_BYTES, _request),
    ("POST", _ONE + "/documents/{number}/links"): (ANSWER_BYTES, always(_LINK_ONLY)),
    ("GET", "/v1/desk/numbers"): (ANSWER_BYTES, lambda _: [numbers()]),
    ("GET", _ONE + "/findings"): (LIST_BYTES, lambda c: [finding(c)]),
    ("GET", _ONE + "/letters/{number}"): (ANSWER_BYTES, letter),
    ("POST", "/v1/rights-requests"): (ANSWER_BYTES, always({"reference": "k7qf-2m9r-xa4c"})),
    ("POST", "/v1/rights-requests/{reference}/codes"): (ANSWER_BYTES, always({"reference": "🦜" * 14})),
    ("POST", "/v1/rights-requests/{reference}/code"): (
        ANSWER_BYTES, always({"reference": "k7qf-2m9r-xa4c", "identity": "proven"}),
    ),
    ("POST", "/v1/rights-requests/{reference}/documents"): (ANSWER_BYTES, always(_UPLOAD)),
    ("POST", "/v1/sign-in"): (ANSWER_BYTES, lambda _: tokens()),
    ("POST", "/v1/sign-in/challenge"): (ANSWER_BYTES, lambda _: tokens()),
    ("POST", "/v1/sign-in/refresh"): (ANSWER_BYTES, lambda _: tokens()),
    ("DELETE", "/v1/sign-in"): (ANSWER_BYTES, lambda _: _NOTHING),
    ("POST", "/v1/sign-in/totp"): (ANSWER_BYTES, always({"secret": "x" * 200})),
    ("POST", "/v1/sign-in/totp/verify"): (ANSWER_BYTES, always({"totp": True})),
    ("GET", "/v1/sites/{site_id}"): (ANSWER_BYTES, lambda c: [views.site(site(c), "en", NOW)]),
    ("POST", "/v1/chats"): (ANSWER_BYTES, always(_OPENED)),
    ("POST", "/v1/chats/{chat_id}/messages"): (ANSWER_BYTES, lambda c: [posted(c, staff=False)]),
    ("GET", "/v1/chats/{chat_id}/messages"): (LIST_BYTES, lambda c: [read_chat(c, staff=False)]),
    ("PATCH", "/v1/chats/{chat_id}/visitor"): (ANSWER_BYTES, _corrected),
    ("POST", "/v1/chats/{chat_id}/close"): (ANSWER_BYTES, always(_CLOSED)),
    ("POST", "/v1/chats/{chat_id}/transcript"): (ANSWER_BYTES, always({"transcript": "no_operator"})),
    ("POST", "/v1/chats/{chat_id}/rating"): (ANSWER_BYTES, always({"score": 5})),
    ("DELETE", "/v1/chats/{chat_id}"): (ANSWER_BYTES, lambda c: [receipt(c)]),
    ("POST", "/v1/visits"): (ANSWER_BYTES, lambda _: _NOTHING),
    ("GET", "/v1/openapi.json"): (ANSWER_BYTES, _description),
    ("GET", "/v1/notice"): (ANSWER_BYTES, _notice),
    ("GET", "/notice"): (ANSWER_BYTES, _notice_page),
}  # fmt: skip
# Routes whose pages are proven by themselves below.
PAGES = {("GET", "/v1/account/statistics"), ("GET", "/v1/account/visits")}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for field in fields(Settings):
        monkeypatch.setenv(field.name.upper(), "https://" + "x" * 60 if field.name == "web_url" else "x")
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_every_route_has_its_largest_answers_here() -> None:
    assert {*ROUTES_ANSWERS, *PAGES} == {(route.method, route.path) for route in ROUTES}


@pytest.mark.parametrize(("method", "path"), ROUTES_ANSWERS, ids=lambda one: str(one))
def test_the_largest_answer_of_a_route_fits(method: str, path: str) -> None:
    most, answers = ROUTES_ANSWERS[method, path]
    for c in CHARACTERS:
        for answer in answers(c):
            fits(answer, most=most)


def test_every_page_of_the_longest_range_of_statistics_fits_and_so_does_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pages = [fits(page, most=LIST_BYTES) for page in statistics_pages(monkeypatch)]
    assert len(pages) > 1
    file = csv_of(lambda: staff_views.statistics_rows([(label, counts()) for label in labels()]))
    assert file.count("\n") == len(labels()) + 1
    fits(file, most=ANSWER_BYTES)


@pytest.mark.parametrize("c", CHARACTERS)
def test_every_page_of_the_longest_range_of_visits_fits_and_a_file_that_does_not_is_refused(
    c: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [fits(page, most=LIST_BYTES) for page in visits_pages(c, monkeypatch)]
    assert len(pages) > 1
    assert csv_of(lambda: staff_views.visits_rows(iter(visit_days(c)))) == "too_many_days"
    fits(csv_of(lambda: staff_views.visits_rows(visit_days(c)[:10])), most=ANSWER_BYTES)


def test_a_file_is_given_up_as_soon_as_it_is_too_long() -> None:
    taken: list[int] = []

    def rows() -> Iterator[list[str]]:
        for number in range(10**9):
            taken.append(number)
            yield ["x" * 1000]

    with pytest.raises(tabular.TooLong):
        tabular.lines(rows(), 100_000)
    assert len(taken) <= 100


@pytest.mark.parametrize("c", CHARACTERS)
def test_what_is_counted_of_an_item_is_no_less_than_what_is_answered(c: str) -> None:
    """Pages are cut by what is counted."""
    for store, item in (
        (correspondence.STORE, mail(c)), (purchases_store.STORE, purchase(c)), (disclosures.STORE, disclosure(c)),
    ):  # fmt: skip
        assert verbs.size(item) >= len(as_text(one_record(store, item)).encode())
    assert verbs.size(request(c)) >= len(as_text(request_views.rights_request(request(c), NOW)).encode())
    assert inbox._size(chat(c)) >= len(as_text(frames.listed(chat(c))).encode())


@pytest.mark.parametrize("c", CHARACTERS)
def test_the_largest_items_are_items(c: str) -> None:
    """DynamoDB refuses larger ones, so what makes them must end before."""
    for item in (mail(c), purchase(c), disclosure(c), request(c), chat(c), site(c)):
        kept = chats_kept(item) if isinstance(item, Chat) else item
        assert stored_bytes({"M": kept.serialize()}) < ITEM_BYTES, type(item)


def chats_kept(one: Chat) -> Chat:
    """The open end ends with the text that filled it."""
    size = 0
    for number, said in enumerate(one.messages, start=1):
        size += said.size
        if size >= PAGE_BYTES:
            one.messages = one.messages[:number]
            break
    return one


def stored_bytes(value: dict[str, Any]) -> int:
    """What DynamoDB counts of a value: texts in UTF-8, numbers at most 21, and what lists and maps need themselves."""
    ((kind, held),) = value.items()
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + stored_bytes(one) for name, one in held.items())
    if kind == "L":
        return 3 + sum(1 + stored_bytes(one) for one in held)
    if kind in ("SS", "NS"):
        return sum(len(one.encode()) for one in held)
    return {"S": lambda: len(held.encode()), "N": lambda: 21}.get(kind, lambda: 1)()


@pytest.mark.parametrize("c", CHARACTERS)
def test_what_is_pushed_fits_a_message_of_a_socket(c: str) -> None:
    """The largest frames: all of the staff, a chat as the inbox has it, a message."""
    one = chat(c)
    everybody = [operator(c)] * (accounts.MOST_OPERATORS + 1)
    for frame in (
        {"type": "presence", **frames.staff_presence(site(c), everybody, NOW)},
        {"type": "chat", "chat": frames.listed(one)},
        {"type": "message", "chat_id": ID, "message": frames.message(BIG, one.messages[0], one, staff=True)},
    ):
        assert len(as_text(frame).encode()) < PUSHED_BYTES


# What comes in


def test_no_body_is_larger_than_the_limit_and_every_route_that_takes_one_says_so() -> None:
    """Before anything in it is looked at."""
    forms = {form for route in ROUTES if (form := annotations(route.view).get("sent"))}
    assert len(forms) > 20
    for form in forms:
        with pytest.raises(BodyTooLarge):
            reading_of_bodies.body(SimpleNamespace(raw_body=b"[" * (BODY_BYTES + 1)), form)


def annotations(view: Any) -> dict[str, Any]:
    return dict(view.__annotations__)


def lists_of(form: Any) -> Iterator[tuple[str, Any]]:
    """The fields of a form that are lists, wherever in it."""
    for field in msgspec.structs.fields(form):
        if "array" in str(msgspec.json.schema(field.type)):
            yield field.name, field.type


# What of a list in a body ends it: its form, or the library's own rule, of which the name is given.
ENDS = {
    ("Search", "emails"), ("Search", "names"), ("Search", "phones"),
    ("SearchPage", "emails"), ("SearchPage", "names"), ("SearchPage", "phones"), ("Drop", "references"),
}  # fmt: skip
BY_THE_LIBRARY = {
    # Twins are one before they are counted; a body has room for no more than thousands, and each is looked at once.
    ("SiteSettings", "origins"): "MOST_ORIGINS",
    ("SiteSettings", "languages"): "LANGUAGES",
    ("SiteSettings", "texts"): "LANGUAGES",
    ("SiteSettings", "opening_hours"): "MOST_A_DAY",
}


def test_every_list_in_a_body_has_an_end() -> None:
    forms = {form for route in ROUTES if (form := annotations(route.view).get("sent"))}
    found = {(form.__name__, name) for form in forms for name, _ in lists_of(form)}
    assert found <= ENDS | set(BY_THE_LIBRARY)
    for form in forms:
        for name, hint in lists_of(form):
            if (form.__name__, name) in ENDS:
                assert "maxItems" in str(msgspec.json.schema(hint))


def test_more_than_a_list_takes_is_said_in_words() -> None:
    body = json.dumps({"names": ["Ada"] * 21}).encode()
    with pytest.raises(InvalidInput) as refused:
        reading_of_bodies.body(SimpleNamespace(raw_body=body), SearchPage)
    assert (refused.value.field, refused.value.detail) == ("names", "At most 20 can be given at once.")

"""Mail that people write to us becomes correspondence, once, with its files beside it (N10)."""

import base64
import json
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from imchat import aws, canaries, clock, references
from imchat.desk import belonging, mails
from imchat.errors import Conflict, InvalidInput, NotFound
from imchat.housekeeping import sweep
from imchat.identifiers import email_key
from imchat.mail.message import message_id
from imchat.periods import add_months
from imchat.register.store import Reference
from imchat.register.stores import store
from imchat.rights import handling, intake
from imchat.rights.clocks import answer_came
from imchat.rights.reminding import reminders
from imchat.settings import settings
from imchat.stores import limits
from imchat.stores.base import Cancelled, transact
from imchat.stores.correspondence import Correspondence, attachment_key
from imchat.stores.evidence import Entry, hidden
from imchat.stores.requests import Request
from imchat.subjects import Subject
from tests.adapters.people import Person, somebody
from tests.adapters.worlds import NOON, items_of
from tests.faults.faults import When, cut

SUPPORT = "support@imsupporting.com"
VISA = "4111 1111 1111 1111"
CASES = Path(__file__).parent / "cases" / "mail.jsonl"


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch, tables: dict[str, Any]) -> Callable[[datetime], None]:
    """The library's clock stands at NOON; mail goes into a bucket of the tests' own, which no function watches."""
    bucket = f"adapters-inbound-{secrets.token_hex(4)}"
    aws.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    monkeypatch.setenv("INBOUND_BUCKET", bucket)
    settings.cache_clear()
    monkeypatch.setattr(clock, "now", lambda: NOON)
    yield lambda now: monkeypatch.setattr(clock, "now", lambda: now)  # type: ignore[misc]
    monkeypatch.undo()
    settings.cache_clear()


def message(sender: str, *, to: str = "support@imsupporting.com", text: str = "Is it in stock?") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, "The kettle"
    mail["Date"], mail["Message-ID"] = "Tue, 03 Mar 2099 11:59:00 +0000", f"<{secrets.token_hex(8)}@example.org>"
    mail.set_content(text)
    return mail


def put(raw: bytes, key: str | None = None) -> str:
    key = key or f"support/{secrets.token_hex(10)}"
    aws.client("s3").put_object(Bucket=settings().inbound_bucket, Key=key, Body=raw)
    return key


def taken(key: str, now: datetime = NOON) -> tuple[str, Correspondence]:
    """(outcome, the item that came of it)."""
    before = {item["pk"]["S"] for item in _all()}
    outcome = mails.take_in(key, now)
    (pk,) = {item["pk"]["S"] for item in _all()} - before
    return outcome, Correspondence.get(pk)


def _all() -> list[dict[str, Any]]:
    pages = aws.dynamodb().client.get_paginator("scan").paginate(TableName=Correspondence._get_connection().table_name)
    return [item for page in pages for item in page["Items"]]


def files(pk: str) -> dict[str, bytes]:
    s3, bucket = aws.client("s3"), settings().correspondence_bucket
    found = s3.list_objects_v2(Bucket=bucket, Prefix=f"{pk}/").get("Contents", [])
    return {one["Key"]: s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read() for one in found}


def cases() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CASES.read_text().splitlines()]


def waiting() -> int:
    return aws.client("s3").list_objects_v2(Bucket=settings().inbound_bucket)["KeyCount"]


@pytest.mark.usefixtures("at_noon")
def test_N10_an_email_is_kept_for_two_years_with_its_files_and_the_raw_message_is_not() -> None:
    who = somebody()
    mail = message(f"{who.name} <{who.email}>")
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename=f"{who.name}.png")
    outcome, item = taken(put(bytes(mail)))
    assert outcome == "kept"
    assert (item.name, item.email, item.subject, item.text) == (who.name, who.email, "The kettle", "Is it in stock?")
    assert item.expires_at == add_months(NOON, 24).timestamp()
    assert [(one.filename, one.content_type, int(one.size)) for one in item.attachments] == [
        (f"{who.name}.png", "image/png", 4)
    ]
    assert files(item.pk) == {attachment_key(item.pk, 1): b"\x89PNG"}
    assert waiting() == 0
    site = settings().mail_site_id
    assert [one.pk for one in store("correspondence").find(Subject.of(site, emails=[who.email]))] == [item.pk]
    assert [entry["action"]["S"] for entry in items_of(Entry, item.about)] == ["receive"]


def test_N10_N17_when_the_two_years_are_over_the_item_goes_and_its_files_with_it(at_noon: Any) -> None:
    mail = message("ada@example.org")
    mail.add_attachment(b"scan", maintype="image", subtype="png", filename="scan.png")
    _, item = taken(put(bytes(mail)))
    over = add_months(NOON, 24)
    at_noon(over)
    assert Correspondence.load(item.pk, now=over) is None
    sweep(over)
    assert items_of(Correspondence, item.pk) == []
    assert files(item.pk) == {}


@pytest.mark.usefixtures("at_noon")
def test_N18_an_erasure_takes_the_files_along() -> None:
    mail = message("ada@example.org")
    mail.add_attachment(b"scan", maintype="image", subtype="png", filename="scan.png")
    _, item = taken(put(bytes(mail)))
    outcome = store("correspondence").erase([Reference("correspondence", item.pk)], "priya", NOON)
    assert [one.pk for one in outcome.removed] == [item.pk]
    assert files(item.pk) == {}


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize(
    ("key", "to", "headers", "outcome"),
    [
        ("privacy/a1", "x@example.org", {}, "candidate"),
        ("a2", "Data protection <DATAPROTECTION@imsupporting.com>", {}, "candidate"),
        ("a3", "support@imsupporting.com", {}, "kept"),
        ("privacy/a4", "x@example.org", {"Auto-Submitted": "auto-replied"}, "kept"),
        ("privacy/a5", "x@example.org", {"Return-Path": "<>"}, "candidate"),
        ("privacy/a6", "x@example.org", {"Precedence": "bulk"}, "candidate"),
        ("privacy/a7", "x@example.org", {"List-Id": "<privacy.example.org>", "Precedence": "list"}, "candidate"),
        ("privacy/a8", "x@example.org", {"X-Auto-Response-Suppress": "All"}, "candidate"),
        ("privacy/a9", "x@example.org", {"Auto-Submitted": "auto-generated"}, "candidate"),
        ("privacy/b1", "x@example.org", {"List-Unsubscribe": "<mailto:x@example.org>"}, "candidate"),
        ("privacy/b2", "x@example.org", {"X-Autoreply": "yes"}, "kept"),
        ("privacy/b3", "x@example.org", {"Precedence": "auto_reply"}, "kept"),
    ],
)
def test_mail_to_the_data_protection_address_is_a_candidate_unless_a_machine_answers_us(
    key: str, to: str, headers: dict[str, str], outcome: str
) -> None:
    mail = message("Ada <ada@example.org>", to=to, text="What do you hold about me?")
    for name, value in headers.items():
        mail[name] = value
    done, item = taken(put(bytes(mail), key))
    assert done == outcome
    assert bool(item.automatic) == bool(headers)
    requests = items_of(Request, references.short(item.pk))
    assert len(requests) == (outcome == "candidate")
    for request in requests:
        assert bool(request.get("automatic")) == bool(headers)
        assert (request["status"]["S"], request["correspondence_id"]["S"]) == ("candidate", item.pk)
        assert int(request["expires_at"]["N"]) == add_months(NOON, 24).timestamp()


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("raw", [b"", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), b'{"not": "mail"}', b"x" * 1000])
def test_what_is_no_mail_is_kept_for_staff_with_the_reason_under_the_same_expiry(raw: bytes) -> None:
    outcome, item = taken(put(raw, f"privacy/{secrets.token_hex(4)}"))
    assert outcome in ("kept", "candidate")
    assert item.problem
    assert item.expires_at == add_months(NOON, 24).timestamp()
    assert (files(item.pk) == {}) is (raw == b"")
    assert waiting() == 0


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("prefix", ["privacy/", "support/", canaries.PREFIX])
def test_what_ses_itself_puts_there_when_a_rule_is_made_is_nobodys_mail(prefix: str) -> None:
    """docs.aws.amazon.com/ses, "receiving-email-action-s3"."""
    said = b"Hello,\n\nYou received this message because you attempted to set up Amazon SES to deliver emails to this bucket."
    before = _all()
    assert mails.take_in(put(said, f"{prefix}AMAZON_SES_SETUP_NOTIFICATION"), NOON) == "setup"
    assert _all() == before
    assert "Contents" not in aws.client("s3").list_objects_v2(Bucket=settings().inbound_bucket)


def test_mail_to_canaries_is_nobodys_correspondence_and_stays_for_who_reads_it() -> None:
    before, key = _all(), put(b"Subject: your code\r\n\r\n123456", f"{canaries.PREFIX}{secrets.token_hex(8)}")
    assert mails.take_in(key, NOON) == "canary"
    assert _all() == before
    aws.client("s3").delete_object(Bucket=settings().inbound_bucket, Key=key)


@pytest.mark.usefixtures("at_noon")
def test_a_message_of_30_mb_is_kept_whole_with_the_reason_and_the_next_goes_on() -> None:
    mail = message("ada@example.org")
    mail.add_attachment(b"\x00" * 22_500_000, maintype="video", subtype="mp4", filename="film.mp4")
    mail.set_boundary("film")  # one made by chance can look like a card number, and is masked
    raw = bytes(mail)
    assert len(raw) > 30_000_000
    _, item = taken(put(raw))
    assert "larger than" in item.problem
    assert item.email == "ada@example.org"
    assert len(files(item.pk)[attachment_key(item.pk, 1)]) == len(raw)
    _, after = taken(put(bytes(message("bob@example.org"))))
    assert after.problem is None


@pytest.mark.usefixtures("at_noon")
def test_a_text_of_any_length_fits() -> None:
    mail = message("ada@example.org", text="😀" * 200_000)
    _, item = taken(put(bytes(mail)))
    assert item.problem
    assert b"".join(files(item.pk).values()).decode().count("😀") == 200_000


@pytest.mark.usefixtures("at_noon")
def test_N22_card_numbers_in_mail_are_masked_wherever_they_stand() -> None:
    mail = message(f"{VISA} <ada@example.org>", text=f"My card is {VISA}")
    mail.replace_header("Subject", f"Card {VISA}")
    mail.add_attachment(f"again {VISA}", filename=f"{VISA}.txt")
    _, item = taken(put(bytes(mail)))
    known = str(items_of(Correspondence, item.pk)) + str(items_of(Entry, item.about)) + str(files(item.pk))
    assert "1111" not in known
    assert "4111" not in known
    _, broken = taken(put(f"no mail, but a card: {VISA}".encode()))
    assert b"1111" not in b"".join(files(broken.pk).values())


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_message_is_taken_in_once_however_it_is_cut(when: When) -> None:
    for at in range(1, 20):
        mail = message("ada@example.org", to="dataprotection@imsupporting.com")
        mail.add_attachment(b"scan", maintype="image", subtype="png", filename="scan.png")
        key = put(bytes(mail))
        before = {item["pk"]["S"] for item in _all()}
        with cut(at, when) as fault:
            try:
                mails.take_in(key, NOON)
            except aws.AWS_ERRORS:
                pass
        mails.take_in(key, NOON)
        (pk,) = {item["pk"]["S"] for item in _all()} - before
        assert len(items_of(Request, references.short(pk))) == 1
        assert list(files(pk)) == [attachment_key(pk, 1)]
        assert waiting() == 0
        assert len(items_of(Entry, f"correspondence#{pk}")) == 1
        if fault.calls < at:
            return
    pytest.fail("more calls than expected")


def candidates(pk: str) -> list[Request]:
    found = Request.load(references.short(pk), now=NOON)
    return [found] if found else []


def only(key: str) -> Correspondence:
    return taken(key)[1]


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize(
    "headers",
    [
        {"From": "MAILER-DAEMON@example.org", "Return-Path": "<>"},
        {"Auto-Submitted": "auto-replied"},
        {"Subject": "Automatic reply: Your request"},
        {"Subject": "Abwesenheitsnotiz: Ihre Anfrage", "X-Auto-Response-Suppress": "All"},
        {"Subject": "Réponse automatique : Votre demande"},
        {"Subject": "Out of Office"},
        {"X-Autorespond": "Re: Your request"},
    ],
)
def test_what_answers_us_by_itself_opens_nothing_and_is_kept(headers: dict[str, str]) -> None:
    mail = message("Ada <ada@example.org>", to="dataprotection@imsupporting.com")
    for name, value in headers.items():
        del mail[name]
        mail[name] = value
    outcome, item = taken(put(bytes(mail), f"privacy/{secrets.token_hex(6)}"))
    assert (outcome, item.automatic, candidates(item.pk)) == ("kept", True, [])


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize(
    "subject",
    ["Out of office hours you took my photo: delete it", "Automatic replies to me must stop", "Re: Your letter"],
)
def test_words_of_an_automatic_answer_inside_a_sentence_hide_no_request(subject: str) -> None:
    mail = message("Ada <ada@example.org>", to="dataprotection@imsupporting.com")
    mail.replace_header("Subject", subject)
    assert taken(put(bytes(mail)))[0] == "candidate"


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("sender", ["noreply@example.org", "postmaster@example.org", "no-reply+case7@agent.example"])
def test_a_request_of_an_address_that_machines_have_is_received_and_says_so(sender: str) -> None:
    item = only(put(bytes(message(f"Agent <{sender}>", to="dataprotection@imsupporting.com"))))
    (request,) = candidates(item.pk)
    assert (request.email, request.automatic, request.letters) == (sender, True, [])


@pytest.mark.usefixtures("at_noon")
def test_what_ses_takes_for_spam_is_kept_marked_and_a_candidate() -> None:
    raw = b"X-SES-Spam-Verdict: FAIL\r\n" + bytes(message("ada@example.org", to="dataprotection@imsupporting.com"))
    item = only(put(raw))
    (request,) = candidates(item.pk)
    assert (item.spam, request.spam) == (True, True)
    passed = only(put(b"X-SES-Spam-Verdict: PASS\r\nX-SES-Spam-Verdict: FAIL\r\n" + bytes(message("ada@example.org"))))
    assert passed.spam is None


def form(who: str, reply_to: str, *, to: str = "dataprotection@imsupporting.com", **headers: str) -> bytes:
    mail = message("Contact form <noreply@shop.example>", to=to, text=f"I am {who}")
    mail["Reply-To"] = reply_to
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    return bytes(mail)


def matched(email: str, pk: str) -> list[tuple[frozenset[str], bool]]:
    found = store("correspondence").find(Subject.of(settings().mail_site_id, emails=[email]))
    return [(one.matched, one.candidate) for one in found if one.pk == pk]


@pytest.mark.usefixtures("at_noon")
def test_the_mail_of_a_contact_form_belongs_to_who_gets_the_answer_and_only_maybe_to_the_shop() -> None:
    who = somebody()
    item = only(put(form(who.name, f"{who.name} <{who.email}>")))
    (request,) = candidates(item.pk)
    assert (item.email, item.name, item.from_email) == (who.email, who.name, "noreply@shop.example")
    assert (request.email, request.name, request.choices) == (who.email, who.name, None)
    assert matched(who.email.upper(), item.pk) == [(frozenset({"email"}), False)]
    assert matched("noreply@shop.example", item.pk) == [(frozenset({"from"}), True)]
    assert matched("somebody.else@shop.example", item.pk) == []


UNSURE = pytest.mark.parametrize(
    ("more", "headers"),
    [
        (", bob@example.org", {}),
        ("", {"List-Id": "<x.example.org>"}),
        ("", {"Authentication-Results": "amazonses.com; spf=fail; dmarc=fail header.from=shop.example"}),
    ],
)


@pytest.mark.usefixtures("at_noon")
@UNSURE
def test_staff_choose_where_the_mail_names_several_a_list_or_may_be_forged(more: str, headers: dict[str, str]) -> None:
    who, site = somebody(), settings().mail_site_id
    item = only(put(form(who.name, f"{who.email}{more}", **headers)))
    (request,) = candidates(item.pk)
    assert (item.email, request.email, request.email_key) == (None, None, None)
    assert {who.email, "noreply@shop.example"} <= set(request.choices)
    for one in (who.email, "noreply@shop.example"):
        assert matched(one.upper(), item.pk) == [(frozenset({"from"}), True)]
    for wrong in (None, "mallory@example.org", "no address"):
        with pytest.raises(InvalidInput) as refused:
            intake.confirm(request.pk, site, "priya", "access", NOON, email=wrong)
        assert who.email not in refused.value.detail
    confirmed = intake.confirm(request.pk, site, "priya", "access", NOON, email=who.email.upper())
    assert (confirmed.email, confirmed.choices, confirmed.status) == (who.email, None, "awaiting_identity")
    assert matched(who.email, item.pk) == [(frozenset({"email"}), False)]
    assert (Correspondence.get(item.pk).chosen_by, Request.get(request.pk).email) == ("priya", who.email)
    if more:
        assert matched("bob@example.org", item.pk) == []


def unsure(who: Person, *, to: str = SUPPORT) -> Correspondence:
    """A mail of a contact form whose answer goes to two, so that nobody knows whose it is."""
    return only(put(form(who.name, f"{who.email}, list@example.org", to=to)))


@pytest.mark.usefixtures("at_noon")
@UNSURE
def test_staff_choose_whose_a_mail_is_that_makes_no_request_and_it_is_recorded_who_did(
    more: str, headers: dict[str, str]
) -> None:
    who, site = somebody(), settings().mail_site_id
    item = only(put(form(who.name, f"{who.email}{more}", to=SUPPORT, **headers)))
    assert candidates(item.pk) == []
    for one in (who.email, "noreply@shop.example"):
        assert matched(one, item.pk) == [(frozenset({"from"}), True)]
    chosen = belonging.choose(item.pk, site, "priya", who.email.upper(), NOON)
    assert (chosen.email, chosen.chosen_by) == (who.email, "priya")
    assert belonging.choose(item.pk, site, "peter", who.email, NOON).chosen_by == "priya"  # says nothing new
    assert matched(who.email, item.pk) == [(frozenset({"email"}), False)]
    assert matched("bob@example.org", item.pk) == []
    assert matched("noreply@shop.example", item.pk) == [(frozenset({"from"}), True)]
    entries = [one for one in Entry.query(item.about) if one.action == "assign"]
    assert [(one.actor, one.email_key) for one in entries] == [("priya", hidden("email", email_key(who.email)))]


@pytest.mark.usefixtures("at_noon")
def test_what_was_chosen_can_be_chosen_anew_and_every_choice_is_recorded() -> None:
    who, site = somebody(), settings().mail_site_id
    item = unsure(who)
    choices = [who.email, None, "noreply@shop.example", "list@example.org"]
    for minute, email in enumerate(choices):
        at = NOON + timedelta(minutes=minute)
        belonging.choose(item.pk, site, "priya", email, at)
        sure = [one for one in (who.email, "list@example.org", "noreply@shop.example") if matched(one, item.pk)]
        assert sure == [email] * bool(email) + ["noreply@shop.example"] * (email != "noreply@shop.example")
        assert matched("noreply@shop.example", item.pk)[0][1] is (email != "noreply@shop.example")
    entries = [one for one in Entry.query(item.about) if one.action == "assign"]
    assert [one.email_key for one in entries] == [hidden("email", email_key(one)) if one else None for one in choices]


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("wrong", ["mallory@example.org", "no address", "", "dataprotection@imsupporting.com"])
def test_a_mail_never_belongs_to_an_address_that_is_not_in_it(wrong: str) -> None:
    who, site = somebody(), settings().mail_site_id
    item = unsure(who)
    with pytest.raises(InvalidInput):
        belonging.choose(item.pk, site, "priya", wrong, NOON)
    assert matched(who.email, item.pk) == [(frozenset({"from"}), True)]


@pytest.mark.usefixtures("at_noon")
def test_where_it_is_sure_whose_a_mail_is_nobody_chooses_and_no_desk_chooses_for_another() -> None:
    who, site = somebody(), settings().mail_site_id
    sure = only(put(form(who.name, who.email, to=SUPPORT)))
    for email in (who.email, "noreply@shop.example", None):
        with pytest.raises(Conflict):
            belonging.choose(sure.pk, site, "priya", email, NOON)
    for pk, elsewhere in ((unsure(who).pk, "another"), ("nothing", site)):
        with pytest.raises(NotFound):
            belonging.choose(pk, elsewhere, "priya", who.email, NOON)


@pytest.mark.usefixtures("at_noon")
def test_of_two_who_choose_at_once_one_is_told() -> None:
    who, site = somebody(), settings().mail_site_id
    item = unsure(who)
    late = Correspondence.get(item.pk)
    belonging.choose(item.pk, site, "priya", who.email, NOON)
    with pytest.raises(Cancelled):
        transact(*belonging.assigned(late, "list@example.org", "peter", NOON))
    assert matched(who.email, item.pk) == [(frozenset({"email"}), False)]


@pytest.mark.usefixtures("at_noon")
def test_a_choice_made_at_the_mail_holds_when_its_request_is_confirmed() -> None:
    who, site = somebody(), settings().mail_site_id
    item = unsure(who, to="dataprotection@imsupporting.com")
    belonging.choose(item.pk, site, "priya", who.email, NOON)
    confirmed = intake.confirm(references.short(item.pk), site, "peter", "access", NOON)
    assert (confirmed.email, Correspondence.get(item.pk).chosen_by) == (who.email, "priya")


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("reply_to", ["dataprotection@imsupporting.com", "ADA@example.org", "nonsense", ""])
def test_a_reply_to_that_names_nobody_else_changes_nothing(reply_to: str) -> None:
    mail = message("Ada <ada@example.org>", to="dataprotection@imsupporting.com")
    mail["Reply-To"] = reply_to
    item = only(put(bytes(mail)))
    (request,) = candidates(item.pk)
    assert (item.email, item.from_email, request.email, request.choices) == (
        "ada@example.org",
        None,
    ) * 2


@pytest.mark.usefixtures("at_noon")
def test_a_choice_where_there_is_none_is_refused() -> None:
    item = only(put(bytes(message("ada@example.org", to="dataprotection@imsupporting.com"))))
    with pytest.raises(InvalidInput):
        intake.confirm(references.short(item.pk), item.site_id, "priya", "access", NOON, email="ada@example.org")


def asked(email: str) -> Request:
    site = settings().mail_site_id
    return intake.take_in(site, "priya", kind="access", channel="phone", received_at=NOON, email=email, now=NOON)


def answer_to(request: Request, how: str, sender: str) -> EmailMessage:
    mail = message(sender, to="dataprotection@imsupporting.com", text="Here is what you asked for.")
    ours = message_id(request.pk, 1, "imchat.example")
    if how == "subject":
        mail.replace_header("Subject", f"AW: Your request {request.pk.upper()}")
    elif how == "references":
        mail["References"] = f"<a@example.org> {ours} <b@example.org>"
    elif how == "in-reply-to":
        mail["In-Reply-To"] = ours
    else:
        transact(limits.letter(f"0102-{request.pk}", request.pk, NOON))
        mail["In-Reply-To"] = f"<0102-{request.pk}@eu-west-2.amazonses.com>"
    return mail


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("how", ["subject", "references", "in-reply-to", "ses"])
@pytest.mark.parametrize("prefix", ["support/", "privacy/"])
@pytest.mark.parametrize("another", [False, True])
def test_an_answer_to_our_letter_is_filed_with_its_request_and_opens_nothing(
    how: str, prefix: str, another: bool
) -> None:
    who = somebody()
    request = asked(who.email)
    mail = answer_to(request, how, "mallory@example.org" if another else f"Ada <{who.email.title()}>")
    outcome, item = taken(put(bytes(mail), prefix + secrets.token_hex(6)))
    assert (outcome, item.request_id, item.from_another, candidates(item.pk)) == ("filed", request.pk, another, [])
    (answer,) = Request.get(request.pk).answers
    assert (answer.correspondence_id, answer.another, answer.automatic) == (item.pk, another, False)
    moved = Request.get(request.pk)
    assert (moved.status, moved.identity, moved.revision) == (request.status, None, request.revision)


@pytest.mark.usefixtures("at_noon")
def test_an_automatic_answer_to_our_letter_is_shown_on_the_request_and_ends_no_pause() -> None:
    request = asked(somebody().email)
    mail = answer_to(request, "in-reply-to", str(request.email))
    mail["Auto-Submitted"] = "auto-replied"
    assert taken(put(bytes(mail)))[0] == "filed"
    (answer,) = Request.get(request.pk).answers
    assert answer.automatic


@pytest.mark.usefixtures("at_noon")
def test_a_pause_may_end_once_a_person_has_answered() -> None:
    request = asked(somebody().email)
    proven = intake.Identity(proven=True, method="document", at=NOON)
    intake.decide_identity(request.pk, request.site_id, "priya", proven, NOON)
    paused = handling.pause(request.pk, request.site_id, "priya", "Which shop?", NOON)
    assert not answer_came(paused)
    assert reminders([paused], NOON) == []
    taken(put(bytes(answer_to(request, "subject", str(request.email)))))
    answered = Request.get(request.pk)
    assert answer_came(answered)
    (reminder,) = reminders([answered], NOON)
    assert str(reminder) == f"{request.pk}: an answer has come while the clock stands still: see whether it goes on"
    resumed = handling.resume(request.pk, request.site_id, "priya", NOON)
    assert not answer_came(resumed)


@pytest.mark.usefixtures("at_noon")
def test_mail_that_cites_an_ended_request_is_linked_and_a_candidate_again() -> None:
    request = asked(somebody().email)
    handling.withdraw(request.pk, request.site_id, "priya", "By phone.", NOON)
    outcome, item = taken(put(bytes(answer_to(request, "subject", str(request.email)))))
    (again,) = candidates(item.pk)
    assert (outcome, item.request_id, again.follows) == ("candidate", request.pk, request.pk)
    assert [one.correspondence_id for one in Request.get(request.pk).answers] == [item.pk]
    assert Request.get(request.pk).status == "withdrawn"


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("subject", ["Re: aaaa-bbbb-cccc", "Our pre-paid kettle", "call 2345-6723-4567"])
def test_a_reference_that_does_not_exist_is_a_word_like_others(subject: str) -> None:
    mail = message("ada@example.org", to="dataprotection@imsupporting.com")
    mail.replace_header("Subject", subject)
    mail["References"] = "<transcript.aaaa-bbbb-cccc.1@imchat.example> <0102@eu-west-2.amazonses.com>"
    outcome, item = taken(put(bytes(mail)))
    assert (outcome, item.request_id) == ("candidate", None)


@pytest.mark.usefixtures("at_noon")
def test_a_request_of_another_desk_is_not_reached() -> None:
    request = intake.take_in(
        "other", "priya", kind="access", channel="phone", received_at=NOON, email="ada@example.org", now=NOON
    )
    outcome, item = taken(put(bytes(answer_to(request, "subject", "ada@example.org"))))
    assert (outcome, item.request_id, Request.get(request.pk).answers) == ("candidate", None, [])


@pytest.mark.usefixtures("at_noon")
def test_a_request_lists_no_more_answers_than_an_item_can_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mails, "MOST_ANSWERS", 2)
    request = asked(somebody().email)
    items = [only(put(bytes(answer_to(request, "subject", str(request.email))))) for _ in range(3)]
    assert [one.request_id for one in items] == [request.pk] * 3
    assert len(Request.get(request.pk).answers) == 2


@pytest.mark.usefixtures("at_noon")
def test_N10_nothing_of_a_mail_stands_in_its_request_which_lives_longer() -> None:
    canary = secrets.token_hex(8)
    mail = message("ada@example.org", to="dataprotection@imsupporting.com", text=f"secret {canary}")
    mail.replace_header("Subject", f"About {canary}")
    mail.add_attachment(b"scan", maintype="image", subtype="png", filename=f"{canary}.png")
    item = only(put(bytes(mail)))
    intake.confirm(references.short(item.pk), item.site_id, "priya", "access", NOON)
    assert canary in str(items_of(Correspondence, item.pk))
    assert canary not in str(items_of(Request, references.short(item.pk)))
    assert canary not in str(items_of(Entry, f"requests#{references.short(item.pk)}"))


def copies(to: str = "support@imsupporting.com, dataprotection@imsupporting.com") -> tuple[bytes, bytes]:
    mail = message("ada@example.org", to=to)
    mail.add_attachment(b"scan", maintype="image", subtype="png", filename="scan.png")
    trace = "Return-Path: <ada@example.org>\r\nReceived: from mx by inbound-smtp for {0}@imsupporting.com; {1}\r\n"
    trace += "X-SES-RECEIPT: {1}\r\nDelivered-To: {0}@imsupporting.com\r\n"
    raw = bytes(mail)
    one, two = (trace.format(to, secrets.token_hex(4)).encode() + raw for to in ("support", "dataprotection"))
    return one, two


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("to", ["support@imsupporting.com, dataprotection@imsupporting.com", "undisclosed@example.org"])
def test_one_mail_to_two_addresses_is_one_record_and_one_candidate(order: tuple[int, int], to: str) -> None:
    raws = copies(to)
    keys = [put(raws[number], ("support/", "privacy/")[number] + secrets.token_hex(6)) for number in order]
    item = only(keys[0])
    before = len(_all())
    mails.take_in(keys[1], NOON)
    assert (len(_all()), len(candidates(item.pk)), waiting()) == (before, 1, 0)
    assert len(files(item.pk)) == 1
    assert len(items_of(Entry, item.about)) == 1


@pytest.mark.usefixtures("at_noon")
def test_one_mail_to_two_addresses_at_the_same_moment_is_one_record() -> None:
    keys = [
        put(raw, prefix + secrets.token_hex(6)) for raw, prefix in zip(copies(), ("support/", "privacy/"), strict=True)
    ]
    before = {item["pk"]["S"] for item in _all()}
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda key: mails.take_in(key, NOON), keys))
    (pk,) = {item["pk"]["S"] for item in _all()} - before
    assert (len(candidates(pk)), waiting()) == (1, 0)


@pytest.mark.usefixtures("at_noon")
def test_the_reported_mail_to_both_addresses_is_one() -> None:
    raws = {case["id"]: (case["prefix"], base64.b64decode(case["raw"])) for case in cases()}
    (one, first), (two, second) = raws["both-addresses-1"], raws["both-addresses-2"]
    run = f"X-Run: {secrets.token_hex(6)}\r\n".encode()
    item = only(put(run + second, f"{two}/{secrets.token_hex(6)}"))
    before = len(_all())
    mails.take_in(put(run + first, f"{one}/{secrets.token_hex(6)}"), NOON)
    assert (len(_all()), [request.email for request in candidates(item.pk)]) == (before, ["c23@ex.example"])


@pytest.mark.usefixtures("at_noon")
def test_two_mails_that_only_look_alike_are_two() -> None:
    one, two = message("ada@example.org"), message("ada@example.org")
    del two["Message-ID"]
    two["Message-ID"] = one["Message-ID"]
    two.set_content("Is it still in stock?")
    nameless = message("ada@example.org")
    del nameless["Message-ID"]
    assert len({only(put(bytes(mail))).pk for mail in (one, two, nameless)}) == 3


@pytest.mark.usefixtures("at_noon")
def test_many_candidates_are_dropped_for_one_reason_and_what_is_not_is_named() -> None:
    items = [only(put(bytes(message("ada@example.org", to="dataprotection@imsupporting.com")))) for _ in range(3)]
    several, site = [references.short(one.pk) for one in items], items[0].site_id
    intake.confirm(several[1], site, "priya", "access", NOON)
    dropped, refused = intake.drop_many([*several, several[0], "aaaa-bbbb-cccc"], site, "priya", "Spam.", NOON)
    assert dropped == [several[0], several[2]]
    assert {reference: why.kind for reference, why in refused.items()} == {
        several[1]: "wrong_state",
        "aaaa-bbbb-cccc": "request_not_found",
    }
    assert Request.get(several[0]).ended_because == "Spam."
    assert Correspondence.load(items[0].pk, now=NOON)
    assert "request_dropped" in [entry["action"]["S"] for entry in items_of(Entry, f"requests#{several[0]}")]


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
def test_mails_that_helpdesks_reported(case: dict[str, Any]) -> None:
    # No other run of this test has taken in the same mail.
    raw = f"X-Run: {secrets.token_hex(6)}\r\n".encode() + base64.b64decode(case["raw"])
    item = only(put(raw, f"{case['prefix']}/{secrets.token_hex(6)}"))
    if "request" in case:
        assert [one.email for one in candidates(item.pk)] == ([case["request"]] if case["request"] else [])
    mail = case["mail"]
    if "request" in case and "email" in mail:
        assert (item.email, bool(item.automatic)) == (mail["email"], mail.get("automatic", False))

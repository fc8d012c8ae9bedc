"""Mail that people write to us becomes correspondence, once, with its files beside it (N10)."""

import secrets
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import pytest

from imchat import aws, clock, references
from imchat.desk import mails
from imchat.housekeeping import sweep
from imchat.periods import add_months
from imchat.register.store import Reference
from imchat.register.stores import store
from imchat.settings import settings
from imchat.stores.correspondence import Correspondence, attachment_key
from imchat.stores.evidence import Entry
from imchat.stores.requests import Request
from imchat.subjects import Subject
from tests.adapters.people import somebody
from tests.adapters.worlds import NOON, items_of
from tests.faults.faults import When, cut

VISA = "4111 1111 1111 1111"


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
    mail["Date"], mail["Message-ID"] = "Tue, 03 Mar 2099 11:59:00 +0000", "<1@example.org>"
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
        ("privacy/a5", "x@example.org", {"Return-Path": "<>"}, "kept"),
        ("privacy/a6", "x@example.org", {"Precedence": "bulk"}, "kept"),
    ],
)
def test_mail_to_the_data_protection_address_is_a_candidate_unless_a_machine_sent_it(
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
        assert request["details"]["S"].startswith("The kettle\n\nWhat do you hold about me?")
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

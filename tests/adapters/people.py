"""Generated people, and something of theirs in every store that holds personal data."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from imchat import aws
from imchat.chat.closing import close
from imchat.chat.copies import request_copy
from imchat.chat.correcting import correct
from imchat.chat.posting import Author, post
from imchat.chat.rating import rate
from imchat.clock import milliseconds
from imchat.desk import calls, disclosures, purchases
from imchat.rights import handling, intake
from imchat.settings import settings
from imchat.stores import accounts, limits
from imchat.stores.correspondence import Attached, attachment_key
from imchat.stores.evidence import record_views
from imchat.subjects import Subject
from tests.adapters.worlds import NOON, World


@dataclass(frozen=True)
class Person:
    """Somebody, as they give their details."""

    name: str
    email: str
    phone: str

    def subject(self, site: World, **other: Any) -> Subject:
        """A search for them by everything they are known by."""
        known = {"emails": [self.email], "names": [self.name], "phones": [self.phone]} | other
        return Subject.of(site.site_id, **known)


def somebody(**known: str) -> Person:
    """A person whom no other test knows."""
    tag = secrets.token_hex(5)
    phone = f"+44 20 7946 {secrets.randbelow(10_000):04} ext {secrets.randbelow(10**6)}"
    return Person(**({"name": f"Ada {tag}", "email": f"ada.{tag}@example.org", "phone": phone} | known))


def _chat(site: World, who: Person, now: datetime) -> None:
    given = {"name": who.name, "email": who.email, "phone": who.phone, "text": "Hello", "client_id": "first"}
    chat = site.open(now, country="GB", timezone="Europe/London", locale="en-GB", **given,
                     page_url="https://shop.example/kettle", user_agent="Mozilla/5.0 Firefox/130.0")  # fmt: skip
    for number in range(30):
        by = Author(site.site_id) if number % 2 else Author(site.site_id, "operator", site.operator, "Olga")
        post(chat.pk, by, f"message {number}", f"c{number}", now)
    post(chat.pk, Author(site.site_id, "note", site.operator, "Olga"), "an internal note", "n1", now)
    rate(chat.pk, site.site_id, 4, "helpful", now)
    request_copy(chat.pk, site.site_id, now)
    close(chat.pk, site.site_id, "visitor", now)
    record_views([chat], site.operator, now)


def _correct(site: World, who: Person, now: datetime) -> None:
    chat = site.open(now, name="Somebody else", email=who.email)
    correct(chat.pk, site.site_id, {"name": who.name, "phone": who.phone}, now)
    correct(chat.pk, site.site_id, {"phone": ""}, now + timedelta(seconds=1))


def _call(site: World, who: Person, now: datetime) -> None:
    chat = site.open(now)
    call = calls.record_call(
        site.site_id, site.operator, about="The kettle leaks.", at=now - timedelta(hours=1), name=who.name,
        email=who.email, phone=who.phone, chat_id=chat.pk, now=now,
    )  # fmt: skip
    file = Attached(filename="leak.jpg", content_type="image/jpeg", size=3)
    call.update([
        type(call).channel.set("email"), type(call).subject.set("A leak"), type(call).message_id.set("<1@example.org>"),
        type(call).sent_at.set(milliseconds(now)), type(call).attachments.set([file]), type(call).problem.set("none"),
        type(call).automatic.set(True), type(call).bounce.set(True),
    ])  # fmt: skip
    bucket = settings().correspondence_bucket
    aws.client("s3").put_object(Bucket=bucket, Key=attachment_key(call.pk, 1), Body=b"jpg")


def _purchase(site: World, who: Person, now: datetime) -> None:
    sale = purchases.Sale(
        name=who.name, address="1 High Street\nLondon", email=who.email, phone=who.phone, what="Gold, a year",
        amount="49.00", currency="GBP", bought_on=now.date().isoformat(), processor="paypal",
        processor_reference=f"PP{secrets.token_hex(6)}x",
    )  # fmt: skip
    made = purchases.record_purchase(site.site_id, site.operator, sale, now)
    until = (now + timedelta(days=3000)).date().isoformat()
    purchases.hold(made.pk, site.site_id, site.operator, until=until, because="a claim", now=now)


def disclosed(site: World, who: Person, now: datetime, *, secret: bool = False) -> None:
    """Data of the person given to an authority; ``secret``: they may not be told for some days."""
    until, because = (now + timedelta(days=9), "an investigation") if secret else (None, None)
    made = disclosures.propose(
        site.site_id, site.operator, authority="Metropolitan Police", legal_basis="Production order", reference="MP 17",
        data_given="The chat of 3 March", name=who.name, email=who.email, phone=who.phone, untold_until=until,
        untold_because=because, now=now,
    )  # fmt: skip
    disclosures.approve(made.pk, site.site_id, site.colleague, now)


def _request(site: World, who: Person, now: datetime) -> None:
    made = intake.take_in(
        site.site_id, site.operator, kind="access", channel="letter", received_at=now, name=who.name, email=who.email,
        phone=who.phone, details="What do you hold about me?", identity=intake.Identity(True, "document", now),
        authority=intake.Authority("power of attorney", now), now=now,
    )  # fmt: skip
    handling.pause(made.pk, site.site_id, site.operator, "which site was it?", now)
    handling.resume(made.pk, site.site_id, site.operator, now + timedelta(seconds=1))
    handling.extend(made.pk, site.site_id, site.operator, "very much data", now + timedelta(seconds=2))
    handling.close(made.pk, site.site_id, site.operator, "a copy was sent", now + timedelta(seconds=3))


def _refused_mail(site: World, who: Person, now: datetime) -> None:
    limits.suppress(limits.address_hash(who.email.lower()), "bounce", now)
    limits.may_mail("transcript", limits.address_hash(who.email.lower()), "a copy", now)


def _operator(site: World, who: Person, now: datetime) -> None:
    operator = f"op-{secrets.token_hex(4)}"
    accounts.add_operator(site.site_id, operator, who.name, operator)
    accounts.set_presence(site.site_id, operator, True, now)


# Store: what puts something of a person into it. "accounts" knows names only.
MAKERS: dict[str, Callable[[World, Person, datetime], None]] = {
    "chats": _chat,
    "evidence": _correct,
    "correspondence": _call,
    "purchases": _purchase,
    "requests": _request,
    "disclosures": disclosed,
    "accounts": _operator,
    "limits": _refused_mail,
}


def fill(site: World, who: Person, now: datetime = NOON) -> None:
    """Something of the person's in every store."""
    for make in MAKERS.values():
        make(site, who, now)

"""Copies to look at: a person with something of everything, and a key to sign with."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Literal

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from imchat.bundle.archive import Archive
from imchat.bundle.contents import Contents, Section
from imchat.bundle.writing import Bundle
from imchat.register.activity import Activity
from imchat.register.controller import Website
from imchat.register.store import Exported, Fact, File, Reference, Said
from imchat.register.stores import activities

SHOP = Website(
    site_id="shop", name="Corner Shop", controller="Corner Shop <Ltd>", address="1 High Street\nAnytown",
    contact="privacy@shop.example",
)  # fmt: skip
REFERENCE = "k7qf-2m9r-xa4c"
AT = datetime(2026, 3, 3, 14, 7, 12, tzinfo=UTC)
LEFT_OUT = "[left out]"
CANARIES = ("ada", "lovelace", "example.org", "07700900123", "مريم")


@cache
def key() -> rsa.RSAPrivateKey:
    """The key that KMS would hold."""
    return rsa.generate_private_key(65537, 2048)


def public_key(of: rsa.RSAPrivateKey | None = None) -> bytes:
    """As KMS GetPublicKey answers."""
    return (
        (of or key())
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def sign(digest: bytes) -> bytes:
    """As KMS Sign does, of a digest."""
    return key().sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))


def activity(name: str) -> Activity:
    return next(one for one in activities() if one.name == name)


def section(name: str, items: Iterable[Exported], **not_given: int) -> Section:
    kept = tuple(items)
    return Section(activity(name), len(kept), lambda: iter(kept), not_given)


def contents(
    *sections: Section,
    kind: Literal["access", "portability"] = "access",
    read_file: Callable[[Reference, int], Iterator[bytes]] | None = None,
) -> Contents:
    return Contents(
        reference=REFERENCE,
        kind=kind,
        asked_on=date(2026, 2, 27),
        as_of=AT,
        searched_by=("the email address ada@example.org", "the name Ada Lovelace مريم"),
        searched=tuple(activities()),
        sections=sections,
        read_file=read_file or (lambda reference, number: iter((b"file ", str(number).encode()))),
        websites=(SHOP,),
    )


def write(made: Contents) -> bytes:
    return b"".join(Bundle(made, sign, public_key()))


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def said(by: str, text: str, minute: int, name: str | None = None, *left_out: str) -> Fact:
    at = AT - timedelta(days=90) + timedelta(minutes=minute)
    who = {"visitor": "You wrote", "operator": "The website wrote", "note": "Internal note"}.get(by, by)
    return Fact(f"{who}, {at.isoformat(timespec='milliseconds')}", text, by == "visitor", Said(by, name, at), left_out)


def chat(number: int, *facts: Fact, **other: Any) -> Exported:
    opened = (AT - timedelta(days=90) + timedelta(hours=number)).isoformat(timespec="milliseconds")
    reference = Reference("chats", f"{number:026}".translate(str.maketrans("01", "ab")), "META")
    basic = (
        Fact("Opened", opened, given=False),
        Fact("Name", "Ada Lovelace", given=True),
        Fact("Email address", "ada@example.org", given=True),
    )
    return Exported(reference, f"Chat of {opened}", basic + facts, AT + timedelta(days=275), **other)


def plain(store: str, number: int, *facts: Fact, **other: Any) -> Exported:
    return Exported(Reference(store, f"{store}{number}"), f"{store.title()} {number}", facts, AT, **other)


def everything(kind: Literal["access", "portability"] = "access") -> Contents:
    """Something of everything."""
    long = "a" * 300
    chats = [
        chat(
            1,
            Fact("IP address", "192.0.2.17", given=False),
            Fact("Page on which the chat was opened", f"https://shop.example/{long}", given=False),
            said("visitor", "Hello! My parcel has not come.\nIt was sent on Monday.", 0),
            said("operator", "Good morning, Ada. May I ask for the number of your order?", 1, "Sam"),
            said("visitor", "It is 4711 <script>alert('x')</script> & thanks 😀", 2),
            said(
                "note", f"Seems to share the flat with {LEFT_OUT}, who complained last week.", 3, "Sam", "other_person"
            ),
            said("operator", "Thank you. It left our warehouse this morning and will be with you tomorrow.", 3, "Sam"),
            said("visitor", "شكرا جزيلا، أراك غدا", 4),
            said(
                "visitor", "Until when can I send it back? " + "Another long sentence follows this one. " * 12, 60 * 26
            ),
            said("operator", f"Within 30 days. See https://shop.example/{long}", 60 * 26 + 3, "نور"),
        ),
        chat(2, said("visitor", '"=1+1" ../../etc/passwd', 0)),
        chat(3),
        chat(4, said("visitor", "=HYPERLINK(1)", 0), said("operator", "2026-01-01T10:00:00.000+00:00", 5, "Sam")),
    ]
    mails = [
        plain(
            "correspondence",
            1,
            Fact("When", "2026-01-05T09:30:00.000+00:00", given=False),
            Fact("How", "email", given=False),
            Fact("Subject", "Damaged parcel; مرحبا", given=True),
            Fact("What it was about", "Dear all,\n\nplease see the pictures.\n\nAda", given=True),
            files=(
                File(1, "../../Ada Lovelace's parcel.JPG", "image/jpeg", 482_113),
                File(2, None, "application/octet-stream", 9),
                File(3, None, "application/pdf", 20_480, "legal_privilege" if kind == "access" else "others_rights"),
            ),
        )
    ]  # fmt: skip
    log = [
        plain(
            "evidence",
            number,
            Fact("When", (AT - timedelta(days=80, minutes=-number)).isoformat(timespec="milliseconds"), given=False),
            Fact("What was done", ("chat opened", "chat closed", "seen by staff")[number % 3], given=False),
        )
        for number in range(1, 131)
    ]
    accounts = [
        Exported(
            Reference("accounts", "SITE#ada", "OPERATOR#1"),
            "Operator",
            (Fact("Public name", "Ada", given=False),),
            None,
        )
    ]
    return contents(
        section("chats", chats, other_person=2),
        section("evidence", log),
        section("correspondence", mails, others_rights=1),
        section("accounts", accounts),
        kind=kind,
    )


def many(number: int, messages: int = 10) -> Contents:
    """``number`` chats that come into being when they are read."""

    def items() -> Iterator[Exported]:
        for one in range(number):
            yield chat(one, *(said("visitor", f"message {place} of chat {one}", place) for place in range(messages)))

    return contents(Section(activity("chats"), number, items, {}))


def rewritten(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The same ZIP with files changed, added, removed; put together as ours are."""
    files = unpacked(data)
    change(files)
    with Archive(AT) as made:
        entries = [
            b"".join(made.entry(name, content, smaller=not name.startswith("manifest.")))
            for name, content in files.items()
        ]
        return b"".join([*entries, *made.end()])


def parsed(files: dict[str, bytes], name: str) -> Any:
    return json.loads(files[name])

"""What was found about a person, as it was at one moment: lists of references, and from each a part with the items
themselves, in a bucket of their own. Staff judge it there, and the copy is made from it, so that what was seen is what
is given. Object names hold the request's reference, the store and a number."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec

from imchat import aws, uploads
from imchat.register.store import Exported, Reference
from imchat.register.stores import store as store_named
from imchat.rights.proof import Proof
from imchat.settings import settings
from imchat.stores.verbs import batches
from imchat.subjects import Subject

# Items that one task exports: minutes at most for the longest chats there can be.
PART_ITEMS = 500
# Parts by their names, and how many bytes of them are kept at most.
Kept = dict[str, bytes]
KEPT_BYTES = 8 * 2**20
_PLACE = re.compile(r"(?P<request>[a-z2-7-]{14})/(?P<kind>found|parts)/(?P<store>[a-z]+)-(?P<number>[0-9]{6})")
# A line is one item; a chat of thousands of messages is one of megabytes, and is put together from so many bytes.
_READ_AT_ONCE = 256 * 1024
_references = msgspec.json.Decoder(list[Reference])
# In the place of an item that has been deleted since stands null, so that the places of the others stay.
_item = msgspec.json.Decoder(Exported | None)


@dataclass(frozen=True)
class Place:
    """Where an item of a snapshot stands: the number of its part, its line in it, and a fact of it, all from 0."""

    part: int
    line: int
    fact: int = 0


@dataclass(frozen=True)
class Order:
    """What is searched, by what, as of when, and what was proven: written once both gates are open, and without it
    nothing is searched (N13)."""

    subject: Subject
    as_of: datetime
    proof: Proof = field(default_factory=Proof)


@dataclass(frozen=True)
class Counts:
    """What one store found: how many items, how many of them staff must judge, in how many parts they are."""

    found: int
    candidates: int
    parts: int


@dataclass(frozen=True)
class Website:
    """A website on which something was found: its name; where it answers requests itself, if it does (its data are then
    no part of the snapshot); whether anything of it is the person's for ``certain``."""

    name: str
    contact: str | None = None
    certain: bool = False


def write_websites(request: str, store: str, websites: dict[str, Website]) -> None:
    """Keep on which websites a store found something, by their ids."""
    _write(f"{request}/websites/{store}", websites)


def websites(request: str, stores: Iterable[str]) -> dict[str, Website]:
    """The websites on which these stores found something, by their ids."""
    together: dict[str, Website] = {}
    for store in stores:
        content = _read(f"{request}/websites/{store}")
        for site_id, one in (msgspec.json.decode(content, type=dict[str, Website]) if content else {}).items():
            before = together.get(site_id, one)
            together[site_id] = replace(one, certain=one.certain or before.certain)
    return together


def write_order(request: str, order: Order) -> None:
    """Have a request's data searched."""
    _write(f"{request}/order", order)


def order(request: str) -> Order | None:
    """What is to be searched for a request; None where nothing is, or not any more."""
    content = _read(f"{request}/order")
    return msgspec.json.decode(content, type=Order) if content else None


def counts(request: str, store: str) -> Counts | None:
    """What a store found, once it has been searched."""
    content = _read(f"{request}/counts/{store}")
    return msgspec.json.decode(content, type=Counts) if content else None


def so_far(request: str, stores: Iterable[str]) -> dict[str, Counts]:
    """What those of the stores found that have been searched already."""
    return {store: done for store in stores if (done := counts(request, store))}


def note_found(request: str, store: str, references: Sequence[Reference], proof: Proof) -> Counts:
    """Keep the references that a store found, in lists of PART_ITEMS, how many they are, and how many of them ``proof``
    does not cover. Doing it again replaces them."""
    parts = 0
    for batch in batches(references, PART_ITEMS):
        _write(_key(request, "found", store, parts), batch)
        parts += 1
    made = Counts(len(references), sum(not proof.covers(one.matched) for one in references), parts)
    _write(f"{request}/counts/{store}", made)
    return made


def found(request: str, store: str, parts: int) -> Iterator[list[Reference]]:
    """The references that a store found, list by list."""
    for number in range(parts):
        yield _references.decode(_read(_key(request, "found", store, number)) or b"[]")


def has_ended(request: str, store: str, parts: int) -> bool:
    """Whether a list of what a store found is not there any more: a bucket keeps a snapshot only so long."""
    return any(_read(_key(request, "found", store, number)) is None for number in range(parts))


def strike(request: str, store: str, parts: int, gone: Collection[str], proof: Proof) -> Counts:
    """Take the items whose references are ``gone`` out of a store's parts. Answers what is left. Doing it again changes
    nothing; ``unlist`` then takes them out of the lists."""
    left: list[Reference] = []
    for number, references in enumerate(found(request, store, parts)):
        left += (kept := [one for one in references if str(one) not in gone])
        if len(kept) < len(references):
            key = _key(request, "parts", store, number)
            uploads.put(settings().parts_bucket, key, _without(key, gone))
    made = Counts(len(left), sum(not proof.covers(one.matched) for one in left), parts)
    _write(f"{request}/counts/{store}", made)
    return made


def _without(key: str, gone: Collection[str]) -> Iterator[bytes]:
    for line in _lines(key, None):
        one = _item.decode(line)
        yield (b"null" if one is None or str(one.reference) in gone else line) + b"\n"


def unlist(request: str, store: str, parts: int, gone: Collection[str]) -> None:
    """Take the references that are ``gone`` out of a store's lists."""
    for number, references in enumerate(found(request, store, parts)):
        kept = [one for one in references if str(one) not in gone]
        if len(kept) < len(references):
            _write(_key(request, "found", store, number), kept)


def request_of(found_key: str) -> str:
    """The reference of the request that a list of what was found belongs to. Raises ValueError for another name."""
    return _place(found_key)["request"]


def _place(found_key: str) -> re.Match[str]:
    place = _PLACE.fullmatch(found_key)
    if not place or place["kind"] != "found":
        raise ValueError("not a list of what was found")
    return place


def export(found_key: str, now: datetime) -> None:
    """Write the items of one list of references as they are at ``now``: the part of the same number. One that is
    written is not written again. Raises ValueError for a name that is none of a list."""
    place = _place(found_key)
    request, store, number = place["request"], place["store"], int(place["number"])
    if _written(_key(request, "parts", store, number)):
        return
    items = store_named(store).export(_references.decode(_read(found_key) or b"[]"), now)
    lines = (msgspec.json.encode(item) + b"\n" for item in items)
    uploads.put(settings().parts_bucket, _key(request, "parts", store, number), lines)


def _written(key: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        aws.client("s3").head_object(Bucket=settings().parts_bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] == "404":
            return False
        raise
    return True


def items(
    request: str, store: str, parts: int, start: Place = Place(0, 0), kept: Kept | None = None
) -> Iterator[tuple[Place, Exported]]:
    """The items of a store from ``start`` on, one at a time. Who reads them several times has the parts ``kept``, as
    far as they have room."""
    for number in range(start.part, parts):
        skip = start.line if number == start.part else 0
        for line, text in enumerate(_lines(_key(request, "parts", store, number), kept)):
            if line >= skip and (one := _item.decode(text)) is not None:
                yield Place(number, line), one


def _lines(key: str, kept: Kept | None) -> Iterator[bytes]:
    if kept and key in kept:
        yield from kept[key].splitlines()
        return
    found = aws.client("s3").get_object(Bucket=settings().parts_bucket, Key=key)
    with closing(found["Body"]) as body:
        if kept is not None and found["ContentLength"] <= KEPT_BYTES - sum(map(len, kept.values())):
            kept[key] = body.read()
            yield from kept[key].splitlines()
        else:
            yield from body.iter_lines(_READ_AT_ONCE)


def item(request: str, reference: Reference, parts: int) -> Exported | None:
    """One item of the snapshot."""
    for number, references in enumerate(found(request, reference.store, parts)):
        if any(one.pk == reference.pk and one.sk == reference.sk for one in references):
            for _, exported in items(request, reference.store, number + 1, Place(number, 0)):
                if str(exported.reference) == str(reference):
                    return exported
    return None


def remove(request: str) -> None:
    """Delete all of a request's snapshot."""
    s3, bucket = aws.client("s3"), settings().parts_bucket
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{request}/"):
        keys: Sequence[dict[str, str]] = [{"Key": one["Key"]} for one in page.get("Contents", ())]
        if keys and s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True}).get("Errors"):
            raise RuntimeError("parts of a snapshot could not be deleted")


def _key(request: str, kind: str, store: str, number: int) -> str:
    return f"{request}/{kind}/{store}-{number:06}"


def _write(key: str, content: Any) -> None:
    aws.client("s3").put_object(Bucket=settings().parts_bucket, Key=key, Body=msgspec.json.encode(content))


def _read(key: str) -> bytes | None:
    s3 = aws.client("s3")
    try:
        content: bytes = s3.get_object(Bucket=settings().parts_bucket, Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        return None
    return content

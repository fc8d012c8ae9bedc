"""Documents that prove who asks: put by the person into a place of their own, seen by staff through links that hold for
minutes, deleted once identity is decided, and after 14 days at the latest.

A form for an upload cannot be called back: it is valid for minutes, whatever is decided meanwhile. So each object is
looked at again once it is there (``settle``), and all of them each hour (docs/decisions/0047)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from pynamodb.expressions.condition import size

from imchat import aws, file_kinds, references
from imchat.errors import Conflict, InvalidInput, NotFound
from imchat.rights.requests import load, load_any, move
from imchat.settings import settings
from imchat.stores.base import Stale
from imchat.stores.requests import AWAITING_IDENTITY, DOCUMENT, Document, Request

MOST_BYTES = 8 * 1024 * 1024
MOST_DOCUMENTS = 5
TYPES = ("application/pdf", "image/jpeg", "image/png", "image/heic")
UPLOAD_SECONDS, LINK_SECONDS = 600, 300


@dataclass(frozen=True)
class Upload:
    """Where and with which form fields a file is posted, and for how many seconds that is open."""

    url: str
    fields: dict[str, str]
    seconds: int


def upload(reference: str, content_type: str, now: datetime, client_id: str | None = None) -> Upload:
    """A signed form for one file of a type (TYPES) of at most MOST_BYTES; the same under the same ``client_id`` is for
    the same file. Raises InvalidInput, NotFound where there is no such request, or none that waits for proof; Conflict
    after MOST_DOCUMENTS."""
    if content_type not in TYPES:
        raise InvalidInput("wrong_type", f"This must be one of: {', '.join(TYPES)}.", "content_type")
    request = load_any(reference)
    if request is None or request.visible(now) is None or request.status != AWAITING_IDENTITY:
        raise NotFound("request")
    key = f"{reference}/{references.of(*references.repeatable(client_id, content_type))}"
    if not _has(request, key):
        _make_room(request, key, content_type, now)
    fixed: dict[str, Any] = {"Content-Type": content_type}
    form = aws.client("s3").generate_presigned_post(
        Bucket=settings().identity_bucket,
        Key=key,
        Fields=fixed,
        Conditions=[fixed, ["content-length-range", 1, MOST_BYTES]],
        ExpiresIn=UPLOAD_SECONDS,
    )
    return Upload(form["url"], form["fields"], UPLOAD_SECONDS)


def _make_room(request: Request, key: str, content_type: str, now: datetime) -> None:
    until = int(DOCUMENT.after(now).timestamp())
    made = Document(key=key, content_type=content_type, until=until)  # type: ignore[no-untyped-call]
    few = size(Request.documents) < MOST_DOCUMENTS
    try:
        request.change(
            [Request.documents.set(Request.documents.append([made]))],
            (Request.status == AWAITING_IDENTITY) & few & ~Request.documents.contains(made),
        )
    except Stale as stale:
        if not (stale.item and _has(stale.item, key)):  # where it has, this very write was done, and its answer lost
            raise Conflict("too_many_documents", f"At most {MOST_DOCUMENTS} documents can be sent.") from None


def _has(request: Request, key: str) -> bool:
    return key in {one.key for one in request.documents}


def link(reference: str, site_id: str, staff: str, number: int, now: datetime) -> str:
    """A link to the ``number``-th document, from 1, for LINK_SECONDS; that it was made is recorded. Raises NotFound."""
    request = load(reference, site_id, now, AWAITING_IDENTITY)
    if not 1 <= number <= len(request.documents) or request.documents[number - 1].until <= now.timestamp():
        raise NotFound("document")
    document = request.documents[number - 1]
    move(request, {}, "document seen", staff, now)
    filename = f"document-{number}{file_kinds.extension(None, document.content_type)}"
    url: str = aws.client("s3").generate_presigned_url(
        "get_object",
        Params={
            "Bucket": settings().identity_bucket,
            "Key": document.key,
            "ResponseContentDisposition": f'attachment; filename="{filename}"',
        },
        ExpiresIn=LINK_SECONDS,
    )
    return url


def remove(reference: str, now: datetime) -> None:
    """Delete all documents of a request, but those that it waits for."""
    for keys in stored(reference):
        settle(keys, now)


def stored(reference: str = "") -> Iterator[list[str]]:
    """The names of the documents that are stored, request by request: of one request, or of all."""
    pages = (
        aws.client("s3")
        .get_paginator("list_objects_v2")
        .paginate(Bucket=settings().identity_bucket, Prefix=f"{reference}/" if reference else "")
    )
    keys = (one["Key"] for page in pages for one in page.get("Contents", ()))
    return (list(some) for _, some in groupby(keys, _reference))


def settle(keys: Sequence[str], now: datetime) -> int:
    """Of stored documents of one request, delete those that it does not wait for; how many these were. A document stays
    only while the request waits for proof of identity and lists it. Whatever else lies there goes: what was sent after
    the decision, what a decision took off the list, what belongs to no request."""
    # What is stored before a decision is found by whoever decides; what is stored after it is looked at after it.
    reference = _reference(keys[0])
    request = load_any(reference) if reference else None
    gone = [key for key in keys if request is None or not _awaited(request, key, now)]
    for key in gone:
        aws.client("s3").delete_object(Bucket=settings().identity_bucket, Key=key)
    return len(gone)


def _reference(key: str) -> str:
    """The reference of the request that a document belongs to, as its name says."""
    return key.partition("/")[0]


def _awaited(request: Request, key: str, now: datetime) -> bool:
    if request.visible(now) is None or request.status != AWAITING_IDENTITY:
        return False
    return any(one.key == key and one.until > now.timestamp() for one in request.documents)

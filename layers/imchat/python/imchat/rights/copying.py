"""The copy for the person: made from the snapshot as staff left it, written as it comes into being."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from imchat import aws, uploads
from imchat.bundle.contents import Contents, Section
from imchat.bundle.naming import file_name
from imchat.clock import milliseconds, moment
from imchat.register.store import Exported, Reference
from imchat.register.stores import store as store_named
from imchat.register.stores import stores
from imchat.rights import controllers, given, scope
from imchat.rights.deadlines import london
from imchat.rights.snapshot import Kept
from imchat.settings import settings
from imchat.stores.requests import COPY, PORTABILITY, Copy, Request

_ALGORITHM = "RSASSA_PKCS1_V1_5_SHA_256"  # without chance in it: the same bytes for the same copy


def make(request: Request, now: datetime) -> Copy:
    """Write the copy. Answers what is kept of it."""
    from imchat.bundle.writing import Bundle

    bundle = Bundle(contents(request), _sign, public_key())
    uploads.put(settings().exports_bucket, file_name(request.pk), bundle, "application/zip")
    until = COPY.after(now)
    return Copy(  # type: ignore[no-untyped-call]
        sha256=bundle.sha256, size=bundle.size, at=milliseconds(now), until=milliseconds(until)
    )


def _sign(digest: bytes) -> bytes:
    signed = aws.client("kms").sign(
        KeyId=settings().signing_key, Message=digest, MessageType="DIGEST", SigningAlgorithm=_ALGORITHM
    )
    signature: bytes = signed["Signature"]
    return signature


def contents(request: Request) -> Contents:
    """What the copy of a request is made from."""
    found = request.searched.as_dict()
    kept: Kept = {}
    sections = []
    for store in stores():
        if store.name in found:
            left_out = given.not_given(request, store.name)
            if left_out or given.gives(request, store.name, kept):
                at_most = given.at_most(request, store.name)
                sections.append(Section(store.activity, at_most, _reader(request, store.name, kept), left_out))
    return Contents(
        reference=request.pk,
        kind="portability" if request.type == PORTABILITY else "access",
        asked_on=london(moment(int(request.at))),
        as_of=moment(int(request.as_of)),
        searched_by=given.searched_by(request),
        searched=tuple(store.activity for store in stores() if store.name in found),
        sections=tuple(sections),
        read_file=_file_reader(request),
        websites=controllers.told(request),
        everywhere=scope.everywhere(request),
        elsewhere=tuple((one.name, one.contact) for one in scope.answering_themselves(request)),
    )


def _reader(request: Request, store: str, kept: Kept) -> Callable[[], Iterator[Exported]]:
    def items() -> Iterator[Exported]:
        for item in given.reviewed(request, store, kept):
            yield replace(item, website=scope.name_of(request, item.reference.site_id))

    return items


def _file_reader(request: Request) -> Callable[[Reference, int], Iterator[bytes]]:
    def read(reference: Reference, number: int) -> Iterator[bytes]:
        return store_named(reference.store).read_file(reference, given.file_number(request, reference, number))

    return read


def public_key() -> bytes:
    """The key that checks the signature of our copies: DER, SubjectPublicKeyInfo."""
    key: bytes = aws.client("kms").get_public_key(KeyId=settings().signing_key)["PublicKey"]
    return key


def remove(reference: str) -> None:
    """Delete the copy of a request, if there is one."""
    aws.client("s3").delete_object(Bucket=settings().exports_bucket, Key=file_name(reference))

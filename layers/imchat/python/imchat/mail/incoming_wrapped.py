"""What some mail programs wrap a mail's text and files in: Microsoft's TNEF (winmail.dat), and signed data of S/MIME
that shows nothing to who cannot read it (RFC 8551)."""

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

TNEF_KINDS = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))
TNEF_NAME = "winmail.dat"
SMIME_KINDS = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
SMIME_NAME = "smime.p7m"

# What the library reads in a hostile file may be as many properties as a number of 32 bits can say.
_MOST_CPU_SECONDS = 5


class Sealed(Exception):
    """It cannot be read."""


@dataclass(frozen=True)
class Unwrapped:
    """A text, as plain text or HTML, or a file with its name."""

    name: str | None
    content: bytes
    html: bool = False


def from_tnef(content: bytes) -> list[Unwrapped]:
    """The text and the files in a winmail.dat. Raises Sealed."""
    try:
        import tnefparse

        logging.getLogger("tnefparse").disabled = True  # it would log what it could not read
        for name in ("tnef", "mapi", "properties", "util", "codepage"):
            logging.getLogger(f"tnefparse.{name}").disabled = True
        with _few_seconds():
            return list(_of_tnef(tnefparse.TNEF(content, do_checksum=False)))
    except Exception:  # whatever the library meets in bytes of anybody's making
        raise Sealed from None


def _of_tnef(read: Any) -> Iterator[Unwrapped]:
    if read.htmlbody:
        yield Unwrapped(None, _octets(read.htmlbody), html=True)
    elif read.body:
        yield Unwrapped(None, _octets(read.body))
    for one in read.attachments:
        name = one.long_filename() or one.name
        yield Unwrapped(str(name).strip("\x00") or None, bytes(one.data or b""))


@contextmanager
def _few_seconds() -> Iterator[None]:
    """Raises Sealed in what takes too long. Raises ValueError outside the main thread, where nothing would."""

    def too_long(*_: object) -> NoReturn:
        raise Sealed

    before = signal.signal(signal.SIGVTALRM, too_long)
    signal.setitimer(signal.ITIMER_VIRTUAL, _MOST_CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _octets(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")


def from_smime(content: bytes) -> bytes:
    """The mail that is signed in an opaque S/MIME part. Raises Sealed where it is encrypted, or none."""
    try:
        from asn1crypto import cms

        message = cms.ContentInfo.load(content)
        if message["content_type"].native != "signed_data":
            raise Sealed
        signed: bytes = message["content"]["encap_content_info"]["content"].native
    except Exception:  # as above
        raise Sealed from None
    if not signed:
        raise Sealed
    return signed

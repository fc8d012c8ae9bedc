"""What some mail programs wrap a whole mail in: winmail.dat of Outlook (TNEF), and S/MIME that is signed but not beside
its text."""

import signal
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn

from imchat.mail.charsets import decoded
from imchat.mail.rtf import Rtf, read_rtf
from imchat.text import blank

_MOST_CPU_SECONDS = 5
TNEF_KINDS = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))
TNEF_NAME = "winmail.dat"
SMIME_KINDS = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
SMIME_NAME = "smime.p7m"

_TNEF_SIGNATURE = 0x223E9F78
# Attributes that are read: code page, body, properties, and those of files. Lists of recipients take for ever.
_READ = frozenset((0x9007, 0x800C, 0x9003, 0x9002, 0x8010, 0x800F, 0x9005))
_OWN_PAGE = 0x9007
# The library cuts zeros off the end of a property: there are this many at most, and what is too much is not read.
_CUT = 16
_MOST_ATTRIBUTES, _MOST_DATA = 5_000, 40 * 1024 * 1024
_INFLATED_BYTES = 25 * 1024 * 1024


class Sealed(Exception):
    """What is wrapped cannot be read: it is encrypted, or damaged."""


@dataclass(frozen=True)
class Unwrapped:
    """What TNEF held: the text, the HTML, files by name, and whether it has a text that cannot be read."""

    text: str
    html: str
    files: tuple[tuple[str, bytes], ...]
    unread: bool = False


def from_tnef(content: bytes) -> Unwrapped:
    """What is in a winmail.dat. Raises Sealed where it is damaged, or would take too long."""
    import logging

    from tnefparse import TNEF

    # It logs what it reads, which is personal.
    logging.getLogger("tnefparse").disabled = True
    for name in ("tnefparse.mapi", "tnefparse.util"):
        logging.getLogger(name).disabled = True
    try:
        with _few_seconds():
            read = TNEF(_slim(content), do_checksum=False)
        files = tuple((str(one.long_filename() or ""), bytes(one.data)) for one in read.attachments)
    except Exception as error:
        raise Sealed from error
    text, html = _text(read.body, read.codepage), _text(read.htmlbody, read.codepage)
    unread = False
    if blank(text) and not html:
        # The public name of it asks for a library that we do not have.
        packed: object = read._rtfbody
        try:
            rtf = _rtf(packed) if packed else Rtf("", "")
            text, html = rtf.text, rtf.html
        except ValueError:
            unread = True
    if not (text or html or files or unread):
        raise Sealed
    return Unwrapped(text, html, files, unread)


def _rtf(packed: object) -> Rtf:
    """What compressed RTF says. Raises ValueError where it is damaged."""
    from imchat.mail.compressed_rtf import decompressed

    if not isinstance(packed, bytes):
        raise ValueError
    return read_rtf(decompressed(packed + b"\0" * _CUT))


@contextmanager
def _few_seconds() -> Iterator[None]:
    """Raises Sealed in what takes too long: a hostile file may announce as many properties as 32 bits can count. Raises
    ValueError outside the main thread, where nothing would."""

    def too_long(*_: object) -> NoReturn:
        raise Sealed

    before = signal.signal(signal.SIGVTALRM, too_long)
    signal.setitimer(signal.ITIMER_VIRTUAL, _MOST_CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def from_smime(content: bytes) -> bytes:
    """The mail that a signed or compressed S/MIME part holds. Raises Sealed where it is encrypted or damaged."""
    from asn1crypto import cms, pem

    try:
        if pem.detect(content):
            content = pem.unarmor(content)[2]
        info = cms.ContentInfo.load(content)
        kind, inside = info["content_type"].native, info["content"]
        if kind == "signed_data":
            wrapped = inside["encap_content_info"]["content"].native
        elif kind == "compressed_data":
            wrapped = _inflated(inside["encap_content_info"]["content"].native)
        else:
            raise Sealed
    except Exception as error:
        raise Sealed from error
    if not isinstance(wrapped, bytes) or not wrapped:
        raise Sealed
    return wrapped


def _inflated(content: bytes) -> bytes:
    inflater = zlib.decompressobj()
    inflated = inflater.decompress(content, _INFLATED_BYTES)
    if inflater.unconsumed_tail:
        raise Sealed
    return inflated


def _slim(content: bytes) -> bytes:
    """TNEF with nothing but the attributes that are read: the library copies all that is left for each of them. Code
    pages that it does not know are said to be UTF-8 or windows-1252."""
    (signature,) = struct.unpack_from("<I", content)
    if signature != _TNEF_SIGNATURE:
        raise Sealed
    pieces, place, copied = [content[:6]], 6, 0
    while place + 11 <= len(content):
        name, _, length = struct.unpack_from("<HHI", content, place + 1)
        end = place + 9 + length + 2
        if name in _READ:
            piece = content[place:end]
            pieces.append(_known_page(piece) if name == _OWN_PAGE and length >= 4 else piece)
        place = end
    left = sum(map(len, pieces))
    for piece in pieces:
        copied += left
        left -= len(piece)
    if len(pieces) > _MOST_ATTRIBUTES or copied > _MOST_DATA * 50:
        raise Sealed
    return b"".join(pieces)


def _known_page(attribute: bytes) -> bytes:
    import codecs

    (page,) = struct.unpack_from("<I", attribute, 9)
    try:
        codecs.lookup(f"cp{page}")
    except LookupError:
        return attribute[:9] + struct.pack("<I", 65001 if page == 65001 else 1252) + attribute[13:]
    return attribute


def _text(body: object, codepage: object) -> str:
    text = decoded(body, str(codepage or "")) if isinstance(body, bytes) else str(body or "")
    return text.strip("\x00")

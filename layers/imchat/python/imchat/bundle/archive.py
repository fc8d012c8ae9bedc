"""A ZIP made as a stream (APPNOTE.TXT 6.3): the same bytes for the same entries, in constant memory.

zipfile and zipstream-ng keep every entry in memory until the end, and a person may have a hundred thousand chats; the
latter also stamps entries with the present time. Here the directory waits in a temporary file.

Its form is one: of an entry's name, date, place, CRC and sizes follows every byte that is not content
(docs/decisions/0040), and imchat.verify compares each. Sizes follow the content, in four bytes each, and in eight only
where four do not do: so java.util.zip writes and reads streams.
"""

import struct
import zlib
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import SEEK_END
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Any, BinaryIO, Self

_LOCAL = struct.Struct("<4s5H3L2H")
_DESCRIPTOR, _LONG_DESCRIPTOR = struct.Struct("<4s3L"), struct.Struct("<4sL2Q")
_CENTRAL = struct.Struct("<4s2B5H3L5H2L")
_END, _LONG_END, _LONG_END_PLACE = struct.Struct("<4s4H2LH"), struct.Struct("<4sQ2H2L4Q"), struct.Struct("<4sLQL")
_VERSION, _LONG_VERSION, _UNIX = 20, 45, 3
_SIZES_FOLLOW, _DEFLATED = 0x08, 8
_LONG_EXTRA = 1
_READABLE_FILE = 0o100644 << 16
_BLOCK, _LAST_BLOCK = struct.Struct("<B2H"), b"\x01\x00\x00\xff\xff"
_MOST_IN_BLOCK = 0xFFFF
_MOST, _MOST_ENTRIES = 0xFFFFFFFF, 0xFFFF
# Of deflate's 1 to 9; what each takes and saves is measured in docs/performance.md.
LEVEL = 6
_IN_MEMORY = 1024 * 1024
_READ_AT_ONCE = 64 * 1024


Moment = tuple[int, int]


@dataclass(frozen=True)
class Entry:
    """A line of the directory: the name, the CRC, how many bytes the content takes packed and plain, and where the
    entry begins."""

    path: bytes
    crc: int
    packed: int
    size: int
    begins: int


def moment_of(at: datetime) -> Moment:
    """Time and date as a ZIP tells them: of UTC, to two seconds, in the years that it knows."""
    at = at.astimezone(UTC)
    year = min(max(at.year, 1980), 2107)
    return at.hour << 11 | at.minute << 5 | at.second // 2, (year - 1980) << 9 | at.month << 5 | at.day


def head(path: bytes, moment: Moment) -> bytes:
    """The local header of an entry: the bytes before its content (APPNOTE 4.3.7)."""
    header = _LOCAL.pack(b"PK\x03\x04", _VERSION, _SIZES_FOLLOW, _DEFLATED, *moment, 0, 0, 0, len(path), 0)
    return header + path


def descriptor(crc: int, packed: int, size: int) -> bytes:
    """The data descriptor of an entry: the bytes behind its content (APPNOTE 4.3.9)."""
    long = max(packed, size) > _MOST
    return (_LONG_DESCRIPTOR if long else _DESCRIPTOR).pack(b"PK\x07\x08", crc, packed, size)


def line(entry: Entry, moment: Moment) -> bytes:
    """An entry's header in the central directory (APPNOTE 4.3.12)."""
    # In this order, and only those that do not fit (APPNOTE 4.5.3).
    long = [number for number in (entry.size, entry.packed, entry.begins) if number >= _MOST]
    extra = struct.pack(f"<2H{len(long)}Q", _LONG_EXTRA, 8 * len(long), *long) if long else b""
    version = _LONG_VERSION if long else _VERSION
    told = min(entry.packed, _MOST), min(entry.size, _MOST), len(entry.path), len(extra)
    place = min(entry.begins, _MOST)
    return (
        _CENTRAL.pack(
            b"PK\x01\x02", version, _UNIX, version, _SIZES_FOLLOW, _DEFLATED, *moment, entry.crc, *told, 0, 0, 0,
            _READABLE_FILE, place,
        )
        + entry.path
        + extra
    )  # fmt: skip


def end(entries: int, begins: int, ends: int) -> bytes:
    """The end record: the bytes behind a directory of so many ``entries``, which begins and ends there (APPNOTE 4.3.14
    to 4.3.16)."""
    size, long = ends - begins, b""
    if entries >= _MOST_ENTRIES or max(begins, size) >= _MOST:
        versions = _LONG_VERSION, _LONG_VERSION
        long = _LONG_END.pack(b"PK\x06\x06", 44, *versions, 0, 0, entries, entries, size, begins)
        long += _LONG_END_PLACE.pack(b"PK\x06\x07", 0, ends, 1)
    entries = min(entries, _MOST_ENTRIES)
    return long + _END.pack(b"PK\x05\x06", 0, 0, entries, entries, min(size, _MOST), min(begins, _MOST), 0)


class Blocks:
    """As zlib's object that deflates, but nothing is made smaller: for what must have one form only, whoever packs
    it (RFC 1951, 3.2.4). Blocks are full but for the last that holds anything; an empty one ends them."""

    def __init__(self) -> None:
        self._waiting = b""

    def compress(self, piece: bytes) -> bytes:
        """Those blocks that are full."""
        self._waiting += piece
        full = len(self._waiting) // _MOST_IN_BLOCK * _MOST_IN_BLOCK
        blocks = [_block(self._waiting[at : at + _MOST_IN_BLOCK]) for at in range(0, full, _MOST_IN_BLOCK)]
        self._waiting = self._waiting[full:]
        return b"".join(blocks)

    def flush(self) -> bytes:
        """The rest."""
        return (_block(self._waiting) if self._waiting else b"") + _LAST_BLOCK


def _block(content: bytes) -> bytes:
    return _BLOCK.pack(0, len(content), len(content) ^ 0xFFFF) + content


@dataclass(frozen=True)
class Written:
    """What an entry holds: SHA-256 (hex) and size of its content, and the SHA-256 of it as it is packed."""

    sha256: str
    size: int
    packed_sha256: str


class Archive:
    """Write entries one after the other, then the ``end``. Every entry is dated ``at``; names are ASCII."""

    def __init__(self, at: datetime) -> None:
        self._moment = moment_of(at)
        self._place = self._entries = 0
        self._directory = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._directory.close()

    def entry(
        self, name: str, content: bytes | Iterable[bytes], *, smaller: bool = True
    ) -> Generator[bytes, None, Written]:
        """The bytes of one entry. Content that comes in pieces may be of any size. Not ``smaller``: see Blocks."""
        path, begins = name.encode("ascii"), self._place
        yield self._passed(head(path, self._moment))
        digest, packed_digest, crc, size, packed = sha256(), sha256(), 0, 0, 0
        deflate = zlib.compressobj(LEVEL, wbits=-zlib.MAX_WBITS) if smaller else Blocks()
        for piece in (content,) if isinstance(content, bytes) else content:
            digest.update(piece)
            crc, size = zlib.crc32(piece, crc), size + len(piece)
            if ready := deflate.compress(piece):
                packed_digest.update(ready)
                packed += len(ready)
                yield self._passed(ready)
        rest = deflate.flush()
        packed_digest.update(rest)
        packed += len(rest)
        yield self._passed(rest + descriptor(crc, packed, size))
        self._note(Entry(path, crc, packed, size, begins))
        return Written(digest.hexdigest(), size, packed_digest.hexdigest())

    def end(self) -> Iterator[bytes]:
        """The directory of all entries: the last bytes."""
        begins = self._place
        self._directory.seek(0)
        while piece := self._directory.read(_READ_AT_ONCE):
            yield self._passed(piece)
        yield end(self._entries, begins, self._place)

    def _passed(self, piece: bytes) -> bytes:
        self._place += len(piece)
        return piece

    def _note(self, entry: Entry) -> None:
        self._directory.write(line(entry, self._moment))
        self._entries += 1


def directory(file: BinaryIO) -> tuple[list[Entry], Moment]:
    """The entries of an archive that was made here, and their date; the file is open where it can be read anywhere.
    Raises ValueError for one in which any byte that is not content is another than ours: with a byte before it or
    behind it, a comment, a second entry that the directory does not name, other modes, dates or ways of packing."""
    length = file.seek(0, SEEK_END)
    entries, begins, ends = _told_at_the_end(file, length)
    _same(_at(file, ends, length - ends), end(entries, begins, ends))
    found: list[Entry] = []
    place, moment = begins, (0, 0)
    while place < ends:
        told = _at(file, place, _CENTRAL.size)
        if len(told) < _CENTRAL.size:
            raise ValueError("a directory that is cut")
        fields = _CENTRAL.unpack(told)
        if not found:
            moment = fields[6], fields[7]
        entry, size = _entry(fields, _at(file, place + _CENTRAL.size, fields[11] + fields[12]))
        _same(_at(file, place, size), line(entry, moment))
        found.append(entry)
        place += size
    if place != ends or len(found) != entries:
        raise ValueError("a directory of another length")
    place = 0
    for entry in found:
        before, behind = head(entry.path, moment), descriptor(entry.crc, entry.packed, entry.size)
        if entry.begins != place:
            raise ValueError("something between the entries")
        _same(_at(file, place, len(before)), before)
        place += len(before) + entry.packed
        if place > begins:
            raise ValueError("an entry that ends nowhere")
        _same(_at(file, place, len(behind)), behind)
        place += len(behind)
    if place != begins:
        raise ValueError("something before the directory")
    return found, moment


def packed(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """An entry's content as it is packed, in pieces."""
    left = entry.packed
    file.seek(entry.begins + _LOCAL.size + len(entry.path))
    while left and (piece := file.read(min(left, _READ_AT_ONCE))):
        left -= len(piece)
        yield piece


def _told_at_the_end(file: BinaryIO, length: int) -> tuple[int, int, int]:
    """How many entries, and where their directory begins and ends."""
    last = length - _END.size
    if last < 0:
        raise ValueError("too short")
    *_, entries, size, begins, _ = _END.unpack(_at(file, last, _END.size))
    if entries == _MOST_ENTRIES or _MOST in (size, begins):
        last -= _LONG_END.size + _LONG_END_PLACE.size
        if last < 0:
            raise ValueError("too short")
        *_, entries, size, begins = _LONG_END.unpack(_at(file, last, _LONG_END.size))
    if begins + size != last:
        raise ValueError("a directory that lies elsewhere")
    return entries, begins, last


def _entry(fields: tuple[Any, ...], rest: bytes) -> tuple[Entry, int]:
    """An entry from its line, and how long the line is; whether the line is as it should be is not asked here."""
    crc, packed, size, named, extra, begins = *fields[8:13], fields[-1]
    told = rest[named + 4 : named + extra]
    long = iter(struct.unpack(f"<{len(told) // 8}Q", told[: len(told) // 8 * 8]))
    size, packed, begins = (next(long, number) if number == _MOST else number for number in (size, packed, begins))
    return Entry(rest[:named], crc, packed, size, begins), _CENTRAL.size + named + extra


def _at(file: BinaryIO, place: int, size: int) -> bytes:
    file.seek(place)
    return file.read(size)


def _same(found: bytes, ours: bytes) -> None:
    if found != ours:
        raise ValueError("another form than ours")

"""A ZIP made as a stream (APPNOTE.TXT 6.3): the same bytes for the same entries, in constant memory.

zipfile and zipstream-ng keep every entry in memory until the end, and a person may have a hundred thousand chats; the
latter also stamps entries with the present time. Here the directory waits in a temporary file.
"""

import struct
import zlib
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Self

_LOCAL = struct.Struct("<4s5H3L2H")
_DESCRIPTOR, _LONG_DESCRIPTOR = struct.Struct("<4s3L"), struct.Struct("<4sL2Q")
_CENTRAL = struct.Struct("<4s2B5H3L5H2L")
_END, _LONG_END, _LONG_END_PLACE = struct.Struct("<4s4H2LH"), struct.Struct("<4sQ2H2L4Q"), struct.Struct("<4sLQL")
_VERSION, _LONG_VERSION, _UNIX = 20, 45, 3
_SIZES_FOLLOW, _DEFLATED = 0x08, 8
_LONG_EXTRA = 1
_READABLE_FILE = 0o100644 << 16
_MOST, _MOST_ENTRIES = 0xFFFFFFFF, 0xFFFF
# Of deflate's 1 to 9; what each takes and saves is measured in docs/performance.md.
LEVEL = 6
_IN_MEMORY = 1024 * 1024
_READ_AT_ONCE = 64 * 1024


@dataclass(frozen=True)
class Written:
    """What an entry holds: SHA-256 (hex) and size of its content."""

    sha256: str
    size: int


class Archive:
    """Write entries one after the other, then the ``end``. Every entry is dated ``at``; names are ASCII."""

    def __init__(self, at: datetime) -> None:
        at = at.astimezone(UTC)
        year = min(max(at.year, 1980), 2107)
        self._date = (year - 1980) << 9 | at.month << 5 | at.day
        self._time = at.hour << 11 | at.minute << 5 | at.second // 2
        self._place = self._entries = 0
        self._directory = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._directory.close()

    def entry(self, name: str, content: bytes | Iterable[bytes]) -> Generator[bytes, None, Written]:
        """The bytes of one entry. Content that comes in pieces may be of any size."""
        path, begins = name.encode("ascii"), self._place
        # Its size is told behind it, and how many bytes tell it must be said before it.
        long = not isinstance(content, bytes)
        version = _LONG_VERSION if long else _VERSION
        extra = struct.pack("<2H2Q", _LONG_EXTRA, 16, 0, 0) if long else b""
        told = _MOST if long else 0
        moment = self._time, self._date
        yield self._passed(
            _LOCAL.pack(b"PK\x03\x04", version, _SIZES_FOLLOW, _DEFLATED, *moment, 0, told, told, len(path), len(extra))
            + path
            + extra
        )
        digest, crc, size, packed, deflate = sha256(), 0, 0, 0, zlib.compressobj(LEVEL, wbits=-zlib.MAX_WBITS)
        for piece in (content,) if isinstance(content, bytes) else content:
            digest.update(piece)
            crc, size = zlib.crc32(piece, crc), size + len(piece)
            if smaller := deflate.compress(piece):
                packed += len(smaller)
                yield self._passed(smaller)
        rest = deflate.flush()
        packed += len(rest)
        descriptor = (_LONG_DESCRIPTOR if long else _DESCRIPTOR).pack(b"PK\x07\x08", crc, packed, size)
        yield self._passed(rest + descriptor)
        self._note(path, crc, (packed, size), begins)
        return Written(digest.hexdigest(), size)

    def end(self) -> Iterator[bytes]:
        """The directory of all entries: the last bytes."""
        begins, entries = self._place, self._entries
        self._directory.seek(0)
        while piece := self._directory.read(_READ_AT_ONCE):
            yield self._passed(piece)
        ends = self._place
        size = ends - begins
        if entries >= _MOST_ENTRIES or max(begins, size) >= _MOST:
            versions = _LONG_VERSION, _LONG_VERSION
            yield _LONG_END.pack(b"PK\x06\x06", 44, *versions, 0, 0, entries, entries, size, begins)
            yield _LONG_END_PLACE.pack(b"PK\x06\x07", 0, ends, 1)
        entries = min(entries, _MOST_ENTRIES)
        yield _END.pack(b"PK\x05\x06", 0, 0, entries, entries, min(size, _MOST), min(begins, _MOST), 0)

    def _passed(self, piece: bytes) -> bytes:
        self._place += len(piece)
        return piece

    def _note(self, path: bytes, crc: int, sizes: tuple[int, int], begins: int) -> None:
        """An entry's line of the directory."""
        packed, size = sizes
        # In this order, and only those that do not fit (APPNOTE 4.5.3).
        long = [number for number in (size, packed, begins) if number >= _MOST]
        extra = struct.pack(f"<2H{len(long)}Q", _LONG_EXTRA, 8 * len(long), *long) if long else b""
        version = _LONG_VERSION if long else _VERSION
        told = min(packed, _MOST), min(size, _MOST), len(path), len(extra)
        moment = self._time, self._date
        place = min(begins, _MOST)
        self._directory.write(
            _CENTRAL.pack(
                b"PK\x01\x02", version, _UNIX, version, _SIZES_FOLLOW, _DEFLATED, *moment, crc, *told, 0, 0, 0,
                _READABLE_FILE, place,
            )
            + path
            + extra
        )  # fmt: skip
        self._entries += 1

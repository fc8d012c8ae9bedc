"""The compressed RTF of Outlook, as MS-OXRTFCP has it: a dictionary of 4,096 bytes that both sides begin alike."""

import struct
import zlib

MOST_BYTES = 8 * 1024 * 1024

_HEAD = struct.Struct("<IIII")
_COMPRESSED, _RAW = 0x75465A4C, 0x414C454D
_WINDOW = 4096
_SHORTEST = 2
# MS-OXRTFCP 2.1.2.1: what the dictionary holds at first.
_PRESET = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20"
    b"\\b\\i\\u\\tab\\tx"
)


def decompressed(content: bytes) -> bytes:
    """The RTF in ``content``. Raises ValueError where it is damaged, or larger than MOST_BYTES."""
    if len(content) < _HEAD.size:
        raise ValueError
    size, raw_size, kind, checksum = _HEAD.unpack_from(content)
    # The size counts what follows it.
    packed = content[_HEAD.size : size + 4]
    if raw_size > MOST_BYTES or len(packed) != size + 4 - _HEAD.size:
        raise ValueError
    if kind == _RAW:
        rtf = packed
    elif kind == _COMPRESSED and _checksum(packed) == checksum:
        rtf = _unpacked(packed)
    else:
        raise ValueError
    if len(rtf) < raw_size:
        raise ValueError
    return rtf[:raw_size]


def _checksum(packed: bytes) -> int:
    """CRC-32 from 0, without its last inversion (MS-OXRTFCP 2.2.2)."""
    return zlib.crc32(packed, 0xFFFFFFFF) ^ 0xFFFFFFFF


def _unpacked(packed: bytes) -> bytes:
    """All that was written, up to the reference that points to where it is written. ``written`` begins with the
    dictionary, so that a place in the window is one in it."""
    written = bytearray(_PRESET)
    most = len(written) + MOST_BYTES
    place, end = 0, len(packed)
    while place < end:
        flags = packed[place]
        place += 1
        for bit in range(8):
            if len(written) > most:
                raise ValueError
            if not flags >> bit & 1:
                if place >= end:
                    return bytes(written[len(_PRESET) :])
                written.append(packed[place])
                place += 1
                continue
            if place + 2 > end:
                raise ValueError
            reference = packed[place] << 8 | packed[place + 1]
            place += 2
            back = (len(written) - (reference >> 4)) % _WINDOW
            if not back:
                return bytes(written[len(_PRESET) :])
            if back > len(written):
                raise ValueError
            for _ in range((reference & 15) + _SHORTEST):
                written.append(written[-back])
    return bytes(written[len(_PRESET) :])

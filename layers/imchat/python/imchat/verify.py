"""``python -m imchat.verify data-....zip [--key key.pem]``: whether a copy is as we made it.

Exit status 0: it is. 1: it is not. 2: it cannot be read, or the check cannot be made. Every byte is checked: those of
the files, and those that a ZIP has beside them (imchat.bundle.archive); a single other one, one more or one less, is
found.
"""

import argparse
import re
import struct
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec

from imchat.bundle.archive import Blocks, Entry, directory, moment_of, packed
from imchat.bundle.signing import FORMAT, KEY, MANIFEST, SIGNATURE, VERSION, fingerprint

FINE, NOT_FINE, UNREADABLE = 0, 1, 2
# What is read before anything says how large it should be. A manifest has a line for each file, of its name and some
# 210 bytes more.
_MOST_HEAD, _MOST_LINE, _MOST_SIGNATURE = 64 * 1024, 384, 64 * 1024
_UNPACKED_AT_ONCE = 64 * 1024
_SHOWN = 20
# Paths of ours: nothing that leads out of the folder, or that one system reads as another does not.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
# Nothing of a list that others may have made reaches the terminal but in this form: no control characters.
_Name = Annotated[str, msgspec.Meta(pattern=rf"^{_NAME.pattern}\Z")]
# All that reading raises for what is damaged or of another kind.
_BROKEN = (zlib.error, struct.error, OSError, ValueError)


class Unreadable(Exception):
    """There is nothing that could be checked; its text is a sentence for people."""


class _Listed(msgspec.Struct):
    """A file in the manifest."""

    name: _Name
    sha256: str
    packed_sha256: str
    bytes: Annotated[int, msgspec.Meta(ge=0)]
    items: int


class _Manifest(msgspec.Struct):
    """What of a manifest is needed here."""

    format: str
    version: int
    request: _Name
    as_of: Annotated[str, msgspec.Meta(pattern=r"^[0-9T:.+-]+\Z")]
    files: list[_Listed]


@dataclass(frozen=True)
class Report:
    """What was found: ``wrong`` is empty where all is well."""

    request: str
    as_of: str
    files: int
    key: str
    own_key: bool
    wrong: tuple[str, ...]


def check(bundle: Path, key: bytes | None) -> Report:
    """Check a bundle against ``key`` (PEM), or the one inside. Raises Unreadable."""
    try:
        with bundle.open("rb") as file:
            entries, moment = directory(file)
            names = [entry.path.decode("ascii", "backslashreplace") for entry in entries]
            _refuse_names(names)
            named = dict(zip(names, entries, strict=True))
            manifest_bytes = _small(file, named, MANIFEST, _MOST_HEAD + sum(len(name) + _MOST_LINE for name in names))
            signature = _small(file, named, SIGNATURE, _MOST_SIGNATURE)
            pem = key if key is not None else _small(file, named, KEY, _MOST_SIGNATURE)
            manifest = _manifest(manifest_bytes)
            public, genuine = signed(manifest_bytes, signature, pem)
            wrong = [] if genuine else ["The signature does not fit the list of files and this key."]
            if moment != moment_of(datetime.fromisoformat(manifest.as_of)):
                wrong.append("The files have another date than the list.")
            for name, content in ((MANIFEST, manifest_bytes), (SIGNATURE, signature)):
                if b"".join(packed(file, named[name])) != _as_blocks(content):
                    wrong.append(f"Packed in another way: {name}")
            wrong += _differences(file, named, manifest)
    except FileNotFoundError:
        raise Unreadable("There is no such file.") from None
    except _BROKEN as broken:
        raise Unreadable(f"This is no ZIP file as we make them, or it is damaged ({type(broken).__name__}).") from None
    return Report(
        manifest.request, manifest.as_of, len(manifest.files), fingerprint(public), key is not None, tuple(wrong)
    )


def _as_blocks(content: bytes) -> bytes:
    blocks = Blocks()
    return blocks.compress(content) + blocks.flush()


def _refuse_names(names: Sequence[str]) -> None:
    if len(set(names)) != len(names):
        raise Unreadable("Two files in it have the same name.")
    for name in names:
        if not _NAME.fullmatch(name):
            raise Unreadable(f"A file in it has a name that none of ours has: {name[:100]!a}.")
    for name in (MANIFEST, SIGNATURE):
        if name not in names:
            raise Unreadable(f"{name} is missing: this is no copy of ours, or not the whole of it.")


def _small(file: BinaryIO, named: dict[str, Entry], name: str, most: int) -> bytes:
    """A file's content, if it is no larger than ``most``."""
    if name not in named:
        raise Unreadable(f"{name} is missing.")
    content = b""
    for piece in _unpacked(file, named[name]):
        content += piece
        if len(content) > most:
            raise Unreadable(f"{name} is larger than it can be.")
    return content


def _unpacked(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """An entry's content, in pieces. Raises ValueError, zlib.error where it is not what the directory says."""
    crc, size, inflate = 0, 0, zlib.decompressobj(-zlib.MAX_WBITS)
    for piece in packed(file, entry):
        waiting = piece
        while waiting and not inflate.eof:
            content = inflate.decompress(waiting, _UNPACKED_AT_ONCE)
            waiting = inflate.unconsumed_tail
            crc, size = zlib.crc32(content, crc), size + len(content)
            yield content
        if inflate.eof and (waiting or inflate.unused_data):
            raise ValueError("something behind the content")
    if not inflate.eof:
        content = inflate.flush()
        crc, size = zlib.crc32(content, crc), size + len(content)
        yield content
    if not inflate.eof or (crc, size) != (entry.crc, entry.size):
        raise ValueError("other content than the directory says")


def _manifest(content: bytes) -> _Manifest:
    try:
        manifest = msgspec.json.decode(content, type=_Manifest)
    except msgspec.MsgspecError:
        raise Unreadable(f"{MANIFEST} is no list of files.") from None
    if (manifest.format, manifest.version) != (FORMAT, VERSION):
        raise Unreadable(f"{MANIFEST} is of a form that this program does not know.")
    return manifest


def signed(content: bytes, signature: bytes, pem: bytes) -> tuple[bytes, bool]:
    """The key ``pem`` (RSA) as DER, and whether it signed ``content`` (PKCS #1 v1.5, SHA-256). Raises Unreadable."""
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import padding, rsa
    except ImportError:
        raise Unreadable("The package cryptography is needed: python -m pip install cryptography") from None
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, rsa.RSAPublicKey):
        raise Unreadable("The key is no RSA public key (PEM).")
    public = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    try:
        key.verify(signature, content, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return public, False
    return public, True


def _differences(file: BinaryIO, named: dict[str, Entry], manifest: _Manifest) -> Iterator[str]:
    listed = [one.name for one in manifest.files]
    if len(set(listed)) != len(listed):
        yield "The list names a file twice."
    present = [name for name in named if name not in (MANIFEST, SIGNATURE)]
    yield from (f"Added, not in the list: {name}" for name in sorted(set(present) - set(listed)))
    if set(present) == set(listed) and [*named] != [*listed, MANIFEST, SIGNATURE]:
        yield "The files are in another order than in the list."
    for one in manifest.files:
        if one.name not in named:
            yield f"Missing: {one.name[:200]}"
        elif not _is_as_listed(file, named[one.name], one):
            yield f"Changed: {one.name}"


def _is_as_listed(file: BinaryIO, entry: Entry, listed: _Listed) -> bool:
    """Reads no more than should be there, whatever is."""
    digest, size = sha256(), 0
    try:
        for piece in _unpacked(file, entry):
            digest.update(piece)
            size += len(piece)
            if size > listed.bytes:
                return False
    except _BROKEN:
        return False
    packed_digest = sha256()
    for piece in packed(file, entry):
        packed_digest.update(piece)
    return (size, digest.hexdigest(), packed_digest.hexdigest()) == (
        listed.bytes, listed.sha256, listed.packed_sha256,
    )  # fmt: skip


def _say(report: Report) -> Iterator[str]:
    yield f"Copy for request {report.request}, as of {report.as_of}: {report.files:,} files"
    yield "Key that was used, by its fingerprint (SHA-256):"
    yield f"  {report.key}"
    yield ""
    if report.wrong:
        yield "NOT FINE. This copy is not as it was signed:"
        yield from (f"  {one}" for one in report.wrong[:_SHOWN])
        if len(report.wrong) > _SHOWN:
            yield f"  and {len(report.wrong) - _SHOWN:,} more"
    elif report.own_key:
        yield "FINE. All files are as they were when they were signed with the key that you gave."
    else:
        yield "FINE, as far as this can tell: nothing was changed since the key that lies in the copy signed it."
        yield "Whether that key is ours, this cannot tell. Compare the fingerprint above with the one that we publish,"
        yield "or give our key with --key."


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, print, answer the exit status."""
    parser = argparse.ArgumentParser(prog="python -m imchat.verify", description="Check a copy of personal data.")
    parser.add_argument("bundle", type=Path, help="the ZIP file")
    parser.add_argument("--key", type=Path, help="our public key (PEM), from where we publish it")
    chosen = parser.parse_args(arguments)
    try:
        report = check(chosen.bundle, _read(chosen.key) if chosen.key else None)
    except Unreadable as why:
        sys.stderr.write(f"Cannot check this: {why}\n")
        return UNREADABLE
    sys.stdout.writelines(f"{line}\n" for line in _say(report))
    return NOT_FINE if report.wrong else FINE


def _read(key: Path) -> bytes:
    try:
        return key.read_bytes()
    except OSError:
        raise Unreadable("The key cannot be read.") from None


if __name__ == "__main__":
    sys.exit(main())

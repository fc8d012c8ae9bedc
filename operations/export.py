"""Leaving: everything of a stage, or of one website, as files that need nothing of ours to be read. Each table is a
file of lines of JSON, as it is stored; register.json says what each field means; manifest.json lists what there is."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import boto3

from imchat.bundle.naming import file_name
from imchat.clock import rfc3339
from imchat.errors import Conflict
from imchat.register.fields import NotPersonal, Personal
from imchat.register.record import record
from imchat.register.stores import stores
from imchat.stores.chats import META, Chat
from imchat.stores.correspondence import ACTIVITY as CORRESPONDENCE
from imchat.stores.evidence import record_views
from imchat.stores.records import Records
from imchat.stores.requests import ACTIVITY as REQUESTS
from imchat.stores.verbs import batches
from operations.scanning import plain, raw_items

Say = Callable[[str], None]
BUCKETS = ("inbound", "correspondence", "exports", "parts", "identity")
MANIFEST = "manifest.json"
_AT_ONCE = 500
_READ_AT_ONCE = 1024 * 1024
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


def export(
    folder: Path, outputs: dict[str, str], site_id: str | None, *, engineer: str, now: datetime, say: Say
) -> dict[str, Any]:
    """Write everything into ``folder``, which nobody but its owner can read; what the manifest says. That ``engineer``
    took them is recorded with each item about a person before it is written. Done again, it is made anew. Raises
    Conflict where the folder holds something else."""
    about = {"stage": outputs["StackName"].removeprefix("imchat-"), "site": site_id}
    _prepare(folder, about)
    whole: dict[str, Any] = about | {"as_of": rfc3339(now), "complete": False, "tables": {}, "objects": []}
    _write(folder / "register.json", _register())
    keys: set[str] = set()
    for store in stores():
        say(f"{store.activity.title} ...")
        items = raw_items(store.name, now, site_id)
        if store.name in (CORRESPONDENCE.name, REQUESTS.name):
            items = _noting(items, keys)
        whole["tables"][store.name] = _table(folder / f"{store.name}.jsonl", _recorded(store, items, engineer, now))
    for bucket in BUCKETS:
        say(f"objects: {bucket} ...")
        for key in _keys(outputs[f"{bucket.title()}Bucket"]):
            if site_id is None or _belongs(key, keys):
                whole["objects"].append(_object(folder, bucket, outputs[f"{bucket.title()}Bucket"], key))
    whole["complete"] = True
    _write(folder / MANIFEST, whole)
    return whole


def _prepare(folder: Path, about: dict[str, Any]) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    manifest = folder / MANIFEST
    if any(folder.iterdir()):
        known = json.loads(manifest.read_text()) if manifest.exists() else {}
        if {name: known.get(name, "") for name in about} != about:
            raise Conflict("not_empty", "The folder holds something else. Name one that is empty, or new.")
    folder.chmod(0o700)
    _write(manifest, about | {"complete": False})


def _register() -> dict[str, Any]:
    """What each kind of data is, and each of its fields, in the register's words."""
    whole = record()
    for activity, store in zip(whole["activities"], stores(), strict=True):
        activity["fields"] = {name: _meaning(what) for name, what in store.fields.items()}
    return whole


def _meaning(what: Any) -> str:
    if isinstance(what, Personal):
        return what.label
    return what.why if isinstance(what, NotPersonal) else f"{what.of}, as it is searched by"


def _recorded(store: Any, items: Iterable[dict[str, Any]], engineer: str, now: datetime) -> Iterator[dict[str, Any]]:
    """The items, each batch after it was recorded as viewed."""
    for batch in batches(items, _AT_ONCE):
        record_views(viewed(store, batch), engineer, now)
        yield from batch


def viewed(store: Any, items: Iterable[dict[str, Any]]) -> Iterator[Any]:
    """Those of a store's raw items a view of which the system log records, as the library knows them."""
    if isinstance(store, Records):
        yield from (store.model.from_raw_data(item) for item in items)
    elif store.name == Chat.TABLE:
        yield from (Chat.from_raw_data(item) for item in items if item["sk"]["S"] == META)


def _noting(items: Iterable[dict[str, Any]], keys: set[str]) -> Iterator[dict[str, Any]]:
    for item in items:
        keys.add(item["pk"]["S"])
        yield item


def _table(file: Path, items: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Write the items; of how many the use is restricted is told apart (docs/decisions/0058)."""
    count = restricted = 0
    with _Hashed(file) as out:
        for item in items:
            count += 1
            restricted += "restricted" in item
            out.write(json.dumps(plain(item), ensure_ascii=False).encode() + b"\n")
    return {"file": file.name, "items": count, "restricted": restricted} | out.told()


def _keys(bucket: str) -> Iterator[str]:
    for page in boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket):
        yield from (one["Key"] for one in page.get("Contents", ()))


def _belongs(key: str, items: set[str]) -> bool:
    """Whether an object is of one of these mails or requests."""
    first = key.partition("/")[0]
    return first in items or any(first == file_name(item) for item in items)


def _object(folder: Path, word: str, bucket: str, key: str) -> dict[str, Any]:
    """Save an object. Its name is only taken where it cannot lead elsewhere."""
    plainly = all(_NAME.fullmatch(part) for part in key.split("/"))
    file = folder / "objects" / word / (key if plainly else sha256(key.encode()).hexdigest())
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _Hashed(file) as out:
        for piece in boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(_READ_AT_ONCE):
            out.write(piece)
    return {"bucket": word, "key": key, "file": file.relative_to(folder).as_posix()} | out.told()


def _write(file: Path, content: Any) -> None:
    with _Hashed(file) as out:
        out.write(json.dumps(content, indent=1, ensure_ascii=False).encode() + b"\n")


class _Hashed:
    """A file that is there when it is whole, for its owner alone, with its checksum."""

    def __init__(self, file: Path) -> None:
        self._file, self._half = file, file.with_name(f"{file.name}.part")
        self._digest, self._bytes = sha256(), 0

    def __enter__(self) -> "_Hashed":
        self._out: BinaryIO = self._half.open("wb")
        self._half.chmod(0o600)
        return self

    def write(self, piece: bytes) -> None:
        """Add to it."""
        self._out.write(piece)
        self._digest.update(piece)
        self._bytes += len(piece)

    def __exit__(self, kind: Any, *_: object) -> None:
        self._out.close()
        if kind is None:
            self._half.replace(self._file)

    def told(self) -> dict[str, Any]:
        """What the manifest says of it."""
        return {"bytes": self._bytes, "sha256": self._digest.hexdigest()}

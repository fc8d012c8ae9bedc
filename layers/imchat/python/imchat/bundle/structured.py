"""The copy for machines: JSON, each item on a line of its own. schema.json beside this file describes it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from imchat.bundle import naming
from imchat.bundle.archive import Written
from imchat.bundle.contents import Contents, Section
from imchat.bundle.signing import FORMAT, VERSION
from imchat.bundle.tally import Tally
from imchat.clock import rfc3339
from imchat.register.controller import COMPLAINTS, CONTACT, CONTROLLER
from imchat.register.store import Exported, Fact, File
from imchat.register.words import kept_in_words

_encode = msgspec.json.Encoder().encode


def schema() -> bytes:
    """The JSON Schema (2020-12) of export.json."""
    return (Path(__file__).parent / "schema.json").read_bytes()


def export(contents: Contents, sections: Iterable[Section], websites: Iterable[str]) -> Iterator[bytes]:
    """export.json: groups > items > data, a group for each of ``sections``; ``websites`` are the names of those that
    the items belong to."""
    head = _head(contents) | {
        "schema": "schema.json",
        "reasons": contents.reasons,
        "websites": {
            "all_searched": contents.everywhere,
            "answered_for": list(websites),
            "answering_themselves": [{"name": name, "contact": contact} for name, contact in contents.elsewhere],
        },
    }
    yield _encode(head)[:-1] + b',"groups":['
    for number, section in enumerate(sections):
        yield (b",\n" if number else b"\n") + _encode(_group(section))[:-1] + b',"items":['
        before = b"\n"
        for item in section.items():
            yield before + _encode(_item(item))
            before = b",\n"
        yield b"]}"
    yield b"]}\n"


def transcript(contents: Contents, item: Exported) -> bytes:
    """One conversation."""
    return msgspec.json.format(_encode(_head(contents) | _item(item)), indent=2) + b"\n"


def retained(contents: Contents, tallies: Iterable[Tally]) -> bytes:
    """retained.json: what an erasure would not remove (UK GDPR Article 17(3)), why, and until when."""
    held = {tally.activity.name: tally for tally in tallies}
    kept = []
    for activity in contents.searched:
        if activity.erasure == "retained" and activity.categories:
            tally = held.get(activity.name)
            kept.append(
                {
                    "name": activity.name,
                    "title": activity.title,
                    "what": activity.categories,
                    "why": activity.retained_because,
                    "law": activity.retained_under,
                    "kept": kept_in_words(activity),
                    "items_in_this_copy": tally.items if tally else 0,
                    "last_kept_until": rfc3339(tally.until) if tally and tally.until else None,
                }
            )
    said = "If you ask us to erase your data, this stays, and nothing else."
    return msgspec.json.format(_encode(_head(contents) | {"about": said, "retained": kept}), indent=2) + b"\n"


def manifest(contents: Contents, lines: Iterable[bytes]) -> Iterator[bytes]:
    """manifest.json; ``lines`` are the files, as manifest_line makes them."""
    yield _encode(_head(contents))[:-1] + b',"files":['
    before = b"\n"
    for line in lines:
        yield before + line.rstrip(b"\n")
        before = b",\n"
    yield b"\n]}\n"


def manifest_line(name: str, written: Written, items: int) -> bytes:
    """One file in the manifest: its SHA-256, its bytes, how many items it holds, and the SHA-256 of it as it is packed
    in the ZIP."""
    sha256 = {"sha256": written.sha256, "packed_sha256": written.packed_sha256}
    return _encode({"name": name, **sha256, "bytes": written.size, "items": items}) + b"\n"


def _head(contents: Contents) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "kind": contents.kind,
        "request": contents.reference,
        "asked_on": contents.asked_on.isoformat(),
        "as_of": rfc3339(contents.as_of),
        "controller": {"name": CONTROLLER, "contact": CONTACT, "complaints": COMPLAINTS},
    }


def _group(section: Section) -> dict[str, Any]:
    activity = section.activity
    return {
        "name": activity.name,
        "title": activity.title,
        "purpose": activity.purpose,
        "lawful_basis": activity.lawful_basis,
        "categories": activity.categories,
        "source": activity.source,
        "recipients": activity.recipients,
        "kept": kept_in_words(activity),
        "items_left_out": dict(sorted(section.not_given.items())),
    }


def _item(item: Exported) -> dict[str, Any]:
    return {
        "reference": str(item.reference),
        "title": item.title,
        "website": item.website,
        "kept_until": rfc3339(item.until) if item.until else None,
        "data": [_fact(fact) for fact in item.facts],
        "files": [_file(item, file) for file in item.files],
    }


def _fact(fact: Fact) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": fact.name, "value": fact.value, "provided_by_you": fact.given}
    if fact.said:
        shown["said"] = {"by": fact.said.by, "name": fact.said.name, "at": rfc3339(fact.said.at)}
    if fact.left_out:
        shown["left_out"] = fact.left_out
    return shown


def _file(item: Exported, file: File) -> dict[str, Any]:
    if file.left_out:
        return {"number": file.number, "left_out": file.left_out}
    return {
        "number": file.number,
        "type": file.content_type,
        "bytes": file.size,
        "name": file.name,
        "path": naming.attachment(item.reference, file),
    }

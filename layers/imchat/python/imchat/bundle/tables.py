"""The copy for spreadsheets: a CSV (RFC 4180, UTF-8) for each store, a line for each fact and each file."""

import codecs
from collections.abc import Iterator, Mapping

from imchat.bundle import naming
from imchat.bundle.contents import Section
from imchat.clock import rfc3339
from imchat.register.store import Exported
from imchat.tabular import lines

COLUMNS = {
    "item": "The reference of the item that the line belongs to.",
    "item_title": "What the item is.",
    "website": "The website that the item belongs to. Blank: it belongs to none.",
    "kept_until": "Until when the item is kept: as said_at. Blank: as response.html says.",
    "line": "The place of the line in its item, counted from 1.",
    "name": "What the value is.",
    "value": "The value, exactly as it is held, but for an apostrophe before a value that a spreadsheet would take "
    "for a formula.",
    "provided_by_you": "yes: you gave it to us. no: it came about in another way.",
    "said_by": "For what was said in a conversation: visitor is you, operator is the website, note is a note of its "
    "staff.",
    "said_by_name": "For what was said in a conversation: what an operator is called in public.",
    "said_at": "For what was said in a conversation: when, as date and time with the distance from UTC.",
    "file": "For a file: where it is among these files.",
    "left_out": "Why something is left out, if it is.",
}
# Without it, Excel takes UTF-8 for something else.
_MARK = codecs.BOM_UTF8


def columns() -> bytes:
    """columns.csv: what each column of the other tables means."""
    return _MARK + lines([("column", "meaning"), *COLUMNS.items()]).encode()


def table(section: Section, reasons: Mapping[str, str]) -> Iterator[bytes]:
    """A store's CSV; ``reasons`` in words."""
    yield _MARK + lines([tuple(COLUMNS)]).encode()
    for item in section.items():
        yield lines(_item(item, reasons)).encode()


def _item(item: Exported, reasons: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    common = (str(item.reference), item.title, item.website or "", rfc3339(item.until) if item.until else "")
    number = 0
    for number, fact in enumerate(item.facts, start=1):
        said = (fact.said.by, fact.said.name or "", rfc3339(fact.said.at)) if fact.said else ("", "", "")
        why = " ".join(reasons[reason] for reason in fact.left_out)
        yield *common, str(number), fact.name, fact.value, "yes" if fact.given else "no", *said, "", why
    for line, file in enumerate(item.files, start=number + 1):
        name, path = (file.name or "", naming.attachment(item.reference, file)) if not file.left_out else ("", "")
        why = reasons[file.left_out] if file.left_out else ""
        yield *common, str(line), f"File {file.number}", name, "", "", "", "", path, why

"""Many purchases from one CSV file, with a report of each line that was refused. One broken line spoils no other."""

import csv
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime

from imchat.desk.purchases import Sale, record_purchase
from imchat.errors import Conflict, InvalidInput

COLUMNS = tuple(one.name for one in fields(Sale))
_REQUIRED = frozenset(one.name for one in fields(Sale) if one.default is MISSING) | {"name"}
# A quoted value may go over several lines; a quote that nobody closed may not swallow the rest of the file.
_MOST_LINES_OF_A_RECORD = 20


@dataclass(frozen=True)
class RefusedLine:
    """A line (counted from 1, the heading included) that was not taken, and why: the column where one is to blame."""

    line: int
    column: str | None
    detail: str


@dataclass
class Report:
    """What became of a file."""

    imported: int = 0
    already_there: int = 0
    refused: list[RefusedLine] = field(default_factory=list)


class _Broken(Exception):
    pass


def import_csv(site_id: str, staff: str, content: str, now: datetime) -> Report:
    """Record each line of a CSV file (comma, double quotes, one heading with COLUMNS in any order). The same file again
    records nothing twice. Raises InvalidInput where the heading is not that."""
    records = _records(content.removeprefix("\ufeff"))
    columns = _heading(next(records, (1, None))[1])
    report = Report()
    for line, values in records:
        if values == []:
            continue
        try:
            record_purchase(site_id, staff, _sale(columns, values), now)
            report.imported += 1
        except Conflict:
            report.already_there += 1
        except InvalidInput as refusal:
            report.refused.append(RefusedLine(line, refusal.field, refusal.detail))
    return report


def _heading(values: list[str] | None) -> list[str]:
    columns = [value.strip().lower() for value in values or ()]
    unknown = [column for column in columns if column not in COLUMNS]
    missing = sorted(_REQUIRED.difference(columns))
    if unknown:
        raise InvalidInput(
            "unknown_field", f"Line 1: column {columns.index(unknown[0]) + 1} is none of ours.", "line 1"
        )
    if missing or len(set(columns)) != len(columns):
        detail = f"missing: {', '.join(missing)}" if missing else "a column is there twice"
        raise InvalidInput("bad_heading", f"Line 1 must name the columns ({detail}).", "line 1")
    return columns


def _sale(columns: list[str], values: list[str] | None) -> Sale:
    if values is None:
        raise InvalidInput("broken_line", "The quotes of this line do not match.")
    if len(values) != len(columns):
        raise InvalidInput("broken_line", f"This line has {len(values)} values; the heading has {len(columns)}.")
    given = dict(zip(columns, values, strict=True))
    for column in sorted(_REQUIRED):
        if not given[column].strip():
            raise InvalidInput("missing_field", "This value is required.", column)
    return Sale(**given)


def _records(content: str) -> Iterator[tuple[int, list[str] | None]]:
    """(number of its first line, values) of each record; None where its quotes do not match. Reading goes on with the
    next line."""
    lines = content.splitlines(keepends=True)
    start = 0
    while start < len(lines):
        for end in range(start + 1, min(start + _MOST_LINES_OF_A_RECORD, len(lines)) + 1):
            try:
                values = _parsed("".join(lines[start:end]))
            except _Broken:
                continue
            yield start + 1, values
            start = end
            break
        else:
            yield start + 1, None
            start += 1


def _parsed(record: str) -> list[str]:
    try:
        return next(csv.reader([record], strict=True), [])
    except csv.Error:
        raise _Broken from None

"""Many purchases from one CSV file, as spreadsheets save it, with a report of each line that was refused. One broken
line spoils no other. How dates and decimals are written is said by whoever imports, and never guessed."""

import csv
import re
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, field, fields
from datetime import date, datetime
from typing import Literal

from imchat.desk import amounts
from imchat.desk.purchases import Sale, record, region_of
from imchat.errors import BodyTooLarge, InvalidInput
from imchat.fields import checked
from imchat.values import InvalidValue

COLUMNS = tuple(one.name for one in fields(Sale))
_REQUIRED = frozenset(one.name for one in fields(Sale) if one.default is MISSING) | {"name"}
# As many as are recorded well within the half a minute that a call has.
MOST_LINES = 1_000
# A quoted value may go over several lines; a quote that nobody closed may not swallow the rest of the file.
_MOST_LINES_OF_A_RECORD = 20
_NOT_UNICODE = "The file is not UTF-8 text. Save it as “CSV UTF-8”, or say that it is a Windows file."
_SEPARATORS = (",", ";", "\t")
# What spreadsheets put first to name the separator.
_NAMES_SEPARATOR = re.compile(r"""("?)sep=(.)\1[,;\t]*""", re.IGNORECASE)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")

Dates = Literal["iso", "day_first", "month_first"]
_DATES = {
    "iso": (re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"), "2026-01-31"),
    "day_first": (
        re.compile(r"(?P<day>[0-9]{1,2})([./-])(?P<month>[0-9]{1,2})\2(?P<year>[0-9]{4})"),
        "31/01/2026",
    ),
    "month_first": (
        re.compile(r"(?P<month>[0-9]{1,2})([./-])(?P<day>[0-9]{1,2})\2(?P<year>[0-9]{4})"),
        "01/31/2026",
    ),
}


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


@dataclass(frozen=True)
class Format:
    """How the values of a file are written."""

    dates: Dates = "iso"
    decimals: amounts.Decimals = "point"


def decode(raw: bytes | str, *, windows: bool = False) -> str:
    """The text of a file: UTF-8 or UTF-16, with or without a byte order mark; ``windows`` says that what is neither is
    windows-1252. Text that was decoded on its way, and lost characters there, is refused. Raises InvalidInput."""
    if isinstance(raw, str):
        raw = raw.encode("utf-8", "surrogatepass")
    if "\ufffd".encode() in raw:
        raise InvalidInput("not_utf8", _NOT_UNICODE)
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return _decoded(raw, encoding)
    if raw[1:2] == b"\0" or raw[:1] == b"\0":
        return _decoded(raw, "utf-16-le" if raw[1:2] == b"\0" else "utf-16-be")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(raw, "cp1252" if windows else "utf-8")


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise InvalidInput("not_utf8", _NOT_UNICODE) from None


def import_csv(site_id: str, staff: str, content: str, now: datetime, form: Format | None = None) -> Report:
    """Record each line of a CSV file: comma, semicolon or tab, double quotes, one heading with COLUMNS in any order.

    A line that is recorded already is counted as such if it says the same, else refused. The same file again records
    nothing twice. Raises InvalidInput where the heading is not that, BodyTooLarge beyond MOST_LINES: then nothing is
    recorded."""
    form = form or Format()
    lines = _LINE.findall(content.removeprefix("\ufeff"))
    if len(lines) > MOST_LINES:
        raise BodyTooLarge("too_many_lines", f"The file has more than {MOST_LINES} lines. Please split it.")
    named = _NAMES_SEPARATOR.fullmatch(lines[0].rstrip("\r\n")) if lines else None
    first = 1 if named else 0
    separator = named[2] if named else _separator(lines[0] if lines else "")
    records = _records(lines, first, separator)
    start, heading = next(records, (first + 1, None))
    columns = _heading(heading, start)
    report, region = Report(), region_of(site_id)
    for line, values in records:
        if values == [] or (values and len(values) >= len(columns) and not any(value.strip() for value in values)):
            continue
        try:
            recorded = record(site_id, staff, _sale(columns, values, form), now, region=region)
        except InvalidInput as refusal:
            report.refused.append(RefusedLine(line, refusal.field, refusal.detail))
            continue
        if recorded.differing:
            report.refused.append(RefusedLine(line, recorded.differing[0], _differs(recorded.differing)))
        else:
            report.imported += not recorded.known
            report.already_there += recorded.known
    return report


def _differs(fields_: tuple[str, ...]) -> str:
    return f"This payment is recorded already, and what is recorded differs in: {', '.join(fields_)}."


def _separator(heading: str) -> str:
    """What separates the columns: under which the heading names most of ours."""

    def known(separator: str) -> int:
        try:
            return sum(_column(value) in COLUMNS for value in _parsed(heading, separator))
        except _Broken:
            return 0

    return max(_SEPARATORS, key=known)


def _column(value: str) -> str:
    return value.strip().lower()


def _heading(values: list[str] | None, line: int) -> list[str]:
    columns = _without_empty_end([_column(value) for value in values or ()], 0)
    place = f"line {line}"
    unknown = [column for column in columns if column not in COLUMNS]
    missing = sorted(_REQUIRED.difference(columns))
    if unknown:
        detail = f"Line {line}: column {columns.index(unknown[0]) + 1} is none of ours."
        raise InvalidInput("unknown_field", detail, place)
    if missing or len(set(columns)) != len(columns):
        detail = f"missing: {', '.join(missing)}" if missing else "a column is there twice"
        raise InvalidInput("bad_heading", f"Line {line} must name the columns ({detail}).", place)
    return columns


def _without_empty_end(values: list[str], keep: int) -> list[str]:
    """``values`` without the empty ones at the end, as far as they are more than ``keep``."""
    end = len(values)
    while end > keep and not values[end - 1].strip():
        end -= 1
    return values[:end]


def _sale(columns: list[str], values: list[str] | None, form: Format) -> Sale:
    if values is None:
        raise InvalidInput("broken_line", "The quotes of this line do not match.")
    values = _without_empty_end(values, len(columns))
    if len(values) != len(columns):
        raise InvalidInput("broken_line", f"This line has {len(values)} values; the heading has {len(columns)}.")
    given = dict(zip(columns, values, strict=True))
    for column in sorted(_REQUIRED):
        if not given[column].strip():
            raise InvalidInput("missing_field", "This value is required.", column)
    given["amount"] = checked("amount", amounts.plain, given["amount"], form.decimals)
    given["bought_on"] = checked("bought_on", _iso, given["bought_on"], form.dates)
    return Sale(**given)


def _iso(given: str, dates: Dates) -> str:
    pattern, example = _DATES[dates]
    found = pattern.fullmatch(given.strip())
    try:
        return date(*(int(found[part]) for part in ("year", "month", "day"))).isoformat() if found else _no(example)
    except ValueError:
        return _no(example)


def _no(example: str) -> str:
    raise InvalidValue(f"This must be a day, as {example}.")


def _records(lines: list[str], start: int, separator: str) -> Iterator[tuple[int, list[str] | None]]:
    """(number of its first line, values) of each record from ``start`` on; None where its quotes do not match. Reading
    goes on with the next line."""
    while start < len(lines):
        for end in range(start + 1, min(start + _MOST_LINES_OF_A_RECORD, len(lines)) + 1):
            try:
                values = _parsed("".join(lines[start:end]), separator)
            except _Broken:
                continue
            yield start + 1, values
            start = end
            break
        else:
            yield start + 1, None
            start += 1


def _parsed(record: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([record], delimiter=separator, strict=True), [])
    except csv.Error:
        raise _Broken from None

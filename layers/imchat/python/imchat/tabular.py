"""CSV for people: what a spreadsheet would take for a formula is made text."""

import csv
import io
import json
from collections.abc import Iterable

_FORMULAS_BEGIN_WITH = frozenset("=+-@\t\r")


def harmless(cell: str) -> str:
    """``cell`` with an apostrophe before it where it begins as a formula does."""
    return f"'{cell}" if cell[:1] in _FORMULAS_BEGIN_WITH else cell


class TooLong(Exception):
    """A table is longer than what is to carry it."""


def lines(rows: Iterable[Iterable[str]], most: int | None = None) -> str:
    """Rows as lines of a CSV (RFC 4180), each cell harmless. Raises TooLong where they take more than ``most`` bytes
    as a text in JSON of ASCII, which is how Lambda answers at worst; no more rows are taken then."""
    written, size = [], 0
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        written.append(line.getvalue())
        line.seek(0)
        line.truncate()
        if most is not None:
            size += len(json.dumps(written[-1]))
            if size > most:
                raise TooLong
    return "".join(written)

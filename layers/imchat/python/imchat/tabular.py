"""CSV for people: what a spreadsheet would take for a formula is made text."""

import csv
import io
from collections.abc import Iterable

_FORMULAS_BEGIN_WITH = frozenset("=+-@\t\r")


def harmless(cell: str) -> str:
    """``cell`` with an apostrophe before it where it begins as a formula does."""
    return f"'{cell}" if cell[:1] in _FORMULAS_BEGIN_WITH else cell


def lines(rows: Iterable[Iterable[str]]) -> str:
    """Rows as lines of a CSV (RFC 4180), each cell harmless."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()

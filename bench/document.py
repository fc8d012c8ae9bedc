"""docs/performance.md: prose by hand, and in it the tables that the bench writes, each between two marks."""

import re
from collections.abc import Iterable
from pathlib import Path

from bench.figures import Figure, table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"


def write(part: str, figures: Iterable[Figure], page: Path = PAGE) -> None:
    """Put the figures of a part where the page has its marks. Raises LookupError where it has none."""
    place = re.compile(rf"(<!-- {part} -->\n).*?(<!-- /{part} -->)", re.DOTALL)
    lines = "".join(f"{line}\n" for line in ("", *table(figures), ""))
    made, found = place.subn(lambda marks: marks[1] + lines + marks[2], page.read_text())
    if not found:
        raise LookupError(f"{page.name} has no place for {part}")
    page.write_text(made)

"""What the bench finds: a figure, and what it may be at most."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """``value`` of ``what`` in ``unit``, which may be ``budget`` at most. ``x`` is the unit of ratios to a floor that
    the same run measured; ``aside`` tells what helps to understand it, such as milliseconds on this machine."""

    what: str
    value: float
    unit: str
    budget: float | None = None
    aside: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is within its budget."""
        return self.budget is None or self.value <= self.budget

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """What, figure, budget, aside, as people read them."""
        at_most = "" if self.budget is None else _number(self.budget, self.unit)
        shown = _number(self.value, self.unit)
        return self.what, shown if self.holds else f"{shown} !", at_most, self.aside


def table(figures: Iterable[Figure]) -> Iterator[str]:
    """The figures as lines of Markdown, which read well as they are."""
    rows = [("what", "figure", "at most", ""), *(one.cells for one in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(4)]
    for number, row in enumerate(rows):
        what, value, budget, aside = (
            cell.rjust(width) if place in (1, 2) else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield f"| {what} | {value} | {budget} | {aside} |"
        if number == 0:
            a, b, c, d = widths
            yield f"| {'-' * a} | {'-' * (b - 1)}: | {'-' * (c - 1)}: | {'-' * d} |"


def _number(value: float, unit: str) -> str:
    if unit == "x":
        return f"{value:.2f} x"
    return f"{value:,.{0 if value == int(value) else 2}f} {unit.removesuffix('s') if value == 1 else unit}"

"""Draws what was measured: an SVG with a panel for DynamoDB's units and one for our processor time, both axes
logarithmic, so that what does not grow is level and what grows in step rises by a decade in a decade. It reads in light
and in dark, and in black and white: lines differ in their dashes and marks too."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from math import ceil, floor, log10
from pathlib import Path

import msgspec

from bench.scale.series import Series, exponent

# Processor time is never twice the same. A drawing is made anew when a point would visibly move.
_MOVED = 1.25
_WIDTH, _HEIGHT, _PANEL = 920, 300, 460
_LEFT, _TOP, _ACROSS, _DOWN = 78, 44, 244, 200
_LINE = 15
_DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 2")
_MARKS = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
    "M-4 -4h8v8h-8z",
    "M0 -5l5 9h-10z",
    "M0 -5l5 5l-5 5l-5 -5z",
    "M-4 -2h8v4h-8z",
)
_LIGHT = {
    "paper": "#ffffff", "ink": "#1f2328", "grid": "#d5d9dd",
    "c0": "#0b5fa5", "c1": "#b3450f", "c2": "#1e7a3c", "c3": "#7b3aa8", "c4": "#8a6a00",
}  # fmt: skip
_DARK = {
    "paper": "#15181c", "ink": "#e6e6e6", "grid": "#3c4248",
    "c0": "#6cb6ff", "c1": "#f0955b", "c2": "#6fce8b", "c3": "#cda1f2", "c4": "#e0bd4a",
}  # fmt: skip
_RULES = (
    "text{font:12px system-ui,sans-serif;fill:var(--ink)}.title{font-weight:600}.paper{fill:var(--paper)}"
    ".grid{stroke:var(--grid)}.guide{stroke:var(--ink);stroke-dasharray:1 5}.line{fill:none;stroke-width:2}"
)
_MEASURES = (("units", "DynamoDB units"), ("cpu", "our processor time, in bare calls"))


def write(file: Path, series: Sequence[Series], grows: str) -> None:
    """Draw the series over what ``grows``, unless the file shows the same to the eye."""
    if file.exists() and _same(file.read_text(), series):
        return
    file.parent.mkdir(exist_ok=True)
    file.write_text(drawn(series, grows))


def drawn(series: Sequence[Series], grows: str) -> str:
    """The SVG; the figures themselves are in its metadata."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" role="img" aria-label="{escape(f"Cost by {grows}")}">',
        f"<metadata>{msgspec.json.encode(series).decode()}</metadata>",
        f"<style>{_style()}</style>",
        f'<rect class="paper" width="{_WIDTH}" height="{_HEIGHT}"/>',
    ]
    for place, (measure, title) in enumerate(_MEASURES):
        lines += [f'<g transform="translate({place * _PANEL} 0)">', *_panel(series, measure, title, grows), "</g>"]
    return "\n".join([*lines, "</svg>", ""])


def _style() -> str:
    light, dark = (";".join(f"--{name}:{colour}" for name, colour in colours.items()) for colours in (_LIGHT, _DARK))
    return f"svg{{{light}}}@media(prefers-color-scheme:dark){{svg{{{dark}}}}}{_RULES}"


def _panel(series: Sequence[Series], measure: str, title: str, grows: str) -> Iterator[str]:
    axes = _Axes(series[0].sizes, [value for one in series for value in one.of(measure)])
    yield f'<text class="title" x="{_LEFT}" y="{_TOP - 20}">{escape(title)}</text>'
    yield from axes.grid()
    yield _text(_LEFT + _ACROSS / 2, _TOP + _DOWN + 38, grows, "middle")
    ends = _apart([axes.y(one.of(measure)[-1]) for one in series])
    for number, (one, end) in enumerate(zip(series, ends, strict=True)):
        values = one.of(measure)
        points = [(axes.x(size), axes.y(value)) for size, value in zip(one.sizes, values, strict=True)]
        line = "L".join(f"{x} {y}" for x, y in points)
        colour, dash = f"var(--c{number})", _DASHES[number]
        yield f'<path class="line" style="stroke:{colour}" stroke-dasharray="{dash}" d="M{line}"/>'
        for x, y in (*points, (_LEFT + _ACROSS + 14, end)):
            yield f'<path style="fill:{colour}" transform="translate({x} {y})" d="{_MARKS[number]}"/>'
        yield _text(_LEFT + _ACROSS + 22, end + 4, f"{one.what} {exponent(one.sizes, values):z.2f}", "start")


class _Axes:
    """Where sizes and values lie in a panel: from the smallest size to the largest, and in whole decades of values, two
    at least, so that what is level looks so."""

    def __init__(self, sizes: Sequence[int], values: Sequence[float]) -> None:
        self._sizes = sizes
        self._low = floor(log10(min(values)))
        self._high = max(ceil(log10(max(values))), self._low + 2)

    def x(self, size: float) -> float:
        first, last = self._sizes[0], self._sizes[-1]
        return round(_LEFT + _ACROSS * log10(size / first) / log10(last / first), 1)

    def y(self, value: float) -> float:
        return round(_TOP + _DOWN * (self._high - log10(value)) / (self._high - self._low), 1)

    def grid(self) -> Iterator[str]:
        """The decades, the sizes, and a dotted line from the corner, to which is parallel what grows in step."""
        for decade in range(self._low, self._high + 1):
            y = self.y(10.0**decade)
            yield f'<path class="grid" d="M{_LEFT} {y}h{_ACROSS}"/>'
            yield _text(_LEFT - 8, y + 4, f"{10.0**decade:,.{max(0, -decade)}f}", "end")
        for size in self._sizes:
            yield f'<path class="grid" d="M{self.x(size)} {_TOP}v{_DOWN}"/>'
            yield _text(self.x(size), _TOP + _DOWN + 18, f"{size:,}", "middle")
        low, first = 10.0**self._low, self._sizes[0]
        end = min(self._sizes[-1], first * 10.0 ** (self._high - self._low))
        corner, top = (f"{self.x(size)} {self.y(low * size / first)}" for size in (first, end))
        yield f'<path class="guide" d="M{corner}L{top}"/>'


def _text(x: float, y: float, said: str, anchor: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(said)}</text>'


def _apart(heights: Sequence[float]) -> list[float]:
    """The heights, moved so far that a line of text fits between them, in the same order."""
    placed: dict[int, float] = {}
    below = float("inf")
    for number in sorted(range(len(heights)), key=lambda one: -heights[one]):
        below = placed[number] = round(min(heights[number], below - _LINE), 1)
    return [placed[number] for number in range(len(heights))]


def _same(svg: str, series: Sequence[Series]) -> bool:
    known = re.search("<metadata>(.*)</metadata>", svg)
    before = msgspec.json.decode(known[1], type=list[Series]) if known else []
    if [(one.what, one.sizes, one.of("calls"), one.of("units")) for one in before] != [
        (one.what, one.sizes, one.of("calls"), one.of("units")) for one in series
    ]:
        return False
    times = [[value for one in some for value in one.of("cpu")] for some in (before, series)]
    return all(1 / _MOVED < new / old < _MOVED for old, new in zip(*times, strict=True))

"""Every regular expression of the product against text made to hurt it: ``python -m tests.attacks.patterns`` prints those
whose time grows faster than their text, and how many there are.

Each is tried in the ways in which its module uses it, on what it is made of itself, repeated. On four times the text,
one that starts again at every place takes sixteen times as long, and one that does not about four.
"""

import ast
import importlib
import pkgutil
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]
_SHORT, _TIMES, _TOO_MANY, _MEASURED = 2000, 4, 8, 5
_TAILS = ("\0", " ", "\n", ";")
_WAYS = {"match": "match", "fullmatch": "fullmatch"}  # all others search
_USES = "match|fullmatch|search|findall|finditer|sub|subn|split"


@dataclass(frozen=True)
class Found:
    """A pattern, where it stands, and how it is used there."""

    place: str
    pattern: str | bytes
    flags: int
    ways: frozenset[str]


def collected() -> list[Found]:
    """All that functions and library compile when they are imported, and all that they use as they go."""
    found: list[Found] = []
    real = re.compile

    def spy(pattern: Any, flags: Any = 0) -> Any:
        caller = sys._getframe(1)
        file = Path(caller.f_code.co_filename)
        if any(file.is_relative_to(_ROOT / ours) for ours in ("functions", "layers")):
            found.append(_used(file, caller.f_lineno, pattern, int(flags)))
        return real(pattern, flags)

    import functions
    import imchat

    re.compile = spy  # type: ignore[assignment]
    try:
        for package in (imchat, functions):
            for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
                importlib.import_module(module.name)
    finally:
        re.compile = real  # type: ignore[assignment]
    for package in (imchat, functions):
        for file in Path(next(iter(package.__path__))).rglob("*.py"):
            found += _inline(file)
    return found


def _used(file: Path, line: int, pattern: str | bytes, flags: int) -> Found:
    source = file.read_text()
    name = re.match(r"\s*(\w+)(?::[^=]+)?\s*=", source.splitlines()[line - 1])
    uses = re.findall(rf"\b{name[1]}\.({_USES})\(", source) if name else []
    ways = frozenset(_WAYS.get(use, "search") for use in uses or ("search", "fullmatch"))
    return Found(f"{file.name}:{line}", pattern, flags, ways)


def _inline(file: Path) -> Iterator[Found]:
    for node in ast.walk(ast.parse(file.read_text())):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        if use := re.fullmatch(rf"re\.({_USES})", ast.unparse(node.func)):
            ways = frozenset({_WAYS.get(use[1], "search")})
            yield Found(f"{file.name}:{node.lineno}", node.args[0].value, 0, ways)


def slow(one: Found) -> str | None:
    """A text on which the pattern is slow, shortened; None where none of those tried is."""
    compiled, source = re.compile(one.pattern, one.flags), one.pattern
    said = source.decode("latin-1") if isinstance(source, bytes) else source
    leads = {"", *(word for word in re.findall(r"[A-Za-z]+", said)[:2]), "<" if "<" in said else ""}
    for lead in sorted(leads):
        for pump in _pumps(said):
            for tail in _TAILS:
                short, long = (
                    _as(source, lead + pump * (length // len(pump)) + tail) for length in (_SHORT, _SHORT * _TIMES)
                )
                if any(_grows(getattr(compiled, way), short, long) for way in one.ways):
                    return f"{lead}{pump}...{tail}"
    return None


def _pumps(said: str) -> Iterator[str]:
    characters = list(dict.fromkeys([*(one for one in said if one not in "\\^$[](){}*+?|"), *'aA0 @.-/<=\n";:é']))
    yield from characters[:40]
    few = characters[:12]
    yield from (first + second for first in few for second in few if first != second)


def _as(pattern: str | bytes, text: str) -> Any:
    return text.encode() if isinstance(pattern, bytes) else text


def _grows(use: Callable[[Any], Any], short: Any, long: Any) -> bool:
    """Whether the time grows faster than the text, each at its best of three: what else the machine does is not
    counted."""
    if _time(use, short) > 0.2:  # a hundred times what any other takes; the longer text might take hours
        return True
    if _time(use, long) < 0.002:  # less than any pattern that starts again at every place
        return False
    # On a machine that is busy with much else one measurement is none: what grows does so each time.
    return all(
        min(_time(use, long) for _ in range(3)) > _TOO_MANY * min(_time(use, short) for _ in range(3))
        for _ in range(_MEASURED)
    )


def _time(use: Callable[[Any], Any], text: Any) -> float:
    begun = time.process_time()
    use(text)
    return time.process_time() - begun


def main() -> None:
    """Print the slow ones, and how many patterns there are."""
    found = collected()
    for one in found:
        if why := slow(one):
            print(f"{one.place}: {one.pattern!r} is slow on {why!r}")
    print(len(found))


if __name__ == "__main__":
    main()

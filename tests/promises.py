"""``make promises``: each promise of the notice with the tests that prove it, and their result. A test proves the promises
whose numbers its name carries (``test_N17_...``, ``test_N18_N19_...``); its cases are counted with it."""

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from imchat.register.promises import PROMISES

ROOT = Path(__file__).resolve().parent.parent
WRITTEN = ROOT / "docs" / "promises.md"
_NUMBERS = re.compile(r"test((?:_N\d+)+)(?:_|$)")
_WIDTH = 72  # of a promise: a line has 100
_HEADING = """# What proves the notice

Each promise of the privacy notice, and the tests that prove it: `make promises` runs them and writes this file. A promise is
proved if every one of its tests passes; a promise without a test fails the command.
"""


@dataclass
class Proof:
    """One test function: what it says, how many cases it had, what failed, and which cases have not run to their end."""

    name: str
    says: str
    cases: int = 0
    failed: list[str] = field(default_factory=list)
    waiting: set[str] = field(default_factory=set)


def numbers(name: str) -> list[int]:
    """The promises that a test of this name proves."""
    match = _NUMBERS.match(name)
    return [int(number) for number in re.findall(r"\d+", match[1])] if match else []


def says(name: str, docstring: str | None) -> str:
    """What a test holds, in words: its docstring's first line, else its name."""
    if docstring:
        return docstring.strip().splitlines()[0]
    words = _NUMBERS.sub("", name).replace("_", " ") or name
    return words[:1].upper() + words[1:] + "."


class Collector:
    """A plugin of pytest that runs the tests with numbers only, and keeps what became of them."""

    def __init__(self) -> None:
        self.proofs: dict[str, Proof] = {}
        self.broken: list[str] = []

    @pytest.hookimpl(trylast=True)  # after -k, -m and --deselect: what they leave out is not there
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out what proves no promise."""
        chosen = [item for item in items if numbers(_function(item))]
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = chosen
        for item in chosen:
            where, name = item.nodeid.partition("[")[0], _function(item)
            proof = self.proofs.setdefault(where, Proof(name, says(name, item.obj.__doc__)))  # type: ignore[attr-defined]
            proof.cases += 1
            proof.waiting.add(item.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be read proves nothing."""
        if report.failed:
            self.broken.append(report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Passed is passed; anything else is not, nor is what was expected to fail, whatever it did."""
        proof, ordinary = self.proofs[report.nodeid.partition("[")[0]], not hasattr(report, "wasxfail")
        if report.outcome != "passed" or not ordinary:
            outcome = report.outcome if ordinary else "expected to fail"
            proof.failed.append(f"{report.nodeid} ({outcome})")
        elif report.when != "call":
            return
        proof.waiting.discard(report.nodeid)


def _function(item: pytest.Item) -> str:
    return str(getattr(item, "originalname", item.name))


def by_promise(proofs: Mapping[str, Proof], promises: Iterable[int] = PROMISES) -> dict[int, dict[str, Proof]]:
    """The tests of each promise. Raises ValueError naming a test whose number is none."""
    found: dict[int, dict[str, Proof]] = {number: {} for number in promises}
    for where, proof in sorted(proofs.items()):
        for number in numbers(proof.name):
            if number not in found:
                raise ValueError(f"{where}: there is no promise N{number}")
            found[number][where] = proof
    return found


def why_not(tests: Mapping[str, Proof]) -> list[str]:
    """Why a promise is not proved; nothing where it is."""
    if not tests:
        return ["no test carries its number"]
    return [
        why
        for proof in tests.values()
        for why in [*proof.failed, *(f"{case} (not run)" for case in sorted(proof.waiting))]
    ]


def table(found: Mapping[int, Mapping[str, Proof]]) -> str:
    """All promises, a line each, and why one is not proved."""
    lines = [f"{'':4}{'promise':<{_WIDTH + 1}}{'result':<11}{'tests':>5}{'cases':>6}"]
    for number, tests in found.items():
        cases = sum(proof.cases for proof in tests.values())
        promise = PROMISES[number] if len(PROMISES[number]) <= _WIDTH else PROMISES[number][: _WIDTH - 1] + "…"
        result = "not proved" if why_not(tests) else "proved"
        lines.append(f"N{number:<3}{promise:<{_WIDTH + 1}}{result:<11}{len(tests):>5}{cases:>6}")
        lines += [f"      {why}" for why in why_not(tests)]
    proved = sum(not why_not(tests) for tests in found.values())
    return "\n".join([*lines, "", f"{proved} of {len(found)} promises proved"])


def markdown(found: Mapping[int, Mapping[str, Proof]]) -> str:
    """The same, to be read: what each test holds, and where it is."""
    parts = [_HEADING]
    for number, tests in found.items():
        parts.append(f"## N{number}. {PROMISES[number]}\n")
        parts += [f"- {proof.says}\n  `{where}`" for where, proof in tests.items()]
        parts.append("")
    return "\n".join(parts)


def main() -> None:
    """Run, print, write; exit status 1 unless every promise is proved."""
    collector = Collector()
    status = pytest.main(["-q", "--no-header", "--tb=short", *sys.argv[1:]], plugins=[collector])
    try:
        found = by_promise(collector.proofs)
    except ValueError as wrong:
        sys.exit(str(wrong))
    print(f"\n{table(found)}")
    if collector.broken:
        sys.exit(f"could not be read: {', '.join(collector.broken)}")
    if status or any(why_not(tests) for tests in found.values()):
        sys.exit("Run a test alone with: .venv/bin/python -m pytest <its name>")
    if not sys.argv[1:] and not os.environ.get("PYTEST_ADDOPTS"):
        WRITTEN.write_text(markdown(found))
        print(f"written: {WRITTEN.relative_to(ROOT)}")


if __name__ == "__main__":
    main()

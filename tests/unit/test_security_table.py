"""docs/security.md: every threat has a test, and every test that it names is there."""

import ast
import re
from functools import cache

import pytest

from infra.build import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text()
ROWS = [line for line in TEXT.partition("## The table")[2].splitlines() if line.startswith("| ") and "::" in line]


@cache
def functions(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_every_threat_names_a_test_that_is_there(row: str) -> None:
    named = re.findall(r"`(tests/\S+)::(test_\w+)`", row)
    assert named
    for file, name in named:
        assert name in functions(file), row


def test_no_threat_is_without_a_test() -> None:
    table = [line for line in TEXT.partition("## The table")[2].splitlines() if line.startswith("| ")]
    assert len(ROWS) > 60
    assert [line for line in table if "::" not in line and not line.startswith(("| threat", "| **"))] == []


@pytest.mark.parametrize("folder", ["functions", "layers", "infra", "operations", "tests", "bench"])
def test_each_exception_from_the_security_rules_says_why(folder: str) -> None:
    for file in (ROOT / folder).rglob("*.py"):
        for line in file.read_text().splitlines():
            if re.search(r"# noqa:[^-]*\bS[0-9]{3}", line):
                assert re.search(r"# noqa: [A-Z0-9, ]+ - \w+", line), (file, line)

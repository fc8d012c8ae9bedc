"""The command that shows what proves each promise."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from imchat.register.promises import PROMISES
from tests.promises import ROOT, WRITTEN, Proof, by_promise, markdown, numbers, says, table, why_not


@pytest.mark.parametrize(
    ("name", "promises"),
    [
        ("test_N17_it_ends", [17]),
        ("test_N18_N19_both", [18, 19]),
        ("test_N18_N19", [18, 19]),
        ("test_N3", [3]),
        ("test_nothing", []),
        ("test_Nobody_N3", []),
        ("test_N17th_day", []),
    ],
)
def test_a_name_carries_its_promises(name: str, promises: list[int]) -> None:
    assert numbers(name) == promises


def test_a_test_says_what_it_holds() -> None:
    assert says("test_N17_what_ends_is_gone", None) == "What ends is gone."
    assert says("test_N17_x", "It ends.\n\nReally.") == "It ends."
    assert says("test_N17", None) == "Test_N17."


def test_a_promise_is_proved_by_tests_that_all_passed_and_by_nothing_else() -> None:
    good, bad = Proof("test_N1_a", "A.", 2), Proof("test_N1_N2_b", "B.", 1, ["t::b (failed)"])
    found = by_promise({"t::a": good, "t::b": bad}, [1, 2, 3])
    assert why_not({"t::a": good}) == []
    assert why_not(found[1]) == ["t::b (failed)"]
    assert why_not(found[3]) == ["no test carries its number"]
    assert table(found).endswith("0 of 3 promises proved")
    assert "t::b (failed)" in table(found)
    assert table(by_promise({"t::a": good}, [1])).endswith("1 of 1 promises proved")
    assert "- A.\n  `t::a`" in markdown(found)
    assert max(len(line) for line in table(found).splitlines()) <= 100


def test_a_number_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match=r"t::x: there is no promise N25"):
        by_promise({"t::x": Proof("test_N25_x", "X.")})


def run(folder: Path, *arguments: str, **tests: str) -> subprocess.CompletedProcess[str]:
    for name, body in tests.items():
        (folder / f"test_{name}.py").write_text(body)
    command = [sys.executable, "-m", "tests.promises", "--rootdir", str(folder), "-p", "no:cacheprovider", *arguments]
    command.append(str(folder))
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT}/layers/imchat/python"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_the_command_fails_where_a_promise_has_no_test_or_a_test_fails(tmp_path: Path) -> None:
    every = "\n".join(f"def test_N{number}_holds(): pass" for number in PROMISES)
    written = WRITTEN.read_text()
    done = run(tmp_path, all=every)
    assert (done.returncode, "24 of 24 promises proved" in done.stdout) == (0, True), done.stdout
    done = run(tmp_path, all=every, bad="def test_N3_breaks(): assert 1 == 2\ndef test_unnumbered(): assert False")
    assert done.returncode == 1
    assert "23 of 24 promises proved" in done.stdout
    assert "test_N3_breaks (failed)" in done.stdout
    assert "unnumbered" not in done.stdout
    done = run(tmp_path, all=every.replace("test_N7_", "test_"), bad="")
    assert done.returncode == 1
    assert "no test carries its number" in done.stdout
    done = run(tmp_path, all=every, bad="import nothing_of_the_kind")
    assert done.returncode == 1
    assert "could not be read" in done.stderr
    assert WRITTEN.read_text() == written


@pytest.mark.parametrize(
    "arguments", [["--collect-only"], ["--setup-plan"], ["-k", "N17"], ["-k", "not N5"]], ids=" ".join
)
def test_what_did_not_run_is_not_proved(tmp_path: Path, arguments: list[str]) -> None:
    every = "\n".join(f"def test_N{number}_holds(): assert {number} != 5" for number in PROMISES)
    done = run(tmp_path, *arguments, all=every)
    assert done.returncode == 1
    assert "24 of 24" not in done.stdout
    line = next(line for line in done.stdout.splitlines() if line.startswith("N5 "))
    assert "not proved" in line


def test_what_is_skipped_or_expected_to_fail_proves_nothing(tmp_path: Path) -> None:
    every = "\n".join(f"def test_N{number}_holds(): pass" for number in PROMISES)
    rest = """
import pytest
@pytest.mark.xfail
def test_N6_passes(): pass
@pytest.mark.xfail
def test_N7_fails(): assert False
@pytest.mark.skip
def test_N12_waits(): pass
"""
    done = run(tmp_path, all=every, rest=rest)
    assert done.returncode == 1
    assert "21 of 24 promises proved" in done.stdout
    for why in ("N6_passes (expected to fail)", "N7_fails (expected to fail)", "N12_waits (skipped)"):
        assert why in done.stdout


def test_docs_name_exactly_the_tests_that_carry_numbers() -> None:
    """``make promises`` writes the file; whoever adds or renames such a test runs it."""
    functions = {
        f"{file.relative_to(ROOT).as_posix()}::{node.name}"
        for file in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef) and numbers(node.name)
    }
    assert set(re.findall(r"`(tests/\S+::\S+)`", WRITTEN.read_text())) == functions
    assert set(PROMISES) == set(range(1, 25))

"""No text makes a regular expression of ours take more time than its length deserves."""

import os
import subprocess
import sys

import pytest

from infra.build import ROOT
from tests.attacks.patterns import Found, slow


def test_no_pattern_starts_again_at_every_place_of_a_text() -> None:
    """In a process of its own: patterns are seen when their modules are imported."""
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT}/layers/imchat/python"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.attacks.patterns"], cwd=ROOT, env=environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    *slow_ones, number = done.stdout.splitlines()
    assert slow_ones == []
    assert int(number) > 80


@pytest.mark.parametrize(
    ("pattern", "way"),
    [
        (r"\S+@\S+", "fullmatch"),
        (r"\s+$", "search"),
        (r"a*a*b", "fullmatch"),
        (r"<[^>]*b", "search"),
        (r"a\s*b?\s*c?\s*=", "match"),
    ],
)
def test_a_pattern_that_does_is_found(pattern: str, way: str) -> None:
    assert slow(Found("here", pattern, 0, frozenset({way})))

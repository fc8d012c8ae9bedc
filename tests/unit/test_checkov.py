"""checkov's rules on what is deployed."""

import json
from pathlib import Path

import pytest

from infra.build import build
from infra.checkov import judged, problems
from tests.unit.translated import translated


@pytest.mark.long  # it is installed by this test where it is not yet
def test_checkov_has_nothing_to_say_that_is_not_answered(tmp_path: Path) -> None:
    """Of the template as it is written, and of what SAM makes of it."""
    made = tmp_path / "prod.json"
    made.write_text(json.dumps(translated("prod")))
    assert problems(build("dev", log=lambda *_: None), made) == []


def test_an_exception_that_nothing_needs_is_a_problem_as_a_broken_rule_is() -> None:
    found = {"RULE_1": {"Files": "close it", "Pages": "close it"}, "RULE_2": {"Jobs": "watch it"}}
    exceptions = {
        "RULE_1": {"resources": ["Files", "Gone"], "why": "it is open to all"},
        "RULE_2": {"resources": "all", "why": "nobody need watch"},
        "RULE_3": {"resources": "all", "why": "no more"},
    }
    assert judged(found, exceptions) == [
        "Pages: close it (RULE_1)",
        "infra/checkov.yaml: Gone does not break RULE_1 any more",
        "infra/checkov.yaml: nothing breaks RULE_3 any more",
    ]

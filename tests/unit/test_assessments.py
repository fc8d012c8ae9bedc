"""docs/legitimate-interests.md and docs/dpia.md: nothing that rests on a weighing is without one, and every test that
stands behind a risk is there."""

import re

import pytest

from imchat.register.stores import activities
from infra.build import ROOT

_ASSESSMENTS = (ROOT / "docs" / "legitimate-interests.md").read_text()
_RISKS = (ROOT / "docs" / "dpia.md").read_text()


def test_every_activity_that_rests_on_legitimate_interests_is_weighed_and_no_other() -> None:
    rests = {one.name for one in activities() if "6(1)(f)" in one.lawful_basis}
    assert set(re.findall(r"^## .+ \(`(\w+)`\)$", _ASSESSMENTS, re.MULTILINE)) == rests


@pytest.mark.parametrize("chapter", re.split(r"^## ", _ASSESSMENTS, flags=re.MULTILINE)[1:])
def test_each_weighing_asks_the_three_questions_and_decides(chapter: str) -> None:
    for question in ("**Interest.**", "**Necessary?**", "**Balance.**", "**The interest carries it"):
        assert question in chapter


def test_every_test_that_stands_behind_a_risk_is_there() -> None:
    risks = _RISKS.partition("## 5. Risks")[2].partition("## 6.")[0]
    rows = [line for line in risks.splitlines() if line.startswith("| ")][1:]
    assert rows
    for row in rows:
        named = re.findall(r"`(tests/\S+?\.py)(?:::(test_\w+))?`", row)
        assert named, row
        for file, name in named:
            assert f"def {name or 'test_'}" in (ROOT / file).read_text(), row

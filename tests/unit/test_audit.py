"""The command that asks for known weaknesses: what it makes of the tools' answers."""

from typing import Any

import pytest

from infra import audit
from infra.audit import Report, lines, of_node, of_python, status
from infra.build import BuildFailed

CLEAN = {"name": "idna", "version": "3.20", "vulns": []}
WEAK = {"name": "jinja2", "version": "2.4.1", "vulns": [{"id": "PYSEC-2014-8", "fix_versions": ["2.7.2"]}]}
UNKNOWN = {"name": "tzdata", "skip_reason": "Dependency not found on PyPI and could not be audited: tzdata (2026.6)"}
REFUSED = {"message": "405 Method Not Allowed", "method": "POST", "statusCode": 405}


def test_what_is_known_is_named_with_where_it_was_mended() -> None:
    report = of_python({"dependencies": [CLEAN, WEAK]})
    assert report == Report("Python", 2, [], ["jinja2 2.4.1: PYSEC-2014-8, mended in 2.7.2"])
    found = of_node(
        {
            "vulnerabilities": {"vite": {"range": "<5.0.12", "severity": "high"}},
            "metadata": {"dependencies": {"total": 40}},
        }
    )
    assert found == Report("Node", 40, [], ["vite <5.0.12: high"])
    assert status([report, found]) == 1


def test_what_could_not_be_looked_up_is_not_taken_for_clean() -> None:
    some, none = of_python({"dependencies": [CLEAN, UNKNOWN]}), of_node(REFUSED)
    assert (some.looked_up, some.left_out) == (1, ["tzdata"])
    assert status([some]) == status([none]) == 2
    assert "NOT LOOKED UP" in "\n".join(lines(some))
    assert status([of_python({"dependencies": [WEAK, UNKNOWN]})]) == 1


def test_nothing_known_of_anything_is_all_that_counts_as_clean() -> None:
    clean = of_python({"dependencies": [CLEAN]})
    assert status([clean]) == 0
    assert lines(clean) == ["Python: 1 packages looked up, 0 weaknesses known"]


def answers(said: Report | BuildFailed) -> Any:
    def ask() -> Report:
        if isinstance(said, BuildFailed):
            raise said
        return said

    return ask


NOTHING, FOUND = Report("Python", 3), Report("Python", 3, [], ["jinja2 2.4.1: PYSEC-2014-8"])
NO_NODE = BuildFailed("npm failed:\nno registry")


@pytest.mark.parametrize(
    ("python", "node", "ends"),
    [
        (NOTHING, Report("Node", 40), 0),
        (NOTHING, NO_NODE, 2),
        (FOUND, NO_NODE, 1),
        (NO_NODE, Report("Node", 40, [], ["vite <5.0.12: high"]), 1),
        (NO_NODE, NO_NODE, 2),
    ],
)
def test_where_one_kind_cannot_be_asked_about_what_is_known_of_the_other_counts_and_is_told(
    python: Any, node: Any, ends: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """1 is a weakness, and fails CI; 2 is that not all could be looked up, and does not."""
    monkeypatch.setattr(audit, "ask_python", answers(python))
    monkeypatch.setattr(audit, "ask_node", answers(node))
    with pytest.raises(SystemExit) as ended:
        audit.main()
    told = capsys.readouterr()
    assert ended.value.code == ends
    for one in (python, node):
        if isinstance(one, BuildFailed):
            assert str(one) in told.err
        else:
            assert "\n".join(lines(one)) in told.out
    assert ("NOT LOOKED UP" in told.out) == (NO_NODE in (python, node))

"""docs/rights.md: every duty of the law has a test, and every test that it names is there."""

import ast
import re

from infra.build import ROOT

ROWS = [line for line in (ROOT / "docs" / "rights.md").read_text().splitlines() if line.startswith("| ")][1:]


def test_every_duty_names_a_test_that_is_there() -> None:
    assert len(ROWS) > 30
    for row in ROWS:
        named = re.findall(r"`(tests/\S+)::(test_\w+)`", row)
        assert named, row
        for file, name in named:
            functions = {
                node.name
                for node in ast.walk(ast.parse((ROOT / file).read_text()))
                if isinstance(node, ast.FunctionDef)
            }
            assert name in functions, row


def test_every_article_about_a_persons_rights_has_its_row() -> None:
    said = " ".join(row.split("|")[1] for row in ROWS)
    for article in ("12(1)", "12(2)", "12(3)", "12(4)", "12(5)", "12(6)", "12A", *map(str, range(15, 22))):
        assert re.search(rf"Art (?:[\d(), A]*, )?{re.escape(article)}", said), article

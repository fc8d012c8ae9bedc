"""The house: imports go one way, app -> functions -> imchat -> AWS (DESIGN section 3)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "layers" / "imchat" / "python" / "imchat"


def imported(file: Path) -> Iterator[str]:
    """Every module that a file names in an import, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def offenders(folder: Path, *forbidden: str) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}: {module}"
        for file in sorted(folder.rglob("*.py"))
        for module in imported(file)
        if module.split(".")[0] in forbidden
    ]


def test_the_library_knows_no_http_and_no_chalice() -> None:
    assert list(LIBRARY.rglob("*.py"))
    assert offenders(LIBRARY, "chalice", "functions", "app", "infra", "boto3") == []


def test_functions_do_not_speak_to_aws() -> None:
    assert offenders(ROOT / "functions", "boto3", "botocore", "pynamodb", "infra", "app") == []


def test_the_app_only_registers() -> None:
    tree = ast.parse((ROOT / "app.py").read_text())
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.If | ast.For)]
    assert {module.split(".")[0] for module in imported(ROOT / "app.py")} == {"chalice", "functions"}


@pytest.mark.parametrize("folder", ["functions", "layers"])
def test_nothing_is_read_or_made_at_import(folder: str) -> None:
    """Settings, clients and secrets wait for their first use."""
    for file in (ROOT / folder).rglob("*.py"):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr):
                called = {ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
                assert not called & {
                    "settings",
                    "client",
                    "secret",
                    "os.getenv",
                    "os.environ.get",
                    "Logger",
                    "Metrics",
                }, file

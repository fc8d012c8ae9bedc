"""The house: imports go one way, app -> functions -> imchat -> AWS (DESIGN section 3)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from imchat.register.fields import NotPersonal
from imchat.register.stores import stores

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
    assert offenders(LIBRARY, "chalice", "functions", "app", "infra", "operations", "boto3") == []


def test_functions_do_not_speak_to_aws() -> None:
    assert offenders(ROOT / "functions", "boto3", "botocore", "pynamodb", "infra", "operations", "app") == []


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


def logged_fields() -> Iterator[tuple[str, str]]:
    """(file, name) of everything that a line of a log may hold: keys of ``extra=``, and of what entries note down."""
    for file in (ROOT / "functions").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "extra":
                for inner in ast.walk(node.value):
                    if isinstance(inner, ast.Dict):
                        yield from ((file.name, key.value) for key in inner.keys if isinstance(key, ast.Constant))
            if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "facts":
                yield file.name, ast.literal_eval(node.slice)


def test_nothing_is_logged_under_the_name_of_a_field_that_the_register_calls_personal() -> None:
    personal = {name for store in stores() for name, what in store.fields.items() if not isinstance(what, NotPersonal)}
    found = set(logged_fields())
    assert ("mailer.py", "chat_id") in found  # the search does search; and a chat's id is random
    assert not [(file, name) for file, name in found if name in personal - {"chat_id"}]

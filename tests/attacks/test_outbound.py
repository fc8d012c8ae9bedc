"""What our code cannot do, because nothing in it could."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.build import ROOT
from infra.rights import RIGHTS

PYTHON = [file for folder in ("functions", "layers") for file in sorted((ROOT / folder).rglob("*.py"))]
PAGES = [
    file
    for kind in ("*.ts", "*.tsx", "*.html")
    for file in sorted((ROOT / "web").rglob(kind))
    if "node_modules" not in file.parts
]
# What could open an address, run a program or unpickle what others made.
OPENERS = {
    "aiohttp", "ftplib", "http", "httpx", "imaplib", "marshal", "pickle", "poplib", "requests", "shelve", "smtplib",
    "socket", "subprocess", "telnetlib", "urllib3", "webbrowser", "websockets", "xmlrpc",
}  # fmt: skip


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(file: Path, name: str) -> list[ast.Call]:
    nodes = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    return [call for call in nodes if isinstance(call.func, ast.Attribute) and call.func.attr == name]


def test_functions_and_library_open_no_address_but_by_botocore() -> None:
    """What a visitor, a website or a mail names as an address is kept, shown and never asked (no SSRF)."""
    assert len(PYTHON) > 100
    found = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in PYTHON
        for name in imported(file)
        if name.split(".")[0] in OPENERS or name.startswith(("urllib.request", "urllib.robotparser"))
    }
    # The prover asks our own public address, as anybody would; no other is ever made there.
    prover = "layers/imchat/python/imchat/prover/checks/pages.py"
    assert found == {f"{prover}: urllib.request"}
    assert [ast.unparse(call.args[0]) for call in calls(ROOT / prover, "Request")] == ["f'{settings().web_url}{path}'"]
    assert [ast.unparse(call.args[0]) for call in calls(ROOT / prover, "urlopen")] == ["request"]
    clients = {
        ast.unparse(node)
        for file in PYTHON
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.keyword) and node.arg == "endpoint_url"
    }
    assert clients == {"endpoint_url=endpoint"}  # of our own setting (imchat.aws)


def test_nothing_is_evaluated_that_was_text() -> None:
    for file in PYTHON:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec", "compile", "__import__", "open", "input"), file


def test_every_csv_is_written_where_formulas_become_text() -> None:
    """imchat.tabular; beside it the register's record, which holds no word of anybody's."""
    writers = {
        file.name
        for file in PYTHON
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("csv.writer", "csv.DictWriter")
    }
    assert writers == {"tabular.py", "record.py"}


def test_what_reads_mail_can_send_none() -> None:
    """Whatever comes in, nothing goes out: no loop of machines that answer each other."""
    sends = {
        action: json.dumps(one["Resource"])
        for one in RIGHTS["Inbound"]
        for action in one["Action"]
        if action.startswith(("ses:", "sqs:", "sns:", "states:", "lambda:"))
    }
    assert set(sends) <= {"sqs:SendMessage"}
    assert all("InboundDeadLetters" in queue for queue in sends.values())


MARKUP = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|dangerouslySetInnerHTML|srcdoc|\beval\(|new Function"


def test_no_page_of_ours_turns_text_into_markup() -> None:
    assert len(PAGES) > 50
    for file in PAGES:
        assert not re.search(MARKUP, file.read_text()), file


def test_no_page_of_ours_goes_where_an_address_says() -> None:
    """Pages go to places of their own; the one that goes on its own account makes its address itself."""
    went = re.compile(
        r"location\.(?:assign|replace)\(([^)]*)\)|location(?:\.href)? = ([^;\n]*)|window\.open\(([^)]*)\)"
    )
    found = [
        (file.relative_to(ROOT / "web").as_posix(), next(filter(None, match.groups())))
        for file in PAGES
        if "shop" not in file.parts
        for match in went.finditer(file.read_text())
    ]
    assert found == [("console/src/route.ts", "address")]


@pytest.mark.parametrize("message", ['addEventListener("message"', "onmessage", "postMessage("])
def test_pages_hear_no_other_window(message: str) -> None:
    """Messages go over our WebSocket and between tabs of one website (BroadcastChannel), which no other site can enter."""
    for file in PAGES:
        for line in file.read_text().splitlines():
            if message in line:
                assert re.search(r"channel|made\.onmessage|socket", line), (file, line)

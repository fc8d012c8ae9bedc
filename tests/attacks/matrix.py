"""The table of every route and who may use it: matrix.txt."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.attacks.callers import GROUPS

NOWHERE = {
    "chat_id": "a" * 26, "canned_id": "nothing", "operator_id": "nobody", "site_id": "nowhere",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    method: str
    path: str
    group: str
    allowed: str
    foreign: str
    body: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def read() -> tuple[dict[str, dict[str, str]], list[Row]]:
    """The table: what callers are answered by whom a route is for, and the routes."""
    lines = (Path(__file__).parent / "matrix.txt").read_text().splitlines()
    kinds: list[str] = []
    answers: dict[str, dict[str, str]] = {}
    rows = []
    for line in lines:
        if line.startswith("for "):
            kinds = line.split()[1:]
        elif line.split()[:1] and line.split()[0] in ("anybody", "visitor", *GROUPS):
            group, *cells = line.split()
            answers[group] = dict(zip(kinds, cells, strict=True))
        elif line and not line.startswith("#"):
            method, path, group, allowed, foreign, *body = line.split(maxsplit=5)
            rows.append(Row(method, path, group, allowed, foreign, json.loads(body[0]) if body else None))
    return answers, rows


ANSWERS, ROWS = read()

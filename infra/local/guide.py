"""The demo's first page: who is who, with what they sign in, and what to try. On this machine only."""

from collections.abc import Mapping
from pathlib import Path

from infra import edge
from infra.local.shown import Shown, shown

ADDRESS = "/demo"
_PAGE = Path(__file__).resolve().parent / "guide_page"


def answer(path: str, staff: Mapping[str, Mapping[str, str]]) -> Shown | None:
    """What is at ``path``; None where there is nothing of the guide. ``staff``: name, username and password of each."""
    if path == f"{ADDRESS}/guide.css":
        return shown(edge.content_type("guide.css"), (_PAGE / "guide.css").read_bytes())
    if path != ADDRESS:
        return None
    return shown("text/html; charset=utf-8", _page(staff).encode())


def _page(staff: Mapping[str, Mapping[str, str]]) -> str:
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader(_PAGE), autoescape=True)
    return environment.get_template("index.html.j2").render(staff=staff)

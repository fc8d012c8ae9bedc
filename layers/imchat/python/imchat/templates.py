"""How templates are read, of mails and of pages alike. Imported when something is written, and not before: Jinja is not
cheap to load."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, FileSystemLoader, ModuleLoader, StrictUndefined


def environment(folder: Path, filters: Mapping[str, Callable[..., Any]]) -> Environment:
    """The templates in ``folder``. Escapes everything but in .txt templates; an unknown variable is an error."""
    made = Environment(
        loader=_loader(folder),
        autoescape=lambda name: not (name and name.endswith(".txt.j2")),  # noqa: S701 - on but for plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(filters)
    return made


def _loader(folder: Path) -> BaseLoader:
    """What is deployed has been compiled (infra/build.py): a template's first use costs more than a first client."""
    return ModuleLoader(folder) if any(folder.glob("tmpl_*.py")) else FileSystemLoader(folder)

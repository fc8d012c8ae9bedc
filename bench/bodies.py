"""What reading bodies costs a cold start, with msgspec and with pydantic: the models of all bodies and queries that the
API takes, made once more as each library writes them, and one body read. Measured on top of what the visitors' function
has loaded by then anyway."""

import py_compile
import types
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from bench.runtime import installed
from functions import forms
from functions.forms.visitor import OpenChat

RUNS = 9
_PYDANTIC = ("pydantic", "pydantic-core", "annotated-types", "typing-inspection", "typing-extensions")
_HEAD = "from __future__ import annotations\nfrom datetime import date, datetime\nfrom typing import Literal\n"
_BODY = '{"site_id": "demo", "text": "Is it in stock?", "name": "Ada", "email": "ada@example.org"}'
LIBRARIES = {
    "msgspec": (
        "import msgspec\nclass Form(msgspec.Struct, forbid_unknown_fields=True, kw_only=True): pass\n",
        "msgspec.json.decode({body!r}, type={model})",
    ),
    "pydantic": (
        "import pydantic\nclass Form(pydantic.BaseModel): model_config = pydantic.ConfigDict(extra='forbid')\n",
        "{model}.model_validate_json({body!r})",
    ),
}
_RUN = """
import time
import botocore.session, chalice
begun = time.process_time()
import {module}
print(time.process_time() - begun)
"""


def measure(folder: Path) -> dict[str, float]:
    """CPU seconds by library, the best of several."""
    from bench.cold_start import once, unpack

    task, _ = unpack(folder)
    extra = installed(_PYDANTIC, folder / "pydantic")
    places = {library: _written(folder / "bodies", library) for library in LIBRARIES}
    best: dict[str, float] = {}
    for _ in range(RUNS):
        for library, place in places.items():
            code = _RUN.format(module=f"with_{library}")
            seconds = float(once(code, [task, str(place), extra]))
            best[library] = min(best.get(library, seconds), seconds)
    return best


def _written(place: Path, library: str) -> Path:
    """All models and one reading as a compiled module of that library's."""
    head, read = LIBRARIES[library]
    lines = [_HEAD + head, *(_model(one) for one in _models()), read.format(body=_BODY, model=OpenChat.__name__), ""]
    place.mkdir(exist_ok=True)
    module = place / f"with_{library}.py"
    module.write_text("\n".join(lines))
    py_compile.compile(str(module), doraise=True)
    return place


def _models() -> Iterator[type]:
    """Forms and queries, each after those that it is made of."""
    bases = (forms.Form, forms.Query)
    modules = [forms, *(import_module(f"{forms.__name__}.{one.name}") for one in iter_modules(forms.__path__))]
    for module in modules:
        for one in vars(module).values():
            if isinstance(one, type) and one.__module__ == module.__name__ and one not in bases:
                yield one


def _model(form: type) -> str:
    fields = [
        f"    {one.name}: {_type(one.type)}" + ("" if one.required else " = None")
        for one in msgspec.structs.fields(form)
    ]
    return f"class {form.__name__}(Form):\n" + "\n".join(fields or ["    pass"])


def _type(of: Any) -> str:
    """A field's type as source text, without what the API's description says of it."""
    origin, inner = get_origin(of), get_args(of)
    if origin is Annotated:
        return _type(inner[0])
    if origin in (Union, types.UnionType):
        return " | ".join(_type(one) for one in inner if one is not msgspec.UnsetType)
    if origin is Literal:
        return f"Literal[{', '.join(repr(one) for one in inner)}]"
    if origin:
        return f"{origin.__name__}[{', '.join(_type(one) for one in inner)}]"
    return "None" if of is type(None) else of.__name__

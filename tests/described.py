"""Answers held against the API's own description: a status, a media type, a field or a kind of problem that does not
stand there fails whatever test met it."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs


@cache
def described() -> dict[str, Any]:
    """The description, as JSON."""
    import app
    from functions.openapi.document import document

    assert app.app.routes
    whole: dict[str, Any] = json.loads(json.dumps(document("https://chat.example")))
    return whole


@cache
def _paths() -> list[tuple[re.Pattern[str], str]]:
    """Paths, those with fewer arguments first: the gateway prefers them too."""
    paths = sorted(described()["paths"], key=lambda path: (path.count("{"), path))
    return [(re.compile(re.sub(r"{\w+}", "[^/]+", path)), path) for path in paths]


def operation(method: str, path: str) -> tuple[str, dict[str, Any]] | None:
    """(path of the description, operation) of a call; None where there is none."""
    for pattern, template in _paths():
        if pattern.fullmatch(path.partition("?")[0]) and method.lower() in described()["paths"][template]:
            return template, described()["paths"][template][method.lower()]
    return None


@cache
def _validator(template: str, method: str, status: str, media: str) -> Any:
    answers = described()["paths"][template][method.lower()]["responses"]
    schema = answers[status]["content"][media]["schema"]
    return jsonschema_rs.Draft202012Validator(schema | {"components": described()["components"]}, validate_formats=True)


def check(method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Fail where an answer is not as described."""
    found = operation(method, path)
    if found is None:
        return
    template, told = found
    call = f"{method} {template} answered {status}"
    answer = told["responses"].get(str(status))
    assert answer is not None, f"{call}, which is not described: {body[:300]!r}"
    if "content" not in answer:
        assert not body, f"{call} with a body"
        return
    media = headers["Content-Type"].partition(";")[0]
    assert media in answer["content"], f"{call} as {media}"
    if media.endswith("json"):
        errors = [
            f"{'.'.join(map(str, error.instance_path))}: {error.message}"
            for error in _validator(template, method, str(status), media).iter_errors(json.loads(body))
        ]
        assert not errors, f"{call}, not as described: {errors}"
    for name in answer.get("headers", {}):
        assert name == "Set-Cookie" or name in headers or name.lower() in headers, f"{call} without {name}"

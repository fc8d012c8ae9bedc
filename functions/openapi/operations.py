"""One operation of the description, from one declared route."""

import inspect
import re
import types
from collections.abc import Iterable, Iterator
from typing import Any, Union, get_args, get_origin, get_type_hints

from chalice import Response

from functions import answers, http
from functions.openapi import problems
from functions.openapi.rules import Schema, rules
from functions.openapi.schemas import Components, components, example

# By module, in the order in which they are read.
ROOMS = {
    "visitor": "Visitors",
    "rights": "Rights requests",
    "links": "Copies",
    "sign_in": "Sign-in",
    "operators": "Operators",
    "accounts": "Account",
    "desk": "Desk: records",
    "requests": "Desk: requests",
    "review": "Desk: review",
}
# The rules of arguments in paths, by name; a reference is that of a request where a request is what it names.
_ARGUMENTS = {
    "chat_id": "reference",
    "reference": "reference",
    "number": "number",
    "site_id": "site_id",
    "store": "store",
}
_OF_REQUESTS = ("/v1/desk/requests/", "/v1/rights-requests/")
_RETRY = {"Retry-After": {"description": "Seconds after which to try again.", "schema": {"type": "integer"}}}
_CHALLENGE = {"WWW-Authenticate": {"description": "Bearer.", "schema": {"type": "string"}}}
_COOKIE = {"Set-Cookie": {"description": "The refresh token, for these routes alone.", "schema": {"type": "string"}}}
_STATED = {
    answers.NoContent: (204, None),
    answers.Csv: (200, "text/csv"),
    answers.Page: (200, "text/html"),
}
_JSON, _PROBLEM = "application/json", "application/problem+json"


def answered(route: http.Route, names: dict[str, Any]) -> Iterator[tuple[int, str | None, Any]]:
    """(status, media type, type) of each answer that a route's view is annotated with; ``names`` are those of shapes
    and answers."""
    known = names | route.view.__globals__
    for one in _one_by_one(get_type_hints(route.view, known, include_extras=True)["return"]):
        origin = get_origin(one)
        if one in _STATED:
            yield *_STATED[one], None
        elif origin and issubclass(origin, answers.Ok):
            (body,) = get_args(one)
            yield origin.status, _JSON, body
        elif one is not Response:  # a problem that was made by hand
            yield 200, _JSON, one


def _one_by_one(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


def operation(route: http.Route, names: dict[str, Any], forms: Components, shapes: Components) -> Schema:
    """The operation of a route."""
    words = re.sub(r"\s+", " ", inspect.getdoc(route.view) or "").replace("``", "`")
    summary, _, more = words.partition(". ")
    told: Schema = {
        "operationId": route.view.__name__,
        "summary": summary.rstrip("."),
        "tags": [tag(route)],
        "parameters": [*_path(route), *_query(route), *_headers(route)],
        "responses": {},
    }
    if more:
        told["description"] = words
    if body := _body(route, forms):
        told["requestBody"] = body
    told["security"] = _security(route)
    cookie = tag(route) == ROOMS["sign_in"]
    for status, media, body in answered(route, names):
        answer = told["responses"].setdefault(str(status), {"description": _DONE[status]})
        if media:
            schema = shapes.of[body] if body else {"type": "string"}
            before = answer.setdefault("content", {}).get(media)
            answer["content"][media] = {"schema": {"oneOf": [before["schema"], schema]} if before else schema}
        if cookie:
            answer["headers"] = _COOKIE
    for status, kinds in problems.by_status(kinds_of(route)).items():
        told["responses"][str(status)] = _refusal(status, kinds)
    return told


_DONE = {
    200: "As asked.",
    201: "It was made.",
    202: "It will be done.",
    204: "It was done.",
}


def tag(route: http.Route) -> str:
    """The room of a route."""
    return ROOMS[route.view.__module__.rpartition(".")[2]]


def kinds_of(route: http.Route) -> set[str]:
    """The kinds of every problem that a route may answer."""
    kinds = {*problems.ALWAYS, *route.by.refusals.split(), *route.refusals.split()}
    if route.by.group:
        kinds.update(problems.SIGNED_IN)
    if "sent" in route.view.__annotations__:
        kinds.update(problems.BODY)
    if asked := route.view.__annotations__.get("asked"):
        kinds.update(problems.QUERY)
        if {"after", "next"} & set(asked.__struct_fields__):
            kinds.update(problems.PLACED)
    if route.method != "GET":
        kinds.update(problems.UNWANTED)
    return kinds


def _refusal(status: int, kinds: Iterable[str]) -> Schema:
    schema = {
        "allOf": [{"$ref": "#/components/schemas/Problem"}],
        "properties": {"type": {"enum": [f"/problems/{kind}" for kind in kinds]}},
    }
    told = {
        "description": f"{http.TITLES.get(status, http.TITLES[500])}.",
        "content": {_PROBLEM: {"schema": schema}},
    }
    headers = {401: _CHALLENGE, 429: _RETRY}.get(status)
    return told | ({"headers": headers} if headers else {})


def _path(route: http.Route) -> Iterator[Schema]:
    for name in re.findall(r"{(\w+)}", route.path):
        of_request = name == "reference" and route.path.startswith(_OF_REQUESTS)
        rule = "request_reference" if of_request else _ARGUMENTS.get(name)
        schema = {"type": "string"} | (rules()[rule] if rule else {})
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query(route: http.Route) -> Iterator[Schema]:
    asked = route.view.__annotations__.get("asked")
    if asked:
        for name, found in components([asked]).named[asked.__name__]["properties"].items():
            schema = _given(found)
            told = {"name": name, "in": "query", "required": False, "schema": schema}
            description = schema.pop("description", None)
            yield told | ({"description": description} if description else {})


def _given(schema: Schema) -> Schema:
    """The schema of a query's parameter: one that is absent is not null, and nobody can say null in a query."""
    told = {name: value for name, value in schema.items() if name != "default" or value not in (None, "")}
    if "anyOf" in told:
        (told,) = [one for one in told["anyOf"] if one != {"type": "null"}]
    if "enum" in told:
        told["enum"] = [one for one in told["enum"] if one is not None]
    return dict(told)


def _headers(route: http.Route) -> Iterator[Schema]:
    for name in route.headers:
        yield {"name": name, "in": "header", "required": False, "schema": {"type": "string"}}


def _body(route: http.Route, forms: Components) -> Schema | None:
    form = route.view.__annotations__.get("sent")
    if form is None and route.content_types == http.JSON:
        return None
    if form is None:
        file = {"type": "string"} | rules()["purchases_file"]
        return {"required": True, "content": {one: {"schema": file} for one in route.content_types}}
    schema = forms.of[form]
    content = {one: {"schema": schema, "example": example(schema, forms.named)} for one in route.content_types}
    return {"required": not route.view.__defaults__, "content": content}


def _security(route: http.Route) -> list[dict[str, list[str]]]:
    return [{route.by.scheme: [route.by.group] if route.by.group else []}] if route.by.scheme else []

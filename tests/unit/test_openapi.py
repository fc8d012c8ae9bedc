"""The API's description: valid, complete, and true to the code."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

import app
from functions import http
from functions.openapi import problems
from functions.openapi.document import document
from functions.openapi.rules import rules
from imchat import errors

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "layers" / "imchat" / "python" / "imchat"
STATUSES = {name: one.status for name, one in vars(errors).items() if isinstance(one, type) and hasattr(one, "status")}


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(json.dumps(document("https://chat.example")))
    return whole


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def test_it_is_valid_openapi_3_1(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    assert [error.message for error in OpenAPIV31SpecValidator(described).iter_errors()] == []


def test_every_route_is_described_and_nothing_else(described: dict[str, Any]) -> None:
    routes = {(path, method) for path, methods in app.app.routes.items() for method in methods}
    assert {(path, method) for path, method, _ in operations(described)} == routes


def test_every_operation_says_what_it_does_who_may_and_what_it_answers(described: dict[str, Any]) -> None:
    tags, schemes = {one["name"] for one in described["tags"]}, set(described["components"]["securitySchemes"])
    names = []
    for path, method, operation in operations(described):
        names.append(operation["operationId"])
        assert len(operation["summary"].split()) >= 2, path
        assert set(operation["tags"]) <= tags
        assert {name for one in operation["security"] for name in one} <= schemes
        assert set(re.findall(r"{(\w+)}", path)) == {
            one["name"] for one in operation["parameters"] if one["in"] == "path"
        }
        statuses = set(operation["responses"])
        assert any(status.startswith("2") for status in statuses), path
        assert {"400", "403", "404", "429", "500", "503"} <= statuses, path
        assert method == "GET" or {"413", "415"} <= statuses, path
    assert len(set(names)) == len(names)


def test_staff_routes_say_which_group(described: dict[str, Any]) -> None:
    for path, _, operation in operations(described):
        for prefix, group in (("/v1/operator/", "operator"), ("/v1/account/", "owner"), ("/v1/desk/", "privacy")):
            if path.startswith(prefix):
                assert operation["security"] == [{"staff": [group]}]
                assert "401" in operation["responses"]


def schemas(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from schemas(value)
    elif isinstance(node, list):
        for value in node:
            yield from schemas(value)


def test_every_rule_is_spelled_out_used_and_every_object_closed(described: dict[str, Any]) -> None:
    assert not [node for node in schemas(described) if "x-rule" in node]
    code = (
        "".join(file.read_text() for file in (ROOT / "functions").rglob("*.py")) + (LIBRARY / "shapes.py").read_text()
    )
    unused = {rule for rule in rules() if len(re.findall(rf"\"{rule}\"", code)) < 2}
    assert unused == set()
    for name, schema in described["components"]["schemas"].items():
        assert schema["additionalProperties"] is False, name
        assert schema["description"], name


def test_every_example_body_is_one_that_its_schema_takes(described: dict[str, Any]) -> None:
    count = 0
    for path, _, operation in operations(described):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            if "example" in content:
                count += 1
                whole = content["schema"] | {"components": described["components"]}
                jsonschema.validate(content["example"], whole, cls=jsonschema.Draft202012Validator), path
    assert count > 30


def raised() -> Iterator[tuple[int, str, str]]:
    """(status, kind, where) of every problem that the code makes."""
    for file in (*(ROOT / "functions").rglob("*.py"), *LIBRARY.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func).rpartition(".")[2]
            said = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if name == "NotFound" and said:
                yield 404, f"{said[0]}_not_found", f"{file.name}:{node.lineno}"
            elif name in ("known", "known_number", "_one") and said:
                yield 404, f"{said[-1]}_not_found", f"{file.name}:{node.lineno}"
            elif name == "ImchatError" and said:
                statuses = {"not_json": 415, "method_not_allowed": 405}
                yield statuses.get(said[0], 500), said[0], f"{file.name}:{node.lineno}"
            elif name in STATUSES and said:
                yield STATUSES[name], said[0], f"{file.name}:{node.lineno}"
    yield 503, errors.Unavailable().kind, "errors.py"


def gateways() -> Iterator[tuple[int, str]]:
    """What the gateway answers by itself."""
    parts = yaml.safe_load((ROOT / "infra" / "stack" / "api.yaml").read_text())
    answers = parts["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["x-amazon-apigateway-gateway-responses"]
    # The gateway's defaults stand for several of its statuses.
    several = {"DEFAULT_4XX": (400, 403), "DEFAULT_5XX": (500, 502, 504)}
    for name, answer in answers.items():
        kind = json.loads(answer["responseTemplates"]["application/json"])["type"].removeprefix("/problems/")
        for status in several.get(name) or (int(answer["statusCode"]),):
            yield status, kind


def test_every_problem_of_the_code_and_of_the_gateway_is_described_under_its_status_and_no_other() -> None:
    described = {(status, kind) for status, kinds in problems.PROBLEMS.items() for kind in kinds}
    made = {(status, kind) for status, kind, _ in raised()} | set(gateways())
    # Of one line of a file, in the report; and on the command line.
    made -= {(400, "broken_line"), (409, "site_exists")}
    assert len(made) > 80
    assert made == described


def test_every_problem_is_some_routes_or_the_connections(described: dict[str, Any]) -> None:
    told = {
        (int(status), kind.removeprefix("/problems/"))
        for _, _, operation in operations(described)
        for status, answer in operation["responses"].items()
        for content in answer.get("content", {}).values()
        for kind in content["schema"].get("properties", {}).get("type", {}).get("enum", ())
    }
    elsewhere = set(problems.FRAMES) | set(problems.NOWHERE)
    every = {(status, kind) for status, kinds in problems.PROBLEMS.items() for kind in kinds}
    assert {(status, kind) for status, kind in every - told if kind not in elsewhere} == set()


def test_frames_are_described_too(described: dict[str, Any]) -> None:
    frames = described["x-websocket"]["frames"]["anyOf"]
    assert len(frames) == 6
    assert described["components"]["schemas"]["PostFrame"]["properties"]["action"]["enum"] == ["post"]


def test_no_route_takes_a_body_without_its_media_type(described: dict[str, Any]) -> None:
    for route in http.ROUTES:
        body = described["paths"][route.path][route.method.lower()].get("requestBody")
        if body:
            assert set(body["content"]) == set(route.content_types)
        else:
            assert route.content_types == http.JSON

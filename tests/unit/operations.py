"""Which operations of AWS's services some source calls, as far as it can be read off it: what is called of any object,
where the file makes a client of the service, and what stands there as text, for paginators, links and helpers that take
the name of an operation."""

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import botocore.session
from botocore import xform_name

from imchat.aws import SOCKETS


def operations_called(files: Iterable[Path], services: Iterable[str]) -> dict[str, set[str]]:
    """The operations by service, DynamoDB's excepted, which PynamoDB calls."""
    found: dict[str, set[str]] = {service: set() for service in services if service != "dynamodb"}
    for file in files:
        nodes = list(ast.walk(ast.parse(file.read_text())))
        calls = [node for node in nodes if isinstance(node, ast.Call)]
        made = {_service(call) for call in calls}
        methods = {call.func.attr for call in calls if isinstance(call.func, ast.Attribute)}
        # A name of one word may be any word.
        texts = {node.value for node in nodes if isinstance(node, ast.Constant) and "_" in str(node.value)}
        # What a client that is made here has is meant of that one.
        others = texts - {name for service in made & found.keys() for name in _operations(service)}
        for service, operations in found.items():
            named = texts | methods if service in made else others
            operations |= {operation for name, operation in _operations(service).items() if name in named}
    return found


def _service(call: ast.Call) -> str | None:
    """The service of which a call makes a client."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name != "client" or len(call.args) != 1:
        return None
    (service,) = call.args
    return str(service.value) if isinstance(service, ast.Constant) else SOCKETS


@cache
def _operations(service: str) -> dict[str, str]:
    """All that a service has, by the names of a client's methods."""
    model = botocore.session.get_session().get_service_model(service)
    return {xform_name(operation): operation for operation in model.operation_names}

"""A test build of deployed functions, for which DynamoDB is busy: the functions as they are deployed, with a handler
around theirs that an environment variable leads to."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from infra.build import BUILD, ROOT
from tests.flow.client import Api, deployed

_SWITCH, BATCHES = "BUSY_HANDLER", "X-Batches"
# How often a batch was done in part stands in the answer.
_AROUND = f"""
import importlib, os
import busy

_MODULE, _, _NAME = os.environ["{_SWITCH}"].rpartition(".")

def handler(event, context):
    with busy.throttled() as batches, busy.short_pages(2):
        answer = getattr(importlib.import_module(_MODULE), _NAME)(event, context)
    where = answer["headers"] if "headers" in answer else answer
    where["{BATCHES}"] = str(len(batches))
    return answer
"""


@contextmanager
def busy(stack: dict[str, Any], *names: str) -> Iterator[None]:
    """While the context lasts, the functions that app.py calls ``names`` find DynamoDB busy."""
    client = Api(stack).client("lambda")
    before = {name: client.get_function_configuration(FunctionName=deployed(stack, name)) for name in names}
    plain = (BUILD / "dev" / "functions.zip").read_bytes()
    try:
        for was in before.values():
            variables = was["Environment"]["Variables"] | {_SWITCH: was["Handler"]}
            _change(client, was["FunctionName"], _zip(plain), "around.handler", variables)
        yield
    finally:
        for was in before.values():
            _change(client, was["FunctionName"], plain, was["Handler"], was["Environment"]["Variables"])


def _change(client: Any, name: str, code: bytes, handler: str, variables: dict[str, str]) -> None:
    client.update_function_code(FunctionName=name, ZipFile=code)
    client.update_function_configuration(FunctionName=name, Handler=handler, Environment={"Variables": variables})


def _zip(plain: bytes) -> bytes:
    whole = io.BytesIO(plain)
    with zipfile.ZipFile(whole, "a") as archive:
        archive.writestr("busy.py", (ROOT / "tests" / "limits" / "busy.py").read_text())
        archive.writestr("around.py", _AROUND)
    return whole.getvalue()

"""What is logged of an entry: never what an exception says."""

import gc
import json
import subprocess
import sys
import weakref
from types import SimpleNamespace
from typing import Any

import pytest

from functions.observe import EntryFailed, count, frames, logger, observed
from infra.build import ROOT


def test_an_exception_is_logged_as_its_types_and_frames() -> None:
    try:
        try:
            raise KeyError("a secret")
        except KeyError as first:
            raise ValueError("another secret") from first
    except ValueError as error:
        said = frames(error)
    assert said.split("\n")[0] == "ValueError"
    assert "KeyError" in said
    assert "test_observe.py" in said
    assert "secret" not in said


def test_what_a_failed_entry_had_in_hand_goes_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not with Python's next look for garbage, which is rare here and counts objects, not bytes."""
    silent = SimpleNamespace(set_correlation_id=lambda _: None, exception=lambda *_, **__: None)
    monkeypatch.setattr("functions.observe.logger", lambda: silent)
    held = []

    @observed
    def entry(event: Any, context: Any) -> None:
        mail = Mail()
        held.append(weakref.ref(mail))
        raise ValueError(mail)

    gc.disable()
    try:
        with pytest.raises(EntryFailed, match=r"^ValueError$"):
            entry({}, None)
        assert held[0]() is None
    finally:
        gc.enable()


class Mail:
    """Something large."""


def test_what_an_entry_raises_leaves_it_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    @observed
    def entry(event: object, context: object) -> None:
        count("Things")
        raise ValueError("a secret")

    logger().addHandler(caplog.handler)
    shown = caplog.handler.formatter
    caplog.handler.setFormatter(logger().registered_formatter)
    try:
        with pytest.raises(EntryFailed) as failed:
            entry({"body": "a secret"}, SimpleNamespace(aws_request_id="r-1"))
    finally:
        logger().removeHandler(caplog.handler)
        caplog.handler.setFormatter(shown)
    assert str(failed.value) == "ValueError"
    assert failed.value.__suppress_context__
    line = json.loads(caplog.text.splitlines()[0])
    assert (line["message"], line["entry"], line["correlation_id"]) == ("failed", "entry", "r-1")
    assert "ValueError" in line["exception"]
    assert "secret" not in caplog.text


TRACED = """
from types import SimpleNamespace
from aws_xray_sdk.core import xray_recorder
from functions.observe import EntryFailed, observing
xray_recorder.emitter.send_entity = lambda entity: print("SEGMENT", entity.serialize())
for words in (None, "a secret"):
    try:
        with observing("GET /v1/chats/{chat_id}", "c-1", SimpleNamespace(aws_request_id="r-1")):
            if words:
                raise ValueError(words)
    except EntryFailed:
        pass
"""


def test_a_trace_names_the_entry_and_its_fault_but_not_what_was_said() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TRACED],
        env={
            "PYTHONPATH": f"{ROOT}:{ROOT}/layers/imchat/python",
            "AWS_LAMBDA_FUNCTION_NAME": "imchat",
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11",
            "LAMBDA_TASK_ROOT": "/var/task",
            "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    segments = [json.loads(line.removeprefix("SEGMENT ")) for line in done.stdout.splitlines() if "SEGMENT" in line]
    assert [(one["name"], one.get("fault", False)) for one in segments] == [
        ("GET /v1/chats/:chat_id:", False),
        ("GET /v1/chats/:chat_id:", True),
    ]
    assert "secret" not in done.stdout + done.stderr


UNTRACED = """
import sys
from types import SimpleNamespace
from functions.observe import observing
with observing("GET /v1/chats/{chat_id}", "c-1", SimpleNamespace(aws_request_id="r-1")):
    pass
print([name for name in sys.modules if name.startswith("aws_xray_sdk")])
"""


@pytest.mark.parametrize("trace", [None, "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0"])
def test_a_request_whose_trace_nobody_keeps_does_not_load_what_writes_it(trace: str | None) -> None:
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT}/layers/imchat/python", "AWS_LAMBDA_FUNCTION_NAME": "imchat"}
    done = subprocess.run(
        [sys.executable, "-c", UNTRACED],
        env=environment | ({"_X_AMZN_TRACE_ID": trace} if trace else {}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


LOGGED = """
import logging, sys
logging.basicConfig(stream=sys.stderr, format="ROOT %(message)s")  # as Lambda has one of its own
from functions.observe import logger
logger()
try:
    raise ValueError("a secret")
except ValueError:
    logging.getLogger("imchat.live").exception("not told")
"""


def test_what_the_library_logs_is_logged_once_and_without_words() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOGGED],
        env={"PYTHONPATH": f"{ROOT}:{ROOT}/layers/imchat/python"},
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["message"] == "not told"
    assert "ValueError" in line
    assert "secret" not in line
    assert done.stderr == ""

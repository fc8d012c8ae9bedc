"""A Lambda function as AWS starts it: a fresh process of the runtime interface client, which sees the standard library
and what Lambda would unpack, asks for one event, and answers it. Measured is what the process itself computed: CPU
time, from its first instruction to its answer, whatever else the machine does."""

import compileall
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

_CLIENT = ("awslambdaric", "simplejson", "snapshot-restore-py")
# As Lambda tells a function of its trace: whose segment it is part of, and whether X-Ray keeps it.
_TRACE = "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled={}"


class Failed(Exception):
    """The function did not answer; the message says what it reported instead."""


@dataclass(frozen=True)
class Answer:
    """What a fresh process answered, and its CPU seconds."""

    payload: Any
    seconds: float


def installed(names: tuple[str, ...], place: Path) -> str:
    """What the distributions ``names`` install, alone in ``place`` and compiled; its path."""
    for name in names:
        for file in distribution(name).files or ():
            if file.parts[0] != ".." and "__pycache__" not in file.parts:
                target = place / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file.locate(), target)
    compileall.compile_dir(place, quiet=2)
    return str(place)


def runtime_client(folder: Path) -> str:
    """The runtime interface client alone, below ``folder``, as Lambda's own image has it; its path."""
    return installed(_CLIENT, folder / "runtime")


class _Control(BaseHTTPRequestHandler):
    """Lambda's runtime API, for one event."""

    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_GET(self) -> None:
        if self.server.given:  # it asks for more: there is none, and it may wait
            self.server.done.wait()
            self.close_connection = True
            return
        self.server.given = True
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", str(uuid.uuid4()))
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int(time.time() * 1000) + 900_000))
        self.send_header("Lambda-Runtime-Trace-Id", _TRACE.format(int(self.server.traced)))
        self.send_header("Content-Type", "application/json")
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-2:000000000000:function:bench")
        self._finish(self.server.event)

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.failed = not self.path.endswith("/response")
        self.server.answer = said
        self.send_response(202)
        self._finish(b"{}")
        self.server.answered.set()

    def _finish(self, body: bytes) -> None:
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nothing: the answer is what counts."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, event: bytes, traced: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Control)
        self.event, self.traced = event, traced
        self.given, self.failed, self.answer = False, False, b""
        self.answered, self.done = threading.Event(), threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: the process is ended while it waits for more."""


def invoke(handler: str, event: Any, *, paths: list[str], environment: dict[str, str], traced: bool = True) -> Answer:
    """Start ``handler`` ("module.name") with nothing but ``paths`` (the runtime client's among them) and
    ``environment``, and give it ``event``; of which X-Ray keeps a trace, as it does of the first request in each
    second, or, if not ``traced``, keeps none. Raises Failed."""
    server = _Server(json.dumps(event).encode(), traced)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    command = [sys.executable, "-S", "-m", "awslambdaric", handler]
    env = environment | {
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(paths),
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}",
        "LAMBDA_TASK_ROOT": paths[0],
    }
    process = subprocess.Popen(command, env=env, cwd=paths[0], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        while not server.answered.wait(0.2):
            if process.poll() is not None:
                said = process.stdout.read().decode() if process.stdout else ""
                raise Failed(f"{handler} ended: {said[-2000:]}")
        process.kill()
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0
    finally:
        server.done.set()
        server.shutdown()
        server.server_close()
        if process.stdout:
            process.stdout.close()
    if server.failed:
        raise Failed(f"{handler}: {server.answer[:2000].decode(errors='replace')}")
    return Answer(json.loads(server.answer), used.ru_utime + used.ru_stime)

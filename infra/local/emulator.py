"""The AWS emulator as a child process, on 127.0.0.1 only, with IAM enforced."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

REGION = "eu-west-2"
# The emulator's root user; every Lambda gets its role's own credentials.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
_START_SECONDS = 60
_STOP_SECONDS = 10


class NotStarted(Exception):
    """The local stack cannot run here; the message is one sentence for whoever asked."""


def free(port: int, what: str, variable: str) -> None:
    """Raise NotStarted where ``port`` is taken. ``what`` needs it; ``variable`` names another."""
    if not is_free(port):
        raise NotStarted(
            f"Port {port} is taken, and {what} needs it: stop what uses it, or choose another with {variable}=..."
        )


def is_free(port: int) -> bool:
    """Whether nobody has this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Emulator:
    """MiniStack on ``port``; its own log in ``folder``."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self.url = f"http://localhost:{port}"
        self._log = folder / "emulator.log"
        # It unpacks each function anew for each of its workers, and leaves them there: gigabytes in a day.
        self._temporary = tempfile.TemporaryDirectory(prefix="imchat-", ignore_cleanup_errors=True)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers. Raises NotStarted."""
        program = Path(sys.executable).with_name("ministack")
        environment = (
            {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
            | CREDENTIALS
            | {
                "AUTH": "true",
                "BIND_HOST": "127.0.0.1",
                "GATEWAY_PORT": str(self.port),
                "IOT_MTLS_ENABLED": "0",
                "MINISTACK_REGION": REGION,
                "AWS_DEFAULT_REGION": REGION,
                "LOG_LEVEL": "WARNING",
                "TMPDIR": self._temporary.name,
                # A state machine's retries come a fiftieth of the time after each other.
                "SFN_WAIT_SCALE": "0.02",
            }
        )
        environment.pop("PYTHONPATH", None)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own
                [str(program)], env=environment, stdout=log, stderr=log, cwd=self._log.parent, start_new_session=True
            )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise NotStarted(f"The emulator ended at once; what it said is in {self._log}.")
            try:
                urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=2).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise NotStarted(f"The emulator did not answer within {_START_SECONDS} seconds; see {self._log}.")

    def stop(self) -> None:
        """End it and all that it started (the Lambda workers are its children), and remove what they left."""
        self._end()
        self._temporary.cleanup()

    def _end(self) -> None:
        if self._process is None:
            return
        for ending in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, ending)
            except ProcessLookupError:
                break
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            deadline = time.monotonic() + _STOP_SECONDS
            while time.monotonic() < deadline and _group_lives(self._process.pid):
                time.sleep(0.1)
        self._process = None


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True

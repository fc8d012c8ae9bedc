"""``make load USERS=8 DURATION=60``: a day in the life, on a stack of its own or on the one that IMCHAT_STACK names. Ends
with an error where anything failed, or was lost, doubled or out of order."""

import os
import sys
import tempfile
import time
from pathlib import Path

from bench.ports import free_port
from infra.build import BuildFailed
from infra.local.emulator import NotStarted
from infra.stacks import DeployFailed
from tests.conftest import speak_to_running
from tests.load.report import lines
from tests.load.run import Outcome, run

_MOST = {"USERS": 200, "DURATION": 3600}


def main() -> None:
    """Run, and print the report."""
    users, seconds = _number("USERS", 8), _number("DURATION", 60)
    if running := os.environ.get("IMCHAT_STACK"):
        outcome = _run(speak_to_running(running), users, seconds)
    else:
        from infra.local.run import running as started

        with tempfile.TemporaryDirectory() as folder:
            try:
                with started(free_port(), free_port(), Path(folder)) as stack:
                    outcome = _run(stack, users, seconds)
            except (NotStarted, BuildFailed, DeployFailed) as failed:
                sys.exit(str(failed))
    print(*lines(outcome), sep="\n")
    sys.exit(0 if outcome.clean else 1)


def _run(stack: dict[str, object], users: int, seconds: int) -> Outcome:
    print(f"a day in the life: {users} visitors at once, for {seconds} seconds ...\n", flush=True)
    ends = time.monotonic() + seconds
    return run(stack, users, lambda came: time.monotonic() > ends)


def _number(name: str, default: int) -> int:
    said = os.environ.get(name) or str(default)
    if not said.isascii() or not said.isdigit() or not 1 <= int(said) <= _MOST[name]:
        sys.exit(f"{name} must be a number from 1 to {_MOST[name]}.")
    return int(said)


if __name__ == "__main__":
    main()

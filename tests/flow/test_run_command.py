"""``make run`` as somebody who types it meets it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from bench.ports import free_port
from infra.build import ROOT
from tests.flow.client import until


def start(folder: Path, **environment: str) -> "subprocess.Popen[str]":
    ports = {"IMCHAT_PORT": str(free_port()), "IMCHAT_WEB_PORT": str(free_port())}
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    return subprocess.Popen(
        [sys.executable, "-m", "infra.local.run"],
        cwd=ROOT,
        env={
            **clean,
            **ports,
            "IMCHAT_LOCAL": str(folder),
            "PYTHONPATH": f"{ROOT}:{ROOT}/layers/imchat/python",
            "PYTHONUNBUFFERED": "1",
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def processes_of(folder: Path) -> list[str]:
    """Command lines of everything that still runs and was started for ``folder``."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
            if f"IMCHAT_LOCAL={folder}".encode() in environment:
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_comes_up_tells_the_links_and_ends_without_a_trace(tmp_path: Path, ending: signal.Signals) -> None:
    folder, temporary = tmp_path / "local", tmp_path / "temporary"
    temporary.mkdir()
    with start(folder, TMPDIR=str(temporary)) as process:
        _comes_up_and_ends(process, folder, ending)
    assert list(temporary.iterdir()) == []


def _comes_up_and_ends(process: "subprocess.Popen[str]", tmp_path: Path, ending: signal.Signals) -> None:
    assert process.stdout
    said = []
    for line in process.stdout:
        said.append(line)
        if "Ctrl-C ends it" in line:
            break
    text = "".join(said)
    assert process.poll() is None, text
    stack = json.loads((tmp_path / "stack.json").read_text())
    assert set(stack) >= {
        "endpoint_url", "region", "api_url", "websocket_url", "web_url", "mailbox_url", "site_id", "user_pool_id",
        "user_pool_client_id", "tables", "buckets", "staff",
    }  # fmt: skip
    assert set(stack["staff"]) == {"operator", "owner", "privacy", "privacy2"}
    for link in (stack["web_url"], f"{stack['web_url']}/notice", stack["mailbox_url"]):
        assert link in text
        with urllib.request.urlopen(link, timeout=60) as answer:
            assert answer.status == 200
    assert re.search(r"\[1/4\].*\[2/4\].*\[3/4\].*\[4/4\]", text, re.DOTALL)
    assert processes_of(tmp_path)
    process.send_signal(ending)
    process.wait(120)
    until(lambda: not processes_of(tmp_path))
    assert not (tmp_path / "stack.json").exists()
    assert "Traceback" not in process.stdout.read()


@pytest.mark.parametrize("variable", ["IMCHAT_PORT", "IMCHAT_WEB_PORT"])
def test_a_taken_port_is_one_sentence(tmp_path: Path, variable: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with start(tmp_path, **{variable: str(taken.getsockname()[1])}) as process:
            said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "is taken" in said
    assert variable in said
    assert "Traceback" not in said
    assert processes_of(tmp_path) == []


def test_a_port_that_is_no_number_is_one_sentence(tmp_path: Path) -> None:
    with start(tmp_path, IMCHAT_PORT="many") as process:
        said, _ = process.communicate(timeout=60)
    assert said.strip() == "IMCHAT_PORT and IMCHAT_WEB_PORT must be numbers."

"""Runs a judge: npm's packages in build/judges, installed when they are first needed."""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from infra.build import BUILD, alone, says
from infra.web import find_node

_HERE = Path(__file__).parent
_PLACE = BUILD / "judges"
_LISTS = ("package.json", "package-lock.json")


def ask(script: str, question: Any) -> Any:
    """What ``script`` of this folder answers to ``question``; both go as JSON."""
    command = [str(_ready()), str(_PLACE / script)]
    done = subprocess.run(command, input=json.dumps(question), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@cache
def _ready() -> Path:
    """Node's program, with the packages installed and the scripts beside them."""
    node = find_node(print)
    with alone(BUILD / "judges.lock"):
        lock = (_HERE / "package-lock.json").read_text()
        mark = _PLACE / "installed"
        _PLACE.mkdir(exist_ok=True)
        for script in _HERE.glob("*.js"):
            shutil.copy(script, _PLACE)
        if not says(mark, lock):
            for name in _LISTS:
                shutil.copy(_HERE / name, _PLACE)
            node.run("ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", folder=_PLACE)
            mark.write_text(lock)
    return node.program

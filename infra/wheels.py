"""The libraries of the functions' zip: wheels for what the functions run on, whatever machine fetches them."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from infra.runtime import Runtime


class NoWheel(Exception):
    """A library could not be fetched as a wheel for the runtime; the message is pip's."""


def fetch(requirements: Path, runtime: Runtime, target: Path) -> None:
    """Unpack into ``target`` the wheels that ``requirements`` names, all of them and no more: which others a library
    wants depends on the Python that asks. Raises NoWheel."""
    wheels = target.with_name(f"{target.name}-wheels")
    done = subprocess.run(_command(requirements, runtime, wheels), capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise NoWheel(f"No wheels for {runtime.name} on {runtime.architecture}:\n{done.stderr[-2000:]}")
    target.mkdir(parents=True, exist_ok=True)
    for wheel in sorted(wheels.glob("*.whl")):
        unpack(wheel, target)
    shutil.rmtree(wheels)


def _command(requirements: Path, runtime: Runtime, wheels: Path) -> list[str]:
    platforms = [f"--platform={one}" for one in runtime.platforms()]
    abis = [f"--abi={one}" for one in (f"cp{runtime.version.replace('.', '')}", "abi3", "none")]
    return [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
        "--only-binary=:all:", "--implementation=cp", f"--python-version={runtime.version}", *platforms, *abis,
        f"--requirement={requirements}", f"--dest={wheels}",
    ]  # fmt: skip


def unpack(wheel: Path, target: Path) -> None:
    """A wheel's modules, as if installed in ``target``: those of its purelib and platlib too, without its scripts,
    headers and data (packaging.python.org, “Binary distribution format”)."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    for data in target.glob("*.data"):
        for kind in ("purelib", "platlib"):
            if (data / kind).is_dir():
                shutil.copytree(data / kind, target, dirs_exist_ok=True)
        shutil.rmtree(data)

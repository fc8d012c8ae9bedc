"""What the functions run on: "runtime" and "lambda_architecture" of .chalice/config.json, not what the machine that
builds has (docs/decisions/0057)."""

import json
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

CONFIG = Path(__file__).resolve().parent.parent / ".chalice" / "config.json"
# glibc of each of Lambda's runtimes: Amazon Linux 2 up to Python 3.11, then Amazon Linux 2023
# (docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html).
_GLIBC = {"python3.11": (2, 26), "python3.12": (2, 34), "python3.13": (2, 34)}
# Lambda's word for a processor: the word of wheels for it.
_MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
# The first glibc that wheels are named after without "manylinux2014".
_OLDEST = 17


class NotSupported(Exception):
    """The setting names what functions cannot be built for; the message says which, and what there is."""


@dataclass(frozen=True)
class Runtime:
    """A runtime of Lambda ("python3.11") on an architecture ("x86_64" or "arm64"). Raises NotSupported."""

    name: str
    architecture: str

    def __post_init__(self) -> None:
        for setting, given, known in (
            ("runtime", self.name, _GLIBC),
            ("lambda_architecture", self.architecture, _MACHINES),
        ):
            if given not in known:
                raise NotSupported(f"{CONFIG.name}: {setting} is {given!r}, and can be {', '.join(known)}.")

    @property
    def version(self) -> str:
        """The Python's version, as in "3.11"."""
        return self.name.removeprefix("python")

    @property
    def machine(self) -> str:
        """The architecture, as wheels are named after it."""
        return _MACHINES[self.architecture]

    @property
    def cache_tag(self) -> str:
        """What its bytecode is named after."""
        return f"cpython-{self.version.replace('.', '')}"

    @property
    def is_this(self) -> bool:
        """Whether the Python that runs this is of the runtime's version: only then is its bytecode the runtime's."""
        return sys.implementation.cache_tag == self.cache_tag

    @property
    def runs_here(self) -> bool:
        """Whether this Python, on this machine, can run what is packaged for it: its wheels are Linux's."""
        return self.is_this and sys.platform == "linux" and platform.machine() == self.machine

    def platforms(self) -> list[str]:
        """The platforms whose wheels run on it, as pip and PEP 600 name them, newest first."""
        major, newest = _GLIBC[self.name]
        named = [f"manylinux_{major}_{minor}_{self.machine}" for minor in range(newest, _OLDEST - 1, -1)]
        return [*named, f"manylinux2014_{self.machine}"]


def of_stage(stage: str) -> Runtime:
    """What the functions of ``stage`` run on. The architecture may differ by stage, as Chalice reads it. Raises
    NotSupported."""
    config = json.loads(CONFIG.read_text())
    chosen = config["stages"].get(stage, {}).get("lambda_architecture") or config["lambda_architecture"]
    return Runtime(config["runtime"], chosen)

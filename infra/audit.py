"""``make audit``: whether a weakness is known of anything that is installed, asked of the registries' own advisories,
for Python by pip-audit and for the pages by npm.

Exit status 0: all was looked up, and nothing is known. 1: something is known. 2: nothing known, but not all could be
looked up, and the output says what.
"""

import json
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.build import BUILD, BuildFailed
from infra.web import SOURCE, find_node

# In an environment of its own: what it needs is none of ours.
PIP_AUDIT = "pip-audit==2.10.1"
_FOLDER = BUILD / "audit"


@dataclass(frozen=True)
class Report:
    """What is known of a kind of package: how many were looked up, which were not, what was found."""

    kind: str
    looked_up: int
    left_out: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)


def of_python(said: dict[str, Any]) -> Report:
    """pip-audit's answer (``--format json``)."""
    packages = said["dependencies"]
    known = [one for one in packages if "skip_reason" not in one]
    return Report(
        "Python",
        len(known),
        [one["name"] for one in packages if "skip_reason" in one],
        [
            f"{one['name']} {one['version']}: {vulnerability['id']}"
            + (f", mended in {vulnerability['fix_versions'][0]}" if vulnerability["fix_versions"] else "")
            for one in known
            for vulnerability in one["vulns"]
        ],
    )


def of_node(said: dict[str, Any]) -> Report:
    """npm's answer (``npm audit --json``)."""
    if "vulnerabilities" not in said:
        return Report("Node", 0, ["everything (the registry takes no question)"])
    found = [f"{name} {one['range']}: {one['severity']}" for name, one in said["vulnerabilities"].items()]
    return Report("Node", said["metadata"]["dependencies"]["total"], [], found)


def status(reports: list[Report]) -> int:
    """The exit status."""
    if any(one.found for one in reports):
        return 1
    return 2 if any(one.left_out for one in reports) else 0


def lines(report: Report) -> list[str]:
    """A report for people."""
    said = [f"{report.kind}: {report.looked_up} packages looked up, {len(report.found)} weaknesses known"]
    said += [f"  {one}" for one in report.found]
    if report.left_out:
        some = ", ".join(report.left_out[:5]) + (", ..." if len(report.left_out) > 5 else "")
        said.append(f"  NOT LOOKED UP, for no advisories could be had: {some} ({len(report.left_out)} in all)")
    return said


def ask_python() -> Report:
    """Of all that is installed beside this Python. Raises BuildFailed where pip-audit cannot be had or fails."""
    program = _FOLDER / "bin" / "pip-audit"
    if not program.exists():
        venv.create(_FOLDER, with_pip=True)
        _run([str(_FOLDER / "bin" / "python"), "-m", "pip", "install", "-qq", PIP_AUDIT])
    asked = [str(program), "--path", sysconfig.get_paths()["purelib"], "--format", "json", "--progress-spinner", "off"]
    return of_python(json.loads(_run(asked)))


def ask_node() -> Report:
    """Of all that the pages are built with and made of. Raises BuildFailed."""
    node = find_node(print)
    return of_node(json.loads(_run([*node.npm, "audit", "--json"], SOURCE)))


def _run(command: list[str], folder: Path = BUILD) -> str:
    """What a command says; where it has found something it says so by its status, too."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - names are ours
    if done.returncode and not done.stdout.startswith("{"):
        raise BuildFailed(f"{Path(command[0]).name} failed:\n{done.stderr[-2000:].strip()}")
    return done.stdout


def main() -> None:
    """Ask, print, exit. Where one kind cannot be asked about, what is known of the other is told all the same."""
    BUILD.mkdir(exist_ok=True)
    reports = []
    for kind, ask in (("Python", ask_python), ("Node", ask_node)):
        try:
            reports.append(ask())
        except BuildFailed as failed:
            print(failed, file=sys.stderr)
            reports.append(Report(kind, 0, ["everything"]))
    for one in reports:
        print("\n".join(lines(one)))
    sys.exit(status(reports))


if __name__ == "__main__":
    main()

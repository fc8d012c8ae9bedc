"""checkov on the template: its rules but for those in infra/checkov.yaml, each of which says why. It pins versions of
what we use in others, so it has a virtual environment of its own, made when it is first needed."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import yaml

from infra.build import BUILD, ROOT, BuildFailed, build, says

VERSION = "3.3.30"
_PLACE = BUILD / "checkov"
_EXCEPTIONS = ROOT / "infra" / "checkov.yaml"
_ALL = "all"
# What SAM makes as a resource of its own, and what it is written as.
_MADE_OF = {"RestAPIapiStage": "RestAPI"}


def problems(*templates: Path) -> list[str]:
    """What is wrong with ``templates``, one stack as it is written and as SAM makes it, in sentences: rules that are
    broken, and exceptions that are not needed. Raises BuildFailed where checkov does not run."""
    return judged(broken(*templates), yaml.safe_load(_EXCEPTIONS.read_text()))


def judged(found: dict[str, dict[str, str]], exceptions: dict[str, dict[str, Any]]) -> list[str]:
    """``found`` (rule: resource: what the rule asks) held against ``exceptions`` (rule: resources, why)."""
    said = []
    for rule, broken_by in sorted(found.items()):
        allowed = exceptions.get(rule, {}).get("resources", [])
        said += [
            f"{resource}: {asks} ({rule})"
            for resource, asks in sorted(broken_by.items())
            if allowed != _ALL and resource not in allowed
        ]
    for rule, exception in sorted(exceptions.items()):
        if rule not in found:
            said.append(f"infra/checkov.yaml: nothing breaks {rule} any more")
        elif exception["resources"] != _ALL:
            idle = set(exception["resources"]) - set(found[rule])
            said += [f"infra/checkov.yaml: {resource} does not break {rule} any more" for resource in sorted(idle)]
    return said


def broken(*templates: Path) -> dict[str, dict[str, str]]:
    """The rules that ``templates`` break: by which resources, and what each rule asks. Raises BuildFailed."""
    files = [word for template in templates for word in ("--file", str(template))]
    command = [
        str(_installed() / "bin" / "checkov"), *files, "--framework", "cloudformation",
        "--output", "json", "--compact", "--quiet", "--soft-fail", "--skip-download",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment())  # noqa: S603 - our own words
    try:
        report = json.loads(done.stdout)
    except ValueError:
        raise BuildFailed(f"checkov failed:\n{done.stdout[-1000:]}{done.stderr[-2000:]}") from None
    if report["summary"]["parsing_errors"] or not report["summary"]["passed"]:
        raise BuildFailed(f"checkov could not read the template: {report['summary']}")
    found: dict[str, dict[str, str]] = {}
    for one in report["results"]["failed_checks"]:
        resource = one["resource"].rpartition(".")[2]
        found.setdefault(one["check_id"], {})[_MADE_OF.get(resource, resource)] = one["check_name"]
    return found


def _installed() -> Path:
    """checkov's virtual environment."""
    mark = _PLACE / "installed"
    if not says(mark, VERSION):
        venv.create(_PLACE, clear=True, with_pip=True)
        command = [str(_PLACE / "bin" / "pip"), "install", "-qq", "--disable-pip-version-check", f"checkov=={VERSION}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment())  # noqa: S603 - our own words
        if done.returncode:
            raise BuildFailed(f"checkov could not be installed:\n{done.stderr[-2000:]}")
        mark.write_text(VERSION)
    return _PLACE


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"LOG_LEVEL": "ERROR"}


def main() -> None:
    """``python -m infra.checkov``"""
    try:
        found = problems(build("dev", log=lambda *_: None))
    except BuildFailed as failed:
        sys.exit(str(failed))
    print("\n".join(found) or "checkov has nothing to say that is not answered in infra/checkov.yaml.")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()

"""Packaging: one template and two zips in build/STAGE/, from the sources and nothing else.

Chalice makes the template and the functions' zip; ours are the parts in infra/stack/ (merged into its template), the
layer, and one thing that matters for every cold start: both zips carry precompiled bytecode that needs no source to be
read, and the layer its templates as code. Zip entries bear a date of 1980, so ordinary bytecode would be stale, and
Lambda would compile everything again. What the functions run on is a setting (infra/runtime.py), not the machine's.
"""

import copy
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from imchat.bundle import pages
from imchat.mail import templating
from imchat.prover import page
from infra import alarms, buckets, cloudfront, dashboard, encryption, logs, machine, rights, runtime, tables, wheels
from infra.archive import zip_folder
from infra.runtime import Runtime
from infra.slim import slim

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
INPUTS = (
    "app.py",
    ".chalice",
    "functions",
    "layers",
    "infra/stack",
    "infra/alarms.py",
    "infra/archive.py",
    "infra/buckets.py",
    "infra/build.py",
    "infra/cloudfront.py",
    "infra/dashboard.py",
    "infra/edge.py",
    "infra/encryption.py",
    "infra/logs.py",
    "infra/machine.py",
    "infra/prover_rights.py",
    "infra/rights.py",
    "infra/runtime.py",
    "infra/slim.py",
    "infra/statements.py",
    "infra/tables.py",
    "infra/wheels.py",
    "requirements.txt",
)
# Function: the paths that it answers in place of APIHandler (docs/decisions/0015, 0027); the last that fits counts.
OWN_FUNCTIONS = {
    "Operator": r"/v1/operator/.*",
    "Desk": r"/v1/desk/.*",
    "Requests": r"/v1/desk/(requests.*|numbers)",
    "Rights": r"/v1/rights-requests.*",
    "SignIn": r"/v1/sign-in.*",
    "Account": r"/v1/account/.*",
    "Links": r"/v1/(desk/requests/\{reference\}/links|rights-requests/\{reference\}/copy|signing-key)",
}


class BuildFailed(Exception):
    """A step of the build failed; the message says which, and what it said."""


def merge(into: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """``more`` laid over ``into``: dicts deeply, all else replaced."""
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value
    return into


def stack_parts() -> dict[str, Any]:
    """The files of infra/stack/, and what is made from the code, as one template."""
    whole: dict[str, Any] = {}
    for made in (tables, buckets, machine, cloudfront):
        merge(whole, made.template())
    for part in sorted((ROOT / "infra" / "stack").glob("*.yaml")):
        merge(whole, yaml.safe_load(part.read_text()))
    return whole


def inputs_hash() -> str:
    """Changes when anything changes that the build depends on."""
    digest = hashlib.sha256(sys.version.encode())
    for place in INPUTS:
        path = ROOT / place
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if not {"deployments", "__pycache__"} & set(file.parts) and file.is_file():
                digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def packaged(stage: str) -> Path:
    """The folder that ``stage`` is packaged into."""
    return BUILD / stage


def build(stage: str, *, log: Any = print) -> Path:
    """Package ``stage`` into build/STAGE/: template.json, functions.zip, layer.zip. Does nothing if nothing changed.
    Answers the template's path. Raises BuildFailed."""
    try:
        on = runtime.of_stage(stage)
    except runtime.NotSupported as refused:
        raise BuildFailed(str(refused)) from None
    folder = packaged(stage)
    mark, template = folder / "inputs", folder / "template.json"
    wanted = inputs_hash()
    if says(mark, wanted):
        return template
    with alone(BUILD / "build.lock"):
        if says(mark, wanted):  # another did it meanwhile
            return template
        mark.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        log("  packaging the functions (Chalice) ...")
        made = _chalice(stage, folder)
        log(f"  wheels for {on.name} on {on.architecture}; {_bytecode_of(on)} ...")
        _functions(made / "deployment.zip", folder / "functions.zip", on)
        _layer(folder / "layer.zip", on)
        template.write_text(json.dumps(finish(json.loads((made / "sam.json").read_text()), on), indent=1))
        log("  checking the template (cfn-lint) ...")
        lint(template)
        shutil.rmtree(made)
        mark.write_text(wanted)
    return template


def _bytecode_of(on: Runtime) -> str:
    """What is said of bytecode before it is packaged, or is not."""
    if on.is_this:
        return "precompiling"
    return (
        f"without bytecode, for this is Python {sys.version_info.major}.{sys.version_info.minor}: every cold start "
        f"compiles; PYTHON={on.name} packages it with bytecode"
    )


def says(mark: Path, wanted: str) -> bool:
    """Whether ``mark`` says that what is ``wanted`` was made."""
    try:
        return mark.read_text() == wanted
    except FileNotFoundError:
        return False


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One build at a time of what ``lock`` stands for: ``make run`` and ``make test`` may both begin with one."""
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def finish(template: dict[str, Any], on: Runtime) -> dict[str, Any]:
    """Chalice's template with our zips in place of its own, some routes behind functions of their own, and a role for
    each function. Raises BuildFailed for a function without rights."""
    _give_own_functions(template)
    try:
        rights.give_roles(template["Resources"])
    except KeyError as missing:
        raise BuildFailed(f"infra/rights.py does not say what {missing} may do.") from None
    _deploy_by_itself(template["Resources"])
    _run_on(template["Resources"], on)
    _watch(template)
    encryption.let_in(template["Resources"])
    return template


def _run_on(resources: dict[str, Any], on: Runtime) -> None:
    """Our zips, and what they were packaged for."""
    for resource in resources.values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"] |= {
                "CodeUri": "functions.zip",
                "Runtime": on.name,
                "Architectures": [on.architecture],
            }
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"] |= {
                "ContentUri": "layer.zip",
                "CompatibleRuntimes": [on.name],
                "CompatibleArchitectures": [on.architecture],
            }


def _watch(template: dict[str, Any]) -> None:
    """Logs, alarms and dashboard, of all functions that there are by now."""
    resources = template["Resources"]
    functions = [name for name, one in resources.items() if one["Type"] == "AWS::Serverless::Function"]
    merge(template, logs.template(functions))
    merge(template, alarms.template(resources))
    merge(template, dashboard.template(resources))


def _deploy_by_itself(resources: dict[str, Any]) -> None:
    """The WebSocket API's stage follows its routes (AutoDeploy in sockets.yaml): Chalice's deployment would be made
    once and never again, whatever changes."""
    del resources["WebsocketAPIDeployment"]
    del resources["WebsocketAPIStage"]["Properties"]["DeploymentId"]


def _give_own_functions(template: dict[str, Any]) -> None:
    """Some paths are answered by the same code under another role: what answers visitors cannot read what the desk
    reads, and the public form reaches requests and nothing else."""
    resources = template["Resources"]
    for name, answered in OWN_FUNCTIONS.items():
        for suffix in ("", "InvokePermission"):
            resources[f"{name}Handler{suffix}"] = copy.deepcopy(resources[f"APIHandler{suffix}"])
        resources[f"{name}HandlerInvokePermission"]["Properties"]["FunctionName"] = {"Ref": f"{name}Handler"}
        for path, methods in resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"].items():
            if re.fullmatch(answered, path):
                _answer_by(f"{name}Handler", methods)


def _answer_by(handler: str, methods: dict[str, Any]) -> None:
    for method in methods.values():
        uri = method["x-amazon-apigateway-integration"].get("uri")
        if uri:
            uri["Fn::Sub"] = re.sub(r"\$\{\w+Handler\.Arn\}", f"${{{handler}.Arn}}", uri["Fn::Sub"])


def _chalice(stage: str, folder: Path) -> Path:
    """What Chalice makes of the app and our parts, in a folder below ``folder``. It imports the app, and needs a region
    but no account. It sees no requirements, for it would fetch wheels for the Python that runs it."""
    parts, made, project = folder / "parts.json", folder / "chalice", folder / "project"
    parts.write_text(json.dumps(stack_parts()))
    (project / ".chalice").mkdir(parents=True)
    shutil.copy(ROOT / ".chalice" / "config.json", project / ".chalice")
    for one in ("app.py", "functions", "vendor"):
        (project / one).symlink_to(ROOT / one)
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "layers" / "imchat" / "python"),
        "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", "eu-west-2"),
    }
    command = [
        str(Path(sys.executable).with_name("chalice")), "package", "--stage", stage,
        "--merge-template", str(parts), str(made),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise BuildFailed(f"chalice package failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    shutil.rmtree(project)
    return made


def _functions(source: Path, target: Path, on: Runtime) -> None:
    """What Chalice packaged, and the libraries beside it."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "functions"
        try:
            wheels.fetch(ROOT / "requirements.txt", on, folder)
        except wheels.NoWheel as missing:
            raise BuildFailed(str(missing)) from None
        with zipfile.ZipFile(source) as archive:
            archive.extractall(folder)
        slim(folder)
        _zip(folder, target, on)


def _layer(target: Path, on: Runtime) -> None:
    """The library, its templates compiled: as code that nobody has to write out again at the first mail."""
    with tempfile.TemporaryDirectory() as place:
        folder, library = Path(place) / "layer", ROOT / "layers" / "imchat"
        shutil.copytree(library, folder, ignore=shutil.ignore_patterns("__pycache__"))
        for module in (templating, pages, page):
            compiled = folder / Path(str(module.__file__)).with_name("templates").relative_to(library)
            module.environment().compile_templates(compiled, zip=None, ignore_errors=False)
            for source in compiled.glob("*.j2"):
                source.unlink()
        _zip(folder, target, on)


def _zip(folder: Path, target: Path, on: Runtime) -> None:
    zip_folder(folder, target, on.cache_tag if on.is_this else None)


def lint(template: Path) -> None:
    """Run cfn-lint; warnings count. Raises BuildFailed with what it found."""
    command = [str(Path(sys.executable).with_name("cfn-lint")), "--non-zero-exit-code", "warning", str(template)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise BuildFailed(f"cfn-lint found:\n{done.stdout[-4000:]}{done.stderr[-1000:]}")


def main() -> None:
    """``python -m infra.build STAGE``"""
    try:
        template = build(sys.argv[1] if len(sys.argv) > 1 else "dev")
    except BuildFailed as failed:
        sys.exit(str(failed))
    for file in ("functions.zip", "layer.zip"):
        print(f"  {file}: {template.with_name(file).stat().st_size / 1e6:.1f} MB")
    print(f"packaged: {template.relative_to(ROOT)}")


if __name__ == "__main__":
    main()

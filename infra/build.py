"""Packaging: one template and two zips in build/, from the sources and nothing else.

Chalice makes the template and the functions' zip; ours are the parts in infra/stack/ (merged into its template), the
layer, and one thing that matters for every cold start: both zips carry precompiled bytecode that needs no source to be
read. Zip entries bear a date of 1980, so ordinary bytecode would be stale, and Lambda would compile everything again.
"""

import copy
import gzip
import hashlib
import json
import os
import py_compile
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from infra import cloudfront, machine, tables

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
INPUTS = (
    "app.py",
    ".chalice",
    "functions",
    "layers",
    "infra/stack",
    "infra/build.py",
    "infra/cloudfront.py",
    "infra/edge.py",
    "infra/machine.py",
    "infra/tables.py",
    "requirements.txt",
)
EPOCH = (1980, 1, 1, 0, 0, 0)
# In wheels, but of no use to a running function.
LEFT_OUT = ("*.dist-info/RECORD", "*.pyi")
# The services that the functions speak to; the models of all others stay out of the zip.
SERVICES = (
    "apigatewaymanagementapi",
    "cognito-idp",
    "dynamodb",
    "kms",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "sesv2",
    "stepfunctions",
    "sts",
)
# Function: the paths that it answers, with .chalice/policy-<name>.json (docs/decisions/0015); the last that
# fits counts.
OWN_FUNCTIONS = {
    "Desk": r"/v1/desk/.*",
    "Rights": r"/v1/rights-requests.*",
    "SignIn": r"/v1/sign-in.*",
    "Account": r"/v1/account/.*",
    "Links": r"/v1/(desk/requests/\{reference\}/links|rights-requests/\{reference\}/copy|signing-key)",
}
# As the endpoints file names them.
_ENDPOINTS = {*SERVICES, "email", "execute-api", "states"}


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
    """The files of infra/stack/ and the tables as one template."""
    whole = merge(merge(tables.template(), machine.template()), cloudfront.template())
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
            if file.is_file() and "deployments" not in file.parts and file.suffix != ".pyc":
                digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def build(stage: str, *, log: Any = print) -> Path:
    """Package ``stage`` into build/: template.json, functions.zip, layer.zip. Does nothing if nothing changed. Answers
    the template's path. Raises BuildFailed."""
    mark = BUILD / "inputs"
    wanted = f"{stage} {inputs_hash()}"
    if mark.exists() and mark.read_text() == wanted:
        return BUILD / "template.json"
    _clear()
    log("  packaging the functions (Chalice) ...")
    parts = BUILD / "parts.json"
    parts.write_text(json.dumps(stack_parts()))
    _chalice(stage, parts)
    log("  precompiling ...")
    _repack(BUILD / "chalice" / "deployment.zip", BUILD / "functions.zip")
    _zip_folder(ROOT / "layers" / "imchat", BUILD / "layer.zip")
    template = json.loads((BUILD / "chalice" / "sam.json").read_text())
    (BUILD / "template.json").write_text(json.dumps(finish(template), indent=1))
    log("  checking the template (cfn-lint) ...")
    lint(BUILD / "template.json")
    shutil.rmtree(BUILD / "chalice")
    mark.write_text(wanted)
    return BUILD / "template.json"


def _clear() -> None:
    """Remove what an earlier packaging left; web and web.* are infra/web.py's."""
    BUILD.mkdir(exist_ok=True)
    for left in BUILD.iterdir():
        if left.name.partition(".")[0] == "web":
            continue
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()
    shutil.rmtree(ROOT / ".chalice" / "deployments", ignore_errors=True)


def finish(template: dict[str, Any]) -> dict[str, Any]:
    """Chalice's template with our zips in place of its own, and some routes behind functions of their own."""
    _give_own_functions(template)
    _deploy_by_itself(template["Resources"])
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "functions.zip"
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = "layer.zip"
            resource["Properties"]["CompatibleRuntimes"] = [_runtime()]
    return template


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
        resources[f"{name}Role"] = copy.deepcopy(resources["ApiHandlerRole"])
        resources[f"{name}Role"]["Properties"]["Policies"][0]["PolicyDocument"] = json.loads(
            (ROOT / ".chalice" / f"policy-{name.lower()}.json").read_text()
        )
        resources[f"{name}Handler"]["Properties"]["Role"] = {"Fn::GetAtt": [f"{name}Role", "Arn"]}
        resources[f"{name}HandlerInvokePermission"]["Properties"]["FunctionName"] = {"Ref": f"{name}Handler"}
        for path, methods in resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"].items():
            if re.fullmatch(answered, path):
                _answer_by(f"{name}Handler", methods)


def _answer_by(handler: str, methods: dict[str, Any]) -> None:
    for method in methods.values():
        uri = method["x-amazon-apigateway-integration"].get("uri")
        if uri:
            uri["Fn::Sub"] = re.sub(r"\$\{\w+Handler\.Arn\}", f"${{{handler}.Arn}}", uri["Fn::Sub"])


def _runtime() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def _chalice(stage: str, parts: Path) -> None:
    """Chalice imports the app, and packaging needs a region but no account."""
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "layers" / "imchat" / "python"),
        "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", "eu-west-2"),
    }
    command = [
        str(Path(sys.executable).with_name("chalice")), "package", "--stage", stage,
        "--merge-template", str(parts), str(BUILD / "chalice"),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BuildFailed(f"chalice package failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def _repack(source: Path, target: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with zipfile.ZipFile(source) as archive:
            archive.extractall(folder)
        for pattern in LEFT_OUT:
            for file in folder.rglob(pattern):
                file.unlink()
        slim_models(folder / "botocore" / "data")
        _zip_folder(folder, target)


def slim_models(data: Path) -> None:
    """Leave of botocore's models what our functions read: our services, without the manual and the examples that every
    first client would otherwise parse (a seventh of its time; docs/decisions/0006)."""
    for model in data.iterdir():
        if model.is_dir() and model.name not in SERVICES:
            shutil.rmtree(model)
    for file in data.rglob("examples-1.json"):
        file.unlink()
    for file in data.rglob("*.json.gz"):
        slim = json.dumps(_without_manual(json.loads(gzip.decompress(file.read_bytes()))), separators=(",", ":"))
        file.write_bytes(gzip.compress(slim.encode(), mtime=0))
    endpoints = json.loads((data / "endpoints.json").read_text())
    for partition in endpoints["partitions"]:
        partition["services"] = {name: one for name, one in partition["services"].items() if name in _ENDPOINTS}
    (data / "endpoints.json").write_text(json.dumps(endpoints, separators=(",", ":")))


def _without_manual(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            # botocore reads the manual of these parameters, and of nothing else.
            key: value if key == "clientContextParams" else _without_manual(value)
            for key, value in node.items()
            if not (key == "documentation" and isinstance(value, str))
        }
    return [_without_manual(one) for one in node] if isinstance(node, list) else node


def _zip_folder(folder: Path, target: Path) -> None:
    """``folder`` as a zip: sources with bytecode beside them that is taken as it is; the same bytes for the same
    files."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(_with_bytecode(folder)):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)


def _with_bytecode(folder: Path) -> Iterator[tuple[str, bytes]]:
    tag = sys.implementation.cache_tag
    with tempfile.TemporaryDirectory() as place:
        compiled = Path(place) / "compiled.pyc"
        for file in sorted(folder.rglob("*")):
            if not file.is_file() or "__pycache__" in file.parts:
                continue
            name = file.relative_to(folder).as_posix()
            yield name, file.read_bytes()
            if file.suffix == ".py":
                try:
                    py_compile.compile(
                        str(file),
                        str(compiled),
                        dfile=name,
                        doraise=True,
                        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
                    )
                except py_compile.PyCompileError:  # a library's template, not code of ours to run
                    continue
                yield (
                    f"{Path(name).parent.as_posix()}/__pycache__/{file.stem}.{tag}.pyc".removeprefix("./"),
                    (compiled.read_bytes()),
                )


def lint(template: Path) -> None:
    """Run cfn-lint. Raises BuildFailed with what it found."""
    command = [str(Path(sys.executable).with_name("cfn-lint")), "--non-zero-exit-code", "error", str(template)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BuildFailed(f"cfn-lint found:\n{done.stdout[-4000:]}{done.stderr[-1000:]}")


def main() -> None:
    """``python -m infra.build STAGE``"""
    try:
        template = build(sys.argv[1] if len(sys.argv) > 1 else "dev")
    except BuildFailed as failed:
        sys.exit(str(failed))
    for file in ("functions.zip", "layer.zip"):
        print(f"  {file}: {(BUILD / file).stat().st_size / 1e6:.1f} MB")
    print(f"packaged: {template.relative_to(ROOT)}")


if __name__ == "__main__":
    main()

"""The record of what a deployment brought onto a stage, by which the prover knows what should run."""

import base64
import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from imchat.clock import rfc3339
from imchat.prover.release import KEY, Release, template_hash
from infra import edge
from infra.web import is_shop

# What the edge says with every answer of the API, whatever the API says of itself.
_ALWAYS = ("X-Content-Type-Options", "Strict-Transport-Security")


def record(s3: Any, made: dict[str, str], whole: dict[str, Any], *, template: Path, pages: Path, now: datetime) -> None:
    """Write down for the prover what now runs on the stack with the outputs ``made``: the template ``whole`` as it was
    deployed, the packages beside its file ``template``, and the ``pages``."""
    names = sorted(file.relative_to(pages).as_posix() for file in pages.rglob("*") if file.is_file())
    public = [name for name in names if not is_shop(name)]
    release = Release(
        made_at=rfc3339(now),
        template=template_hash(json.loads(json.dumps(whole))),
        functions=_as_lambda_tells(template.with_name("functions.zip")),
        layer=_as_lambda_tells(template.with_name("layer.zip")),
        pages={f"/{name}": hashlib.sha256((pages / name).read_bytes()).hexdigest() for name in public},
        headers=_headers(public, made["WebUrl"]),
    )
    s3.put_object(
        Bucket=made["ProofBucket"], Key=KEY, Body=msgspec.json.encode(release), ContentType="application/json"
    )


def _as_lambda_tells(package: Path) -> str:
    return base64.b64encode(hashlib.sha256(package.read_bytes()).digest()).decode()


def _headers(public: list[str], web_url: str) -> dict[str, dict[str, str]]:
    """The security headers of one path of each kind that is served from files, and of the API."""
    one_of = {edge.kind_of(f"/{name}"): f"/{name}" for name in reversed(public)}
    headers = {path: edge.headers(kind, web_url) for kind, path in one_of.items()}
    headers["/v1/notice"] = {name: value for name, value in edge.headers("api", web_url).items() if name in _ALWAYS}
    return headers


def first_run(client: Any, names: dict[str, str]) -> None:
    """Have everything that works by the clock run once, ``names`` being the functions by their logical ids, and the
    prover after it: so that a new stage is swept, and proven, from its first hour."""
    for function in ("Sweeper", "Nudger", "Reminders"):
        client.invoke(FunctionName=names[function], Payload=b"{}")
    client.invoke(FunctionName=names["Prover"], InvocationType="Event", Payload=b"{}")

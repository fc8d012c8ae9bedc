"""What should run: written by the deployment, read by the prover."""

import hashlib
import json
from functools import cache
from typing import Any

import msgspec

from imchat import aws
from imchat.settings import settings

KEY = "release/release.json"


class Release(msgspec.Struct, kw_only=True, frozen=True):
    """What a deployment brought onto the stage.

    ``template`` is the hash (``template_hash``) of the stack's template; ``functions`` and ``layer`` are the hashes of
    the packages as Lambda tells them; ``pages`` gives the SHA-256 of each public file by its path, ``headers`` the
    security headers of each kind of path by one path of that kind.
    """

    made_at: str
    template: str
    functions: str
    layer: str
    pages: dict[str, str]
    headers: dict[str, dict[str, str]]


def template_hash(template: dict[str, Any]) -> str:
    """One hash for one template, in whatever order its keys are."""
    return hashlib.sha256(json.dumps(template, sort_keys=True, default=str).encode()).hexdigest()


@cache
def release() -> Release:
    """The release that is said to run, read once in a night (``release.cache_clear()``). Raises what AWS raises, and
    msgspec.DecodeError."""
    body = aws.client("s3").get_object(Bucket=settings().proof_bucket, Key=KEY)["Body"].read()
    return msgspec.json.decode(body, type=Release)

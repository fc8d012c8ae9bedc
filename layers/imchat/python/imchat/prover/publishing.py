"""Keeps what each night found, publishes the proof, and rings where a promise is not kept."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from imchat import aws
from imchat.clock import rfc3339
from imchat.prover.checks import CHECKS
from imchat.prover.finding import Finding, Outcome
from imchat.prover.history import History, add, states
from imchat.prover.page import page
from imchat.prover.proof import Proof, proof
from imchat.prover.release import release
from imchat.prover.signing import sign
from imchat.register.promises import PROMISES
from imchat.settings import settings

# Beside release/ (imchat.prover.release). The edge serves public/ and nothing else.
PUBLIC, NIGHT, SENTENCES = "public/", "findings/night.json", "sentences/"
PAGE, JSON, SIGNATURE = "proof", "proof.json", "proof.json.sig"
# Ten thousand readers are one call of S3 in five minutes.
_CACHE = "public, max-age=300"
_TRIES = 3


class Night(msgspec.Struct, frozen=True):
    """The last night: when, what each check found, and what was found of each promise since."""

    made_at: str
    findings: dict[str, Finding]
    history: History


def publish(findings: Mapping[str, Finding], now: datetime) -> list[int]:
    """Add a night's findings to the history, publish the proof, and tell engineers of each promise that is not kept.
    Returns the numbers of those."""
    before = _night()
    found = states(CHECKS, findings)
    history = add(before.history if before else {}, found, now)
    night = Night(rfc3339(now), dict(findings), history)
    _put(NIGHT, msgspec.json.encode(night), "application/json")
    _show(night)
    broken = [number for number, state in found.items() if state == Outcome.NOT_KEPT]
    if broken:
        _ring(night, broken)
    return broken


def again() -> None:
    """Publish the last night's proof anew: the desk has said something of a failure. What a night wrote meanwhile is
    published in its place."""
    for _ in range(_TRIES):
        night = _night()
        if night is None:
            return
        _show(night)
        if _night() == night:
            return


def _show(night: Night) -> None:
    made = _proof(night)
    content = msgspec.json.format(msgspec.json.encode(made), indent=1)
    _put(PUBLIC + JSON, content, "application/json", _CACHE)
    _put(PUBLIC + SIGNATURE, sign(content), "application/octet-stream", _CACHE)
    _put(PUBLIC + PAGE, page(made), "text/html; charset=utf-8", _CACHE)


def _proof(night: Night) -> Proof:
    failing = [number for number, spans in night.history.items() if spans[-1].state == Outcome.NOT_KEPT]
    made_at = datetime.fromisoformat(night.made_at)
    return proof(
        CHECKS,
        night.findings,
        night.history,
        sentences=dict(_sentences(failing)),
        release=_release_name(),
        made_at=made_at,
    )


def _sentences(failing: list[int]) -> Iterator[tuple[int, str]]:
    for number in failing:
        if (said := _get(f"{SENTENCES}{number}")) is not None:
            yield number, said.decode()


def _release_name() -> str:
    try:
        return release().template[:12]
    except msgspec.DecodeError:
        return "unknown"
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        return "unknown"  # the check of the release says so


def _night() -> Night | None:
    """The last night that was kept; None before the first."""
    body = _get(NIGHT)
    return msgspec.json.decode(body, type=Night) if body is not None else None


def _ring(night: Night, broken: list[int]) -> None:
    """Tell engineers what was found, which the page does not say. Nothing in it is of a person."""
    lines = [f"N{number}: {PROMISES[number]}\n  not kept since {night.history[number][-1].since}" for number in broken]
    lines += [
        f"{name}: {finding.technical}"
        for name, finding in night.findings.items()
        if finding.outcome == Outcome.NOT_KEPT
    ]
    aws.client("sns").publish(
        TopicArn=settings().alarms_topic,
        Subject=f"{len(broken)} promise{'' if len(broken) == 1 else 's'} of the notice not kept",
        Message="\n".join([*lines, "What to do: docs/operations.md, “A promise is not kept”."]),
    )


def _get(key: str) -> bytes | None:
    try:
        body: bytes = aws.client("s3").get_object(Bucket=settings().proof_bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        return None
    return body


def _put(key: str, content: bytes, content_type: str, cache_control: str | None = None) -> None:
    more: dict[str, Any] = {"CacheControl": cache_control} if cache_control else {}
    aws.client("s3").put_object(Bucket=settings().proof_bucket, Key=key, Body=content, ContentType=content_type, **more)

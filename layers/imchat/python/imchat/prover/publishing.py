"""Keeps what each night found, publishes the proof, and rings where a promise is not kept."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from botocore.exceptions import ClientError

from imchat import aws
from imchat.clock import rfc3339
from imchat.prover.checks import CHECKS
from imchat.prover.finding import Finding, Outcome
from imchat.prover.history import add, states
from imchat.prover.night import Night, keep, last_night
from imchat.prover.page import page
from imchat.prover.proof import Proof, proof
from imchat.prover.release import release
from imchat.prover.sentences import sentences
from imchat.prover.signing import sign
from imchat.register.promises import PROMISES
from imchat.settings import settings

# Beside release/ (imchat.prover.release). The edge serves public/ and nothing else.
PUBLIC = "public/"
PAGE, JSON, SIGNATURE = "proof", "proof.json", "proof.json.sig"
# Ten thousand readers are one call of S3 in five minutes.
_CACHE = "public, max-age=300"
_TRIES = 3


def publish(findings: Mapping[str, Finding], now: datetime) -> list[int]:
    """Add a night's findings to the history, publish the proof, and tell engineers of each promise that is not kept.
    Returns the numbers of those."""
    before = last_night()
    found = states(CHECKS, findings)
    history = add(before.history if before else {}, found, now)
    night = Night(rfc3339(now), _release_name(), dict(findings), history)
    keep(night)
    again()
    broken = [number for number, state in found.items() if state == Outcome.NOT_KEPT]
    if broken:
        _ring(night, broken)
    return broken


def again() -> None:
    """Publish the proof of the last night anew: the desk has said something of a failure. What a night found or the
    desk said meanwhile is published in its place."""
    for _ in range(_TRIES):
        night = last_night()
        if night is None:
            return
        made = proof_of(night)
        _show(made)
        if last_night() == night and proof_of(night) == made:
            return


def _show(made: Proof) -> None:
    content = msgspec.json.format(msgspec.json.encode(made), indent=1)
    _put(JSON, content, "application/json")
    _put(SIGNATURE, sign(content), "application/octet-stream")
    _put(PAGE, page(made), "text/html; charset=utf-8")


def proof_of(night: Night) -> Proof:
    """The proof of what a night found, with what the desk says of failures."""
    return proof(
        CHECKS,
        night.findings,
        night.history,
        sentences=sentences(),
        release=night.release,
        made_at=datetime.fromisoformat(night.made_at),
    )


def _release_name() -> str:
    try:
        return release().template[:12]
    except msgspec.DecodeError:
        return "unknown"
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        return "unknown"  # the check of the release says so


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


def _put(key: str, content: bytes, content_type: str) -> None:
    aws.client("s3").put_object(
        Bucket=settings().proof_bucket,
        Key=PUBLIC + key,
        Body=content,
        ContentType=content_type,
        CacheControl=_CACHE,
    )

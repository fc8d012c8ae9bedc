"""Changing secrets without a gap. Every function remembers a secret for minutes (imchat.aws.SECRET_SECONDS): a new one
is made known first, used later, and the old one is dropped when nothing of it lives any more. Each call does the step
that is due; the secret itself says which."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import boto3

from imchat.aws import SECRET_SECONDS
from imchat.tokens import LIFETIME
from operations.edge_secret import Edge

SEEN = timedelta(seconds=SECRET_SECONDS)
# Some function signs with the old key until it has seen the new one.
ALIVE = SEEN + LIFETIME
_LENGTH = 48


@dataclass(frozen=True)
class Step:
    """``did`` says what was done, if anything, ``then`` what comes next, not before ``at``."""

    did: str
    then: str | None = None
    at: datetime | None = None


def next_token_keys(
    keys: Mapping[str, str], changed: datetime, now: datetime, *, leaked: bool = False
) -> tuple[dict[str, str], Step]:
    """The step that is due for the keys of visitors' tokens, which were last changed at ``changed``: the keys as they
    shall be, and what that means. ``leaked``: an end to all old keys, and so to all tokens."""
    current, newest = keys["current"], max((one for one in keys if one != "current"), key=int)
    if leaked:
        name = str(int(newest) + 1)
        said = f"Key {name} signs; within five minutes no function takes another. Visitors must begin new chats."
        return {"current": name, name: _new()}, Step(said)
    if newest != current:
        if now < changed + SEEN:
            return dict(keys), Step(
                "Nothing: not every function knows the new key yet.", "it begins to sign", changed + SEEN
            )
        step = Step(
            f"Key {newest} signs now; tokens of the old key hold until they end.",
            "the old key is dropped",
            now + ALIVE,
        )
        return {**keys, "current": newest}, step
    if len(keys) > 2:
        if now < changed + ALIVE:
            return dict(keys), Step(
                "Nothing: tokens of the old key are still alive.", "the old key is dropped", changed + ALIVE
            )
        return {"current": current, current: keys[current]}, Step("The old key is dropped. Done.")
    name = str(int(newest) + 1)
    return {**keys, name: _new()}, Step(f"Key {name} is made; it does not sign yet.", "it begins to sign", now + SEEN)


def rotate_token(secret_id: str, now: datetime, *, leaked: bool = False) -> Step:
    """Do the step that is due for the keys of visitors' tokens."""
    keys, changed = _read(secret_id)
    new, step = next_token_keys(keys, changed, now, leaked=leaked)
    _write(secret_id, keys, new)
    return step


def rotate_edge(secret_id: str, edge: Edge, now: datetime) -> Step:
    """Do the step that is due for the secret that CloudFront shows to the API; the API and its firewall take all that
    stand in it."""
    known, changed = _read(secret_id)
    if "next" in known:
        if now < changed + SEEN:
            return Step("Nothing: not every function knows the new secret yet.", "CloudFront shows it", changed + SEEN)
        edge.show(known["next"])
        _write(secret_id, known, {"shown": known["next"], "before": known["shown"]})
        return Step("CloudFront shows the new secret, as it reaches its places.", "the old one is dropped", now + SEEN)
    if "before" in known:
        if now < changed + SEEN or not edge.shows(known["shown"]):
            return Step("Nothing: CloudFront may still show the old secret.", "it is dropped", max(now, changed + SEEN))
        edge.take([known["shown"]])
        _write(secret_id, known, {"shown": known["shown"]})
        return Step("The old secret is dropped. Done.")
    new = {**known, "next": _new()}
    edge.take(list(new.values()))
    _write(secret_id, known, new)
    return Step("A new secret is made; nobody shows it yet.", "CloudFront shows it", now + SEEN)


def replace_address(secret_id: str) -> Step:
    """Replace the secret that keys the hashes of addresses. What was hashed with the old one is not found again."""
    boto3.client("secretsmanager").put_secret_value(SecretId=secret_id, SecretString=_new())
    return Step("The secret is replaced; within five minutes every function knows it.")


def _read(secret_id: str) -> tuple[dict[str, str], datetime]:
    client = boto3.client("secretsmanager")
    changed: datetime = client.describe_secret(SecretId=secret_id)["LastChangedDate"]
    known: dict[str, str] = json.loads(client.get_secret_value(SecretId=secret_id)["SecretString"])
    return known, changed


def _write(secret_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    if before != after:
        boto3.client("secretsmanager").put_secret_value(SecretId=secret_id, SecretString=json.dumps(after))


def _new() -> str:
    return secrets.token_urlsafe(_LENGTH)

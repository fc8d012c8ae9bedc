"""The canaries' own website, and the staff of its desk: they are there while the promises are played, and never
else."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from imchat import aws, canaries
from imchat.errors import NotFound
from imchat.staff import sites
from imchat.stores import accounts
from operations.accounts import add_staff, create_site, remove
from operations.accounts import staff as everybody
from operations.prove.api import Answer, Api
from operations.prove.report import Untried
from operations.prove.stage import Stage
from operations.prove.totp import code_of

# What each may do. Whoever takes a request in may not approve it, so there are two at the desk.
ROLES = {"operator": "operator", "desk": "privacy", "second": "privacy"}
# What a run leaves by being cut ends by itself within a day.
_PERIOD = "1 day"


@dataclass(frozen=True)
class Member:
    """One of the staff, signed in."""

    api: Api

    def __call__(self, method: str, path: str, body: Any = None) -> Answer:
        return self.api(method, path, body)

    def answer(self, chat_id: str, text: str) -> None:
        """Write to a visitor."""
        body = {"text": text, "client_id": secrets.token_hex(8)}
        self("POST", f"/v1/operator/chats/{chat_id}/messages", body).of(201)


def make_site(stage: Stage) -> None:
    """Make the canaries' website where there is none; its pages are the stage's own. Raises Conflict where it was
    removed some days ago."""
    wanted = {"name": "Canary people", "origins": [stage.address], "period": _PERIOD}
    try:
        found = sites.own(canaries.SITE_ID)
    except NotFound:
        create_site(canaries.SITE_ID, wanted)
        return
    if list(found.origins) != wanted["origins"] or found.period != _PERIOD:
        sites.change(canaries.SITE_ID, wanted)


@contextmanager
def members(stage: Stage) -> Iterator[dict[str, Member]]:
    """The staff by ROLES, signed in with passwords that nobody else has seen. Whatever happens, nobody of them may sign
    in afterwards, and no token of theirs holds."""
    run = secrets.token_hex(4)
    try:
        yield {role: _member(stage, f"canary-{role}-{run}", group) for role, group in ROLES.items()}
    finally:
        dismiss()


def dismiss() -> None:
    """Remove all staff of the canaries' website, of this run and of any that was cut."""
    for one in everybody(canaries.SITE_ID):
        remove(one)
    for record in accounts.staff(canaries.SITE_ID):
        record.remove()


def _member(stage: Stage, username: str, group: str) -> Member:
    password = f"{secrets.token_urlsafe(24)}aA1-"
    add_staff(
        aws.client("cognito-idp"),
        stage.outputs,
        username=username,
        password=password,
        site_id=canaries.SITE_ID,
        name=f"Canary {group}",
        groups=[group],
    )
    return Member(Api(stage.address, signed_in(Api(stage.address), username, password)))


def signed_in(api: Api, username: str, password: str) -> str:
    """The token of a member, by our own page's way in; on a guarded stage, an authenticator app is set up first."""
    told = api("POST", "/v1/sign-in", {"username": username, "password": password}).of(200).json
    if told["state"] == "challenge":
        if "secret" not in told:
            raise Untried(f"signing in asks for {told['challenge']}")
        kept = {name: told[name] for name in ("challenge", "session", "username")}
        answer = kept | {"code": code_of(told["secret"], time.time())}
        told = api("POST", "/v1/sign-in/challenge", answer).of(200).json
    return str(told["id_token"])

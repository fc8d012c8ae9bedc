"""The flow of a request, task by task as the state machine runs them, in this process."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bench import found
from imchat import aws
from imchat.rights import intake, review, steps
from imchat.rights.intake import Identity
from imchat.stores.requests import REVIEW, Request
from infra.machine import names
from tests.adapters.people import Person
from tests.adapters.worlds import World
from tests.held import search

Task = Callable[[], Any]
# What is weighed before something about another person is left out, as the API takes it.
WEIGHED = {
    "information": "private_life", "confidentiality": True, "consent": "not_possible", "capable": True, "refused": False,
}  # fmt: skip


def asked(site: World, who: Person, kind: str, now: datetime) -> Request:
    """A request by letter of somebody whose identity is proven."""
    return intake.take_in(
        site.site_id,
        "peter",
        kind=kind,
        channel="letter",
        received_at=now,
        name=who.name,
        email=who.email,
        phone=who.phone,
        identity=Identity(proven=True, method="document", at=now),
        now=now,
    )


def searching(reference: str, now: datetime) -> list[Task]:
    """The tasks up to the review."""

    def export_all() -> None:
        for part in found.parts(reference):
            steps.export(part)

    return [
        lambda: steps.begin(reference, now),
        *(lambda name=name: steps.search(reference, name) for name in names()),
        lambda: steps.searched(reference, [steps.search(reference, name) for name in names()]),
        export_all,
    ]


def reviewing(reference: str) -> None:
    """The machine waits for the review."""
    Request(reference).change([Request.step.set(REVIEW)])


def under_review(site: World, who: Person, kind: str, now: datetime) -> Request:
    """A request of somebody who is proven, searched to the end."""
    request = asked(site, who, kind, now)
    for task in searching(request.pk, now):
        task()
    reviewing(request.pk)
    return Request.get(request.pk)


def answering(reference: str, now: datetime) -> list[Task]:
    """The tasks behind an approval."""
    request = Request.get(reference)
    if request.type in ("access", "portability"):
        return [lambda: steps.decide(reference, now), lambda: steps.copy(reference, now)]
    return [
        lambda: steps.decide(reference, now),
        *(lambda name=name: steps.act(reference, name, now) for name in names()),
        lambda: steps.receipt(reference, now),
        lambda: steps.finish(reference),
    ]


def answered(site: World, who: Person, kind: str, now: datetime, *, decision: str | None = None) -> Request:
    """A request that went through all of it, nothing left out."""
    request = under_review(site, who, kind, now)
    review.approve(request.pk, site.site_id, "priya", now, decision=decision)
    for task in answering(request.pk, now):
        task()
    return Request.get(request.pk)


def done(request: Request) -> dict[str, Any]:
    """What was changed and kept, by store."""
    found: dict[str, Any] = request.done.as_dict()
    return found


def left(site: World, who: Person) -> dict[str, int]:
    """How much a search finds of somebody, by store."""
    found = search(who.subject(site))
    return {name: len(references) for name, references in found.items()}


def objects(bucket: str, prefix: str) -> list[str]:
    """What lies in a bucket under a prefix."""
    return [one["Key"] for one in aws.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", ())]

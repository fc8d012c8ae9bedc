"""Answering an access request of a person with 500 chats and 5,000 messages: all the tasks of its flow, from proof of
identity to the copy. DynamoDB calls are counted where botocore sends them; time is told as the ratio to one bare read
of the same chats."""

import tempfile
import time
from pathlib import Path

from bench.calls import Meter, _port
from bench.endings import OPENED, PERSON_CHATS, PERSON_MESSAGES, site
from bench.population import chats, write
from imchat import aws, clock
from imchat.register.stores import store
from imchat.rights import requests, review, steps
from imchat.rights.requests import Identity
from imchat.settings import settings
from imchat.stores.requests import REVIEW, Request
from infra.local.run import running
from infra.machine import names

BUDGET = 30


def answering(meter: Meter) -> tuple[int, float, float]:
    """(DynamoDB calls, seconds of the tasks, seconds of reading the same chats and nothing else)."""
    here = site()
    write(chats(here, PERSON_CHATS, messages=PERSON_MESSAGES, opened=OPENED, email="ada@example.org"))
    clock.now = lambda: OPENED
    proof = Identity(proven=True, method="code", at=OPENED)
    asked = requests.take_in(
        here.site_id, "bench", kind="access", channel="form", received_at=OPENED, email="ada@example.org",
        identity=proof, now=OPENED,
    )  # fmt: skip

    def search() -> None:
        steps.begin(asked.pk, OPENED)
        steps.searched(asked.pk, [steps.search(asked.pk, name) for name in names()])
        found = {"Bucket": settings().parts_bucket, "Prefix": f"{asked.pk}/found/"}
        for one in aws.client("s3").list_objects_v2(**found)["Contents"]:
            steps.export(one["Key"])

    begun = time.perf_counter()
    searching, _, _ = meter.of(search)
    searched = time.perf_counter() - begun
    Request(asked.pk).change([Request.step.set(REVIEW)])
    review.approve(asked.pk, here.site_id, "bench", OPENED)
    begun = time.perf_counter()
    copying, _, _ = meter.of(lambda: (steps.decide(asked.pk, OPENED), steps.copy(asked.pk, OPENED)))
    spent = searched + time.perf_counter() - begun
    references = [one for batch in review.references(Request.get(asked.pk), "chats") for one in batch]
    assert len(references) == PERSON_CHATS
    begun = time.perf_counter()
    assert sum(1 for _ in store("chats").export(references, OPENED)) == PERSON_CHATS
    return searching + copying, spent, time.perf_counter() - begun


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder, running(_port(), _port(), Path(folder), log=lambda *_: None):
        calls, spent, floor = answering(Meter())
        what = f"copy of {PERSON_CHATS} chats, {PERSON_CHATS * PERSON_MESSAGES:,} messages"
        print(f"{'':<60}   calls   budget    time")
        print(f"{what:<60}{calls:>8}{BUDGET:>9}{f'{spent / floor:.1f} x':>8}  ({spent:.2f} s)")


if __name__ == "__main__":
    main()

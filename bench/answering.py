"""A person with many chats, and all the tasks that answer their access request, from proof of identity to the copy: as
the state machine runs them, but one after the other and in this process."""

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

# Not used here: with it comes the functions' threshold of looking for garbage, under which all of this runs.
import functions  # noqa: F401
from bench import found
from bench.endings import OPENED, site
from bench.population import chats, write
from bench.spent import Spent
from imchat import aws, clock
from imchat.bundle.naming import file_name
from imchat.register.store import Reference
from imchat.rights import flow, given, intake, review, steps
from imchat.rights.intake import Identity
from imchat.settings import settings
from imchat.stores.chats import Chat
from imchat.stores.requests import REVIEW, Request
from infra.machine import names

_WORDS = re.findall(r"[a-z]+", (Path(__file__).parents[1] / "README.md").read_text().lower())
_SENTENCES = 10_000


class Person:
    """Somebody who has written in so many chats, in sentences of a language's usual words."""

    def __init__(self, number: int, messages: int) -> None:
        clock.now = lambda: OPENED
        flow.start = _not_started
        self.site, self.chats = site(), number
        self.email = f"ada-{self.site.site_id}@example.org"
        write(_varied(chats(self.site, number, messages=messages, opened=OPENED, email=self.email)))

    def answered(self) -> tuple[Request, Spent]:
        """A request of theirs, answered; what the tasks of it took."""
        proof = Identity(proven=True, method="code", at=OPENED)
        asked = intake.take_in(
            self.site.site_id, "bench", kind="access", channel="form", received_at=OPENED, email=self.email,
            identity=proof, now=OPENED,
        )  # fmt: skip
        spent = Spent()
        with spent:
            _search(asked.pk, OPENED)
        Request(asked.pk).change([Request.step.set(REVIEW)])
        review.approve(asked.pk, self.site.site_id, "another", OPENED)
        with spent:
            steps.decide(asked.pk, OPENED)
            steps.copy(asked.pk, OPENED)
        request = Request.get(asked.pk)
        assert sum(map(len, given.references(request, "chats"))) == self.chats
        return request, spent


def _not_started(reference: str, run: int = 1) -> None:
    """The state machine would do the same tasks at the same time."""


def _search(reference: str, now: datetime) -> None:
    steps.begin(reference, now)
    steps.searched(reference, [steps.search(reference, name) for name in names()])
    for part in found.parts(reference):
        steps.export(part)


def references(request: Request) -> list[Reference]:
    """The chats of an answer."""
    return [one for batch in given.references(request, "chats") for one in batch]


def copy_of(request: Request) -> bytes:
    """The ZIP."""
    place = {"Bucket": settings().exports_bucket, "Key": file_name(request.pk)}
    content: bytes = aws.client("s3").get_object(**place)["Body"].read()
    return content


def _varied(many: Iterator[Chat]) -> Iterator[Chat]:
    """The chats, with other words in each message: what is the same everywhere packs better than people write."""
    chance = random.Random(7)
    said = [" ".join(chance.choices(_WORDS, k=chance.randint(4, 16))).capitalize() for _ in range(_SENTENCES)]
    for number, chat in enumerate(many):
        place = number * len(chat.messages)
        chat.messages = [replace(one, text=said[(place + line) % _SENTENCES]) for line, one in enumerate(chat.messages)]
        yield chat

"""What is measured at which sizes, what comes of it, and the process of its own that does it."""

import subprocess
import sys
from dataclasses import dataclass

import msgspec

from bench.scale.series import Series


@dataclass(frozen=True)
class Plan:
    """The sizes, smallest first, and how often what is short is done again. Without sizes of a sweep the stack may
    hold what others left."""

    table: list[int]
    length: list[int]
    person: list[int]
    inbox: list[int]
    sweep: list[int]
    rounds: int


@dataclass(frozen=True)
class Found:
    """What was measured, by what grew: chats in the table, messages of a chat, chats of a person, open chats of a
    site, the place of a page of these, expired chats."""

    table: list[Series]
    length: list[Series]
    person: list[Series]
    inbox: list[Series]
    pages: list[Series]
    sweep: list[Series]


def measured(plan: Plan) -> Found:
    """Measure on the running stack that the environment names. Every client must be made under the meter's eyes, so
    another process does it."""
    command = [sys.executable, "-m", "bench.scale.measure", msgspec.json.encode(plan)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return msgspec.json.decode(done.stdout, type=Found)

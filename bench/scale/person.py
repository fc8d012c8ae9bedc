"""As a person has more chats: the tasks of the flow that erases them, from the search on, as the state machine starts
them."""

from collections.abc import Sequence
from typing import Any

from bench import found
from bench.population import chats, write
from bench.scale.gauge import Gauge
from bench.scale.series import Series
from bench.scale.world import NOON, at, site
from imchat.rights import intake, review, steps
from imchat.rights.intake import Identity
from imchat.stores.requests import ERASURE, REVIEW, Request
from infra.machine import names

_MESSAGES = 2


def measured(gauge: Gauge, sizes: Sequence[int]) -> list[Series]:
    """Search over all stores, export of what was found, and its erasure, of a person with so many chats."""
    at(NOON)
    for size in sizes:
        _answer(gauge, size)
    return gauge.taken()


def _answer(gauge: Gauge, size: int) -> None:
    here = site()
    # Theirs alone: an index holds an address whatever the site.
    email = f"{here.site_id}@example.org"
    write(chats(here, size, messages=_MESSAGES, opened=NOON, email=email))
    proof = Identity(proven=True, method="code", at=NOON)
    asked = intake.take_in(
        here.site_id, "bench", kind=ERASURE, channel="form", received_at=NOON, email=email, identity=proof, now=NOON
    ).pk
    steps.begin(asked, NOON)
    every: list[dict[str, Any]] = gauge.of(
        "search", size, lambda: [steps.search(asked, name) for name in names()], once=True
    )
    assert next(one["found"] for one in every if one["store"] == "chats") == size
    steps.searched(asked, every)
    gauge.of("export", size, lambda: _export(asked), once=True)
    Request(asked).change([Request.step.set(REVIEW)])
    review.approve(asked, here.site_id, "another", NOON)
    steps.decide(asked, NOON)
    gauge.of("erase", size, lambda: [steps.act(asked, name, NOON) for name in names()], once=True)
    assert Request.get(asked).done.as_dict()["chats"]["changed"] == size


def _export(asked: str) -> None:
    for part in found.parts(asked):
        steps.export(part)

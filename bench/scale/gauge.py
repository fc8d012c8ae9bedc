"""Measures acts: DynamoDB calls and units by the meter of ``bench.cost``, and the processor time of this process. An
act is done once on the running stack, and then again and again with the answers that DynamoDB gave then: so no act
waits for a store, and all sizes are measured in turn."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import boto3

from bench.cost.meter import UNITS, Meter
from bench.replay import Answer
from bench.scale.series import Cost, Series
from imchat import aws
from imchat.settings import table_name


@dataclass
class _Act:
    """An act at one size, which does what it does so many ``times``: what DynamoDB answered to it, None where it is not
    done again; and what it cost, with processor time in seconds."""

    what: str
    size: int
    do: Callable[[], Any]
    times: int
    answers: list[Answer] | None
    cost: Cost


class Gauge:
    """Measures what it is given, and forgets it once it was ``taken``. What is done again is done in ``rounds``."""

    def __init__(self, rounds: int) -> None:
        self._rounds = rounds
        self._meter = Meter()
        self._acts: list[_Act] = []
        self._heard: list[Answer] | None = None
        self._told: Iterator[Answer] | None = None
        self._meter.rests = True
        self._bare = boto3.client("dynamodb")
        for client in (aws.dynamodb().client, self._bare):
            client.meta.events.register("before-send.dynamodb", self._tell)
            client.meta.events.register("response-received.dynamodb", self._hear)

    def of(self, what: str, size: int, do: Callable[[], Any], *, times: int = 1, once: bool = False) -> Any:
        """Do it on the stack; what it returns. Of what takes long, the processor time is that of this ``once``, without
        the meter's own."""
        returned: list[Any] = []
        self._meter.rests, self._heard = False, None if once else []
        begun, own = time.process_time(), self._meter.own_seconds
        used = self._meter.of(lambda: returned.append(do()))
        seconds = time.process_time() - begun - (self._meter.own_seconds - own)
        cost = Cost(used.get("dynamodb_calls", 0), sum(used.get(unit, 0) for unit in UNITS), seconds if once else inf)
        self._acts.append(_Act(what, size, do, times, self._heard, cost))
        self._meter.rests, self._heard = True, None
        return returned[0]

    def taken(self) -> list[Series]:
        """What was measured since the last time. Processor time is the least of all rounds, and told in bare calls of
        botocore that had their turn in them."""
        key = {"pk": {"S": "nothing"}, "sk": {"S": "nothing"}}
        self.of("floor", 0, lambda: self._bare.get_item(TableName=table_name("chats"), Key=key))
        acts, self._acts = self._acts, []
        for _ in range(self._rounds):
            for act in acts:
                if act.answers is not None:
                    act.cost = replace(act.cost, cpu=min(act.cost.cpu, self._again(act, act.answers)))
        self._told = None
        *acts, floor = acts
        found: dict[str, Series] = {}
        for act in acts:
            one = found.setdefault(act.what, Series(act.what, [], []))
            one.sizes.append(act.size)
            one.costs.append(replace(act.cost, cpu=act.cost.cpu / floor.cost.cpu) / act.times)
        return list(found.values())

    def _again(self, act: _Act, answers: list[Answer]) -> float:
        self._told = iter(answers)
        begun = time.process_time()
        act.do()
        return time.process_time() - begun

    def _tell(self, **_: Any) -> Answer | None:
        return next(self._told) if self._told else None

    def _hear(self, response_dict: dict[str, Any], **_: Any) -> None:
        if self._heard is not None:
            self._heard.append(Answer.heard(response_dict))

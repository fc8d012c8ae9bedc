"""What is spent within a context, for what is too large to be followed item by item (bench/cost/meter.py does that)."""

import time
from collections import Counter
from typing import Any

from imchat import aws


class Spent:
    """What is spent within it, added up each time: seconds, seconds of this process's CPU, calls by service."""

    def __init__(self) -> None:
        self.seconds = self.cpu = 0.0
        self.calls: Counter[str] = Counter()
        clients = aws.dynamodb().client, *map(aws.client, ("s3", "kms", "sqs"))
        self._events = [client.meta.events for client in clients]

    def _note(self, model: Any, **_: Any) -> None:
        self.calls[model.service_model.service_name] += 1

    def __enter__(self) -> "Spent":
        for events in self._events:
            events.register("before-call", self._note)
        self._since = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        seconds, cpu = self._since
        self.seconds += time.perf_counter() - seconds
        self.cpu += time.process_time() - cpu
        for events in self._events:
            events.unregister("before-call", self._note)

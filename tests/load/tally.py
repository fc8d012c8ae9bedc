"""What was called, how often, how long it took, and what went wrong."""

import re
import time
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from urllib3.exceptions import HTTPError

from tests.flow.client import Answer, Api

_DONE = (200, 201, 202, 204)
_NO_ANSWER = 599
# What stands for one chat, one request, one hashed file in a path.
_NAMED = (
    (re.compile(r"/[a-z2-7]{26}"), "/{chat_id}"),
    (re.compile(r"/[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}"), "/{reference}"),
    (re.compile(r"/sites/[\w-]+"), "/sites/{site_id}"),
)


@dataclass
class Tally:
    """Seconds and failures by call. Safe from many threads."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _lock: Lock = field(default_factory=Lock)

    def note(self, call: str, seconds: float, failure: str | None = None) -> None:
        """One call; ``failure`` is what it was answered instead."""
        with self._lock:
            self.seconds[call].append(seconds)
            if failure:
                self.failures[call][failure] += 1

    def fail(self, call: str, failure: str) -> None:
        """Something that did not happen."""
        with self._lock:
            self.failures[call][failure] += 1

    @property
    def failed(self) -> int:
        return sum(sum(one.values()) for one in self.failures.values())


@dataclass
class Timed(Api):
    """The one address of a stack, its calls timed and told apart by route. What is neither done nor among ``refusals``,
    which the caller knows to be possible, has failed."""

    tally: Tally = field(default_factory=Tally)

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        refusals: Collection[int] = (),
        **headers: str,
    ) -> Answer:
        begun = time.perf_counter()
        try:
            answer = super().__call__(method, path, body, raw=raw, **headers)
        except HTTPError as error:
            answer = Answer(_NO_ANSWER, {}, type(error).__name__.encode())
        failure = None if answer.status in (*_DONE, *refusals) else f"{answer.status} {answer.body[:120]!r}"
        self.tally.note(f"{method} {route(path)}", time.perf_counter() - begun, failure)
        return answer


def route(path: str) -> str:
    """The route that a path belongs to."""
    path = path.partition("?")[0]
    for pattern, name in _NAMED:
        path = pattern.sub(name, path)
    return path


def at_the_edge(stack: dict[str, Any]) -> dict[str, Any]:
    """The stack as everybody reaches it: its API through the one address, not beside it."""
    return {**stack, "api_url": stack["web_url"]}

"""The stage's API, as somebody calls it from outside."""

import json
from dataclasses import dataclass
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

from operations.prove.report import Broken, Untried

_SECONDS = 60
# The stage is too busy, or not there: nothing is known of what it promises.
_AWAY = (429, 502, 503, 504)
_pool = urllib3.PoolManager(retries=False, timeout=_SECONDS)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        """The body of an answer in JSON."""
        return json.loads(self.body)

    def of(self, *statuses: int) -> "Answer":
        """The answer, if it has one of these statuses. Raises Broken; Untried where the stage did not answer."""
        if self.status in statuses:
            return self
        if self.status in _AWAY:
            raise Untried(f"the stage answered {self.status} {self._problem()}")
        raise Broken(f"the stage answered {self.status} {self._problem()}, not {' or '.join(map(str, statuses))}")

    def _problem(self) -> str:
        """The kind of problem: a word of ours, nothing that somebody wrote."""
        try:
            return str(self.json["type"]).rpartition("/")[2]
        except (ValueError, LookupError, TypeError):
            return ""


@dataclass(frozen=True)
class Api:
    """The API behind a public ``address``, called from its own pages; ``token`` is whose call it is."""

    address: str
    token: str | None = None

    def __call__(self, method: str, path: str, body: Any = None) -> Answer:
        headers = {"Origin": self.address}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return _answer(method, self.address + path, headers, None if body is None else json.dumps(body).encode())


def fetched(url: str) -> Answer:
    """What is behind a link. Raises Untried where nothing answers."""
    return _answer("GET", url, {}, None)


def _answer(method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
    try:
        answer = _pool.request(method, url, body=body, headers=headers)
    except HTTPError as error:
        raise Untried(f"nothing answers at the stage's address ({type(error).__name__})") from None
    return Answer(answer.status, answer.data)

"""Warm requests: processor time of the visitors' function per post, poll and open, without the store, against bare
calls of botocore.

Each is done once on the running stack, and what DynamoDB answered is kept. Then the same event comes again and again,
and the kept answers are handed out where botocore has a place for that: so all of the handler is measured, and all of
botocore but its socket. The floor is botocore's client as it ships, making the very calls that the handler made, with
the very answers.

What a page does again and again is held to a budget: a post, and a poll, whether something was said meanwhile or not.
Beside them stands what is rarer and dearer: a token that this process has not seen, a request of which a trace is kept.
"""

import gc
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import botocore.session
from botocore import xform_name

from bench.figures import Figure
from bench.gateway import Context, request
from bench.replay import Answer
from bench.stack import local_stack
from imchat import aws, tokens
from imchat.stores import accounts

# A chat that has gone on for a while.
MESSAGES = 10
TEXT = "A message of about sixty characters, as they usually are."
BUDGET = 1.5
ROUNDS, TIMES = 12, 50
_ORIGIN = "https://shop.example"
# What Lambda says of a trace: X-Ray keeps that of one request in a second, and of few of the rest.
_TRACE = "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled={}"


@dataclass(frozen=True)
class _Request:
    """What is asked, by an ``event``; with a token that is ``new`` to the process or not, with a trace or not."""

    what: str
    event: Any
    budget: float | None
    new: bool = False
    traced: bool = False

    def answered(self) -> None:
        """Have the visitors' function answer it."""
        if self.new:
            tokens._signed_by_us.cache_clear()
        _answer(self.event)


def figures() -> Iterator[Figure]:
    """Posts, polls and an open against their floors."""
    with local_stack():
        # As on Lambda: elsewhere the tracer writes nothing.
        os.environ["LAMBDA_TASK_ROOT"] = "/var/task"
        visitors = aws.dynamodb().client
        bare = botocore.session.get_session().create_client("dynamodb")
        for one in _requests():
            os.environ["_X_AMZN_TRACE_ID"] = _TRACE.format(int(one.traced))
            kept = _Kept()
            with _quiet():
                with kept.recording(visitors):
                    one.answered()
                with kept.replayed_to(visitors), kept.replayed_to(bare):
                    ours, floor = _cpu(one.answered, lambda kept=kept: kept.asked_of(bare))
            aside = f"{ours * 1e6:.0f} µs; bare: {len(kept.asked)} in {floor * 1e6:.0f} µs"
            yield Figure(f"warm {one.what}: processor time", ours / floor, "x", one.budget, aside)


def _requests() -> Iterator[_Request]:
    """What the widget sends, in a chat of MESSAGES."""
    site = accounts.create_site(f"bench-{secrets.token_hex(4)}", name="Bench", origins=[_ORIGIN])
    who = {"site_id": site.site_id, "name": "Ada Lovelace", "email": "ada@example.org", "text": TEXT}
    shop = {"origin": _ORIGIN}

    def opening() -> Any:
        return request("POST", "/v1/chats", who | {"client_id": secrets.token_hex(16)}, headers=shop)

    opened = json.loads(_answer(opening())["body"])
    visitor, chat_id = shop | {"authorization": f"Bearer {opened['token']}"}, opened["chat_id"]

    def post() -> Any:
        said = {"text": TEXT, "client_id": secrets.token_hex(16)}
        return request("POST", "/v1/chats/{chat_id}/messages", said, headers=visitor, chat_id=chat_id)

    for _ in range(MESSAGES - 2):
        _answer(post())

    def poll(after: int) -> Any:
        return request("GET", "/v1/chats/{chat_id}/messages", headers=visitor, chat_id=chat_id, after=after)

    yield _Request("post", post(), BUDGET)
    yield _Request("post, a token new to the process", post(), None, new=True)
    yield _Request("post, a trace is kept", post(), None, traced=True)
    said = json.loads(_answer(poll(0))["body"])["cursor"]
    yield _Request("poll, nothing was said", poll(said), BUDGET)
    yield _Request("poll, one message was said", poll(said - 1), BUDGET)
    yield _Request("poll, all of the chat", poll(0), None)
    yield _Request("poll, a token new to the process", poll(said), None, new=True)
    yield _Request("open", opening(), None)


def _answer(event: Any) -> Any:
    import app

    answer = app.app(event, Context())
    if answer["statusCode"] >= 300:
        raise RuntimeError(answer["body"])
    return answer


class _Kept:
    """The DynamoDB calls of one request, with their answers."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._answered: list[Answer] = []

    @contextmanager
    def recording(self, client: Any) -> Iterator[None]:
        """Keep what ``client`` asks and is answered meanwhile."""

        def ask(params: dict[str, Any], model: Any, **_: Any) -> None:
            self.asked.append((model.name, deepcopy(params)))

        def answer(response_dict: dict[str, Any], **_: Any) -> None:
            self._answered.append(Answer.heard(response_dict))

        places = {"before-parameter-build.dynamodb": ask, "response-received.dynamodb": answer}
        with _registered(client, places):
            yield

    @contextmanager
    def replayed_to(self, client: Any) -> Iterator[None]:
        """Answer ``client`` with what is kept, in the same order, over and over."""
        answers = cycle(self._answered)

        def answer(**_: Any) -> Answer:
            return next(answers)

        with _registered(client, {"before-send.dynamodb": answer}):
            yield

    def asked_of(self, client: Any) -> None:
        """The same calls, of a client as botocore makes it."""
        for operation, params in self.asked:
            getattr(client, xform_name(operation))(**params)


@contextmanager
def _registered(client: Any, handlers: dict[str, Callable[..., Any]]) -> Iterator[None]:
    for name, handler in handlers.items():
        client.meta.events.register(name, handler)
    yield
    for name, handler in handlers.items():
        client.meta.events.unregister(name, handler)


def _cpu(*acts: Callable[[], Any]) -> list[float]:
    """Seconds of processor time of each, once; the best of several rounds taken in turn."""
    best = [float("inf")] * len(acts)
    for _ in range(ROUNDS):
        for place, act in enumerate(acts):
            gc.collect()
            begun = time.process_time()
            for _ in range(TIMES):
                act()
            best[place] = min(best[place], (time.process_time() - begun) / TIMES)
    return best


@contextmanager
def _quiet() -> Iterator[None]:
    """What the function logs is written as always, and thrown away."""
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(nowhere)
        os.close(kept)

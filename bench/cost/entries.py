"""The functions' own entry points, called in this process as API Gateway, SQS and EventBridge would call them."""

import json
import os
from typing import Any

from bench import gateway
from bench.cost.meter import Meter
from imchat.settings import settings

ORIGIN = "https://shop.example"
# What travels with each answer: status line and headers, as CloudFront sends them on.
ANSWER_HEAD_BYTES = 600


class Entries:
    """Calls entries, each within the meter; an answer that is a refusal is an error of whoever counts."""

    def __init__(self, meter: Meter) -> None:
        os.environ.setdefault("AWS_REGION", os.environ["AWS_DEFAULT_REGION"])
        os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "imchat")
        import app

        self._meter, self._app = meter, app

    def http(
        self,
        method: str,
        route: str,
        body: Any = None,
        *,
        token: str | None = None,
        staff: dict[str, str] | None = None,
        **named: Any,
    ) -> Any:
        """A request through the edge and API Gateway; the answer's JSON. ``named`` fills the route's names, what is
        left is the query."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        headers |= {"origin": settings().web_url if staff or route.startswith("/v1/sign-in") else ORIGIN}
        event = gateway.request(method, route, body, headers=headers, staff=staff, **named)
        with self._meter.entry():
            answer = self._app.app(event, gateway.Context())
        if answer["statusCode"] >= 400:
            raise RuntimeError(f"{method} {route}: {answer['body']}")
        self._meter.used["rest_requests"] += 1
        self._edge(len(str(answer["body"]).encode()) + ANSWER_HEAD_BYTES)
        return json.loads(answer["body"]) if answer["body"] else None

    def preflight(self) -> None:
        """A browser asks whether it may, and API Gateway itself answers."""
        self._meter.used["rest_requests"] += 1
        self._edge(ANSWER_HEAD_BYTES)

    def transitions(self, number: int) -> None:
        """States that a state machine went through."""
        self._meter.used["state_transitions"] += number

    def file(self, bytes_: int) -> None:
        """A page or a script that the edge has."""
        self._edge(bytes_ + ANSWER_HEAD_BYTES)

    def _edge(self, bytes_: int) -> None:
        self._meter.used["edge_requests"] += 1
        self._meter.used["edge_bytes"] += bytes_

    def connect(self, connection: str, origin: str) -> None:
        """A page opens its live connection."""
        self._socket(self._app.socket_connected, gateway.socket(connection, headers={"Origin": origin}))
        self._edge(ANSWER_HEAD_BYTES)

    def frame(self, connection: str, **frame: Any) -> Any:
        """A frame that a page sends; what it is answered."""
        answer = self._socket(self._app.socket_frame, gateway.socket(connection, frame))
        self._meter.used["socket_messages"] += 1
        if "body" not in answer:
            return None
        self._meter.used["socket_messages"] += 1
        self._meter.used["edge_bytes"] += len(answer["body"].encode())
        told = json.loads(answer["body"])
        if told["type"] == "problem":
            raise RuntimeError(f"{frame}: {told}")
        return told

    def disconnect(self, connection: str) -> None:
        """A page is gone."""
        self._socket(self._app.socket_disconnected, gateway.socket(connection))

    def _socket(self, handler: Any, event: dict[str, Any]) -> Any:
        with self._meter.entry():
            return handler(event, gateway.Context())

    def mailer(self, *jobs: dict[str, Any]) -> None:
        """The queue's messages reach the mailer."""
        from functions.mailer import send_transcripts

        records = [{"messageId": "m", "body": json.dumps(job), "attributes": {}} for job in jobs]
        # Lambda takes a message from the queue, and takes it off.
        self._meter.used["sqs_requests"] += 2
        self._task(send_transcripts, {"Records": records})

    def task(self, name: str, handler: str, event: dict[str, Any]) -> Any:
        """A function that is started by its name: ``handler`` of ``functions.name``."""
        import importlib

        return self._task(getattr(importlib.import_module(f"functions.{name}"), handler), event)

    def _task(self, handler: Any, event: dict[str, Any]) -> Any:
        with self._meter.entry():
            done = handler(event, gateway.Context())
        if isinstance(done, dict) and done.get("batchItemFailures"):
            raise RuntimeError(f"not done: {event}")
        return done

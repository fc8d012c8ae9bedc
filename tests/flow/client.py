"""Callers of the deployed API, as a widget and a console would be."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import boto3
import urllib3

from infra.local.emulator import CREDENTIALS
from infra.local.mailbox import sent_mail
from tests.described import check
from tests.limits import services

T = TypeVar("T")

POOL = urllib3.PoolManager(maxsize=50, retries=False, timeout=300)


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Api:
    """The API of a stack; every request is on its own, and every answer as the API's description says."""

    stack: dict[str, Any]
    token: str | None = None
    origin: str | None = None

    def __call__(self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None or raw is not None:
            sent.setdefault("Content-Type", "application/json")
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if self.origin:
            sent.setdefault("Origin", self.origin)
        content = raw if raw is not None else json.dumps(body).encode() if body is not None else None
        if refused := services.request_refused(content):
            raise AssertionError(refused)
        answer = POOL.request(method, self.stack["api_url"] + path, body=content, headers=sent)
        assert not services.answer_refused(answer.status, answer.headers, answer.data)
        check(method, path, answer.status, answer.headers, answer.data)
        return Answer(answer.status, answer.headers, answer.data)

    def client(self, service: str) -> Any:
        """A boto3 client as the emulator's root."""
        return boto3.client(
            service,
            endpoint_url=self.stack["endpoint_url"],
            region_name=self.stack["region"],
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )


@dataclass
class Visitor:
    """Somebody on a page."""

    stack: dict[str, Any]
    site_id: str
    origin: str | None = None
    chat_id: str = ""
    cursor: int = 0
    seen: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.api = Api(self.stack, origin=self.origin)

    def open(self, **fields: Any) -> Answer:
        answer = self.api("POST", "/v1/chats", {"site_id": self.site_id, **fields})
        if answer.status == 201:
            self.chat_id, self.api.token = answer.json["chat_id"], answer.json["token"]
        return answer

    def _chat(self, method: str, path: str = "", body: Any = None) -> Answer:
        return self.api(method, f"/v1/chats/{self.chat_id}{path}", body)

    def say(self, text: str, client_id: str | None = None) -> Answer:
        return self._chat("POST", "/messages", {"text": text, "client_id": client_id or secrets.token_hex(8)})

    def poll(self) -> Answer:
        answer = self._chat("GET", f"/messages?after={self.cursor}")
        if answer.status == 200:
            self.seen += answer.json["messages"]
            self.cursor = answer.json["cursor"]
        return answer

    def correct(self, **fields: Any) -> Answer:
        return self._chat("PATCH", "/visitor", fields)

    def close(self) -> Answer:
        return self._chat("POST", "/close")

    def copy(self) -> Answer:
        return self._chat("POST", "/transcript")

    def rate(self, score: Any, **fields: Any) -> Answer:
        return self._chat("POST", "/rating", {"score": score, **fields})

    def delete(self) -> Answer:
        return self._chat("DELETE")


@dataclass
class Member:
    """Somebody of a site's staff, signed in through Cognito."""

    stack: dict[str, Any]
    username: str
    password: str

    @cached_property
    def api(self) -> Api:
        api = Api(self.stack)
        signed_in = api.client("cognito-idp").initiate_auth(
            ClientId=self.stack["user_pool_client_id"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": self.username, "PASSWORD": self.password},
        )
        api.token = signed_in["AuthenticationResult"]["IdToken"]
        return api

    def __call__(self, method: str, path: str, body: Any = None) -> Answer:
        return self.api(method, path, body)

    def say(self, chat_id: str, text: str, client_id: str | None = None, kind: str = "messages") -> Answer:
        body = {"text": text, "client_id": client_id or secrets.token_hex(8)}
        return self("POST", f"/v1/operator/chats/{chat_id}/{kind}", body)

    def read(self, chat_id: str, after: int = 0) -> Answer:
        return self("GET", f"/v1/operator/chats/{chat_id}?after={after}")


def staff(stack: dict[str, Any], who: str) -> Member:
    """A member of the demo site's staff."""
    return Member(stack, **stack["staff"][who])


def mail_to(stack: dict[str, Any], address: str) -> list[dict[str, Any]]:
    """All mail to one address as the emulator keeps it, oldest first: Subject, BodyText, BodyHtml, Source."""
    return [mail for mail in sent_mail(stack["endpoint_url"]) if mail["To"] == [address]]


def tell_ses(stack: dict[str, Any], published: str) -> str:
    """Publish what SES would; the id that SNS gives it."""
    topic = stack["topics"]["mail_events"]
    return str(Api(stack).client("sns").publish(TopicArn=topic, Message=published)["MessageId"])


def deployed(stack: dict[str, Any], name: str) -> str:
    """What the function that app.py calls ``name`` is called on the stack."""
    pages = Api(stack).client("lambda").get_paginator("list_functions").paginate()
    (found,) = (
        one["FunctionName"] for page in pages for one in page["Functions"] if f"-{name}-" in one["FunctionName"]
    )
    return str(found)


def run(stack: dict[str, Any], name: str, event: dict[str, Any] | None = None) -> Any:
    """Run a deployed function once, under its own role, and answer what it answers. Fails where it fails."""
    functions = Api(stack).client("lambda")
    answer = functions.invoke(FunctionName=deployed(stack, name), Payload=json.dumps(event or {}))
    said = json.load(answer["Payload"])
    assert "FunctionError" not in answer, said
    return said


def until(happens: Callable[[], T], *, tries: int = 480) -> T:
    """What ``happens`` answers once it is true: the queue and the mailer take their time. Fails after ``tries``."""
    for _ in range(tries):
        if outcome := happens():
            return outcome
        time.sleep(0.25)
    raise AssertionError("it did not happen")


def is_problem(answer: Answer, status: int, kind: str, field: str | None = None) -> None:
    """The one form of every refusal."""
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    problem = answer.json
    assert problem["type"] == f"/problems/{kind}"
    assert problem["status"] == status
    assert problem.get("field") == field
    assert len(problem["detail"].split()) >= 4
    assert problem["detail"][0].isupper()
    assert problem["detail"].endswith((".", "-", "”."))

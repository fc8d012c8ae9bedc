"""For each function of the stack, an event as it really comes, that it has not seen yet: made with the library, on the
emulator's tables. What is listed by site or by day stays as much however often it is measured: staff look at a site of
their own, and what the clock starts is measured before requests come in."""

import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from bench import found
from bench.cost.request import PRIVACY
from bench.endings import site
from bench.gateway import request, socket
from imchat import aws, clock, references, tokens
from imchat.chat import closing, opening
from imchat.chat.posting import Author, post
from imchat.clock import milliseconds
from imchat.live.subscribing import greet_visitor
from imchat.register.controller import CONTACT
from imchat.rights import intake, review, steps
from imchat.rights.deadlines import london
from imchat.rights.intake import Identity
from imchat.settings import settings
from imchat.stores import accounts, connections, limits
from imchat.stores.chats import Chat
from imchat.stores.requests import REVIEW, Request
from infra.local.feedback import published
from infra.machine import names

Event = Callable[[], Any]
VISITORS = "APIHandler"
OPERATOR, OWNER = "operator-1", "owner-1"
# Started by the clock: what they look at is everybody's.
BY_THE_CLOCK = ("Sweeper", "Nudger", "Reminders", "Prover")


def of() -> dict[str, dict[str, Event]]:
    """Logical name of a function: what it is asked, and a maker of such events."""
    staffed, site_id = _staffed(), str(site().site_id)
    operator, owner, privacy = (
        {"sub": sub, "cognito:groups": group, "custom:site_id": staffed, "nickname": "Bench"}
        for sub, group in ((OPERATOR, "operator"), (OWNER, "owner"), (PRIVACY, "privacy"))
    )
    ours = {"origin": settings().web_url}
    _long_under_review(staffed)

    def staff_asks(path: str, claims: dict[str, str]) -> dict[str, Event]:
        return {f"GET {path}": lambda: request("GET", path, staff=claims, headers=ours)}

    return {
        VISITORS: {
            "GET a site": lambda: request("GET", "/v1/sites/{site_id}", site_id=site_id),
            "POST a visit": lambda: request("POST", "/v1/visits", {"site_id": site_id, "path": "/lamps"}),
            "POST a chat": lambda: request("POST", "/v1/chats", {"site_id": site_id, **_who()}),
            "POST a message": lambda: _says(site_id),
            "GET messages": lambda: _polls(site_id),
        },
        "OperatorHandler": staff_asks("/v1/operator/chats", operator),
        "AccountHandler": staff_asks("/v1/account/sites", owner),
        "DeskHandler": staff_asks("/v1/desk/correspondence", privacy),
        "RequestsHandler": staff_asks("/v1/desk/requests", privacy),
        "SignInHandler": {
            "POST a password": lambda: request(
                "POST", "/v1/sign-in", {"username": secrets.token_hex(8), "password": "wrong"}, headers=ours
            )
        },
        "RightsHandler": {
            "POST a request": lambda: request(
                "POST", "/v1/rights-requests", {"type": "access", "email": _address()}, headers=ours
            )
        },
        "LinksHandler": {"GET the signing key": lambda: request("GET", "/v1/signing-key")},
        "WebsocketConnect": {"a connection": lambda: socket(secrets.token_hex(8))},
        "WebsocketMessage": {"hello": lambda: _hello(site_id)},
        "WebsocketDisconnect": {"a connection's end": lambda: socket(_connected(site_id))},
        "Mailer": {"a transcript": lambda: _job(site_id)},
        "Feedback": {"a bounce": lambda: {"Records": [{"Sns": {"Message": published("bounce", _address())}}]}},
        "Documents": {"a document": lambda: {"key": _document()}},
        "Inbound": {"a mail": lambda: {"detail": {"object": {"key": _mail()}}}},
        "Sweeper": {"nothing due": dict},
        "Nudger": {"a request under review": dict},
        "Reminders": {"a request is overdue": not_reminded_today},
        "Prover": {"a night": dict},
        "Searcher": {
            "search one store": lambda: {"task": "search", "request": _asked(site_id, "access"), "store": "chats"}
        },
        "Copier": {"a copy": lambda: {"request": _approved(site_id, "access")}},
        "Changer": {
            "erase in one store": lambda: {
                "task": "change", "request": _approved(site_id, "erasure"), "store": "chats",
            }
        },
    }  # fmt: skip


def _staffed() -> str:
    """A site with one of each kind of staff."""
    site_id = str(site().site_id)
    accounts.add_operator(site_id, OPERATOR, "Olga", OPERATOR)
    for one in (OWNER, PRIVACY):
        accounts.admit(site_id, one)
    return site_id


def _address() -> str:
    return f"{secrets.token_hex(8)}@example.org"


def _who() -> dict[str, str]:
    return {"name": "Ada Lovelace", "email": _address(), "text": "Is it in stock?"}


def _open(site_id: str) -> Chat:
    return opening.open_chat(opening.Opening(site_id=site_id, **_who()), clock.now())


def _token(chat: Chat) -> str:
    return tokens.issue(chat.pk, chat.site_id, None, now=clock.now(), expires_at=int(chat.expires_at))


def _says(site_id: str) -> Any:
    chat = _open(site_id)
    said = {"text": "Is anybody there?", "client_id": secrets.token_hex(16)}
    bearer = {"authorization": f"Bearer {_token(chat)}"}
    return request("POST", "/v1/chats/{chat_id}/messages", said, headers=bearer, chat_id=chat.pk)


def _polls(site_id: str) -> Any:
    chat = _open(site_id)
    bearer = {"authorization": f"Bearer {_token(chat)}"}
    return request("GET", "/v1/chats/{chat_id}/messages", headers=bearer, chat_id=chat.pk, after=0)


def _arrived() -> str:
    connection_id = secrets.token_hex(8)
    connections.arrive(connection_id, None, clock.now())
    return connection_id


def _hello(site_id: str) -> Any:
    return socket(_arrived(), {"action": "hello", "token": _token(_open(site_id)), "after": 0})


def _connected(site_id: str) -> str:
    connection_id = _arrived()
    greet_visitor(connection_id, _token(_open(site_id)), 0, clock.now())
    return connection_id


def _job(site_id: str) -> Any:
    chat_id = _open(site_id).pk
    post(chat_id, Author(site_id, "operator", "olga", "Olga"), "How can I help?", "answer", clock.now())
    chat = closing.close(chat_id, site_id, "visitor", clock.now())
    job = {"chat_id": chat.pk, "job": int(chat.transcript_job)}
    return {"Records": [{"messageId": "bench", "body": json.dumps(job), "attributes": {}}]}


def _mail() -> str:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Ada <{_address()}>", CONTACT, "My data"
    mail.set_content("What do you hold about me?")
    key = secrets.token_hex(8)
    aws.client("s3").put_object(Bucket=settings().inbound_bucket, Key=key, Body=bytes(mail))
    return key


def _document() -> str:
    """Of no request: what is to be deleted takes longest."""
    key = f"{references.short()}/{references.random()}"
    aws.client("s3").put_object(Bucket=settings().identity_bucket, Key=key, Body=b"a passport")
    return key


def _asked(site_id: str, kind: str) -> str:
    chat, now = _open(site_id), clock.now()
    asked = intake.take_in(
        site_id, "another", kind=kind, channel="form", received_at=now, email=chat.email,
        identity=Identity(proven=True, method="code", at=now), now=now,
    )  # fmt: skip
    steps.begin(asked.pk, now)
    return str(asked.pk)


def _under_review(site_id: str, kind: str) -> str:
    reference = _asked(site_id, kind)
    steps.searched(reference, [steps.search(reference, name) for name in names()])
    for part in found.parts(reference):
        steps.export(part)
    Request(reference).change([Request.step.set(REVIEW)])
    return reference


def _long_under_review(site_id: str) -> None:
    reference, then = _under_review(site_id, "access"), milliseconds(clock.now() - timedelta(days=40))
    Request(reference).change([Request.at.set(then), Request.identity_at.set(then)])


def not_reminded_today() -> dict[str, Any]:
    """The reminders' first event of a day, on a stack that has not been reminded today."""
    limits.Limit(f"done#reminded#{london(clock.now()).isoformat()}").delete()
    return {}


def _approved(site_id: str, kind: str) -> str:
    reference = _under_review(site_id, kind)
    now = clock.now()
    review.approve(reference, site_id, PRIVACY, now)
    steps.decide(reference, now)
    return reference

"""Answering a request for access, from the letter to the link, as the desk and the state machine do it."""

from bench import found
from bench.cost.entries import Entries
from imchat import clock
from imchat.stores.requests import REVIEW, Request
from infra.machine import definition, names

# The states that a request for access goes through (infra/machine.py), but for the branches of the search.
_WAY = (
    "Begin", "Begun?", "Search", "Searched", "Searched?", "Export", "Review", "Decide", "Decided?", "Copy", "Delivery",
    "Decide", "Decided?", "Finish", "Done",
)  # fmt: skip
_MAILS = 2
# Who does it: two of the site's staff, for whoever takes a request in may not approve it.
PRIVACY, SECOND = "privacy-1", "privacy-2"


def answer_request(entries: Entries, site_id: str, name: str, email: str) -> None:
    """Take a request in, search, review, approve, copy, hand over a link; with the mails that it sends."""
    unknown = set(_WAY) - definition()["States"].keys()
    if unknown:
        raise RuntimeError(f"no such states: {unknown}")
    desk = {"sub": PRIVACY, "cognito:groups": "privacy", "custom:site_id": site_id}
    now = clock.now().isoformat()
    proof = {"decision": "proven", "method": "document", "at": now}
    letter = {"type": "access", "channel": "letter", "received_at": now, "identity": proof}
    letter |= {"name": name, "email": email}
    made = entries.http("POST", "/v1/desk/requests", letter, staff=desk)
    named = {"reference": made["reference"]}

    def task(**event: object) -> object:
        return entries.task("answering", "search_for_request", {"request": named["reference"], **event})

    task(task="begin")
    task(task="searched", counts=[task(task="search", store=name) for name in names()])
    parts = list(found.parts(named["reference"]))
    for part in parts:
        task(task="export", found=part)
    Request(named["reference"]).change([Request.step.set(REVIEW)])
    entries.http("GET", "/v1/desk/requests/{reference}/findings", staff=desk, store="chats", **named)
    entries.http("POST", "/v1/desk/requests/{reference}/approve", staff=desk | {"sub": SECOND}, **named)
    task(task="decide")
    entries.task("answering", "copy_for_request", {"request": named["reference"]})
    entries.http("POST", "/v1/desk/requests/{reference}/links", staff=desk, **named)
    for mail in range(1, _MAILS + 1):
        entries.mailer({"request": named["reference"], "mail": mail})
    entries.transitions(len(_WAY) + len(names()) + len(parts))

"""What is real on the deployed stack for generated calls to name: a site with its staff, a chat with its token, records,
requests in several states. What a call has ended is made anew."""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from imchat.aws import secret
from imchat.chat.copies import COPIES_A_DAY
from infra import edge
from tests.flow.client import Answer, Visitor, until
from tests.flow.sites import TestSite, make_site

_UNDER_REVIEW = ("rectification", "access")
_ON_THE_REVIEW = ("/findings", "/redactions", "/corrections", "/candidates", "/log-removal", "/approve")
_ENDINGS = ("/close", "/refuse", "/withdraw", "/drop")


@dataclass
class World:
    """One site, and who and what there is. A request that is under review takes the state machine's time: ``reviews``
    is how many are made at most."""

    site: TestSite
    stack: dict[str, Any]
    reviews: int
    _made: dict[str, str] = field(default_factory=dict)
    _visitor: Visitor | None = None
    _copies: int = 0
    _turn: Iterator[int] = field(default_factory=itertools.count)
    _kind: str = "complaint"

    @classmethod
    def of(cls, stack: dict[str, Any], reviews: int = 8) -> "World":
        """A new one."""
        return cls(make_site(stack), stack, reviews)

    def headers(self, scheme: str | None, group: str | None) -> dict[str, str]:
        """What a caller shows, who calls from another address each time: as the edge would say it."""
        number = next(self._turn)
        told = {
            edge.SECRET_HEADER: secret(self.stack["secrets"]["edge"]),
            edge.ADDRESS_HEADER: f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}:4711",
        }
        if scheme == "visitor":
            told["Authorization"] = f"Bearer {self.visitor.api.token}"
        elif group:
            member = {"operator": self.site.operator, "owner": self.site.owner, "privacy": self.site.privacy}[group]
            told["Authorization"] = f"Bearer {member.api.token}"
        return told

    @property
    def visitor(self) -> Visitor:
        """Somebody with an open chat."""
        if self._visitor is None:
            self._visitor = self.site.visitor()
            opened = self._visitor.open(text="Hello", email="ada@example.org", name="Ada Lovelace")
            assert opened.status == 201
            # No copy is mailed before an operator has written.
            said = {"text": "Good morning", "client_id": "answer"}
            self._got(self.site.operator("POST", f"/v1/operator/chats/{self._visitor.chat_id}/messages", said))
        return self._visitor

    def argument(self, template: str, name: str) -> str:
        """A real one for a path."""
        makers: dict[str, Callable[[], str]] = {
            "chat_id": lambda: self.visitor.chat_id,
            "site_id": lambda: self.site.site.site_id,
            "operator_id": lambda: self.site.colleague_id,
            "canned_id": lambda: self._keep("canned", self._canned),
            "number": lambda: "1",
            "store": lambda: "correspondence",
        }
        if name == "reference":
            return self._reference(template)
        return makers[name]()

    def member(self, name: str) -> Any:
        """A real value for a member of a body, where there is one."""
        values: dict[str, Callable[[], Any]] = {
            "site_id": lambda: self.site.site.site_id,
            "operator_id": lambda: self.site.colleague_id,
            "chat_id": lambda: self.visitor.chat_id,
            "chat_key": lambda: self.visitor.api.token,
            "name": lambda: "Ada Lovelace",
            "username": lambda: self.site.operator.username,
            "password": lambda: self.site.operator.password,
            "at": lambda: _ago(days=1),
            "received_at": lambda: _ago(days=3),
            "bought_on": lambda: "2026-01-31",
            "until": lambda: (datetime.now(UTC) + timedelta(days=60)).date().isoformat(),
            "processor": lambda: "bank",
            "item": self._item,
            "field": lambda: "name",
            "correspondence_id": lambda: self._keep("/v1/desk/correspondence", self._call),
        }
        return values[name]() if name in values else None

    def after(self, method: str, template: str, status: int) -> None:
        """Forget what a call has ended, and a chat whose copies of the day are used up: how soon that is depends on how
        fast the mailer is."""
        if template.endswith("/transcript") and status in (202, 429):
            self._copies += 1
            if status == 429 or self._copies == COPIES_A_DAY:
                self._visitor, self._copies = None, 0
        if template.endswith("/approve") and method == "POST" and status in (200, 403, 409):
            self._made.pop(self._kind, None)
        if status >= 300:
            return
        if "{chat_id}" in template and (method == "DELETE" or template.endswith("/close")):
            self._visitor = None
        elif "{canned_id}" in template and method == "DELETE":
            self._made.pop("canned", None)
        elif "{reference}" in template and template.endswith(_ENDINGS):
            self._made.pop(self._kind, None)

    def _reference(self, template: str) -> str:
        records = {
            "/v1/desk/correspondence": self._call,
            "/v1/desk/restricted": self._call,
            "/v1/desk/purchases": self._purchase,
            "/v1/desk/disclosures": self._disclosure,
        }
        for prefix, make in records.items():
            if template.startswith(prefix):
                return self._keep(prefix, make)
        kinds: tuple[str, ...] = ("complaint", "proven")
        if any(act in template for act in _ON_THE_REVIEW):
            kinds = _UNDER_REVIEW
        elif "rights-requests" in template or "/documents" in template or template.endswith("/identity"):
            kinds = ("waiting",)
        self._kind = kinds[next(self._turn) % len(kinds)]
        return self._keep(self._kind, lambda: self._request(self._kind))

    def _keep(self, what: str, make: Callable[[], str]) -> str:
        if what not in self._made:
            self._made[what] = make()
        return self._made[what]

    def _canned(self) -> str:
        return str(self._got(self.site.operator("POST", "/v1/operator/canned", {"shortcut": "a", "text": "b"}))["id"])

    def _call(self) -> str:
        return str(self._got(self.site.privacy("POST", "/v1/desk/correspondence", {"about": "A teapot"}))["id"])

    def _purchase(self) -> str:
        sale = {
            "name": "Ada Lovelace", "what": "Teapot", "amount": "49.00", "currency": "GBP", "bought_on": "2026-01-31",
            "processor": "bank", "processor_reference": "PAY-1",
        }  # fmt: skip
        return str(self._got(self.site.privacy("POST", "/v1/desk/purchases", sale))["id"])

    def _disclosure(self) -> str:
        told = {
            "authority": "A court", "legal_basis": "An order", "reference": "7", "data_given": "A chat", "name": "Ada",
        }  # fmt: skip
        return str(self._got(self.site.privacy2("POST", "/v1/desk/disclosures", told))["id"])

    def _request(self, kind: str) -> str:
        """A request: a complaint, one that waits for proof, one of proven identity, or one that is under review."""
        if kind in _UNDER_REVIEW:
            self.reviews -= 1
            kind = kind if self.reviews >= 0 else "complaint"
        asked: dict[str, Any] = {
            "type": kind if kind in ("complaint", "rectification") else "access", "channel": "letter",
            "received_at": _ago(days=2), "email": "ada@example.org", "name": "Ada Lovelace",
        }  # fmt: skip
        if kind in ("proven", *_UNDER_REVIEW):
            assert self.visitor.chat_id
            asked["identity"] = {"decision": "proven", "method": "document", "at": _ago(days=1)}
        # Not by who makes the generated calls: whoever takes a request in may not approve it.
        reference = str(self._got(self.site.privacy2("POST", "/v1/desk/requests", asked))["reference"])
        if kind in _UNDER_REVIEW:
            path = f"/v1/desk/requests/{reference}"
            until(lambda: self.site.privacy("GET", path).json["progress"]["step"] == "review")
            found = self.site.privacy("GET", f"{path}/findings?store=chats").json["items"]
            self._made["item"] = found[0]["item"]
        return reference

    def _item(self) -> str | None:
        return self._made.get("item")

    @staticmethod
    def _got(answer: Answer) -> Any:
        assert answer.status == 201, answer.body
        return json.loads(answer.body)


def _ago(**time: int) -> str:
    return (datetime.now(UTC) - timedelta(**time)).isoformat()

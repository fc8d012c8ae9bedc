"""What people and the clock do, flow by flow, as it is counted. Two operators of the site are connected throughout."""

import gzip
import secrets
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from bench.cost.entries import ORIGIN, Entries
from bench.cost.meter import Meter, rounded
from bench.cost.request import PRIVACY, SECOND, answer_request
from bench.population import chats, write
from imchat import clock
from imchat.settings import settings, table_name
from imchat.stores import accounts
from infra.build import BUILD

MESSAGES = 15
STAFF = 2
INBOX = 10
TEXT = "A message of about sixty characters, as they usually are."
# An address of this run's own: a search for it finds nothing of other sites.
_EMAIL = f"ada-{secrets.token_hex(4)}@example.org"
_WHO = {"name": "Ada Lovelace", "email": _EMAIL, "page_url": f"{ORIGIN}/lamps", "locale": "en"}
_PAGES = BUILD / "web"

Counted = dict[str, float]


class Flows:
    """A site, its staff, and a chat that the flows go on with, one after the other."""

    def __init__(self, meter: Meter, entries: Entries, password: str) -> None:
        self._meter, self._entries, self._password = meter, entries, password
        self.site_id = f"cost-{secrets.token_hex(4)}"
        site = accounts.create_site(self.site_id, name="Corner Shop", origins=[ORIGIN], opens_per_minute=100_000)
        write(chats(site, INBOX - 1, messages=MESSAGES // 2, opened=clock.now(), closed=False))
        self._staff = [
            {"sub": f"operator-{place}", "cognito:groups": "operator,owner", "custom:site_id": self.site_id}
            for place in range(STAFF)
        ]
        for one in self._staff:
            accounts.add_operator(self.site_id, one["sub"], "Olga", one["sub"])
            accounts.admit(self.site_id, one["sub"])
        for one in (PRIVACY, SECOND):
            accounts.admit(self.site_id, one)
        self._connected = [self._staff_connects(one) for one in self._staff]
        self._chat: dict[str, Any] = {}
        self._page = ""

    def __call__(self) -> Iterator[tuple[str, Counted]]:
        """Each flow by its name, with what one of it uses."""
        self._whole_chat()  # the first of everything reads secrets and descriptions of tables
        of = self._meter.of
        yield "page view", of(self._visit)
        yield "widget fetched", of(partial(self._files, "widget.js"))
        yield "window fetched", of(partial(self._files, "widget/main-*.js", "widget/en-*.js"))
        yield "preflight", of(self._entries.preflight)
        yield "window opened", of(partial(self._http, "GET", "/v1/sites/{site_id}", site_id=self.site_id))
        yield "chat opened", of(self._open)
        yield "page connects", of(self._connect)
        yield "message, live", self._average(self._says_live, MESSAGES - 1)
        yield "ping", of(partial(self._entries.frame, self._page, action="ping"))
        yield "inbox looked at", of(partial(self._as_staff, "GET", "/v1/operator/chats", status="open", limit=50))
        yield "chat read by staff", of(partial(self._as_staff, "GET", "/v1/operator/chats/{chat_id}", **self._named()))
        asked_again = partial(self._as_staff, "GET", "/v1/operator/chats/{chat_id}", after=MESSAGES, **self._named())
        yield "chat asked for again by staff", of(asked_again)
        yield "chat taken", of(partial(self._as_staff, "POST", "/v1/operator/chats/{chat_id}/assign", **self._named()))
        yield "presence said again", of(self._present)
        yield "chat closed", of(partial(self._http, "POST", "/v1/chats/{chat_id}/close", **self._mine()))
        yield "transcript mailed", of(self._mail)
        yield "page leaves", of(partial(self._entries.disconnect, self._page))
        yield "rating", of(partial(self._http, "POST", "/v1/chats/{chat_id}/rating", {"score": 5}, **self._mine()))
        yield "copy asked for", of(partial(self._http, "POST", "/v1/chats/{chat_id}/transcript", **self._mine()))
        yield "chat deleted", of(partial(self._http, "DELETE", "/v1/chats/{chat_id}", **self._mine()))
        self._open()
        yield "message, polled", self._average(self._says_polled, MESSAGES - 1)
        yield "poll", of(partial(self._http, "GET", "/v1/chats/{chat_id}/messages", after=MESSAGES, **self._mine()))
        yield "sign-in", of(self._sign_in)
        yield "operator connects", of(partial(self._staff_connects, self._staff[0]))
        yield "owner looks at the numbers", of(self._look)
        yield "request for access", of(partial(answer_request, self._entries, self.site_id, _WHO["name"], _EMAIL))

    def sweep(self) -> Counted:
        """What the hourly sweep uses where nothing is due: only on a stack where nobody else leaves anything to do."""
        return self._meter.of(partial(self._entries.task, "housekeeping", "sweep", {}))

    def kept(self) -> tuple[Counted, Counted]:
        """Bytes that stay of a chat of fifteen messages until it ends, by table; and what its end uses, where the sweep
        is quicker than DynamoDB's own expiry, which costs nothing."""
        self._whole_chat()
        chat_id = self._chat["chat_id"]
        chat = self._meter.standing(table_name("chats"), chat_id)
        evidence = self._meter.standing(table_name("evidence"), chat_id)
        kept = {"chat": rounded(chat.bytes), "evidence": rounded(evidence.bytes)}
        return kept, {"dynamodb_writes": chat.end + evidence.end}

    def _whole_chat(self) -> None:
        self._visit()
        self._sign_in()
        self._present()
        self._open()
        self._connect()
        for place in range(1, MESSAGES):
            self._says_live(place)
        self._as_staff("GET", "/v1/operator/chats/{chat_id}", **self._named())
        self._http("POST", "/v1/chats/{chat_id}/close", **self._mine())
        self._mail()
        self._entries.disconnect(self._page)

    def _average(self, say: Callable[[int], None], number: int) -> Counted:
        """Of one among ``number``: a chat's item grows with each."""
        total = self._meter.of(lambda: [say(place) for place in range(1, number + 1)])
        return {name: round(used / number, 3) for name, used in total.items()}

    def _http(self, *call: Any, **named: Any) -> Any:
        return self._entries.http(*call, **named)

    def _as_staff(self, *call: Any, **named: Any) -> Any:
        return self._entries.http(*call, staff=self._staff[0], **named)

    def _named(self) -> dict[str, str]:
        return {"chat_id": self._chat["chat_id"]}

    def _mine(self) -> dict[str, str]:
        return self._named() | {"token": self._chat["token"]}

    def _visit(self) -> None:
        self._http("POST", "/v1/visits", {"site_id": self.site_id, "path": "/lamps"})

    def _open(self) -> None:
        self._chat = self._http("POST", "/v1/chats", {"site_id": self.site_id, "text": TEXT, **_WHO})

    def _connect(self) -> None:
        self._page = secrets.token_hex(8)
        self._entries.connect(self._page, ORIGIN)
        self._entries.frame(self._page, action="hello", token=self._chat["token"])

    def _says_live(self, place: int) -> None:
        """Says that they write, and says it; the other side has read it."""
        by_staff, chat = place % 2 == 1, self._named()
        says, reads = (self._connected[0], self._page) if by_staff else (self._page, self._connected[0])
        mine, theirs = (chat, {}) if by_staff else ({}, chat)
        self._entries.frame(says, action="typing", typing=True, **mine)
        self._entries.frame(says, action="post", text=TEXT, client_id=secrets.token_hex(16), **mine)
        self._entries.frame(reads, action="read", cursor=place + 1, **theirs)

    def _says_polled(self, place: int) -> None:
        body = {"text": TEXT, "client_id": secrets.token_hex(16)}
        if place % 2 == 1:
            self._as_staff("POST", "/v1/operator/chats/{chat_id}/messages", body, **self._named())
        else:
            self._http("POST", "/v1/chats/{chat_id}/messages", body, **self._mine())

    def _files(self, *names: str) -> None:
        for name in names:
            (file,) = _PAGES.glob(name)
            self._entries.file(len(gzip.compress(file.read_bytes(), mtime=0)))

    def _present(self) -> None:
        self._as_staff("PUT", "/v1/operator/presence", {"present": True})

    def _mail(self) -> None:
        self._entries.mailer({"chat_id": self._chat["chat_id"], "job": 1})

    def _sign_in(self) -> None:
        self._http("POST", "/v1/sign-in", {"username": "operator", "password": self._password})

    def _staff_connects(self, member: dict[str, str]) -> str:
        connection = secrets.token_hex(8)
        ticket = self._entries.http("POST", "/v1/operator/socket", staff=member)["ticket"]
        self._entries.connect(connection, settings().web_url)
        self._entries.frame(connection, action="hello", ticket=ticket)
        return connection

    def _look(self) -> None:
        self._as_staff("GET", "/v1/account/statistics")
        self._as_staff("GET", "/v1/account/visits")

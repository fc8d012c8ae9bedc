"""A visitor: looks at pages, opens a chat, asks, waits for answers, ends it or just leaves. Every choice comes from the
visitor's number, so a run can be repeated."""

import http.client
import json
import random
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tests.flow.sites import ORIGIN, TestSite
from tests.load.journal import Chat, Journal, Story
from tests.load.live import Ended, Live
from tests.load.tally import Tally, Timed

BYE = "That is all, goodbye."
_PAGES = ("/", "/lamps", "/kettles", "/basket")
_BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
_QUESTIONS = (
    "Is the blue kettle in stock?",
    "Où est ma commande ?",
    "هل التوصيل مجاني؟",
    "サイズ交換はできますか？",
    "🙂?",
)
_POLL_SECONDS = 0.3
_PATIENCE_SECONDS = 90
_TRIES = 5
_SILENCES = 10


class Visitor:
    """One person with one chat."""

    def __init__(self, site: TestSite, number: int, journal: Journal, tally: Tally) -> None:
        self._site, self._number, self._journal, self._tally = site, number, journal, tally
        self._chance = random.Random(number)
        self._api = Timed(site.stack, origin=ORIGIN, tally=tally)
        self._chat: Chat
        self._story: Story
        self._live: Live | None = None
        self._wants_socket = self._often(0.7)
        self._said = self._silences = 0
        self._unanswered = False

    def live(self) -> None:
        """The whole visit."""
        site_id = self._site.site.site_id
        self._api("GET", "/widget.js")
        self._api("GET", f"/v1/sites/{site_id}")
        for page in self._chance.sample(_PAGES, self._chance.randint(1, len(_PAGES))):
            if self._api("POST", "/v1/visits", {"site_id": site_id, "path": page}, User_Agent=_BROWSER).status == 204:
                self._journal.visited(site_id)
        if not self._open():
            return
        try:
            for _ in range(self._chance.randint(1, 4)):
                self._ask()
                if self._often(0.2):
                    self._change_details()
                if self._often(0.2):
                    self._come_back()
            self._end()
        finally:
            self._leave()

    def _often(self, share: float) -> bool:
        return self._chance.random() < share

    def _open(self) -> bool:
        email = f"visitor-{self._number}-{secrets.token_hex(4)}@example.org" if self._often(0.6) else None
        first = self._words()
        body = {
            "site_id": self._site.site.site_id,
            "name": f"Visitor {self._number}",
            "email": email,
            "text": first,
            "client_id": secrets.token_hex(16),
            "page_url": f"{ORIGIN}/lamps",
        }
        if self._often(0.2):
            self._lose("POST", "/v1/chats", body)
        # The same opening again finds the chat of the first, as long as it comes from the same browser.
        opened = self._again(lambda: self._api("POST", "/v1/chats", body, User_Agent=_BROWSER))
        if opened is None:
            return False
        self._api.token = opened["token"]
        self._chat = self._journal.chat(opened["chat_id"], self._site.site.site_id)
        self._chat.email = email
        self._chat.promise({"cursor": 1, "by": "visitor", "text": first})
        self._story = self._chat.story("the visitor's page")
        if self._wants_socket:
            self._connect()
        else:
            self._read()
        return True

    def _words(self) -> str:
        self._said += 1
        return f"v{self._number}-{self._said} {self._chance.choice(_QUESTIONS)}"

    def _path(self, what: str = "") -> str:
        return f"/v1/chats/{self._chat.chat_id}{what}"

    def _lose(self, method: str, path: str, body: Any) -> None:
        """A call whose answer never arrives: the visitor's network is gone before it comes."""
        place = urlsplit(self._site.stack["web_url"])
        call = http.client.HTTPConnection(place.netloc, timeout=_PATIENCE_SECONDS)
        headers = {"Content-Type": "application/json", "Origin": ORIGIN, "User-Agent": _BROWSER}
        if self._api.token:
            headers["Authorization"] = f"Bearer {self._api.token}"
        call.request(method, path, json.dumps(body), headers)
        call.close()
        self._journal.count("answers lost on their way, and asked for again")

    def _again(self, call: Callable[[], Any]) -> dict[str, Any] | None:
        """The JSON of a call that is made again while the API says that it cannot just now; each such answer has
        failed all the same."""
        for _ in range(_TRIES):
            answer = call()
            if answer.status < 400:
                done: dict[str, Any] = answer.json
                return done
            if answer.status < 500 and answer.status != 429:
                return None
        return None

    def _ask(self, text: str | None = None) -> None:
        """Say something, and wait until an operator has answered."""
        before = len(self._story.seen)
        self._say(text or self._words())
        self._until(
            lambda: any(one.by == "operator" for one in self._story.seen[before:]), "no answer from an operator"
        )

    def _say(self, text: str) -> None:
        sent = {"text": text, "client_id": secrets.token_hex(8)}
        loses = self._often(0.15)
        if self._live:
            try:
                if loses:
                    self._live.send(action="post", **sent)
                    self._journal.count("answers lost on their way, and asked for again")
                    self._come_back()
                if self._live:
                    return self._posted(self._live.post(**sent))
            except Ended:
                self._live = None
        elif loses:
            self._lose("POST", self._path("/messages"), sent)
        said = self._again(lambda: self._api("POST", self._path("/messages"), sent))
        if said:
            self._posted({"type": "posted", **said})
        return None

    def _posted(self, answer: dict[str, Any]) -> None:
        if answer["type"] != "posted":
            self._tally.fail("socket post", answer["problem"]["type"])
            return
        self._chat.promise(answer["message"])
        if not self._story.pushed(answer["message"]):
            self._read()

    def _until(self, happened: Callable[[], bool], failure: str) -> None:
        """Hear or poll until something has happened, for as long as a patient visitor waits."""
        ends = time.monotonic() + _PATIENCE_SECONDS
        while not happened():
            if time.monotonic() > ends:
                self._tally.fail("waiting", failure)
                return
            if self._live:
                try:
                    self._hear(self._live.next(_POLL_SECONDS))
                except Ended:
                    self._live = None
            else:
                time.sleep(_POLL_SECONDS)
                self._read()

    def _hear(self, frame: dict[str, Any] | None) -> None:
        if frame is None:
            # After a silence a ping, whose answer tells whether a push was lost.
            self._silences += 1
            if self._live and self._silences % _SILENCES == 0:
                pong = self._live.ask({"action": "ping"}, lambda heard: heard["type"] == "pong")
                if pong.get("cursor", 0) > self._story.cursor:
                    self._missed()
        elif frame["type"] == "message":
            if not self._story.pushed(frame["message"]):
                self._missed()
        elif frame["type"] == "status":
            self._chat.closed = True

    def _missed(self) -> None:
        self._journal.count("reads behind a gap (a note of the staff, a push that came late or not)")
        self._read()

    def _read(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"more": True}
        while answer["more"]:
            found = self._api("GET", self._path(f"/messages?after={self._story.cursor}"))
            if found.status != 200:
                return {}
            answer = found.json
            self._take(answer)
        return answer

    def _take(self, answer: dict[str, Any]) -> None:
        self._story.read(answer)
        if answer["status"] == "closed":
            self._chat.closed = True

    def _connect(self) -> None:
        hello = {"token": self._api.token, "after": self._story.cursor}
        try:
            self._live = Live(self._site.stack["websocket_url"], ORIGIN, hello, self._tally)
        except Ended:
            self._tally.fail("socket hello", "the connection ended")
            return
        welcome = self._live.welcome
        if welcome["type"] != "welcome":
            self._tally.fail("socket hello", welcome["problem"]["type"])
            self._leave()
            return
        self._take(welcome)
        if welcome["more"]:
            self._read()

    def _leave(self) -> None:
        if self._live:
            self._live.close()
            self._live = None

    def _come_back(self) -> None:
        """The page is loaded anew, and goes on with the token it kept."""
        self._leave()
        self._journal.count("pages that came back")
        if self._wants_socket:
            self._connect()
        else:
            self._read()

    def _change_details(self) -> None:
        changes: dict[str, str | None] = {"name": f"Visitor {self._number}, corrected"}
        if self._chat.email:
            changes["email"] = self._chat.email.replace("visitor", "corrected", 1)
        if self._api("PATCH", self._path("/visitor"), changes).status == 200 and self._chat.email:
            self._chat.email = changes["email"]

    def _end(self) -> None:
        ways = [self._close, self._say_bye, self._delete, lambda: None]
        (way,) = self._chance.choices(ways, weights=[45, 30, 15, 10])
        way()
        if self._chat.closed and self._chat.email and not self._unanswered:
            self._chat.copies = 1
        if self._chat.closed and not self._chat.deleted:
            self._afterwards()

    def _close(self) -> None:
        answer = self._api("POST", self._path("/close"))
        if answer.status == 200:
            self._chat.closed = True
            self._unanswered = answer.json["transcript"] == "no_operator"
            expected = "queued" if self._chat.email else "no_address"
            if answer.json["transcript"] not in (expected, "sent", "no_operator"):
                self._tally.fail("POST /v1/chats/{chat_id}/close", f"transcript {answer.json['transcript']}")

    def _say_bye(self) -> None:
        """The operator closes."""
        self._say(BYE)
        self._until(lambda: self._chat.closed, "the operator did not close")

    def _delete(self) -> None:
        if self._often(0.5):
            self._close()
        if self._api("DELETE", self._path()).status == 200:
            self._chat.deleted = True
            self._api("GET", self._path("/messages?after=0"), refusals=[404])

    def _afterwards(self) -> None:
        self._read()
        self._story.whole = True
        if self._often(0.6):
            score = self._chance.randint(1, 5)
            if self._api("POST", self._path("/rating"), {"score": score}).status == 200:
                self._chat.rating = score
        if self._chat.email and not self._unanswered and self._often(0.3):
            # A copy that is on its way is not sent twice: ask once it has arrived.
            self._leave()
            self._until(lambda: self._read()["transcript"]["state"] == "sent", "the transcript was not sent")
            if self._api("POST", self._path("/transcript")).status == 202:
                self._chat.copies += 1
        if self._often(0.1) and self._api("DELETE", self._path()).status == 200:
            self._chat.deleted = True

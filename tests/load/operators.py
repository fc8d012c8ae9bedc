"""An operator: signed in, connected, told of every chat of the site; takes some, answers, leaves notes, hands over,
closes."""

import random
import secrets
import time
from contextlib import ExitStack
from threading import Event
from typing import Any

from tests.flow.client import Member
from tests.flow.sites import TestSite
from tests.load.journal import Journal, Story
from tests.load.live import Ended, Frame, Live
from tests.load.tally import Tally, Timed
from tests.load.visitors import BYE

_LISTEN_SECONDS = 0.3
_INBOX_SECONDS = 5
_PRESENCE_SECONDS = 60
# Such answers mean that the visitor, or a colleague, was quicker.
_TOO_LATE = (404, 409)


def signed_in(member: Member, stack: dict[str, Any], tally: Tally) -> Timed:
    """The API as a member of the staff, who signs in as the console does."""
    api = Timed(stack, origin=stack["web_url"], tally=tally)
    answer = api("POST", "/v1/sign-in", {"username": member.username, "password": member.password})
    api.token = answer.json["id_token"]
    return api


class Operator:
    """One of the two operators of a site."""

    def __init__(self, site: TestSite, place: int, journal: Journal, tally: Tally) -> None:
        self._site, self._journal, self._tally = site, journal, tally
        self._chance = random.Random(f"{site.site.site_id}{place}")
        self._id, self._colleague = (site.operator_id, site.colleague_id)[:: 1 if place == 0 else -1]
        self._name = f"operator {place + 1}'s page"
        self._api = signed_in((site.operator, site.colleague)[place], site.stack, tally)
        self._stories: dict[str, Story] = {}
        self._whose: dict[str, str | None] = {}
        self._closed: set[str] = set()
        self._canned = ""
        self._live: Live | None = None
        self._said = 0

    def work(self, over: Event) -> None:
        """Until ``over``, and then once more look at every chat."""
        self._api("GET", "/v1/operator/canned")
        made = self._api("POST", "/v1/operator/canned", {"shortcut": secrets.token_hex(3), "text": "We look into it."})
        self._canned = made.json["text"] if made.status == 201 else "One moment."
        refreshed = present = 0.0
        with ExitStack() as ends:
            ends.callback(self._leave)
            while not over.is_set():
                try:
                    if self._live is None:
                        self._connect()
                    if time.monotonic() - present > _PRESENCE_SECONDS:
                        present = time.monotonic()
                        self._api("PUT", "/v1/operator/presence", {"present": True})
                    if time.monotonic() - refreshed > _INBOX_SECONDS:
                        refreshed = time.monotonic()
                        self._inbox()
                    if self._live and (frame := self._live.next(_LISTEN_SECONDS)):
                        self._hear(frame)
                except Ended:
                    self._leave()
        for chat_id in list(self._stories):
            self._stories[chat_id].whole = self._read(chat_id)

    def _leave(self) -> None:
        if self._live:
            self._live.close()
            self._live = None

    def _connect(self) -> None:
        ticket = self._api("POST", "/v1/operator/socket").json["ticket"]
        self._live = Live(
            self._site.stack["websocket_url"], self._site.stack["web_url"], {"ticket": ticket}, self._tally
        )
        if self._live.welcome["type"] != "welcome":
            self._tally.fail("socket hello", self._live.welcome["problem"]["type"])
            raise Ended
        self._watch(list(self._stories))

    def _watch(self, chat_ids: list[str]) -> None:
        """Be told of chats that began before this connection, and read what was said meanwhile."""
        if self._live and chat_ids:
            # The newest hundred, as the console does.
            frame = {"action": "watch", "chat_ids": chat_ids[-100:]}
            watching = self._live.ask(frame, lambda heard: heard["type"] == "watching")
            for chat_id, cursor in watching.get("chats", {}).items():
                if cursor > self._stories[chat_id].cursor:
                    self._read(chat_id)
                    self._act(chat_id)

    def _inbox(self) -> None:
        answer = self._api("GET", "/v1/operator/chats?status=open&assigned=all&limit=100")
        chats = answer.json["chats"] if answer.status == 200 else []
        unheard = [one["chat_id"] for one in chats if one["chat_id"] not in self._stories]
        for chat in chats:
            self._know(chat)
        self._watch(unheard)

    def _know(self, chat: dict[str, Any], *, unseen: bool = False) -> None:
        chat_id = chat["chat_id"]
        if chat_id not in self._stories:
            self._stories[chat_id] = self._journal.chat(chat_id, self._site.site.site_id).story(self._name, notes=True)
        self._whose[chat_id] = chat["assigned_to"]
        if unseen:  # shown once it is recorded in this hour that we look
            self._watch([chat_id])
        if chat["status"] == "open" and chat["waiting"] and chat["assigned_to"] in (None, self._id):
            if chat["cursor"] > self._stories[chat_id].cursor:
                self._read(chat_id)
            self._act(chat_id)

    def _hear(self, frame: Frame) -> None:
        kind, chat_id = frame["type"], frame.get("chat_id")
        if kind == "chat":
            self._know(frame["chat"], unseen=frame.get("unseen", False))
        elif kind == "message" and chat_id in self._stories:
            if not self._stories[chat_id].pushed(frame["message"]):
                self._journal.count("reads behind a gap (a note of the staff, a push that came late or not)")
                self._read(chat_id)
            self._act(chat_id)
        if self._chance.random() < 0.01:
            self._journal.count("pages that came back")
            self._leave()

    def _act(self, chat_id: str) -> None:
        """Do what a chat asks for, if it is mine or nobody's."""
        story = self._stories[chat_id]
        last = next((one for one in reversed(story.seen) if one.by != "note"), None)
        # An answer may have crossed the goodbye.
        goes = any(one.text == BYE for one in story.seen)
        if last is None or not (goes or last.by == "visitor") or not self._take(chat_id):
            return
        path = f"/v1/operator/chats/{chat_id}"
        if goes:
            if chat_id not in self._closed:
                self._closed.add(chat_id)
                self._api("POST", f"{path}/close", refusals=_TOO_LATE)
            return
        if self._chance.random() < 0.1:
            self._say(chat_id, "for colleagues only", note=True)
        if self._live and self._chance.random() < 0.3:
            self._live.send(action="typing", chat_id=chat_id, typing=True)
            self._live.send(action="read", chat_id=chat_id, cursor=story.cursor)
        self._say(chat_id, self._canned if self._chance.random() < 0.2 else "Yes, it is: ✓")
        if self._chance.random() < 0.05:
            self._api("POST", f"{path}/transfer", {"operator_id": self._colleague}, refusals=_TOO_LATE)
            self._whose[chat_id] = self._colleague

    def _take(self, chat_id: str) -> bool:
        """Whether the chat is mine, as it may now become."""
        if self._whose.get(chat_id) is None:
            taken = self._api("POST", f"/v1/operator/chats/{chat_id}/assign", refusals=_TOO_LATE)
            self._whose[chat_id] = self._id if taken.status == 200 else self._colleague
        return self._whose[chat_id] == self._id

    def _say(self, chat_id: str, text: str, *, note: bool = False) -> None:
        self._said += 1
        sent = {"text": f"{self._id[:8]}-{self._said} {text}", "client_id": secrets.token_hex(8)}
        message = None
        if self._live and self._chance.random() < 0.7:
            try:
                message = self._posted(self._live.post(chat_id=chat_id, note=note, **sent))
            except Ended:  # whether it was taken, the same again tells
                self._leave()
                message = self._post(chat_id, sent, note=note)
        else:
            message = self._post(chat_id, sent, note=note)
        if message:
            self._journal.chat(chat_id, self._site.site.site_id).promise(message)
            if not self._stories[chat_id].pushed(message):
                self._read(chat_id)

    def _posted(self, answer: Frame) -> Any:
        if answer["type"] == "problem" and answer["problem"]["status"] not in _TOO_LATE:
            self._tally.fail("socket post", answer["problem"]["type"])
        return answer.get("message")

    def _post(self, chat_id: str, sent: dict[str, str], *, note: bool) -> Any:
        path = f"/v1/operator/chats/{chat_id}/{'notes' if note else 'messages'}"
        answer = self._api("POST", path, sent, refusals=_TOO_LATE)
        return answer.json["message"] if answer.status in (200, 201) else None

    def _read(self, chat_id: str) -> bool:
        """Whether there was a chat to read on."""
        story, more = self._stories[chat_id], True
        while more:
            path = f"/v1/operator/chats/{chat_id}?after={story.cursor}"
            answer = self._api("GET", path, refusals=[404])
            if answer.status != 200:
                return False
            story.read(answer.json)
            more = answer.json["more"]
        return True

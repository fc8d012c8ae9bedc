"""The fake's live connections: the frames of the visitor's socket, on the address that the pages come from."""

import json
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from websockets.exceptions import InvalidState
from websockets.frames import CloseCode, Opcode
from websockets.http11 import Request as Handshake
from websockets.server import ServerProtocol

from tests.browser.fake_servers import Refusal

if TYPE_CHECKING:
    from socket import socket

    from tests.browser.fake_api import Fake, FakeChat


class Connection:
    """One socket of a widget, read by the thread of its request, written by any."""

    def __init__(self, fake: "Fake", wire: "socket") -> None:
        self.fake = fake
        self.chat_id: str | None = None
        self.frames: list[dict[str, Any]] = []
        self.open = True
        self._wire = wire
        self._protocol = ServerProtocol()
        self._writing = threading.Lock()

    def serve(self, handshake: bytes) -> None:
        """Accept the handshake and answer frames until the connection ends."""
        self._protocol.receive_data(handshake)
        try:
            while True:
                for event in self._protocol.events_received():
                    if isinstance(event, Handshake):
                        self._protocol.send_response(self._protocol.accept(event))
                    elif event.opcode is Opcode.TEXT:
                        self._heard(json.loads(event.data))
                self._flush()
                data = self._wire.recv(1 << 16)
                if not data:
                    break
                self._protocol.receive_data(data)
        except OSError:
            pass
        finally:
            self.open = False
            with self.fake.changed:
                self.fake.changed.notify_all()

    def say(self, kind: str, **frame: Any) -> None:
        """Send a frame."""
        with self._writing, suppress(OSError, InvalidState):  # the page may have left
            self._protocol.send_text(json.dumps({"type": kind, **frame}).encode())
            self._write()

    def cut(self) -> None:
        """End the connection as a network does that is gone."""
        with suppress(OSError):
            self._wire.shutdown(2)

    def _flush(self) -> None:
        with self._writing:
            self._write()

    def _write(self) -> None:
        for data in self._protocol.data_to_send():
            self._wire.sendall(data) if data else self.cut()

    def _heard(self, frame: dict[str, Any]) -> None:
        with self.fake.changed:
            self.frames.append(dict(frame))
            self.fake.changed.notify_all()
            action = frame.pop("action")
            fate = self.fake.fates.pop(action, None)
            if fate == "cut before":
                self.cut()
                return
            if fate == "refused":
                self.say("problem", client_id=frame["client_id"], problem=Refusal(429, "too_many", "Too often.").body)
                return
            self._act(action, frame, answering=fate is None)
            if fate == "cut after":
                self.cut()

    def _act(self, action: str, frame: dict[str, Any], *, answering: bool) -> None:
        if action == "ping":
            if answering and not self.fake.deaf:
                chat = self.fake.chats.get(self.chat_id or "")
                self.say("pong", **({"cursor": len(chat.messages)} if chat else {}))
        elif action == "hello":
            self._hello(frame)
        else:
            assert self.chat_id, "the first frame authenticates"
            chat = self.fake.chats.get(self.chat_id)
            if not chat:
                self.say(
                    "problem", client_id=frame.get("client_id"), problem=Refusal(404, "chat_not_found", "Gone.").body
                )
            elif action == "post":
                self._post(chat, frame, answering=answering)
            elif action == "typing":
                chat.typing = frame["typing"]
            elif action == "read":
                chat.read["visitor"] = max(chat.read["visitor"], frame["cursor"])

    def _hello(self, frame: dict[str, Any]) -> None:
        for chat_id, chat in self.fake.chats.items():
            if chat.token == frame["token"]:
                self.chat_id = chat_id
                self.say("welcome", **self.fake.reading(chat, frame["after"]), online=self.fake.online)
                return
        self.say("problem", problem=Refusal(401, "token_invalid", "The token is not one of ours.").body)
        with self._writing:
            self._protocol.send_close(CloseCode.POLICY_VIOLATION)
            self._write()

    def _post(self, chat: "FakeChat", frame: dict[str, Any], *, answering: bool) -> None:
        try:
            _, answer = self.fake.post(chat, frame)
        except Refusal as refusal:
            self.say("problem", client_id=frame["client_id"], problem=refusal.body)
            return
        if answering:
            self.say("posted", chat_id=self.chat_id, client_id=frame["client_id"], message=answer["message"])

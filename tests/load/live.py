"""A page's live connection: it sends, waits for what answers it, and keeps what else comes meanwhile."""

import json
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Self

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from tests.flow.sockets import PATIENCE
from tests.load.tally import Tally

Frame = dict[str, Any]


class Ended(Exception):
    """The other side has closed the connection."""


class Live:
    """One connection that has said hello."""

    def __init__(self, url: str, origin: str, hello: Frame, tally: Tally) -> None:
        self._tally, self._ends = tally, ExitStack()
        begun = time.perf_counter()
        try:
            opening = connect(url, origin=origin, open_timeout=PATIENCE, max_size=None, proxy=None)
            self._connection = self._ends.enter_context(opening)
        except (OSError, InvalidHandshake) as error:
            tally.note("socket connect", time.perf_counter() - begun, type(error).__name__)
            raise Ended from None
        tally.note("socket connect", time.perf_counter() - begun)
        self._waiting: deque[Frame] = deque()
        try:
            self.welcome = self.ask({"action": "hello", **hello}, lambda frame: frame["type"] == "welcome")
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave."""
        self._ends.close()

    def send(self, **frame: Any) -> None:
        """Say something that is not answered. Raises Ended."""
        try:
            self._connection.send(json.dumps(frame))
        except ConnectionClosed:
            raise Ended from None

    def next(self, seconds: float) -> Frame | None:
        """What came first and was not looked at, or comes within ``seconds``; None where nothing does. Raises Ended."""
        return self._waiting.popleft() if self._waiting else self._receive(seconds)

    def ask(self, frame: Frame, answers: Callable[[Frame], bool]) -> Frame:
        """Send a frame; its answer, which is timed: the first that ``answers`` says is one, or a problem. Raises
        Ended."""
        call = f"socket {frame['action']}"
        begun = time.perf_counter()
        self.send(**frame)
        while heard := self._receive(PATIENCE):
            problem = heard["type"] == "problem" and heard.get("client_id") == frame.get("client_id")
            if problem or answers(heard):
                # A problem is the asker's to judge: a chat may have ended meanwhile.
                self._tally.note(call, time.perf_counter() - begun)
                return heard
            self._waiting.append(heard)
        self._tally.fail(call, "no answer")
        raise Ended

    def post(self, client_id: str, **frame: Any) -> Frame:
        """Say something in a chat: ``posted`` or ``problem``. Raises Ended."""
        return self.ask(
            {"action": "post", "client_id": client_id, **frame},
            lambda heard: heard["type"] == "posted" and heard["client_id"] == client_id,
        )

    def _receive(self, seconds: float) -> Frame | None:
        try:
            frame: Frame = json.loads(self._connection.recv(timeout=seconds))
        except TimeoutError:
            return None
        except ConnectionClosed:
            raise Ended from None
        return frame

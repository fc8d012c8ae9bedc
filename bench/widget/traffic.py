"""What a page asks of the chat's host: each request as Chromium reports it, with what came over the wire."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import CDPSession, Page


@dataclass
class Request:
    """One request. ``size`` is what its answer took on the wire, packed and with its headers, in bytes."""

    method: str
    path: str
    connection: int | None = None
    kept: bool = False
    """Answered from what the browser had kept."""
    size: int | None = None
    """None while it is on its way."""

    @property
    def is_call(self) -> bool:
        """Whether the API is asked, not for a file."""
        return self.path.startswith("/v1/")


class Traffic:
    """The requests of a page to ``host``."""

    def __init__(self, page: Page, host: str) -> None:
        self._page, self._host = page, host
        self._requests: dict[str, Request] = {}
        self._told = 0
        session: CDPSession = page.context.new_cdp_session(page)
        session.send("Network.enable")
        for event, heard in (
            ("requestWillBeSent", self._sent),
            ("requestServedFromCache", self._from_memory),
            ("responseReceived", self._answered),
            ("loadingFinished", self._finished),
        ):
            session.on(f"Network.{event}", heard)

    def _sent(self, event: Any) -> None:
        url = urlsplit(event["request"]["url"])
        if url.netloc == self._host:
            self._requests[event["requestId"]] = Request(event["request"]["method"], url.path)

    def _from_memory(self, event: Any) -> None:
        if one := self._requests.get(event["requestId"]):
            one.kept = True

    def _answered(self, event: Any) -> None:
        if one := self._requests.get(event["requestId"]):
            one.connection = event["response"].get("connectionId")
            one.kept = one.kept or event["response"].get("fromDiskCache", False)

    def _finished(self, event: Any) -> None:
        if one := self._requests.get(event["requestId"]):
            one.size = int(event["encodedDataLength"])

    def arrived(self) -> list[Request]:
        """What came over the wire until now."""
        return [one for one in self._requests.values() if one.size is not None and not one.kept]

    def since(self) -> list[Request]:
        """What came over the wire since this was asked last, when all of it is there."""
        while any(one.size is None for one in self._requests.values()):
            self._page.wait_for_timeout(20)
        new = list(self._requests.values())[self._told :]
        self._told = len(self._requests)
        return [one for one in new if not one.kept]

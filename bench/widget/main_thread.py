"""Time of a page's main thread, by Chromium's own trace: CPU time of the tasks that it ran between two marks."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page

CATEGORIES = ["-*", "blink.user_timing", "disabled-by-default-devtools.timeline"]


@dataclass(frozen=True)
class Spent:
    """CPU time in ms of an act: all of its tasks, the first, which answers whoever acted, and the longest."""

    total: float
    first: float
    longest: float

    def __and__(self, other: "Spent") -> "Spent":
        """The better of two runs."""
        return Spent(min(self.total, other.total), min(self.first, other.first), min(self.longest, other.longest))


def throttle(page: Page, slower: int) -> None:
    """Make the page's main thread so many times slower."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slower})


class Trace:
    """The tasks and the marks of a page."""

    def __init__(self) -> None:
        self._events: list[Any] = []

    @contextmanager
    def over(self, browser: Browser, page: Page) -> Iterator[None]:
        """Trace while the context lasts."""
        browser.start_tracing(page=page, categories=CATEGORIES)
        yield
        self._events = json.loads(browser.stop_tracing())["traceEvents"]

    def spent(self, act: str) -> Spent:
        """What the page's main thread did for an act of bench/widget/driver.js. Raises ValueError where it was not
        traced."""
        begin, acted, end = (self._mark(f"{act}:{place}") for place in ("begin", "act", "end"))
        tasks = [
            one
            for one in self._events
            if one["name"] == "RunTask"
            and (one["pid"], one["tid"]) == (begin["pid"], begin["tid"])
            and begin["ts"] <= one["ts"] < end["ts"]
            and "tdur" in one
        ]
        (first,) = [one["tdur"] for one in tasks if one["ts"] <= acted["ts"] < one["ts"] + one["dur"]]
        all_of_it = [one["tdur"] for one in tasks]
        return Spent(sum(all_of_it) / 1000, first / 1000, max(all_of_it) / 1000)

    def _mark(self, name: str) -> Any:
        (found,) = [one for one in self._events if one["name"] == name]
        return found

"""Main-thread time of the widget: CPU time, the best of several runs taken in turn with the floor, a script as large
that builds one button. Ratios are of the processor as it is; beside them stands what it is on one that Chromium makes
six times slower, as a cheap phone's. There, what answers the visitor's own act must not be a long task."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from bench.figures import Figure
from bench.widget.main_thread import Spent, Trace, throttle
from bench.widget.website import Website
from infra.web import WEB

RUNS = 5
SLOWER = 6
# From here on Chromium calls a task long.
TASK_MS = 50
STAGES = {
    "load": "until the button can be pressed",
    "press": "from the press until the window can be written in",
    "send": "from the first message until it has its place",
}


def figures(browser: Browser, web_url: str, owner: Website, site_id: str) -> Iterator[Figure]:
    """Time by stage, and of the tasks that somebody could notice."""
    sizes = {
        "first": (WEB / "widget.js").stat().st_size,
        "rest": sum(next(WEB.glob(f"widget/{part}-*.js")).stat().st_size for part in ("main", "en")),
    }
    bench = _Bench(browser, owner, f"{web_url}/widget.js", site_id, sizes)
    fast, slow = bench.best(1), bench.best(SLOWER)
    for stage, what in STAGES.items():
        spent, floor = fast[stage], fast["first" if stage == "load" else "rest"]
        aside = f"{spent.total:.0f} ms, the floor {floor.total:.0f}; {SLOWER} times slower {slow[stage].total:.0f} ms"
        yield Figure(f"main thread, {what}", spent.total / floor.total, "x", None, aside)
    yield Figure(f"{SLOWER} times slower: the longest task until the button", slow["load"].longest, "ms", TASK_MS)
    for stage, act in (("press", "the press"), ("send", "the first message")):
        aside = f"the longest task until it is done {slow[stage].longest:.0f} ms"
        yield Figure(f"{SLOWER} times slower: the task that answers {act}", slow[stage].first, "ms", TASK_MS, aside)


@dataclass(frozen=True)
class _Bench:
    browser: Browser
    owner: Website
    widget: str
    site_id: str
    sizes: dict[str, int]

    def best(self, slower: int) -> dict[str, Spent]:
        """Of the floors and of the stages, on a processor so many times slower."""
        best: dict[str, Spent] = {}
        for _ in range(RUNS):
            runs = [self._floor(name, slower) for name in self.sizes] + [self._widget(slower)]
            for name, spent in (one for run in runs for one in run.items()):
                best[name] = best.get(name, spent) & spent
        return best

    def _floor(self, name: str, slower: int) -> dict[str, Spent]:
        with self._traced(slower) as (page, trace):
            page.evaluate("([name, src]) => floor(name, src)", [name, self.owner.floor(self.sizes[name])])
        return {name: trace.spent(name)}

    def _widget(self, slower: int) -> dict[str, Spent]:
        with self._traced(slower) as (page, trace):
            page.evaluate("([src, site]) => load(src, site)", [self.widget, self.site_id])
            page.evaluate("press()")
            page.evaluate("send('Is the blue kettle in stock?')")
        return {stage: trace.spent(stage) for stage in STAGES}

    @contextmanager
    def _traced(self, slower: int) -> Iterator[tuple[Page, Trace]]:
        """A page without the widget, once it stands, and the trace of what is done there."""
        phone = {"width": 390, "height": 844}
        context = self.browser.new_context(locale="en-GB", viewport=phone, reduced_motion="reduce")
        page, trace = context.new_page(), Trace()
        throttle(page, slower)
        page.goto(self.owner.plain)
        with trace.over(self.browser, page):
            yield page, trace
        context.close()

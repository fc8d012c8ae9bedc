"""How the cost of each operation grows with the data: DynamoDB calls and units, exactly, and our own processor time, at
sizes four decades apart. Writes docs/performance/*.svg beside its figures."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.endings import SWEEP_BUDGET
from bench.figures import Figure
from bench.scale import plot
from bench.scale.plan import Found, Plan, measured
from bench.scale.series import Series, exponent, growth
from bench.stack import local_stack

PLAN = Plan(
    table=[10, 1_000, 100_000],
    length=[10, 1_010, 10_010],
    person=[1, 500, 20_000],
    inbox=[10, 1_000, 10_000],
    sweep=[10, 1_000, 100_000],
    rounds=40,
)
PLOTS = Path(__file__).resolve().parents[2] / "docs" / "performance"

# What must not grow may cost at any size this much of what it costs at the smallest: calls and units the same; in a
# long chat, units by what its item holds of the page sealed last; our processor time by what the machine does to it.
SAME, LAST_PAGE, PROCESSOR = 1.0, 1.1, 1.3
# What has to touch everything may cost this much for each at the largest size of what it costs at the one before, which
# is a tenth of it or less. What grew as the square would cost ten times as much, or more.
IN_STEP, PROCESSOR_IN_STEP = 1.2, 3.0
# What cannot but touch all of a chat.
WHOLE = ("read whole", "delete")


def figures() -> Iterator[Figure]:
    """Growth of each operation, with its slope."""
    with local_stack():
        found = measured(PLAN)
    draw(found)
    yield from level(found.table, "chats in the table")
    yield from level(found.inbox, "open chats of a site")
    yield from level(found.pages, "in order")
    yield from level([one for one in found.length if one.what not in WHOLE], "messages in the chat", units=LAST_PAGE)
    yield from in_step([one for one in found.length if one.what in WHOLE], "messages in the chat", "message")
    yield from in_step(found.person, "chats of a person", "chat")
    yield from in_step(found.sweep, "expired chats", "chat")
    for one in found.sweep:
        each = one.each().costs[-1]
        yield Figure(f"{one.what} of {one.sizes[-1]:,} expired chats, for each", each.calls, "calls", SWEEP_BUDGET)


def draw(found: Found) -> None:
    """The plots, one for each thing that grows."""
    plot.write(PLOTS / "chats.svg", found.table, "chats in the table")
    plot.write(PLOTS / "inbox.svg", found.inbox, "open chats of a site")
    plot.write(PLOTS / "length.svg", found.length, "messages in the chat")
    plot.write(PLOTS / "person.svg", found.person, "chats of a person")
    plot.write(PLOTS / "sweep.svg", found.sweep, "expired chats")


def level(series: Sequence[Series], grows: str, *, units: float = SAME) -> Iterator[Figure]:
    """Figures of what must not grow: the most that it costs at any size, of what it costs at the smallest."""
    for one in series:
        budgets = (("calls", SAME), ("units", units), ("cpu", PROCESSOR))
        for measure, budget in budgets:
            values = one.of(measure)
            what = f"{one.what}, {one.sizes[0]:,} to {one.sizes[-1]:,} {grows}: {_NAMES[measure]}"
            yield Figure(what, growth(values), "x", budget, _aside(one, measure))


def in_step(series: Sequence[Series], grows: str, each: str) -> Iterator[Figure]:
    """Figures of what has to touch everything: each at the largest size, of each at the one before."""
    for one in series:
        for measure, budget in (("calls", IN_STEP), ("units", IN_STEP), ("cpu", PROCESSOR_IN_STEP)):
            *_, before, last = one.each().of(measure)
            what = f"{one.what}, {one.sizes[-2]:,} to {one.sizes[-1]:,} {grows}: {_NAMES[measure]} for each {each}"
            yield Figure(what, last / before, "x", budget, _aside(one, measure))


_NAMES = {"calls": "calls", "units": "units", "cpu": "processor time"}


def _aside(one: Series, measure: str) -> str:
    values = one.of(measure)
    shown = " / ".join(f"{value:,.0f}" if value >= 100 else f"{value:.3g}" for value in values)
    floors = " bare calls" if measure == "cpu" else ""
    return f"{shown}{floors}; slope {exponent(one.sizes, values):z.2f}"

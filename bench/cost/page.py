"""docs/cost.md, from counts, prices and assumptions."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.cost import model
from bench.cost.flows import MESSAGES, STAFF

COUNTS = Path(__file__).resolve().parent / "counts.json"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "cost.md"
SCENARIOS = (1_000, 200_000)
_MOST_SENSITIVE = 10

_HEAD = f"""# What it costs on AWS

`make cost` makes this page: it counts on the local emulator what each flow uses, multiplies by how often it happens and
by AWS's list prices, and writes it down. The counts are in `bench/cost/counts.json`, the prices in
`bench/cost/prices.toml`, what is assumed in `bench/cost/assumptions.toml`: change a figure there and run it again.

All amounts are USD for a month, before tax, at list prices of London (eu-west-2), without any free tier: a small site
pays less. A chat has {MESSAGES} messages; {STAFF} operators of its website are connected and told of it. Stored is what
has gathered after a year.
"""

_TAIL = """## What the counts are

Each flow runs through the functions' own entry points, on the tables of the real template. DynamoDB's units are worked
out from the items themselves, before and after each write, with each index, by AWS's published rules (the emulator does
not size reads): `bench/cost/capacity.py`. Log bytes are those that were written, with Lambda's own lines. Pushes count
as messages of API Gateway, as frames and their answers do. Keys, alarms, secrets and queues are counted in the built
template.

A function's time cannot be measured here: it is the assumed processor time, at the share of a processor that its memory
buys, and a wait for each call that was counted.

Left out, since none comes to a thousandth of the whole: what browsers send to CloudFront, attachments of mails, S3's
storage (copies last 30 days), SNS, EventBridge, CloudFront's function on pages, keys' use by tables and buckets
(DynamoDB remembers them for minutes), mail that comes in, restores, deployments, DNS, support plans. Whoever runs a
stage for tests pays the fixed part again.
"""


def counts() -> dict[str, Any]:
    """What was counted last."""
    found: dict[str, Any] = json.loads(COUNTS.read_text())
    return found


def page(counted: Mapping[str, Any]) -> str:
    """The whole page."""
    parts = (_totals, _polling, _flows, _sensitive, _lower)
    made = [line for part in parts for line in part(counted)]
    return "\n".join([_HEAD, *made, *_assumptions(), *_prices(), _TAIL])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], right: int) -> Iterator[str]:
    """A table whose columns after the first ``right`` - 1 hold numbers."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "|".join("---:" if place >= right else "---" for place in range(len(head))) + "|"
    yield from ("| " + " | ".join(row) + " |" for row in rows)
    yield ""


def _exact(price: float) -> str:
    return f"{price:.10f}".rstrip("0").rstrip(".")


def _usd(amount: float) -> str:
    return f"{amount:,.2f}"


def _totals(counted: Mapping[str, Any]) -> Iterator[str]:
    prices, given = _plain_prices(), model.assumed()
    months = [model.month(chats, counted, given) for chats in SCENARIOS]
    services = [model.by_service(one.units, prices) for one in months]
    totals = [sum(some.values()) for some in services]
    yield "## A month\n"
    head = ["", *(f"{one.chats:,} chats, {one.messages:,} messages" for one in months)]
    rows = [[name, *(_usd(some.get(name, 0)) for some in services)] for name in services[1]]
    rows += [["**together**", *(f"**{_usd(one)}**" for one in totals)]]
    rows += [["for a chat", *(f"{total / one.chats:.5f}" for total, one in zip(totals, months, strict=True))]]
    fixed = sum(_fixed(counted, prices).values())
    rows += [["of it, however few chats come", *(_usd(fixed) for _ in months)]]
    yield from _table(head, rows, 1)


def _fixed(counted: Mapping[str, Any], prices: Mapping[str, Any]) -> dict[str, float]:
    """What a month without any chat and any operator costs."""
    return model.by_service(model.month(0, counted, model.assumed({("staff", "least_hours"): 0})).units, prices)


def _polling(counted: Mapping[str, Any]) -> Iterator[str]:
    prices = _plain_prices()
    yield "## Live connections or polling\n"
    yield "What the same month costs if no visitor has a live connection, and if no console has one either.\n"
    rows = []
    for what, changes, staff_live in (
        ("as assumed", {}, True),
        ("all visitors live", {("chats", "live_share"): 1.0}, True),
        ("all visitors poll", {("chats", "live_share"): 0.0}, True),
        ("visitors and operators poll", {("chats", "live_share"): 0.0}, False),
    ):
        given = model.assumed(changes)
        sums = [
            sum(model.cost(model.month(chats, counted, given, staff_live=staff_live).units, prices).values())
            for chats in SCENARIOS
        ]
        rows.append([what, *(_usd(one) for one in sums)])
    yield from _table(["", *(f"{chats:,} chats" for chats in SCENARIOS)], rows, 1)


def _plain_prices() -> dict[str, Any]:
    prices = model.read("prices.toml")
    del prices["looked_up"]
    return prices


_BY_FLOW = """What one of each uses, what a million of it costs, and what all of it costs in a month. Storage, traces,
connection minutes and what is paid by the month are not in here. A message that is said live is three frames: somebody
writes, they have said it, the other side has read it.
"""


def _flows(counted: Mapping[str, Any]) -> Iterator[str]:
    prices, given = _plain_prices(), model.assumed()
    months = [model.flows(chats, given) for chats in SCENARIOS]
    yield "## By flow\n"
    yield _BY_FLOW
    rows = []
    for name, used in counted["flows"].items():
        one = model.of_one(used, prices, given["functions"])
        cells = [used.get(unit, 0) for unit in _SHOWN]
        in_months = [times[name] * one for times in months]
        rows.append((in_months[-1], [name, *(_number(cell) for cell in cells), _usd(one * 1e6), *map(_usd, in_months)]))
    head = ["", *_SHOWN.values(), "USD for a million", *(f"USD, {chats:,} chats" for chats in SCENARIOS)]
    yield from _table(head, [row for _, row in sorted(rows, key=lambda one: -one[0])], 1)


_SHOWN = {
    "invocations": "functions", "rest_requests": "requests", "socket_messages": "messages", "dynamodb_writes": "writes",
    "dynamodb_reads": "reads", "log_bytes": "log bytes",
}  # fmt: skip


def _number(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0") if value else ""


def _sensitive(counted: Mapping[str, Any]) -> Iterator[str]:
    prices, values = _plain_prices(), model.assumed()

    def total(chats: int, changes: Mapping[tuple[str, str], float]) -> float:
        return sum(model.cost(model.month(chats, counted, model.assumed(changes)).units, prices).values())

    rows = []
    for group, some in values.items():
        for name, value in some.items():
            doubled = min(2 * value, 1.0) if name.endswith("_share") else 2 * value
            changes = [total(chats, {(group, name): doubled}) / total(chats, {}) - 1 for chats in SCENARIOS]
            rows.append((abs(changes[-1]), [f"{group}.{name}", f"{value:,g} → {doubled:,g}", *map(_percent, changes)]))
    yield "## What matters most\n"
    yield "By how much the whole changes when one assumption is doubled (a share to 1 at most).\n"
    head = ["assumption", "", *(f"{chats:,} chats" for chats in SCENARIOS)]
    yield from _table(head, [row for _, row in sorted(rows, key=lambda one: -one[0])[:_MOST_SENSITIVE]], 2)


def _lower(counted: Mapping[str, Any]) -> Iterator[str]:
    """What would cost less: the same month with something left out, or with another price."""
    prices, given = _plain_prices(), model.assumed()
    months = [model.month(chats, counted, given).units for chats in SCENARIOS]
    before = [sum(model.cost(units, prices).values()) for units in months]
    rows = []
    for what, unit, usd in (
        ("HTTP APIs instead of REST APIs (1.16 for a million; they have no WAF of their own)", "rest_requests", 1.16),
        ("functions on Arm (0.0000133334 for a GB-second)", "lambda_gb_seconds", 0.0000133334),
        ("no traces", "traces", 0.0),
        ("no metrics of our own", "metric_months", 0.0),
    ):
        changed = prices | {unit: prices[unit] | {"usd": usd}}
        after = [sum(model.cost(units, changed).values()) for units in months]
        rows.append([what, *(_percent(new / old - 1) for new, old in zip(after, before, strict=True))])
    without = dict(counted) | {"flows": counted["flows"] | {"page view": {}}}
    after = [sum(model.cost(model.month(chats, without, given).units, prices).values()) for chats in SCENARIOS]
    what = 'page views that are not counted (`data-visits="off"`)'
    rows.append([what, *(_percent(new / old - 1) for new, old in zip(after, before, strict=True))])
    yield "## What would lower it\n"
    yield from _table(["", *(f"{chats:,} chats" for chats in SCENARIOS)], rows, 1)


def _percent(change: float) -> str:
    return f"{100 * change:+.1f} %"


def _assumptions() -> Iterator[str]:
    yield "## What is assumed\n"
    rows = [
        [f"{group}.{name}", f"{one['value']:,g}", one["why"]]
        for group, some in model.read("assumptions.toml").items()
        for name, one in some.items()
    ]
    yield from _table(["assumption", "value", "why"], rows, 3)


def _prices() -> Iterator[str]:
    prices = model.read("prices.toml")
    yield f"## Prices\n\nLooked up on {prices.pop('looked_up')}.\n"
    rows = [
        [
            f"[{one['service']}]({one['published']})",
            f"{one['usd']:g} for {one['per']:,} {one['unit']}",
            one["confirmed"],
        ]
        for one in prices.values()
    ]
    yield from _table(["service", "USD", "confirmed by"], rows, 3)

"""Measures a plan, which is the argument, and prints what was found; both are JSON (``bench.scale.plan``)."""

import sys

import msgspec

from bench.scale import inbox, length, person, sweep, table
from bench.scale.gauge import Gauge
from bench.scale.plan import Found, Plan
from bench.scale.world import NOON
from imchat.periods import add_months


def measure(plan: Plan) -> Found:
    """Everything, the largest last: what fills the table is what is swept in the end."""
    gauge, sooner = Gauge(plan.rounds), add_months(NOON, -6)
    lengths = length.measured(gauge, plan.length)
    people = person.measured(gauge, plan.person)
    first, pages = inbox.measured(gauge, plan.inbox)
    filled = table.measured(gauge, plan.table, opened=sooner)
    swept = sweep.measured(gauge, plan.sweep, standing=plan.table[-1], opened=sooner) if plan.sweep else []
    return Found(filled, lengths, people, first, pages, swept)


if __name__ == "__main__":
    sys.stdout.write(msgspec.json.encode(measure(msgspec.json.decode(sys.argv[1], type=Plan))).decode())

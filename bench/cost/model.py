"""How often each flow happens in a month, what it then uses, and what that costs. Pure: counts, prices and assumptions
go in, USD come out."""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.cost.flows import MESSAGES

FOLDER = Path(__file__).resolve().parent
HOURS_A_MONTH = 730
_GB = 1024**3
# A page's life: how often the widget pings when nothing is heard, asks for the site and, live, polls (web/widget); how
# often a console pings, looks at its inbox and says that its operator is there (web/console).
_PINGS_A_MINUTE, _LIVE_POLL_MINUTES, _SITES_A_MINUTE = 0.5, 5, 1
_STAFF_PINGS, _STAFF_LOOKS, _STAFF_PRESENCE, _STAFF_CONNECTIONS, _STAFF_SIGN_INS = 120, 60, 60, 0.5, 2

Counts = Mapping[str, Any]


def read(name: str) -> dict[str, Any]:
    """One of the files beside this module."""
    return tomllib.loads((FOLDER / name).read_text())


def assumed(changes: Mapping[tuple[str, str], float] | None = None) -> dict[str, dict[str, float]]:
    """The assumptions' values; some of them changed."""
    values = {
        group: {name: one["value"] for name, one in some.items()} for group, some in read("assumptions.toml").items()
    }
    for (group, name), value in (changes or {}).items():
        values[group][name] = value
    return values


@dataclass(frozen=True)
class Month:
    """A month of so many chats, and the units that are charged for."""

    chats: int
    units: Counter[str]

    @property
    def messages(self) -> int:
        return self.chats * MESSAGES


def flows(chats: int, given: Mapping[str, Mapping[str, float]], *, staff_live: bool = True) -> dict[str, float]:
    """How often each flow happens in a month."""
    of, staff, owners = given["chats"], given["staff"], given["owners"]
    live, polled = chats * of["live_share"], chats * (1 - of["live_share"])
    hours = max(staff["least_hours"], chats / staff["chats_an_hour"])
    polls = 0 if staff_live else hours * 3600 / staff["poll_seconds"]
    closed = chats * of["email_share"]
    return {
        "page view": chats * of["views"],
        "widget fetched": chats * of["views"] * of["widget_share"],
        "window fetched": chats * of["windows"],
        "window opened": chats * (of["windows"] + of["minutes"] * _SITES_A_MINUTE),
        "chat opened": chats,
        "page connects": live * of["connections"],
        "page leaves": live * of["connections"],
        "message, live": live * (MESSAGES - 1),
        "message, polled": polled * (MESSAGES - 1),
        # A browser asks anew for each address, and a poll's address has the cursor in it.
        "preflight": live * 3 + polled * (MESSAGES + 3),
        "ping": live * of["minutes"] * _PINGS_A_MINUTE + (hours * _STAFF_PINGS if staff_live else 0),
        "poll": live * of["minutes"] / _LIVE_POLL_MINUTES + polled * of["minutes"] * 60 / of["poll_seconds"],
        "chat taken": chats,
        "chat read by staff": chats * staff["reads_a_chat"],
        "chat closed": chats,
        "transcript mailed": closed + chats * of["copies_share"],
        "copy asked for": chats * of["copies_share"],
        "rating": chats * of["rating_share"],
        "chat deleted": chats * of["deleted_share"],
        # A chat that nobody deletes is deleted at its end.
        "chat expired": chats * (1 - of["deleted_share"]),
        "inbox looked at": hours * _STAFF_LOOKS + polls,
        "chat asked for again by staff": polls,
        "presence said again": hours * _STAFF_PRESENCE,
        "operator connects": hours * _STAFF_CONNECTIONS if staff_live else 0,
        "sign-in": hours * _STAFF_SIGN_INS,
        "owner looks at the numbers": max(1, chats / owners["chats_a_site"]) * owners["looks"],
        "request for access": chats / 1000 * owners["requests_a_thousand"],
        "sweep with nothing to do": HOURS_A_MONTH,
    }


def month(chats: int, counts: Counts, given: Mapping[str, Mapping[str, float]], *, staff_live: bool = True) -> Month:
    """What a month of ``chats`` uses, by the names of the prices."""
    happens = flows(chats, given, staff_live=staff_live)
    used: Counter[str] = Counter()
    for name, times in happens.items():
        for unit, number in counts["flows"][name].items():
            used[unit] += times * number
    return Month(chats, priced(used, chats, counts, given, staff_live=staff_live))


def priced(
    used: Mapping[str, float],
    chats: int,
    counts: Counts,
    given: Mapping[str, Mapping[str, float]],
    *,
    staff_live: bool,
) -> Counter[str]:
    """From what the flows use to what is charged for, with what a month costs however much happens."""
    f, of, staff = given["functions"], given["chats"], given["staff"]
    hours = max(staff["least_hours"], chats / staff["chats_an_hour"])
    invocations = used["invocations"]
    seconds = busy_seconds(used, f)
    kept = counts["kept"]
    at_once = f["busy_hours"] * 3600 * f["traced_a_second"]
    stored = chats * of["months_kept"] * (kept["chat"] + kept["evidence"]) / _GB
    logged = used["log_bytes"] / _GB
    fixed = counts["fixed"]
    units = {name: used[name] for name in _AS_COUNTED if name in used}
    units |= {
        "lambda_requests": invocations,
        "lambda_gb_seconds": seconds * f["memory_gb"],
        "socket_minutes": chats * of["live_share"] * of["minutes"] + (hours * 60 if staff_live else 0),
        "dynamodb_gb_months": stored,
        "dynamodb_recovery_gb_months": stored,
        "sqs_requests": used["sqs_requests"] + fixed["queues_waited_for"] * f["idle_receives"],
        "secrets_requests": used["secrets_requests"]
        + fixed["secrets"] * f["environments"] * f["busy_hours"] * 60 / f["secret_minutes"],
        "log_gb": logged,
        "log_gb_months": logged,
        "traces": min(invocations, at_once) + f["traced_share"] * max(0, invocations - at_once),
        "edge_gb": used["edge_bytes"] / _GB,
        "staff_users": hours / staff["hours_each"],
        "metric_months": len(counts["metrics"]["always"])
        + len(counts["metrics"]["busy"]) * f["busy_hours"] / HOURS_A_MONTH,
        "waf_requests": used["edge_requests"] if fixed["waf_acls"] else 0,
        **{name: fixed[name] for name in ("secrets", "kms_keys", "alarms", "dashboards", "waf_acls", "waf_rules")},
    }
    return Counter(units)


_AS_COUNTED = (
    "rest_requests", "socket_messages", "dynamodb_writes", "dynamodb_reads", "ses_mails", "s3_puts", "s3_gets",
    "kms_requests", "edge_requests", "state_transitions",
)  # fmt: skip


def busy_seconds(used: Mapping[str, float], f: Mapping[str, float]) -> float:
    """Seconds for which functions are charged: their own work, and their waits."""
    invocations = used.get("invocations", 0)
    milliseconds = (
        invocations * (f["cpu_ms"] * f["slower"] + f["cold_share"] * f["cold_ms"])
        + used.get("dynamodb_calls", 0) * f["dynamodb_ms"]
        + used.get("rounds_of_pushes", 0) * f["push_ms"]
        + used.get("other_calls", 0) * f["call_ms"]
    )
    return milliseconds / 1000


def cost(units: Mapping[str, float], prices: Mapping[str, Any]) -> dict[str, float]:
    """USD of each unit. Raises KeyError for a unit without a price."""
    return {name: number * prices[name]["usd"] / prices[name]["per"] for name, number in units.items() if number}


def by_service(units: Mapping[str, float], prices: Mapping[str, Any]) -> dict[str, float]:
    """USD of each service, the dearest first."""
    sums: dict[str, float] = defaultdict(float)
    for name, usd in cost(units, prices).items():
        sums[prices[name]["service"]] += usd
    return dict(sorted(sums.items(), key=lambda one: one[1], reverse=True))


def of_one(counted: Mapping[str, float], prices: Mapping[str, Any], f: Mapping[str, float]) -> float:
    """USD of one flow, without what is paid by the month."""
    units = {name: counted[name] for name in _AS_COUNTED if name in counted}
    units |= {"lambda_requests": counted.get("invocations", 0), "sqs_requests": counted.get("sqs_requests", 0)}
    units |= {"lambda_gb_seconds": busy_seconds(counted, f) * f["memory_gb"]}
    units |= {"log_gb": counted.get("log_bytes", 0) / _GB, "edge_gb": counted.get("edge_bytes", 0) / _GB}
    return sum(cost(units, prices).values())

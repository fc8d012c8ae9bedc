"""Counts all flows on a running stack. Started by itself, it prints them as JSON; STAFF_PASSWORD is the demo
operator's."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from itertools import count
from typing import Any

from bench.cost.entries import Entries
from bench.cost.flows import Flows
from bench.cost.meter import Meter
from imchat import clock
from imchat.stores.connections import WINDOW_SECONDS
from infra.build import packaged

SWEEP = "sweep with nothing to do"


def measured(stack: Mapping[str, Any], *, alone: bool) -> dict[str, Any]:
    """What a process of its own counts on the running stack that ``stack`` (stack.json) describes and the environment
    names: every client must be made under the meter's eyes. Where others use the stack too, it is not ``alone``, and
    the sweep is left out."""
    environment = os.environ | {"STAFF_PASSWORD": stack["staff"]["operator"]["password"]}
    done = subprocess.run(
        [sys.executable, "-m", "bench.cost.measure", *(["alone"] if alone else [])],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    counted: dict[str, Any] = json.loads(done.stdout)
    return counted


def measure(password: str, *, alone: bool) -> dict[str, Any]:
    """Units of each flow, bytes kept of a chat, the metrics that are written, and what the template holds."""
    # However slow this machine is: where a window of calls or an operator's presence ends, other calls are made.
    milliseconds = (timedelta(milliseconds=tick) for tick in count())
    begun = clock.now()
    begun -= timedelta(seconds=begun.timestamp() % WINDOW_SECONDS)
    clock.now = lambda: begun + next(milliseconds)
    meter = Meter()
    flows = Flows(meter, Entries(meter), password)
    counted = ({SWEEP: flows.sweep()} if alone else {}) | dict(flows())
    kept, counted["chat expired"] = flows.kept()
    always = {name for name in meter.metrics if name.startswith("Sweep")}
    metrics = {"always": sorted(always), "busy": sorted(meter.metrics - always)}
    print(f"processor time: {meter.cpu_ms / meter.invocations:.1f} ms an invocation, on this machine", file=sys.stderr)
    return {"flows": counted, "kept": kept, "metrics": metrics, "fixed": _fixed()}


def _fixed() -> dict[str, int]:
    """What the template makes that costs the same however much happens."""
    resources = json.loads((packaged("dev") / "template.json").read_text())["Resources"].values()
    of = Counter(one["Type"] for one in resources)
    acls = [one for one in resources if one["Type"] == "AWS::WAFv2::WebACL"]
    queues = [
        event
        for one in resources
        for event in one.get("Properties", {}).get("Events", {}).values()
        if isinstance(event, dict) and event.get("Type") == "SQS"
    ]
    return {
        "secrets": of["AWS::SecretsManager::Secret"],
        "kms_keys": of["AWS::KMS::Key"],
        "alarms": of["AWS::CloudWatch::Alarm"],
        "dashboards": of["AWS::CloudWatch::Dashboard"],
        "waf_acls": len(acls),
        "waf_rules": sum(len(one["Properties"].get("Rules", ())) for one in acls),
        "queues_waited_for": len(queues) + of["AWS::Lambda::EventSourceMapping"],
    }


if __name__ == "__main__":
    json.dump(measure(os.environ["STAFF_PASSWORD"], alone=sys.argv[1:] == ["alone"]), sys.stdout)

"""The state machine's definition: what it may not lack, and that its role may do what it does and no more."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from imchat.register.stores import stores
from infra.build import ROOT
from infra.machine import definition

MACHINE = definition()
STATES: dict[str, Any] = MACHINE["States"]


def every(states: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, state in states.items():
        yield name, state
        for branch in state.get("Branches", ()):
            yield from every(branch["States"])
        if "ItemProcessor" in state:
            yield from every(state["ItemProcessor"]["States"])


def test_there_is_a_branch_for_each_store_that_holds_personal_data() -> None:
    named = [store.name for store in stores() if store.activity.categories]
    for task in ("Search", "Change"):
        assert [branch["StartAt"] for branch in STATES[task]["Branches"]] == [f"{task} {name}" for name in named]


def test_every_task_is_tried_again_and_what_fails_for_good_waits_for_somebody() -> None:
    for name, state in every(STATES):
        if state["Type"] == "Task":
            assert state["Retry"][-1]["MaxAttempts"] == 3, name
    for name in ("Begin", "Search", "Searched", "Export", "Decide", "Copy", "Change", "Receipt"):
        assert STATES[name]["Catch"] == [{"ErrorEquals": ["States.ALL"], "Next": f"{name} failed"}]
        assert STATES[f"{name} failed"]["Next"] == "Attention"
        assert STATES[f"{name} failed"]["Arguments"]["Payload"]["failed"] == name.lower()
    assert STATES["Attention"]["Next"] == "Begin"


def test_all_states_can_be_reached_and_lead_somewhere() -> None:
    leads = {
        name: {state.get("Next"), state.get("Default")}
        | {one["Next"] for key in ("Catch", "Choices") for one in state.get(key, ())}
        for name, state in STATES.items()
    }
    seen, ahead = set(), {MACHINE["StartAt"]}
    while ahead:
        seen |= ahead
        ahead = {after for name in ahead for after in leads[name] if after} - seen
    assert seen == set(STATES)


def test_N13_nothing_but_references_goes_through() -> None:
    """What a task is given is written out: its own name, a store's, the request's reference, a list's name; how many
    items each store found."""
    for name, state in every(STATES):
        if state["Type"] == "Task" and "Payload" in state["Arguments"]:
            values = {value for value in state["Arguments"]["Payload"].values() if "{%" in value}
            counts = {"{% $states.input %}"} if name == "Searched" else set()
            assert values <= counts | {"{% $states.context.Execution.Input.request %}", "{% $states.input.found %}"}, (
                name
            )


def test_the_machine_may_do_what_it_does_and_no_more() -> None:
    parts = yaml.safe_load(Path(ROOT / "infra/stack/answers.yaml").read_text())["Resources"]
    (policy,) = parts["RequestsMachineRole"]["Properties"]["Policies"]
    given = {
        (action, json.dumps(resource))
        for statement in policy["PolicyDocument"]["Statement"]
        for action in statement["Action"]
        for resource in (statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]])
    }
    used = {
        match[1] for match in re.finditer(r"\$\{(\w+)\}", json.dumps([s.get("Arguments") for _, s in every(STATES)]))
    }
    assert used == {"Searcher", "Copier", "Changer", "RequestsTable"}
    for function in ("Searcher", "Copier", "Changer"):
        assert ("lambda:InvokeFunction", json.dumps({"Fn::GetAtt": [function, "Arn"]})) in given
    # Its own log and traces, for which AWS has no resource to name.
    told = {one for one in given if one[0].startswith(("logs:", "xray:"))}
    given -= told
    assert {resource for _, resource in told} == {'"*"'}
    assert {action for action, _ in given} == {
        "lambda:InvokeFunction", "dynamodb:UpdateItem", "s3:ListBucket", "states:StartExecution",
        "states:DescribeExecution", "states:StopExecution",
    }  # fmt: skip
    assert not [resource for _, resource in given if resource == '"*"']
    assert set(parts["RequestsMachine"]["Properties"]["DefinitionSubstitutions"]) == used | {"PartsBucket"}

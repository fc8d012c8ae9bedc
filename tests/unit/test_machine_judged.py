"""The state machine before judges that AWS's own validation is closest to: its form, and every JSONata expression with
full and with empty input. docs.aws.amazon.com/step-functions, "transforming-data": an expression that comes to nothing
fails its state with States.QueryEvaluationError."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from infra.machine import definition
from tests.judges.node import ask
from tests.limits import services

REFERENCE, TOKEN = "R-2026-0001", "a token"
CONTEXT = {"Execution": {"Input": {"request": REFERENCE}}, "Task": {"Token": TOKEN}}
# What a task may be handed by the state before it, and what Lambda answers it.
INPUT: dict[str, Any] = {"go": "search", "found": f"{REFERENCE}/found/chats"}
RESULT: dict[str, Any] = {"Payload": {"go": "search"}}
# What a task fails with that goes to no state of ours: the flow has been answered then, or is begun again within the hour.
UNCAUGHT = {"Finish", *(f"{name} failed" for name in ("Begin", "Search", "Searched", "Export", "Decide", "Copy", "Change", "Receipt"))}  # fmt: skip


@dataclass(frozen=True)
class Expression:
    """An expression; ``caught`` where a state, or one around it, goes on after any error."""

    state: str
    field: str
    text: str
    caught: bool


@cache
def expressions() -> tuple[Expression, ...]:
    return tuple(_of_states(definition()["States"], caught=False))


def _of_states(states: dict[str, Any], *, caught: bool) -> Iterator[Expression]:
    for name, state in states.items():
        catches = caught or any(one["ErrorEquals"] == ["States.ALL"] for one in state.get("Catch", ()))
        for branch in state.get("Branches", ()):
            yield from _of_states(branch["States"], caught=catches)
        if "ItemProcessor" in state:
            yield from _of_states(state["ItemProcessor"]["States"], caught=catches)
        for field, value in state.items():
            if field not in ("Branches", "ItemProcessor"):
                yield from (Expression(name, field, text, catches) for text in _texts(value))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("{%"):
        yield value.removeprefix("{%").removesuffix("%}").strip()
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def evaluated(texts: list[tuple[str, dict[str, Any]]]) -> list[Any]:
    """What each expression comes to: {"value": ...}, or {"nothing": True}."""
    values: list[Any] = ask("machine.js", {"definitions": [], "expressions": texts})["values"]
    return values


def test_the_machine_is_one_and_a_broken_one_is_not() -> None:
    nowhere, garbled = copy.deepcopy(definition()), copy.deepcopy(definition())
    nowhere["States"]["Begin"]["Next"] = "Nowhere"
    garbled["States"]["Begun?"]["Choices"][0]["Condition"] = "{% $states.input.( %}"
    problems = ask("machine.js", {"definitions": [definition(), nowhere, garbled], "expressions": []})["problems"]
    assert problems[0] == ""
    assert "Nowhere" in problems[1]
    assert "Condition" in problems[2]


def test_every_expression_comes_to_something_with_full_input() -> None:
    found = expressions()
    assert len(found) > 50
    states = {"input": INPUT, "context": CONTEXT}
    values = evaluated([(one.text, states | ({"result": RESULT} if one.field == "Output" else {})) for one in found])
    for one, value in zip(found, values, strict=True):
        assert "value" in value, one
        if one.field == "Choices":
            assert isinstance(value["value"], bool), one
    meant = {
        "$states.context.Execution.Input.request": REFERENCE,
        "$states.context.Task.Token": TOKEN,
        "$states.input": INPUT,
        "$states.input.found": INPUT["found"],
        "$states.result.Payload": RESULT["Payload"],
    }
    assert {
        one.text: value["value"] for one, value in zip(found, values, strict=True) if one.field != "Choices"
    } == meant


@pytest.mark.parametrize("empty", [{}, None, [], ""], ids=repr)
def test_what_comes_to_nothing_with_empty_input_fails_where_it_is_caught(empty: Any) -> None:
    """A choice goes to its default; a task that has nothing to work with, or answered nothing, needs attention."""
    found = expressions()
    states = {"input": empty, "context": CONTEXT}
    values = evaluated([(one.text, states | ({"result": {}} if one.field == "Output" else {})) for one in found])
    for one, value in zip(found, values, strict=True):
        if one.field == "Choices":
            assert value == {"value": False}, one
        elif "nothing" in value:
            assert one.caught, one
    assert {one.text for one, value in zip(found, values, strict=True) if "nothing" in value} == {
        "$states.input.found", "$states.result.Payload",
    }  # fmt: skip


def test_a_context_without_a_reference_fails_where_it_is_caught() -> None:
    """An execution that somebody started by hand, without input."""
    found = expressions()
    values = evaluated(
        [(one.text, {"input": {}, "context": {"Execution": {"Input": {}}, "Task": {}}}) for one in found]
    )
    lost = {one for one, value in zip(found, values, strict=True) if one.field == "Arguments" and "nothing" in value}
    begin = next(one for one in lost if one.state == "Begin")
    assert begin.caught
    waits = {name for name, state in definition()["States"].items() if ".waitForTaskToken" in state.get("Resource", "")}
    assert {one.state for one in lost if not one.caught} <= waits | UNCAUGHT


def test_each_way_of_a_choice_is_taken_by_its_word_alone() -> None:
    for name, state in definition()["States"].items():
        if state["Type"] == "Choice":
            conditions = [one["Condition"].removeprefix("{%").removesuffix("%}") for one in state["Choices"]]
            words = [one.split("'")[1] for one in conditions]
            asked = [(one, {"input": {"go": word}}) for word in [*words, "elsewhere"] for one in conditions]
            taken = [value["value"] for value in evaluated(asked)]
            rows = [taken[first : first + len(words)] for first in range(0, len(taken), len(words))]
            assert rows == [[one == word for one in words] for word in [*words, "elsewhere"]], name


def events(states: dict[str, Any], *, failures: int) -> int:
    """How many events of its history an execution spends that passes each of ``states`` once, every task failing so
    often before it succeeds. A state is entered and left; an attempt is scheduled, started, submitted where it waits,
    and ends. The children of a Distributed Map have histories of their own."""
    count = 0
    for state in states.values():
        count += 2
        if state["Type"] == "Task":
            count += (failures + 1) * 4
        elif state["Type"] == "Parallel":
            count += 2 + sum(events(branch["States"], failures=failures) for branch in state["Branches"])
        elif state["Type"] == "Map":
            count += 2
    return count


def test_an_execution_has_events_for_all_that_is_done_with_a_request() -> None:
    """docs.aws.amazon.com/step-functions, "service-quotas": 25,000. One that has spent them fails, and the nudger has
    another take over."""
    states = definition()["States"]
    look = {name: states[name] for name in ("Review", "Decide", "Decided?")}
    assert services.EVENTS // events(look, failures=0) > 1_000
    assert services.EVENTS // events(look, failures=3) > 500
    assert services.EVENTS // events(states, failures=3) > 25

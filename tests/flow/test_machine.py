"""The state machine as it is deployed, with each of its tasks failing once, twice and for ever, and ended at each of its
waits."""

from collections.abc import Iterator
from typing import Any

import pytest

from imchat.settings import settings
from infra.machine import names
from tests.flow.client import Api, run, until
from tests.flow.faults import FOR_EVER, Plan, failing
from tests.flow.rights import NAME, at_step, person, take_in
from tests.flow.sites import TestSite

pytestmark = pytest.mark.usefixtures("tables")
TASKS = ["begin", *(f"search {name}" for name in names()), "searched", "export", "decide"]
CHANGES = [*(f"change {name}" for name in names()), "receipt"]


@pytest.fixture(scope="module")
def machine(stack: dict[str, Any], no_other_requests: None) -> Iterator[Plan]:
    with failing(stack) as plan:
        yield plan


@pytest.fixture(autouse=True)
def nothing_fails(machine: Plan) -> Iterator[None]:
    machine.forget()
    yield
    machine.forget()


def written(site: TestSite) -> str:
    email = person()
    site.visitor().open(email=email, name=NAME, text="hello")
    return email


@pytest.mark.parametrize("times", [1, 2])
def test_each_task_may_fail_once_or_twice_and_nobody_notices(site: TestSite, machine: Plan, times: int) -> None:
    for task in (*TASKS, *CHANGES, "finish"):
        machine.fails(task, times)
    path = take_in(site, "erasure", written(site))
    at_step(site.privacy, path, "review")
    assert site.privacy("POST", f"{path}/approve").status == 200
    done = at_step(site.privacy, path, "done")
    assert done["state"] == "closed"
    assert {one["store"]: one["changed"] for one in done["receipt"]}["chats"] == 1
    assert [one["what"] for one in done["letters"]] == ["acknowledgement", "erased"]
    for task in (*TASKS, *CHANGES, "finish"):
        assert machine.calls(task) > times, task


def test_each_task_may_fail_for_ever_until_somebody_looks_and_then_goes_on_not_again(
    site: TestSite, machine: Plan
) -> None:
    for task in ("begin", f"search {names()[0]}", "export", "decide", f"change {names()[0]}", "receipt"):
        machine.fails(task, FOR_EVER)
    path = take_in(site, "erasure", written(site))
    searched = f"search {names()[1]}"
    for task in ("begin", f"search {names()[0]}", "export"):
        stopped = at_step(site.privacy, path, "attention")
        assert stopped["progress"]["failed"] == task.partition(" ")[0]
        assert stopped["receipt"] == []
        assert site.privacy("POST", f"{path}/approve").status == 409
        machine.fails(task, 0)
        assert site.privacy("POST", f"{path}/retry").status == 200
        until(lambda: site.privacy("GET", path).json["progress"]["step"] != "attention")
    reviewed = at_step(site.privacy, path, "review")
    assert machine.calls(searched) >= 1
    as_searched = reviewed["progress"]["stores"]
    assert site.privacy("POST", f"{path}/retry").status == 409  # nothing has failed now
    assert site.privacy("POST", f"{path}/approve").status == 200
    for task in ("decide", f"change {names()[0]}", "receipt"):
        stopped = at_step(site.privacy, path, "attention")
        assert stopped["progress"]["failed"] == task.partition(" ")[0]
        assert stopped["progress"]["stores"] == as_searched
        machine.fails(task, 0)
        assert site.privacy("POST", f"{path}/retry").status == 200
        until(lambda: site.privacy("GET", path).json["progress"]["step"] != "attention")
    done = at_step(site.privacy, path, "done")
    assert {one["store"]: one["changed"] for one in done["receipt"]}["chats"] == 1
    assert [one["what"] for one in done["letters"]] == ["acknowledgement", "erased"]


def test_a_search_that_fails_for_ever_deletes_nothing_anywhere(site: TestSite, machine: Plan) -> None:
    """Also not in the stores where it did not fail."""
    email = person()
    visitor = site.visitor()
    visitor.open(email=email, name=NAME, text="hello")
    machine.fails("search correspondence", FOR_EVER)
    path = take_in(site, "erasure", email)
    at_step(site.privacy, path, "attention")
    assert visitor.poll().status == 200
    assert sum(machine.calls(task) for task in CHANGES) == 0
    assert site.privacy("POST", f"{path}/refuse", {"because": "a test"}).status == 200
    assert at_step(site.privacy, path, "done")["state"] == "refused"
    assert visitor.poll().status == 200


def test_an_execution_that_ended_before_its_request_is_started_again_within_the_hour(
    site: TestSite, machine: Plan, stack: dict[str, Any]
) -> None:
    machine.fails("finish", FOR_EVER)
    path = take_in(site, "erasure", written(site))
    at_step(site.privacy, path, "review")
    assert site.privacy("POST", f"{path}/approve").status == 200
    client = Api(stack).client
    reference = path.rpartition("/")[2]
    execution = f"{stack['machines']['requests'].replace(':stateMachine:', ':execution:')}:{reference}-1"
    until(lambda: client("stepfunctions").describe_execution(executionArn=execution)["status"] == "FAILED")
    assert site.privacy("GET", path).json["progress"]["step"] != "done"
    machine.fails("finish", 0)
    run(stack, "Nudger")
    at_step(site.privacy, path, "done")


def test_N18_what_its_visitor_deletes_during_the_review_is_taken_out_of_what_was_found(
    site: TestSite, machine: Plan, stack: dict[str, Any]
) -> None:
    email = person()
    name = email.partition("@")[0]  # nobody else's on this site
    deleted, kept = site.visitor(), site.visitor()
    deleted.open(email=email, name=name, text="a word")
    kept.open(email=email, name=name, text="another word")
    path = take_in(site, "access", email, name=name)
    at_step(site.privacy, path, "review")
    run(stack, "Nudger")
    assert machine.calls("search chats") == 1
    assert deleted.delete().status == 200
    run(stack, "Nudger")

    def found() -> list[str]:
        answer = site.privacy("GET", f"{path}/findings?store=chats")
        return [one["item"] for one in answer.json["items"]] if answer.status == 200 else []

    until(lambda: found() == [f"chats:{kept.chat_id}:META"])
    assert machine.calls("searched") == 1
    at_step(site.privacy, path, "review")
    assert site.privacy("POST", f"{path}/withdraw", {"because": "the test is over"}).status == 200
    at_step(site.privacy, path, "done")


def parts(stack: dict[str, Any], path: str) -> list[str]:
    place = {"Bucket": stack["buckets"]["parts"], "Prefix": path.rpartition("/")[2]}
    return [one["Key"] for one in Api(stack).client("s3").list_objects_v2(**place).get("Contents", ())]


@pytest.mark.parametrize("step", ["identity", "review"])
@pytest.mark.parametrize(("act", "state"), [("refuse", "refused"), ("withdraw", "withdrawn")])
def test_a_request_can_be_refused_or_withdrawn_at_any_wait_and_nothing_of_it_is_left(
    site: TestSite, stack: dict[str, Any], step: str, act: str, state: str
) -> None:
    proof: dict[str, Any] = {"identity": None} if step == "identity" else {}
    path = take_in(site, "access", written(site), **proof)
    at_step(site.privacy, path, step)
    if step == "review":
        assert parts(stack, path)
        assert site.privacy("POST", f"{path}/pause", {"why": "which shop?"}).status == 200
        assert site.privacy("POST", f"{path}/approve").status == 409
        assert site.privacy("POST", f"{path}/resume", {}).status == 200
        assert site.privacy("POST", f"{path}/extend", {"because": "very much data"}).status == 200
        assert site.privacy("GET", path).json["progress"]["step"] == "review"
    assert site.privacy("POST", f"{path}/{act}", {"because": "as was said"}).status == 200
    done = at_step(site.privacy, path, "done")
    assert done["state"] == state
    assert done["letters"][-1]["what"] == state
    assert parts(stack, path) == []


def test_N13_the_history_of_an_execution_holds_references_only(site: TestSite, stack: dict[str, Any]) -> None:
    email = written(site)
    path = take_in(site, "erasure", email, name="Canary Person", details="a canary detail")
    at_step(site.privacy, path, "review")
    site.privacy("POST", f"{path}/approve")
    at_step(site.privacy, path, "done")
    client = Api(stack).client("stepfunctions")
    execution = f"{stack['machines']['requests'].replace(':stateMachine:', ':execution:')}:{path.rpartition('/')[2]}-1"
    until(lambda: client.describe_execution(executionArn=execution)["status"] == "SUCCEEDED")
    history = str(client.get_execution_history(executionArn=execution, maxResults=1000))
    for word in (email, email.partition("@")[0], "Canary Person", "canary detail", settings().mail_from):
        assert word not in history

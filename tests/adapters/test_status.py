"""What an engineer sees first: each thing that is wrong shows, with the chapter that says what to do."""

import json
import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from imchat import aws, clock
from imchat.errors import NotFound
from infra import stacks
from infra.stacks import resources
from operations import accounts
from operations import status as module
from operations.logged_errors import errors
from operations.status import HOURLY, LATE, Line, status
from tests.adapters.worlds import world

STACK = "imchat-dev"


@pytest.fixture
def outputs(tables: dict[str, Any]) -> dict[str, str]:
    stack = boto3.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    return stacks.outputs(stack) | {"StackName": STACK}


def seen(outputs: dict[str, str], later: timedelta = timedelta()) -> dict[str, Line]:
    return {line.what: line for line in status(outputs, clock.now() + later)}


@pytest.mark.parametrize("what", [name.lower() for name in HOURLY])
def test_what_runs_each_hour_and_has_not_run_shows(outputs: dict[str, str], what: str) -> None:
    assert seen(outputs)[what].fine
    late = seen(outputs, LATE + timedelta(hours=1))[what]
    assert (late.fine, late.situation) == (False, "What runs by the clock")


def test_what_a_deployment_left_to_people_shows_until_it_is_done_and_on_aws_only(
    outputs: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "left to do" not in seen(outputs)
    stack = boto3.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    answers: list[Any] = [[], ["DNS: a CNAME b"], ClientError({"Error": {"Code": "AccessDenied"}}, "GetAccount")]

    def todo(stage: str, made: dict[str, str], parameters: dict[str, str]) -> list[str]:
        assert (stage, made["WebUrl"], parameters["Stage"]) == ("dev", outputs["WebUrl"], "dev")
        if isinstance(answers[0], Exception):
            raise answers[0]
        return list(answers[0])

    monkeypatch.setattr(module, "todo", todo)
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    said = []
    while answers:
        said += [(line.fine, line.said) for line in module._left_to_do(outputs, stack)]
        answers.pop(0)
    assert said == [(False, "DNS: a CNAME b"), (False, "what is left to do could not be looked up: AccessDenied")]


def test_an_alarm_of_this_stack_shows_and_none_of_another(
    outputs: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dev stage has no alarms: here it is given one."""
    cloudwatch = boto3.client("cloudwatch")
    alarm, other = (f"{whose}-{secrets.token_hex(4)}" for whose in ("ours", "other"))

    def with_an_alarm(stack: str, kind: str) -> list[tuple[str, str]]:
        return [("MailerFails", alarm)] if kind == "AWS::CloudWatch::Alarm" else list(resources(stack, kind))

    monkeypatch.setattr(module, "resources", with_an_alarm)
    for one in (alarm, other):
        cloudwatch.put_metric_alarm(AlarmName=one, AlarmDescription="What to do.", MetricName="x", Namespace="x",
                                    Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=1,
                                    ComparisonOperator="GreaterThanThreshold")  # fmt: skip
    try:
        assert seen(outputs)["alarms"].said == "none of 1"
        for one in (alarm, other):
            cloudwatch.set_alarm_state(AlarmName=one, StateValue="ALARM", StateReason="a test")
        found = [line for what, line in seen(outputs).items() if what.startswith("alarm")]
        assert found == [Line("alarm MailerFails", False, "What to do.")]
    finally:
        cloudwatch.delete_alarms(AlarmNames=[alarm, other])


def test_that_nobody_would_see_a_rights_request_shows(outputs: dict[str, str]) -> None:
    """The website must be there, and somebody of its own who may see them and sign in."""
    site_id = world().site_id
    outputs["MailSite"] = f"no-{site_id}"
    none = seen(outputs)["desk"]
    assert (none.fine, none.situation) == (False, "The first time")
    assert none.said.startswith(f"there is no website no-{site_id},")
    outputs["MailSite"] = site_id
    who = {"username": f"priya-{secrets.token_hex(4)}", "password": None, "site_id": site_id, "name": "Priya"}
    pool = aws.client("cognito-idp")
    accounts.add_staff(pool, outputs, **who, groups=["owner"])
    assert seen(outputs)["desk"].said.startswith(f"nobody of {site_id} is of the group privacy,")
    accounts.add_staff(pool, outputs, **who, groups=["privacy"])
    assert seen(outputs)["desk"].fine
    accounts.disable(accounts.member(who["username"]), disabled=True)
    assert not seen(outputs)["desk"].fine


def test_an_api_that_does_not_answer_shows(outputs: dict[str, str]) -> None:
    for url, said in (("http://127.0.0.1:9", "nothing"), (f"{outputs['WebUrl']}/v1/none", "403")):
        line = module._answers(url)
        assert (line.fine, line.situation) == (False, "When a function fails")
        assert said in line.said or "404" in line.said


def test_overdue_and_stuck_requests_and_dead_letters_show(
    outputs: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = SimpleNamespace(reference="k7qf-2m3r-xa4c")
    monkeypatch.setattr(module.requests, "overdue", lambda now: [row])
    monkeypatch.setattr(module.requests, "stuck", lambda now: [row])
    every = [SimpleNamespace(name=name, dead=name == "Dead", waiting=2, taken=0) for name in ("Jobs", "Dead")]
    monkeypatch.setattr(module, "queues", lambda stack: every)
    found = seen(outputs)
    assert found["queue Jobs"] == Line("queue Jobs", True, "2 waiting, 0 in work")
    assert {line.situation for line in found.values() if not line.fine} == {
        "An overdue request", "State machine failed", "Dead letters",
    }  # fmt: skip
    assert found["requests stuck"].said == "k7qf-2m3r-xa4c"


@pytest.fixture
def written(outputs: dict[str, str]) -> Iterator[Any]:
    """Puts lines into the log of a function; they go afterwards."""
    logs, made = boto3.client("logs"), []
    function = dict(resources(STACK, "AWS::Lambda::Function"))["Reminders"]
    place = {"logGroupName": f"/aws/lambda/{function}", "logStreamName": f"test-{secrets.token_hex(4)}"}

    def write(*lines: str) -> None:
        logs.create_log_stream(**place)
        made.append(place)
        at = time.time_ns() // 1_000_000
        logs.put_log_events(**place, logEvents=[{"timestamp": at + n, "message": line} for n, line in enumerate(lines)])

    yield write
    for one in made:
        logs.delete_log_stream(**one)


def test_what_went_wrong_is_told_with_its_references_and_nothing_that_went_well(written: Any) -> None:
    reference = f"{secrets.token_hex(2)}-ref"
    failed = {"level": "ERROR", "location": "answering:36", "message": "a request needs attention", "service": "imchat",
              "request": reference, "task": "search", "exception": "KeyError\n  steps.py:12 search"}  # fmt: skip
    fine = {"level": "INFO", "message": "done", "request": f"{reference}-fine"}
    compact = {"separators": (",", ":")}
    timeout = f"2026-11-24T10:00:00Z {reference} Task timed out after 30.00 seconds"
    written(json.dumps(failed, **compact), json.dumps(fine, **compact), timeout)
    found = [one for one in errors(STACK, clock.now() - timedelta(minutes=5), "Reminders") if reference in str(one)]
    assert [one.said for one in found] == ["a request needs attention (answering:36)", timeout]
    assert found[0].about == {"request": reference, "task": "search"}
    assert found[0].frames == ("KeyError", "  steps.py:12 search")
    assert found[0] in errors(STACK, clock.now() - timedelta(minutes=5))
    assert errors(STACK, clock.now() + timedelta(minutes=5), "Reminders") == []
    with pytest.raises(NotFound):
        errors(STACK, clock.now(), "Nothing")

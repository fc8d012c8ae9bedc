"""Who is told of what: alarms and dashboard, as the template has them."""

import ast
import inspect
import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from imchat.register.stores import stores
from infra import alarms
from infra.build import ROOT
from infra.stacks import name_of
from tests.unit.built import built, of_type

LIBRARY = ROOT / "layers" / "imchat" / "python" / "imchat"
HOUSEKEEPING = ROOT / "functions" / "housekeeping.py"
# What AWS measures, of what we look at: namespace, metrics.
AWS = {
    "AWS/ApiGateway": {"4XXError", "5XXError", "Latency", "IntegrationError", "ConnectCount", "MessageCount"},
    "AWS/Cognito": {"SignInThrottles"},
    "AWS/DynamoDB": {"ReadThrottleEvents", "WriteThrottleEvents"},
    "AWS/Lambda": {"Errors", "Throttles", "Duration", "ConcurrentExecutions", "ClaimedAccountConcurrency"},
    "AWS/SES": {"Reputation.BounceRate", "Reputation.ComplaintRate"},
    "AWS/SQS": {"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"},
    "AWS/States": {"ExecutionsStarted", "ExecutionsFailed"},
    "AWS/WAFV2": {"BlockedRequests"},
}
# Metrics whose names are made from what came of something: the beginning, and the module whose functions answer it.
OUTCOMES = {
    "Transcript": LIBRARY / "chat" / "sending.py",
    "RequestMail": LIBRARY / "rights" / "telling.py",
    "Inbound": LIBRARY / "desk" / "mails.py",
}


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return built()


@pytest.fixture(scope="module")
def made(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return of_type(template, "AWS::CloudWatch::Alarm")


@pytest.fixture(scope="module")
def graphs(template: dict[str, Any]) -> list[dict[str, Any]]:
    (dashboard,) = of_type(template, "AWS::CloudWatch::Dashboard").values()
    widgets = json.loads(dashboard["DashboardBody"]["Fn::Sub"])["widgets"]
    return [one["properties"] for one in widgets]


def measured(alarm: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """The metric that an alarm watches: namespace, name, dimensions."""
    namespace = alarm["Namespace"] if isinstance(alarm["Namespace"], str) else alarm["Namespace"]["Fn::Sub"]
    return namespace, alarm["MetricName"], {one["Name"]: one["Value"] for one in alarm["Dimensions"]}


def watched(made: dict[str, dict[str, Any]], metric: str, **dimensions: Any) -> bool:
    """Whether an alarm is on ``metric`` of what ``dimensions`` name."""
    return any(
        name == metric and all(place.get(key) == value for key, value in dimensions.items())
        for _, name, place in map(measured, made.values())
    )


def said_by_the_code() -> set[str]:
    """The metrics that the functions write."""
    names = set()
    for file in (ROOT / "functions").glob("*.py"):
        for call in [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]:
            if isinstance(call.func, ast.Name) and call.func.id == "count":
                names |= {one.value for one in ast.walk(call.args[0]) if isinstance(one, ast.Constant)}
    for beginning, module in OUTCOMES.items():
        assert beginning in names, f"nothing counts {beginning}..."
        names |= {f"{beginning}{outcome.title().replace('_', '')}" for outcome in answered(module)}
    assert '_tell("swept", done, "Sweep")' in HOUSEKEEPING.read_text()
    kinds = [*nudged(), *(f"Sweep_{kind}" for kind in (*swept(), *ended()))]
    return names | {kind.title().replace("_", "") for kind in kinds}


def swept() -> Iterator[str]:
    """The kinds of what a sweep does, as the modules that do it name them."""
    for module in ("stores/verbs.py", "chat/sweeping.py", "visits/folding.py"):
        yield from re.findall(r'(?:done\[|yield )"(\w+)"', (LIBRARY / module).read_text())


def nudged() -> set[str]:
    """The kinds of what keeps requests going."""
    return set(re.findall(r'done\["(requests_\w+)"\]', (LIBRARY / "rights/tending.py").read_text()))


def ended() -> set[str]:
    """The kinds of those stores whose items are deleted for having ended, and nothing else."""
    return {f"{store.name}_expired" for store in stores() if "verbs.expire(" in inspect.getsource(store.expire)}


def answered(module: Path) -> set[str]:
    """The words that a module's functions answer."""
    returns = [
        node.value for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.Return) and node.value
    ]
    words = [one for value in returns for one in (ast.walk(value) if isinstance(value, ast.IfExp) else [value])]
    named = vars(import_module(".".join(("imchat", *module.relative_to(LIBRARY).with_suffix("").parts))))
    said = [named.get(one.id) if isinstance(one, ast.Name) else getattr(one, "value", None) for one in words]
    return {one for one in said if isinstance(one, str)}


def test_every_function_is_watched_for_failing_and_for_not_being_started(
    template: dict[str, Any], made: dict[str, dict[str, Any]]
) -> None:
    functions = of_type(template, "AWS::Serverless::Function")
    assert len(functions) == 22
    for name in functions:
        for metric in ("Errors", "Throttles"):
            assert watched(made, metric, FunctionName={"Ref": name}), (name, metric)


def test_what_is_put_aside_is_told_of_and_what_waits_long_too(
    template: dict[str, Any], made: dict[str, dict[str, Any]]
) -> None:
    queues = of_type(template, "AWS::SQS::Queue")
    assert {name for name, queue in queues.items() if "RedrivePolicy" in queue} == {"TranscriptQueue"}
    for name, queue in queues.items():
        metric = "ApproximateAgeOfOldestMessage" if "RedrivePolicy" in queue else "ApproximateNumberOfMessagesVisible"
        assert watched(made, metric, QueueName={"Fn::GetAtt": [name, "QueueName"]}), name


def test_tables_the_flow_both_gateways_the_firewall_and_sign_in_are_watched(
    template: dict[str, Any], made: dict[str, dict[str, Any]]
) -> None:
    for name in of_type(template, "AWS::DynamoDB::Table"):
        assert watched(made, "ReadThrottleEvents", TableName={"Ref": name})
        assert watched(made, "WriteThrottleEvents", TableName={"Ref": name})
    assert watched(made, "ExecutionsFailed", StateMachineArn={"Ref": "RequestsMachine"})
    title = of_type(template, "AWS::Serverless::Api")["RestAPI"]["DefinitionBody"]["info"]["title"]
    assert watched(made, "5XXError", ApiName=title, Stage="api")
    assert watched(made, "IntegrationError", ApiId={"Ref": "WebsocketAPI"}, Stage="socket")
    acl = of_type(template, "AWS::WAFv2::WebACL")["Firewall"]["VisibilityConfig"]["MetricName"]
    assert watched(made, "BlockedRequests", WebACL=acl)
    assert watched(made, "SignInThrottles", UserPoolClient={"Ref": "UserPoolClient"})


def test_a_new_function_queue_or_table_has_its_alarms_by_being_there() -> None:
    resources = {
        "Fresh": {"Type": "AWS::Serverless::Function", "Properties": {}},
        "Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"RedrivePolicy": {}}},
        "Lost": {"Type": "AWS::SQS::Queue", "Properties": {}},
        "NotesTable": {"Type": "AWS::DynamoDB::Table", "Properties": {}},
    }
    nothing = set(alarms.template({})["Resources"])
    more = set(alarms.template(resources)["Resources"]) - nothing
    assert more == {
        "FreshFails",
        "FreshThrottled",
        "JobsLate",
        "LostFilled",
        "NotesTableReadsThrottled",
        "NotesTableWritesThrottled",
    }


def test_N17_a_sweep_that_does_not_run_is_told_of(made: dict[str, dict[str, Any]]) -> None:
    for name in ("SweepNotRun", "RemindersNotRun"):
        alarm = made[name]
        assert alarm["TreatMissingData"] == "breaching"
        assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert made["SweepNotRun"]["MetricName"] == "Sweeps"
    assert made["SweepNotRun"]["Period"] * made["SweepNotRun"]["EvaluationPeriods"] == 7200


def test_what_rings_where_nothing_is_measured_has_its_usual_time_on_a_new_stage_too(
    template: dict[str, Any], made: dict[str, dict[str, Any]]
) -> None:
    points = {(one["MetricName"], str(one["Dimensions"])): one["Value"] for one in alarms.first_points()}
    ringing = {name: one for name, one in made.items() if one["TreatMissingData"] == "breaching"}
    assert set(ringing) == {"SweepNotRun", "NudgeNotRun", "RemindersNotRun", "ProofNotMade"}
    assert {(one["MetricName"], str(one["Dimensions"])) for one in ringing.values()} == set(points)
    # Nought is what such a stage has done; and a point is enough for the alarm, whatever it says.
    assert set(points.values()) == {0.0}
    assert {one["Statistic"] for one in ringing.values()} == {"SampleCount"}
    assert {one["Namespace"]["Fn::Sub"].replace("${Stage}", "prod") for one in ringing.values()} == {name_of("prod")}
    # The first run comes before that time is over.
    every = {"rate(1 hour)": 3600, "cron(0 7 * * ? *)": 86400}
    schedules = of_type(template, "AWS::Events::Rule")
    for name, what in (("SweepNotRun", "Sweep"), ("NudgeNotRun", "Nudge"), ("RemindersNotRun", "Reminders")):
        seconds = every[schedules[f"{what}Schedule"]["ScheduleExpression"]]
        assert seconds <= ringing[name]["Period"] * ringing[name]["EvaluationPeriods"] <= max(7200, seconds)


def test_mail_that_comes_back_is_told_of_before_ses_stops_us(made: dict[str, dict[str, Any]]) -> None:
    assert made["BouncesMany"]["MetricName"] == "Reputation.BounceRate"
    assert made["BouncesMany"]["Threshold"] == 0.05
    assert made["ComplaintsMany"]["MetricName"] == "Reputation.ComplaintRate"
    assert made["ComplaintsMany"]["Threshold"] == 0.001


def test_overdue_requests_are_told_of(made: dict[str, dict[str, Any]]) -> None:
    assert made["RequestsOverdue"]["MetricName"] == "RequestsOverdue"
    assert made["RequestsOverdue"]["Threshold"] == 0
    assert made["RequestsNeedAttention"]["MetricName"] == "RequestsNeedAttention"


def test_every_alarm_tells_somebody_what_it_means_and_where_to_read_what_to_do(
    template: dict[str, Any], made: dict[str, dict[str, Any]]
) -> None:
    chapters = set(re.findall(r"^## (.+)$", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE))
    for name, alarm in made.items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "Alarms"}], name
        assert template["Resources"][name]["Condition"] == "Guarded"
        says = re.fullmatch(r"[A-Z].+\. What to do: docs/operations\.md, “(.+)”\.", alarm["AlarmDescription"])
        assert says, alarm["AlarmDescription"]
        assert says[1] in chapters, name


def test_whatever_is_watched_or_shown_is_measured(
    made: dict[str, dict[str, Any]], graphs: list[dict[str, Any]]
) -> None:
    known = AWS | {"imchat-${Stage}": said_by_the_code()}
    seen = {measured(alarm)[:2] for alarm in made.values()}
    seen |= {(metric[0], metric[1]) for graph in graphs for metric in graph["metrics"]}
    assert {one for one in seen if one[1] not in known.get(one[0], ())} == set()
    # What stands in the list above is looked at.
    assert {(namespace, name) for namespace, names in AWS.items() for name in names} - seen == set()


def test_the_stages_of_an_account_do_not_count_together(template: dict[str, Any]) -> None:
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    assert variables["POWERTOOLS_METRICS_NAMESPACE"] == alarms.OURS
    assert variables["POWERTOOLS_SERVICE_NAME"] == alarms.SERVICE["service"]


def test_the_dashboard_shows_every_function_queue_table_and_store(
    template: dict[str, Any], graphs: list[dict[str, Any]]
) -> None:
    body = json.dumps(graphs)
    for name in (
        *of_type(template, "AWS::Serverless::Function"),
        *of_type(template, "AWS::DynamoDB::Table"),
        *(f"{queue}.QueueName" for queue in of_type(template, "AWS::SQS::Queue")),
    ):
        assert f"${{{name}}}" in body, name
    # What it names is there for CloudFormation to fill in.
    named = set(re.findall(r"\$\{(\w+)", body)) - {"AWS", "Stage"}
    assert named <= set(template["Resources"])
    shown = {metric[1] for graph in graphs for metric in graph["metrics"]}
    assert len(ended()) == 5
    assert {f"Sweep{kind.title().replace('_', '')}" for kind in ended()} <= shown

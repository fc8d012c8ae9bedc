"""What the service's owner looks at: one page of CloudWatch, made from the template like the alarms."""

import json
from typing import Any

from infra.alarms import SERVICE

# What the sweep counts of the stores beside the chats (functions/housekeeping.py).
_ENDED = tuple(f"Sweep{name}Expired" for name in ("Correspondence", "Disclosures", "Evidence", "Purchases", "Requests"))
_PERIOD = 300
_WIDTH, _HEIGHT = 8, 6
Metric = list[Any]


def template(resources: dict[str, Any]) -> dict[str, Any]:
    """The part of the template with the dashboard of ``resources`` (a template's, as complete as it is)."""
    across = 24 // _WIDTH
    widgets = [
        {
            "type": "metric",
            "x": place % across * _WIDTH,
            "y": place // across * _HEIGHT,
            "width": _WIDTH,
            "height": _HEIGHT,
            "properties": graph,
        }
        for place, graph in enumerate(_graphs(resources))
    ]
    return {
        "Resources": {
            "Dashboard": {
                "Type": "AWS::CloudWatch::Dashboard",
                "Properties": {
                    "DashboardName": {"Fn::Sub": "imchat-${Stage}"},
                    "DashboardBody": {"Fn::Sub": json.dumps({"widgets": widgets})},
                },
            }
        }
    }


def _graphs(resources: dict[str, Any]) -> list[dict[str, Any]]:
    functions = _named(resources, "AWS::Serverless::Function")
    queues = _named(resources, "AWS::SQS::Queue")
    machines = _named(resources, "AWS::StepFunctions::StateMachine")
    kept = _named(resources, "AWS::DynamoDB::Table")
    sockets = ["ApiId", "${WebsocketAPI}", "Stage", resources["WebsocketAPIStage"]["Properties"]["StageName"]]
    rest = ["ApiName", "imchat-${Stage}", "Stage", resources["RestAPI"]["Properties"]["StageName"]]
    return [
        _graph("Chats", _own("ChatsOpened", "ChatsClosed", "ChatsDeleted")),
        _graph("Messages", _own("MessagesPosted", "RepliesPosted", "NotesPosted")),
        _graph("Live connections", [["AWS/ApiGateway", name, *sockets] for name in ("ConnectCount", "MessageCount")]),
        _graph("Failures", [*_own("Failures"), *_each(functions, "AWS/Lambda", "Errors", "FunctionName")]),
        _graph("Put off", [*_each(functions, "AWS/Lambda", "Throttles", "FunctionName"),
                           *_each(kept, "AWS/DynamoDB", "ReadThrottleEvents", "TableName"),
                           *_each(kept, "AWS/DynamoDB", "WriteThrottleEvents", "TableName")]),
        _graph("API: refused, failed, blocked", [
            *(["AWS/ApiGateway", name, *rest] for name in ("4XXError", "5XXError")),
            ["AWS/WAFV2", "BlockedRequests", "WebACL", "imchat-${Stage}", "Rule", "ALL", "Region", "${AWS::Region}"]]),
        _graph("API: ms", [["AWS/ApiGateway", "Latency", *rest, {"stat": stat}] for stat in ("p50", "p99")]),
        _graph("Functions: ms, the middle one", _each(functions, "AWS/Lambda", "Duration", "FunctionName"), "p50"),
        _graph("Functions: ms, one in a hundred", _each(functions, "AWS/Lambda", "Duration", "FunctionName"), "p99"),
        _graph("Queues: seconds that the oldest waits",
               _each(queues, "AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName"), "Maximum"),
        _graph("Queues: how many wait",
               _each(queues, "AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName"), "Maximum"),
        _graph("Functions at once",
               [["AWS/Lambda", "ClaimedAccountConcurrency"],
                *_each(functions, "AWS/Lambda", "ConcurrentExecutions", "FunctionName")], "Maximum"),
        _graph("Mail sent", _own("TranscriptSent", "TranscriptFailed", "TranscriptBounced", "RequestMailSent",
                                 "TranscriptsNotSentNow", "RequestMailsNotSentNow")),
        _graph("Mail that came back or was called spam",
               [["AWS/SES", f"Reputation.{rate}Rate"] for rate in ("Bounce", "Complaint")], "Maximum"),
        _graph("Mail to us", _own("InboundKept", "InboundFiled", "InboundCandidate", "InboundGone")),
        _graph("Requests", _own("RequestsReceived", "CopiesFetched", "RequestsNeedAttention")),
        _graph("Requests: due soon, overdue", _own("RequestsDueSoon", "RequestsOverdue"), "Maximum"),
        _graph("Flow of requests", [
            *_each(machines, "AWS/States", "ExecutionsStarted", "StateMachineArn"),
            *_each(machines, "AWS/States", "ExecutionsFailed", "StateMachineArn")]),
        _graph("By the clock", _own("Sweeps", "SweepUnfinished", "Nudges", "RequestsNudged")),
        _graph("Deleted because they ended", _own("SweepExpired", "SweepPageExpired", *_ENDED)),
        _graph("Signed in", _own("SignIns")),
    ]  # fmt: skip


def _named(resources: dict[str, Any], kind: str) -> list[str]:
    return [name for name, one in resources.items() if one["Type"] == kind]


def _own(*names: str) -> list[Metric]:
    (dimension,) = SERVICE.items()
    return [["imchat-${Stage}", name, *dimension] for name in names]


def _each(names: list[str], namespace: str, metric: str, dimension: str) -> list[Metric]:
    """A metric of each resource, named as in the template."""
    attribute = ".QueueName" if dimension == "QueueName" else ""
    return [[namespace, metric, dimension, f"${{{name}{attribute}}}", {"label": name}] for name in names]


def _graph(title: str, metrics: list[Metric], stat: str = "Sum") -> dict[str, Any]:
    return {
        "title": title,
        "metrics": metrics,
        "stat": stat,
        "period": _PERIOD,
        "region": "${AWS::Region}",
        "view": "timeSeries",
    }

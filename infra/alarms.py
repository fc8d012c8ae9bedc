"""What tells an engineer: an alarm for each way in which a function, a queue, a table, an API or the flow of requests
can fail, made from the template itself, so that a new one has its alarms by being there; and for what should have
happened and did not. Each says what it means and where docs/operations.md says what to do."""

from typing import Any

# The service's own metrics (functions/observe.py): a namespace for each stage, one dimension.
OURS = {"Fn::Sub": "imchat-${Stage}"}
SERVICE = {"service": "imchat"}
# Chapters of docs/operations.md.
FAILS, QUEUE, DEAD = "When a function fails", "Queue is old", "Dead letters"
BUSY, CLOCK, MAIL = "Too much at once", "What runs by the clock", "Mail that bounces"
REQUESTS, MACHINE = "An overdue request", "State machine failed"
_MINUTES, _HOUR, _DAY = 300, 3600, 86400


def template(resources: dict[str, Any]) -> dict[str, Any]:
    """The part of the template with the alarms of ``resources`` (a template's, as complete as it is)."""
    made = _of_the_service()
    for name, resource in resources.items():
        made |= {f"{name}{what}": one for what, one in _OF.get(resource["Type"], _nothing)(name, resource).items()}
    return {"Resources": made}


def _of_function(name: str, _: dict[str, Any]) -> dict[str, Any]:
    place = {"FunctionName": {"Ref": name}}
    return {
        "Fails": _alarm(f"{name} ended with an error or ran out of time.", FAILS, ("AWS/Lambda", "Errors", place)),
        "Throttled": _alarm(
            f"{name} was not started, since too many functions ran at once.", BUSY, ("AWS/Lambda", "Throttles", place)
        ),
    }


def _of_queue(name: str, resource: dict[str, Any]) -> dict[str, Any]:
    place = {"QueueName": {"Fn::GetAtt": [name, "QueueName"]}}
    if "RedrivePolicy" not in resource["Properties"]:
        waiting = ("AWS/SQS", "ApproximateNumberOfMessagesVisible", place)
        return {"Filled": _alarm(f"What failed for good waits in {name}.", DEAD, waiting, statistic="Maximum")}
    age = ("AWS/SQS", "ApproximateAgeOfOldestMessage", place)
    return {
        "Late": _alarm(
            f"A job has waited in {name} for a quarter of an hour.", QUEUE, age, statistic="Maximum", above=900
        )
    }


def _of_table(name: str, _: dict[str, Any]) -> dict[str, Any]:
    place = {"TableName": {"Ref": name}}
    return {
        f"{what}sThrottled": _alarm(
            f"DynamoDB put off {what.lower()}s of {name}.", BUSY, ("AWS/DynamoDB", f"{what}ThrottleEvents", place)
        )
        for what in ("Read", "Write")
    }


def _of_machine(name: str, _: dict[str, Any]) -> dict[str, Any]:
    failed = ("AWS/States", "ExecutionsFailed", {"StateMachineArn": {"Ref": name}})
    says = "The flow of a data-protection request ended in failure; the nudger starts it again within the hour."
    return {"Fails": _alarm(says, MACHINE, failed)}


def _of_rest_api(name: str, resource: dict[str, Any]) -> dict[str, Any]:
    place = {"ApiName": OURS, "Stage": resource["Properties"]["StageName"]}
    failed, slow = (("AWS/ApiGateway", metric, place) for metric in ("5XXError", "Latency"))
    return {
        "Fails": _alarm("The API answered with 5xx more than now and then.", FAILS, failed, above=5),
        "Slow": _alarm(
            "One call of the API in a hundred took longer than three seconds.", BUSY, slow,
            statistic="p99", above=3000, periods=3,
        ),
    }  # fmt: skip


def _of_sockets(name: str, resource: dict[str, Any]) -> dict[str, Any]:
    place = {"ApiId": resource["Properties"]["ApiId"], "Stage": resource["Properties"]["StageName"]}
    failed = ("AWS/ApiGateway", "IntegrationError", place)
    return {"Fails": _alarm("Frames of live connections were not taken.", FAILS, failed, above=5)}


def _of_firewall(name: str, resource: dict[str, Any]) -> dict[str, Any]:
    acl = resource["Properties"]["VisibilityConfig"]["MetricName"]
    place = {"WebACL": acl, "Rule": "ALL", "Region": {"Ref": "AWS::Region"}}
    says = "Somebody calls the API far too often; the firewall refuses them."
    return {"Busy": _alarm(says, BUSY, ("AWS/WAFV2", "BlockedRequests", place), above=1000)}


def _of_client(name: str, resource: dict[str, Any]) -> dict[str, Any]:
    place = {"UserPool": resource["Properties"]["UserPoolId"], "UserPoolClient": {"Ref": name}}
    says = "Cognito put off people who wanted to sign in."
    return {"Throttled": _alarm(says, BUSY, ("AWS/Cognito", "SignInThrottles", place))}


def _nothing(name: str, resource: dict[str, Any]) -> dict[str, Any]:
    return {}


_OF = {
    "AWS::Serverless::Function": _of_function,
    "AWS::SQS::Queue": _of_queue,
    "AWS::DynamoDB::Table": _of_table,
    "AWS::StepFunctions::StateMachine": _of_machine,
    "AWS::Serverless::Api": _of_rest_api,
    "AWS::ApiGatewayV2::Stage": _of_sockets,
    "AWS::WAFv2::WebACL": _of_firewall,
    "AWS::Cognito::UserPoolClient": _of_client,
}


def _of_the_service() -> dict[str, Any]:
    """What stands for no one resource."""
    return {
        "CallsFail": _alarm("A function met what it did not expect.", FAILS, _own("Failures")),
        "RequestsOverdue": _alarm(
            "A data-protection request has not been answered in time.", REQUESTS, _own("RequestsOverdue"),
            statistic="Maximum", period=_DAY,
        ),
        "RequestsNeedAttention": _alarm(
            "A task of a data-protection request failed for good; the desk can go on when the cause is gone.",
            REQUESTS, _own("RequestsNeedAttention"),
        ),
        "SweepNotRun": _alarm(
            "No hourly sweep has come to its end for two hours; until one does, what has ended is unreadable but not "
            "deleted.", CLOCK, _own("Sweeps"), statistic="SampleCount", below=1, period=_HOUR, periods=2,
        ),
        "NudgeNotRun": _alarm(
            "For two hours nothing has looked whether requests go on.", CLOCK, _own("Nudges"),
            statistic="SampleCount", below=1, period=_HOUR, periods=2,
        ),
        "SweepUnfinished": _alarm(
            "For three hours the sweep has not got through what is due.", CLOCK, _own("SweepUnfinished"),
            period=_HOUR, periods=3,
        ),
        "RemindersNotRun": _alarm(
            "The desk has not been told for a day what is due.", CLOCK, _own("RequestsOverdue"),
            statistic="SampleCount", below=1, period=_DAY,
        ),
        "ProofNotMade": _alarm(
            "Nothing has looked for a day whether the notice is kept.", CLOCK, _own("Proofs"),
            statistic="SampleCount", below=1, period=_DAY,
        ),
        # Of the whole account: SES stops it at 10 % and 0.5 %, and warns at these.
        "BouncesMany": _alarm(
            "Of the mail sent, 5 % or more came back.", MAIL, ("AWS/SES", "Reputation.BounceRate", {}),
            statistic="Maximum", period=_HOUR, above=0.05,
        ),
        "ComplaintsMany": _alarm(
            "Of those who got mail, one in a thousand or more called it spam.", MAIL,
            ("AWS/SES", "Reputation.ComplaintRate", {}), statistic="Maximum", period=_HOUR, above=0.001,
        ),
        "ManyFunctionsAtOnce": _alarm(
            "Four fifths of the functions that the account may run at once are running.", BUSY,
            ("AWS/Lambda", "ClaimedAccountConcurrency", {}), statistic="Maximum", above={"Ref": "ManyAtOnce"},
        ),
    }  # fmt: skip


def first_points() -> list[dict[str, Any]]:
    """What is put into a new stage's metrics before its alarms are there: nought of each that rings where nothing is
    measured. Their alarms count measurements, whatever these say, and so ring from when the first should have come."""
    watched = [one["Properties"] for one in _of_the_service().values()]
    return [
        {"MetricName": one["MetricName"], "Dimensions": one["Dimensions"], "Value": 0.0}
        for one in watched
        if one["TreatMissingData"] == "breaching"
    ]


def _own(metric: str) -> tuple[Any, str, dict[str, Any]]:
    return OURS, metric, SERVICE


def _alarm(
    says: str,
    chapter: str,
    metric: tuple[Any, str, dict[str, Any]],
    *,
    statistic: str = "Sum",
    period: int = _MINUTES,
    periods: int = 1,
    above: Any = 0,
    below: int | None = None,
) -> dict[str, Any]:
    """An alarm on ``metric`` (namespace, name, dimensions) over ``periods`` of ``period`` seconds: where it is
    ``above``, or ``below``, which nothing measured is too."""
    namespace, name, dimensions = metric
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Condition": "Guarded",
        "Properties": {
            "AlarmDescription": f"{says} What to do: docs/operations.md, “{chapter}”.",
            "Namespace": namespace,
            "MetricName": name,
            "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
            "ExtendedStatistic" if statistic.startswith("p") else "Statistic": statistic,
            "Period": period,
            "EvaluationPeriods": periods,
            "Threshold": above if below is None else below,
            "ComparisonOperator": "GreaterThanThreshold" if below is None else "LessThanThreshold",
            "TreatMissingData": "notBreaching" if below is None else "breaching",
            "AlarmActions": [{"Ref": "Alarms"}],
            "OKActions": [{"Ref": "Alarms"}],
        },
    }

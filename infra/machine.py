"""The flow of a rights request as a state machine, one branch for each store: a new kind of personal data gets its
branch by being there. Its history keeps inputs for 90 days, so nothing goes through it but references.

States are written in JSONata, but for the Distributed Map: JSONPath is what both AWS and the emulator read there."""

from typing import Any

from imchat.register.stores import stores
from imchat.stores.requests import ATTENTION, AWAITING_IDENTITY, COMPLAINT, DELIVERY, IDENTITY, IN_PROGRESS, REVIEW

_REQUEST = "{% $states.context.Execution.Input.request %}"
# Enough for a Lambda or a table that is throttled, or a deployment in between; then somebody has to look.
_RETRY = {
    "ErrorEquals": ["States.ALL"],
    "IntervalSeconds": 2,
    "MaxAttempts": 3,
    "BackoffRate": 4,
    "JitterStrategy": "FULL",
}
_DECIDED = "DynamoDb.ConditionalCheckFailedException"
_AT_ONCE = 4


def names() -> list[str]:
    """The stores that a request searches, in the order of the notice."""
    return [store.name for store in stores() if store.activity.categories]


def definition() -> dict[str, Any]:
    """The state machine; ``${...}`` are filled in by CloudFormation."""
    in_progress = {":in_progress": {"S": IN_PROGRESS}}
    return {
        "Comment": "A rights request, from proof of identity to its end. Only references go through it.",
        "StartAt": "Begin",
        "States": {
            "Begin": _task("Searcher", "begin", "Begun?"),
            "Begun?": _choice({"wait": "Identity", "search": "Search", "tell": "Delivery"}),
            "Identity": _wait(IDENTITY, "#status = :awaiting", {":awaiting": {"S": AWAITING_IDENTITY}}, "Begin"),
            "Search": {
                "Type": "Parallel",
                "QueryLanguage": "JSONata",
                "Branches": [_branch("Searcher", "search", name) for name in names()],
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Search failed"}],
                "Next": "Searched",
            },
            "Searched": _task("Searcher", "searched", "Searched?", counts="{% $states.input %}"),
            "Searched?": _choice({"export": "Export", "tell": "Review"}),
            "Export": {
                "Type": "Map",
                "QueryLanguage": "JSONPath",
                "Label": "Export",
                "ItemReader": {
                    "Resource": "arn:aws:states:::s3:listObjectsV2",
                    "Parameters": {
                        "Bucket": "${PartsBucket}",
                        "Prefix.$": "States.Format('{}/found/', $$.Execution.Input.request)",
                    },
                },
                "ItemSelector": {"found.$": "$$.Map.Item.Value.Key"},
                "MaxConcurrency": _AT_ONCE,
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                    "StartAt": "Export part",
                    "States": {
                        "Export part": _lambda("Searcher", {"task": "export", "found": "{% $states.input.found %}"})
                        | {"Output": {}, "End": True}
                    },
                },
                "ResultPath": None,
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Export failed"}],
                "Next": "Review",
            },
            "Review": _wait(
                REVIEW, "#status = :in_progress AND attribute_not_exists(approved_at)", in_progress, "Decide"
            ),
            "Decide": _task("Searcher", "decide", "Decided?"),
            "Decided?": _choice(
                {"wait": "Review", "again": "Begin", "copy": "Copy", "change": "Change", "tell": "Delivery"}
            ),
            "Delivery": _wait(
                DELIVERY,
                "#status = :in_progress AND (attribute_exists(approved_at) OR #type = :complaint)",
                in_progress | {":complaint": {"S": COMPLAINT}},
                "Decide",
            ),
            "Copy": _task("Copier", "copy", "Delivery"),
            "Change": {
                "Type": "Parallel",
                "QueryLanguage": "JSONata",
                "Branches": [_branch("Changer", "change", name) for name in names()],
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Change failed"}],
                "Next": "Receipt",
            },
            "Receipt": _task("Changer", "receipt", "Finish"),
            # What fails here has been answered: the flow is started again within the hour.
            "Finish": _lambda("Searcher", {"task": "finish", "request": _REQUEST}) | {"Output": {}, "Next": "Done"},
            "Done": {"Type": "Succeed"},
            **{
                f"{name} failed": _lambda("Searcher", {"task": "fail", "request": _REQUEST, "failed": name.lower()})
                | {"Output": {}, "Next": "Attention"}
                for name in ("Begin", "Search", "Searched", "Export", "Decide", "Copy", "Change", "Receipt")
            },
            "Attention": _wait(ATTENTION, "#status = :in_progress AND attribute_exists(failed)", in_progress, "Begin"),
        },
    }


def _task(function: str, task: str, following: str, **more: str) -> dict[str, Any]:
    return _lambda(function, {"task": task, "request": _REQUEST} | more) | {
        "Output": "{% $states.result.Payload %}",
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": f"{task.title()} failed"}],
        "Next": following,
    }


def _branch(function: str, task: str, store: str) -> dict[str, Any]:
    name = f"{task.title()} {store}"
    work = _lambda(function, {"task": task, "store": store, "request": _REQUEST})
    return {"StartAt": name, "States": {name: work | {"Output": "{% $states.result.Payload %}", "End": True}}}


def _lambda(function: str, payload: dict[str, str]) -> dict[str, Any]:
    return {
        "Type": "Task",
        "QueryLanguage": "JSONata",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": f"${{{function}}}", "Payload": payload},
        "Retry": [_RETRY],
    }


def _wait(step: str, until: str, values: dict[str, Any], following: str) -> dict[str, Any]:
    """Leave a token in the request and wait for it to come back, unless what is waited for has happened already: one
    conditional write, so that no decision falls between the two."""
    names = {"#step": "step", "#token": "token", "#status": "status"} | ({"#type": "type"} if "#type" in until else {})
    return {
        "Type": "Task",
        "QueryLanguage": "JSONata",
        "Resource": "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken",
        "Arguments": {
            "TableName": "${RequestsTable}",
            "Key": {"pk": {"S": _REQUEST}},
            "UpdateExpression": "SET #step = :step, #token = :token",
            "ConditionExpression": until,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values
            | {":step": {"S": step}, ":token": {"S": "{% $states.context.Task.Token %}"}},
        },
        "Output": {},
        "Retry": [{"ErrorEquals": [_DECIDED], "MaxAttempts": 0}, _RETRY],
        "Catch": [{"ErrorEquals": [_DECIDED], "Output": {}, "Next": following}],
        "Next": following,
    }


def _choice(ways: dict[str, str]) -> dict[str, Any]:
    return {
        "Type": "Choice",
        "QueryLanguage": "JSONata",
        "Choices": [
            {"Condition": f"{{% $states.input.go = '{go}' %}}", "Next": following} for go, following in ways.items()
        ],
        "Default": "Finish",
    }


def template() -> dict[str, Any]:
    """The part of the template with the state machine; its role and name stand in infra/stack/answers.yaml."""
    return {"Resources": {"RequestsMachine": {"Properties": {"Definition": definition()}}}}

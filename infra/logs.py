"""Where everything logs: a group for each function, both APIs and the flow of requests, encrypted, and ending."""

from typing import Any

# Months of quiet are not kept: lines hold references and times, and whoever looks into a failure does so within days.
DAYS = 30
# What API Gateway and Step Functions write beside the functions: logical id, name.
_OTHERS = {
    "RestAPILogs": "/aws/apigateway/${AWS::StackName}-rest",
    "WebsocketAPILogs": "/aws/apigateway/${AWS::StackName}-sockets",
    "RequestsMachineLogs": "/aws/vendedlogs/states/${AWS::StackName}-requests",
}


def template(functions: list[str]) -> dict[str, Any]:
    """The part of the template with the log groups of ``functions``, by their logical ids, and of all else."""
    names = {f"{function}Logs": f"/aws/lambda/${{{function}}}" for function in functions}
    return {"Resources": {name: _group(path) for name, path in (names | _OTHERS).items()}}


def _group(path: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {
            "LogGroupName": {"Fn::Sub": path},
            "RetentionInDays": DAYS,
            "KmsKeyId": {"Fn::GetAtt": ["DataKey", "Arn"]},
        },
    }

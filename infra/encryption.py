"""Who may use the key that encrypts what is kept: the stack's own roles, topics, queues and log groups, each by its
name. By the stack's name alone, a sibling called "<stack>-x" would be let in too."""

import re
from typing import Any

# API Gateway writes logs by one role for the whole account; it keeps no data.
_WITHOUT_DATA = {"GatewayLogsRole"}


def let_in(resources: dict[str, Any]) -> None:
    """Fill in, in the policy of DataKey among a template's resources, whom its statements name. The key cannot refer to
    them, for they refer to it; CloudFormation calls each <stack>-<logical id>-<random>."""
    statements = {one["Sid"]: one for one in resources["DataKey"]["Properties"]["KeyPolicy"]["Statement"]}

    def named(kind: str, service: str, before: str = "") -> list[dict[str, str]]:
        names = sorted(name for name, one in resources.items() if one["Type"] == kind and name not in _WITHOUT_DATA)
        place = "${AWS::Region}" if service != "iam" else ""
        start = f"arn:${{AWS::Partition}}:{service}:{place}:${{AWS::AccountId}}:{before}${{AWS::StackName}}"
        return [{"Fn::Sub": f"{start}-{name}-*"} for name in names]

    roles, topics = named("AWS::IAM::Role", "iam", "role/"), named("AWS::SNS::Topic", "sns")
    _only(statements["OurFunctionsThroughWhatKeepsTheData"], "aws:PrincipalArn", roles)
    _only(statements["AlarmsAndFeedbackIntoTopics"], "kms:EncryptionContext:aws:sns:topicArn", topics)
    queues = named("AWS::SQS::Queue", "sqs")
    _only(statements["EventsIntoDeadLetters"], "kms:EncryptionContext:aws:sqs:arn", queues)
    groups = [one["Properties"]["LogGroupName"] for one in resources.values() if one["Type"] == "AWS::Logs::LogGroup"]
    patterns = [_group(name) for name in sorted(group["Fn::Sub"] for group in groups)]
    _only(statements["Logs"], "kms:EncryptionContext:aws:logs:arn", patterns)


def _only(statement: dict[str, Any], key: str, patterns: list[dict[str, str]]) -> None:
    statement.setdefault("Condition", {})["ArnLike"] = {key: patterns}


def _group(name: str) -> dict[str, str]:
    """The pattern of a log group; that of a function has the function's name in it, which begins with the stack's."""
    own = re.sub(r"\$\{(\w+)\}", r"${AWS::StackName}-\1-*", name)
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:{own}"}

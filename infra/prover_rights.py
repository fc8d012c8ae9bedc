"""What the prover may look at: settings, and how much is due. It reads nothing that is kept of people, and
writes nothing but the proof."""

from collections.abc import Iterable

from imchat.register.stores import stores
from infra import buckets, tables
from infra.statements import EVERYTHING, Statement, allow, arn, listing, objects, own_arn

_QUEUES = ("TranscriptQueue", "TranscriptDeadLetters", "InboundDeadLetters", "ScheduleDeadLetters")
_BY_THE_CLOCK = ("Sweeper", "Nudger", "Reminders")
_RULES = ("SweepSchedule", "NudgeSchedule", "RemindersSchedule")
# Roles that are no function's.
_OTHER_ROLES = ("RequestsMachine", "GatewayLogs")


def _counts() -> Statement:
    """How many items of each store are due: their number, and not even their keys."""
    names = [store.name for store in stores() if any(hasattr(model, "due_index") for model in store.models)]
    places = ({"Fn::Sub": f"${{{tables.logical_id(name)}.Arn}}/index/due"} for name in names)
    return allow(("dynamodb:Query",), *places, condition={"StringEquals": {"dynamodb:Select": "COUNT"}})


def _named(service: str, before: str, names: Iterable[str], *, region: bool = True) -> list[Statement]:
    """ARNs of the stack's resources by how CloudFormation calls them, <stack>-<logical id>-<random>: to refer to them
    would go round in a circle, and by the stack's name alone a sibling called "<stack>-x" would be looked at too."""
    place = "${AWS::Region}" if region else ""
    start = f"arn:${{AWS::Partition}}:{service}:{place}:${{AWS::AccountId}}:{before}${{AWS::StackName}}"
    return [{"Fn::Sub": f"{start}-{name}-*"} for name in names]


def prover(functions: Iterable[str]) -> tuple[Statement, ...]:
    """The statements of the prover's role on a stack with these ``functions``, by their logical ids."""
    every = sorted(functions)
    return (
    allow(
        ("cloudformation:DescribeStacks", "cloudformation:GetTemplate", "cloudformation:ListStackResources"),
        own_arn("cloudformation", "stack/${AWS::StackName}/*"),
    ),
    allow(
        ("iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"),
        *_named("iam", "role/", [f"{name}Role" for name in (*every, *_OTHER_ROLES)], region=False),
    ),
    allow(("lambda:GetFunctionConfiguration",), *_named("lambda", "function:", every)),
    allow(("lambda:GetLayerVersion",), own_arn("lambda", "layer:imchat-${Stage}:*")),
    allow(("events:DescribeRule", "events:ListTargetsByRule"), *_named("events", "rule/", _RULES)),
    allow(
        ("dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive"),
        *(arn(tables.logical_id(name)) for name in tables.names()),
    ),
    _counts(),
    allow(
        (
            "s3:GetBucketPolicy", "s3:GetBucketPolicyStatus", "s3:GetBucketPublicAccessBlock", "s3:GetBucketVersioning",
            "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration",
        ),
        *(arn(f"{name}Bucket") for name in (*buckets.DAYS, buckets.PAGES, buckets.PROOF)),
    ),
    allow(("sqs:GetQueueAttributes", "sqs:ListQueueTags"), *(arn(name) for name in _QUEUES)),
    allow(
        ("logs:FilterLogEvents",),
        *_named("logs", "log-group:/aws/lambda/", _BY_THE_CLOCK),
    ),
    allow(("cognito-idp:DescribeUserPool",), arn("UserPool")),
    allow(("ses:GetEmailIdentity",), own_arn("ses", "identity/*")),
    allow(
        ("apigateway:GET",),
        {"Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${RestAPI}/stages"},
    ),
    allow(("kms:GetKeyRotationStatus",), arn("DataKey")),
    allow(("cloudwatch:DescribeAlarms",), own_arn("cloudwatch", "alarm:*")),
    allow(("sns:ListSubscriptionsByTopic", "sns:Publish"), {"Ref": "Alarms"}),
    # AWS knows no narrower resource of these.
    allow(
        (
            "dynamodb:ListBackups", "logs:DescribeLogGroups",
            "ses:DescribeActiveReceiptRuleSet",
        ),
        EVERYTHING,
    ),
    # The proof, and the key that signs it and nothing else.
    objects("Proof", "GetObject", "PutObject"),
    listing("Proof"),
    allow(("kms:Sign",), arn("ProofKey")),
    allow(("sqs:SendMessage",), arn("ScheduleDeadLetters")),
    )  # fmt: skip

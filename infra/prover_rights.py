"""What the prover may look at: settings, and how much is due. It reads nothing that is kept of people, and
writes nothing but the proof."""

from imchat.register.stores import stores
from infra import buckets, tables
from infra.statements import EVERYTHING, Statement, allow, arn, listing, objects, own_arn

_QUEUES = ("TranscriptQueue", "TranscriptDeadLetters", "InboundDeadLetters", "ScheduleDeadLetters")
_BY_THE_CLOCK = ("Sweeper", "Nudger", "Reminders")


def _counts(store: str) -> Statement:
    """How many items of a store are due: their number, and not even their keys."""
    place = {"Fn::Sub": f"${{{tables.logical_id(store)}.Arn}}/index/due"}
    return allow(("dynamodb:Query",), place, condition={"StringEquals": {"dynamodb:Select": "COUNT"}})


PROVER: tuple[Statement, ...] = (
    # Its own stack, by names that begin as the stack's do: to refer to roles and functions would go round in a circle.
    allow(
        ("cloudformation:DescribeStacks", "cloudformation:GetTemplate", "cloudformation:ListStackResources"),
        own_arn("cloudformation", "stack/${AWS::StackName}/*"),
    ),
    allow(
        ("iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"),
        {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${AWS::StackName}-*"},
    ),
    allow(("lambda:GetFunctionConfiguration",), own_arn("lambda", "function:${AWS::StackName}-*")),
    allow(("lambda:GetLayerVersion",), own_arn("lambda", "layer:imchat-${Stage}:*")),
    allow(("events:DescribeRule", "events:ListTargetsByRule"), own_arn("events", "rule/${AWS::StackName}-*")),
    allow(
        ("dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive"),
        *(arn(tables.logical_id(name)) for name in tables.names()),
    ),
    *(_counts(store.name) for store in stores() if any(hasattr(model, "due_index") for model in store.models)),
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
        *(own_arn("logs", f"log-group:/aws/lambda/${{AWS::StackName}}-{name}-*") for name in _BY_THE_CLOCK),
    ),
    allow(("cognito-idp:DescribeUserPool",), arn("UserPool")),
    allow(("ses:GetEmailIdentity",), own_arn("ses", "identity/*")),
    allow(
        ("apigateway:GET",),
        {"Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${RestAPI}/stages"},
    ),
    allow(("kms:GetKeyRotationStatus",), arn("DataKey")),
    allow(("sns:ListSubscriptionsByTopic", "sns:Publish"), {"Ref": "Alarms"}),
    # AWS knows no narrower resource of these.
    allow(
        (
            "cloudwatch:DescribeAlarms", "dynamodb:ListBackups", "logs:DescribeLogGroups",
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

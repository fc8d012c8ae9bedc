"""Statements of policies, in the words of this system: a table by its store, a bucket, a queue."""

from typing import Any

from imchat.stores.base import OUTLINE
from infra.tables import logical_id

Statement = dict[str, Any]

# For actions that AWS knows no narrower resource of: X-Ray's segments belong to nothing that has a name; who sends back
# the token of a task has shown that it was given to them.
EVERYTHING = "*"


def allow(actions: tuple[str, ...], *resources: Any, condition: Statement | None = None) -> Statement:
    """That ``actions`` may be done on ``resources``, as CloudFormation names them."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return statement | ({"Condition": condition} if condition else {})


def arn(logical: str) -> Statement:
    """The ARN of a resource by its logical id."""
    return {"Fn::GetAtt": [logical, "Arn"]}


def own_arn(service: str, rest: str) -> Statement:
    """An ARN of this account and region; ``${...}`` are the template's."""
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{rest}"}


def table(store: str, *actions: str) -> Statement:
    """Items of a store's table. A batch write may put as well as delete: AWS has no right to do but one of them."""
    return allow(tuple(f"dynamodb:{action}" for action in actions), arn(logical_id(store)))


def index(store: str, *names: str) -> Statement:
    """Keys of a store's items, by these of its indexes."""
    places = ({"Fn::Sub": f"${{{logical_id(store)}.Arn}}/index/{name}"} for name in names)
    return allow(("dynamodb:Query",), *places)


def outline(store: str) -> Statement:
    """Whether an item of the store is there, and whose it is: nothing of what it says. Who asks for less than all of
    an item must name what, and may name these. That all was asked for is refused by what was selected too, as AWS's own
    examples do: should it ever count a key as named."""
    named = {
        "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
        "ForAllValues:StringEquals": {"dynamodb:Attributes": list(OUTLINE)},
        "Null": {"dynamodb:Attributes": "false"},
    }
    return allow(("dynamodb:GetItem",), arn(logical_id(store)), condition=named)


def objects(bucket: str, *actions: str, under: tuple[str, ...] = ("",)) -> Statement:
    """Objects of a bucket, all or those under some folders. Pieces of a large one need nothing beside PutObject but the
    right to give up."""
    places = ({"Fn::Sub": f"${{{bucket}Bucket.Arn}}/{folder}*"} for folder in under)
    return allow(tuple(f"s3:{action}" for action in actions), *places)


def listing(bucket: str) -> Statement:
    """The names in a bucket. Who may not list is told of an absent object that it is forbidden."""
    return allow(("s3:ListBucket",), arn(f"{bucket}Bucket"))


def secrets(*names: str) -> Statement:
    """To read secrets."""
    return allow(("secretsmanager:GetSecretValue",), *({"Fn::GetAtt": [f"{name}Secret", "Id"]} for name in names))


def sends(queue: str) -> Statement:
    """To put messages into a queue."""
    return allow(("sqs:SendMessage",), arn(queue))


def mail() -> Statement:
    """To send mail as MailFrom. To any identity: as long as SES's sandbox lets an account mail to verified addresses
    only, IAM asks for the recipient's identity as well (docs.aws.amazon.com/ses, "control-user-access")."""
    return allow(
        ("ses:SendEmail", "ses:SendRawEmail"),
        own_arn("ses", "identity/*"),
        own_arn("ses", "configuration-set/${MailConfigurationSet}"),
        condition={"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}},
    )


def connections(*methods: str) -> Statement:
    """Connected pages: POST tells them something, DELETE ends their connection."""
    places = (own_arn("execute-api", f"${{WebsocketAPI}}/socket/{method}/@connections/*") for method in methods)
    return allow(("execute-api:ManageConnections",), *places)


def signing_key(*actions: str) -> Statement:
    """Uses of the key that signs copies: the stack's own, or the one that it was changed for; never both."""
    key = {"Fn::If": ["OtherSigningKey", {"Ref": "SignWith"}, arn("SigningKey")]}
    return allow(tuple(f"kms:{action}" for action in actions), key)

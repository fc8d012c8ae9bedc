"""One call of AWS for each right that there could be, made so that it changes nothing where it is allowed: whoever may
make it finds nothing there, or meets a condition that does not hold."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.local.deploy import STACK
from tests.declared_rights import COUNT, FOLDERS, OUTLINE, SETTINGS, Right, bucket_of, files_of, table

NOBODY = f"nobody-{secrets.token_hex(8)}"
_REFUSED = ("AccessDenied", "AccessDeniedException", "AuthorizationError")
_NOTHING_THERE = {
    "ConditionalCheckFailedException", "NoSuchKey", "ResourceNotFoundException", "GoneException",
    "UserNotFoundException", "ExecutionDoesNotExist", "TaskDoesNotExist", "NoSuchBucketPolicy",
    "NoSuchLifecycleConfiguration",
}  # fmt: skip


@dataclass(frozen=True)
class Try:
    """A call that needs ``right``. One that ``acts`` does something where it is allowed: it is made only where it must
    be refused."""

    right: Right
    call: Callable[[], Any]
    acts: bool = False

    def allowed(self) -> bool:
        """Whether it is. Raises what the call raises where that is neither an answer nor a refusal of the right."""
        try:
            self.call()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _REFUSED and "is not authorized to perform" in str(error):
                return False
            if code not in _NOTHING_THERE:
                raise
        return True


class Caller:
    """Clients of AWS under the deployed role of a function."""

    _session = boto3.Session()

    def __init__(self, stack: dict[str, Any], role: str) -> None:
        sts = self._session.client("sts", endpoint_url=stack["endpoint_url"], region_name=stack["region"])
        given = sts.assume_role(RoleArn=role, RoleSessionName="tries")["Credentials"]
        self.stack = stack
        self._clients: dict[str, Any] = {}
        self._credentials = {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }

    def client(self, service: str, url: str | None = None) -> Any:
        """The client of a service, at its own address where it has one."""
        if service not in self._clients:
            self._clients[service] = self._session.client(
                service,
                endpoint_url=url or self.stack["endpoint_url"],
                region_name=self.stack["region"],
                **self._credentials,
            )
        return self._clients[service]


def tries(caller: Caller, tables: dict[str, dict[str, Any]], names: dict[str, str]) -> Iterator[Try]:
    """Every right that there is to be had of the stack. ``tables`` describes them by their stores' names; ``names``
    are the stack's resources by their logical ids."""
    dynamodb = caller.client("dynamodb")
    for store, described in tables.items():
        yield from _items(dynamodb, store, described)
    for place in (*caller.stack["buckets"], *FOLDERS):
        yield from _objects(caller.client("s3"), place, names)
    yield from _others(caller, names)


def _items(dynamodb: Any, store: str, described: dict[str, Any]) -> Iterator[Try]:
    name, where = described["TableName"], table(store)
    key = {one["AttributeName"]: {"S": NOBODY} for one in described["KeySchema"]}
    there = {"ConditionExpression": "attribute_exists(pk)"}
    outline = {
        "ProjectionExpression": "pk, site_id, #status, expires_at",
        "ExpressionAttributeNames": {"#status": "status"},
    }
    change: dict[str, Any] = {
        "UpdateExpression": "SET #what = :what",
        "ExpressionAttributeNames": {"#what": "what"},
        "ExpressionAttributeValues": {":what": {"S": ""}},
    }
    calls: dict[str, Callable[[], Any]] = {
        "dynamodb:GetItem": lambda: dynamodb.get_item(TableName=name, Key=key),
        OUTLINE: lambda: dynamodb.get_item(TableName=name, Key=key, **outline),
        "dynamodb:BatchGetItem": lambda: dynamodb.batch_get_item(RequestItems={name: {"Keys": [key]}}),
        "dynamodb:Query": lambda: dynamodb.query(TableName=name, **_equal("pk", "S")),
        "dynamodb:Scan": lambda: dynamodb.scan(TableName=name, Limit=1),
        "dynamodb:PartiQLSelect": lambda: dynamodb.execute_statement(Statement=f"SELECT * FROM \"{name}\" WHERE pk='{NOBODY}'"),
        "dynamodb:PutItem": lambda: dynamodb.put_item(TableName=name, Item=key, **there),
        "dynamodb:UpdateItem": lambda: dynamodb.update_item(TableName=name, Key=key, **change, **there),
        "dynamodb:DeleteItem": lambda: dynamodb.delete_item(TableName=name, Key=key),
        "dynamodb:ConditionCheckItem": lambda: dynamodb.transact_write_items(
            TransactItems=[{"ConditionCheck": {"TableName": name, "Key": key, "ConditionExpression": "attribute_not_exists(pk)"}}]
        ),
        "dynamodb:BatchWriteItem": lambda: dynamodb.batch_write_item(
            RequestItems={name: [{"DeleteRequest": {"Key": key}}]}
        ),
    }  # fmt: skip
    for action, call in calls.items():
        yield Try((action, where), call)
    kinds = {one["AttributeName"]: one["AttributeType"] for one in described["AttributeDefinitions"]}
    for index in described.get("GlobalSecondaryIndexes", ()):
        asked = {"TableName": name, "IndexName": index["IndexName"]}
        partition = index["KeySchema"][0]["AttributeName"]
        place = f"{where}/index/{index['IndexName']}"
        yield Try(("dynamodb:Query", place), lambda a=asked, p=partition: dynamodb.query(**a, **_equal(p, kinds[p])))
        yield Try(("dynamodb:Scan", place), lambda a=asked: dynamodb.scan(**a, Limit=1))
        if index["IndexName"] == "due":
            number = {"Select": "COUNT"} | _equal(partition, kinds[partition])
            yield Try((COUNT, place), lambda a=asked, n=number: dynamodb.query(**a, **n))


def _equal(name: str, kind: str) -> dict[str, Any]:
    return {
        "KeyConditionExpression": "#name = :value",
        "ExpressionAttributeNames": {"#name": name},
        "ExpressionAttributeValues": {":value": {kind: NOBODY}},
    }


def _objects(s3: Any, place: str, names: dict[str, str]) -> Iterator[Try]:
    logical, files = bucket_of(place), files_of(place)
    bucket = names[logical]
    one = {"Bucket": bucket, "Key": files.partition("/")[2].replace("*", NOBODY)}
    yield Try(("s3:GetObject", files), lambda: s3.get_object(**one))
    yield Try(("s3:PutObject", files), lambda: s3.put_object(**one, Body=b""), acts=True)
    yield Try(("s3:DeleteObject", files), lambda: s3.delete_object(**one))
    yield Try(("s3:ListBucket", logical), lambda: s3.list_objects_v2(Bucket=bucket, Prefix=NOBODY))
    yield Try(("s3:PutBucketPolicy", logical), lambda: s3.put_bucket_policy(Bucket=bucket, Policy="{}"), acts=True)


def _others(caller: Caller, names: dict[str, str]) -> Iterator[Try]:
    stack = caller.stack
    secret, sqs, kms = caller.client("secretsmanager"), caller.client("sqs"), caller.client("kms")
    for place in stack["secrets"]:
        logical = f"{place.title()}Secret"
        known = {"SecretId": names[logical]}
        yield Try(("secretsmanager:GetSecretValue", logical), lambda k=known: secret.get_secret_value(**k))
        yield Try(
            ("secretsmanager:PutSecretValue", logical),
            lambda k=known: secret.put_secret_value(**k, SecretString="-"),
            acts=True,
        )
    for logical in ("TranscriptQueue", "TranscriptDeadLetters", "InboundDeadLetters", "ScheduleDeadLetters"):
        queue = {"QueueUrl": names[logical]}
        yield Try(("sqs:SendMessage", logical), lambda q=queue: sqs.send_message(**q, MessageBody="{}"), acts=True)
        yield Try(
            ("sqs:ReceiveMessage", logical), lambda q=queue: sqs.receive_message(**q, VisibilityTimeout=0), acts=True
        )
    signed = {"Message": bytes(32), "MessageType": "DIGEST", "SigningAlgorithm": "RSASSA_PKCS1_V1_5_SHA_256"}
    for name in ("SigningKey", "ProofKey"):
        key = {"KeyId": names[name]}
        yield Try(("kms:Sign", name), lambda k=key: kms.sign(**k, **signed))
        yield Try(("kms:GetPublicKey", name), lambda k=key: kms.get_public_key(**k))
    yield from _services(caller, names)
    yield from _settings(caller, names)


def _services(caller: Caller, names: dict[str, str]) -> Iterator[Try]:
    stack, machine = caller.stack, caller.stack["machines"]["requests"]
    user = {"UserPoolId": names["UserPool"], "Username": NOBODY}
    cognito, states, logs = caller.client("cognito-idp"), caller.client("stepfunctions"), caller.client("logs")
    yield Try(("cognito-idp:AdminGetUser", "UserPool"), lambda: cognito.admin_get_user(**user))
    yield Try(
        ("cognito-idp:AdminSetUserPassword", "UserPool"),
        lambda: cognito.admin_set_user_password(**user, Password="aA1-long-enough", Permanent=True),
    )
    yield Try(("cognito-idp:AdminCreateUser", "UserPool"), lambda: cognito.admin_create_user(**user), acts=True)
    yield Try(("cognito-idp:ListUsers", "UserPool"), lambda: cognito.list_users(UserPoolId=names["UserPool"]))
    yield Try(
        ("states:StartExecution", "requests machine"),
        lambda: states.start_execution(stateMachineArn=machine, name=NOBODY, input="{}"),
        acts=True,
    )
    execution = f"{machine.replace(':stateMachine:', ':execution:')}:{NOBODY}"
    yield Try(
        ("states:DescribeExecution", "requests machine's executions"),
        lambda: states.describe_execution(executionArn=execution),
    )
    yield Try(("states:SendTaskSuccess", "*"), lambda: states.send_task_success(taskToken=NOBODY, output="{}"))
    sockets = caller.client("apigatewaymanagementapi", stack["socket_endpoint"])
    place = "WebsocketAPI/socket/{}/@connections/*"
    yield Try(
        ("execute-api:ManageConnections", place.format("POST")),
        lambda: sockets.post_to_connection(ConnectionId=NOBODY, Data=b""),
    )
    yield Try(
        ("execute-api:ManageConnections", place.format("DELETE")),
        lambda: sockets.delete_connection(ConnectionId=NOBODY),
    )
    mail = {"Destination": {"ToAddresses": ["nobody@example.org"]}, "Content": {"Raw": {"Data": b""}}}
    yield Try(
        ("ses:SendEmail", "identity/any"),
        lambda: caller.client("sesv2").send_email(FromEmailAddress=stack["mail"]["from"], **mail),
        acts=True,
    )
    for topic in ("MailEvents", "Alarms"):
        yield Try(
            ("sns:Publish", topic),
            lambda t=topic: caller.client("sns").publish(TopicArn=names[t], Message="{}"),
            acts=True,
        )
    yield Try(
        ("lambda:InvokeFunction", "Changer"),
        lambda: caller.client("lambda").invoke(FunctionName=names["Changer"], Payload=b"{}"),
        acts=True,
    )
    for function in ("APIHandler", "Mailer"):
        yield Try(
            ("logs:PutLogEvents", function),
            lambda f=function: logs.put_log_events(
                logGroupName=f"/aws/lambda/{names[f]}",
                logStreamName=NOBODY,
                logEvents=[{"timestamp": 1, "message": "-"}],
            ),
        )


def _settings(caller: Caller, names: dict[str, str]) -> Iterator[Try]:
    """What only the prover looks at."""
    role, rule, pool = names["MailerRole"], names["SweepSchedule"], names["UserPool"]
    stack, chats = {"StackName": STACK}, {"TableName": names["ChatsTable"]}
    layer = {"LayerName": "imchat-dev", "VersionNumber": 1}
    policy = {"RoleName": role, "PolicyName": "rights"}
    calls: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
        ("the stack", "cloudformation:DescribeStacks", "cloudformation", "describe_stacks", stack),
        ("the stack", "cloudformation:GetTemplate", "cloudformation", "get_template", stack),
        ("the stack", "cloudformation:ListStackResources", "cloudformation", "list_stack_resources", stack),
        ("the stack's roles", "iam:GetRole", "iam", "get_role", {"RoleName": role}),
        ("the stack's roles", "iam:GetRolePolicy", "iam", "get_role_policy", policy),
        ("the stack's roles", "iam:ListRolePolicies", "iam", "list_role_policies", {"RoleName": role}),
        ("the stack's roles", "iam:ListAttachedRolePolicies", "iam", "list_attached_role_policies", {"RoleName": role}),
        ("the stack's functions", "lambda:GetFunctionConfiguration", "lambda", "get_function_configuration",
         {"FunctionName": names["Mailer"]}),
        ("the stack's layer", "lambda:GetLayerVersion", "lambda", "get_layer_version", layer),
        ("the stack's rules", "events:DescribeRule", "events", "describe_rule", {"Name": rule}),
        ("the stack's rules", "events:ListTargetsByRule", "events", "list_targets_by_rule", {"Rule": rule}),
        ("UserPool", "cognito-idp:DescribeUserPool", "cognito-idp", "describe_user_pool", {"UserPoolId": pool}),
        ("identity/any", "ses:GetEmailIdentity", "sesv2", "get_email_identity", {"EmailIdentity": "imchat.example"}),
        ("the API's stages", "apigateway:GET", "apigateway", "get_stages", {"restApiId": names["RestAPI"]}),
        ("DataKey", "kms:GetKeyRotationStatus", "kms", "get_key_rotation_status", {"KeyId": names["DataKey"]}),
        ("Alarms", "sns:ListSubscriptionsByTopic", "sns", "list_subscriptions_by_topic", {"TopicArn": names["Alarms"]}),
        ("alarms", "cloudwatch:DescribeAlarms", "cloudwatch", "describe_alarms", {}),
        ("*", "dynamodb:ListBackups", "dynamodb", "list_backups", chats),
        ("*", "logs:DescribeLogGroups", "logs", "describe_log_groups", {}),
        ("*", "ses:DescribeActiveReceiptRuleSet", "ses", "describe_active_receipt_rule_set", {}),
        *(
            (queue, f"sqs:{action}", "sqs", method, {"QueueUrl": names[queue]})
            for queue in SETTINGS["every queue"]
            for action, method in (("GetQueueAttributes", "get_queue_attributes"), ("ListQueueTags", "list_queue_tags"))
        ),
        *(
            (table, f"dynamodb:Describe{what}", "dynamodb", method, {"TableName": names[table]})
            for table in SETTINGS["every table"]
            for what, method in (
                ("Table", "describe_table"), ("TimeToLive", "describe_time_to_live"),
                ("ContinuousBackups", "describe_continuous_backups"),
            )
        ),
        *(
            (bucket, f"s3:Get{what}", "s3", method, {"Bucket": names[bucket]})
            for bucket in SETTINGS["every bucket"]
            for what, method in (
                ("BucketPolicy", "get_bucket_policy"), ("BucketPolicyStatus", "get_bucket_policy_status"),
                ("BucketPublicAccessBlock", "get_public_access_block"), ("BucketVersioning", "get_bucket_versioning"),
                ("EncryptionConfiguration", "get_bucket_encryption"),
                ("LifecycleConfiguration", "get_bucket_lifecycle_configuration"),
            )
        ),
    )  # fmt: skip
    logs = caller.client("logs")
    for place, name in zip(
        SETTINGS["logs of Sweeper, Nudger, Reminders"], ("Sweeper", "Nudger", "Reminders"), strict=True
    ):
        log = {"logGroupName": f"/aws/lambda/{names[name]}", "filterPattern": NOBODY}
        yield Try(("logs:FilterLogEvents", place), lambda a=log: logs.filter_log_events(**a))
    for place, action, service, method, arguments in calls:
        # Of several, the one that the call above is about.
        about = {
            "the stack's roles": "MailerRole",
            "the stack's functions": "Mailer",
            "the stack's rules": "SweepSchedule",
        }
        mark = f"-{about[place]}-" if place in about else ""
        where = next((one for one in SETTINGS.get(place, ()) if mark in one), place)
        call = getattr(caller.client(service), method)
        yield Try((action, where), lambda c=call, a=arguments: c(**a))

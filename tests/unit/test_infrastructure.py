"""What keeps the data: encryption, protection, throttles, logs, mail, sign-in, as the template says it."""

import json
import re
import subprocess
from typing import Any

import pytest

from imchat.stores import chats
from infra import buckets, edge, logs
from infra.build import ROOT
from infra.web import find_node
from tests.unit.built import built, of_type

KEY = {"Fn::GetAtt": ["DataKey", "Arn"]}
# Type: the property that names its key, and the service that KMS sees.
ENCRYPTED = {
    "AWS::DynamoDB::Table": (lambda one: one["SSESpecification"]["KMSMasterKeyId"], "dynamodb"),
    "AWS::SQS::Queue": (lambda one: one["KmsMasterKeyId"], "sqs"),
    "AWS::SNS::Topic": (lambda one: one["KmsMasterKeyId"], "sns"),
    "AWS::SecretsManager::Secret": (lambda one: one["KmsKeyId"], "secretsmanager"),
    "AWS::Logs::LogGroup": (lambda one: one["KmsKeyId"], "logs"),
}
GUARDED = {"Fn::Not": [{"Fn::Equals": [{"Ref": "Stage"}, "dev"]}]}


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return built()


@pytest.fixture(scope="module")
def key_policy(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    statements = of_type(template, "AWS::KMS::Key")["DataKey"]["KeyPolicy"]["Statement"]
    return {one["Sid"]: one for one in statements}


@pytest.mark.parametrize("kind", ENCRYPTED)
def test_whatever_keeps_data_is_encrypted_with_our_key(template: dict[str, Any], kind: str) -> None:
    named, _ = ENCRYPTED[kind]
    found = of_type(template, kind)
    assert found
    assert {name: named(one) for name, one in found.items()} == dict.fromkeys(found, KEY)


def test_buckets_with_data_are_encrypted_with_our_key_by_few_calls_and_the_pages_by_s3s(
    template: dict[str, Any],
) -> None:
    for name, bucket in of_type(template, "AWS::S3::Bucket").items():
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        if name in ("WebBucket", "ProofBucket"):
            assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        else:
            assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
            assert rule["BucketKeyEnabled"] is True


def test_the_key_turns_and_outlives_the_stack(template: dict[str, Any]) -> None:
    key = template["Resources"]["DataKey"]
    assert key["DeletionPolicy"] == key["UpdateReplacePolicy"] == "Retain"
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["Properties"]["PendingWindowInDays"] == 30


def test_our_functions_may_use_the_key_through_whatever_keeps_data_and_nobody_elses_may(
    template: dict[str, Any], key_policy: dict[str, dict[str, Any]]
) -> None:
    ours = key_policy["OurFunctionsThroughWhatKeepsTheData"]
    through = {one["Fn::Sub"].split(".")[0] for one in ours["Condition"]["StringEquals"]["kms:ViaService"]}
    # Logs are written by their service, in its own name.
    assert through == {service for _, service in ENCRYPTED.values()} - {"logs"} | {"s3"}
    assert ours["Condition"]["StringEquals"]["kms:CallerAccount"] == {"Ref": "AWS::AccountId"}
    # Its name begins with the stack's, and its own here, unless it is given one.
    assert not [name for name, role in of_type(template, "AWS::IAM::Role").items() if "RoleName" in role]
    everybody = [sid for sid, one in key_policy.items() if one["Principal"] == {"AWS": "*"}]
    assert everybody == ["OurFunctionsThroughWhatKeepsTheData"]


def test_each_service_that_writes_by_itself_may_use_the_key_for_that(
    template: dict[str, Any], key_policy: dict[str, dict[str, Any]]
) -> None:
    """Without it, its writes would be refused: mail not taken in, alarms not told, dead letters lost."""
    writers = {("aws:sns:topicArn", "cloudwatch.amazonaws.com")}
    for kind, context in (
        ("AWS::SNS::TopicPolicy", "aws:sns:topicArn"),
        ("AWS::SQS::QueuePolicy", "aws:sqs:arn"),
        ("AWS::S3::BucketPolicy", "aws:s3:arn"),
    ):
        for name, policy in of_type(template, kind).items():
            for statement in policy["PolicyDocument"]["Statement"]:
                if "Service" in statement["Principal"] and name not in ("WebBucketPolicy", "ProofBucketPolicy"):
                    writers.add((context, statement["Principal"]["Service"]))
    assert len(writers) == 4
    allowed = set()
    for statement in [one for sid, one in key_policy.items() if sid != "Logs" and "Service" in one["Principal"]]:
        assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
        (context,) = statement["Condition"]["ArnLike"]
        services = statement["Principal"]["Service"]
        for service in services if isinstance(services, list) else [services]:
            allowed.add((context.removeprefix("kms:EncryptionContext:"), service))
    assert allowed == writers


def test_every_bucket_is_closed_and_insists_on_tls(template: dict[str, Any]) -> None:
    policies = of_type(template, "AWS::S3::BucketPolicy")
    for name, bucket in of_type(template, "AWS::S3::Bucket").items():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        document = policies[f"{name}Policy"]["PolicyDocument"]
        (denied,) = [one for one in document["Statement"] if one["Effect"] == "Deny"]
        assert denied["Principal"] == "*"
        assert denied["Action"] == "s3:*"
        assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert denied["Resource"] == [{"Fn::GetAtt": [name, "Arn"]}, {"Fn::Sub": f"${{{name}.Arn}}/*"}]
        assert not [one for one in document["Statement"] if one["Effect"] == "Allow" and one["Principal"] == "*"]


def test_N18_what_is_deleted_from_a_bucket_is_gone(template: dict[str, Any]) -> None:
    found = of_type(template, "AWS::S3::Bucket")
    assert set(found) == {f"{name}Bucket" for name in (*buckets.DAYS, buckets.PAGES, buckets.PROOF)}
    assert not [name for name, bucket in found.items() if "VersioningConfiguration" in bucket]
    assert not [name for name, bucket in found.items() if "LoggingConfiguration" in bucket]


def test_what_holds_data_of_people_who_use_it_cannot_be_deleted_by_mistake(template: dict[str, Any]) -> None:
    assert template["Conditions"]["Guarded"] == GUARDED
    for name, table in of_type(template, "AWS::DynamoDB::Table").items():
        kept = template["Resources"][name]["DeletionPolicy"] == "Retain"
        assert table.get("DeletionProtectionEnabled") == ({"Fn::If": ["Guarded", True, False]} if kept else None), name
    assert template["Resources"][chats.Chat.TABLE.title() + "Table"]["DeletionPolicy"] == "Retain"
    pool = of_type(template, "AWS::Cognito::UserPool")["UserPool"]
    assert pool["DeletionProtection"] == {"Fn::If": ["Guarded", "ACTIVE", "INACTIVE"]}


def test_staff_sign_in_with_a_second_factor_where_people_use_it(template: dict[str, Any]) -> None:
    pool = of_type(template, "AWS::Cognito::UserPool")["UserPool"]
    assert pool["MfaConfiguration"] == {"Fn::If": ["Guarded", "ON", "OPTIONAL"]}
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]


def test_every_function_logs_into_a_group_that_ends(template: dict[str, Any]) -> None:
    groups = of_type(template, "AWS::Logs::LogGroup")
    assert {group["RetentionInDays"] for group in groups.values()} == {logs.DAYS}
    names = {group["LogGroupName"]["Fn::Sub"] for group in groups.values()}
    functions = of_type(template, "AWS::Serverless::Function")
    assert len(functions) == 22
    assert {f"/aws/lambda/${{{name}}}" for name in functions} <= names
    others = names - {f"/aws/lambda/${{{name}}}" for name in functions}
    assert len(others) == 3
    assert all(re.fullmatch(r"/[\w/]+/\$\{AWS::StackName\}-\w+", name) for name in others)


def test_the_gateways_note_routes_and_outcomes_and_nothing_of_who_called(template: dict[str, Any]) -> None:
    rest = of_type(template, "AWS::Serverless::Api")["RestAPI"]
    sockets = of_type(template, "AWS::ApiGatewayV2::Stage")["WebsocketAPIStage"]
    for settings in (rest["AccessLogSetting"], sockets["AccessLogSettings"]):
        noted = set(json.loads(settings["Format"]).values())
        assert noted <= {
            "$context.requestId", "$context.requestTime", "$context.httpMethod", "$context.resourcePath",
            "$context.routeKey", "$context.status", "$context.responseLatency", "$context.integration.status",
            "$context.integration.latency", "$context.integrationStatus", "$context.integrationLatency",
            "$context.error.responseType",
        }  # fmt: skip
    assert "TracingEnabled" not in rest
    assert {(one["DataTraceEnabled"], one["LoggingLevel"]) for one in rest["MethodSettings"]} == {(False, "OFF")}
    machine = of_type(template, "AWS::StepFunctions::StateMachine")["RequestsMachine"]
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False


def test_calls_that_nobody_has_signed_in_for_are_throttled_harder(template: dict[str, Any]) -> None:
    rest = of_type(template, "AWS::Serverless::Api")["RestAPI"]
    every, *tighter = rest["MethodSettings"]
    assert (every["HttpMethod"], every["ResourcePath"]) == ("*", "/*")
    assert every["ThrottlingRateLimit"] == {"Fn::FindInMap": ["Stages", {"Ref": "Stage"}, "Rate"]}
    paths = {one["ResourcePath"].removeprefix("/").replace("~1", "/"): one for one in tighter}
    known = rest["DefinitionBody"]["paths"]
    assert {"/v1/chats", "/v1/sign-in", "/v1/rights-requests", "/v1/rights-requests/{reference}/code"} <= set(paths)
    for path, one in paths.items():
        assert one["HttpMethod"].lower() in known[path]
        assert one["ThrottlingRateLimit"] == {"Fn::FindInMap": ["Stages", {"Ref": "Stage"}, "OpenRate"]}
        assert one["ThrottlingBurstLimit"] == {"Fn::FindInMap": ["Stages", {"Ref": "Stage"}, "OpenBurst"]}
    for stage in template["Mappings"]["Stages"].values():
        assert stage["OpenRate"] < stage["Rate"]
        assert stage["OpenBurst"] < stage["Burst"]


def test_each_stage_of_chalice_is_a_stage_of_the_template(template: dict[str, Any]) -> None:
    stages = set(json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"])
    assert stages == set(template["Mappings"]["Stages"]) == set(template["Parameters"]["Stage"]["AllowedValues"])


def test_the_firewall_counts_by_what_only_the_edge_can_say(template: dict[str, Any]) -> None:
    """Behind CloudFront every call comes from CloudFront; whoever names an address themselves is not believed."""
    acl = of_type(template, "AWS::WAFv2::WebACL")["Firewall"]
    through, past = (rule["Statement"]["RateBasedStatement"] for rule in acl["Rules"])
    passed = of_type(template, "AWS::CloudFront::OriginRequestPolicy")["CallsPassed"]["OriginRequestPolicyConfig"]
    assert through["AggregateKeyType"] == "FORWARDED_IP"
    assert through["ForwardedIPConfig"]["HeaderName"] in passed["HeadersConfig"]["Headers"]
    assert len(passed["HeadersConfig"]["Headers"]) <= 10
    shown = through["ScopeDownStatement"]["ByteMatchStatement"]
    assert shown["FieldToMatch"] == {"SingleHeader": {"Name": edge.SECRET_HEADER}}
    assert shown["PositionalConstraint"] == "EXACTLY"
    assert "${EdgeSecret}" in shown["SearchString"]["Fn::Sub"]
    assert past["AggregateKeyType"] == "IP"
    assert past["ScopeDownStatement"] == {"NotStatement": {"Statement": through["ScopeDownStatement"]}}
    samples = [one["VisibilityConfig"]["SampledRequestsEnabled"] for one in (acl, *acl["Rules"])]
    assert samples == [False, False, False]


def at_the_edge(template: dict[str, Any], function: str, event: dict[str, Any]) -> dict[str, Any]:
    """What a function of CloudFront makes of an event."""
    code = of_type(template, "AWS::CloudFront::Function")[function]["FunctionCode"]
    script = f"{code}\nprocess.stdout.write(JSON.stringify(handler({json.dumps(event)})))"
    node = find_node(lambda *_: None).program
    said = subprocess.run([node, "-e", script], capture_output=True, text=True, check=True).stdout
    answer: dict[str, Any] = json.loads(said)
    return answer


def test_a_401_says_how_to_sign_in_although_the_gateway_renames_that_header(template: dict[str, Any]) -> None:
    """docs.aws.amazon.com/apigateway, "api-gateway-known-issues": WWW-Authenticate of an integration is remapped."""
    plain = {"headers": {"content-type": {"value": "application/problem+json"}}, "statusCode": 401}
    renamed = {"x-amzn-remapped-www-authenticate": {"value": "Bearer"}}
    answer = at_the_edge(template, "Answer", {"response": plain | {"headers": plain["headers"] | renamed}})
    assert answer == plain | {"headers": plain["headers"] | {"www-authenticate": {"value": "Bearer"}}}
    assert at_the_edge(template, "Answer", {"response": plain}) == plain
    behaviours = of_type(template, "AWS::CloudFront::Distribution")["Distribution"]["DistributionConfig"][
        "CacheBehaviors"
    ]
    api = next(one for one in behaviours if one["PathPattern"] == "/v1/*")
    events = {one["EventType"]: one["FunctionARN"]["Fn::GetAtt"][0] for one in api["FunctionAssociations"]}
    assert events == {"viewer-request": "Viewer", "viewer-response": "Answer"}


def test_the_edge_overwrites_what_a_viewer_says_of_its_address(template: dict[str, Any]) -> None:
    event = {"viewer": {"ip": "203.0.113.9"}, "request": {"headers": {"x-imchat-viewer": {"value": "198.51.100.1"}}}}
    said = at_the_edge(template, "Viewer", event)
    acl = of_type(template, "AWS::WAFv2::WebACL")["Firewall"]
    header = acl["Rules"][0]["Statement"]["RateBasedStatement"]["ForwardedIPConfig"]["HeaderName"]
    assert said["headers"][header] == {"value": "203.0.113.9"}


def test_mail_is_signed_and_its_sender_is_the_only_one_that_may_be_used(template: dict[str, Any]) -> None:
    domain = {"Fn::Select": [1, {"Fn::Split": ["@", {"Ref": "MailFrom"}]}]}
    identity = of_type(template, "AWS::SES::EmailIdentity")["MailDomain"]
    assert identity["EmailIdentity"] == domain
    assert identity["DkimAttributes"] == {"SigningEnabled": True}
    assert identity["DkimSigningAttributes"] == {"NextSigningKeyLength": "RSA_2048_BIT"}
    (sending,) = [
        statement
        for statement in of_type(template, "AWS::IAM::Role")["MailerRole"]["Policies"][0]["PolicyDocument"]["Statement"]
        if "ses:SendEmail" in statement["Action"]
    ]
    assert sending["Condition"] == {"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}}
    configuration = of_type(template, "AWS::SES::ConfigurationSet")["MailConfigurationSet"]
    assert configuration["SuppressionOptions"] == {"SuppressedReasons": ["BOUNCE"]}
    assert configuration["ReputationOptions"] == {"ReputationMetricsEnabled": True}
    assert "TrackingOptions" not in configuration


def test_whoever_looks_at_a_document_is_told_of_it_and_not_from_where_it_was_sent(template: dict[str, Any]) -> None:
    rule = of_type(template, "AWS::Events::Rule")["DocumentsRule"]
    assert rule["State"] == "ENABLED"
    assert rule["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [{"Ref": "IdentityBucket"}]}},
    }
    (target,) = rule["Targets"]
    # S3's event names the address of whoever sent it; a queue for what failed would keep that.
    assert target["InputPath"] == "$.detail.object"
    assert "DeadLetterConfig" not in target
    bucket = of_type(template, "AWS::S3::Bucket")["IdentityBucket"]
    assert bucket["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    allowed = of_type(template, "AWS::Lambda::Permission")["DocumentsPermission"]
    assert allowed["SourceArn"] == {"Fn::GetAtt": ["DocumentsRule", "Arn"]}


def test_the_sweeper_runs_alone_and_the_mailer_slowly(template: dict[str, Any]) -> None:
    functions = of_type(template, "AWS::Serverless::Function")
    reserved = {
        name: one["ReservedConcurrentExecutions"]
        for name, one in functions.items()
        if "ReservedConcurrentExecutions" in one
    }
    assert reserved == {"Sweeper": 1}
    (source,) = of_type(template, "AWS::Lambda::EventSourceMapping").values()
    assert source["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_what_nobody_waits_for_has_its_retries_and_a_place_for_what_failed(template: dict[str, Any]) -> None:
    started = {
        target["Arn"]["Fn::GetAtt"][0]
        for rule in of_type(template, "AWS::Events::Rule").values()
        for target in rule["Targets"]
    } | {
        subscription["Endpoint"]["Fn::GetAtt"][0]
        for subscription in of_type(template, "AWS::SNS::Subscription").values()
        if subscription["Protocol"] == "lambda"
    }
    assert started == {"Sweeper", "Nudger", "Reminders", "Prover", "Inbound", "Documents", "Feedback"}
    configured = {
        one["FunctionName"]["Ref"]: one for one in of_type(template, "AWS::Lambda::EventInvokeConfig").values()
    }
    assert set(configured) == started
    # The event of this one holds addresses, and a destination would keep it. What it reads it queues itself.
    feedback = configured.pop("Feedback")
    assert feedback["MaximumRetryAttempts"] == 2
    assert "DestinationConfig" not in feedback
    # What this one misses, the nudger does within the hour.
    documents = configured.pop("Documents")
    assert documents["MaximumRetryAttempts"] == 2
    assert "DestinationConfig" not in documents
    roles = of_type(template, "AWS::IAM::Role")
    for name, one in configured.items():
        assert one["MaximumRetryAttempts"] in (1, 2)
        queue = one["DestinationConfig"]["OnFailure"]["Destination"]
        assert queue["Fn::GetAtt"][0].endswith("DeadLetters")
        rights = roles[f"{name}Role"]["Policies"][0]["PolicyDocument"]["Statement"]
        assert [right for right in rights if right["Action"] == ["sqs:SendMessage"] and right["Resource"] == [queue]], (
            name
        )

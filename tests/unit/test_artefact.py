"""What is deployed: the template, the zips, the rights."""

import json
import re
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bench.cold_start import once, unpack
from imchat.desk.mails import PRIVACY_PREFIX
from imchat.register.activity import RECOVERY
from imchat.register.controller import CONTACT
from imchat.register.notice import notice
from infra.build import BUILD, OWN_FUNCTIONS, build, lint

# Not needed before the first request, or not by every function; each would cost every cold start.
HEAVY = (
    "boto3", "jinja2", "email_validator", "phonenumbers", "aws_xray_sdk", "jwt", "zoneinfo", "idna", "pydantic",
    "aws_lambda_powertools", "imchat.mail", "imchat.chat",
)  # fmt: skip


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    build("dev", log=lambda *_: None)
    whole: dict[str, Any] = json.loads((BUILD / "template.json").read_text())
    return whole


@pytest.fixture(scope="module")
def paths(template: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return unpack(tmp_path_factory.mktemp("lambda"))


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"] for name, resource in template["Resources"].items() if resource["Type"] == kind
    }


def test_the_template_passes_cfn_lint(template: dict[str, Any]) -> None:
    lint(BUILD / "template.json")


def test_N17_native_ttl_is_on_wherever_there_is_a_period(template: dict[str, Any]) -> None:
    tables = of_type(template, "AWS::DynamoDB::Table")
    expiring = {name for name, table in tables.items() if table.get("TimeToLiveSpecification", {}).get("Enabled")}
    assert expiring == {
        f"{name}Table"
        for name in (
            "Chats", "Evidence", "Correspondence", "Purchases", "Requests", "Disclosures", "Limits", "Ledger",
            "Connections",
        )
    }  # fmt: skip
    assert {tables[name]["TimeToLiveSpecification"]["AttributeName"] for name in expiring} == {"expires_at"}


def test_indexes_hold_keys_only(template: dict[str, Any]) -> None:
    indexes = [
        index
        for table in of_type(template, "AWS::DynamoDB::Table").values()
        for index in table.get("GlobalSecondaryIndexes", [])
    ]
    assert indexes
    assert all(index["Projection"] == {"ProjectionType": "KEYS_ONLY"} for index in indexes)


def test_every_table_is_encrypted_and_billed_by_use(template: dict[str, Any]) -> None:
    for table in of_type(template, "AWS::DynamoDB::Table").values():
        assert table["SSESpecification"] == {"SSEEnabled": True}
        assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_N23_the_address_that_the_notice_names_is_the_one_that_is_read(template: dict[str, Any]) -> None:
    (rule,) = [
        rule["Rule"]
        for rule in of_type(template, "AWS::SES::ReceiptRule").values()
        if rule["Rule"]["Actions"][0]["S3Action"]["ObjectKeyPrefix"] == PRIVACY_PREFIX
    ]
    assert rule["Recipients"] == [CONTACT]


def test_N18_backups_end_when_the_register_says(template: dict[str, Any]) -> None:
    for name, table in of_type(template, "AWS::DynamoDB::Table").items():
        recovery = table.get("PointInTimeRecoverySpecification")
        if recovery is None:
            assert name in ("LimitsTable", "ConnectionsTable")
        else:
            assert recovery == {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": RECOVERY.number}
    assert f"backups for {RECOVERY}" in notice(datetime.now(UTC))["backups"]


def test_N10_files_of_mail_end_no_sooner_than_their_period_and_no_bucket_keeps_versions(
    template: dict[str, Any],
) -> None:
    buckets = of_type(template, "AWS::S3::Bucket")
    del buckets["WebBucket"]  # the pages: of nobody
    days = {}
    for name, bucket in buckets.items():
        assert "VersioningConfiguration" not in bucket
        assert all(bucket["PublicAccessBlockConfiguration"].values())
        (rule,) = bucket["LifecycleConfiguration"]["Rules"]
        assert rule["Status"] == "Enabled"
        assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
        days[name] = rule["ExpirationInDays"]
    # S3 deletes at the end of the day: a document that proves who asks is gone within its 14 days.
    assert days == {
        "InboundBucket": 732, "CorrespondenceBucket": 732, "ExportsBucket": 30, "PartsBucket": 30, "IdentityBucket": 13,
    }  # fmt: skip


def test_the_pages_are_read_by_the_distribution_alone(template: dict[str, Any]) -> None:
    bucket = of_type(template, "AWS::S3::Bucket")["WebBucket"]
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    (allowed,) = [
        one
        for one in of_type(template, "AWS::S3::BucketPolicy")["WebBucketPolicy"]["PolicyDocument"]["Statement"]
        if one["Effect"] == "Allow"
    ]
    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert "${Distribution}" in allowed["Condition"]["StringEquals"]["aws:SourceArn"]["Fn::Sub"]
    config = of_type(template, "AWS::CloudFront::Distribution")["Distribution"]["DistributionConfig"]
    certificate = config["ViewerCertificate"]["Fn::If"][1]
    assert certificate["MinimumProtocolVersion"] == "TLSv1.2_2021"


def test_no_right_is_given_on_everything(template: dict[str, Any]) -> None:
    roles = of_type(template, "AWS::IAM::Role")
    assert set(roles) == {
        "ApiHandlerRole", "AccountRole", "DeskRole", "InboundRole", "MailerRole", "FeedbackRole", "SweeperRole",
        "RemindersRole", "RightsRole", "SignInRole", "LinksRole", "SearcherRole", "CopierRole", "ChangerRole", "RequestsMachineRole",
        "WebsocketConnectRole", "WebsocketMessageRole", "WebsocketDisconnectRole",
    }  # fmt: skip
    for name, role in roles.items():
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                assert not any("*" in action for action in statement["Action"]), name
                # X-Ray has no resources to name; who sends a task's token has shown that it was given to them.
                without_resources = ("xray:PutTraceSegments", "states:SendTaskSuccess")
                assert statement["Resource"] != "*" or statement["Action"][0] in without_resources, name


def test_each_function_has_its_own_role_and_the_layer(template: dict[str, Any]) -> None:
    functions = of_type(template, "AWS::Serverless::Function")
    roles = [json.dumps(function["Role"]) for function in functions.values()]
    assert len(set(roles)) == len(roles) == 17
    assert template["Globals"]["Function"]["Layers"] == [{"Ref": "ImchatLayer"}]


def test_who_may_push_may_do_so_to_our_connections_and_nothing_else(template: dict[str, Any]) -> None:
    pushing: dict[str, set[str]] = {}
    for name, role in of_type(template, "AWS::IAM::Role").items():
        for statement in role["Policies"][0]["PolicyDocument"]["Statement"]:
            if any(action.startswith("execute-api:") for action in statement["Action"]):
                assert statement["Action"] == ["execute-api:ManageConnections"]
                places = [one["Fn::Sub"].split("${WebsocketAPI}")[1] for one in statement["Resource"]]
                pushing[name] = {place.removeprefix("/socket/").removesuffix("/@connections/*") for place in places}
    assert pushing == {
        **{key: {"POST"} for key in ("MailerRole", "FeedbackRole", "WebsocketDisconnectRole")},
        # These also end connections: of a chat that is deleted, or that never say who they are.
        "AccountRole": {"DELETE"},  # of an operator who is disabled
        **{key: {"POST", "DELETE"} for key in ("ApiHandlerRole", "ChangerRole", "SweeperRole", "WebsocketMessageRole")},
    }


def test_the_front_can_pass_sockets_on_as_they_are_and_the_stage_follows_its_routes(template: dict[str, Any]) -> None:
    (stage,) = of_type(template, "AWS::ApiGatewayV2::Stage").values()
    assert stage["StageName"] == "socket"
    assert stage["AutoDeploy"] is True
    assert not of_type(template, "AWS::ApiGatewayV2::Deployment")
    endpoint = template["Globals"]["Function"]["Environment"]["Variables"]["SOCKET_ENDPOINT"]
    assert endpoint == template["Outputs"]["SocketEndpoint"]["Value"]
    assert endpoint["Fn::Sub"].endswith("/socket")


def test_the_desk_is_answered_under_a_role_of_its_own(template: dict[str, Any]) -> None:
    """Who answers visitors has no right on what only the desk reads."""
    paths = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    for path, methods in paths.items():
        for method in methods.values():
            uri = method["x-amazon-apigateway-integration"].get("uri")
            if uri:
                own = [name for name, answered in OWN_FUNCTIONS.items() if re.fullmatch(answered, path)]
                handler = f"{own[-1]}Handler" if own else "APIHandler"
                assert f"${{{handler}.Arn}}" in uri["Fn::Sub"], path
    rights = json.dumps(of_type(template, "AWS::IAM::Role")["ApiHandlerRole"]["Policies"])
    for table in ("PurchasesTable", "RequestsTable", "DisclosuresTable", "CorrespondenceTable", "Bucket"):
        assert table not in rights


def test_who_signs_people_in_reads_no_table_and_only_the_owners_function_lets_people_in_and_out(
    template: dict[str, Any],
) -> None:
    roles = of_type(template, "AWS::IAM::Role")
    allowed = {
        name: {action for one in role["Policies"][0]["PolicyDocument"]["Statement"] for action in one["Action"]}
        for name, role in roles.items()
    }
    everybodys = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"}
    assert allowed["SignInRole"] == everybodys | {"dynamodb:UpdateItem", "secretsmanager:GetSecretValue"}
    rights = json.dumps(roles["SignInRole"]["Policies"])
    assert set(re.findall(r"\w+(?:Table|Secret|Bucket|Queue|Pool)\b", rights)) == {
        "LimitsTable", "AddressSecret", "EdgeSecret",
    }  # fmt: skip
    rights = json.dumps(roles["AccountRole"]["Policies"])
    assert set(re.findall(r"\w+(?:Table|Secret|Bucket|Queue|Pool)\b", rights)) == {
        "AccountsTable", "StatisticsTable", "VisitsTable", "UserPool", "ConnectionsTable",
    }  # fmt: skip
    assert {name for name, actions in allowed.items() if any(one.startswith("cognito") for one in actions)} == {
        "AccountRole"
    }


def test_the_zips_hold_our_code_precompiled_and_nothing_for_developers(template: dict[str, Any]) -> None:
    functions = set(zipfile.ZipFile(BUILD / "functions.zip").namelist())
    layer = set(zipfile.ZipFile(BUILD / "layer.zip").namelist())
    tag = sys.implementation.cache_tag
    assert {"app.py", "functions/visitor.py", f"functions/__pycache__/visitor.{tag}.pyc"} <= functions
    assert {"python/imchat/stores/chats.py", f"python/imchat/stores/__pycache__/chats.{tag}.pyc"} <= layer
    assert not [
        name for name in functions if name.split("/")[0] in ("boto3", "pip", "pytest", "ministack", "tests", "infra")
    ]
    assert (BUILD / "functions.zip").stat().st_size < 12_000_000


@pytest.mark.parametrize(
    "entry",
    [
        "app:app",
        "app:socket_connected",
        "app:socket_frame",
        "app:socket_disconnected",
        "functions.inbound:take_in_mail",
        "functions.mailer:send_transcripts",
        "functions.feedback:mail_feedback",
        "functions.housekeeping:sweep",
        "functions.housekeeping:remind",
    ],
)
def test_each_entry_point_imports_alone_from_the_zips(template: dict[str, Any], paths: list[str], entry: str) -> None:
    module, name = entry.split(":")
    handlers = {function["Handler"] for function in of_type(template, "AWS::Serverless::Function").values()}
    assert f"{module}.{name}" in handlers
    once(f"import {module}; assert callable({module}.{name})", paths)


def test_everything_that_runs_later_imports_from_the_zips_too(paths: list[str]) -> None:
    library = Path(paths[1])
    modules = [
        ".".join(file.relative_to(library).with_suffix("").parts).removesuffix(".__init__")
        for file in sorted(library.rglob("*.py"))
    ]
    lazy = "import jinja2, email_validator, phonenumbers, jwt, zoneinfo; zoneinfo.ZoneInfo('Asia/Tokyo')"
    powertools = "from functions import observe; observe.logger(); observe._metrics()"
    tracer = "from aws_lambda_powertools.tracing import Tracer"
    once(f"import {', '.join(modules)}\n{lazy}\n{powertools}\n{tracer}", paths)


def test_the_visitor_function_loads_nothing_heavy(paths: list[str]) -> None:
    code = "import app, sys; from imchat import aws; aws.dynamodb().client\nprint(' '.join(sorted(sys.modules)), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={"PYTHONPATH": ":".join(paths), "AWS_DEFAULT_REGION": "eu-west-2"},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stderr.split())
    assert not [name for name in HEAVY if name in loaded]
    assert len(loaded) < 520

"""What is deployed: the template and the zips. Who may do what: test_rights_of_functions.py."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bench.cold_start import PACKAGED, once, unpack
from imchat.desk.mails import PRIVACY_PREFIX
from imchat.register.activity import RECOVERY
from imchat.register.controller import CONTACT
from imchat.register.notice import notice
from infra.archive import EPOCH
from infra.build import lint
from infra.runtime import of_stage
from infra.slim import OPERATIONS
from tests.unit.built import built, of_type
from tests.unit.operations import operations_called

ENTRIES = (
    "app:app",
    "app:socket_connected",
    "app:socket_frame",
    "app:socket_disconnected",
    "functions.documents:settle_document",
    "functions.inbound:take_in_mail",
    "functions.mailer:send_transcripts",
    "functions.feedback:mail_feedback",
    "functions.housekeeping:sweep",
    "functions.housekeeping:nudge",
    "functions.housekeeping:remind",
    "functions.answering:search_for_request",
    "functions.answering:copy_for_request",
    "functions.answering:change_for_request",
)
# All that runs later, beside our own modules.
LATER = """
import os
os.environ["LAMBDA_TASK_ROOT"] = "."  # elsewhere X-Ray's recorder asks a daemon what to record
import anyascii, asn1crypto.cms, email_validator, jinja2, jwt, phonenumbers, tnefparse, webencodings, zoneinfo
from functions import observe
from aws_lambda_powertools.tracing import Tracer
from aws_xray_sdk.core import xray_recorder
from datetime import date
from imchat import aws
from imchat.mail import templating
from imchat.rights import deadlines
observe.logger(); observe._metrics(); zoneinfo.ZoneInfo('Asia/Tokyo'); date(2099, 12, 25) in deadlines._holidays()
phonenumbers.is_valid_number(phonenumbers.parse('+442071838750'))
assert anyascii.anyascii(chr(0x416)) == 'Zh'
for service in ('s3', 'kms'): aws.client(service)
"""
# Makes of the standard library's chance, clocks and connections something that tells who asked for it.
WATCHED = """
import os, random, secrets, socket, sys, time, uuid
told = []
def watch(module, name):
    real = getattr(module, name)
    def told_of(*given, **named):
        asking = sys._getframe(1).f_globals.get("__name__", "")
        told.append(f"{asking} asks {module.__name__}.{name}")
        return real(*given, **named)
    setattr(module, name, told_of)
for module, names in (
    (os, "urandom getrandom getpid"), (uuid, "uuid1 uuid4"), (time, "time time_ns monotonic"),
    (secrets, "token_bytes token_hex token_urlsafe randbits choice"), (random, "random randint choice getrandbits seed"),
):
    for name in names.split():
        watch(module, name)
sys.addaudithook(lambda event, _: told.append(event) if event == "socket.connect" else None)
"""


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return built()


@pytest.fixture(scope="module")
def paths(template: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return unpack(tmp_path_factory.mktemp("lambda"))


def test_the_template_passes_cfn_lint(template: dict[str, Any]) -> None:
    lint(PACKAGED / "template.json")


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


def test_every_table_is_billed_by_use(template: dict[str, Any]) -> None:
    for table in of_type(template, "AWS::DynamoDB::Table").values():
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
    del buckets["WebBucket"], buckets["ProofBucket"]  # the pages, and the proof: of nobody
    days = {}
    for name, bucket in buckets.items():
        assert "VersioningConfiguration" not in bucket
        assert all(bucket["PublicAccessBlockConfiguration"].values())
        (rule,) = bucket["LifecycleConfiguration"]["Rules"]
        assert rule["Status"] == "Enabled"
        assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
        assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
        days[name] = rule["ExpirationInDays"]
    # S3 deletes at the end of the day: a document that proves who asks is gone within its 14 days.
    assert days == {
        "InboundBucket": 7, "CorrespondenceBucket": 732, "ExportsBucket": 30, "PartsBucket": 30, "IdentityBucket": 13,
    }  # fmt: skip


def test_N10_a_raw_mail_goes_within_days_and_its_dead_letter_with_it(template: dict[str, Any]) -> None:
    (rule,) = template["Resources"]["InboundBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert not rule.keys() & {"Filter", "Prefix", "TagFilters"}
    letters = template["Resources"]["InboundDeadLetters"]["Properties"]
    assert letters["MessageRetentionPeriod"] == rule["ExpirationInDays"] * 86400


def test_a_large_mail_has_time_and_room_and_is_tried_again(template: dict[str, Any]) -> None:
    function = template["Resources"]["Inbound"]["Properties"]
    # The largest that SES takes in is 40 MB.
    assert function["Timeout"] >= 300
    assert function["MemorySize"] >= 2048
    retries = template["Resources"]["InboundRetries"]["Properties"]
    assert retries["MaximumRetryAttempts"] == 2
    assert retries["MaximumEventAgeInSeconds"] >= 3 * function["Timeout"]
    assert retries["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["InboundDeadLetters", "Arn"]}


def test_letters_are_answered_to_an_address_that_is_received(template: dict[str, Any]) -> None:
    assert CONTACT in template["Resources"]["PrivacyMail"]["Properties"]["Rule"]["Recipients"]


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


def test_each_function_has_the_layer(template: dict[str, Any]) -> None:
    assert template["Globals"]["Function"]["Layers"] == [{"Ref": "ImchatLayer"}]


def test_the_front_can_pass_sockets_on_as_they_are_and_the_stage_follows_its_routes(template: dict[str, Any]) -> None:
    (stage,) = of_type(template, "AWS::ApiGatewayV2::Stage").values()
    assert stage["StageName"] == "socket"
    assert stage["AutoDeploy"] is True
    assert not of_type(template, "AWS::ApiGatewayV2::Deployment")
    endpoint = template["Globals"]["Function"]["Environment"]["Variables"]["SOCKET_ENDPOINT"]
    assert endpoint == template["Outputs"]["SocketEndpoint"]["Value"]
    assert endpoint["Fn::Sub"].endswith("/socket")


def test_the_zips_hold_our_code_precompiled_and_nothing_for_developers(template: dict[str, Any]) -> None:
    functions = set(zipfile.ZipFile(PACKAGED / "functions.zip").namelist())
    layer = set(zipfile.ZipFile(PACKAGED / "layer.zip").namelist())
    tag = of_stage("dev").cache_tag
    assert {"app.py", "functions/visitor.py", f"functions/__pycache__/visitor.{tag}.pyc"} <= functions
    assert {"python/imchat/stores/chats.py", f"python/imchat/stores/__pycache__/chats.{tag}.pyc"} <= layer
    assert not [
        name for name in functions if name.split("/")[0] in ("boto3", "pip", "pytest", "ministack", "tests", "infra")
    ]
    assert (PACKAGED / "functions.zip").stat().st_size < 8_000_000


def test_the_functions_and_their_libraries_are_for_the_runtime_that_is_set(template: dict[str, Any]) -> None:
    on = of_stage("dev")
    functions = of_type(template, "AWS::Serverless::Function").values()
    assert {(one["Runtime"], *one["Architectures"]) for one in functions} == {(on.name, on.architecture)}
    (layer,) = of_type(template, "AWS::Serverless::LayerVersion").values()
    assert (layer["CompatibleRuntimes"], layer["CompatibleArchitectures"]) == ([on.name], [on.architecture])
    names = zipfile.ZipFile(PACKAGED / "functions.zip").namelist()
    binaries = [name for name in names if name.endswith(".so")]
    assert binaries
    assert [name for name in binaries if f".{on.cache_tag}-{on.machine}-" not in name] == []
    assert {name.split(".")[-2] for name in names if name.endswith(".pyc")} == {on.cache_tag}


@pytest.mark.parametrize("file", ["functions.zip", "layer.zip"])
def test_the_zips_are_in_order_and_every_entry_has_one_date_and_mode(template: dict[str, Any], file: str) -> None:
    entries = zipfile.ZipFile(PACKAGED / file).infolist()
    assert [one.filename for one in entries] == sorted({one.filename for one in entries})
    assert {(one.date_time, one.external_attr >> 16, one.create_system) for one in entries} == {(EPOCH, 0o644, 3)}


@pytest.mark.parametrize("entry", ENTRIES)
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
    once(f"import {', '.join(modules)}\n{LATER}", paths)


def test_no_package_is_packaged_that_no_function_imports(paths: list[str]) -> None:
    """Packages are as fine as libraries say what belongs together; their single modules are not looked at."""
    task, library = (Path(path) for path in paths)
    ours = [
        ".".join(file.relative_to(library).with_suffix("").parts).removesuffix(".__init__")
        for file in sorted(library.rglob("*.py"))
    ]
    ours += [f"functions.{file.stem}" for file in (task / "functions").glob("[!_]*.py")] + [
        "functions.openapi.document"
    ]
    shown = "import sys; print(*(name for name, one in sys.modules.items() if hasattr(one, '__path__')))"
    loaded = set(once(f"import {', '.join(ours)}\n{LATER}\n{shown}", paths).split())
    packaged = {".".join(file.parent.relative_to(task).parts) for file in task.rglob("__init__.py")}
    assert packaged > {"botocore", "functions"}
    assert {name for name in packaged - loaded if not name.startswith("tzdata")} == set()  # no code


def test_the_functions_call_nothing_that_the_models_of_their_services_leave_out(paths: list[str]) -> None:
    code = (
        "import botocore.session, json\n"
        "session = botocore.session.get_session()\n"
        f"made = {{name: session.create_client(name) for name in {sorted(OPERATIONS)}}}\n"
        "print(json.dumps({name: sorted(one.meta.method_to_api_mapping.values()) for name, one in made.items()}))"
    )
    assert json.loads(once(code, paths)) == {name: sorted(every) for name, every in OPERATIONS.items()}
    files = [file for place in (Path("functions"), Path(paths[1])) for file in place.rglob("*.py")]
    by_botocore = {"s3": {"CreateBucket", "HeadBucket"}}
    called = operations_called(files, OPERATIONS)
    assert called == {name: set(OPERATIONS[name]) - by_botocore.get(name, set()) for name in called}


@pytest.mark.parametrize("entry", sorted({entry.partition(":")[0] for entry in ENTRIES}))
def test_importing_asks_nothing_that_two_functions_restored_from_one_snapshot_may_not_share(
    paths: list[str], entry: str
) -> None:
    made = "from imchat import aws; assert aws._dynamodb is None and not aws._clients and not aws._secrets"
    told = once(f"{WATCHED}\nimport {entry}\n{made}\nprint(*told, sep='\\n')", paths)
    # When logging began: no line of ours says how long ago that was.
    assert told.split() == ["logging", "asks", "time.time"]


def test_what_asks_for_chance_while_it_is_imported_is_told(paths: list[str], tmp_path: Path) -> None:
    (tmp_path / "unique.py").write_text("import uuid, time\nNAME, SINCE = uuid.uuid4(), time.time()\n")
    told = once(f"{WATCHED}\nimport unique\nprint(*told, sep='\\n')", [*paths, str(tmp_path)])
    assert {"unique asks uuid.uuid4", "unique asks time.time"} <= set(told.split("\n"))

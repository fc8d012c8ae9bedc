"""What SAM makes of the template, held against what AWS takes; each number names the page that gives it."""

import json
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from tests.limits.services import GATEWAY_SECONDS
from tests.unit.translated import STAGES, resolved, resources, translated


@pytest.fixture(params=STAGES)
def stage(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_api_has_one_stage_and_it_is_logged_and_throttled(stage: str) -> None:
    """SAM makes a second one, named Stage, with neither, unless it is told the version of the API's description.
    docs.aws.amazon.com/serverless-application-model, "sam-resource-api", OpenApiVersion."""
    (own,) = resources(stage, "AWS::ApiGateway::Stage").values()
    assert own["StageName"] == "api"
    assert own["AccessLogSetting"]["DestinationArn"]
    everything = [one for one in own["MethodSettings"] if (one["HttpMethod"], one["ResourcePath"]) == ("*", "/*")]
    assert [(one["ThrottlingRateLimit"] > 0, one["ThrottlingBurstLimit"] > 0) for one in everything] == [(True, True)]
    for deployment in resources(stage, "AWS::ApiGateway::Deployment").values():
        assert "StageName" not in deployment


def test_the_only_stage_stands_behind_the_firewall_and_is_watched(stage: str) -> None:
    if stage == "dev":
        assert not resources(stage, "AWS::WAFv2::WebACLAssociation")
        return
    (association,) = resources(stage, "AWS::WAFv2::WebACLAssociation").values()
    (name,) = resources(stage, "AWS::ApiGateway::Stage")
    template = translated(stage)
    assert association["ResourceArn"].endswith("/stages/" + resolved({"Ref": name}, template, stage))
    watched = [
        dimension["Value"]
        for alarm in resources(stage, "AWS::CloudWatch::Alarm").values()
        for metric in ([alarm] if "Namespace" in alarm else [one["MetricStat"]["Metric"] for one in alarm["Metrics"] if "MetricStat" in one])
        if metric["Namespace"] == "AWS/ApiGateway"
        for dimension in metric["Dimensions"]
        if dimension["Name"] == "Stage"
    ]  # fmt: skip
    assert watched
    assert set(watched) <= {"api", "socket"}


def test_the_template_is_no_larger_than_cloudformation_takes(stage: str) -> None:
    """docs.aws.amazon.com/AWSCloudFormation, "cloudformation-limits"."""
    template = translated(stage)
    assert len(json.dumps(template).encode()) <= 1_000_000
    assert len(template["Resources"]) <= 500
    assert len(template["Outputs"]) <= 200
    assert len(template["Parameters"]) <= 200
    for name in template["Resources"]:
        assert re.fullmatch(r"[A-Za-z0-9]{1,255}", name)
    for value in (output["Value"] for output in template["Outputs"].values()):
        assert len(str(resolved(value, template, stage))) <= 4096


def test_every_functions_environment_fits(stage: str) -> None:
    """docs.aws.amazon.com/lambda, "gettingstarted-limits": 4 KB together."""
    functions = resources(stage, "AWS::Lambda::Function")
    assert len(functions) > 15
    for name, function in functions.items():
        variables = function["Environment"]["Variables"]
        assert all(isinstance(value, str) for value in variables.values()), name
        assert len(json.dumps(variables).encode()) <= 4096, name


def test_a_function_behind_the_gateway_ends_before_the_gateway_does(stage: str) -> None:
    """docs.aws.amazon.com/apigateway, "limits", integration timeout: the caller is answered 504, and what the function
    still does nobody hears of."""
    functions = resources(stage, "AWS::Lambda::Function")
    permissions = translated(stage)["Resources"].values()
    behind = {
        one["Properties"]["FunctionName"]["Ref"]
        for one in permissions
        if one["Type"] == "AWS::Lambda::Permission" and one["Properties"]["Principal"] == "apigateway.amazonaws.com"
    }
    assert len(behind) > 8
    assert {name: functions[name]["Timeout"] for name in behind if functions[name]["Timeout"] > GATEWAY_SECONDS} == {}


def test_every_role_is_small_enough(stage: str) -> None:
    """docs.aws.amazon.com/IAM, "reference_iam-quotas": inline policies of a role 10,240 characters together without
    white space, its trust policy 2,048."""
    roles = resources(stage, "AWS::IAM::Role")
    assert len(roles) > 15
    for name, role in roles.items():
        documents = [policy["PolicyDocument"] for policy in role.get("Policies", [])]
        assert sum(len(json.dumps(one, separators=(",", ":"))) for one in documents) <= 10_240, name
        assert len(json.dumps(role["AssumeRolePolicyDocument"], separators=(",", ":"))) <= 2048, name


# What parliament says of a role and is answered here: (its word, action or role): why it may be.
_ANSWERED = {
    (
        "RESOURCE_MISMATCH",
        "states:DescribeExecution",
    ): "of an execution or of an express one; ours are none of the second",
    ("RESOURCE_STAR", "GatewayLogsRole"): "API Gateway refuses a role that may write into fewer groups",
}


def test_parliament_has_nothing_to_say_of_a_role_that_is_not_answered(stage: str) -> None:
    """Actions that there are, on resources that they know, by its copy of AWS's service authorisation reference."""
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):  # it leaves its own file open
        import parliament

    met = set()
    for name, role in resources(stage, "AWS::IAM::Role").items():
        for policy in role.get("Policies", []):
            for finding in parliament.analyze_policy_string(json.dumps(policy["PolicyDocument"])).findings:
                said = finding.detail if isinstance(finding.detail, list) else [finding.detail]
                actions = {one["action"] if isinstance(one, dict) else name for one in said}
                unanswered = {(finding.issue, action) for action in actions} - _ANSWERED.keys()
                assert not unanswered, (name, finding.issue, finding.detail)
                met |= {(finding.issue, action) for action in actions}
    assert met == _ANSWERED.keys()


def test_cfn_lint_has_nothing_to_say_of_what_sam_makes(tmp_path: Path) -> None:
    """Of one stage: the others differ in the value of a parameter. W1020: SAM keeps our Fn::Sub in a name where it has
    put in the only variable."""
    template = tmp_path / "template.json"
    template.write_text(json.dumps(translated("prod")))
    command = [str(Path(sys.executable).with_name("cfn-lint")), "--non-zero-exit-code", "warning",
               "--ignore-checks", "W1020", "--", str(template)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


# Type: the property that names it, and what AWS takes. Each from the page of the resource's Create call.
_NAMES: dict[str, tuple[str, str]] = {
    "AWS::Lambda::Function": ("FunctionName", r"[A-Za-z0-9_-]{1,64}"),
    "AWS::Lambda::LayerVersion": ("LayerName", r"[A-Za-z0-9_-]{1,140}"),
    "AWS::IAM::Role": ("RoleName", r"[\w+=,.@-]{1,64}"),
    "AWS::DynamoDB::Table": ("TableName", r"[A-Za-z0-9_.-]{3,255}"),
    "AWS::S3::Bucket": ("BucketName", r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
    "AWS::SQS::Queue": ("QueueName", r"[A-Za-z0-9_-]{1,80}(\.fifo)?"),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", r"[A-Za-z0-9_-]{1,80}"),
    "AWS::CloudWatch::Alarm": ("AlarmName", r".{1,255}"),
    "AWS::CloudFront::ResponseHeadersPolicy": ("ResponseHeadersPolicyConfig.Name", r"[A-Za-z0-9_-]{1,128}"),
    "AWS::CloudFront::CachePolicy": ("CachePolicyConfig.Name", r"[A-Za-z0-9_-]{1,128}"),
    "AWS::CloudFront::OriginRequestPolicy": ("OriginRequestPolicyConfig.Name", r"[A-Za-z0-9_-]{1,128}"),
    "AWS::CloudFront::Function": ("Name", r"[A-Za-z0-9_-]{1,64}"),
    "AWS::CloudFront::OriginAccessControl": ("OriginAccessControlConfig.Name", r".{1,64}"),
    "AWS::WAFv2::WebACL": ("Name", r"[\w-]{1,128}"),
    "AWS::KMS::Alias": ("AliasName", r"alias/[A-Za-z0-9/_-]{1,250}"),
    "AWS::Logs::LogGroup": ("LogGroupName", r"[.\-_/#A-Za-z0-9]{1,512}"),
}


@pytest.mark.parametrize("kind", _NAMES)
def test_names_are_such_as_aws_takes(stage: str, kind: str) -> None:
    place, pattern = _NAMES[kind]
    for logical, properties in resources(stage, kind).items():
        name: Any = properties
        for part in place.split("."):
            name = name.get(part) if name else None
        assert name is None or re.fullmatch(pattern, name), (logical, name)


@pytest.mark.parametrize("kind", [kind for kind in _NAMES if kind.startswith("AWS::CloudFront::")])
def test_names_that_one_account_has_once_tell_stages_and_regions_apart(kind: str) -> None:
    """CloudFront is one for all regions: two stages of one name in two regions would want the same names."""
    place = _NAMES[kind][0].split(".")
    for logical, one in translated("prod")["Resources"].items():
        if one["Type"] == kind:
            name: Any = one["Properties"]
            for part in place:
                name = name[part]
            said = json.dumps(name)
            assert "${Stage}" in said or "AWS::StackName" in said, logical
            assert "AWS::Region" in said, logical


def _patterns(value: Any) -> Iterator[str]:
    """Every pattern of names that a policy holds."""
    if isinstance(value, dict):
        for part in value.values():
            yield from _patterns(part)
    elif isinstance(value, list):
        for part in value:
            yield from _patterns(part)
    elif isinstance(value, str) and value.startswith("arn:") and "*" in value:
        yield value


def test_no_policy_of_a_stage_lets_a_sibling_in(stage: str) -> None:
    """Of a stack whose name only begins like ours, as imchat-prod-x: by the stack's name and a star it would be ours."""
    policies: list[Any] = [one["PolicyDocument"] for kind in ("S3::BucketPolicy", "SQS::QueuePolicy", "SNS::TopicPolicy")
                           for one in resources(stage, f"AWS::{kind}").values()]  # fmt: skip
    policies += [one["KeyPolicy"] for one in resources(stage, "AWS::KMS::Key").values()]
    policies += [one.get("Policies", []) for one in resources(stage, "AWS::IAM::Role").values()]
    patterns = {one for policy in policies for one in _patterns(policy) if re.search(r"imchat-staging-[^/:]*\*", one)}
    assert len(patterns) > 40
    kinds = ("Lambda::Function", "IAM::Role", "SNS::Topic", "SQS::Queue", "S3::Bucket", "DynamoDB::Table")
    names = [name for kind in kinds for name in resources(stage, f"AWS::{kind}")]
    for pattern in patterns:
        for name in names:
            for sibling in (f"imchat-staging-x-{name}-ABC", f"imchat-staging-2-{name.lower()}-abc"):
                place = re.sub(r"imchat-staging-[^/:]*\*", sibling, pattern)
                assert not fnmatchcase(place, pattern), place


def test_the_key_names_whoever_uses_it_and_its_policy_fits(stage: str) -> None:
    """docs.aws.amazon.com/kms, "resource-limits": 32 KB."""
    policy = resources(stage, "AWS::KMS::Key")["DataKey"]["KeyPolicy"]
    assert len(json.dumps(policy)) <= 32_768
    allowed = {one["Sid"]: one.get("Condition", {}).get("ArnLike", {}) for one in policy["Statement"]}
    (roles,) = allowed["OurFunctionsThroughWhatKeepsTheData"].values()
    for name in set(resources(stage, "AWS::IAM::Role")) - {"GatewayLogsRole"}:
        assert any(fnmatchcase(f"arn:aws:iam::123456789012:role/imchat-staging-{name}-ABC", one) for one in roles), name
    (groups,) = allowed["Logs"].values()
    for name in resources(stage, "AWS::Lambda::Function"):
        group = f"arn:aws:logs:ap-southeast-2:123456789012:log-group:/aws/lambda/imchat-staging-{name}-ABC"
        assert any(fnmatchcase(group, one) for one in groups), name
    for group in resources(stage, "AWS::Logs::LogGroup").values():
        if not group["LogGroupName"].startswith("/aws/lambda/"):
            assert f"arn:aws:logs:ap-southeast-2:123456789012:log-group:{group['LogGroupName']}" in groups
    for sid, service, kind in (
        ("AlarmsAndFeedbackIntoTopics", "sns", "AWS::SNS::Topic"), ("EventsIntoDeadLetters", "sqs", "AWS::SQS::Queue")
    ):  # fmt: skip
        (named,) = allowed[sid].values()
        for name in resources(stage, kind):
            assert f"arn:aws:{service}:ap-southeast-2:123456789012:imchat-staging-{name}-*" in named


def test_every_function_that_mails_may_do_so_to_anybody_from_one_address(stage: str) -> None:
    """In SES's sandbox IAM asks for the identity of the recipient too; what may be sent is held by the sender.
    docs.aws.amazon.com/ses, "control-user-access"."""
    senders = {
        name: statement
        for name, role in resources(stage, "AWS::IAM::Role").items()
        for policy in role.get("Policies", [])
        for statement in policy["PolicyDocument"]["Statement"]
        if "ses:SendEmail" in statement["Action"]
    }
    assert senders
    for name, statement in senders.items():
        assert "arn:aws:ses:ap-southeast-2:123456789012:identity/*" in statement["Resource"], name
        assert statement["Condition"] == {"StringEquals": {"ses:FromAddress": "chat@example.com"}}, name

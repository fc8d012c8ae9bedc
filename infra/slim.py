"""What the functions' zip leaves out of libraries (docs/decisions/0006, 0034): botocore's models of what no function
calls, and packages that no function imports. A first client parses its service's whole model, and importing one
country's holidays imports those of every other."""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

# What the functions call of each service; of all else botocore knows nothing there.
OPERATIONS = {
    "apigateway": ("GetStages",),
    "apigatewaymanagementapi": ("DeleteConnection", "PostToConnection"),
    "cloudformation": ("DescribeStacks", "GetTemplate", "ListStackResources"),
    "cloudwatch": ("DescribeAlarms",),
    "cognito-idp": (
        "AdminAddUserToGroup", "AdminCreateUser", "AdminDisableUser", "AdminEnableUser", "AdminGetUser",
        "AdminListGroupsForUser", "AdminSetUserPassword", "AdminUpdateUserAttributes", "AdminUserGlobalSignOut",
        "AssociateSoftwareToken", "DescribeUserPool", "InitiateAuth", "RespondToAuthChallenge", "RevokeToken",
        "SetUserMFAPreference", "VerifySoftwareToken",
    ),
    "dynamodb": (
        "BatchGetItem", "BatchWriteItem", "DeleteItem", "DescribeContinuousBackups", "DescribeTable",
        "DescribeTimeToLive", "GetItem", "ListBackups", "PutItem", "Query", "TransactWriteItems", "UpdateItem",
    ),
    "events": ("DescribeRule", "ListTargetsByRule"),
    "iam": ("GetRole", "GetRolePolicy", "ListAttachedRolePolicies", "ListRolePolicies"),
    "kms": ("GetKeyRotationStatus", "GetPublicKey", "Sign"),
    "lambda": ("GetFunctionConfiguration", "GetLayerVersion"),
    "logs": ("DescribeLogGroups", "FilterLogEvents"),
    "s3": (
        "AbortMultipartUpload", "CompleteMultipartUpload", "CreateMultipartUpload", "DeleteObject", "DeleteObjects",
        "GetBucketEncryption", "GetBucketPolicy", "GetBucketPolicyStatus", "GetBucketVersioning",
        "GetBucketLifecycleConfiguration", "GetObject", "GetPublicAccessBlock", "HeadObject", "ListObjectsV2",
        "PutObject", "UploadPart",
        # By botocore itself: to find the address of a form for uploads, and the region of a bucket.
        "CreateBucket", "HeadBucket",
    ),
    "secretsmanager": ("GetSecretValue",),
    "ses": ("DescribeActiveReceiptRuleSet",),
    "sesv2": ("DeleteSuppressedDestination", "GetEmailIdentity", "ListSuppressedDestinations", "SendEmail"),
    "sns": ("ListSubscriptionsByTopic", "Publish"),
    "sqs": ("GetQueueAttributes", "ListQueueTags", "SendMessage"),
    "stepfunctions": ("DescribeExecution", "SendTaskSuccess", "StartExecution"),
}  # fmt: skip
# As the endpoints file names them.
_ENDPOINTS = {*OPERATIONS, "email", "execute-api", "monitoring", "states"}
# In wheels, but of no use to a running function.
LEFT_OUT = (
    "*.dist-info/RECORD",
    "**/*.pyi",
    # Of Powertools the logger, the metrics and the tracer stay, and what these import (jmespath_utils).
    "aws_lambda_powertools/event_handler",
    "aws_lambda_powertools/utilities/[!_j]*",
    # Numbers that are dialled within one country.
    "phonenumbers/shortdata/region_*",
    # Python has its own, and tzdata the zones.
    "dateutil/zoneinfo",
    "aws_lambda_powertools/logging/formatters",
    "aws_lambda_powertools/metrics/provider/datadog",
    "aws_lambda_powertools/middleware_factory",
    # Traces of what other libraries do: each of our entries is traced, and no more.
    "aws_xray_sdk/ext",
    # Python in a browser.
    "urllib3/contrib/emscripten",
    # Markets, and names of calendars that are not ours.
    "holidays/mixins",
    "holidays/financial",
)  # fmt: skip
_HOLIDAYS = ("united_kingdom", "GB")


def slim(folder: Path) -> None:
    """Take out of ``folder``, the functions' unpacked zip, what no function needs."""
    for pattern in LEFT_OUT:
        for found in list(folder.glob(pattern)):
            if found.is_dir():
                shutil.rmtree(found)
            else:
                found.unlink()
    slim_models(folder / "botocore" / "data")
    slim_holidays(folder / "holidays")


def slim_models(data: Path) -> None:
    """Leave of botocore's models what our functions call, without the manual and the examples; and as they are read,
    for whatever Lambda unpacks is unpacked already."""
    for model in data.iterdir():
        if model.is_dir() and model.name not in OPERATIONS:
            shutil.rmtree(model)
        elif model.is_dir():  # botocore takes the newest version of a service
            for older in sorted(version for version in model.iterdir() if version.is_dir())[:-1]:
                shutil.rmtree(older)
    for file in data.rglob("examples-1.json"):
        file.unlink()
    for file in data.rglob("*.json.gz"):
        model = _without_manual(json.loads(gzip.decompress(file.read_bytes())))
        if file.name == "service-2.json.gz":
            model = _only(OPERATIONS[file.parts[-3]], model)
        file.with_suffix("").write_text(json.dumps(model, separators=(",", ":")))
        file.unlink()
    endpoints = json.loads((data / "endpoints.json").read_text())
    for partition in endpoints["partitions"]:
        partition["services"] = {name: one for name, one in partition["services"].items() if name in _ENDPOINTS}
    (data / "endpoints.json").write_text(json.dumps(endpoints, separators=(",", ":")))


def _only(operations: tuple[str, ...], model: dict[str, Any]) -> dict[str, Any]:
    """A service's model with these operations, and the shapes that they are made of. Raises KeyError for one that the
    service does not have."""
    kept: dict[str, Any] = {}

    def keep(node: Any) -> None:
        if isinstance(node, dict):
            name = node.get("shape")
            if isinstance(name, str) and name not in kept:
                kept[name] = model["shapes"][name]
                keep(kept[name])
            for value in node.values():
                keep(value)
        elif isinstance(node, list):
            for value in node:
                keep(value)

    chosen = {name: model["operations"][name] for name in operations}
    keep(chosen)
    return model | {"operations": chosen, "shapes": kept}


def _without_manual(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            # botocore reads the manual of these parameters, and of nothing else.
            key: value if key == "clientContextParams" else _without_manual(value)
            for key, value in node.items()
            if not (key == "documentation" and isinstance(value, str))
        }
    return [_without_manual(one) for one in node] if isinstance(node, list) else node


def slim_holidays(package: Path) -> None:
    """Leave the one country's whose working days count. The package that holds the countries imports each of them: here
    it is empty, and the module of a country is imported by its own name."""
    module, code = _HOLIDAYS
    for file in (package / "countries").glob("*.py"):
        if file.stem != module:
            file.unlink()
    (package / "countries" / "__init__.py").write_text("")
    for file in (package / "locale").rglob("*.mo"):
        if file.stem != code:
            file.unlink()

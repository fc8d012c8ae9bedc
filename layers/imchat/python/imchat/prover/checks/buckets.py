"""Checks of the buckets: that files end, that nobody outside reads them, and that what is deleted is gone."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from imchat import aws
from imchat.prover.finding import Check, Finding, found
from imchat.prover.stack import Resource, stack


def _buckets() -> Iterator[Resource]:
    return stack().of("AWS::S3::Bucket")


def _asked(method: str, bucket: Resource, absent: str) -> dict[str, Any]:
    """S3's answer; empty where there is no such setting, which it tells by the error ``absent``."""
    try:
        answer: dict[str, Any] = getattr(aws.client("s3"), method)(Bucket=bucket.physical_id)
    except ClientError as error:
        if error.response["Error"]["Code"] != absent:
            raise
        return {}
    return answer


def _lifecycle(_: datetime) -> Finding:
    return found(_without_end())


def _without_end() -> Iterator[str]:
    for bucket in _buckets():
        wanted = {
            one["ExpirationInDays"] for one in bucket.properties.get("LifecycleConfiguration", {"Rules": ()})["Rules"]
        }
        told = _asked("get_bucket_lifecycle_configuration", bucket, "NoSuchLifecycleConfiguration").get("Rules", [])
        # A rule that is for some objects only, or switched off, is none.
        rules = [one for one in told if one["Status"] == "Enabled" and not _limited(one)]
        actual = {one["Expiration"]["Days"] for one in rules if "Days" in one.get("Expiration", {})}
        if actual != wanted:
            yield f"{bucket.name}: files end after {sorted(actual) or 'no'} days instead of {sorted(wanted)}"


def _limited(rule: dict[str, Any]) -> bool:
    only = rule.get("Filter") or {}
    return bool(rule.get("Prefix") or only.get("Prefix") or only.keys() - {"Prefix"})


def _closed(_: datetime) -> Finding:
    return found(_open())


def _open() -> Iterator[str]:
    for bucket in _buckets():
        block = _asked("get_public_access_block", bucket, "NoSuchPublicAccessBlockConfiguration")
        wanted = bucket.properties["PublicAccessBlockConfiguration"]
        if block.get("PublicAccessBlockConfiguration") != wanted:
            yield f"{bucket.name}: public access is not blocked"
        policy = _asked("get_bucket_policy", bucket, "NoSuchBucketPolicy").get("Policy", '{"Statement": []}')
        if any(_for_everybody(one) for one in json.loads(policy)["Statement"]):
            yield f"{bucket.name}: its policy lets everybody in"
        status = _asked("get_bucket_policy_status", bucket, "NoSuchBucketPolicy").get("PolicyStatus", {})
        if status.get("IsPublic"):
            yield f"{bucket.name}: S3 calls it public"


def _for_everybody(statement: dict[str, Any]) -> bool:
    everybody = statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
    return statement["Effect"] == "Allow" and everybody and not statement.get("Condition")


def _versions(_: datetime) -> Finding:
    return found(
        f"{bucket.name}: versions are {status}"
        for bucket in _buckets()
        if (status := aws.client("s3").get_bucket_versioning(Bucket=bucket.physical_id).get("Status"))
    )


CHECKS = (
    Check(
        "files-end",
        "Files, copies of personal data and proofs of identity are deleted when their days are over.",
        (10, 12, 13),
        _lifecycle,
    ),
    Check("files-closed", "Nobody outside can read our files.", (9, 13, 15), _closed),
    Check("files-final", "A file that is deleted leaves no older version behind.", (18,), _versions),
)

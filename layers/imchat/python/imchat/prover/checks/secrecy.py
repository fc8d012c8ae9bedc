"""Checks of encryption, logs and signing in."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from imchat import aws
from imchat.prover.finding import Check, Finding, Outcome, found
from imchat.prover.stack import Resource, stack


def _encrypted(_: datetime) -> Finding:
    return found(_plain())


def _plain() -> Iterator[str]:
    for table in stack().of("AWS::DynamoDB::Table"):
        told = aws.client("dynamodb").describe_table(TableName=table.physical_id)["Table"].get("SSEDescription") or {}
        if told.get("Status") not in ("ENABLED", "UPDATING") or not _is_ours(told.get("KMSMasterKeyArn")):
            yield f"{table.name}: not encrypted with our key"
    for bucket in stack().of("AWS::S3::Bucket"):
        told = aws.client("s3").get_bucket_encryption(Bucket=bucket.physical_id)
        rule = told["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"]
        wanted = bucket.properties["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
        default = wanted["ServerSideEncryptionByDefault"]
        if rule["SSEAlgorithm"] != default["SSEAlgorithm"] or (
            "KMSMasterKeyID" in default and not _is_ours(rule.get("KMSMasterKeyID"))
        ):
            yield f"{bucket.name}: not encrypted as the release says"
    for queue in stack().of("AWS::SQS::Queue"):
        told = aws.client("sqs").get_queue_attributes(QueueUrl=queue.physical_id, AttributeNames=["KmsMasterKeyId"])
        if not _is_ours(told.get("Attributes", {}).get("KmsMasterKeyId")):
            yield f"{queue.name}: not encrypted with our key"
    if not aws.client("kms").get_key_rotation_status(KeyId=stack().one("DataKey").physical_id)["KeyRotationEnabled"]:
        yield "DataKey: is not changed by the year"


def _is_ours(key: str | None) -> bool:
    return bool(key) and str(key).rpartition("/")[2] == stack().one("DataKey").physical_id.rpartition("/")[2]


def _logs(_: datetime) -> Finding:
    return found(_lasting_logs())


def _lasting_logs() -> Iterator[str]:
    pages = aws.client("logs").get_paginator("describe_log_groups")
    told: dict[str, Any] = {}
    for start in ("/aws/lambda/", "/aws/apigateway/", "/aws/vendedlogs/states/"):
        for page in pages.paginate(logGroupNamePrefix=f"{start}{stack().name}-"):
            told |= {one["logGroupName"]: one for one in page["logGroups"]}
    for group in stack().of("AWS::Logs::LogGroup"):
        actual = told.get(group.physical_id, {})
        if actual.get("retentionInDays") != group.properties["RetentionInDays"]:
            yield f"{group.name}: lines are kept for {actual.get('retentionInDays', 'ever')}"
        if not _is_ours(actual.get("kmsKeyId")):
            yield f"{group.name}: not encrypted with our key"


def _sign_in(_: datetime) -> Finding:
    (pool,) = stack().of("AWS::Cognito::UserPool")
    told = aws.client("cognito-idp").describe_user_pool(UserPoolId=pool.physical_id)["UserPool"]
    wrong = []
    if told.get("MfaConfiguration", "OFF") != stack().value(pool.properties["MfaConfiguration"]):
        wrong.append(f"a second factor is {told.get('MfaConfiguration', 'OFF')}")
    if not told.get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly"):
        wrong.append("anybody can sign up")
    return found(wrong)


def _alarms(_: datetime) -> Finding | None:
    alarms = list(stack().of("AWS::CloudWatch::Alarm"))
    return (
        (found(_unarmed(alarms)) if _heard() else Finding(Outcome.NOT_KEPT, "nobody hears of alarms"))
        if alarms
        else None
    )


def _unarmed(alarms: list[Resource]) -> Iterator[str]:
    names = {one.physical_id: one.name for one in alarms}
    topic = stack().one("Alarms").physical_id
    told = aws.client("cloudwatch").get_paginator("describe_alarms")
    pages = told.paginate(AlarmNamePrefix=f"{stack().name}-", AlarmTypes=["MetricAlarm"])
    every = [one for page in pages for one in page["MetricAlarms"]]
    armed = {one["AlarmName"] for one in every if one["ActionsEnabled"] and topic in one["AlarmActions"]}
    yield from (f"alarm {names[name]} does not ring" for name in names.keys() - armed)


def _heard() -> bool:
    told = aws.client("sns").list_subscriptions_by_topic(TopicArn=stack().one("Alarms").physical_id)["Subscriptions"]
    return any(one["SubscriptionArn"].startswith("arn:") for one in told)


CHECKS = (
    Check("encrypted", "All that is kept of people is encrypted with a key of ours.", (9, 10, 17, 21), _encrypted),
    Check("logs-end", "Technical logs end after thirty days, and are encrypted.", (3, 16, 17), _logs),
    Check("sign-in", "Staff sign in as the release says, and nobody makes an account alone.", (9, 15), _sign_in),
    Check("alarms", "Somebody is told when a part of the system fails.", (12, 17, 18), _alarms),
)

"""Checks of the tables: that what has ended goes, and that backups reach back no further than the notice says."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from imchat import aws
from imchat.prover.finding import Check, Finding, Outcome, found
from imchat.prover.stack import stack
from imchat.register.activity import RECOVERY
from imchat.register.store import Store
from imchat.register.stores import stores
from imchat.settings import table_name
from imchat.stores.base import DUE_SHARDS, ExpiringItem

_TTL_ATTRIBUTE = "expires_at"
# The sweep runs each hour; what is still due after two was not swept.
LATE = timedelta(hours=2)


def _expiring() -> Iterator[Store]:
    return (store for store in stores() if any(issubclass(model, ExpiringItem) for model in store.models))


def _expiry(_: datetime) -> Finding:
    return found(_without_expiry())


def _without_expiry() -> Iterator[str]:
    for store in _expiring():
        told = aws.client("dynamodb").describe_time_to_live(TableName=table_name(store.name))["TimeToLiveDescription"]
        if told.get("TimeToLiveStatus") != "ENABLED" or told.get("AttributeName") != _TTL_ATTRIBUTE:
            yield f"{store.name}: TTL is {told.get('TimeToLiveStatus')} on {told.get('AttributeName')}"


def _swept(now: datetime) -> Finding:
    return found(_late(now))


def _late(now: datetime) -> Iterator[str]:
    """The tables in whose index of what is due something has waited for too long. DynamoDB is asked for a number, of
    one page: one is enough."""
    for store in stores():
        if not any(hasattr(model, "due_index") for model in store.models):
            continue
        for number in range(DUE_SHARDS):
            counted = aws.client("dynamodb").query(
                TableName=table_name(store.name),
                IndexName="due",
                Select="COUNT",
                KeyConditionExpression="due_shard = :shard AND due_at < :late",
                ExpressionAttributeValues={
                    ":shard": {"S": f"due#{number}"},
                    ":late": {"N": str(int((now - LATE).timestamp()))},
                },
            )
            if counted["Count"]:
                yield f"{store.name}: what was due two hours ago is still there"
                break


def _backups(_: datetime) -> Finding:
    wrong, untold = [], []
    for store in stores():
        table = table_name(store.name)
        client = aws.client("dynamodb")
        told = client.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
        recovery = told["PointInTimeRecoveryDescription"]
        enabled = recovery["PointInTimeRecoveryStatus"] == "ENABLED"
        if enabled != store.activity.recoverable:
            wrong.append(f"{store.name}: recovery to a point in time is {'on' if enabled else 'off'}")
        elif enabled and "RecoveryPeriodInDays" not in recovery:
            untold.append(f"{store.name}: how far backups reach back is not told")
        elif enabled and recovery["RecoveryPeriodInDays"] != RECOVERY.number:
            wrong.append(f"{store.name}: backups reach back {recovery['RecoveryPeriodInDays']} days")
        if client.list_backups(TableName=table).get("BackupSummaries"):
            wrong.append(f"{store.name}: somebody made a backup by hand, which has no end")
    return found(wrong) if wrong or not untold else Finding(Outcome.UNKNOWN, "; ".join(untold))


def _protected(_: datetime) -> Finding | None:
    wrong = []
    tables = [one for one in stack().of("AWS::DynamoDB::Table") if "DeletionProtectionEnabled" in one.properties]
    if not any(stack().value(one.properties["DeletionProtectionEnabled"]) for one in tables):
        return None
    for table in tables:
        told = aws.client("dynamodb").describe_table(TableName=table.physical_id)["Table"]
        if not told.get("DeletionProtectionEnabled"):
            wrong.append(f"{table.name} can be deleted")
    return found(wrong)


CHECKS = (
    Check(
        "expiry",
        "The database itself deletes every chat, email and log entry whose time has come.",
        (3, 9, 10, 13, 17, 19),
        _expiry,
    ),
    Check(
        "swept",
        "Nothing whose time has come has waited for more than two hours to be deleted.",
        (1, 3, 10, 17, 18, 19, 20),
        _swept,
    ),
    Check(
        "backups",
        "Backups reach back as far as the notice says, and no further.",
        (1, 17, 18),
        _backups,
    ),
    Check("protected", "What the law has us keep cannot be deleted by mistake.", (21,), _protected),
)

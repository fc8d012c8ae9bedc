"""Bringing back what a table has lost, from its point-in-time recovery: into a table beside it, where what had been
deleted is deleted again (docs/decisions/0014); from there what is missing goes back into the live table."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3

from imchat.errors import Conflict
from imchat.register.activity import RECOVERY
from imchat.register.stores import store as store_named
from imchat.rights.restoring import Blanked, as_left, forget_again, put_again, told
from imchat.settings import settings, table_name
from infra import tables
from infra.stacks import guarded

# Hours: a restored table is made as its size wants it.
_PATIENCE = {"Delay": 5, "MaxAttempts": 12 * 60 * 12}


@dataclass(frozen=True)
class Restored:
    """How many items the backup brought that had been ``deleted``, how many were put ``back``, and which details of
    these are ``blank``: they had been corrected since."""

    deleted: int
    back: int
    blank: tuple[Blanked, ...] = ()


def restore(store: str, to: datetime, now: datetime, say: Callable[[str], None]) -> Restored:
    """Put back into the live table what it held at ``to`` and has no more, and has not been deleted since, nor ended.
    What is there stays as it is. Can be cut, and done again with the same ``to``. Raises Conflict."""
    if not store_named(store).activity.recoverable:
        raise Conflict("not_recoverable", f"There are no backups of {store}: what it holds ends by itself.")
    dynamodb, live = boto3.client("dynamodb"), table_name(store)
    copy = f"{live}-as-of-{to.astimezone(UTC):%Y%m%dT%H%M%S}"
    if not _exists(dynamodb, copy):
        _refuse_other_times(dynamodb, live, to)
        say(f"restoring {live} into {copy}; this may take from minutes to hours ...")
        dynamodb.restore_table_to_point_in_time(SourceTableName=live, TargetTableName=copy, RestoreDateTime=to)
    dynamodb.get_waiter("table_exists").wait(TableName=copy, WaiterConfig=_PATIENCE)
    done = take_over(store, copy, now, say, to)
    dynamodb.delete_table(TableName=copy)
    say(f"{copy} is deleted: it was personal data.")
    return done


def take_over(store: str, copy: str, now: datetime, say: Callable[[str], None], to: datetime | None = None) -> Restored:
    """Put back into the store's table what only ``copy`` of it, as of ``to``, has: restricted, without what was
    corrected, and in the system log without the names, as it had been left since."""
    dynamodb, live = boto3.client("dynamodb"), table_name(store)
    _expire(dynamodb, store, copy)
    say("deleting what had been deleted ...")
    deleted = forget_again(store, copy)
    say("putting back what is missing ...")
    back = 0
    blank: list[Blanked] = []
    for item, blanked in as_left(store, _lasting(_items(dynamodb, copy), now), to):
        if _put_back(dynamodb, live, item):
            back += 1
            blank += blanked
    # What was deleted meanwhile is in the ledger by now.
    again = forget_again(store, live)
    return Restored(deleted, back - again, tuple(blank))


def mend(store: str, to: datetime | None = None, say: Callable[[str], None] = lambda _: None) -> int:
    """For a table that was itself made anew from a backup (as of ``to``, if that is known), under its own name: delete
    what had been deleted, restrict and blank what had been restricted and corrected, and switch on expiry, recovery and
    protection from deletion as the stage has them: a backup does not bring them along. Answers how many were
    deleted, and says which details are blank."""
    dynamodb, live = boto3.client("dynamodb"), table_name(store)
    gone = forget_again(store, live)
    tell_desk(put_again(store, live, to), say)
    _expire(dynamodb, store, live)
    if store_named(store).activity.recoverable:
        dynamodb.update_continuous_backups(
            TableName=live,
            PointInTimeRecoverySpecification={
                "PointInTimeRecoveryEnabled": True,
                "RecoveryPeriodInDays": RECOVERY.number,
            },
        )
        if guarded(settings().stage):
            dynamodb.update_table(TableName=live, DeletionProtectionEnabled=True)
    return gone


def tell_desk(blank: Iterable[Blanked], say: Callable[[str], None]) -> None:
    """Say which details are blank and must be filled in by the desks: references, no values."""
    lines = told(blank)
    if lines:
        say("These details had been corrected since, and are blank. Give the list to the desk of each website:")
    for line in lines:
        say(line)


def _exists(dynamodb: Any, name: str) -> bool:
    try:
        dynamodb.describe_table(TableName=name)
    except dynamodb.exceptions.ResourceNotFoundException:
        return False
    return True


def _refuse_other_times(dynamodb: Any, live: str, to: datetime) -> None:
    told = dynamodb.describe_continuous_backups(TableName=live)["ContinuousBackupsDescription"]
    window = told.get("PointInTimeRecoveryDescription", {})
    first, last = window.get("EarliestRestorableDateTime"), window.get("LatestRestorableDateTime")
    # A window without length tells nothing: AWS judges the moment itself then.
    if first and last and first < last and not first <= to <= last:
        raise Conflict(
            "outside_the_window",
            f"Backups of {live} reach from {first.isoformat()} to {last.isoformat()}. Name a moment between them.",
        )


def _expire(dynamodb: Any, store: str, table: str) -> None:
    """Switch on DynamoDB's own expiry."""
    if store not in tables.expiring():
        return
    state = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"]
    if state == "DISABLED":
        dynamodb.update_time_to_live(
            TableName=table,
            TimeToLiveSpecification={"AttributeName": tables.TTL_ATTRIBUTE, "Enabled": True},
        )


def _items(dynamodb: Any, table: str) -> Iterator[dict[str, Any]]:
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from page["Items"]


def _lasting(items: Iterable[Mapping[str, Any]], now: datetime) -> Iterator[Mapping[str, Any]]:
    """Without what has ended (N17)."""
    for item in items:
        if tables.TTL_ATTRIBUTE not in item or float(item[tables.TTL_ATTRIBUTE]["N"]) > now.timestamp():
            yield item


def _put_back(dynamodb: Any, live: str, item: Mapping[str, Any]) -> bool:
    try:
        dynamodb.put_item(TableName=live, Item=item, ConditionExpression="attribute_not_exists(pk)")
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return False
    return True

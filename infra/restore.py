"""``make forget``: after a table was restored from a backup, delete from it again what was deleted before
(docs/restore.md)."""

import argparse
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra import tables
from infra.stacks import use_stage


def forget(store: str, table: str) -> int:
    """Re-apply the ledger of deletions to ``table``, a restored copy of the store's, and switch on its expiry, which a
    restore does not bring along. Answers how many items were deleted."""
    from imchat.rights.restoring import forget_again

    gone = forget_again(store, table)
    dynamodb = boto3.client("dynamodb")
    if store in tables.expiring():
        state = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"]
        if state == "DISABLED":
            dynamodb.update_time_to_live(
                TableName=table,
                TimeToLiveSpecification={"AttributeName": tables.TTL_ATTRIBUTE, "Enabled": True},
            )
    return gone


def main() -> None:
    """The command line; ``--help`` suffices."""
    parser = argparse.ArgumentParser(prog="python -m infra.restore", description=__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--store", required=True, choices=tables.names())
    parser.add_argument("--table", required=True, help="the restored table's name")
    asked = parser.parse_args()
    try:
        use_stage(asked.stage)
        gone = forget(asked.store, asked.table)
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"AWS said: {error}")
    print(f"{gone} items of {asked.table} had been erased before, and are gone again.")
    if asked.store in tables.expiring():
        print("Its expiry is on.")


if __name__ == "__main__":
    main()

"""``imchat restore``."""

from datetime import datetime
from typing import Any

import click

from operations.command.asking import MOMENT, on_stage, progress


@click.command()
@click.option(
    "--store", required=True, help="Which kind of data: chats, evidence, correspondence, purchases, requests, ..."
)
@click.option("--to", type=MOMENT, help="The moment before the damage, within the last seven days.")
@click.option(
    "--in-place",
    is_flag=True,
    help="The table itself was made anew from a backup, under its own name: only forget again, switch the rest on.",
)
@on_stage
def restore(_: Any, store: str, to: datetime | None, in_place: bool) -> None:
    """Put back into a table what it held at a moment and has lost since; but nothing that had been deleted, by the
    ledger of deletions, or has ended. What is there stays as it is. The website may go on meanwhile. If it is cut, say
    the same again.

    What was restricted since is restricted again. A detail that was corrected since is blank, where its item had been
    lost, for the old value was wrong and the new one is nowhere else; a list from the system log says at the end what
    the desk must fill in. With --in-place, --to says of which moment the backup was.

    \b
    Example: imchat restore --store chats --to 2026-11-20T10:00Z --stage prod
    """
    from imchat import clock
    from infra import tables
    from operations import restore as restoring

    if store not in tables.names():
        raise click.UsageError(f"The stores are {', '.join(tables.names())}.")
    if in_place:
        gone = restoring.mend(store, to, click.echo)
        click.echo(f"{gone} items had been deleted before, and are gone again.")
        click.echo("Expiry, recovery and protection from deletion are as the stage has them.")
        return
    if to is None:
        raise click.UsageError("Say --to and a moment, or --in-place.")
    done = restoring.restore(store, to, clock.now(), progress)
    click.echo(f"{done.back} items are back. {done.deleted} had been deleted before the damage or since, and stay so.")
    restoring.tell_desk(done.blank, click.echo)

"""``imchat queues``."""

from typing import Any

import click

from operations.command.asking import end, for_scripts, on_stage, table, tell


@click.command()
@for_scripts
@on_stage
def queues(outputs: dict[str, str], as_json: bool) -> None:
    """How much waits in each queue. A queue of dead letters holds what could not be done; exit status 1 where any does.

    \b
    Example: imchat queues --local
    """
    from operations.queues import queues as every

    found = every(outputs["StackName"])
    heads = ("queue", "waiting", "in_work", "dead_letters")
    rows: list[Any] = [(one.name, one.waiting, one.taken, one.dead) for one in found]
    facts = [dict(zip(heads, row, strict=True)) for row in rows]
    shown = [(*row[:3], "dead letters" if row[3] else "") for row in rows]
    tell(facts, table(("QUEUE", "WAITING", "IN WORK", ""), shown), as_json=as_json)
    end(not any(one.dead and one.waiting for one in found))

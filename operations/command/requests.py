"""``imchat requests``. References, kinds and days; who asks stands nowhere."""

from collections.abc import Iterable
from typing import Any

import click

from operations.command.asking import end, for_scripts, on_stage, table, tell

_HEADS = ("reference", "site", "kind", "state", "due", "days_left")


@click.group()
def requests() -> None:
    """Data-protection requests that are overdue or stuck. They are answered at the desk, by its staff: here is nothing
    that says who asked."""


@requests.command()
@for_scripts
@on_stage
def overdue(_: Any, as_json: bool) -> None:
    """Open requests whose day has passed; exit status 1 where there are any.

    \b
    Example: imchat requests overdue --local
    """
    from imchat import clock
    from operations.requests import overdue as found

    _tell(found(clock.now()), "No request is overdue.", as_json=as_json)


@requests.command()
@for_scripts
@on_stage
def stuck(_: Any, as_json: bool) -> None:
    """Requests of which a task has failed for good: nothing goes on until `imchat requests retry`. Exit status 1 where
    there are any.

    \b
    Example: imchat requests stuck --local
    """
    from imchat import clock
    from operations.requests import stuck as found

    _tell(found(clock.now()), "No request is stuck.", as_json=as_json)


@requests.command()
@click.argument("reference")
@on_stage
def retry(_: Any, reference: str) -> None:
    """Go on with a stuck request where it failed; what was done is not done again. Mend the cause first.

    \b
    Example: imchat requests retry k7qf-2m3r-xa4c --local
    """
    from infra.stacks import engineer
    from operations.requests import retry as again

    again(reference, engineer())
    click.echo(f"{reference} goes on.")


def _tell(found: Iterable[Any], none: str, *, as_json: bool) -> None:
    rows = [(one.reference, one.site_id, one.kind, one.state, one.due, one.days_left) for one in found]
    facts = [dict(zip(_HEADS, row, strict=True)) for row in rows]
    heads = [head.upper().replace("_", " ") for head in _HEADS]
    tell(facts, table(heads, rows) or [none], as_json=as_json)
    end(not rows)

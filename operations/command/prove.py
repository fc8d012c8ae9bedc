"""``imchat prove``."""

import functools
import signal
import sys
from dataclasses import asdict
from typing import Any

import click

from operations.command.asking import Command, for_scripts, on_stage, progress, tell


def _untried(command: Command) -> Command:
    """What keeps it from trying ends with status 2: it says nothing of the promises."""

    @functools.wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        from operations.prove.report import Broken, Untried

        try:
            return command(*args, **options)
        except click.ClickException as error:
            error.exit_code = 2
            raise
        except (Broken, Untried) as error:
            said = f"The canaries' staff cannot sign in: {error}."
        except KeyboardInterrupt:
            said = "Cut: not every promise was tried."
        failed = click.ClickException(said)
        failed.exit_code = 2
        raise failed

    return run


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask on prod.")
@for_scripts
@_untried
@on_stage
def prove(outputs: dict[str, str], as_json: bool, yes: bool) -> None:
    """Canary people play the promises of the notice on the running stage, through its public address: they talk, get
    copies, delete, ask for their data and have it deleted; then their traces are searched. They have a website and a
    desk of their own (canary-site), whose staff are made for the run and removed at its end; they leave nothing but
    what receipts name. If it is cut, say it again: it clears what is left first.

    Exit status 0 every promise was kept, 1 one was broken, 2 one could not be tried.

    \b
    Example: imchat prove --local
    """
    from operations.prove.report import Line, status
    from operations.prove.run import run
    from operations.prove.stage import Stage

    asked = outputs["StackName"] != "imchat-prod" or yes
    if not (asked or click.confirm("Canary people will talk and be answered on prod, and mail will be sent. Go on?")):
        raise click.ClickException("Nothing was tried.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was begun is cleared then too

    def say(line: Line) -> None:
        said = f"{line.outcome:<8} {line.promise:<5} {line.says}: {line.seen}"
        (progress if as_json else click.echo)(said)

    lines = run(Stage(outputs), say)
    facts = {"stage": outputs["StackName"], "promises": [asdict(line) for line in lines]}
    outcome = status(lines)
    said = ("Every promise was kept.", "A promise was broken.", "Not every promise could be tried.")[outcome]
    tell(facts, [said], as_json=as_json)
    sys.exit(outcome)

"""``imchat status``."""

from dataclasses import asdict

import click

from operations.command.asking import end, for_scripts, on_stage, tell


@click.command()
@for_scripts
@on_stage
def status(outputs: dict[str, str], as_json: bool) -> None:
    """Whether everything is alive: stack, version, API, the hourly sweep, queues, desk, requests, alarms. Exit status 1
    where somebody must look; the name behind it is the heading in docs/operations.md.

    \b
    Example: imchat status --local
    """
    from imchat import clock
    from operations.status import status as every

    found = list(every(outputs, clock.now()))
    width = max(len(line.what) for line in found)
    lines = [
        f"{'ok  ' if line.fine else 'LOOK'}  {line.what.ljust(width)}  {line.said}"
        + ("" if line.fine or not line.situation else f"  -> “{line.situation}”")
        for line in found
    ]
    tell([asdict(line) for line in found], lines, as_json=as_json)
    end(all(line.fine for line in found))

"""``imchat logs``."""

from datetime import timedelta

import click

from operations.command.asking import end, on_stage


@click.command()
@click.argument("function", required=False)
@click.option("--hours", type=click.IntRange(1, 720), default=1, show_default=True, help="How far back.")
@on_stage
def logs(outputs: dict[str, str], function: str | None, hours: float) -> None:
    """What went wrong in a FUNCTION (by its name in the template, as APIHandler, Mailer or Sweeper), or in all: the
    moment, the references it was about, and where in the code. No word of a person is in a log. Exit status 1 where
    anything went wrong.

    \b
    Example: imchat logs Mailer --hours 12 --local
    """
    from imchat import clock
    from operations.logged_errors import errors

    found = errors(outputs["StackName"], clock.now() - timedelta(hours=hours), function)
    for one in found:
        about = " ".join(f"{key}={value}" for key, value in one.about.items())
        click.echo(f"{one.at:%d %B %H:%M:%S} UTC  {one.function}  {one.said}  {about}".rstrip())
        for frame in one.frames:
            click.echo(f"    {frame}")
    if not found:
        click.echo("Nothing went wrong.")
    end(not found)

"""``imchat promises``."""

import os
import sys

import click

from operations.command.asking import ROOT


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
def promises(pytest_arguments: tuple[str, ...]) -> None:
    """Run the tests that prove the notice, and print each promise with their result, as `make promises` does. Further
    words go to pytest. Exit status 1 unless every promise is proved.

    \b
    Example: imchat promises -k N17
    """
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "tests.promises", *pytest_arguments])  # noqa: S606 - our own

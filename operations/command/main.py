"""All of ``imchat``: one module for each word, loaded when the word is used, so that ``--help`` is quick."""

from importlib import import_module

import click

# What each does, in a line; its module has the same name.
WORDS = {
    "site": "Make, show, change and remove websites.",
    "staff": "Who of a website's staff may sign in, and as what.",
    "status": "Whether everything is alive, on one screen.",
    "logs": "What went wrong, by the functions' own logs.",
    "queues": "How much waits in each queue, and what could not be done.",
    "redrive": "Have what could not be done tried again.",
    "requests": "Data-protection requests that are overdue or stuck.",
    "sweep": "Run the hourly sweep now.",
    "restore": "Bring back what a table has lost, but nothing that was deleted.",
    "rotate": "Change secrets without a gap.",
    "breach": "What was exposed, how many people it concerns, and whom to tell by when.",
    "export": "Everything of a stage, or of one website, as files.",
    "verify": "Check that a copy of personal data, or a proof of the notice, is as we made it.",
    "proof": "Look now whether the notice is kept on the stage, and publish it.",
    "prove": "Canary people play the promises of the notice on the running stage.",
    "promises": "Each promise of the notice with the tests that prove it.",
}


class _Words(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(WORDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in WORDS:
            return None
        command: click.Command = getattr(import_module(f"operations.command.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(WORDS.items()))


@click.group(cls=_Words, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def imchat() -> None:
    """What an engineer does with a deployed stage of imchat, or with the stack of `make run`.

    Nearly every command wants to know where: --stage dev, staging or prod (AWS credentials and region come from the
    environment), or --local. `imchat COMMAND --help` shows its options and an example; docs/operations.md says what to
    do when.

    \b
    Exit status: 0  done, and all is well
                 1  not done, or something was found that somebody must look at
                 2  asked in the wrong way
    """

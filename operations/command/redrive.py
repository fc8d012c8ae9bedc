"""``imchat redrive``."""

from collections import Counter

import click

from operations.command.asking import end, for_scripts, on_stage, tell


@click.command()
@click.argument("queue", required=False)
@for_scripts
@on_stage
def redrive(outputs: dict[str, str], queue: str | None, as_json: bool) -> None:
    """Have what could not be done tried again, of one QUEUE of dead letters or of all. Mend the cause first: what fails
    again comes back. `imchat queues` names the queues.

    Exit status 1 where something is left that nobody can tell how to try again: look at it in the queue. And where
    something was not reached: say it again.

    \b
    Example: imchat redrive TranscriptDeadLetters --local
    """
    from operations.queues import dead_letters
    from operations.queues import redrive as again

    done: dict[str, Counter[str]] = {one.name: again(one) for one in dead_letters(outputs["StackName"], queue)}
    words = {"moved": "moved back to their queue", "invoked": "given to their function again", "left": "left",
             "not_reached": "not reached"}  # fmt: skip
    lines = [f"{name}: {n} {words[what]}" for name, counts in done.items() for what, n in counts.items()]
    tell(done, lines or ["There are no dead letters."], as_json=as_json)
    end(not any(counts["left"] or counts["not_reached"] for counts in done.values()))

"""What all commands share: where they work, how they say what went wrong, how they answer scripts."""

import functools
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from infra import STAGES

ROOT = Path(__file__).resolve().parents[2]
Command = Callable[..., Any]


class Moment(click.ParamType):
    """A moment with its offset, as RFC 3339 writes it."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """As click's."""
        if isinstance(value, datetime):
            return value
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            self.fail("A moment has a date, a time and an offset, as 2026-11-20T10:00Z.", param, ctx)
        return at


MOMENT = Moment()


def on_stage(command: Command) -> Command:
    """Options --stage and --local for a command, whose first argument is then the stack's outputs and its
    ``StackName``; the library in this
    process speaks to that stack."""

    @click.option(
        "--stage", type=click.Choice(STAGES), help="A stage on AWS; credentials and region come from the environment."
    )
    @click.option("--local", is_flag=True, help="The stack of `make run` on this machine.")
    @functools.wraps(command)
    def run(*args: Any, stage: str | None, local: bool, **options: Any) -> Any:
        if local == bool(stage):
            raise click.UsageError("Say where: --stage dev, staging or prod, or --local.")
        with said_plainly():
            if local:
                _use_local()
            return command(_stack(stage or "dev"), *args, **options)

    return run


def confirmed(question: str) -> Callable[[Command], Command]:
    """The option --yes for a command that destroys: without it, ``question`` is asked."""
    return click.confirmation_option("--yes", prompt=question, help="Do not ask.")


def for_scripts(command: Command) -> Command:
    """The option --json, as ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Answer with JSON, for scripts.")(command)


def tell(facts: Any, lines: Iterable[str], *, as_json: bool) -> None:
    """Answer: ``facts`` for scripts, or ``lines`` for people."""
    if as_json:
        click.echo(json.dumps(facts, indent=1, default=_spelled))
    else:
        for line in lines:
            click.echo(line)


def progress(line: str) -> None:
    """Say how far it is, beside the answer."""
    click.echo(line, err=True)


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """Rows in columns, as lines; none where there are no rows."""
    cells = [list(heads), *([str(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in cells]
    return lines if len(lines) > 1 else []


@contextmanager
def said_plainly() -> Iterator[None]:
    """Whatever goes wrong is one sentence and exit status 1: no traceback, and nothing that a person wrote."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

    from imchat.aws import AWS_ERRORS
    from imchat.errors import ImchatError
    from imchat.values import InvalidValue

    try:
        yield
    except ImchatError as error:
        raise click.ClickException(error.detail) from None
    except InvalidValue as error:
        raise click.ClickException(error.reason) from None
    except (NoCredentialsError, NoRegionError):
        raise click.ClickException("AWS credentials and a region must be in the environment.") from None
    except (BotoCoreError, ClientError) as error:
        raise click.ClickException(f"AWS said: {error}") from None
    except AWS_ERRORS as error:
        raise click.ClickException(f"AWS said: {error.__cause__ or error}") from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or 'A file'}: {error.strerror or type(error).__name__}.") from None


def _use_local() -> None:
    from infra.local.emulator import CREDENTIALS

    written = Path(os.environ.get("IMCHAT_LOCAL", ROOT / ".local")) / "stack.json"
    try:
        stack: Mapping[str, str] = json.loads(written.read_text())
    except FileNotFoundError:
        raise click.ClickException("Nothing runs here: start it with `make run`, and wait until it is ready.") from None
    os.environ.update(CREDENTIALS, AWS_ENDPOINT_URL=stack["endpoint_url"], AWS_DEFAULT_REGION=stack["region"])


def _stack(stage: str) -> dict[str, str]:
    from botocore.exceptions import ClientError

    from infra.stacks import use_stage

    try:
        return use_stage(stage) | {"StackName": f"imchat-{stage}"}
    except ClientError as error:
        if "does not exist" in str(error):
            raise click.ClickException(f"There is no stage {stage} in this account and region.") from None
        raise
    except KeyError as missing:
        said = f"The stage {stage} was deployed from another version than this clone: it has no output {missing}."
        raise click.ClickException(said) from None


def _spelled(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def end(fine: bool) -> None:
    """End with status 0 where all is well, 1 where somebody must look."""
    if not fine:
        sys.exit(1)

"""``imchat sweep``."""

import json

import click

from operations.command.asking import on_stage


@click.command()
@on_stage
def sweep(outputs: dict[str, str]) -> None:
    """Run now what runs each hour: what has ended is deleted, what was cut is finished, open requests are kept going.
    Prints what was done, by kind; “unfinished” says that there is more.

    \b
    Example: imchat sweep --local
    """
    import boto3
    from botocore.config import Config

    from infra.stacks import resources
    from operations.status import HOURLY

    functions = dict(resources(outputs["StackName"], "AWS::Lambda::Function"))
    # As long as it may run; and once.
    patient = Config(read_timeout=330, retries={"total_max_attempts": 1})
    lambdas = boto3.client("lambda", config=patient)
    for name in HOURLY:
        answer = lambdas.invoke(FunctionName=functions[name], Payload=b"{}")
        said = json.load(answer["Payload"])
        if "FunctionError" in answer:
            # Of what it met, our functions say the kind alone (functions/observe.py).
            raise click.ClickException(
                f"The {name.lower()} failed ({said.get('errorMessage')}): `imchat logs {name}` says where."
            )
        for kind, number in said.items():
            click.echo(f"{kind}: {number}")

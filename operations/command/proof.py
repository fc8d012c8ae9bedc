"""``imchat proof``."""

import json

import click

from operations.command.asking import end, for_scripts, on_stage, tell

_SHOWN = {"kept": "ok  ", "not_kept": "LOOK", "could_not_be_checked": "--  "}


@click.command()
@for_scripts
@on_stage
def proof(outputs: dict[str, str], as_json: bool) -> None:
    """Look now whether the notice is kept on the stage, as each night; publish it at /proof, and say what each check
    found: `ok`, `LOOK`, or `--` where it could not look. docs/proof.md says what each check is. Exit status 1 where a
    promise is not kept.

    \b
    Example: imchat proof --local
    """
    import boto3
    from botocore.config import Config

    from imchat.prover.night import KEY
    from infra.stacks import resources

    functions = dict(resources(outputs["StackName"], "AWS::Lambda::Function"))
    # As long as it may run; and once.
    patient = Config(read_timeout=930, retries={"total_max_attempts": 1})
    answer = boto3.client("lambda", config=patient).invoke(FunctionName=functions["Prover"], Payload=b"{}")
    said = json.load(answer["Payload"])
    if "FunctionError" in answer:
        # Of what it met, our functions say the kind alone (functions/observe.py).
        raise click.ClickException(f"The prover failed ({said.get('errorMessage')}): `imchat logs Prover` says where.")
    night = json.load(boto3.client("s3").get_object(Bucket=outputs["ProofBucket"], Key=KEY)["Body"])
    found = night["findings"]
    width = max(map(len, found))
    lines = [
        f"{_SHOWN[one['outcome']]}  {name.ljust(width)}  {one['technical']}".rstrip() for name, one in found.items()
    ]
    tell([{"check": name, **one} for name, one in found.items()], lines, as_json=as_json)
    end(not said["not_kept"])

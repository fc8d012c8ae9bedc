"""The last night, as it is kept beside the public proof: with what engineers and the desk are told, and nobody else."""

import msgspec
from botocore.exceptions import ClientError

from imchat import aws
from imchat.prover.finding import Finding
from imchat.prover.history import History
from imchat.settings import settings

FOLDER = "findings/"
KEY = f"{FOLDER}night.json"


class Night(msgspec.Struct, frozen=True):
    """A night's proof: when it was made (RFC 3339), which release ran, what each check found, and the history of each
    promise with it."""

    made_at: str
    release: str
    findings: dict[str, Finding]
    history: History


def last_night() -> Night | None:
    """The last night that was kept; None before the first."""
    try:
        body = aws.client("s3").get_object(Bucket=settings().proof_bucket, Key=KEY)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        return None
    return msgspec.json.decode(body, type=Night)


def keep(night: Night) -> None:
    """Keep a night as the last."""
    aws.client("s3").put_object(
        Bucket=settings().proof_bucket, Key=KEY, Body=msgspec.json.encode(night), ContentType="application/json"
    )

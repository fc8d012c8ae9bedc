"""How AWS refuses what is beyond a limit."""

from typing import Any

from botocore.exceptions import ClientError

KB = 1024
MB = KB * KB


def refusal(operation: str, code: str, message: str, status: int = 400) -> ClientError:
    """The error that botocore raises for a refusal of AWS. ``message`` names what is too large, and holds nothing of
    the call."""
    said: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(said, operation)

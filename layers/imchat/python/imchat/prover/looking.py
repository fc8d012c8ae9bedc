"""A night's look at the stage: every check once."""

from collections.abc import Callable
from datetime import datetime

from botocore.exceptions import ClientError

from imchat.prover.checks import CHECKS
from imchat.prover.finding import Finding, Outcome
from imchat.prover.release import release
from imchat.prover.stack import stack


def look(now: datetime, time_left: Callable[[], bool] = lambda: True) -> dict[str, Finding]:
    """Look at everything at ``now``. Returns what each check found, by its name; nothing of what this stage does not
    have. Never raises: a check that could not look (AWS refused, an unexpected answer, no time left) is UNKNOWN, with
    the kind of error, and never kept."""
    stack.cache_clear()
    release.cache_clear()
    findings: dict[str, Finding] = {}
    for check in CHECKS:
        if not time_left():
            findings[check.name] = Finding(Outcome.UNKNOWN, "time ran out before it was looked at")
            continue
        try:
            if (finding := check.look(now)) is not None:
                findings[check.name] = finding
        except Exception as error:  # one check's trouble is not the others'
            findings[check.name] = Finding(Outcome.UNKNOWN, _kind(error))
    return findings


def _kind(error: Exception) -> str:
    """An error without its words, which may repeat what was asked for; of AWS's errors the code and the call."""
    if isinstance(error, ClientError):
        return f"{error.operation_name}: {error.response['Error']['Code']}"
    return type(error).__name__

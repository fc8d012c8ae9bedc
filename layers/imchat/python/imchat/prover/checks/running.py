"""Checks of what runs by the clock, of queues and of mail."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from botocore.exceptions import ClientError

from imchat import aws
from imchat.prover.checks.tables import LATE
from imchat.prover.finding import Check, Finding, Outcome, found
from imchat.prover.stack import stack
from imchat.settings import settings

_DAY = timedelta(hours=25)
# An engineer who knows what waits in a queue of dead letters, and why, says so by this tag: how many are known.
KNOWN_TAG = "known-dead-letters"


def _runs(rule: str, function: str, word: str, within: timedelta) -> Callable[[datetime], Finding]:
    """Whether ``rule`` starts ``function``, and whether that ended well ``within`` so long: its log says ``word``."""
    return partial(_has_run, rule, function, word, within)


def _has_run(rule: str, function: str, word: str, within: timedelta, now: datetime) -> Finding:
    wanted, events = stack().one(rule), aws.client("events")
    told = events.describe_rule(Name=wanted.physical_id.rpartition("|")[2])
    targets = [one["Arn"] for one in events.list_targets_by_rule(Rule=wanted.physical_id)["Targets"]]
    name = stack().one(function).physical_id
    if told["State"] != "ENABLED" or told.get("ScheduleExpression") != wanted.properties["ScheduleExpression"]:
        return Finding(Outcome.NOT_KEPT, f"{rule} is {told['State']}: {told.get('ScheduleExpression')}")
    if not any(one.endswith(f":{name}") for one in targets):
        return Finding(Outcome.NOT_KEPT, f"{rule} does not start {function}")
    if _ended_well(name, word, now - within):
        return Finding(Outcome.KEPT)
    if now - stack().changed < within:
        return Finding(Outcome.UNKNOWN, f"{function} has not run since the stack was changed")
    return Finding(Outcome.NOT_KEPT, f"{function} has not ended well for {within.total_seconds() / 3600:.0f} hours")


def _ended_well(function: str, word: str, since: datetime) -> bool:
    pages = (
        aws.client("logs")
        .get_paginator("filter_log_events")
        .paginate(
            logGroupName=f"/aws/lambda/{function}",
            filterPattern=f'"{word}"',
            startTime=round(since.timestamp() * 1000),
        )
    )
    return any(page["events"] for page in pages)


def _dead_letters(_: datetime) -> Finding:
    return found(_unknown_dead_letters())


def _unknown_dead_letters() -> Iterator[str]:
    sqs = aws.client("sqs")
    for queue in stack().of("AWS::SQS::Queue"):
        if "RedrivePolicy" in queue.properties:
            continue
        told = sqs.get_queue_attributes(QueueUrl=queue.physical_id, AttributeNames=["ApproximateNumberOfMessages"])
        waiting = int(told["Attributes"]["ApproximateNumberOfMessages"])
        known = sqs.list_queue_tags(QueueUrl=queue.physical_id).get("Tags", {}).get(KNOWN_TAG, "0")
        if waiting > (int(known) if known.isdecimal() else 0):
            yield f"{queue.name}: dead letters that nobody has looked at"


def _mail_out(_: datetime) -> Finding:
    domain = settings().mail_from.rpartition("@")[2]
    try:
        told = aws.client("sesv2").get_email_identity(EmailIdentity=domain)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException":
            raise
        return Finding(Outcome.NOT_KEPT, "SES does not know the domain that mail comes from")
    if told.get("VerifiedForSendingStatus"):
        return Finding(Outcome.KEPT)
    return Finding(Outcome.NOT_KEPT, "the domain that mail comes from is not verified")


def _mail_in(_: datetime) -> Finding | None:
    rules = list(stack().of("AWS::SES::ReceiptRule"))
    if not rules:
        return None
    told = aws.client("ses").describe_active_receipt_rule_set()
    active = told.get("Metadata", {}).get("Name")
    (rule_set,) = stack().of("AWS::SES::ReceiptRuleSet")
    if active != rule_set.physical_id:
        return Finding(Outcome.NOT_KEPT, f"the active receipt rule set is {active}")
    enabled = [one for one in told.get("Rules", ()) if one.get("Enabled")]
    return found([] if len(enabled) == len(rules) else [f"{len(enabled)} of {len(rules)} receipt rules are enabled"])


CHECKS = (
    Check("sweeper", "Each hour a sweep deletes what has ended.", (3, 10, 17, 18, 19, 20),
          _runs("SweepSchedule", "Sweeper", "swept", LATE)),
    Check("nudger", "Each hour every open request of a person is looked after.", (12, 13),
          _runs("NudgeSchedule", "Nudger", "nudged", LATE)),
    Check("reminders", "Each morning those who answer requests are told what is due.", (12,),
          _runs("RemindersSchedule", "Reminders", "reminded", _DAY)),
    Check("dead-letters", "No mail and no job was given up without anybody's knowing.", (6, 10, 12), _dead_letters),
    Check("mail-out", "Mail goes out under our own verified name.", (6, 12), _mail_out),
    Check("mail-in", "Mail to us is taken in.", (10, 11, 12, 23), _mail_in),
)  # fmt: skip

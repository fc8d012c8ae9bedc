"""The mailer: one job of the queue is one copy of a transcript, one letter of a request, or what SES said of a mail."""

import json
from typing import Any

from chalice import Blueprint

from functions.observe import count, logger, observed
from imchat import clock

jobs = Blueprint(__name__)
# As the queue's redrive policy: what fails this often goes to the dead-letter queue.
MOST_RECEIVES = 5


@jobs.lambda_function(name="mailer")
@observed
def send_transcripts(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Do the jobs of a batch of SQS records; answer which records must come again."""
    failed = []
    for record in event["Records"]:
        last = int(record["attributes"].get("ApproximateReceiveCount", "1")) >= MOST_RECEIVES
        if not _do(record["body"], last=last):
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def _do(job: str, *, last: bool) -> bool:
    """Whether the job is done. One that cannot be read never will be: it goes to the dead-letter queue too."""
    try:
        asked = json.loads(job)
        if "request" in asked:
            return _send_request_mail(str(asked["request"]), int(asked["mail"]))
        if "feedback" in asked:
            return _take_feedback(asked["feedback"], asked["chat_id"], asked["job"], asked["addresses"])
        return _send_transcript(str(asked["chat_id"]), int(asked["job"]), last=last)
    except (ValueError, TypeError, KeyError):
        logger().error("a job that is none")
        count("TranscriptJobsUnreadable")
        return False


def _send_transcript(chat_id: str, number: int, *, last: bool) -> bool:
    from imchat.chat.sending import NotNow, send

    try:
        outcome = send(chat_id, number, clock.now(), last=last)
    except NotNow as not_now:
        logger().warning("transcript not sent now", extra={"chat_id": chat_id, "why": not_now.reason})
        count("TranscriptsNotSentNow")
        return False
    except Exception:  # one bad job must not hold up the others of its batch
        logger().exception("transcript failed", extra={"chat_id": chat_id})
        count("TranscriptsNotSentNow")
        return False
    logger().info("transcript", extra={"chat_id": chat_id, "outcome": outcome})
    count(f"Transcript{outcome.title().replace('_', '')}")
    return True


def _send_request_mail(reference: str, number: int) -> bool:
    from imchat.rights.telling import NotNow, send

    try:
        outcome = send(reference, number, clock.now())
    except NotNow as not_now:
        logger().warning("request mail not sent now", extra={"request": reference, "why": not_now.reason})
        count("RequestMailsNotSentNow")
        return False
    except Exception:  # one bad job must not hold up the others of its batch
        logger().exception("request mail failed", extra={"request": reference})
        count("RequestMailsNotSentNow")
        return False
    logger().info("request mail", extra={"request": reference, "outcome": outcome})
    count(f"RequestMail{outcome.title()}")
    return True


def _take_feedback(kind: str, chat_id: str | None, number: int | None, addresses: list[str]) -> bool:
    from imchat.chat.sending import take_feedback

    try:
        take_feedback(kind, chat_id, number, addresses, clock.now())
    except Exception:  # one bad job must not hold up the others of its batch
        logger().exception("feedback failed", extra={"chat_id": chat_id})
        count("MailFeedbackNotTakenNow")
        return False
    logger().info("feedback", extra={"chat_id": chat_id, "kind": kind})
    count(f"Mail{kind.title()}")
    return True

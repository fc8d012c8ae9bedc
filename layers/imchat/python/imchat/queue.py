"""The queue of the mailer's jobs. A job holds references only: a chat and the number of the copy, or a rights request
and the number of the mail; and where SES said something of a mail, keyed hashes of its addresses."""

import json
from typing import TYPE_CHECKING, Any

from imchat import aws
from imchat.settings import settings

if TYPE_CHECKING:
    from imchat.mail.feedback import Feedback


def send_transcript_job(chat_id: str, job: int) -> None:
    """Queue one copy of a chat's transcript. Queuing the same job twice sends one copy."""
    _send({"chat_id": chat_id, "job": job})


def send_request_mail_job(reference: str, number: int) -> None:
    """Queue the ``number``-th mail of a rights request. Queuing the same twice sends one."""
    _send({"request": reference, "mail": number})


def send_feedback_job(feedback: "Feedback") -> None:
    """Queue what SES said of a mail. Queuing the same twice is taken in once."""
    from imchat.identifiers import email_key
    from imchat.stores.limits import address_hash

    addresses = [address_hash(email_key(recipient)) for recipient in feedback.recipients]
    _send({"feedback": feedback.kind, "chat_id": feedback.chat_id, "job": feedback.job, "addresses": addresses})


def send_unreadable_feedback_job(sns_message_id: str) -> None:
    """Queue that SES said something that cannot be read. The mailer cannot do this, so it ends in the dead letters, and
    the alarm on them tells."""
    _send({"unreadable_feedback": sns_message_id})


def _send(job: dict[str, Any]) -> None:
    aws.client("sqs").send_message(QueueUrl=settings().transcript_queue_url, MessageBody=json.dumps(job))

"""The queue of mail to be sent. A job holds references only: a chat and the number of the copy, or a rights request and
the number of the mail."""

import json
from typing import Any

from imchat import aws
from imchat.settings import settings


def send_transcript_job(chat_id: str, job: int) -> None:
    """Queue one copy of a chat's transcript. Queuing the same job twice sends one copy."""
    _send({"chat_id": chat_id, "job": job})


def send_request_mail_job(reference: str, number: int) -> None:
    """Queue the ``number``-th mail of a rights request. Queuing the same twice sends one."""
    _send({"request": reference, "mail": number})


def _send(job: dict[str, Any]) -> None:
    aws.client("sqs").send_message(QueueUrl=settings().transcript_queue_url, MessageBody=json.dumps(job))

"""The queue of transcript jobs. A job holds references only: a chat and the number of the copy."""

import json

from imchat import aws
from imchat.settings import settings


def send_transcript_job(chat_id: str, job: int) -> None:
    """Queue one copy of a chat's transcript. Queuing the same job twice sends one copy."""
    aws.client("sqs").send_message(
        QueueUrl=settings().transcript_queue_url, MessageBody=json.dumps({"chat_id": chat_id, "job": job})
    )

"""What SES publishes about a mail: the emulator publishes nothing by itself."""

import json


def published(kind: str, to: str, chat_id: str | None = None, job: int = 1) -> str:
    """The event of a lasting "bounce" or a "complaint" of the mail ``to`` an address; with the tags of a copy where
    ``chat_id`` is given."""
    moment = "2026-11-23T12:00:00.000Z"
    details = {"bounceType": "Permanent", "bounceSubType": "General"} if kind == "bounce" else {}
    recipients = {"bounce": "bouncedRecipients", "complaint": "complainedRecipients"}[kind]
    tags = {"chat_id": [chat_id], "job": [str(job)]} if chat_id else {}
    event = {
        "eventType": kind.title(),
        kind: {**details, recipients: [{"emailAddress": to}], "timestamp": moment},
        "mail": {"timestamp": moment, "destination": [to], "tags": tags},
    }
    return json.dumps(event)

"""What SES publishes about a mail after it took it: bounces and complaints, as SNS delivers them."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any, Literal

from imchat.mail.errors import MalformedFeedback

Kind = Literal["bounced", "complained", "transient"]

# Sent once, in plain words, when SES is pointed at the topic.
_GREETING = "Successfully validated SNS topic for Amazon SES"
_ADDRESS = re.compile(r"\S+@[^\s@]+")
# What our tags hold. No address has these forms: tags go where none may.
_REFERENCE = re.compile(r"[a-z0-9-]{1,64}")
_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Feedback:
    """One event. ``bounced`` and ``complained`` say that no more mail may go to ``recipients``; ``transient`` that it
    did not arrive this time. ``chat_id`` and ``job`` are the tags it was sent with; None where it bore none. ``at`` is
    when it happened, in UTC."""

    kind: Kind
    chat_id: str | None
    job: int | None
    recipients: tuple[str, ...]
    at: datetime


def parse(sns_message: str) -> Feedback | None:
    """The event in the message of an SNS record, in the form of event publishing or the older one of notifications;
    None for events that nothing follows from. Raises MalformedFeedback, which repeats nothing of it."""
    if sns_message.startswith(_GREETING):
        return None
    try:
        event = json.loads(sns_message)
        name = _text(event, "eventType") if "eventType" in event else _text(event, "notificationType")
        if name == "Bounce":
            return _bounce(event)
        if name == "Complaint":
            if event["complaint"].get("complaintFeedbackType") == "not-spam":  # taken out of the junk folder: a praise
                return None
            return _feedback("complained", event, event["complaint"], "complainedRecipients")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise MalformedFeedback("malformed") from None
    return None


def _bounce(event: Any) -> Feedback:
    bounce = event["bounce"]
    kind: Kind = "bounced" if _text(bounce, "bounceType") == "Permanent" else "transient"
    return _feedback(kind, event, bounce, "bouncedRecipients")


def _feedback(kind: Kind, event: Any, facts: Any, recipients: str) -> Feedback:
    addresses = [parseaddr(_text(one, "emailAddress"))[1] for one in facts[recipients]]
    known = tuple(address for address in addresses if _ADDRESS.fullmatch(address))
    if not known:
        raise ValueError
    tags = event["mail"].get("tags") or {}
    job = _tag(tags, "job", _NUMBER)
    return Feedback(
        kind=kind,
        chat_id=_tag(tags, "chat_id", _REFERENCE),
        job=int(job) if job else None,
        recipients=known,
        at=_moment(_text(facts, "timestamp")),
    )


def _tag(tags: Any, name: str, form: re.Pattern[str]) -> str | None:
    values = tags.get(name)
    value = str(values[0]) if values else ""
    return value if form.fullmatch(value) else None


def _moment(said: str) -> datetime:
    moment = datetime.fromisoformat(said)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _text(facts: Any, name: str) -> str:
    value = facts[name]
    if not isinstance(value, str):
        raise TypeError
    return value

"""What becomes of mail after it left: SES tells bounces and complaints through SNS."""

from typing import Any

from chalice import Blueprint

from functions.observe import count, logger, observed

events = Blueprint(__name__)


@events.lambda_function(name="feedback")
@observed
def mail_feedback(event: dict[str, Any], context: Any) -> None:
    """Read the events of SES that an SNS delivery holds, and queue for the mailer what follows from them. They hold
    addresses, so nothing keeps them whole: of one that cannot be read, the dead letters get no more than its id."""
    from imchat.mail.errors import MalformedFeedback
    from imchat.mail.feedback import parse
    from imchat.queue import send_feedback_job, send_unreadable_feedback_job

    for record in event["Records"]:
        delivered = record["Sns"]
        try:
            feedback = parse(delivered["Message"])
        except MalformedFeedback:
            logger().error("feedback that is none", extra={"sns_message_id": delivered["MessageId"]})
            count("MailFeedbackUnreadable")
            send_unreadable_feedback_job(delivered["MessageId"])
            continue
        if feedback and feedback.kind != "transient":
            send_feedback_job(feedback)

"""What becomes of mail after it left: SES tells bounces and complaints through SNS."""

from typing import Any

from chalice import Blueprint

from functions.observe import count, logger, observed
from imchat import clock

events = Blueprint(__name__)


@events.lambda_function(name="feedback")
@observed
def mail_feedback(event: dict[str, Any], context: Any) -> None:
    """Take in the events of SES that an SNS delivery holds."""
    from imchat.chat.sending import take_feedback
    from imchat.mail.errors import MalformedFeedback

    for record in event["Records"]:
        try:
            outcome = take_feedback(record["Sns"]["Message"], clock.now())
        except MalformedFeedback:
            logger().error("feedback that is none")
            count("MailFeedbackUnreadable")
            continue
        if outcome:
            count(f"Mail{outcome.title()}")
